"""Charts of RFM: Result → plotly Figure. Hover texts are worded here, since plotly knows no 万 and no Chinese.

Clickable: the treemap and the bars; a point's customdata[0] (and the treemap's id) is the segment key. Show them with
``st.plotly_chart(figure, theme=None)``: the look comes from theme.py.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analytics.charts.rfm_migration import migration_matrix, migration_sankey
from analytics.charts.theme import (
    ACCENT,
    SEGMENT_COLOURS,
    empty,
    faded,
    finish,
    font_colour,
    grid_colour,
    ink,
    scale,
    tick_text,
    ticks,
)
from analytics.i18n import Lang, Text, format_count, format_money, msg, word
from analytics.models.rfm import Result
from analytics.models.rfm_compare import Measure
from analytics.models.rfm_segments import SEGMENTS

__all__ = [
    "distribution",
    "heat_map",
    "migration_matrix",
    "migration_sankey",
    "segment_bars",
    "segment_treemap",
]

_ENDS: dict[str, tuple[Text, Text]] = {"R": (msg("最久"), msg("最近")), "F": (msg("最少"), msg("最多"))}
_MEASURES: dict[Measure, Text] = {
    "recency_days": msg("距上次下单（天）"),
    "frequency": msg("下单次数"),
    "monetary": msg("累计净消费（元）"),
}
_LABEL_PX = 74  # the width that a cut label is given
_PLOT_PX = 620  # the narrowest plot that labels must not overlap in


def heat_map(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """R × F: how many customers have which scores; hover tells their money and the ranges behind the scores."""
    cells = result.cells
    if cells.empty:
        return empty(lang, dark=dark)
    across, up = range(1, len(result.cuts.f) + 2), range(1, len(result.cuts.r) + 2)
    columns = (cells[name] for name in ("r", "f", "customers", "revenue"))
    have = {(int(r), int(f)): (int(n), float(money)) for r, f, n, money in zip(*columns, strict=True)}
    customers, revenue = int(cells["customers"].sum()), float(cells["revenue"].sum())
    figure = go.Figure(
        go.Heatmap(
            x=[_score_label("F", score, len(across), lang) for score in across],
            y=[_score_label("R", score, len(up), lang) for score in up],
            z=[[have.get((r, f), (None, 0))[0] for f in across] for r in up],
            text=[[f"{have[r, f][0]:,}" if (r, f) in have else "" for f in across] for r in up],
            texttemplate="%{text}",
            textfont={"color": font_colour(dark=dark)},
            hovertext=[
                [_cell_hover(result, (r, f), have.get((r, f), (0, 0.0)), (customers, revenue), lang) for f in across]
                for r in up
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            hoverongaps=False,
            colorscale=scale(dark=dark),
            showscale=False,
            xgap=3,
            ygap=3,
        )
    )
    finish(figure, height=90 + 54 * len(up), dark=dark)
    figure.update_xaxes(type="category", showgrid=False, fixedrange=True)
    figure.update_yaxes(type="category", showgrid=False, fixedrange=True)
    return figure


def _score_label(letter: str, score: int, top: int, lang: Lang) -> str:
    low, high = _ENDS[letter]
    end = low if score == 1 else high if score == top else None
    if end is None or top == 1:
        return f"{letter} {score}"
    return msg("{score}（{end}）", score=f"{letter} {score}", end=end).in_language(lang)


def _cell_hover(
    result: Result, score: tuple[int, int], cell: tuple[int, float], total: tuple[int, float], lang: Lang
) -> str:
    r, f = score
    customers, revenue = cell
    back = len(result.cuts.r) + 2 - r  # the classes of R run the other way: few days, high score
    lines = (
        msg("<b>R {r} · F {f}</b>", r=r, f=f),
        msg("距上次下单 {range} 天", range=_range(result.cuts.r, back, lang)),
        msg("下单 {range} 次", range=_range(result.cuts.f, f, lang)),
        msg("{n:int} 位客户（{share:pct}）", n=customers, share=customers / total[0]),
        msg("净消费 {money:money}（{share:pct}）", money=revenue, share=revenue / total[1] if total[1] else 0),
    )
    return "<br>".join(line.in_language(lang) for line in lines)


def _range(cuts: Sequence[float], which: int, lang: Lang) -> str:
    """The values of the which-th class, 1 the lowest: ≤ 30, 30–60, > 60."""
    if not cuts:
        return "—"
    if which == 1:
        return f"≤ {tick_text(round(cuts[0], 1), lang)}"
    low = tick_text(round(cuts[which - 2], 1), lang)
    return f"> {low}" if which > len(cuts) else f"{low}–{tick_text(round(cuts[which - 1], 1), lang)}"


def segment_treemap(
    result: Result, by: Literal["customers", "revenue"] = "customers", *, lang: Lang, dark: bool = False
) -> go.Figure:
    """Segments as areas. A segment whose net spending is zero or less has no area by revenue and is not drawn."""
    table = result.segments[result.segments[by] > 0]
    if table.empty:
        return empty(lang, dark=dark)
    sizes = [f"{n:,}" if by == "customers" else format_money(n, lang) for n in table[by]]
    share_column = "customer_share" if by == "customers" else "revenue_share"
    shares = ["" if math.isnan(share) else f"{share:.1%}" for share in table[share_column]]
    colours = [SEGMENT_COLOURS[key] for key in table["segment"]]
    figure = go.Figure(
        go.Treemap(
            ids=list(table["segment"]),
            labels=[_name(key, lang) for key in table["segment"]],
            parents=[""] * len(table),
            values=[float(value) for value in table[by]],
            customdata=[[key, size, share] for key, size, share in zip(table["segment"], sizes, shares, strict=True)],
            texttemplate="<b>%{label}</b><br>%{customdata[1]}<br>%{customdata[2]}",
            hovertext=[_segment_hover(row, lang) for row in table.to_dict("records")],
            hovertemplate="%{hovertext}<extra></extra>",
            marker={"colors": colours, "line": {"width": 0}, "cornerradius": 4},
            textfont={"color": [ink(colour) for colour in colours]},
            tiling={"pad": 3},
            pathbar={"visible": False},
            root={"color": "rgba(0,0,0,0)"},
        )
    )
    figure.update_layout(uniformtext={"minsize": 11, "mode": "hide"})  # a label that cannot be read is left to hover
    return finish(figure, height=360, dark=dark, top=0)


def segment_bars(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Per segment its customers and its net spending side by side, in the fixed order of the segments."""
    table = result.segments
    if table.empty:
        return empty(lang, dark=dark)
    titles = [msg("客户数").in_language(lang), msg("净消费").in_language(lang)]
    figure = make_subplots(1, 2, shared_yaxes=True, horizontal_spacing=0.04, subplot_titles=titles)
    names = [_name(key, lang) for key in table["segment"]]
    for column, (measure, share) in enumerate((("customers", "customer_share"), ("revenue", "revenue_share")), start=1):
        texts = [
            _bar_text(format_count(v, lang) if column == 1 else format_money(v, lang), s)
            for v, s in zip(table[measure], table[share], strict=True)
        ]
        bars = go.Bar(
            x=[float(value) for value in table[measure]],
            y=names,
            orientation="h",
            text=texts,
            textposition="outside",
            cliponaxis=False,
            textfont={"color": font_colour(dark=dark)},
            customdata=[[key] for key in table["segment"]],
            marker={"color": [SEGMENT_COLOURS[key] for key in table["segment"]]},
            hovertext=[_segment_hover(row, lang) for row in table.to_dict("records")],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        figure.add_trace(bars, 1, column)
        # Room for the text behind the longest bar.
        low, high = min(0.0, float(table[measure].min())), max(1e-9, float(table[measure].max()))
        figure.update_xaxes(range=[low * 1.4, high * 1.45], row=1, col=column)
    finish(figure, height=60 + 34 * len(table), dark=dark, top=30)
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix=" ")
    figure.update_layout(bargap=0.3)
    return figure


