"""Charts of a clustering: Result → plotly Figure. Hover texts are worded here.

Clickable: the bars and the map; a point's customdata[0] is the segment key. The map can also be lassoed: its axes are
map_x and map_y of Result.customers, so that a region of it selects customers that are not drawn too.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analytics.charts.theme import (
    ACCENT,
    SEGMENT_COLOURS,
    SEQUENCE,
    empty,
    faded,
    finish,
    font_colour,
    grid_colour,
    scale,
    two_sided,
)
from analytics.i18n import Lang, Text, format_count, format_money, join, msg, word
from analytics.models.clusters_drift import NEWCOMER
from analytics.models.clusters_fit import NO_STRUCTURE, STABLE
from analytics.models.clusters_names import in_units

if TYPE_CHECKING:
    from analytics.models.clusters import Result
    from analytics.models.clusters_drift import Drift
    from analytics.models.clusters_features import Feature

_MORE = ("#A6761D", "#4D9221", "#C51B7D", "#5E3C99")  # beyond the eight of theme.SEQUENCE
_GREY = SEGMENT_COLOURS["other"]
_STRONGEST = 1.5  # standard deviations at which the heat map's colours end
_NAME_CHARS = 14


def colour(key: str) -> str:
    """The colour of a group: by its place, greys for those who are in none."""
    if not key.startswith("c") or not key[1:].isdigit():
        return SEGMENT_COLOURS.get(key, _GREY)
    colours = (*SEQUENCE, *_MORE)
    return colours[(int(key[1:]) - 1) % len(colours)]


def group_bars(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Per group its customers and, where there is money, its net spending, in the order of the groups."""
    table = result.segments
    if table.empty:
        return empty(lang, dark=dark)
    measures = [("customers", "customer_share", msg("客户数"))]
    if "revenue" in table.columns:
        measures.append(("revenue", "revenue_share", msg("净消费")))
    titles = [word(title, lang) for _, _, title in measures]
    figure = make_subplots(1, len(measures), shared_yaxes=True, horizontal_spacing=0.04, subplot_titles=titles)
    names = [_short(name, lang) for name in _names(result, list(table["segment"]))]
    for column, (measure, share, _) in enumerate(measures, start=1):
        values = [float(value) for value in table[measure]]
        write = format_money if measure == "revenue" else format_count
        bars = go.Bar(
            x=values,
            y=names,
            orientation="h",
            text=[_bar_text(write(v, lang), s) for v, s in zip(values, table[share], strict=True)],
            textposition="outside",
            cliponaxis=False,
            textfont={"color": font_colour(dark=dark)},
            customdata=[[key] for key in table["segment"]],
            marker={"color": [colour(key) for key in table["segment"]]},
            hovertext=[_group_hover(result, row, lang) for row in table.to_dict("records")],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        figure.add_trace(bars, 1, column)
        low, high = min(0.0, *values), max(1e-9, *values)
        figure.update_xaxes(range=[low * 1.6, high * 1.75], row=1, col=column)
    finish(figure, height=60 + 44 * len(table), dark=dark, top=30)
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix=" ")
    figure.update_layout(bargap=0.35)
    figure.update_annotations(font={"size": 13, "color": font_colour(dark=dark)})
    return figure


def _bar_text(amount: str, share: float) -> str:
    """Over two lines: side by side they would not fit a phone."""
    return amount if math.isnan(share) else f"{amount}<br>{share:.1%}"


def _names(result: Result, keys: list[str]) -> list[Text]:
    named = {segment.key: segment.name for segment in result.named}
    return [named[key] for key in keys]


def _short(name: Text, lang: Lang) -> str:
    """A name over two lines where it is long, so that bars keep their room on a phone."""
    text = word(name, lang)
    for mark in ("、", ", "):
        if len(text) > (8 if lang == "zh" else _NAME_CHARS) and mark in text:
            first, rest = text.split(mark, 1)
            return f"{first}{mark.strip()}<br>{rest}"
    return text


def _group_hover(result: Result, row: dict[Hashable, Any], lang: Lang) -> str:
    segment = next(s for s in result.named if s.key == row["segment"])
    lines = [msg("<b>{name}</b>", name=segment.name), msg("客户 {n:int} 位", n=row["customers"])]
    if "revenue" in row:
        lines.append(msg("净消费 {money:money}，人均 {each:money}", money=row["revenue"], each=row["monetary"]))
    lines += [
        msg("{label}：{mean}", label=feature.label, mean=in_units(float(row[feature.key]), feature.unit))
        for feature in result.features
        if not math.isnan(float(row[feature.key]))
    ]
    return "<br>".join(word(line, lang) for line in lines)


