"""The questions beside the columns: date order, returned orders, duplicates, what a status means."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.fields import KINDS, ROLES, Kind
from analytics.i18n import Text, msg
from analytics.intake import cells
from analytics.intake.mapping import DateOrder, Mapping
from analytics.intake.prepare import PrepareOptions, status_values
from analytics.intake.status import StatusClass
from ui import session
from ui.i18n import literal, t
from ui.source import Pending, ReturnsFound

_ORDERS: dict[DateOrder, Text] = {"ymd": msg("年-月-日"), "mdy": msg("月-日-年"), "dmy": msg("日-月-年")}
_CLASSES: dict[StatusClass, Text] = {
    "paid": msg("已付款"),
    "unpaid": msg("没付款"),
    "refunded": msg("全额退款"),
    "partly_refunded": msg("部分退款"),
}
_STATUSES_SHOWN = 200


def date_order(
    pending: Pending, kind: Kind, roles: tuple[tuple[str, str], ...], rows: pd.DataFrame, start: DateOrder
) -> DateOrder:
    """Ask how 03/04/2024 is meant when the cells do not tell; else what they tell."""
    moment = next((h for role, h in roles if ROLES[role].value_type == "datetime"), None)
    if moment is None or kind not in KINDS:
        return start
    found, assumed = cells.date_order(rows[moment].dropna().tolist())
    if not assumed:
        return start if found == "ymd" else found
    orders = [order for order in _ORDERS if order != "ymd" or found == "ymd"]
    return st.segmented_control(
        t("“{example}”这样的日期是", example=_example(rows[moment])),
        orders,
        default=start if start in orders else found,
        required=True,
        format_func=lambda order: t(_ORDERS[order]),
        key=f"{pending.key}-date-order",
    )


def _example(values: pd.Series) -> str:
    present = values.dropna()
    return literal(str(present.iloc[0])) if len(present) else ""


def show(pending: Pending, mapping: Mapping) -> tuple[PrepareOptions, bool]:
    """The remaining questions that this table raises: (options, whether returned orders are taken off)."""
    with_returns = pending.returns is not None and mapping.kind == "lines" and _returns(pending, pending.returns)
    drop = mapping.kind != "baskets" and _duplicates(pending)  # equal baskets are two purchases
    statuses = _statuses(pending, mapping) if mapping.column("status") else ()
    start = pending.prepare
    return (
        PrepareOptions(
            drop_duplicates=drop,
            status_classes=statuses,
            amount_per_order=start.amount_per_order,
            epoch_offset_hours=start.epoch_offset_hours,
        ),
        with_returns,
    )


def _returns(pending: Pending, returns: ReturnsFound) -> bool:
    name = literal(returns.table.sheet or returns.name)
    if returns.found == returns.listed:
        label = t("按退货单“{name}”冲减（{n:int} 个订单号，全部找到）", name=name, n=returns.listed)
    else:
        label = t(
            "按退货单“{name}”冲减（{n:int} 个订单号，找到 {found:int} 个）",
            name=name,
            n=returns.listed,
            found=returns.found,
        )
    return st.checkbox(label, value=True, key=f"{pending.key}-returns", help=t("列在退货单里的订单整单算作已退款"))


def _duplicates(pending: Pending) -> bool:
    if not pending.duplicates:
        return False
    return st.checkbox(
        t("去掉重复行（{n:int} 行和前面某一行完全相同）", n=pending.duplicates),
        value=pending.prepare.drop_duplicates,
        key=f"{pending.key}-duplicates",
        help=t("同一张单里买了两件一样的东西，也会是两行相同的记录；确定是重复导出再去掉"),
    )


def _statuses(pending: Pending, mapping: Mapping) -> tuple[tuple[str, StatusClass], ...]:
    """A small table of every status; what the user changed comes back as choices."""
    known = _status_frame(pending, mapping)
    unknown = int(known["class"].isna().sum())
    proposed: list[StatusClass] = known["class"].fillna("paid").tolist()
    earlier = dict(pending.prepare.status_classes)
    words = {name: t(text) for name, text in _CLASSES.items()}
    label = t("订单状态怎么算（{n:int} 种）", n=len(known))
    with st.expander(label, expanded=unknown > 0, icon=":material/payments:"):
        if unknown:
            st.caption(t("有 {n:int} 种状态不认识，先按已付款算，请看一下。", n=unknown))
        shown = pd.DataFrame(
            {
                "status": known["status"],
                "rows": known["rows"],
                "class": [words[earlier.get(s) or c] for s, c in zip(known["status"], proposed, strict=True)],
            }
        )
        edited = st.data_editor(
            shown.head(_STATUSES_SHOWN),
            hide_index=True,
            disabled=["status", "rows"],
            column_config={
                "status": st.column_config.TextColumn(t("表里的状态")),
                "rows": st.column_config.NumberColumn(t("行数"), format="localized"),
                "class": st.column_config.SelectboxColumn(t("算作"), options=list(words.values()), required=True),
            },
            key=f"{pending.key}-{mapping.column('status')}-statuses-{session.lang()}",
            alt=t("订单状态怎么算"),
        )
    class_of = {text: name for name, text in words.items()}
    return tuple(
        (status, class_of[word])
        for status, word, first in zip(edited["status"], edited["class"], proposed, strict=False)
        if class_of[word] != first
    )


def _status_frame(pending: Pending, mapping: Mapping) -> pd.DataFrame:
    """Every status of all the tables with its rows and proposed class; read once for a column."""
    name = f"{pending.key}-{mapping.column('status')}"
    key, frame = session.get("intake-statuses", ("", pd.DataFrame()))
    if key != name:
        having = [table for table in pending.tables if mapping.column("status") in table.columns]
        frame = pd.concat([status_values(table, mapping, session.engine()) for table in having])
        frame = frame.groupby("status", sort=False, as_index=False).agg({"rows": "sum", "class": "first"})
        session.put("intake-statuses", (name, frame))
    return frame
