"""The charts of the portrait page, each drawn only when its tab is open."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.charts import portrait as charts
from analytics.export.safe import guard_text
from analytics.models.portrait import Result
from analytics.models.portrait_compare import OTHERS, told
from analytics.models.portrait_findings import index_text
from ui import portrait_tags, result, session
from ui.i18n import keyed, lang, literal, t
from ui.portrait_data import Basis

_TABLE_ROWS = 1000
_PICKED = "portrait.attribute"


def overview(answer: Result) -> None:
    """What differs most: a click opens the attribute below."""
    figure = charts.tgi_bars(answer, lang=lang(), dark=result.is_dark())
    clicked = result.clickable_chart(figure, "portrait-tgi", alt=t("和对比对象差得最多的特征，按 TGI 从高到低"))
    keys = [key for key in clicked if key in set(answer.attributes["attribute"])]
    if keys and keys != session.get("portrait.clicked", list[str]()):
        session.put(_PICKED, keys[0])
        session.put("portrait.round", session.get("portrait.round", 0) + 1)
    session.put("portrait.clicked", keys)
    st.caption(
        t(
            "TGI：这一组里的占比 ÷ {base}里的占比 × 100。180 就是多八成，50 就是少一半；细线是 95% 区间。",
            base=t(answer.base_words),
        )
        + t("点一条，下面看这一项的细节。")
    )


def details(basis: Basis, answer: Result) -> None:
    """The tabs below the first screen."""
    tabs: list[tuple[str, Callable[[], None]]] = [(t("逐项对比"), partial(one_by_one, answer))]
    if _province_keys(answer):
        tabs.append((t("分省"), partial(provinces, answer)))
    tabs += [
        (t("全部数字"), partial(numbers, answer)),
        (t("打标签"), partial(portrait_tags.builder, basis, answer.params)),
        (t("两边有多大"), partial(result.segment_table, answer)),
        (t("口径"), partial(result.method_card, answer.method)),
    ]
    result.tabs(f"portrait-tabs-{len(tabs)}", dict(tabs))


def one_by_one(answer: Result) -> None:
    """One attribute, value by value; those that differ most first in the menu."""
    rows: dict[str, dict[Any, Any]] = {str(r["attribute"]): r for r in answer.attributes.to_dict("records")}
    keys = list(rows)
    if not keys:
        st.info(t("没有可比的列。"))
        return
    picked = session.get(_PICKED, keys[0])
    labels = {key: _option(answer, row) for key, row in rows.items()}
    key: str = st.selectbox(
        t("看哪一项（差得多的在前）"),
        keys,
        index=keys.index(picked) if picked in keys else 0,
        format_func=lambda name: labels[name],
        help=t("分布差：这一组里要有这么大比例的客户换一个值，两边的分布才一样。0 是完全一样。"),
        key=keyed(f"portrait-attribute-{session.get('portrait.round', 0)}"),
    )
    row, attribute = rows[key], answer.attribute(key)
    said = [t("{meaning}。", meaning=attribute.meaning)]
    if row["defining"]:
        said.append(t("这一项就是分组的条件，或者由它算出来，两边当然不同。"))
    if attribute.kind == "number":
        said.append(
            t("中位数：这一组 {group}，{base} {other}。", group=t(told(attribute, float(row["median_group"]))),
              base=t(answer.base_words), other=t(told(attribute, float(row["median_base"]))))
        )  # fmt: skip
    said.append(
        t("这一组 {a:int} 位、{base} {b:int} 位有值。", a=int(row["filled_group"]), b=int(row["filled_base"]),
          base=t(answer.base_words))
    )  # fmt: skip
    st.caption(literal("".join(said) if lang() == "zh" else " ".join(said)))
    result.chart(
        charts.shares(answer, key, lang=lang(), dark=result.is_dark()), "portrait-shares",
        alt=t("每个值在这一组和对比对象里的占比"),
    )  # fmt: skip
    st.caption(t("▲▼：差别大过偶然。灰色：人太少，看看就好。"))


def _option(answer: Result, row: dict[Any, Any]) -> str:
    label = t(answer.attribute(str(row["attribute"])).label)
    if row["defining"]:
        return t("{label}（分组条件）", label=label)
    share = float(str(row["difference"]))
    return t("{label}（分布差 {share:pct}）", label=label, share=share) if row["sure"] else label


def _province_keys(answer: Result) -> list[str]:
    return [key for key in answer.attributes["attribute"] if answer.attribute(str(key)).provinces]


def provinces(answer: Result) -> None:
    """Provinces on a map of squares, and as bars."""
    keys = _province_keys(answer)
    labels = {key: t(answer.attribute(key).label) for key in keys}
    key = keys[0]
    if len(keys) > 1:
        key = st.selectbox(t("哪一列"), keys, format_func=lambda name: labels[name], key=keyed("portrait-province"))
    st.caption(
        t("一格一省，数字是 TGI：蓝色比{base}多，橙色比{base}少，灰色人太少或没有客户。", base=t(answer.base_words))
    )
    squares, bars = st.columns([5, 4], gap="medium")
    with squares:
        figure = charts.province_map(answer, key, lang=lang(), dark=result.is_dark())
        result.chart(figure, "portrait-map", alt=t("各省的 TGI"))
    with bars:
        figure = charts.shares(answer, key, lang=lang(), dark=result.is_dark())
        result.chart(figure, "portrait-provinces", alt=t("各省在这一组和对比对象里的占比"))


def numbers(answer: Result) -> None:
    """Every value with both shares, the TGI and its interval; as a file too."""
    frame = _table(answer)
    st.caption(t("占比的分母是这一项有值的客户。“可信”：差别大过偶然；“人少”：看看就好。"))
    st.dataframe(
        frame.head(_TABLE_ROWS),
        hide_index=True,
        height=420,
        key="portrait-numbers",
        column_config={
            **{name: st.column_config.NumberColumn(format="percent") for name in (t("这一组占比"), t("对比占比"))},
            **{name: st.column_config.NumberColumn(format="localized") for name in (t("这一组人数"), t("对比人数"))},
        },
    )
    st.download_button(
        t("下载这张表（CSV）"), data=partial(_csv, frame), file_name=t("客户画像") + ".csv", mime="text/csv",
        icon=":material/download:", on_click="ignore", key="portrait-numbers-file",
    )  # fmt: skip


def _table(answer: Result) -> pd.DataFrame:
    rows = answer.values.to_dict("records")
    trust = [t("人少") if not row["solid"] else t("可信") if row["sure"] else t("可能是偶然") for row in rows]
    return pd.DataFrame(
        {
            t("项目"): [t(answer.attribute(str(row["attribute"])).label) for row in rows],
            t("值"): [t(row["label"]) if row["value"] != OTHERS else t("其他") for row in rows],
            t("这一组人数"): [int(row["n_group"]) for row in rows],
            t("这一组占比"): [float(row["share_group"]) for row in rows],
            t("对比人数"): [int(row["n_base"]) for row in rows],
            t("对比占比"): [float(row["share_base"]) for row in rows],
            "TGI": [t(index_text(float(row["tgi"]))) for row in rows],
            t("95% 区间"): [f"{t(index_text(float(row['low'])))}–{t(index_text(float(row['high'])))}" for row in rows],
            t("可信吗"): trust,
        }
    )


def _csv(frame: pd.DataFrame) -> bytes:
    safe = frame.map(lambda cell: guard_text(cell) if isinstance(cell, str) else cell)
    file = io.StringIO()
    safe.to_csv(file, index=False)
    return file.getvalue().encode("utf-8-sig")