def profile_map(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Groups × measures: how far a group's mean lies from everyone's; the cells and the hover tell real units."""
    frame = result.profile
    if frame.empty:
        return empty(lang, dark=dark)
    keys = list(dict.fromkeys(frame["segment"]))
    cells = {(str(r["segment"]), str(r["feature"])): r for r in frame.to_dict("records")}
    names = [_short(name, lang) for name in _names(result, keys)]
    z = [[float(cells[key, f.key]["z"]) for f in result.features] for key in keys]
    figure = go.Figure(
        go.Heatmap(
            x=[_wrapped(word(feature.label, lang), lang) for feature in result.features],
            y=names,
            z=z,
            text=[
                [word(in_units(float(cells[key, f.key]["mean"]), f.unit), lang) for f in result.features]
                for key in keys
            ],
            texttemplate="%{text}",
            textfont={"color": font_colour(dark=dark)},
            hovertext=[
                [_cell_hover(name, f, cells[key, f.key], lang) for f in result.features]
                for key, name in zip(keys, _names(result, keys), strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            colorscale=two_sided(dark=dark),
            zmin=-_STRONGEST,
            zmax=_STRONGEST,
            showscale=False,
            xgap=3,
            ygap=3,
        )
    )
    finish(figure, height=90 + 46 * len(keys), dark=dark)
    figure.update_xaxes(type="category", showgrid=False, fixedrange=True, side="top", tickangle=0, ticks="")
    figure.update_yaxes(
        type="category", showgrid=False, fixedrange=True, autorange="reversed", ticksuffix=" ", ticks=""
    )
    return figure


def _wrapped(label: str, lang: Lang) -> str:
    width = 6 if lang == "zh" else 12
    if len(label) <= width:
        return label
    if " " in label:
        middle = min((at for at, c in enumerate(label) if c == " "), key=lambda at: abs(at - len(label) / 2))
        return f"{label[:middle]}<br>{label[middle + 1 :]}"
    return f"{label[: len(label) // 2]}<br>{label[len(label) // 2 :]}"


def _cell_hover(name: Text, feature: Feature, cell: dict[Hashable, Any], lang: Lang) -> str:
    z = float(cell["z"])
    lines = (
        msg("<b>{name}</b>", name=name),
        msg("{label}：平均 {mean}", label=feature.label, mean=in_units(float(cell["mean"]), feature.unit)),
        msg("全体平均 {all}", all=in_units(float(cell["all"]), feature.unit)),
        msg("高出 {z:num} 个标准差", z=z) if z >= 0 else msg("低 {z:num} 个标准差", z=-z),
    )
    return "<br>".join(word(line, lang) for line in lines)


def customer_map(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Customers as points in the two directions in which they differ most; near means alike. For lasso and box."""
    points = result.points
    if points.empty or result.saved is None:
        return empty(lang, dark=dark)
    figure = go.Figure()
    present = [s for s in result.named if s.key in set(points["segment"])]
    for segment in present:
        mine = points[points["segment"] == segment.key]
        figure.add_trace(
            go.Scatter(
                x=mine["map_x"].astype(float).tolist(),
                y=mine["map_y"].astype(float).tolist(),
                mode="markers",
                name=word(segment.name, lang),
                marker={"color": faded(colour(segment.key), 0.65), "size": 6},
                customdata=[[segment.key] for _ in range(len(mine))],
                hovertext=[_point_hover(result, segment.name, row, lang) for row in mine.to_dict("records")],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    x, y = result.saved.plane.explained
    finish(figure, height=460, dark=dark, top=8)
    figure.update_layout(
        dragmode="lasso", showlegend=True,
        legend={"orientation": "h", "y": -0.12, "x": 0, "yanchor": "top", "itemsizing": "constant"},
        newselection={"line": {"color": ACCENT, "width": 2}},
        modebar={
            "bgcolor": "rgba(0,0,0,0)", "color": faded(font_colour(dark=dark), 0.5),
            "activecolor": font_colour(dark=dark),
        },
    )  # fmt: skip
    figure.update_xaxes(title_text=word(_direction(result, result.saved.plane.x, x), lang), showticklabels=False)
    figure.update_yaxes(title_text=word(_direction(result, result.saved.plane.y, y), lang), showticklabels=False)
    figure.update_xaxes(title_font_size=13)
    figure.update_yaxes(title_font_size=13)
    return figure


def _direction(result: Result, axis: tuple[float, ...], share: float) -> Text:
    """What an axis is mostly made of, and how much of the differences it shows."""
    if share == 0:
        return msg("—")
    weights = np.array(axis)
    order = np.argsort(-np.abs(weights), kind="stable")[:2]
    strong = [at for at in order if abs(weights[at]) > 0.35]
    parts = [
        msg("{label}多", label=result.features[at].label) if weights[at] > 0
        else msg("{label}少", label=result.features[at].label)
        for at in strong or order[:1]
    ]  # fmt: skip
    return msg("→ {told}<br>（看到 {share:pct} 的差别）", told=join(parts), share=share)


def _point_hover(result: Result, name: Text, row: dict[Hashable, Any], lang: Lang) -> str:
    lines: list[Text | str] = [f"<b>{_plain(row['customer_id'])}</b>", word(name, lang)]
    for feature in result.features:
        value = row[feature.key]
        if value is not None and not math.isnan(float(value)):
            lines.append(msg("{label}：{mean}", label=feature.label, mean=in_units(float(value), feature.unit)))
    return "<br>".join(word(line, lang) for line in lines)


def _plain(text: Any) -> str:
    """User text inside plotly's markup."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sweep(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """How distinct and how stable the groups are for each number of them, and which number was taken."""
    frame = result.sweep
    if len(frame) < 2:
        return empty(lang, dark=dark, text=msg("只试了一种群数"))
    figure = go.Figure()
    lines = (
        ("silhouette", msg("轮廓系数"), ACCENT, NO_STRUCTURE),
        ("stability", msg("稳定性"), SEQUENCE[1], STABLE),
    )
    for column, title, hue, limit in lines:
        values = [None if math.isnan(v) else round(float(v), 3) for v in frame[column]]
        figure.add_trace(
            go.Scatter(
                x=[int(k) for k in frame["k"]], y=values, mode="lines+markers+text", name=word(title, lang),
                line={"color": hue, "width": 2}, marker={"size": 8}, textposition="top center",
                text=["" if v is None else f"{v:.2f}" for v in values], textfont={"color": font_colour(dark=dark)},
                hovertemplate=f"k = %{{x}}<br>{word(title, lang)} %{{y:.2f}}<extra></extra>",
            )
        )  # fmt: skip
        figure.add_hline(y=limit, line={"color": faded(hue, 0.6), "width": 1, "dash": "dot"})
    if result.shown:
        k = sum(1 for s in result.named if s.key.startswith("c") and s.key[1:].isdigit())
        figure.add_vrect(x0=k - 0.3, x1=k + 0.3, fillcolor=grid_colour(dark=dark), line_width=0, layer="below")
    finish(figure, height=300, dark=dark)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.12, "x": 0})
    figure.update_xaxes(title={"text": word(msg("群数"), lang), "font": {"size": 13}}, dtick=1, showgrid=False)
    figure.update_yaxes(range=[min(0.0, float(frame["silhouette"].min())) - 0.05, 1.12], dtick=0.25)
    return figure


def drift_sizes(result: Result, drift: Drift, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Each group's share of customers when the model was made, and now."""
    keys = list(drift.sizes["segment"])
    names = [_short(name, lang) for name in _names(result, keys)]
    figure = go.Figure()
    for column, title, shade in (("then", msg("做模型时"), 0.35), ("now", msg("现在"), 1.0)):
        shares = [float(v) for v in drift.sizes[column]]
        figure.add_trace(
            go.Bar(
                x=shares, y=names, orientation="h", name=word(title, lang), text=[f"{v:.1%}" for v in shares],
                textposition="outside", cliponaxis=False, marker={"color": [faded(colour(k), shade) for k in keys]},
                textfont={"color": font_colour(dark=dark)},
                hovertemplate=f"%{{y}}<br>{word(title, lang)} %{{text}}<extra></extra>",
            )
        )  # fmt: skip
    finish(figure, height=60 + 56 * len(keys), dark=dark, top=30)
    most = max(float(drift.sizes[["then", "now"]].to_numpy().max()), 0.01)
    figure.update_xaxes(visible=False, range=[0, most * 1.25], fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix=" ")
    figure.add_annotation(
        text=word(msg("浅色：做模型时；深色：现在"), lang), x=0, y=1, xref="paper", yref="paper", yanchor="bottom",
        xanchor="left", showarrow=False,
    )  # fmt: skip
    return figure


def drift_moves(result: Result, drift: Drift, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Who went from which group to which."""
    moved = drift.moved
    if moved is None or moved.empty:
        return empty(lang, dark=dark)
    order = [segment.key for segment in result.named]
    sources = [key for key in (*order, NEWCOMER) if key in set(moved["source"])]
    targets = [key for key in order if key in set(moved["target"])]
    counts = {(r.source, r.target): int(str(r.customers)) for r in moved.itertuples()}
    named = {s.key: _short(s.name, lang) for s in result.named} | {NEWCOMER: word(msg("当时还没买过"), lang)}
    figure = go.Figure(
        go.Heatmap(
            x=[named[key] for key in targets],
            y=[named[key] for key in sources],
            z=[[counts.get((source, target)) for target in targets] for source in sources],
            text=[[f"{counts[s, t]:,}" if (s, t) in counts else "" for t in targets] for s in sources],
            texttemplate="%{text}",
            textfont={"color": font_colour(dark=dark)},
            hovertemplate="%{y} → %{x}<br>%{text}<extra></extra>",
            hoverongaps=False,
            colorscale=scale(dark=dark),
            showscale=False,
            xgap=3,
            ygap=3,
        )
    )
    finish(figure, height=110 + 46 * len(sources), dark=dark)
    figure.update_xaxes(
        type="category", showgrid=False, fixedrange=True, side="top", tickangle=0, title_text=word(msg("现在"), lang)
    )
    figure.update_yaxes(
        type="category", showgrid=False, fixedrange=True, autorange="reversed", ticksuffix=" ",
        title_text=word(msg("当时"), lang),
    )  # fmt: skip
    return figure
