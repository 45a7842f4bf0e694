"""Charts of recommendations: Result → plotly Figure.

Clickable: the bars of products; a point's customdata[0] is the product, the key of its segment.
"""

from __future__ import annotations

import html
import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics.charts.theme import ACCENT, empty, faded, finish, font_colour
from analytics.i18n import Lang, Text, format_count, format_money, msg, word
from analytics.models.recommend import Result
from analytics.models.recommend_findings import WAYS

_GREY = "#9AA5AF"
_LONGEST_NAME = 18
_ROW_PX = 27


def product_bars(result: Result, *, most: int = 10, lang: Lang, dark: bool = False) -> go.Figure:
    """The products that most customers get, how many as their first: longer is more customers to contact."""
    table = result.segments.head(most)
    if table.empty:
        return empty(lang, dark=dark)
    names = [_shortened(name) for name in table["segment"]]
    others = table["customers"] - table["first"]
    hover = [_product_hover(row, lang) for row in table.to_dict("records")]
    keys = [[key] for key in table["segment"]]
    figure = go.Figure()
    first = (table["first"], ACCENT, None)
    later = (others, faded(ACCENT, 0.38), [format_count(n, lang) for n in table["customers"]])
    for values, colour, texts in (first, later):
        figure.add_trace(
            go.Bar(
                x=list(values),
                y=list(range(len(table))),
                orientation="h",
                marker={"color": colour},
                text=texts,
                textposition="outside",
                textfont={"color": font_colour(dark=dark)},
                cliponaxis=False,
                customdata=keys,
                hovertext=hover,
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    figure.update_layout(barmode="stack", bargap=0.32)
    finish(figure, height=24 + _ROW_PX * len(table), dark=dark)
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, float(table["customers"].max()) * 1.16])
    figure.update_yaxes(
        tickvals=list(range(len(table))), ticktext=names, autorange="reversed", showgrid=False, fixedrange=True,
        ticksuffix=" ",
    )  # fmt: skip
    return figure


def _shortened(name: str) -> str:
    """A name that leaves room for its bar; the whole one is in the hover text. Wide characters count double.

    Plotly reads some HTML; a user's text must not be any.
    """
    room, kept = 2 * _LONGEST_NAME, ""
    for letter in name:
        room -= 2 if ord(letter) > 0x2E80 else 1
        if room < 1:
            return html.escape(kept.rstrip()) + "…"
        kept += letter
    return html.escape(kept)


def _product_hover(row: dict[Any, Any], lang: Lang) -> str:
    lines: list[Text | str] = [
        f"<b>{html.escape(str(row['segment']))}</b>",
        msg("推荐给 {n:int} 位客户，其中 {first:int} 位排第一", n=row["customers"], first=row["first"]),
        msg("已有 {n:int} 位买过", n=row["buyers"]),
    ]
    if not pd.isna(row.get("price")):
        lines.append(msg("均价 {price}", price=format_money(float(row["price"]), lang)))
    return "<br>".join(word(line, lang) for line in lines)


def proof_bars(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Hit rate of each way on the time split with its 95 % interval (Wilson); the one in use is coloured."""
    trial = result.trial
    rows = [row for way in WAYS if (row := trial.best(way)) is not None]  # type: ignore[arg-type]
    if not rows or trial.tested == 0:
        return empty(lang, dark=dark, text=msg("没有检验，没有可画的命中率"))
    rates = [float(row["hit_rate"]) for row in rows]
    bounds = [wilson(rate, trial.tested) for rate in rates]
    used = [row["way"] == result.way for row in rows]
    figure = go.Figure(
        go.Bar(
            x=rates,
            y=[_way_label(row, mine, lang) for row, mine in zip(rows, used, strict=True)],
            orientation="h",
            marker={"color": [ACCENT if mine else _GREY for mine in used]},
            error_x={
                "type": "data", "symmetric": False, "thickness": 1.5, "width": 4, "color": font_colour(dark=dark),
                "array": [high - rate for rate, (_, high) in zip(rates, bounds, strict=True)],
                "arrayminus": [rate - low for rate, (low, _) in zip(rates, bounds, strict=True)],
            },
            hovertext=[
                _way_hover(row, bound, trial.tested, lang) for row, bound in zip(rows, bounds, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    finish(figure, height=40 + 52 * len(rows), dark=dark)
    top = max(high for _, high in bounds)
    figure.update_xaxes(
        range=[0, top * 1.04], tickformat=".0%" if top > 0.1 else ".1%", fixedrange=True, nticks=5,
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix=" ")
    figure.update_layout(bargap=0.42)
    return figure


def _way_label(row: Any, mine: bool, lang: Lang) -> str:
    """Two lines: a phone has no room for the rate behind the interval."""
    name, rate = WAYS[row["way"]].in_language(lang), f"{float(row['hit_rate']):.1%}"
    if not mine:
        return f"{name}<br>{rate}"
    return f"<b>{name}<br>{msg('{rate}，在用', rate=rate).in_language(lang)}</b>"


def _way_hover(row: Any, bound: tuple[float, float], tested: int, lang: Lang) -> str:
    lines = (
        f"<b>{word(WAYS[row['way']], lang)}</b>",
        msg("{n:int} 位回头客里命中 {rate:pct}（95% 区间 {low:pct} 至 {high:pct}）",
            n=tested, rate=float(row["hit_rate"]), low=bound[0], high=bound[1]),
        msg("买的东西里被推荐到的占 {recall:pct}", recall=float(row["recall"])),
        msg("推荐用到了全部商品的 {coverage:pct}", coverage=float(row["coverage"])),
    )  # fmt: skip
    return "<br>".join(word(line, lang) for line in lines)


def wilson(rate: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of n (Wilson, 1927)."""
    z = 1.959964
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)
