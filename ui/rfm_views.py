"""The charts of the RFM page, each computed only when its tab is open."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pandas as pd
import streamlit as st

from analytics.charts import rfm as charts
from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.models.rfm import Result
from analytics.models.rfm_compare import Measure, default_earlier, distribution, migrate, sensitivity
from analytics.models.rfm_segments import GROUPS, SEGMENTS
from ui import cached, moves_view, result, target_list
from ui.i18n import lang, t
from ui.notice import show_error


def overview(answer: Result) -> None:
    """The treemap of segments: a click picks the segment for the list."""
    by = st.segmented_control(
        t("面积是"),
        ["revenue", "customers"],
        default="revenue",
        required=True,
        format_func=lambda key: t("净消费") if key == "revenue" else t("客户数"),
        label_visibility="collapsed",
        key="rfm-by",
    )
    figure = charts.segment_treemap(
        answer, "customers" if by == "customers" else "revenue", lang=lang(), dark=result.is_dark()
    )
    clicked = result.clickable_chart(figure, f"rfm-treemap-{by}", alt=t("各组的净消费或客户数，面积越大越多"))
    target_list.pick("rfm", [key for key in clicked if key in SEGMENTS])
    st.caption(t("点一块，下面的名单就只看这一组。"))


def details(data: Dataset, answer: Result) -> None:
    """The tabs below the first screen."""
    show = {
        t("分组和建议"): partial(segment_table, answer),
        t("R×F 热力图"): partial(heat_map, answer),
        t("分布和分界"): partial(distributions, data, answer),
        t("和以前比"): partial(migration, data, answer),
        t("换个算法会怎样"): partial(variants, data, answer),
        t("口径"): partial(result.method_card, answer.method),
    }
    result.tabs("rfm-tabs", show)


def segment_table(answer: Result) -> None:
    """Every segment with its size, its money and what to do."""
    result.segment_table(answer)
    st.caption(t("占比的分母是有净消费的客户和他们的净消费。平均距今：距最后一次付款订单的天数。"))


def heat_map(answer: Result) -> None:
    """Customers by R and F."""
    st.caption(t("越靠右上越好：最近来过，而且常来。格子里是客户数。"))
    result.chart(
        charts.heat_map(answer, lang=lang(), dark=result.is_dark()), "rfm-heat", alt=t("R 分和 F 分交叉的客户数")
    )


def distributions(data: Dataset, answer: Result) -> None:
    """The three measures with the cut points that were used."""
    measures: tuple[tuple[Measure, str, tuple[float, ...]], ...] = (
        ("recency_days", t("R：多少天没来"), answer.cuts.r),
        ("frequency", t("F：下了几单"), answer.cuts.f),
        ("monetary", t("M：花了多少钱"), answer.cuts.m),
    )
    st.caption(t("竖线是分界点。最右一根柱子合并了最大的 1%。"))
    for measure, title, cuts in measures:
        count = partial(distribution, answer, measure)
        frame = cached.remembered(f"rfm.distribution.{measure}", data, answer.params, count)
        st.markdown(f"**{title}**")
        figure = charts.distribution(frame, measure, cuts, lang=lang(), dark=result.is_dark())
        result.chart(figure, f"rfm-distribution-{measure}", alt=title)


def migration(data: Dataset, answer: Result) -> None:
    """Where customers stood at an earlier date."""
    first = data.facts.first_at
    if first is None or (answer.as_of - first.date()).days < 2:
        st.info(t("数据不到两天，没有以前可比。"))
        return
    earlier = st.date_input(
        t("和哪一天比"),
        value=default_earlier(data, answer.as_of),
        min_value=first.date() + dt.timedelta(days=1),
        max_value=answer.as_of - dt.timedelta(days=1),
        format="YYYY-MM-DD",
        key=f"rfm-earlier-{answer.as_of}",
        width=200,
        help=t("用同样的分界点给当时的客户打分，看谁变好、谁走远。"),
    )
    try:
        moved = cached.remembered(
            "rfm.migration", data, (answer.params, earlier), lambda: migrate(data, answer, earlier)
        )
    except AnalyticsError as error:
        show_error(error)
        return
    moves_view.show(moved, "rfm-migration", alt=t("客户从哪组到了哪组"))
    _migration_table(moved.flows)


def _migration_table(flows: pd.DataFrame) -> None:
    names = {key: t(segment.name) for key, segment in SEGMENTS.items()}
    before = flows["source"].map(names).fillna(t("当时还没下单"))
    shown = pd.DataFrame(
        {
            t("当时"): before,
            t("现在"): flows["target"].map(names),
            t("客户数"): flows["customers"],
            t("累计净消费（¥）"): flows["revenue"].round(),
            t("这段时间花了（¥）"): flows["spent_between"].round(),
        }
    ).sort_values(t("客户数"), ascending=False)
    whole = st.column_config.NumberColumn(format="localized")
    numbers = (t("客户数"), t("累计净消费（¥）"), t("这段时间花了（¥）"))
    st.dataframe(
        shown,
        hide_index=True,
        placeholder="",
        height=240,
        key="rfm-migration-table",
        column_config=dict.fromkeys(numbers, whole),
    )


def variants(data: Dataset, answer: Result) -> None:
    """How the answer moves with the settings."""
    st.caption(t("换一种设置，每类客户各有多少、花过多少，和现在相比有多少人换了类。变动大，说明名单要看清口径再用。"))
    table = cached.remembered("rfm.sensitivity", data, answer.params, lambda: sensitivity(data, answer))
    columns = {t("设置"): [t(variant) for variant in table["variant"]]}
    for key, name in GROUPS.items():
        pairs = zip(table[f"{key}_customers"], table[f"{key}_revenue"], strict=True)
        columns[t(name)] = [t("{n:int} 位 · {money:money}", n=n, money=money) for n, money in pairs]
    columns[t("换了类的客户")] = [t("{n:int} 位", n=n) for n in table["moved"]]
    st.table(pd.DataFrame(columns), hide_index=True, border="horizontal")
