"""The charts of the clustering page, each drawn only when its tab is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.charts import clusters as charts
from analytics.dataset import Dataset
from analytics.i18n import Text, msg
from analytics.models.base import MethodLine
from analytics.models.clusters import Result, save
from analytics.models.clusters_drift import Drift
from analytics.models.clusters_names import in_units
from analytics.models.clusters_region import Polygon, inside, polygon
from analytics.models.clusters_run import POINTS
from ui import result, session, target_list
from ui.i18n import lang, literal, t

RFM, PORTRAIT = "../pages/rfm.py", "../pages/portrait.py"
_LASSO, _SEEN = "clusters.lasso", "clusters.lasso.seen"


def way_out(answer: Result, data: Dataset) -> None:
    """Where to go when there are no groups."""
    if answer.shown:
        return
    if data.kind == "lines":
        st.page_link(RFM, label=t("去做 RFM 分层"), icon=":material/arrow_forward:")
    else:
        st.page_link(PORTRAIT, label=t("去看客户画像"), icon=":material/arrow_forward:")


def overview(answer: Result) -> None:
    """The groups by size and money, or what was tried when there are none."""
    if not answer.shown:
        if len(answer.sweep) > 1:
            st.markdown(t("**试过的群数：哪一种都不够清楚、稳定**"))
            sweep(answer)
        return
    figure = charts.group_bars(answer, lang=lang(), dark=result.is_dark())
    clicked = result.clickable_chart(figure, "clusters-bars", alt=t("每群的客户数和净消费"))
    target_list.pick("clusters", [key for key in clicked if key in set(answer.segments["segment"])])
    st.caption(t("点一条，下面的名单就只看这一群。"))


def details(data: Dataset, answer: Result) -> None:
    """The tabs below the first screen."""
    tabs: list[tuple[str, Callable[[], None]]] = []
    if answer.drift is not None:
        tabs.append((t("和做模型时比"), partial(drift, answer, answer.drift)))
    if answer.shown:
        tabs += [
            (t("每群什么样"), partial(profile, answer)),
            (t("分组和建议"), partial(segment_table, data, answer)),
            (t("客户地图"), partial(customer_map, answer)),
            (t("怎么区分"), partial(rules, answer)),
        ]
        if answer.drift is None and len(answer.sweep) > 1:
            tabs.append((t("为什么是这几群"), partial(sweep, answer)))
        tabs.append((t("保存模型"), partial(keep_model, answer)))
    tabs.append((t("口径"), partial(result.method_card, answer.method)))
    result.tabs(f"clusters-tabs-{len(tabs)}", dict(tabs))


def profile(answer: Result) -> None:
    """The groups' means against everyone's."""
    st.caption(t("格子里是这一群的平均值；蓝色比全体高，橙色比全体低，越深差得越多。"))
    figure = charts.profile_map(answer, lang=lang(), dark=result.is_dark())
    result.chart(figure, "clusters-profile", alt=t("每群在每个特征上的平均值，和全体比"))


def segment_table(data: Dataset, answer: Result) -> None:
    """Every group with its size, its means and what to do."""
    means = {feature.key for feature in answer.features} - {"monetary"}  # those stand in the profile
    kept = tuple(column for column in answer.segment_columns if column.name not in means)
    result.segment_table(replace(answer, segment_columns=kept))
    st.caption(
        t("占比的分母是分了群的客户和他们的净消费。") if data.kind == "lines" else t("占比的分母是分了群的客户。")
    )


def customer_map(answer: Result) -> None:
    """Customers as points; a lasso or box narrows the list below to the region."""
    sampled = int(answer.segments["customers"].sum()) > POINTS
    st.caption(
        t("一个点是一位客户，离得近就是像。用套索或方框圈一片，下面的名单就只看圈里的客户。")
        + (t("图上只画 {n:int} 位，名单会包括圈里没画出来的客户。", n=POINTS) if sampled else "")
    )
    figure = charts.customer_map(answer, lang=lang(), dark=result.is_dark())
    event: Any = st.plotly_chart(
        figure,
        key=f"clusters-map-{session.get('clusters.lasso.round', 0)}",
        theme=None,
        on_select="rerun",
        selection_mode=("lasso", "box"),
        config={
            "displayModeBar": True, "displaylogo": False, "scrollZoom": False,
            "modeBarButtonsToRemove": ["toImage", "autoScale2d", "zoomIn2d", "zoomOut2d"],
        },
        alt=t("客户在两个最主要方向上的分布，颜色是群"),
    )  # fmt: skip
    chosen = event["selection"] if event else {}
    regions = tuple(polygon(shape["x"], shape["y"]) for kind in ("lasso", "box") for shape in chosen.get(kind, ()))
    if regions != session.get(_SEEN, ()):
        session.put(_SEEN, regions)
        session.put(_LASSO, regions)


def lassoed(answer: Result) -> target_list.Narrowing | None:
    """What the list is narrowed to by the map; a line above the list says so and takes it back."""
    regions: tuple[Polygon, ...] = session.get(_LASSO, ())
    if not regions or not answer.shown:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t(":blue[:material/gesture:] **名单只看地图上圈出的客户**"), width="content")
        if st.button(t("取消圈选"), key="clusters-unlasso", type="tertiary", icon=":material/close:"):
            session.put(_LASSO, ())
            session.put(_SEEN, ())
            session.put("clusters.lasso.round", session.get("clusters.lasso.round", 0) + 1)
            st.rerun()
    corners = "; ".join(" ".join(f"{x:g},{y:g}" for x, y in region) for region in regions)
    told = MethodLine(msg("地图圈选"), msg("只含地图上圈出的客户；圈的角（横,纵）：{corners}", corners=corners))
    return target_list.Narrowing(partial(inside, regions=regions), (told,))


def rules(answer: Result) -> None:
    """What tells the groups apart, in words."""
    if not answer.rules:
        st.info(t("只有一群，没有可区分的规则。"))
        return
    st.caption(t("按这些规则就能大致认出每一群。覆盖：这一群的客户有多少符合；纯度：符合的客户有多少真在这一群。"))
    names = {segment.key: segment.name for segment in answer.named}
    shown = pd.DataFrame(
        {
            t("规则"): [literal(t(rule.text)) for rule in answer.rules],
            t("就是"): [f"**{literal(t(names[rule.segment]))}**" for rule in answer.rules],
            t("覆盖"): [f"{rule.coverage:.0%}" for rule in answer.rules],
            t("纯度"): [f"{rule.purity:.0%}" for rule in answer.rules],
            t("符合的客户"): [f"{rule.customers:,}" for rule in answer.rules],
        }
    )
    st.table(shown, hide_index=True, border="horizontal")


def sweep(answer: Result) -> None:
    """The numbers of groups that were tried."""
    st.caption(
        t(
            "轮廓系数：每位客户离自己群比离别的群近多少，1 最好。"
            "稳定性：换一批客户重新分，和原来一致多少，1 最好。虚线是及格线。"
        )
    )
    result.chart(
        charts.sweep(answer, lang=lang(), dark=result.is_dark()), "clusters-sweep", alt=t("每种群数的轮廓系数和稳定性")
    )


def drift(answer: Result, measured: Drift) -> None:
    """Then and now: sizes, who moved, measures outside the trained range."""
    st.markdown(t("**各群占比**"))
    result.chart(
        charts.drift_sizes(answer, measured, lang=lang(), dark=result.is_dark()),
        "clusters-drift-sizes",
        alt=t("各群的占比，做模型时和现在"),
    )
    if measured.moved is not None and measured.earlier is not None:
        st.markdown(t("**谁换了群：{day:date} 和现在比**", day=measured.earlier))
        figure = charts.drift_moves(answer, measured, lang=lang(), dark=result.is_dark())
        result.chart(figure, "clusters-drift-moves", alt=t("客户从哪一群到了哪一群"))
    else:
        st.caption(t("看不出谁换了群：要有做模型那天之前的订单才行。"))
    st.markdown(t("**特征有没有变**"))
    features = {feature.key: feature for feature in answer.features}
    rows = measured.features.to_dict("records")
    shown = {
        t("特征"): [literal(t(features[str(row["feature"])].label)) for row in rows],
        t("做模型时平均"): [_mean(features[str(row["feature"])].unit, row["then"]) for row in rows],
        t("现在平均"): [_mean(features[str(row["feature"])].unit, row["now"]) for row in rows],
        t("超出当时范围的客户"): [f"{float(row['outside']):.1%}" for row in rows],
    }
    st.table(pd.DataFrame(shown), hide_index=True, border="horizontal")


def _mean(unit: Any, value: Any) -> str:
    text: Text = in_units(float(value), unit)
    return t(text)


def keep_model(answer: Result) -> None:
    """The model as a file."""
    st.markdown(t("下个月的新数据可以归到同样的群里，看谁换了群：保存模型，到时在上面的设置里打开它。"))
    st.caption(t("文件里只有特征、换算方法和每群的中心，没有任何客户。"))
    st.download_button(
        t("保存模型（.json）"),
        data=partial(_model_bytes, answer),
        file_name=t("客户聚类模型") + ".json",
        mime="application/json",
        icon=":material/save:",
        on_click="ignore",
        key="clusters-save",
    )


def _model_bytes(answer: Result) -> bytes:
    return save(answer).encode("utf-8")
