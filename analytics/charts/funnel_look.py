"""The closer looks at a funnel: trend, time to convert, breakdown, comparison, odds ratios, what they did next."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics.charts.funnel import colour, hours_text, short
from analytics.charts.theme import SEQUENCE, empty, faded, finish, font_colour, ticks
from analytics.i18n import Lang, Text, msg, word
from analytics.models.funnel import Result
from analytics.models.funnel_compare import Comparison
from analytics.models.funnel_look import NOTHING, OTHER, Times

_GREY = "#7F8C8D"
_SPECIAL: dict[str, Text] = {OTHER: msg("其他"), NOTHING: msg("没有再来"), "": msg("（空）")}


def trend(frame: pd.DataFrame, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Conversion by entry date with its interval; where windows are still open the line is dotted."""
    if frame.empty:
        return empty(lang, dark=dark)
    figure, main, hollow = go.Figure(), colour(dark=dark), "rgba(0,0,0,0)"
    starts = list(pd.to_datetime(frame["start"]))
    figure.add_trace(
        go.Scatter(
            x=starts + starts[::-1], y=list(frame["high"]) + list(frame["low"])[::-1], fill="toself",
            fillcolor=faded(main, 0.15), line={"width": 0}, hoverinfo="skip",
        )
    )  # fmt: skip
    done = frame["complete"].astype(bool)
    last_done = int(done.sum())
    for part, dash in ((frame.iloc[:last_done], "solid"), (frame.iloc[max(0, last_done - 1) :], "dot")):
        if part.empty:
            continue
        figure.add_trace(
            go.Scatter(
                x=list(pd.to_datetime(part["start"])), y=list(part["rate"]), mode="lines+markers",
                line={"color": main, "width": 2, "dash": dash},
                marker={"size": 5, "color": main if dash == "solid" else hollow, "line": {"color": main, "width": 1}},
                hovertext=[_trend_hover(row, lang) for row in part.to_dict("records")],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    top = min(1.0, float(frame["high"].max()) * 1.05)
    finish(figure, height=300, dark=dark, top=24)
    if last_done < len(frame):
        figure.add_annotation(
            x=starts[max(0, last_done)], y=1, yref="paper", yanchor="bottom", xanchor="right" if last_done else "left",
            showarrow=False, text=msg("虚线：窗口没到期，还会升").in_language(lang), font={"size": 12},
        )  # fmt: skip
    figure.update_yaxes(range=[0, top], tickformat=".0%", title_text=msg("总转化率").in_language(lang))
    figure.update_xaxes(showgrid=False, tickformat="%m-%d", title_text=msg("进入日期").in_language(lang))
    return figure


def _trend_hover(row: Mapping[Hashable, Any], lang: Lang) -> str:
    lines = (
        msg("<b>{day:date}</b>", day=row["start"]),
        msg("进入 {n:int}，走完 {x:int}，{rate:pct}", n=row["units"], x=row["through"], rate=row["rate"]),
        msg("95% 区间 {low:pct} 到 {high:pct}", low=row["low"], high=row["high"]),
        msg("还在窗口内 {n:int}", n=row["pending"]),
    )
    return "<br>".join(line.in_language(lang) for line in lines)


def times(found: Times | None, *, lang: Lang, dark: bool = False) -> go.Figure:
    """How long from the entry to the last step; quartiles drawn in, the last bar holds the tail."""
    if found is None:
        return empty(lang, dark=dark, text=msg("没有人走完，没有用时可看"))
    bars, main = found.bars, colour(dark=dark)
    width = float(bars["right"].iloc[0] - bars["left"].iloc[0])
    scale, unit = (60.0, msg("分钟")) if width * len(bars) < 3 else (1.0, msg("小时"))
    if width * len(bars) > 96:
        scale, unit = 1 / 24, msg("天")
    hover = [
        f"<b>{hours_text(low, lang)} – {hours_text(high, lang)}</b><br>{n:,}"
        for low, high, n in zip(bars["left"], bars["right"], bars["units"], strict=True)
    ]
    figure = go.Figure(
        go.Bar(
            x=[(left + width / 2) * scale for left in bars["left"]], y=list(bars["units"]), width=width * scale * 0.94,
            marker={"color": faded(main, 0.85)}, hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    marks = ((found.quarter, msg("四分之一")), (found.median, msg("一半")), (found.three_quarters, msg("四分之三")))
    end = (float(bars["left"].iloc[-1]) + width) * scale
    for row, (value, name) in enumerate(marks):
        at = value * scale
        figure.add_shape(
            type="line", x0=at, x1=at, y0=0, y1=1, yref="paper",
            line={"color": font_colour(dark=dark), "width": 1, "dash": "dot"},
        )  # fmt: skip
        figure.add_annotation(
            x=at, y=1, yref="paper", yanchor="bottom", xanchor="left", yshift=2 + 18 * (2 - row), showarrow=False,
            text=f"{name.in_language(lang)} ≤ {hours_text(value, lang)}", font={"size": 12},
        )  # fmt: skip
    finish(figure, height=330, dark=dark, top=66)
    values, texts = ticks(0, end, lang, most=6)
    figure.update_xaxes(
        tickvals=values, ticktext=texts, showgrid=False, range=[0, end * 1.02],
        title_text=msg("从进入到走完（{unit}）；最右一根含更久的", unit=unit).in_language(lang),
    )  # fmt: skip
    up, up_texts = ticks(0, max(1.0, float(bars["units"].max())), lang, most=4)
    figure.update_yaxes(
        tickvals=up, ticktext=up_texts, title_text=msg("走完的人数").in_language(lang), rangemode="tozero"
    )
    return figure


def breakdown(frame: pd.DataFrame, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Conversion per value with its 95% interval; n beside the name."""
    if frame.empty:
        return empty(lang, dark=dark)
    names = [
        f"{short(_word(value, lang), 16)} (n={n:,})" for value, n in zip(frame["value"], frame["units"], strict=True)
    ]
    hover = [
        "<br>".join(
            line.in_language(lang)
            for line in (
                msg("<b>{name}</b>", name=_word(row["value"], lang)),
                msg("进入 {n:int}，走完 {x:int}，{rate:pct}", n=row["units"], x=row["through"], rate=row["rate"]),
                msg("95% 区间 {low:pct} 到 {high:pct}", low=row["low"], high=row["high"]),
                msg("还在窗口内 {n:int}", n=row["pending"]),
            )
        )
        for row in frame.to_dict("records")
    ]
    figure = _points(names, frame["rate"], frame["low"], frame["high"], hover, dark=dark)
    figure.update_xaxes(
        tickformat=".0%", rangemode="tozero", title_text=msg("总转化率，横线是 95% 区间").in_language(lang)
    )
    return figure


def _points(
    names: list[str], middle: pd.Series, low: pd.Series, high: pd.Series, hover: list[str], *, dark: bool
) -> go.Figure:
    """Points with intervals, one row each."""
    figure = go.Figure(
        go.Scatter(
            x=list(middle), y=list(range(len(names))), mode="markers",
            marker={"size": 10, "color": colour(dark=dark)},
            error_x={
                "type": "data", "symmetric": False, "array": list(high - middle), "arrayminus": list(middle - low),
                "color": font_colour(dark=dark), "thickness": 1.4, "width": 4,
            },
            hovertext=hover, hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    finish(figure, height=90 + 34 * len(names), dark=dark)
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.5, -0.5], showgrid=False, ticksuffix=" "
    )
    return figure


def comparison(
    found: Comparison, result: Result, names: tuple[Text, Text], *, lang: Lang, dark: bool = False
) -> go.Figure:
    """Overall rate per step of two funnels with intervals, side by side."""
    steps, figure = found.steps, go.Figure()
    places = [short(name.in_language(lang), 12) for name in result.names]
    places = [f"{at} {name}" for at, name in enumerate(places, start=1)]
    for side, name, tint in (("a", names[0], _GREY), ("b", names[1], colour(dark=dark))):
        label = word(name, lang)
        figure.add_trace(
            go.Bar(
                x=places, y=list(steps[f"{side}_rate"]), name=label, marker={"color": tint},
                text=[f"{rate:.1%}" for rate in steps[f"{side}_rate"]], textposition="inside", insidetextanchor="start",
                error_y={
                    "type": "data", "symmetric": False, "color": font_colour(dark=dark), "thickness": 1.2, "width": 4,
                    "array": list(steps[f"{side}_high"] - steps[f"{side}_rate"]),
                    "arrayminus": list(steps[f"{side}_rate"] - steps[f"{side}_low"]),
                },
                hovertext=[
                    f"<b>{label}</b><br>{place}<br>"
                    + msg("{n:int}，占第一步 {rate:pct}", n=n, rate=rate).in_language(lang)
                    for place, n, rate in zip(places, steps[f"{side}_units"], steps[f"{side}_rate"], strict=True)
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    finish(figure, height=330, dark=dark, top=30)
    figure.update_layout(
        barmode="group",
        bargap=0.25,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    figure.update_yaxes(tickformat=".0%", range=[0, 1.05], title_text=msg("总转化率（÷ 第一步）").in_language(lang))
    figure.update_xaxes(showgrid=False, type="category")
    return figure


def odds(
    frame: pd.DataFrame, labels: Mapping[str, Text], *, lang: Lang, dark: bool = False, most: int = 14
) -> go.Figure:
    """Odds ratios with intervals on a logarithmic axis; 1 means: no difference."""
    if frame.empty:
        return empty(lang, dark=dark, text=msg("可比的组太小，看不出什么和转化有关"))
    shown = frame.head(most)
    names = [f"{short(feature(row, labels, lang), 20)} (n={row['n']:,})" for row in shown.to_dict("records")]
    hover = [
        "<br>".join(
            line.in_language(lang)
            for line in (
                msg("<b>{name}</b>", name=feature(row, labels, lang)),
                msg("有的 {rate:pct}，没有的 {other:pct}", rate=row["rate"], other=row["rate_without"]),
                msg(
                    "优势比 {ratio:num}（95% 区间 {low:num} 到 {high:num}）",
                    ratio=row["ratio"],
                    low=row["low"],
                    high=row["high"],
                ),
                msg("校正后 q = {q}", q=f"{row['q']:.3g}"),
            )
        )
        for row in shown.to_dict("records")
    ]
    figure = _points(names, shown["ratio"], shown["low"], shown["high"], hover, dark=dark)
    sure = [colour(dark=dark) if q < 0.05 else _GREY for q in shown["q"]]
    figure.update_traces(marker={"color": sure, "size": 10})
    figure.add_vline(x=1, line={"color": font_colour(dark=dark), "width": 1, "dash": "dot"})
    low, high = math.log10(max(1e-3, float(shown["low"].min()))), math.log10(min(1e3, float(shown["high"].max())))
    figure.update_xaxes(
        type="log", range=[min(low, -0.1) - 0.05, max(high, 0.1) + 0.05],
        tickvals=[0.1, 0.2, 0.5, 1, 2, 5, 10, 20], ticktext=["0.1", "0.2", "0.5", "1", "2", "5", "10", "20"],
        title_text=msg("优势比：大于 1 转化得更多；灰点不显著").in_language(lang),
    )  # fmt: skip
    return figure


def feature(row: Mapping[Hashable, Any], labels: Mapping[str, Text], lang: Lang) -> str:
    """A row of the odds in words: 渠道：抖音小店, or 之前做过：收藏."""
    value = _word(str(row["value"]), lang)
    if row["kind"] == "event":
        return msg("之前做过：{event}", event=value).in_language(lang)
    column = labels.get(str(row["column"]), str(row["column"]))
    return msg("{column}：{value}", column=column, value=value).in_language(lang)


def next_events(
    frame: pd.DataFrame, start: Text, names: Mapping[str, Text], *, lang: Lang, dark: bool = False
) -> go.Figure:
    """Where those who dropped out went next: a Sankey diagram of up to three events."""
    if frame.empty:
        return empty(lang, dark=dark, text=msg("没有人停在这一步"))
    nodes: dict[tuple[int, str], int] = {}
    ends: list[tuple[tuple[int, str], tuple[int, str]]] = []
    for level, source, target in zip(frame["level"].tolist(), frame["source"], frame["target"], strict=True):
        ends.append(((level - 1, str(source)), (level, str(target))))
        for key in ends[-1]:
            nodes.setdefault(key, len(nodes))
    labels = [start.in_language(lang) if level == 0 else _word(event, lang, names) for level, event in nodes]
    events = list(dict.fromkeys(event for _, event in nodes))
    tints = {event: SEQUENCE[at % (len(SEQUENCE) - 1)] for at, event in enumerate(events)} | {
        NOTHING: _GREY,
        OTHER: "#B8B8B8",
    }
    colours = [tints[event] for _, event in nodes]
    total = int(frame.loc[frame["level"] == 1, "units"].sum())
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            node={
                "label": [short(label, 12) for label in labels], "color": colours, "pad": 14, "thickness": 14,
                "line": {"width": 0}, "hovertemplate": "%{label}<br>%{value:,}<extra></extra>",
            },
            link={
                "source": [nodes[source] for source, _ in ends],
                "target": [nodes[target] for _, target in ends],
                "value": list(frame["units"]),
                "color": [faded(tints[target], 0.35) for _, (_, target) in ends],
                "hovertemplate": "%{source.label} → %{target.label}<br>%{value:,}<extra></extra>",
            },
            textfont={"color": font_colour(dark=dark), "size": 13},
        )
    )  # fmt: skip
    finish(figure, height=360, dark=dark, top=26)
    figure.add_annotation(
        x=0, y=1, xref="paper", yref="paper", yanchor="bottom", xanchor="left", showarrow=False,
        text=msg("停在这一步的 {n:int}，之后的第 1、2、3 个行为", n=total).in_language(lang), font={"size": 12},
    )  # fmt: skip
    return figure


def _word(value: str, lang: Lang, names: Mapping[str, Text] | None = None) -> str:
    known = _SPECIAL.get(value) or (names or {}).get(value)
    return value if known is None else known.in_language(lang)
