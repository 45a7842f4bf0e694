"""Charts of a portrait: what differs most, one attribute value by value, provinces, how tags overlap.

Result → plotly Figure. Clickable: the bars of what differs most; a point's customdata[0] is the attribute's key.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from analytics.charts.theme import ACCENT, empty, faded, finish, font_colour, grid_colour, scale, two_sided
from analytics.i18n import Lang, msg, word
from analytics.models.portrait_compare import strongest
from analytics.models.portrait_findings import index_text
from analytics.provinces import PROVINCES

if TYPE_CHECKING:
    from analytics.models.portrait import Result
    from analytics.models.portrait_tags import Tagged

MOST_OVER, MOST_UNDER = 8, 5
MOST_OF_ONE = 2  # bars of one attribute among what differs most
_FEWER = "#D5762B"
_FARTHEST = 600  # a longer bar would press all others flat; its number says how far it goes
_SMALL = "#9AA5AF"
_GROUP_MARK, _BASE_MARK = 1.0, 0.35
_MOST_WIDE = 26  # of a label; a Chinese character is two wide


def tgi_bars(result: Result, *, lang: Lang, dark: bool = False) -> go.Figure:
    """What differs most, the group's TGI from 100 on with its interval. Not what the group was chosen by."""
    shown = differences(result)
    if shown.empty:
        return empty(lang, dark=dark, text=msg("没有哪一项的差别大过偶然"))
    rows = shown.to_dict("records")
    names = [_two_lines(result, row, lang) for row in rows]
    ends = [min(float(row["tgi"]), _FARTHEST) for row in rows]
    colours = [ACCENT if float(row["tgi"]) > 100 else _FEWER for row in rows]
    figure = go.Figure(
        go.Bar(
            x=[end - 100 for end in ends], base=[100] * len(rows), y=names, orientation="h",
            marker={"color": colours}, cliponaxis=False,
            customdata=[[row["attribute"]] for row in rows],
            hovertext=[_hover(result, row, lang) for row in rows], hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    tips = []
    for name, row, end in zip(names, rows, ends, strict=True):
        low, high = (min(max(float(row[side]), 0), _FARTHEST) for side in ("low", "high"))
        figure.add_shape(
            type="line", x0=low, x1=high, y0=name, y1=name,
            line={"color": faded(font_colour(dark=dark), 0.55), "width": 2},
        )  # fmt: skip
        tips.append(max(high, end) if end > 100 else min(low, end))
    figure.add_trace(
        go.Scatter(
            x=tips, y=names, mode="text", text=[f" {word(index_text(float(row['tgi'])), lang)} " for row in rows],
            textposition=["middle right" if end > 100 else "middle left" for end in ends], cliponaxis=False,
            textfont={"color": font_colour(dark=dark)}, hoverinfo="skip",
        )
    )  # fmt: skip
    figure.add_vline(x=100, line={"color": grid_colour(dark=dark), "width": 2})
    finish(figure, height=48 + 36 * len(rows), dark=dark, top=26)
    most, least = max(*tips, 150.0), min(*tips, 100.0)
    room = (most - least) * 0.16  # for the numbers
    figure.update_xaxes(range=[least - room, most + room], visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, ticksuffix=" ")
    figure.add_annotation(
        text=word(msg("100 = 一样多"), lang), x=100, y=1, yref="paper", yanchor="bottom", showarrow=False,
        font={"size": 12},
    )  # fmt: skip
    figure.update_layout(bargap=0.4)
    return figure


def differences(result: Result) -> pd.DataFrame:
    """The values that tgi_bars draws: sure, no more than two of an attribute on a side, the highest TGI first."""
    chosen_by = frozenset(result.attributes.loc[result.attributes["defining"], "attribute"])
    apart = strongest(result.values, defining=chosen_by)
    more, less = apart[apart["tgi"] > 100], apart[apart["tgi"] < 100]
    sides = ((more, MOST_OVER), (less, MOST_UNDER))
    few = pd.concat([side[side.groupby("attribute").cumcount() < MOST_OF_ONE].head(most) for side, most in sides])
    return few.sort_values(["tgi", "attribute"], ascending=[False, True], ignore_index=True)


def _two_lines(result: Result, row: Mapping[Hashable, Any], lang: Lang) -> str:
    attribute = _plain(word(result.attribute(str(row["attribute"])).label, lang))
    return f"{_cut(attribute)}<br>{_cut(_plain(word(row['label'], lang)))}"


def _cut(text: str) -> str:
    """Short enough for a phone: the middle goes, since names often differ at their ends."""
    if _width(text) <= _MOST_WIDE:
        return text
    end = text[-4:]
    for keep in range(len(text) - 5, 0, -1):
        if _width(text[:keep] + end) < _MOST_WIDE:
            return f"{text[:keep]}…{end}"
    return text[:2]


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


def _hover(result: Result, row: Mapping[Hashable, Any], lang: Lang) -> str:
    lines = [
        msg("<b>{attribute}：{value}</b>", attribute=_plain(word(result.attribute(str(row["attribute"])).label, lang)),
            value=_plain(word(row["label"], lang))),
        msg("这一组 {share:pct}，{n:int} 位", share=_or_none(row["share_group"]), n=row["n_group"]),
        msg("{base} {share:pct}，{n:int} 位", base=_plain(word(result.base_words, lang)),
            share=_or_none(row["share_base"]), n=row["n_base"]),
        msg("TGI {tgi}，95% 区间 {low} 到 {high}", tgi=index_text(float(row["tgi"])),
            low=index_text(float(row["low"])), high=index_text(float(row["high"]))),
    ]  # fmt: skip
    if not row["solid"]:
        lines.append(msg("人太少，看看就好"))
    elif not row["sure"]:
        lines.append(msg("差别可能只是偶然"))
    return "<br>".join(word(line, lang) for line in lines)


def _or_none(share: Any) -> float | None:
    return None if math.isnan(float(share)) else float(share)


def shares(result: Result, key: str, *, lang: Lang, dark: bool = False) -> go.Figure:
    """One attribute: each value's share in the group and beside, with its TGI; grey where the customers are few."""
    rows = result.values[result.values["attribute"] == key].to_dict("records")
    if not rows:
        return empty(lang, dark=dark)
    names = [_cut(_plain(word(row["label"], lang))) for row in rows]
    names = [name if names.index(name) == at else f"{name}{' ' * at}" for at, name in enumerate(names)]
    figure = go.Figure()
    sides = (
        ("share_group", msg("这一组"), _GROUP_MARK, [_with_index(row, lang) for row in rows]),
        ("share_base", result.base_words, _BASE_MARK, [_percent(row["share_base"]) for row in rows]),
    )
    for column, title, alpha, texts in sides:
        figure.add_trace(
            go.Bar(
                x=[float(row[column]) if not math.isnan(row[column]) else 0 for row in rows], y=names, orientation="h",
                name=word(title, lang),
                marker={"color": [faded(ACCENT if row["solid"] else _SMALL, alpha) for row in rows]},
                text=texts, textposition="outside", cliponaxis=False,
                textfont={
                    "color": [font_colour(dark=dark) if row["solid"] else _SMALL for row in rows], "size": 12,
                },
                hovertext=[_hover(result, row, lang) for row in rows], hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    finish(figure, height=70 + 44 * len(rows), dark=dark, top=44)
    most = max(*(max(_number(row["share_group"]), _number(row["share_base"])) for row in rows), 0.01)
    figure.update_xaxes(visible=False, range=[0, most * 1.75], fixedrange=True)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, fixedrange=True, ticksuffix=" ")
    figure.update_layout(bargap=0.28, bargroupgap=0.05, barmode="group")
    figure.add_annotation(
        text=word(msg("深色：这一组；浅色：{base}", base=_plain(word(result.base_words, lang))), lang), x=0, y=1,
        xref="paper", yref="paper", yanchor="bottom", xanchor="left", showarrow=False, font={"size": 12},
    )  # fmt: skip
    return figure


def _number(share: Any) -> float:
    return 0.0 if math.isnan(float(share)) else float(share)


def _percent(share: Any) -> str:
    return "—" if math.isnan(float(share)) else f"{float(share):.1%}"


def _with_index(row: Mapping[Hashable, Any], lang: Lang) -> str:
    if math.isnan(float(row["tgi"])):
        return _percent(row["share_group"])
    mark = "" if not row["sure"] else " ▲" if float(row["tgi"]) > 100 else " ▼"
    return f"{_percent(row['share_group'])} · TGI {word(index_text(float(row['tgi'])), lang)}{mark}"


def province_map(result: Result, key: str, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Provinces as equal squares, each about where it lies; the colour is the TGI, grey where the customers are few."""
    rows = {str(row["value"]): row for row in result.values[result.values["attribute"] == key].to_dict("records")}
    known = [name for name in rows if name in PROVINCES]
    if not known:
        return empty(lang, dark=dark)
    across, down = (max(getattr(p, side) for p in PROVINCES.values()) + 1 for side in ("column", "row"))
    colours: list[list[float | None]] = [[None] * across for _ in range(down)]
    texts = [[""] * across for _ in range(down)]
    hovers = [[""] * across for _ in range(down)]
    ground: list[list[float | None]] = [[None] * across for _ in range(down)]
    for name, province in PROVINCES.items():
        row = rows.get(name)
        ground[province.row][province.column] = 0
        shown = name if lang == "zh" else province.code
        if row is None:
            texts[province.row][province.column] = shown
            hovers[province.row][province.column] = word(msg("{name}：没有客户", name=province.title), lang)
            continue
        texts[province.row][province.column] = f"{shown}<br>{word(index_text(float(row['tgi'])), lang)}"
        hovers[province.row][province.column] = _hover(result, row, lang)
        if row["solid"]:
            colours[province.row][province.column] = min(max(float(row["tgi"]), 0), 200)
    quiet = faded(_SMALL, 0.18)
    figure = go.Figure(
        go.Heatmap(z=ground, colorscale=[[0, quiet], [1, quiet]], showscale=False, xgap=3, ygap=3, hoverinfo="skip")
    )
    figure.add_trace(
        go.Heatmap(
            z=colours, text=texts, hovertext=hovers, hovertemplate="%{hovertext}<extra></extra>", zmin=0, zmax=200,
            colorscale=two_sided(dark=dark), showscale=False, xgap=3, ygap=3, hoverongaps=False,
        )
    )  # fmt: skip
    for name, province in PROVINCES.items():
        solid = name in rows and rows[name]["solid"]
        figure.add_annotation(
            text=texts[province.row][province.column], x=province.column, y=province.row, showarrow=False,
            font={"size": 11, "color": font_colour(dark=dark) if solid else _SMALL},
            hovertext=hovers[province.row][province.column],
        )  # fmt: skip
    finish(figure, height=470, dark=dark)
    figure.update_xaxes(visible=False, fixedrange=True, range=[0.5, across - 0.5])
    figure.update_yaxes(visible=False, fixedrange=True, range=[down - 0.5, -0.5])
    return figure


def overlap(tagged: Tagged, *, lang: Lang, dark: bool = False) -> go.Figure:
    """Values of tags against each other: of those in the row, how many are in the column too."""
    if len(tagged.counts) < 2:
        return empty(lang, dark=dark, text=msg("至少要有两个标签值才有重叠可看"))
    names = [f"{_cut(_plain(r.tag))}<br>{_cut(_plain(r.value))}" for r in tagged.counts.itertuples()]
    got = [int(n) for n in tagged.counts["gets"]]
    size = len(names)
    both = tagged.overlap["both"].to_numpy().reshape(size, size)
    z = [[int(both[a][b]) / got[a] if got[a] else None for b in range(size)] for a in range(size)]
    figure = go.Figure(
        go.Heatmap(
            x=names, y=names, z=z, zmin=0, zmax=1, showscale=False, xgap=3, ygap=3, colorscale=scale(dark=dark),
            text=[[f"{int(both[a][b]):,}<br>{z[a][b]:.0%}" if z[a][b] is not None else "0" for b in range(size)]
                  for a in range(size)],
            texttemplate="%{text}", textfont={"color": font_colour(dark=dark)},
            hovertext=[[word(msg("{row} 的 {n:int} 位里，{both:int} 位也是 {column}", row=names[a].replace("<br>", "/"),
                                 n=got[a], both=int(both[a][b]), column=names[b].replace("<br>", "/")), lang)
                        for b in range(size)] for a in range(size)],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )  # fmt: skip
    finish(figure, height=120 + 46 * size, dark=dark)
    figure.update_xaxes(type="category", side="top", showgrid=False, fixedrange=True, tickangle=0, ticks="")
    figure.update_yaxes(
        type="category", autorange="reversed", showgrid=False, fixedrange=True, ticks="", ticksuffix=" "
    )
    return figure


def _plain(text: Any) -> str:
    """User text inside plotly's markup."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
