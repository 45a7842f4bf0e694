"""The charts and lookups of the recommendation page, each computed only when its tab is open."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import ibis
import pandas as pd
import streamlit as st

from analytics.charts import recommend as charts
from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.models import recommend_rank
from analytics.models.recommend import Method, Params, Result
from analytics.models.recommend_data import sold_lines
from analytics.models.recommend_findings import EXPLAINED, WAYS
from ui import cached, recommend_form, result, target_list
from ui.i18n import lang, t
from ui.notice import show_error

_SHOWN = 200
_FOUND = 20


def overview(answer: Result) -> None:
    """The products that most customers get: a click picks one for the list."""
    st.markdown(f"**{t('推荐得最多的商品：要联系几位客户')}**")
    figure = charts.product_bars(answer, lang=lang(), dark=result.is_dark())
    clicked = result.clickable_chart(figure, "recommend-bars", alt=t("各商品会推荐给多少客户，深色是排第一的"))
    held = set(answer.segments["segment"])
    target_list.pick("recommend", [key for key in clicked if key in held])
    st.caption(t("深色：其中排第一的。点一根，下面的名单就只看这一种。"))


def details(data: Dataset, answer: Result) -> None:
    """The tabs below the first screen."""
    show = {
        t("推得准不准"): partial(proof, answer),
        t("每种商品"): partial(products, answer),
        t("查一位客户"): partial(one_customer, data, answer),
        t("给商品找客户"): partial(one_product, data, answer),
        t("口径"): partial(result.method_card, answer.method),
    }
    result.tabs("recommend-tabs", show)


def proof(answer: Result) -> None:
    """The time split: the three ways side by side, popularity first."""
    trial = answer.trial
    if trial.split_on is None:
        st.info(t("没有检验：历史太短，或者没有回头客。"), icon=":material/hourglass_empty:")
        return
    st.caption(
        t(
            "只用 {day:date} 之前的记录来推荐，再看 {n:int} 位回头客之后买了什么。"
            "命中率：推荐的 {k:int} 个里至少买了一个的回头客占比。"
            "横线是 95% 区间；两根横线大半重叠，就分不出高下。",
            day=trial.split_on,
            n=trial.tested,
            k=answer.params.top,
        )
    )
    result.chart(
        charts.proof_bars(answer, lang=lang(), dark=result.is_dark()), "recommend-proof", alt=t("三种方法的命中率")
    )
    best = [row for way in recommend_rank.WAYS if (row := trial.best(way)) is not None]
    st.table(_tried(best), hide_index=True, border="horizontal")
    st.caption(
        t(
            "召回率：他们买的东西里，被推荐到的占比。用到的商品：被推荐给任何人的商品占全部商品。"
            "近期加权：几天前的一次购买只算半次；每种方法试三种，列的是最准的一种。"
        )
    )
    with st.expander(t("三种方法怎么算，每一种试下来怎样"), icon=":material/info:"):
        for way, words in EXPLAINED.items():
            st.markdown(f"**{t(WAYS[way])}**　{t(words)}")
        st.table(_tried([row for _, row in trial.table.iterrows()]), hide_index=True, border="horizontal")


def _tried(rows: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("方法"): [t(WAYS[row["way"]]) for row in rows],
            t("近期加权"): [
                t("不加权") if row["trend_days"] == 0 else t("{days:int} 天减半", days=row["trend_days"])
                for row in rows
            ],
            t("命中率"): [result.worded(row["hit_rate"], "share") for row in rows],
            t("召回率"): [result.worded(row["recall"], "share") for row in rows],
            t("用到的商品"): [result.worded(row["coverage"], "share") for row in rows],
        }
    )


def products(answer: Result) -> None:
    """Every recommended product; the first ones by how many customers get it."""
    table = answer.segments
    columns: dict[str, Any] = {t(answer.segment_label): table["segment"]}
    formats: dict[str, Any] = {}
    for column in answer.segment_columns:
        label = t(column.label)
        columns[label] = table[column.name]
        if column.type in ("int", "money"):
            formats[label] = st.column_config.NumberColumn(format="localized" if column.type == "int" else "accounting")
    st.dataframe(pd.DataFrame(columns), hide_index=True, height=360, key="recommend-products", column_config=formats)
    st.caption(t("点表头排序，右上角可以搜索。名单在下面按商品选。"))


def one_customer(data: Dataset, answer: Result) -> None:
    """What one customer bought and gets."""
    typed = st.text_input(
        t("客户编号（可以只输入一部分）"),
        key=f"recommend-customer-{data.digest[:8]}",
        placeholder=t("留空看最近买过的客户"),
        width=360,
    )
    found = cached.remembered(
        "recommend.find", data, (answer.params, typed.strip()), lambda: _find_customers(answer, typed.strip())
    )
    if not found:
        st.info(t("没有这样的客户，或者没有可以推荐给他的。"), icon=":material/person_search:")
        return
    chosen = st.selectbox(t("客户"), found, key=f"recommend-found-{data.digest[:8]}-{typed}", width=360)
    history, next_ones = cached.remembered(
        "recommend.one", data, (answer.params, chosen), lambda: _one_customer(data, answer, str(chosen))
    )
    left, right = st.columns([3, 2])
    with left:
        st.markdown(f"**{t('接下来推荐')}**")
        shown = pd.DataFrame(
            {
                t("推荐商品"): next_ones["segment"],
                t("因为买过"): next_ones["reason"].fillna(t("（热销）")),
                t("推荐分"): next_ones["score"].map(_score),
            }
        )
        st.dataframe(shown, hide_index=True, key="recommend-next")
    with right:
        st.markdown(f"**{t('买过的，最近的在前')}**")
        bought = pd.DataFrame(
            {t("商品"): history["item"], t("最近购买"): history["last_at"], t("次数"): history["times"]}
        )
        dates = {t("最近购买"): st.column_config.DateColumn(format="YYYY-MM-DD")}
        st.dataframe(bought, hide_index=True, key="recommend-history", column_config=dates)


def _score(value: float) -> str:
    return f"{value:.3f}" if value >= 0.0005 else "—"


def _find_customers(answer: Result, typed: str) -> list[str]:
    rows = answer.customers
    if typed:
        rows = rows.filter(rows.customer_id.contains(typed))
    people = rows.select("customer_id", "last_bought_at").distinct()
    people = people.order_by([ibis.desc("last_bought_at"), "customer_id"]).limit(_FOUND)
    return [str(name) for name in people.execute()["customer_id"]]


def _one_customer(data: Dataset, answer: Result, customer: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    lines = sold_lines(data, answer.params, answer.as_of)
    lines = lines.filter(lines.customer_id == customer)
    history = lines.group_by("item").agg(last_at=lines.ordered_at.max(), times=lines.count())
    history = history.order_by([ibis.desc("last_at"), "item"]).limit(_SHOWN)
    rows = answer.customers
    return history.execute(), rows.filter(rows.customer_id == customer).order_by("rank").execute()


def one_product(data: Dataset, answer: Result) -> None:
    """Everybody who has not bought a product, likeliest first: not only those who have it among their few."""
    names = answer.segments["segment"].tolist()
    others = cached.remembered("recommend.all_items", data, answer.params, lambda: _other_items(data, answer, names))
    product = st.selectbox(t("要推哪一种"), [*names, *others], key=f"recommend-product-{data.digest[:8]}", width=420)
    if product is None:
        return
    try:
        with st.spinner(t("正在给每位客户打分…")):
            reach = cached.analyzed("recommend", data, for_product(answer, product))
    except AnalyticsError as error:
        show_error(error)
        return
    rows = reach.customers.order_by([ibis.desc("score"), "customer_id"]).limit(_SHOWN).execute()
    words, button = st.columns([3, 1], vertical_alignment="center")
    words.markdown(
        t(
            "可以推给 **{n:int}** 位客户，最可能要的排在前面，下面是前 {shown:int} 位。",
            n=reach.customers_served,
            shown=len(rows),
        )
    )
    if button.button(t("用它做名单"), icon=":material/playlist_add:", width="stretch"):
        recommend_form.focus(data, for_product(answer, product), answer.params)
        st.rerun()
    shown = pd.DataFrame(
        {
            t("客户编号"): rows["customer_id"],
            t("因为买过"): rows["reason"].fillna(t("（没有线索）")),
            t("推荐分"): rows["score"].map(_score),
            t("买过几种商品"): rows["products_bought"],
            t("最近购买"): rows["last_bought_at"],
        }
    )
    dates = {t("最近购买"): st.column_config.DateColumn(format="YYYY-MM-DD")}
    st.dataframe(shown, hide_index=True, height=320, key="recommend-reach", column_config=dates)
    st.caption(t("“用它做名单”把整页换成这一种，可以筛选和下载全部客户；页首的按钮带你回来。"))


def for_product(answer: Result, product: str) -> Params:
    """The same way of ranking, for one product alone. Popularity cannot order customers: likeness does then."""
    way: Method = "item_item" if answer.way == "popularity" else answer.way
    return replace(
        answer.params, method=way, stock=(product,), categories=(), min_price=None, max_price=None, exclude=(), top=1,
        trend_days=answer.trend_days, evaluate=False,
    )  # fmt: skip


def _other_items(data: Dataset, answer: Result, names: list[str]) -> list[str]:
    items = sold_lines(data, answer.params, answer.as_of).select("item").distinct().execute()["item"]
    return sorted(set(items) - set(names))
