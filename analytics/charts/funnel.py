"""Charts of the funnel: Result → plotly Figure; the closer looks are in funnel_look.py.

Clickable: the bars; a bar's customdata[0] is the segment of those who dropped out after the step (the last bar's:
converted).
"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts.theme import ACCENT, empty, faded, finish, font_colour, grid_colour, ink
from analytics.i18n import Lang, Text, format_count, format_money, msg
from analytics.models.funnel import Result
from analytics.models.funnel_findings import COUNTED, tell_hours
from analytics.models.funnel_outcome import CONVERTED, dropped

_LIGHT = "#6FB1E4"  # the accent on a dark page
_LONGEST = 14
_HOLDS_TEXT = 0.5  # of the longest bar


def colour(*, dark: bool) -> str:
    """The one colour of bars and lines."""
    return _LIGHT if dark else ACCENT


def short(name: str, most: int = _LONGEST) -> str:
    """A name that fits beside an axis; the whole of it is in the hover text."""
    return name if len(name) <= most else name[: most - 1] + "…"


def step_bars(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """A bar per step: how many reached it and their share of step 1; below it, the share of the step before."""
    steps = result.steps
    if steps.empty or not int(steps["units"].iloc[0]):
        return empty(lang, dark=dark)
    first = int(steps["units"].iloc[0])
    any_order, main = result.params.order == "any", colour(dark=dark)
    labels = [_label(result, at, lang) for at in range(len(steps))]
    places = list(range(len(steps)))
    figure = go.Figure(
        go.Bar(
            x=list(steps["units"]), y=places, orientation="h", width=0.62,
            text=[
                f"{format_count(n, lang)} · {rate:.1%}"
                for n, rate in zip(steps["units"], steps["overall_rate"], strict=True)
            ],
            # A long bar holds its numbers, so that they are not cut off on a phone.
            textposition=["inside" if share > _HOLDS_TEXT else "outside" for share in steps["overall_rate"]],
            insidetextanchor="end",
            cliponaxis=False,
            textfont={
                "color": [
                    ink(main) if share > _HOLDS_TEXT and not optional else font_colour(dark=dark)
                    for share, optional in zip(steps["overall_rate"], steps["optional"], strict=True)
                ]
            },
            customdata=[[_segment(result, at)] for at in places],
            marker={
                "color": [
                    faded(main, 0.45) if optional else main for optional in steps["optional"]
                ]
            },
            hovertext=[_hover(result, at, lang) for at in places], hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    for at in places[1:]:
        if pd.notna(steps["step_rate"][at]):
            word = msg("上步 → 这步 {rate:pct}", rate=float(steps["step_rate"][at]))
            if any_order:
                word = msg("再做一步的 {rate:pct}", rate=float(steps["step_rate"][at]))
            figure.add_annotation(
                x=0, y=at - 0.5, text=f"↓ {word.in_language(lang)}", showarrow=False, xanchor="left", xshift=6,
                font={"size": 11, "color": font_colour(dark=dark)},
            )  # fmt: skip
    finish(figure, height=max(150, 40 + 62 * len(steps)), dark=dark, top=4)
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, first * 1.05])
    figure.update_yaxes(
        tickvals=places, ticktext=labels, autorange="reversed", showgrid=False, fixedrange=True, ticksuffix=" "
    )
    return figure


def _label(result: Result, at: int, lang: Lang) -> str:
    if result.params.order == "any":
        return msg("做了 {n:int} 步", n=at + 1).in_language(lang)
    name = short(result.names[at].in_language(lang))
    return f"{at + 1} {name}" + ("?" if result.steps["optional"][at] else "")


def _segment(result: Result, at: int) -> str:
    required = [
        step for step, optional in zip(result.steps["step"], result.steps["optional"], strict=True) if not optional
    ]
    if at + 1 not in required:
        return ""
    depth = required.index(at + 1) + 1
    return CONVERTED if depth == len(required) else dropped(depth)


def _hover(result: Result, at: int, lang: Lang) -> str:
    row = result.steps.iloc[at]
    unit = COUNTED[result.unit]
    lines: list[Text] = [
        msg("<b>{n:int}. {name}</b>", n=at + 1, name=result.names[at]),
        msg("{n:int} {unit}", n=int(row["units"]), unit=unit),
        msg("总转化率（÷ 第一步）{rate:pct}", rate=float(row["overall_rate"])),
    ]
    if pd.notna(row["step_rate"]):
        lines.append(msg("上步转化率（÷ 上一个必经步骤）{rate:pct}", rate=float(row["step_rate"])))
    if row["optional"]:
        lines.append(msg("可跳过的步骤，不影响后面的人数"))
    else:
        if int(row["dropped"]):
            lines.append(msg("停在这里 {n:int}", n=int(row["dropped"])))
        if int(row["pending"]):
            lines.append(msg("还在窗口内 {n:int}", n=int(row["pending"])))
        if pd.notna(row["stake"]):
            money = float(row["stake"])
            known = bool(row["stake_known"])
            lines.append(
                msg("涉及金额 {money:money}", money=money)
                if known
                else msg("按成交均额估算 {money:money}", money=money)
            )
    if pd.notna(row["median_hours"]):
        lines.append(msg("从上一步到这里，一半的人用不到 {text}", text=hours_text(float(row["median_hours"]), lang)))
    return "<br>".join(line.in_language(lang) for line in lines)


def hours_text(hours: float, lang: Lang) -> str:
    """A length of time in words."""
    return tell_hours(hours).in_language(lang)


def stake_bars(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """The money that stopped at each step; estimates are lighter."""
    steps = result.steps[result.steps["stake"].notna()]
    if steps.empty:
        return empty(lang, dark=dark, text=msg("事件里没有金额，算不出损失多少"))
    names, main = [_label(result, int(step) - 1, lang) for step in steps["step"]], colour(dark=dark)
    figure = go.Figure(
        go.Bar(
            x=list(steps["stake"]), y=names, orientation="h", width=0.6,
            text=[
                format_money(money, lang) + ("" if known else msg("（估算）").in_language(lang))
                for money, known in zip(steps["stake"], steps["stake_known"], strict=True)
            ],
            textposition="outside", cliponaxis=False, textfont={"color": font_colour(dark=dark)},
            marker={
                "color": [main if known else faded(main, 0.45) for known in steps["stake_known"]],
                "line": {"color": grid_colour(dark=dark)},
            },
            hovertext=[_hover(result, int(step) - 1, lang) for step in steps["step"]],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    finish(figure, height=60 + 48 * len(steps), dark=dark)
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, float(steps["stake"].max()) * 1.4 or 1])
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix=" ")
    return figure
