"""Charts of the lifecycle: stages now, the flow per interval, the gaps between visits. Result → plotly Figure.

Clickable: the stage bars; a point's customdata[0] is the stage's key.
"""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analytics.charts.theme import SEGMENT_COLOURS, empty, faded, finish, font_colour, grid_colour, ticks
from analytics.i18n import Lang, Text, format_count, format_money, msg
from analytics.models.lifecycle import Result
from analytics.models.lifecycle_findings import LIMIT_NAMES
from analytics.models.lifecycle_flow import Interval
from analytics.models.lifecycle_moves import GAP_STAGES
from analytics.models.lifecycle_segments import FLOWS, STAGES

MOST_INTERVALS = 60
_ABOVE = ("returning", "new", "resurrecting")


def stage_bars(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Per stage its customers and, where there are amounts, its net spending side by side."""
    table = result.segments
    if table.empty:
        return empty(lang, dark=dark)
    panels = [("customers", "customer_share", msg("客户数"))]
    if result.valued:
        panels.append(("revenue", "revenue_share", msg("净消费")))
    titles = [title.in_language(lang) for _, _, title in panels]
    figure = make_subplots(1, len(panels), shared_yaxes=True, horizontal_spacing=0.04, subplot_titles=titles)
    names = [STAGES[key].name.in_language(lang) for key in table["segment"]]
    hovers = [_stage_hover(result, at, lang) for at in range(len(table))]
    for column, (measure, share, _) in enumerate(panels, start=1):
        write = format_count if measure == "customers" else format_money
        texts = [
            write(value, lang) if math.isnan(part) else f"{write(value, lang)}<br>{part:.1%}"
            for value, part in zip(table[measure], table[share], strict=True)
        ]
        bars = go.Bar(
            x=[float(value) for value in table[measure]], y=names, orientation="h",
            text=texts, textposition="outside", cliponaxis=False,
            textfont={"color": font_colour(dark=dark), "size": 12},
            customdata=[[key] for key in table["segment"]],
            marker={"color": [SEGMENT_COLOURS[key] for key in table["segment"]]},
            hovertext=hovers, hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
        figure.add_trace(bars, 1, column)
        # Room for the text behind the longest bar.
        low, high = min(0.0, float(table[measure].min())), max(1e-9, float(table[measure].max()))
        figure.update_xaxes(range=[low * 1.4, high * 1.75], row=1, col=column)
    finish(figure, height=64 + 44 * len(table), dark=dark, top=30)
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix=" ")
    figure.update_layout(bargap=0.32)
    return figure


def _stage_hover(result: Result, at: int, lang: Lang) -> str:
    row = result.segments.iloc[at]
    stage = STAGES[str(row["segment"])]
    lines: list[Text] = [msg("<b>{name}</b>：{meaning}", name=stage.name, meaning=stage.meaning)]
    lines.append(msg("{n:int} 位客户", n=int(row["customers"])))
    if result.valued:
        lines.append(msg("净消费 {money:money}", money=float(row["revenue"])))
        lines.append(msg("近一年净消费 {money:money}", money=float(row["year_revenue"])))
    if not math.isnan(row["recency_days"]):
        lines.append(
            msg("平均 {days:num} 天没来，平时隔 {usual:num} 天",
                days=float(row["recency_days"]), usual=float(row["usual_gap_days"]))
        )  # fmt: skip
    return "<br>".join(line.in_language(lang) for line in lines)


def flow_chart(
    result: Result, by: Literal["customers", "value"] = "customers", *, lang: Lang, dark: bool = False
) -> go.Figure:
    """Who came in each interval, and below zero who did not come again. The last MOST_INTERVALS of them.

    What cannot be compared is pale: the first interval of the data and one that is not over.
    """
    shown = result.flow.tail(MOST_INTERVALS)
    if shown.empty or (by == "value" and not result.valued):
        return empty(lang, dark=dark)
    suffix = "_value" if by == "value" else ""
    labels = [_interval_label(start, result.interval) for start in shown["start"]]
    pale = [bool(c or i) for c, i in zip(shown["censored"], shown["incomplete"], strict=True)]
    hovers = [_interval_hover(result, row, suffix, lang) for row in shown.to_dict("records")]
    figure = go.Figure()
    for key in (*_ABOVE, "dormant"):
        sign = -1 if key == "dormant" else 1
        colour, name = SEGMENT_COLOURS[key], FLOWS[key][0].in_language(lang)
        figure.add_bar(
            x=labels, y=[sign * float(value) for value in shown[f"{key}{suffix}"]], name=name, showlegend=False,
            marker={
                "color": [faded(colour, 0.4) if weak else colour for weak in pale], "line": {"width": 0},
                "pattern": {"shape": ["/" if weak else "" for weak in pale], "size": 5, "solidity": 0.25},
            },
            hovertext=hovers, hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
        # A legend takes the look of a trace's first bar, which may be a pale one.
        figure.add_bar(x=[labels[0]], y=[None], name=name, marker={"color": colour}, legendrank=_rank(key))
    _mark_ends(figure, shown, labels, lang)
    finish(figure, height=360, dark=dark, top=60)
    up = float(shown[f"active{suffix}"].max())
    down = float(shown[f"dormant{suffix}"].max())
    values, texts = ticks(-down, max(up, 1), lang, money=by == "value")
    figure.update_layout(
        barmode="relative", bargap=0.18, showlegend=True,
        legend={"orientation": "h", "y": 1.07, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )  # fmt: skip
    figure.update_xaxes(type="category", showgrid=False, fixedrange=True, nticks=6, tickangle=0)
    # Below zero the sign only says which side: so many customers did not come again.
    figure.update_yaxes(
        tickvals=values, ticktext=[text.removeprefix("-") for text in texts], fixedrange=True,
        zeroline=True, zerolinecolor=font_colour(dark=dark), zerolinewidth=1,
        range=[-down * 1.08, max(up, 1) * 1.12],
    )  # fmt: skip
    return figure


def _rank(key: str) -> int:
    return list(FLOWS).index(key)


def _interval_label(start: object, interval: Interval) -> str:
    day = pd.Timestamp(str(start))
    return day.strftime("%Y-%m" if interval == "month" else "%Y-%m-%d")


def _interval_hover(result: Result, row: dict[str, object] | dict[object, object], suffix: str, lang: Lang) -> str:
    table: dict[str, object] = {str(key): value for key, value in row.items()}
    lines = [f"<b>{_interval_label(table['start'], result.interval)}</b>"]
    for key, name in (("active", msg("来的人")), *((key, FLOWS[key][0]) for key in FLOWS)):
        value = float(str(table[f"{key}{suffix}"]))
        lines.append(
            msg(
                "{name}：{value}", name=name, value=format_money(value, lang) if suffix else f"{round(value):,}"
            ).in_language(lang)
        )
    if table["incomplete"]:
        lines.append(msg("这一期还没结束，“没再来”会变少").in_language(lang))
    if table["censored"]:
        lines.append(msg("数据从这一期开始，老客户也算成第一次来").in_language(lang))
    return "<br>".join(lines)


def _mark_ends(figure: go.Figure, shown: pd.DataFrame, labels: list[str], lang: Lang) -> None:
    """Say above the plot why an interval is pale; the words stay inside it at either end."""
    for column, text in (("censored", msg("数据起点")), ("incomplete", msg("未完"))):
        for at, (label, marked) in enumerate(zip(labels, shown[column], strict=True)):
            if marked:
                end = "right" if at and at == len(labels) - 1 else "left" if at == 0 else "center"
                figure.add_annotation(
                    x=label, y=1, yref="paper", yanchor="bottom", xanchor=end, text=text.in_language(lang),
                    showarrow=False, font={"size": 11},
                )  # fmt: skip


def gap_chart(frame: pd.DataFrame, result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """How long customers stay away between two visits, with the usual gap and the limits between stages.

    frame  of lifecycle_moves.gap_bars
    """
    if frame.empty:
        return empty(lang, dark=dark, text=msg("没有人来过第二天，没有间隔可画"))
    width = float(frame["right"].iloc[0] - frame["left"].iloc[0])
    hovers = _gap_hovers(frame, lang)
    figure = go.Figure()
    for key in GAP_STAGES:
        figure.add_bar(
            x=[float(left) + width / 2 for left in frame["left"]], y=[int(n) for n in frame[key]], width=width * 0.92,
            marker={"color": SEGMENT_COLOURS[key], "line": {"width": 0}},
            hovertext=hovers, hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    end = float(frame["left"].iloc[-1]) + width
    _draw_limits(figure, result, end, lang, dark=dark)
    finish(figure, height=330, dark=dark, top=50)
    figure.update_layout(barmode="stack")
    figure.update_xaxes(
        title={"text": msg("两次之间隔了几天").in_language(lang), "font": {"size": 13}},
        fixedrange=True, showgrid=False, range=[0, end], linecolor=grid_colour(dark=dark),
    )  # fmt: skip
    values, texts = ticks(0, float(frame["gaps"].max()), lang)
    figure.update_yaxes(
        title={"text": msg("次数").in_language(lang), "font": {"size": 13}},
        tickvals=values, ticktext=texts, fixedrange=True,
    )  # fmt: skip
    return figure


def _gap_hovers(frame: pd.DataFrame, lang: Lang) -> list[str]:
    total = float(frame["gaps"].sum())
    return [
        msg(
            "隔 {low:int}–{high:int} 天：{n:int} 次（{share:pct}）",
            low=float(left), high=float(right) - 1, n=int(n), share=float(n) / total,
        ).in_language(lang)
        for left, right, n in zip(frame["left"], frame["right"], frame["gaps"], strict=True)
    ]  # fmt: skip


def _draw_limits(figure: go.Figure, result: Result, end: float, lang: Lang, *, dark: bool) -> None:
    """A line where the day of the usual gap lies, and one where each stage begins: on the day after its limit."""
    limits = result.limits
    lines = [(limits.usual_days, limits.usual_days + 0.5, msg("平时"))]
    for key, title in LIMIT_NAMES.items():
        limit = float(getattr(limits, key))
        lines.append((limit, math.floor(limit) + 1.0, title))
    for at, (days, place, name) in enumerate(lines):
        if place > end:
            continue
        figure.add_shape(
            type="line", x0=place, x1=place, y0=0, y1=1, yref="paper",
            line={"color": font_colour(dark=dark), "width": 1, "dash": "dot" if at else "solid"},
        )  # fmt: skip
        # The last label ends at its line, where the plot ends too.
        right = place > end * 0.8
        figure.add_annotation(
            x=place, y=1, yref="paper", yanchor="bottom", xanchor="right" if right else "left",
            yshift=2 + 18 * (at % 2),
            text=msg("{name} {days} 天", name=name, days=f"{days:g}").in_language(lang), showarrow=False,
            font={"size": 12},
        )  # fmt: skip
