"""Charts of AARRR: Result → plotly Figure, hover worded here. Show with ``st.plotly_chart(figure, theme=None)``.

Clickable: the ladder's bars; a bar's customdata[0] is the segment key.
"""

from __future__ import annotations

import math
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analytics.charts.theme import ACCENT, empty, finish, font_colour, ink, ticks
from analytics.i18n import Lang, Text, format_count, format_money, msg
from analytics.models.aarrr import Result
from analytics.models.aarrr_findings import STAGE_NAMES

_LADDER_COLOURS = {
    "referral": "#0B5394", "revenue": "#3D8FD1", "retention": "#00795A", "activation": "#2BB58B", "open": "#F2C14E",
    "acquisition": "#D5762B", "before": "#9AA5AF",
}  # fmt: skip
_STAGE_COLOURS = {
    "acquisition": "#D5762B", "activation": "#2BB58B", "retention": "#00795A", "revenue": "#3D8FD1",
    "referral": "#0B5394",
}  # fmt: skip
# stage → column, how it is drawn, what it is called
_PANELS: dict[str, tuple[str, str, Text]] = {
    "acquisition": ("acquired", "count", msg("新客（位）")),
    "activation": ("activation_rate", "share", msg("激活率")),
    "retention": ("retention_rate", "share", msg("下一期又来的比例")),
    "revenue": ("revenue", "money", msg("收入（元）")),
    "referral": ("referral_rate", "share", msg("推荐的比例")),
}


def ladder(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Customers by the furthest stage they reached, furthest on top."""
    table = result.segments
    names = {segment.key: segment.name.in_language(lang) for segment in result.named}
    largest = float(table["customers"].max())
    colours = [_LADDER_COLOURS[key] for key in table["segment"]]
    # A label inside its bar is read on the bar's colour, one outside on the page's.
    inside = [n > largest * 0.45 for n in table["customers"]]
    figure = go.Figure(
        go.Bar(
            x=[float(n) for n in table["customers"]],
            y=[names[key] for key in table["segment"]],
            orientation="h",
            text=[
                f"{format_count(n, lang)} · {share:.1%}"
                for n, share in zip(table["customers"], table["customer_share"], strict=True)
            ],
            textposition=["inside" if within else "outside" for within in inside],
            insidetextanchor="end",
            cliponaxis=False,
            textfont={
                "color": [
                    ink(colour) if within else font_colour(dark=dark)
                    for colour, within in zip(colours, inside, strict=True)
                ]
            },
            customdata=[[key] for key in table["segment"]],
            marker={"color": colours},
            hovertext=[_ladder_hover(result, row, lang) for row in table.to_dict("records")],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    finish(figure, height=50 + 38 * len(table), dark=dark)
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, largest * 1.05])
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix=" ")
    figure.update_layout(bargap=0.25)
    return figure


def _ladder_hover(result: Result, row: dict[Any, Any], lang: Lang) -> str:
    segment = next(one for one in result.named if one.key == row["segment"])
    lines = [
        msg("<b>{name}</b>：{meaning}", name=segment.name, meaning=segment.meaning),
        msg("{n:int} 位客户（{share:pct}）", n=row["customers"], share=row["customer_share"]),
    ]
    if "revenue" in row:
        lines.append(msg("净消费 {money:money}，人均 {each:money}", money=row["revenue"], each=row["revenue_each"]))
    return "<br>".join(line.in_language(lang) for line in lines)


def trends(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """A panel per stage that there is, over the same periods: counts and money as bars, rates as lines."""
    table = result.trend
    panels = [stage for stage, (column, _, _) in _PANELS.items() if table[column].notna().any()]
    if not panels or len(table) < 2:
        return empty(lang, dark=dark, text=msg("只有一期，画不出趋势"))
    titles = [
        f"<b>{STAGE_NAMES[stage].in_language(lang)}</b>  {_PANELS[stage][2].in_language(lang)}" for stage in panels
    ]
    figure = make_subplots(len(panels), 1, shared_xaxes=True, vertical_spacing=0.09, subplot_titles=titles)
    labels = [result.calendar.label(int(period)) for period in table["period"]]
    for row, stage in enumerate(panels, start=1):
        column, kind, _ = _PANELS[stage]
        values = [None if math.isnan(value) else float(value) for value in table[column]]
        hover = [_trend_hover(result, stage, one, lang) for one in table.to_dict("records")]
        figure.add_trace(_trace(labels, values, hover, kind, _STAGE_COLOURS[stage] if not dark else "#6FB1E4"), row, 1)
        high = max((value for value in values if value is not None), default=1.0) or 1.0
        at, texts = ticks(0, high * 100 if kind == "share" else high, lang, money=kind == "money", most=3)
        if kind == "share":
            at, texts = [value / 100 for value in at], [f"{text}%" for text in texts]
        figure.update_yaxes(tickvals=at, ticktext=texts, range=[0, high * 1.15], row=row, col=1)
    finish(figure, height=130 * len(panels) + 50, dark=dark, top=28)
    figure.update_xaxes(type="category", showgrid=False, fixedrange=True, tickangle=0, nticks=10)
    figure.update_yaxes(fixedrange=True)
    figure.update_annotations(x=0, xanchor="left", font={"size": 13, "color": font_colour(dark=dark)})
    return figure


def _trace(labels: list[str], values: list[float | None], hover: list[str], kind: str, colour: str) -> Any:
    shared = {"x": labels, "y": values, "hovertext": hover, "hovertemplate": "%{hovertext}<extra></extra>"}
    if kind == "share":
        return go.Scatter(
            **shared, mode="lines+markers", line={"width": 2, "color": colour or ACCENT}, marker={"size": 5},
            connectgaps=False,
        )  # fmt: skip
    return go.Bar(**shared, marker={"color": colour})


def _trend_hover(result: Result, stage: str, row: dict[Any, Any], lang: Lang) -> str:
    label = result.calendar.label(int(row["period"]))
    if math.isnan(row[_PANELS[stage][0]]):
        told = msg("还看不全")
    elif stage == "acquisition":
        told = msg("{n:int} 位新客", n=row["acquired"])
    elif stage == "activation":
        told = _of(row["activated"], row["activation_base"], row["activation_rate"])
    elif stage == "retention":
        told = _of(row["retained"], row["retention_base"], row["retention_rate"])
    elif stage == "revenue":
        told = msg(
            "{money}，{n:int} 位付过款，人均 {each}",
            money=format_money(row["revenue"], lang), n=row["payers"],
            each="—" if math.isnan(row["arpu"]) else format_money(row["arpu"], lang),
        )  # fmt: skip
    else:
        told = _of(row["referred"], row["referral_base"], row["referral_rate"])
    return f"<b>{label}</b><br>" + told.in_language(lang)


def _of(hits: float, base: float, rate: float) -> Text:
    return msg("{base:int} 位里 {n:int} 位：{rate:pct}", base=base, n=hits, rate=rate)
