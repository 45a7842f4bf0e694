"""数据健康: what of the file is used and what is not, what to know about it, and which models it is ready for."""

from __future__ import annotations

import io
from functools import partial

import pandas as pd
import streamlit as st

from analytics.catalog import MODELS
from analytics.dataset import Dataset, Facts
from analytics.export.lists import write_left_out
from analytics.fields import KINDS, Kind
from analytics.i18n import Lang
from analytics.intake.raw import REASONS
from analytics.models.base import Level, readiness
from ui import intake_form, intake_upload, look, session
from ui.i18n import lang, literal, t
from ui.look import Tile

_LIGHT: dict[Level, str] = {
    "green": ":green[:material/check_circle:]",
    "amber": ":orange[:material/info:]",
    "red": ":red[:material/cancel:]",
}
_SIGN = {"info": ":gray[:material/info:]", "warn": ":orange[:material/warning:]", "error": ":red[:material/error:]"}


def show(tables: dict[Kind, Dataset]) -> None:
    """The health of the tables in use, one at a time, and what can be done with all of them."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.header(t("数据健康"), anchor=False, width="content")
        with st.container(horizontal=True, width="content"):
            if len(tables) == 1:
                _change(next(iter(tables)))
            with st.popover(t("换数据，或再加一张表"), icon=":material/upload_file:"):
                st.caption(t("订单、客户名单、行为日志、评论可以各放一张，同一种的后来的换掉先来的。"))
                intake_upload.uploader()
    data = _choose(tables)
    look.tiles(_tiles(data))
    _ready(tables)
    _left_out(data)
    _issues(data)


def _choose(tables: dict[Kind, Dataset]) -> Dataset:
    """Which of several tables to look at, with the ways to correct it or to take it away."""
    kinds = list(tables)
    if len(kinds) == 1:
        return tables[kinds[0]]
    names = {kind: t("{kind}：{name}", kind=KINDS[kind].title, name=tables[kind].manifest.names[0]) for kind in kinds}
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        kind = st.segmented_control(
            t("看哪张表"),
            kinds,
            default=kinds[-1],
            required=True,
            format_func=lambda kind: names[kind],
            label_visibility="collapsed",
            key=f"health-{'-'.join(kinds)}",
        )
        with st.container(horizontal=True, width="content"):
            _change(kind)
            if st.button(t("移走这张表"), icon=":material/remove:", key="remove-table"):
                session.remove_table(kind)
                st.rerun()
    return tables[kind]


def _change(kind: Kind) -> None:
    done = session.last_intake(kind)
    if done is not None and st.button(t("修改对应关系"), icon=":material/edit:", key="change-mapping"):
        intake_form.change(done)
        st.rerun()


def _tiles(data: Dataset) -> list[Tile]:
    facts = data.facts
    left_out = facts.rows_read - facts.rows_used
    items = [
        Tile(t("读到的行"), t("{n:int}", n=facts.rows_read)),
        Tile(t("用上的行"), t("{n:int}", n=facts.rows_used)),
        Tile(t("没用上的行"), t("{n:int}", n=left_out), t("原因在下面，每一行都能下载")),
    ]
    if data.kind != "baskets":  # equal baskets are two purchases
        items.append(Tile(t("重复的行"), t("{n:int}", n=facts.duplicate_rows), t("和前面某一行完全相同")))
    people = {"lines": t("客户"), "customers": t("客户"), "ratings": t("客户"), "events": t("用户")}
    people["baskets"] = t("购物篮")
    entity = people.get(data.kind)
    if entity is not None:
        items.append(Tile(entity, t("{n:int}", n=facts.entities)))
    if facts.items is not None:
        items.append(Tile(t("商品（种）"), t("{n:int}", n=facts.items)))
    if facts.orders is not None:
        items.append(Tile(t("订单"), t("{n:int}", n=facts.orders)))
    items += _money(facts)
    if facts.first_at is not None and facts.last_at is not None:
        span = t("{first:date} 至 {last:date}", first=facts.first_at, last=facts.last_at)
        items.append(Tile(t("时间跨度（{n:int} 天）", n=facts.span_days), span, span=2))
    return items


def _money(facts: Facts) -> list[Tile]:
    if facts.gross is None or facts.refund is None:
        return []
    net = t("{net:money2}（扣掉退款）", net=facts.gross - facts.refund)
    refund = t("{refund:money2}，{n:int} 张订单有退款", refund=facts.refund, n=facts.refund_orders or 0)
    return [
        Tile(t("净销售额"), t("{v:money}", v=facts.gross - facts.refund), net),
        Tile(t("退款"), t("{v:money}", v=facts.refund), refund),
    ]


def _ready(tables: dict[Kind, Dataset]) -> None:
    """Every model with its light; the best one where several tables could serve it."""
    st.subheader(t("可以做什么"), anchor=False)
    levels: tuple[Level, ...] = ("green", "amber", "red")
    for entry in MODELS:
        usable = [tables[kind] for kind in entry.tables if kind in tables] or [next(reversed(tables.values()))]
        state = min((readiness(entry.needs, data.manifest) for data in usable), key=lambda s: levels.index(s.level))
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(gap=None, width="stretch"):
                st.markdown(f"{_LIGHT[state.level]} **{t(entry.title)}**　{t(entry.question)}")
                for reason in state.reasons:
                    st.caption(literal(t(reason)))
            if state.level != "red":
                st.page_link(f"../pages/{entry.key}.py", label=t("去分析"), icon=":material/arrow_forward:")


def _left_out(data: Dataset) -> None:
    facts = data.facts
    if not facts.left_out:
        st.caption(f":green[:material/check:] {t('每一行都用上了')}")
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(t("没用上的行"), anchor=False, width="content")
        st.download_button(
            t("下载这些行"),
            data=partial(_left_out_xlsx, data, lang()),
            file_name=t("没用上的行.xlsx"),
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            icon=":material/download:",
            on_click="ignore",
        )
    table = pd.DataFrame(
        {
            "reason": [t(REASONS[item.reason]) for item in facts.left_out],
            "count": [item.count for item in facts.left_out],
            "rows": [_rows(item.rows, item.count) for item in facts.left_out],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        column_config={
            "reason": st.column_config.TextColumn(t("原因"), width="medium"),
            "count": st.column_config.NumberColumn(t("行数"), format="localized", width="small"),
            "rows": st.column_config.TextColumn(t("在原表第几行"), width="large"),
        },
        alt=t("没用上的行"),
    )


def _left_out_xlsx(data: Dataset, language: Lang) -> bytes:
    """Runs when the button is pressed, in a thread of its own, hence with an engine of its own."""
    target = io.BytesIO()
    write_left_out(target, data.over(data.engine.session()), language)
    return target.getvalue()


def _issues(data: Dataset) -> None:
    issues = data.manifest.issues
    if not issues:
        return
    st.subheader(t("值得知道的"), anchor=False)
    order = {"error": 0, "warn": 1, "info": 2}
    with st.container(border=True, gap="xsmall"):
        for issue in sorted(issues, key=lambda item: order[item.severity]):
            st.markdown(f"{_SIGN[issue.severity]} {literal(t(issue.text))}")
            if issue.rows:
                st.caption(t("第 {rows} 行", rows=_rows(issue.rows, issue.count)))


def _rows(rows: tuple[int, ...], count: int) -> str:
    listed = ", ".join(str(row) for row in rows[:10])
    return f"{listed} …" if count > len(rows[:10]) else listed
