"""Charts of the basket analysis: the strongest rules, the network of items, the matrix, one item's partners.

Clickable: the bars of rules (customdata[0] is the rule's key) and the items of the network (customdata[0] is the item).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analytics.charts.theme import ACCENT, empty, faded, finish, font_colour, grid_colour
from analytics.i18n import Lang, msg
from analytics.models.basket import Result
from analytics.models.basket_findings import VERDICTS, rule_sentence
from analytics.models.basket_lists import plain_side

_DARK_ACCENT = "#6FB1E4"
_AVOID = "#D5762B"
_LABEL_WIDTH = 20  # Latin letters; a Chinese character is two
_HOVER_WIDTH = 48
_NODES = 22
_CURVE_POINTS = 14


def accent(*, dark: bool) -> str:
    """The colour of bars and lines."""
    return _DARK_ACCENT if dark else ACCENT


def shorten(name: str, width: int = _LABEL_WIDTH) -> str:
    """A name that fits a label, with … in it where something is missing: products often differ at their end."""
    if _columns(name) <= width:
        return name
    tail_width = (width - 1) * 2 // 5
    head, tail = _fitting(name, width - 1 - tail_width), _fitting(name[::-1], tail_width)[::-1]
    return f"{head.rstrip()}…{tail.lstrip()}"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _fitting(text: str, width: int) -> str:
    """As much of the start as fits."""
    return next(text[:end] for end in range(len(text), -1, -1) if _columns(text[:end]) <= width)


def broken(text: str, width: int = _HOVER_WIDTH) -> list[str]:
    """The text in lines that a box on a narrow screen can hold; at a blank where one is near."""
    lines = []
    while _columns(text) > width:
        head = _fitting(text, width)
        at = head.rfind(" ") + 1
        if at <= len(head) // 2:
            at = len(head)
        lines.append(text[:at].rstrip())
        text = text[at:]
    return [*lines, text]


def top_rules(result: Result, *, lang: Lang, dark: bool = False, most: int = 8) -> go.Figure:
    """The pairs with the most extra orders: one bar for each set of items, in its surer direction."""
    rules = _one_direction(_shown(result)).head(most)
    if rules.empty:
        return empty(lang, dark=dark, text=msg("还没有站得住的搭配"))
    largest = float(rules["extra_orders"].max())
    records = rules.to_dict("records")
    names = [f"{shorten(plain_side(r['left']), 24)} → {shorten(plain_side(r['right']), 24)}" for r in records]
    figure = go.Figure(
        go.Bar(
            x=[float(r["extra_orders"]) for r in records],
            y=list(range(len(records))),
            orientation="h",
            customdata=[[r["rule"]] for r in records],
            text=[_bar_text(r, lang) for r in records],
            textposition="outside",
            cliponaxis=False,
            textfont={"color": font_colour(dark=dark)},
            hovertext=[_rule_hover(r, lang, people=result.facts.people) for r in records],
            hovertemplate="%{hovertext}<extra></extra>",
            marker={"color": accent(dark=dark)},
            width=0.42,
        )
    )
    for at, name in enumerate(names):  # above its bar: a long name beside it would leave no room for the bar
        figure.add_annotation(
            x=0, y=at, text=_plain(name), showarrow=False, xanchor="left", yanchor="bottom", yshift=8,
            font={"size": 12, "color": font_colour(dark=dark)},
        )  # fmt: skip
    finish(figure, height=44 * len(records) + 30, dark=dark, top=14)
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, largest * 1.5])
    figure.update_yaxes(visible=False, fixedrange=True, range=[len(records) - 0.5, -0.75])
    return figure


def _bar_text(rule: Mapping[Hashable, Any], lang: Lang) -> str:
    text = msg("多 {extra:int} 单 · {lift:num} 倍", extra=rule["extra_orders"], lift=rule["lift"])
    return text.in_language(lang)


def _rule_hover(rule: Mapping[Hashable, Any], lang: Lang, *, people: bool) -> str:
    lines = [
        rule_sentence(rule, people=people),
        msg("买左边 {left:int} 单，买右边 {right:int} 单，一起 {both:int} 单",
            left=rule["left_orders"], right=rule["right_orders"], both=rule["both_orders"]),
    ]  # fmt: skip
    if rule["later"] in VERDICTS:
        lines.append(VERDICTS[rule["later"]])
    return "<br>".join(_plain(part) for line in lines for part in broken(line.in_language(lang)))


def _plain(text: str) -> str:
    """User text in a label: plotly reads tags."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _shown(result: Result) -> pd.DataFrame:
    return result.rules[result.rules["status"] == "shown"]


