"""The charts of the sentiment page: aspects by praise and complaint, the trend with ratings, words that set apart."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import theme
from analytics.i18n import Lang, Text, msg, word
from analytics.models.sentiment import SEGMENTS, Result
from analytics.text.aspects import name_of

COLOURS = {"positive": "#009E73", "neutral": "#B4BBC1", "negative": "#D55E00"}
NAMES: dict[str, Text] = {segment.key: segment.name for segment in SEGMENTS}
MOST_ASPECTS = 9
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


def _hover(row: dict[str, float], key: str, lang: Lang) -> str:
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
    table = _per_period(result.daily, period)
    from plotly.subplots import make_subplots

    rated = bool(table["rating"].notna().any())
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.1, row_heights=[0.55, 0.45],
        specs=[[{}], [{"secondary_y": True}]],
    )  # fmt: skip
    for key in ("negative", "neutral", "positive"):
        figure.add_bar(
            x=table.index, y=table[key], marker_color=COLOURS[key], name=word(NAMES[key], lang), row=1, col=1,
            hovertemplate=f"%{{x|%Y-%m-%d}}<br>{word(NAMES[key], lang)} %{{y:,}}<extra></extra>",
        )  # fmt: skip
    name = word(msg("差评占比"), lang)
    figure.add_scatter(
        x=table.index, y=table["share"], mode="lines+markers", line={"color": COLOURS["negative"]}, name=name,
        marker={"size": 4}, customdata=table["reviews"], row=2, col=1,
        hovertemplate=f"%{{x|%Y-%m-%d}}<br>{name} %{{y:.1%}} (n = %{{customdata:,}})<extra></extra>",
    )  # fmt: skip
    if rated:
        stars = word(msg("平均评分"), lang)
        figure.add_scatter(
            x=table.index, y=table["rating"], mode="lines", line={"color": theme.ACCENT, "dash": "dot"}, name=stars,
            row=2, col=1, secondary_y=True, hovertemplate=f"%{{x|%Y-%m-%d}}<br>{stars} %{{y:.2f}}<extra></extra>",
        )  # fmt: skip
    for start in marks["start"] if len(marks) else ():
        figure.add_vline(x=start, line={"color": COLOURS["negative"], "width": 1, "dash": "dash"})
    figure.update_layout(barmode="stack", bargap=0.15)
    theme.finish(figure, height=380, dark=dark, top=34)
    figure.update_xaxes(tickformat="%Y-%m-%d", nticks=8)
    figure.update_yaxes(title={"standoff": 14})
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    figure.update_yaxes(tickformat=",d", row=1, col=1, title=word(msg("评论数"), lang))
    figure.update_yaxes(tickformat=".0%", rangemode="tozero", row=2, col=1, title=name, secondary_y=False)
    if rated:
        figure.update_yaxes(
            row=2,
            col=1,
            title=word(msg("平均评分"), lang),
            showgrid=False,
            secondary_y=True,
            tickformat=".1f",
            nticks=4,
        )
    return figure


def _per_period(daily: pd.DataFrame, period: str) -> pd.DataFrame:
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


def word_bars(table: pd.DataFrame, names: tuple[Text, Text], *, lang: Lang, dark: bool, most: int = 12) -> go.Figure:
    """Words by how much they set two groups apart (z of log-odds): the first group's to the right.

    table  word · one · other · z, as phrases.compare gives it      names  of the two groups
    """
    ranked = table.reindex(table["z"].abs().sort_values(ascending=False, kind="stable").index)
    left, right = ranked[ranked["z"] < 0].head(most), ranked[ranked["z"] > 0].head(most)
    shown = pd.concat([left.sort_values("z", ascending=False), right.sort_values("z", ascending=True)])
    if shown.empty:
        return theme.empty(lang, dark=dark, text=msg("没有明显偏向一边的词"))
    colours = [COLOURS["positive"] if z > 0 else COLOURS["negative"] for z in shown["z"]]
    one, other = (word(name, lang) for name in names)
    figure = go.Figure(
        go.Bar(
            y=shown["word"], x=shown["z"], orientation="h", marker_color=colours, text=shown["word"],
            textposition="outside", cliponaxis=False, textfont={"color": theme.font_colour(dark=dark)},
            customdata=shown[["one", "other"]].to_numpy(),
            hovertemplate=f"%{{y}}<br>{one} %{{customdata[0]:,}} · {other} %{{customdata[1]:,}}<extra></extra>",
        )
    )  # fmt: skip
    for name, place, side, colour in ((other, 0, "left", "negative"), (one, 1, "right", "positive")):
        figure.add_annotation(
            text=name, x=place, y=1, xref="paper", yref="paper", yanchor="bottom", xanchor=side, showarrow=False,
            font={"color": COLOURS[colour]},
        )  # fmt: skip
    edge = float(shown["z"].abs().max()) * 1.35
    figure.update_layout(bargap=0.25)
    theme.finish(figure, height=21 * len(shown) + 60, dark=dark, top=28)
    figure.update_xaxes(range=[-edge, edge], showticklabels=False, showgrid=False, zeroline=True)
    figure.update_yaxes(visible=False)
    return figure
