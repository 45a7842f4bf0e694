"""Where customers came from and went to, between two dates: a matrix and a Sankey diagram.

Also for other models' groups: ``names`` says what they are called, in display order; money that is NaN is not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan

import pandas as pd
import plotly.graph_objects as go

from analytics.charts.theme import SEGMENT_COLOURS, empty, faded, finish, font_colour, scale
from analytics.i18n import Lang, Text, format_count, format_money, msg
from analytics.models.rfm_compare import NEW_BUYER, NEW_BUYER_NAME, Migration
from analytics.models.rfm_segments import SEGMENTS

OTHER = "other"
SMALL_SHARE = 0.025  # a segment with fewer of the customers than this joins the others in the Sankey diagram
_NAMES: dict[str, Text] = {key: segment.name for key, segment in SEGMENTS.items()} | {
    NEW_BUYER: NEW_BUYER_NAME,
    OTHER: msg("其他（较小的组）"),
}


def migration_matrix(
    migration: Migration, *, lang: Lang, dark: bool = False, names: Mapping[str, Text] = _NAMES
) -> go.Figure:
    """Rows: the segment at the earlier date; columns: at the later one. Cells: customers and their net spending;
    the colour is the share of the row.
    """
    flows = migration.flows
    if flows.empty:
        return empty(lang, dark=dark)
    rows, columns = _in_order(flows["source"], names), _in_order(flows["target"], names)
    have = {(source, target): (customers, revenue) for source, target, customers, revenue in _plain_rows(flows)}
    sums = flows.groupby("source")["customers"].sum()

    def cell(source: str, target: str) -> tuple[float | None, str, str]:
        if (source, target) not in have:
            return None, "", ""
        customers, revenue = have[source, target]
        share = customers / sums[source]
        told = [format_count(customers, lang)] + ([] if isnan(revenue) else [format_money(revenue, lang)])
        hover = _flow_hover((names[source], names[target]), customers, revenue, lang, share=share)
        return share, "<br>".join(told), hover

    grid = [[cell(source, target) for target in columns] for source in rows]
    figure = go.Figure(
        go.Heatmap(
            x=[names[key].in_language(lang) for key in columns],
            y=[names[key].in_language(lang) for key in rows],
            z=[[share for share, _, _ in row] for row in grid],
            text=[[text for _, text, _ in row] for row in grid],
            texttemplate="%{text}",
            textfont={"size": 11, "color": font_colour(dark=dark)},
            hovertext=[[hover for _, _, hover in row] for row in grid],
            hovertemplate="%{hovertext}<extra></extra>",
            hoverongaps=False,
            colorscale=scale(dark=dark), zmin=0, zmax=1, showscale=False, xgap=2, ygap=2,
        )
    )  # fmt: skip
    finish(figure, height=150 + 42 * len(rows), dark=dark)
    figure.update_xaxes(
        type="category", showgrid=False, fixedrange=True, side="top", tickangle=-40,
        title_text=msg("{date:date} 时", date=migration.later).in_language(lang),
    )  # fmt: skip
    figure.update_yaxes(
        type="category", showgrid=False, fixedrange=True, autorange="reversed",
        title_text=msg("{date:date} 时", date=migration.earlier).in_language(lang),
    )  # fmt: skip
    return figure


def migration_sankey(
    migration: Migration, *, lang: Lang, dark: bool = False, names: Mapping[str, Text] = _NAMES
) -> go.Figure:
    """The same as streams, as wide as their customers. Small segments of either side are one group there."""
    if migration.flows.empty:
        return empty(lang, dark=dark)
    flows = _with_others(migration.flows)
    left, right = _in_order(flows["source"], names), _in_order(flows["target"], names)
    before, after = flows.groupby("source")["customers"].sum(), flows.groupby("target")["customers"].sum()
    nodes = [(key, int(before[key])) for key in left] + [(key, int(after[key])) for key in right]
    at_left, at_right = {k: n for n, k in enumerate(left)}, {k: len(left) + n for n, k in enumerate(right)}
    called, text = {OTHER: _NAMES[OTHER], **names}, font_colour(dark=dark)
    figure = go.Figure(
        go.Sankey(
            arrangement="fixed",
            textfont={"color": text, "size": 12, "shadow": "none"},
            node={
                "label": [f"{called[key].in_language(lang)}  {format_count(n, lang)}" for key, n in nodes],
                "color": [SEGMENT_COLOURS[key] for key, _ in nodes],
                "x": [0.001] * len(left) + [0.999] * len(right),
                "y": _centres([int(before[k]) for k in left]) + _centres([int(after[k]) for k in right]),
                "pad": 14, "thickness": 16, "line": {"width": 0},
                "hovertemplate": "%{label}<extra></extra>",
            },
            link={
                "source": [at_left[key] for key in flows["source"]],
                "target": [at_right[key] for key in flows["target"]],
                "value": [int(n) for n in flows["customers"]],
                "color": [faded(SEGMENT_COLOURS[key], 0.38) for key in flows["source"]],
                "customdata": [
                    _flow_hover((called[source], called[target]), n, money, lang)
                    for source, target, n, money in _plain_rows(flows)
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
        )
    )  # fmt: skip
    for x, anchor, day in ((0, "left", migration.earlier), (1, "right", migration.later)):
        figure.add_annotation(
            x=x, y=1, xref="paper", yref="paper", xanchor=anchor, yanchor="bottom", yshift=8, showarrow=False,
            text=f"<b>{msg('{date:date} 时', date=day).in_language(lang)}</b>",
        )  # fmt: skip
    return finish(figure, height=140 + 42 * max(len(left), len(right)), dark=dark, top=36)


def _plain_rows(flows: pd.DataFrame) -> list[tuple[str, str, int, float]]:
    columns = (flows[name] for name in ("source", "target", "customers", "revenue"))
    return [(str(s), str(t), int(n), float(money)) for s, t, n, money in zip(*columns, strict=True)]


def _flow_hover(
    ends: tuple[Text, Text], customers: int, revenue: float, lang: Lang, *, share: float | None = None
) -> str:
    lines = [
        msg("<b>{source} → {target}</b>", source=ends[0], target=ends[1]),
        msg("{n:int} 位客户", n=customers),
    ]
    if not isnan(revenue):
        lines.append(msg("净消费 {money:money}", money=revenue))
    if share is not None:
        lines.append(msg("占这一行的 {share:pct}", share=share))
    return "<br>".join(line.in_language(lang) for line in lines)


def _in_order(keys: pd.Series, names: Mapping[str, Text]) -> list[str]:
    present = set(keys)
    return [key for key in (*names, OTHER) if key in present]


def _with_others(flows: pd.DataFrame) -> pd.DataFrame:
    """Segments that are small on a side become OTHER on that side, if there are at least two of them."""
    merged = flows.copy()
    for side in ("source", "target"):
        sums = flows.groupby(side)["customers"].sum()
        small = sums.index[sums < SMALL_SHARE * sums.sum()]
        if len(small) > 1:
            merged[side] = merged[side].where(~merged[side].isin(small), OTHER)
    joined: pd.DataFrame = merged.groupby(["source", "target"], as_index=False)[["customers", "revenue"]].sum()
    return joined.loc[joined["customers"] > 0]


def _centres(sizes: list[int]) -> list[float]:
    """Where nodes of these sizes have their middles, with equal gaps between, within 0 and 1 (neither reached)."""
    gap = 0.25 / max(1, len(sizes) - 1) if len(sizes) > 1 else 0
    total, top, middles = sum(sizes), 0.0, []
    for size in sizes:
        height = size / total * (1 - gap * (len(sizes) - 1))
        middles.append(min(0.999, max(0.001, top + height / 2)))
        top += height + gap
    return middles