def _one_direction(rules: pd.DataFrame) -> pd.DataFrame:
    together = ["\x1f".join(sorted({*a, *b})) for a, b in zip(rules["left"], rules["right"], strict=True)]
    return rules.assign(together=together).drop_duplicates("together")


def network(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Items as dots (size: orders), what goes together as curves (width: extra orders, strength: lift).

    Dots stand on two arcs, evenly from top to bottom, so that every label has a line of its own; neighbours on the
    arcs belong together as far as one order can say that.
    """
    edges = _edges(result)
    if edges.empty:
        return empty(lang, dark=dark, text=msg("还没有站得住的搭配"))
    names = _order_nodes(edges)
    place = dict(zip(names, _arc(len(names)), strict=True))
    figure = go.Figure()
    widest = float(edges["extra_orders"].max())
    strongest = math.log(max(2.0, float(edges["lift"].max())))
    for edge in edges.sort_values("extra_orders").to_dict("records"):
        x, y = _curve(place[edge["left"]], place[edge["right"]])
        strength = 0.25 + 0.6 * min(1.0, math.log(max(1.0, edge["lift"])) / strongest)
        figure.add_trace(
            go.Scatter(
                x=x, y=y, mode="lines", hoverinfo="text", hovertext=_edge_hover(edge, lang),
                line={"width": 1 + 7 * edge["extra_orders"] / widest, "color": faded(accent(dark=dark), strength)},
            )
        )  # fmt: skip
    figure.add_trace(_dots(result, names, place, lang=lang, dark=dark))
    finish(figure, height=max(320, 27 * (len(names) // 2 + 2)), dark=dark)
    figure.update_xaxes(visible=False, fixedrange=True, range=[-2.5, 2.5])
    figure.update_yaxes(visible=False, fixedrange=True, range=[-1.12, 1.12])
    return figure


def _edges(result: Result) -> pd.DataFrame:
    """Pairs of items among the shown rules, the ones with the most extra orders, until there are _NODES items."""
    rules = _shown(result)
    pairs = rules[(rules["left"].str.len() == 1) & (rules["right"].str.len() == 1)]
    pairs = _one_direction(pairs)
    pairs = pairs.assign(left=pairs["left"].str[0], right=pairs["right"].str[0])
    names: set[str] = set()
    kept = []
    for at, ends in zip(pairs.index, zip(pairs["left"], pairs["right"], strict=True), strict=True):
        if len(names | set(ends)) <= _NODES:
            names |= set(ends)
            kept.append(at)
    return pairs.loc[kept, ["left", "right", "lift", "extra_orders", "both_orders"]].reset_index(drop=True)


def _order_nodes(edges: pd.DataFrame) -> list[str]:
    """Items so that those with heavy edges stand near one another: by the Fiedler vector of each connected part."""
    names = sorted({*edges["left"], *edges["right"]})
    at = {name: number for number, name in enumerate(names)}
    weight = np.zeros((len(names), len(names)))
    for left_end, right_end, extra in zip(edges["left"], edges["right"], edges["extra_orders"], strict=True):
        weight[at[left_end], at[right_end]] = weight[at[right_end], at[left_end]] = float(extra)
    ordered: list[int] = []
    left = set(range(len(names)))
    while left:
        part = _reach(weight, max(left, key=lambda node: (weight[node].sum(), -node)))
        left -= set(part)
        ordered += _by_fiedler(weight, part)
    return [names[number] for number in ordered]


def _reach(weight: np.ndarray, start: int) -> list[int]:
    seen, queue = {start}, [start]
    while queue:
        for node in np.flatnonzero(weight[queue.pop()]).tolist():
            if node not in seen:
                seen.add(node)
                queue.append(node)
    return sorted(seen)


def _by_fiedler(weight: np.ndarray, part: list[int]) -> list[int]:
    if len(part) < 3:
        return part
    inner = weight[np.ix_(part, part)]
    vector = np.linalg.eigh(np.diag(inner.sum(axis=1)) - inner)[1][:, 1]
    vector = vector if vector[np.argmax(np.abs(vector))] > 0 else -vector  # the sign of an eigenvector is arbitrary
    return [part[place] for place in np.lexsort((np.array(part), np.round(vector, 9)))]


def _arc(count: int) -> list[tuple[float, float]]:
    """Places down the right arc and up the left one, evenly spaced in height."""
    right = -(-count // 2)
    places = [(1.0, y) for y in _heights(right)] + [(-1.0, y) for y in reversed(_heights(count - right))]
    return [(side * (0.55 + 0.45 * math.sqrt(max(0.0, 1 - y * y))), y) for side, y in places]


def _heights(count: int) -> list[float]:
    return [0.0] if count == 1 else [1 - 2 * at / (count - 1) for at in range(count)]


def _curve(start: tuple[float, float], end: tuple[float, float]) -> tuple[list[float], list[float]]:
    """A curve that bends towards the middle."""
    steps = np.linspace(0, 1, _CURVE_POINTS)
    middle = ((start[0] + end[0]) * 0.2, (start[1] + end[1]) * 0.2)
    points = [
        ((1 - s) ** 2 * start[k] + 2 * s * (1 - s) * middle[k] + s**2 * end[k]) for k in (0, 1) for s in steps
    ]  # fmt: skip
    return [float(p) for p in points[:_CURVE_POINTS]], [float(p) for p in points[_CURVE_POINTS:]]


def _edge_hover(edge: Mapping[Hashable, Any], lang: Lang) -> str:
    text = msg(
        "{left} + {right}：一起 {both:int} 单，多 {extra:int} 单，是平时的 {lift:num} 倍",
        left=edge["left"], right=edge["right"], both=edge["both_orders"], extra=edge["extra_orders"], lift=edge["lift"],
    )  # fmt: skip
    return _plain(text.in_language(lang))


def _dots(
    result: Result, names: Sequence[str], place: Mapping[str, tuple[float, float]], *, lang: Lang, dark: bool
) -> go.Scatter:
    orders = result.items.set_index("item")["orders"].loc[list(names)].astype(float)
    sizes = 8 + 18 * np.sqrt(orders / orders.max())
    hover = [_plain(msg("{item}：{n:int} 单", item=name, n=n).in_language(lang)) for name, n in orders.items()]
    return go.Scatter(
        x=[place[name][0] for name in names],
        y=[place[name][1] for name in names],
        mode="markers+text",
        text=[_plain(shorten(name, 18)) for name in names],
        textposition=["middle right" if place[name][0] > 0 else "middle left" for name in names],
        textfont={"size": 12, "color": font_colour(dark=dark)},
        customdata=[[name] for name in names],
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "size": list(sizes),
            "color": accent(dark=dark),
            "line": {"width": 1.5, "color": grid_colour(dark=dark)},
        },
        cliponaxis=False,
    )


def matrix(result: Result, *, lang: Lang, dark: bool = False, most: int = 14) -> go.Figure:
    """Lift of each pair of the items that go together most: blue together more often, orange less often."""
    pairs = result.pairs
    if pairs.empty:
        return empty(lang, dark=dark)
    weight = pairs[pairs["extra_orders"] > 0].groupby("left")["extra_orders"].sum().sort_values(ascending=False)
    chosen = list(weight.head(most).index)
    edges = pairs[pairs["left"].isin(chosen) & pairs["right"].isin(chosen)]
    names = _matrix_order(edges, chosen)
    have = {(r["left"], r["right"]): r for r in edges.to_dict("records")}
    cells = [[have.get((low, high)) for high in names] for low in names]
    # log2: half as often is as far from 1 as twice as often; beyond eight times the colour stays
    shade = [
        [None if c is None else max(-3.0, min(3.0, math.log2(max(c["lift"], 1e-6)))) for c in row] for row in cells
    ]
    labels = [_plain(shorten(name, 22)) for name in names]
    figure = go.Figure(
        go.Heatmap(
            x=list(range(len(names))), y=list(range(len(names))), z=shade, zmin=-3, zmax=3,
            text=[["" if c is None else f"{c['lift']:.1f}" for c in row] for row in cells],
            texttemplate="%{text}", textfont={"size": 12, "color": font_colour(dark=dark)},
            hovertext=[["" if c is None else _edge_hover(c, lang) for c in row] for row in cells],
            hovertemplate="%{hovertext}<extra></extra>", hoverongaps=False, showscale=False, xgap=2, ygap=2,
            colorscale=_two_sided(dark=dark),
        )
    )  # fmt: skip
    finish(figure, height=120 + 30 * len(names), dark=dark)
    ticks = {"tickvals": list(range(len(names))), "ticktext": labels, "showgrid": False, "fixedrange": True}
    figure.update_xaxes(**ticks, tickangle=-40)
    figure.update_yaxes(**ticks, autorange="reversed")
    return figure


def _matrix_order(edges: pd.DataFrame, chosen: list[str]) -> list[str]:
    together = edges[(edges["extra_orders"] > 0) & (edges["left"] < edges["right"])]
    ordered = _order_nodes(together) if not together.empty else []
    return [*ordered, *(name for name in chosen if name not in ordered)]


def _two_sided(*, dark: bool) -> list[list[float | str]]:
    middle = "#1B222A" if dark else "#F7F8F9"
    return [[0, "#9A5522" if dark else "#F0B37E"], [0.5, middle], [1, "#2F6EA3" if dark else "#6FA8DC"]]


def partners(result: Result, item: str, *, lang: Lang, dark: bool = False, most: int = 12) -> go.Figure:
    """What is bought with one item: the share of its orders, beside the usual share of all orders."""
    pairs = result.pairs[result.pairs["left"] == item].assign(
        confidence=lambda p: p["both_orders"] / p["left_orders"],
        usual=lambda p: p["right_orders"] / result.facts.searched,
    )
    pairs = pairs.sort_values(["confidence", "right"], ascending=[False, True]).head(most)
    if pairs.empty:
        return empty(lang, dark=dark, text=msg("没有哪样商品和它一起到过门槛"))
    records = pairs.to_dict("records")
    names = [_plain(shorten(r["right"], 26)) for r in records]
    colours = [accent(dark=dark) if r["lift"] >= 1 else _AVOID for r in records]
    figure = go.Figure(
        go.Bar(
            x=[r["confidence"] for r in records], y=list(range(len(records))), orientation="h",
            marker={"color": colours}, width=0.62,
            hovertext=[_edge_hover(r, lang) for r in records], hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    places = list(range(len(records)))
    figure.add_trace(
        go.Scatter(
            x=[r["usual"] for r in records], y=places, mode="markers", hoverinfo="skip",
            marker={"symbol": "line-ns", "size": 20, "line": {"width": 2.5, "color": font_colour(dark=dark)}},
        )
    )  # fmt: skip
    figure.add_trace(  # behind the bar and behind the mark, so that neither crosses it
        go.Scatter(
            x=[max(r["confidence"], r["usual"]) for r in records], y=places, mode="text", hoverinfo="skip",
            text=[
                "  " + msg("{share:pct} · {lift:num} 倍", share=r["confidence"], lift=r["lift"]).in_language(lang)
                for r in records
            ],
            textposition="middle right", textfont={"color": font_colour(dark=dark)}, cliponaxis=False,
        )
    )  # fmt: skip
    finish(figure, height=50 + 32 * len(records), dark=dark)
    widest = max(max(r["confidence"], r["usual"]) for r in records)
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, widest * 1.55])
    figure.update_yaxes(
        tickvals=list(range(len(records))), ticktext=names, autorange="reversed", showgrid=False, fixedrange=True,
        ticksuffix=" ",
    )  # fmt: skip
    return figure
