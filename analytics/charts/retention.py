"""Charts of retention: Result → plotly Figure. Hover texts are worded here, since plotly knows no 万 and no Chinese.

Show them with ``st.plotly_chart(figure, theme=None)``: the look comes from theme.py. A heat map cannot be clicked in
Streamlit: the page has a menu of cohorts beside it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analytics.charts.theme import ACCENT, SEQUENCE, empty, faded, finish, font_colour, scale, ticks
from analytics.i18n import Lang, Text, format_count, format_money, msg
from analytics.models.retention import Result
from analytics.models.retention_groups import OTHER, group_name
from analytics.models.retention_repurchase import FEWEST_AT_RISK
from analytics.models.retention_segments import after

MOST_ROWS, MOST_COLUMNS = 36, 24  # what can still be read
_NARROW_CELLS = 7  # more columns than this: no decimals, smaller figures
_FAINT_LINES = 24
_FEWEST = 10  # a mean over fewer people is not drawn
_MEAN = msg("加权平均")


def heat_map(
    result: Result,
    *,
    lang: Lang,
    dark: bool = False,
    skip: int = 0,
    rows: int = MOST_ROWS,
    columns: int = MOST_COLUMNS,
) -> go.Figure:
    """Cohorts × periods: the rate in each cell, the weighted mean on top.

    skip           how many of the oldest cohorts to leave out
    rows, columns  how many cohorts and periods are drawn at the most
    """
    cells = result.cells
    cohorts = [int(cohort) for cohort in sorted(cells["cohort"].unique())][skip : skip + rows]
    table = cells[cells["cohort"].isin(cohorts) & (cells["k"] <= columns)]
    table = table[table["observed"] & (table["k"] > 0)]
    if table.empty:
        return empty(lang, dark=dark, text=msg("还没有一批新客过完下一期"))
    periods = list(range(1, int(table["k"].max()) + 1))
    grid = table.pivot(index="cohort", columns="k", values="rate").reindex(index=cohorts, columns=periods)
    mean = result.curve.set_index("k")["rate"].reindex(periods)
    hover = {(row["cohort"], row["k"]): _cell_hover(result, row, lang) for row in table.to_dict("records")}
    rates = [list(mean), *(list(grid.loc[cohort]) for cohort in cohorts)]
    texts = [[_hover_mean(result, k, lang) for k in periods]]
    texts += [[hover.get((cohort, k), "") for k in periods] for cohort in cohorts]
    digits = 0 if len(periods) >= _NARROW_CELLS else 1
    top = max(float(np.nanquantile([list(mean), *grid.to_numpy().tolist()], 0.98)), 1e-9)
    figure = go.Figure(
        go.Heatmap(
            x=[f"+{k}" for k in periods],
            y=[_MEAN.in_language(lang), *(_row_label(result, cohort, lang) for cohort in cohorts)],
            z=rates,
            text=[["" if math.isnan(rate) else f"{rate * 100:.{digits}f}%" for rate in row] for row in rates],
            texttemplate="%{text}",
            textfont={"color": font_colour(dark=dark), "size": 11 if digits == 0 else 12},
            hovertext=texts,
            hovertemplate="%{hovertext}<extra></extra>",
            hoverongaps=False,
            colorscale=scale(dark=dark),
            zmin=0,
            zmax=top,
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    finish(figure, height=70 + 25 * len(rates), dark=dark, top=40)
    figure.update_xaxes(
        type="category", side="top", showgrid=False, fixedrange=True, tickangle=0,
        title_text=_axis(result).in_language(lang), title_standoff=4, title_font_size=13, ticks="",
    )  # fmt: skip
    figure.update_yaxes(
        type="category", autorange="reversed", showgrid=False, fixedrange=True, ticksuffix=" ", tickmode="linear",
        ticks="",
        tickfont={"size": 12},
    )  # fmt: skip
    return figure


def _axis(result: Result) -> Text:
    return {
        "day": msg("第一次来之后第几天"), "week": msg("第一次来之后第几周"), "month": msg("第一次来之后第几个月"),
    }[result.calendar.period]  # fmt: skip


def _row_label(result: Result, cohort: int, lang: Lang) -> str:
    size = int(result.cells.loc[result.cells["cohort"] == cohort, "size"].iloc[0])
    unfinished = "*" if cohort > result.calendar.last_complete else ""
    return f"{result.calendar.label(int(cohort))}{unfinished} · {format_count(size, lang)}"


def _cell_hover(result: Result, row: dict[Any, Any], lang: Lang) -> str:
    lines = [
        msg(
            "<b>{cohort} 的新客 · {when}</b>",
            cohort=result.calendar.label(int(row["cohort"])),
            when=after(int(row["k"]), result.calendar.period),
        ),
        _amount(result, float(row["amount"]), float(row["base"]), float(row["rate"])),
    ]
    if result.params.measure != "users":
        lines.append(msg("这批新客 {n:int} 位", n=int(row["size"])))
    return "<br>".join(line.in_language(lang) for line in lines)


def _amount(result: Result, amount: float, base: float, rate: float) -> Text:
    if result.params.measure == "users":
        return msg("{n:int} 位来了，这批共 {base:int} 位：{rate:pct}", n=amount, base=base, rate=rate)
    if result.params.measure == "orders":
        return msg("{n:int} 次，第 0 期 {base:int} 次：{rate:pct}", n=amount, base=base, rate=rate)
    return msg("{n:money}，第 0 期 {base:money}：{rate:pct}", n=amount, base=base, rate=rate)


def _hover_mean(result: Result, k: int, lang: Lang) -> str:
    row = result.curve[result.curve["k"] == k]
    if row.empty:
        return ""
    text = msg(
        "<b>加权平均 · {when}</b><br>{rate:pct}：{cohorts:int} 批、{n:int} 位新客能看到这一期",
        when=after(k, result.calendar.period),
        rate=float(row["rate"].iloc[0]),
        cohorts=int(row["cohorts"].iloc[0]),
        n=int(row["customers"].iloc[0]),
    )
    return text.in_language(lang)


def curves(result: Result, *, lang: Lang, dark: bool = False, cumulative: bool = False) -> go.Figure:
    """Every cohort as a faint line, the weighted mean as a strong one; ``cumulative``: revenue per customer so far."""
    value = "cumulative" if cumulative else "rate"
    start = 0 if cumulative else 1
    mean = result.curve[(result.curve["k"] >= start) & (result.curve["customers"] >= _FEWEST)].dropna(subset=[value])
    cells = result.cells[(result.cells["k"] >= start) & result.cells["observed"]].dropna(subset=[value])
    if mean.empty:
        return empty(lang, dark=dark, text=msg("能看到的人太少，画不出曲线"))
    cells = cells[cells["k"] <= int(mean["k"].max())]
    sizes = cells.drop_duplicates("cohort")
    shown = [int(cohort) for cohort in sizes.loc[sizes["size"] >= _FEWEST, "cohort"]][-_FAINT_LINES:]
    figure = go.Figure()
    for cohort in shown:
        own = cells[cells["cohort"] == cohort]
        figure.add_trace(
            go.Scatter(
                x=list(own["k"]), y=list(own[value]), mode="lines", line={"width": 1, "color": faded("#7F8C8D", 0.45)},
                hovertext=[
                    _curve_hover(result.calendar.label(int(cohort)), row, value, result, lang)
                    for row in own.to_dict("records")
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    colour = _accent(dark=dark)
    name = _MEAN.in_language(lang)
    figure.add_trace(
        go.Scatter(
            x=list(mean["k"]), y=list(mean[value]), mode="lines+markers",
            line={"width": 3, "color": colour}, marker={"size": 6},
            hovertext=[_curve_hover(name, row, value, result, lang) for row in mean.to_dict("records")],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    last = mean.iloc[-1]
    figure.add_annotation(
        x=last["k"], y=last[value], text=f"<b>{name} {_number(float(last[value]), value, lang)}</b>", showarrow=False,
        xanchor="right", yanchor="bottom", yshift=6, font={"color": colour}, bgcolor=_paper(dark=dark),
    )  # fmt: skip
    finish(figure, height=360, dark=dark)
    seen = pd.concat([mean[value], cells.loc[cells["cohort"].isin(shown), value]])
    _axes(figure, result, float(seen.max()), (start, int(mean["k"].max())), lang, money=cumulative)
    return figure


def _axes(figure: go.Figure, result: Result, high: float, span: tuple[int, int], lang: Lang, *, money: bool) -> None:
    start, last = span
    values, texts = ticks(0, high if money else high * 100, lang, money=money, most=5)
    if not money:
        values, texts = [value / 100 for value in values], [f"{text}%" for text in texts]
    figure.update_yaxes(tickvals=values, ticktext=texts, range=[0, high * 1.08], fixedrange=True)
    step = max(1, math.ceil((last - start + 1) / 12))
    figure.update_xaxes(
        tickvals=list(range(start, last + 1, step)), title_text=_axis(result).in_language(lang), title_font_size=13,
        showgrid=False, range=[start - 0.3, last + 0.3], fixedrange=True,
    )  # fmt: skip


def _number(value: float, kind: str, lang: Lang) -> str:
    return format_money(value, lang) if kind == "cumulative" else f"{value:.1%}"


def _curve_hover(name: str, row: dict[Any, Any], value: str, result: Result, lang: Lang) -> str:
    n = int(row["customers"] if "customers" in row else row["size"])
    text = msg(
        "<b>{name} · {when}</b><br>{number}（{n:int} 位新客）",
        name=name,
        when=after(int(row["k"]), result.calendar.period) if row["k"] else msg("第 0 期"),
        number=_number(float(row[value]), value, lang),
        n=n,
    )
    return text.in_language(lang)


def group_curves(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """One weighted curve per group of the breakdown, its name and size at the end of the line."""
    table = result.groups[(result.groups["k"] > 0) & (result.groups["customers"] >= _FEWEST)].dropna(subset=["rate"])
    if table.empty:
        return empty(lang, dark=dark, text=msg("各组能看到的人都太少，画不出曲线"))
    figure = go.Figure()
    names = list(dict.fromkeys(table["group"]))
    for at, group in enumerate(names):
        own = table[table["group"] == group]
        name = group_name(str(group)).in_language(lang)
        label = msg("{name}（{n:int} 位）", name=name, n=int(own["size"].iloc[0])).in_language(lang)
        figure.add_trace(
            go.Scatter(
                x=list(own["k"]), y=list(own["rate"]), mode="lines+markers", name=label, showlegend=True,
                line={"width": 2, "color": "#9AA5AF" if group == OTHER else SEQUENCE[at % len(SEQUENCE)]},
                marker={"size": 5},
                hovertext=[_curve_hover(name, row, "rate", result, lang) for row in own.to_dict("records")],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    finish(figure, height=400, dark=dark)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.22, "x": 0, "yanchor": "top"})
    _axes(figure, result, float(table["rate"].max()), (1, int(table["k"].max())), lang, money=False)
    return figure


def repurchase(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Share with a second purchase within t days, with its 95 % band, for as long as ten are still watched."""
    curve = result.repurchase.curve
    curve = curve[curve["at_risk"] >= FEWEST_AT_RISK]
    if len(curve) < 2:
        return empty(lang, dark=dark, text=msg("能看到的人太少，画不出曲线"))
    colour = _accent(dark=dark)
    days, share = list(curve["day"]), list(curve["share"])
    line = {"shape": "hv", "width": 0}
    figure = go.Figure(
        [
            go.Scatter(x=days, y=list(curve["low"]), mode="lines", line=line, hoverinfo="skip"),
            go.Scatter(
                x=days, y=list(curve["high"]), mode="lines", line=line, fill="tonexty",
                fillcolor=faded(ACCENT, 0.25), hoverinfo="skip",
            ),
            go.Scatter(
                x=days, y=share, mode="lines", line={"shape": "hv", "width": 2.5, "color": colour},
                hovertext=[_repurchase_hover(row, lang) for row in curve.to_dict("records")],
                hovertemplate="%{hovertext}<extra></extra>",
            ),
        ]
    )  # fmt: skip
    high = float(curve["high"].fillna(curve["share"]).max())
    median = result.repurchase.median_days
    if median is not None and median <= days[-1]:
        figure.add_shape(
            type="line", x0=median, x1=median, y0=0, y1=0.5, line={"color": font_colour(dark=dark), "dash": "dot"}
        )
        figure.add_annotation(
            x=median, y=0.5, text=msg("一半：{days:int} 天", days=median).in_language(lang), showarrow=False,
            xanchor="left", yanchor="top", xshift=6, bgcolor=_paper(dark=dark),
        )  # fmt: skip
    finish(figure, height=360, dark=dark)
    values, texts = ticks(0, high * 100, lang, most=5)
    across, labels = ticks(0, float(days[-1]), lang, most=8)
    figure.update_yaxes(tickvals=[v / 100 for v in values], ticktext=[f"{text}%" for text in texts], rangemode="tozero")
    figure.update_xaxes(
        tickvals=across,
        ticktext=labels,
        title_text=msg("首次之后的天数").in_language(lang),
        title_font_size=13,
        showgrid=False,
    )
    return figure


def _repurchase_hover(row: dict[Any, Any], lang: Lang) -> str:
    text = msg(
        "<b>{days:int} 天内 {share:pct}</b><br>95% 区间 {low:pct}–{high:pct}<br>还在观察的 {n:int} 位",
        days=row["day"], share=row["share"], low=row["low"], high=row["high"], n=row["at_risk"],
    )  # fmt: skip
    return text.in_language(lang)


def _accent(*, dark: bool) -> str:
    return "#6FB1E4" if dark else ACCENT


def _paper(*, dark: bool) -> str:
    return "rgba(20,26,32,0.75)" if dark else "rgba(255,255,255,0.8)"
