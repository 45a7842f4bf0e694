"""The charts of the sentiment page: aspects by praise and complaint, the trend with ratings, words that set apart."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import theme
from analytics.i18n import Lang, Text, msg, word
from analytics.models.sentiment import SEGMENTS, Result
from analytics.text.aspects import name_of

COLOURS = {"positive": "#009E73", "neutral": "#B4BBC1", "negative": "#D55E00"}
NAMES: dict[str, Text] = {segment.key: segment.name for segment in SEGMENTS}
MOST_ASPECTS = 9
CLEAR_Z = 1.5  # from here on a word is said more on one side than chance explains
POLARITIES: dict[str, Text] = {"negative": msg("抱怨"), "neutral": msg("没有好坏"), "positive": msg("称赞")}


def aspect_bars(result: Result, *, lang: Lang, dark: bool, most: int = MOST_ASPECTS) -> go.Figure:
    """Aspects by mentions; complaints to the left of the middle line, praise to the right. A bar carries its aspect."""
    table = result.aspects.head(most).iloc[::-1]
    if table.empty:
        return theme.empty(lang, dark=dark, text=msg("评论里没有提到词典里的方面"))
    figure = go.Figure()
    labels = [word(name_of(aspect), lang) for aspect in table["aspect"]]
    for key in ("negative", "positive"):
        sign = -1 if key == "negative" else 1
        share = table[key] / table["mentions"]
        figure.add_bar(
            y=labels, x=sign * share, orientation="h", marker_color=COLOURS[key], name=word(POLARITIES[key], lang),
            text=[f"{s:.0%}" for s in share], textposition="auto", insidetextanchor="middle", constraintext="none",
            customdata=[[aspect, key] for aspect in table["aspect"]],
            hovertext=[_hover(row, key, lang) for row in table.to_dict("records")], hoverinfo="text",
            textfont={"color": theme.ink(COLOURS[key])}, outsidetextfont={"color": theme.font_colour(dark=dark)},
        )  # fmt: skip
    for key, place, side in (("negative", 0, "left"), ("positive", 1, "right")):
        figure.add_annotation(
            text=word(POLARITIES[key], lang), x=place, y=1, xref="paper", yref="paper", yanchor="bottom",
            xanchor=side, showarrow=False, font={"color": COLOURS[key], "size": 13},
        )  # fmt: skip
    figure.update_layout(barmode="relative", bargap=0.28)
    figure = theme.finish(figure, height=34 * len(table) + 64, dark=dark, top=28)
    figure.update_xaxes(range=[-1.02, 1.02], showgrid=False, showticklabels=False, zeroline=True)
    figure.update_yaxes(ticksuffix="  ")
    return figure


def _hover(row: dict[Hashable, Any], key: str, lang: Lang) -> str:
    text = msg(
        "{aspect}：提到 {mentions:int} 次，{what} {n:int} 次",
        aspect=name_of(str(row["aspect"])), mentions=row["mentions"], what=POLARITIES[key], n=row[key],
    )  # fmt: skip
    return word(text, lang)


def trend(result: Result, period: str, marks: pd.DataFrame, *, lang: Lang, dark: bool) -> go.Figure:
    """Reviews per period, stacked by polarity, and under them the share of complaints and the mean rating.

    marks  alerts on all reviews: their ``start`` is marked
    """
    if result.daily.empty:
        return theme.empty(lang, dark=dark, text=msg("文件里没有评论时间，画不出趋势"))
    table = per_period(result.daily, period)
    from plotly.subplots import make_subplots

    rated = bool(table["rating"].notna().any())
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.16, row_heights=[0.54, 0.46],
        specs=[[{}], [{"secondary_y": True}]],
    )  # fmt: skip
    for key in ("negative", "neutral", "positive"):
        figure.add_bar(
            x=table.index, y=table[key], marker_color=COLOURS[key], name=word(NAMES[key], lang), row=1, col=1,
            customdata=[[f"{start:%Y-%m-%d} {key}"] for start in table.index],
            hovertemplate=f"%{{x|%Y-%m-%d}}<br>{word(NAMES[key], lang)} %{{y:,}}<extra></extra>",
        )  # fmt: skip
    _lines(figure, table, rated=rated, lang=lang)
    for start in marks["start"] if len(marks) else ():
        figure.add_vline(x=start, line={"color": COLOURS["negative"], "width": 1, "dash": "dash"})
    figure.update_layout(barmode="stack", bargap=0.15)
    theme.finish(figure, height=400, dark=dark, top=34)
    legend = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 1, "xanchor": "right"}
    figure.update_layout(showlegend=True, legend=legend)
    figure.update_xaxes(tickformat="%Y-%m-%d", nticks=5)
    figure.update_yaxes(tickformat=",d", row=1, col=1)
    figure.update_yaxes(tickformat=".0%", rangemode="tozero", row=2, col=1, secondary_y=False)
    heads = [
        (word(msg("评论数"), lang), 1, 0, theme.font_colour(dark=dark)),
        (word(msg("差评占比"), lang), 0.41, 0, COLOURS["negative"]),
    ]
    if rated:
        step = rating_step(table["rating"])
        figure.update_yaxes(row=2, col=1, showgrid=False, secondary_y=True, tickformat=".1f", dtick=step)
        heads.append((word(msg("平均评分（虚线，右轴）"), lang), 0.41, 1, theme.ACCENT))
    for text, y, x, colour in heads:
        figure.add_annotation(
            text=text, x=x, y=y, xref="paper", yref="paper", xanchor="right" if x else "left", yanchor="bottom",
            showarrow=False, font={"color": colour, "size": 13},
        )  # fmt: skip
    return figure


def _lines(figure: go.Figure, table: pd.DataFrame, *, rated: bool, lang: Lang) -> None:
    """The share of complaints, and the mean rating on an axis of its own."""
    name, stars = word(msg("差评占比"), lang), word(msg("平均评分"), lang)
    figure.add_scatter(
        x=table.index, y=table["share"], mode="lines+markers", line={"color": COLOURS["negative"]}, name=name,
        marker={"size": 4}, row=2, col=1, showlegend=False,
        customdata=[[f"{start:%Y-%m-%d} negative", n] for start, n in table["reviews"].items()],
        hovertemplate=f"%{{x|%Y-%m-%d}}<br>{name} %{{y:.1%}} (n = %{{customdata[1]:,}})<extra></extra>",
    )  # fmt: skip
    if rated:
        figure.add_scatter(
            x=table.index, y=table["rating"], mode="lines", line={"color": theme.ACCENT, "dash": "dot"}, name=stars,
            row=2, col=1, secondary_y=True, showlegend=False,
            hovertemplate=f"%{{x|%Y-%m-%d}}<br>{stars} %{{y:.2f}}<extra></extra>",
        )  # fmt: skip


def rating_step(ratings: pd.Series) -> float:
    """A round distance of ticks, so that there are about three."""
    width = float(ratings.max() - ratings.min())
    return next((step for step in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0) if width / step <= 4), 10.0)


def per_period(daily: pd.DataFrame, period: str) -> pd.DataFrame:
    """Per period from the first to the last, quiet ones as 0: the three counts · reviews · share · rating."""
    start = daily["day"] - pd.to_timedelta(daily["day"].dt.day_of_week if period == "week" else 0, unit="D")
    counts = daily.groupby([start.rename("start"), "segment"])["reviews"].sum().unstack(fill_value=0)
    ratings = daily.groupby(start.rename("start"))[["rated", "rating"]].sum()
    every = pd.date_range(counts.index.min(), counts.index.max(), freq="7D" if period == "week" else "D")
    table = counts.reindex(index=every, columns=list(NAMES), fill_value=0).fillna(0).astype(int)
    table["reviews"] = table.sum(axis=1)
    table["share"] = (table["negative"] / table["reviews"]).where(table["reviews"] > 0)
    rated = ratings.reindex(every)
    table["rating"] = (rated["rating"] / rated["rated"]).where(rated["rated"] > 0)
    return table


def telling_words(table: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """Of phrases.compare's table the words that set the groups apart most, clear ones only: first group's first."""
    clear = table[table["z"].abs() >= CLEAR_Z].drop_duplicates("word")
    return pd.concat([clear[clear["z"] > 0].head(most), clear[clear["z"] < 0].tail(most).iloc[::-1]])


def word_bars(shown: pd.DataFrame, names: tuple[Text, Text], *, sided: bool, lang: Lang, dark: bool) -> go.Figure:
    """Words by how much they set two groups apart (z of log-odds): the first group's to the right.

    shown  word · one · other · z, as ``telling_words`` gives it      names  of the two groups
    sided  the groups are praise and complaint, and have their colours
    """
    if shown.empty:
        return theme.empty(lang, dark=dark, text=msg("没有明显偏向一边的词"))
    right, left = (COLOURS["positive"], COLOURS["negative"]) if sided else (theme.ACCENT, COLOURS["neutral"])
    shown = pd.concat([shown[shown["z"] < 0], shown[shown["z"] > 0].iloc[::-1]])
    colours = [right if z > 0 else left for z in shown["z"]]
    one, other = (word(name, lang) for name in names)
    figure = go.Figure(
        go.Bar(
            y=shown["word"], x=shown["z"], orientation="h", marker_color=colours, text=shown["word"],
            textposition="outside", cliponaxis=False, textfont={"color": theme.font_colour(dark=dark)},
            customdata=shown[["word", "one", "other"]].to_numpy(),
            hovertemplate=f"%{{y}}<br>{one} %{{customdata[1]:,}} · {other} %{{customdata[2]:,}}<extra></extra>",
        )
    )  # fmt: skip
    for name, place, side, colour in ((other, 0, "left", left), (one, 1, "right", right)):
        figure.add_annotation(
            text=name, x=place, y=1, xref="paper", yref="paper", yanchor="bottom", xanchor=side, showarrow=False,
            font={"color": colour if sided else theme.font_colour(dark=dark)},
        )  # fmt: skip
    edge = float(shown["z"].abs().max()) * 1.35
    figure.update_layout(bargap=0.25)
    theme.finish(figure, height=21 * len(shown) + 60, dark=dark, top=28)
    figure.update_xaxes(range=[-edge, edge], showticklabels=False, showgrid=False, zeroline=True)
    figure.update_yaxes(visible=False)
    return figure