def _bar_text(amount: str, share: float) -> str:
    return amount if math.isnan(share) else f"{amount} · {share:.1%}"


def _segment_hover(row: dict[Hashable, Any], lang: Lang) -> str:
    segment = SEGMENTS[str(row["segment"])]
    lines: list[Text | str] = [
        msg("<b>{name}</b>：{meaning}", name=segment.name, meaning=segment.meaning),
        _with_share(msg("客户 {n:int} 位", n=row["customers"]), row["customer_share"], lang),
        _with_share(msg("净消费 {money:money}", money=row["revenue"]), row["revenue_share"], lang),
    ]
    if not math.isnan(row["recency_days"]):
        lines.append(
            msg(
                "人均：{days:num} 天前下单，{orders:num} 单，{money:money}",
                days=row["recency_days"], orders=row["frequency"], money=row["monetary"],
            )
        )  # fmt: skip
    return "<br>".join(word(line, lang) for line in lines)


def _with_share(text: Text, share: float, lang: Lang) -> str:
    return text.in_language(lang) + ("" if math.isnan(share) else f" · {share:.1%}")


def _name(key: str, lang: Lang) -> str:
    return SEGMENTS[key].name.in_language(lang)


def distribution(
    frame: pd.DataFrame, measure: Measure, cuts: Sequence[float], *, lang: Lang, dark: bool = False
) -> go.Figure:
    """How many customers have which value, with the cut points drawn in.

    frame  left · right · customers, of rfm_compare.distribution; the last bar holds the tail and is drawn as wide as
           the others
    """
    if frame.empty:
        return empty(lang, dark=dark)
    money = measure == "monetary"
    left, right = frame["left"].astype(float), frame["right"].astype(float)
    width = float((right - left).iloc[0])
    tailed = len(frame) > 1 and float(right.iloc[-1] - left.iloc[-1]) > width * 1.001
    hover = [
        _bin_hover(lo, hi, n, money=money, tail=tailed and at == len(frame) - 1, lang=lang)
        for at, (lo, hi, n) in enumerate(zip(left, right, frame["customers"], strict=True))
    ]
    figure = go.Figure(
        go.Bar(
            x=list(left + width / 2), y=list(frame["customers"]), width=width * 0.94,
            hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
            marker={"color": faded(ACCENT, 0.85) if not dark else "#6FB1E4"},
        )
    )  # fmt: skip
    start, end = float(left.iloc[0]), float(left.iloc[-1]) + width
    # A bar of whole numbers ends before the next number: what is ≤ 30 ends at 31.
    edges = {cut: cut if money else math.floor(cut) + 1.0 for cut in sorted(set(cuts))}
    edges = {cut: at for cut, at in edges.items() if start <= at <= end}
    rows = _draw_cuts(figure, edges, (start, end), money=money, lang=lang, dark=dark)
    finish(figure, height=270 + 18 * rows, dark=dark, top=12 + 18 * rows)
    values, texts = ticks(start, end, lang, money=money, most=8)
    if not money and width == 1:  # one bar a number: the number stands under its middle
        texts = [text for value, text in zip(values, texts, strict=True) if value == round(value)]
        values = [value + 0.5 for value in values if value == round(value)]
        values, texts = (values[:-1], texts[:-1]) if values and values[-1] > end else (values, texts)
    if tailed:
        kept = [at for at, value in enumerate(values) if value < end - width - (end - start) * 0.08]
        tail = f"{tick_text(float(left.iloc[-1]), lang, money=money)}+"
        values, texts = [*(values[at] for at in kept), end - width / 2], [*(texts[at] for at in kept), tail]
    up, up_texts = ticks(0, max(1.0, float(frame["customers"].max())), lang, most=4)
    figure.update_xaxes(
        tickvals=values, ticktext=texts, title_text=_MEASURES[measure].in_language(lang), showgrid=False,
        range=[start - width * 0.5, end + width * 0.5],
    )  # fmt: skip
    figure.update_yaxes(tickvals=up, ticktext=up_texts, title_text=msg("客户数").in_language(lang), rangemode="tozero")
    return figure


