"""The charts of the funnel page, each computed only when its tab is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from analytics.charts import funnel as charts
from analytics.charts import funnel_look as look
from analytics.dataset import Dataset
from analytics.models import funnel_compare, funnel_look
from analytics.models.funnel import Result
from analytics.models.funnel_events import event_names
from analytics.models.funnel_outcome import dropped
from ui import cached, result, target_list
from ui.funnel_compare_view import comparison, properties
from ui.i18n import keyed, lang, literal, t


def overview(answer: Result) -> None:
    """The funnel: a click on a bar picks those who stopped there for the list."""
    figure = charts.step_bars(answer, lang=lang(), dark=result.is_dark())
    clicked = result.clickable_chart(figure, "funnel-steps-chart", alt=t("每一步有多少人走到，占第一步的多少"))
    target_list.pick("funnel", [key for key in clicked if key in set(answer.segments["segment"])])
    st.caption(
        t("条上是人数和总转化率（÷ 第一步）；箭头后是上步转化率（÷ 上一步）。点一条，下面的名单就只看停在这一步的人。")
    )


def details(data: Dataset, answer: Result) -> None:
    """The tabs below the first screen."""
    show: dict[str, Callable[[], None]] = {
        t("每一步"): partial(step_table, answer),
        t("分组和建议"): partial(result.segment_table, answer),
        t("按日期"): partial(trend, data, answer),
        t("用时"): partial(times, data, answer),
        t("按属性"): partial(breakdown, data, answer),
        t("比一比"): partial(comparison, data, answer),
        t("什么和转化有关"): partial(odds, data, answer),
        t("他们去哪了"): partial(next_events, data, answer),
        t("口径"): partial(result.method_card, answer.method),
    }
    result.tabs("funnel-tabs", show)


def step_table(answer: Result) -> None:
    """Every step in numbers, and the money that stopped there."""
    steps = answer.steps
    any_order = answer.params.order == "any"
    names = [
        t("做了 {n:int} 步", n=at) if any_order else f"{at} {literal(t(name))}"
        for at, name in enumerate(answer.names, start=1)
    ]
    shown = {
        t("步骤"): [
            f"{name}{t('（可跳过）') if skip else ''}" for name, skip in zip(names, steps["optional"], strict=True)
        ],
        t("走到"): [result.worded(n, "int") for n in steps["units"]],
        t("总转化率"): [result.worded(rate, "share") for rate in steps["overall_rate"]],
        t("上步转化率"): [result.worded(rate, "share") for rate in steps["step_rate"]],
        t("停在这里"): [result.worded(n, "int") for n in steps["dropped"]],
        t("还在窗口内"): [result.worded(n, "int") for n in steps["pending"]],
        t("从上一步（中位）"): [
            "—" if pd.isna(hours) else charts.hours_text(hours, lang()) for hours in steps["median_hours"]
        ],
    }
    if steps["stake"].notna().any():
        shown[t("涉及金额")] = [
            result.worded(money, "money") + ("" if known or pd.isna(money) else t("（估算）"))
            for money, known in zip(steps["stake"], steps["stake_known"], strict=True)
        ]
    with st.container(key="numbers-and-words"):
        st.table(pd.DataFrame(shown), hide_index=True, border="horizontal")
    if steps["stake"].notna().any() and not any_order:
        st.markdown(f"**{t('每一步停下的金额')}**")
        result.chart(
            charts.stake_bars(answer, lang=lang(), dark=result.is_dark()), "funnel-stake", alt=t("每一步停下的金额")
        )
        st.caption(t("深色是停下的人在那一步自己的金额；浅色没有金额，用流失人数 × 成交均额估算，是上限，不是预测。"))


def trend(data: Dataset, answer: Result) -> None:
    """Conversion by entry date."""
    frame = cached.remembered("funnel.trend", data, answer.params, lambda: funnel_look.trend(answer))
    st.caption(t("每个人算在他这次进入的那一天。浅色带是 95% 区间；人少的日子，带宽。"))
    result.chart(look.trend(frame, lang=lang(), dark=result.is_dark()), "funnel-trend", alt=t("每天进入的人的总转化率"))


def times(data: Dataset, answer: Result) -> None:
    """Time to convert."""
    found = cached.remembered("funnel.times", data, answer.params, lambda: funnel_look.times(answer))
    if found is not None:
        st.markdown(
            t(
                "走完的 {n:int} 个里，四分之一用不到 **{a}**，一半用不到 **{b}**，四分之三用不到 **{c}**。",
                n=found.units, a=charts.hours_text(found.quarter, lang()), b=charts.hours_text(found.median, lang()),
                c=charts.hours_text(found.three_quarters, lang()),
            )
        )  # fmt: skip
    result.chart(look.times(found, lang=lang(), dark=result.is_dark()), "funnel-times", alt=t("从进入到走完的用时分布"))


def breakdown(data: Dataset, answer: Result) -> None:
    """Conversion by a property of the events."""
    columns = properties(data)
    if not columns:
        st.info(t("数据里没有可以用来分组的属性列，比如渠道、设备、商品。"))
        return
    left, right = st.columns(2)
    column = left.selectbox(
        t("按哪个属性"), columns, format_func=lambda name: t(data.label(name)), key=keyed("funnel-by")
    )
    ways = (
        ["first", "last", *(str(step) for step in answer.steps["step"])] if answer.params.order != "any" else ["first"]
    )
    way = right.selectbox(
        t("以哪一次行为的属性为准"), ways, key=keyed("funnel-attribution"),
        format_func=lambda key: {"first": t("进入时（首次触点）"), "last": t("走到的最后一步")}.get(
            key, t("第 {n} 步", n=key)
        ),
    )  # fmt: skip
    frame = cached.remembered(
        "funnel.breakdown", data, (answer.params, column, way),
        lambda: funnel_look.breakdown(data, answer, str(column), str(way)),
    )  # fmt: skip
    result.chart(look.breakdown(frame, lang=lang(), dark=result.is_dark()), "funnel-breakdown", alt=t("各组的总转化率"))
    st.caption(
        t("每个人只在一组里。n 是进入的人数（选了第几步，就是走到那一步的人数）；横线重叠的两组，差别可能是偶然。")
    )


def odds(data: Dataset, answer: Result) -> None:
    """What goes with converting."""
    frame = cached.remembered("funnel.odds", data, answer.params, lambda: funnel_compare.odds(data, answer))
    st.caption(
        t("只看窗口已到期的人。优势比 2 表示有这一条的人，转化与不转化之比是没有的人的 2 倍。同去同来，不等于因果；"
          "比得多了会碰巧，所以按 Benjamini–Hochberg 校正，q 小于 0.05 才算数。")
    )  # fmt: skip
    labels = {name: data.label(name) for name in data.attributes()}
    result.chart(
        look.odds(frame, labels, lang=lang(), dark=result.is_dark()), "funnel-odds", alt=t("各项的优势比和区间")
    )
    if frame.empty:
        return
    shown = pd.DataFrame(
        {
            t("项目"): [look.feature(row, labels, lang()) for row in frame.to_dict("records")],
            "n": frame["n"],
            t("有的转化率"): frame["rate"],
            t("没有的转化率"): frame["rate_without"],
            t("优势比"): frame["ratio"].round(2),
            t("区间下限"): frame["low"].round(2),
            t("区间上限"): frame["high"].round(2),
            "q": frame["q"].map(lambda q: f"{q:.2g}"),
        }
    )
    percent = st.column_config.NumberColumn(format="percent")
    st.dataframe(
        shown, hide_index=True, placeholder="", height=240, key="funnel-odds-table",
        column_config={t("有的转化率"): percent, t("没有的转化率"): percent},
    )  # fmt: skip


def next_events(data: Dataset, answer: Result) -> None:
    """What those who dropped out did next."""
    named = {segment.key: segment for segment in answer.named}
    have = [key for key in answer.segments["segment"] if key.startswith("dropped_")]
    if not have:
        st.info(t("没有人停在半路。"))
        return
    chosen = st.selectbox(
        t("看停在哪一步的人"), have, format_func=lambda key: t(named[key].name), key=keyed("funnel-next-step")
    )
    depth = next(at for at in range(1, len(answer.names) + 1) if dropped(at) == chosen)
    frame = cached.remembered(
        "funnel.next", data, (answer.params, depth), lambda: funnel_look.next_events(data, answer, depth)
    )
    figure = look.next_events(frame, named[str(chosen)].name, event_names(data), lang=lang(), dark=result.is_dark())
    result.chart(figure, f"funnel-next-{chosen}", alt=t("停在这一步的人接着做了什么"))
    st.caption(t("“没有再来”：到数据末尾为止，这个人没有任何行为。"))
