"""The settings of the recommendation page: method, how many, which products, stock list. Good defaults, one form."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

import pandas as pd
import streamlit as st

from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.i18n import Text, msg
from analytics.intake.parcel_words import no_goods
from analytics.models.recommend import MOST_RECOMMENDED, Method, Params
from analytics.models.recommend_data import item_facts
from analytics.models.recommend_findings import WAYS
from ui import cached, params_box, session
from ui.i18n import literal, t
from ui.look import choose_placeholder
from ui.notice import show_error
from ui.recommend_stock import ask_stock, restart_stock

_METHODS: dict[str, Text] = {"auto": msg("自动（检验后选）"), **WAYS}


def ask(data: Dataset) -> Params:
    """The parameters in force. Submitting the form puts new ones in force; wrong input leaves the old ones."""
    params = params_box.in_force("recommend", data, Params())
    _offer_return(data, params)
    with st.expander(_summary(params), icon=":material/tune:", key="recommend-settings"):
        item = _ask_item(params, data)
        facts = _facts(data, item)
        stock = ask_stock(data, params.stock, tuple(facts["item"])) if item == "product" else ()
        with st.form("recommend-form", border=False):
            values = _ask_method(params) | _ask_range(params, facts) | _ask_signal(params, data)
            if st.form_submit_button(t("应用"), type="primary"):
                try:
                    chosen = Params(item=item, stock=stock, **values)
                    put_in_force(data, chosen)
                except AnalyticsError as error:
                    show_error(error)
                else:
                    st.rerun()
    return params


def focus(data: Dataset, params: Params, before: Params) -> None:
    """Put the parameters for one product alone in force; the visitor can go back to the ones before."""
    session.put(_before(data), before)
    put_in_force(data, params)


def _offer_return(data: Dataset, params: Params) -> None:
    """Say that the page is about one product alone, and lead back. Only a focus leaves the test out."""
    if params.evaluate or len(params.stock) != 1:
        return
    words, button = st.columns([4, 1], vertical_alignment="center")
    words.info(t("整页现在只看“{product}”：可以推给谁，最可能要的排在前面。", product=literal(params.stock[0])))
    if button.button(t("回到全部商品"), icon=":material/undo:", width="stretch", key="recommend-back"):
        put_in_force(data, session.get(_before(data), None) or Params())
        st.rerun()


def put_in_force(data: Dataset, params: Params) -> None:
    """Use these parameters from the next run on, and remember them for these data."""
    params_box.put_in_force("recommend", data, params)
    restart_stock(data)


def _before(data: Dataset) -> str:
    return f"recommend.before.{data.digest[:16]}"


def _summary(params: Params) -> str:
    bought = msg("不推买过的") if params.exclude_bought else msg("买过的也推")
    narrowed = any((params.stock, params.categories, params.min_price is not None, params.max_price is not None))
    return t(
        "设置：{method} · 每人 {top:int} 个 · {bought} · {scope}",
        method=_METHODS[params.method],
        top=params.top,
        bought=bought,
        scope=msg("只推一部分商品") if narrowed else msg("全部商品"),
    )


def _ask_item(params: Params, data: Dataset) -> Any:
    if "category" not in data.roles:
        return "product"
    return st.segmented_control(
        t("推荐什么"),
        ["product", "category"],
        default=params.item,
        required=True,
        format_func=lambda name: t("商品") if name == "product" else t("品类"),
        key=f"recommend-item-{params.item}",
    )


def _facts(data: Dataset, item: Any) -> pd.DataFrame:
    """Products with price and category, most sold first."""
    until = (data.facts.last_at or dt.datetime(2000, 1, 1)).date() + dt.timedelta(days=1)
    facts = cached.remembered("recommend.items", data, item, lambda: item_facts(data, Params(item=item), until))
    return facts.sort_values(["lines", "item"], ascending=[False, True], ignore_index=True)


def _ask_method(params: Params) -> dict[str, Any]:
    left, middle, right = st.columns([5, 3, 4], vertical_alignment="bottom")
    method = left.selectbox(
        t("方法"),
        get_args(Method),
        index=get_args(Method).index(params.method),
        format_func=lambda name: t(_METHODS[name]),
        help=t("自动：拿以前的订单检验三种方法，个性化的明显更准才用，否则用热销榜。"),
    )
    top = middle.number_input(t("每人推荐几个"), 1, MOST_RECOMMENDED, params.top)
    with right:
        bought = st.checkbox(t("买过的不再推荐"), value=params.exclude_bought, help=t("常要补货的商品可以去掉这个勾。"))
    return {"method": method, "top": int(top), "exclude_bought": bought}


def _ask_range(params: Params, facts: pd.DataFrame) -> dict[str, Any]:
    """Categories, what is never recommended, prices."""
    categories = sorted(facts["category"].dropna().unique())
    names = facts["item"].tolist()
    suggested = no_goods(names)
    start = suggested if params.exclude is None else params.exclude
    places = st.columns(2) if categories else [st.container()]
    chosen: list[str] = []
    if categories:
        chosen = places[0].multiselect(
            t("只推这些品类"),
            categories,
            default=[name for name in params.categories if name in categories],
            placeholder=t("全部品类"),
        )
    exclude = places[-1].multiselect(
        t("这些不推荐"),
        names,
        default=[name for name in start if name in set(names)],
        placeholder=choose_placeholder(),
        help=t("运费、补差价、赠品这类不是商品的行，已经先放进来。"),
    )
    given = None if set(exclude) == set(suggested) else tuple(exclude)
    asked = {"categories": tuple(chosen), "exclude": given}
    return asked if facts["price"].isna().all() else asked | _ask_price(params)


def _ask_price(params: Params) -> dict[str, Any]:
    low_side, high_side = st.columns(2)
    low = low_side.number_input(
        t("均价不低于（元）"),
        min_value=0.0,
        value=params.min_price,
        placeholder=t("不限"),
        help=t("均价：金额除以件数。"),
    )
    high = high_side.number_input(t("均价不高于（元）"), min_value=0.0, value=params.max_price, placeholder=t("不限"))
    return {"min_price": low, "max_price": high}


def _ask_signal(params: Params, data: Dataset) -> dict[str, Any]:
    """Date, weight of recent purchases, and a rating where the file may have one."""
    headers = [] if data.kind == "ratings" else [extra.label for extra in data.manifest.extras]
    rated = bool(headers) or data.kind == "ratings"
    places = st.columns(3 if rated else 2)
    as_of = params_box.ask_as_of(places[0], data, params.as_of, t("只看这一天之前的订单。默认是数据最后一天的后一天。"))
    trend = places[1].number_input(
        t("近期加权：几天减半"),
        min_value=0.0,
        value=params.trend_days,
        step=1.0,
        format="%g",
        placeholder=t("自动"),
        help=t("填 30：30 天前的一次购买只算半次，过季商品会靠后。填 0：早买晚买一样算。空着：由检验来定。"),
    )
    values = {"as_of": as_of, "trend_days": trend}
    return values | (_ask_rating(params, headers, places[2]) if rated else {})


def _ask_rating(params: Params, headers: list[str], place: Any) -> dict[str, Any]:
    """A column of ratings among the visitor's own (``headers``), and what counts as liked."""
    rating = None
    if headers:
        rating = place.selectbox(
            t("评分列（有才选）"),
            [None, *headers],
            index=headers.index(params.rating) + 1 if params.rating in headers else 0,
            format_func=lambda name: t("没有") if name is None else name,
            help=t("选了以后，只有打分够高的购买才算喜欢。"),
        )
    low = place.number_input(
        t("几分以上算喜欢"),
        min_value=0.0,
        value=params.rating_from,
        step=0.5,
        format="%g",
        placeholder=t("自动"),
        help=t("空着：最低分到最高分的四分之三处，五分制就是 4 分。"),
    )
    return {"rating": rating, "rating_from": low}