def _bin_hover(low: float, high: float, customers: int, *, money: bool, tail: bool, lang: Lang) -> str:
    first, last = tick_text(low, lang, money=money), tick_text(high, lang, money=money)
    if not money and high - low == 1:
        values = first
    elif not money:
        values = f"{first}–{tick_text(high if tail else high - 1, lang)}"
    else:
        values = f"{first}–{last}"
    return f"<b>{values}</b><br>" + msg("{n:int} 位客户", n=customers).in_language(lang)


def _draw_cuts(
    figure: go.Figure, edges: dict[float, float], span: tuple[float, float], *, money: bool, lang: Lang, dark: bool
) -> int:
    """A dashed line per cut point, its label above the plot; labels too near one another stand in rows. → rows."""
    apart = (span[1] - span[0]) * _LABEL_PX / _PLOT_PX
    ends: list[float] = []  # where the last label of each row ends
    for cut, at in edges.items():
        row = next((number for number, end in enumerate(ends) if at >= end), len(ends))
        if row == len(ends):
            ends.append(at)
        ends[row] = at + apart
        figure.add_shape(
            type="line", x0=at, x1=at, y0=0, y1=1, yref="paper",
            line={"color": font_colour(dark=dark), "width": 1, "dash": "dot"},
        )  # fmt: skip
        figure.add_annotation(
            x=at, y=1, yref="paper", yshift=2 + 18 * row, yanchor="bottom", xanchor="left", showarrow=False,
            text=f"≤ {tick_text(round(cut, 2), lang, money=money)}",
            font={"size": 12, "color": font_colour(dark=dark)}, bgcolor=grid_colour(dark=dark), borderpad=1,
        )  # fmt: skip
    return len(ends)
