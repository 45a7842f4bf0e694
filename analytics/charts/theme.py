"""How every chart looks: fonts of the system, colours that colour-blind people can tell apart, light and dark.

Backgrounds are transparent, so that a chart takes the page's. A segment has one colour on every page and in every
export: blues are core customers, greens can grow, oranges and reds are to be won back, greys have low priority
(hues after Okabe and Ito, 2008; neighbours within a hue differ in lightness).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from analytics.i18n import Lang, Text, format_count, format_money, msg, word

FONT_FAMILY = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
SEQUENCE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C7AE6", "#7F8C8D")
ACCENT = "#0072B2"

SEGMENT_COLOURS: dict[str, str] = {
    "champions": "#0B5394", "loyal": "#3D8FD1",
    "potential": "#00795A", "new": "#2BB58B", "promising": "#86D1B4",
    "need_attention": "#F2C14E", "about_to_sleep": "#E69F00", "at_risk": "#D5762B", "cant_lose": "#B3401B",
    "hibernating": "#9AA5AF", "lost": "#6B7680",
    "active": "#3D8FD1", "dormant": "#B08968", "returning": "#3D8FD1", "resurrecting": "#8C7AE6",
    "key_value": "#0B5394", "key_develop": "#00795A", "key_keep": "#D5762B", "key_retain": "#B3401B",
    "plain_value": "#2BB58B", "plain_develop": "#86D1B4", "plain_keep": "#9AA5AF", "plain_retain": "#6B7680",
    "no_net_spend": "#C3C9CE", "new_buyer": "#8C7AE6", "other": "#B8B8B8",
}  # fmt: skip


def font_colour(*, dark: bool) -> str:
    """The colour of text on the page's background."""
    return "#E8EAED" if dark else "#24292F"


def grid_colour(*, dark: bool) -> str:
    """The colour of grid lines: there, but quiet."""
    return "rgba(255,255,255,0.14)" if dark else "rgba(0,0,0,0.09)"


def scale(*, dark: bool) -> list[list[float | str]]:
    """A colour scale of one hue from next to nothing to much; ``font_colour`` can be read on all of it."""
    if dark:
        return [[0, "#16222E"], [1, "#2F6EA3"]]
    return [[0, "#F1F6FB"], [1, "#6FA8DC"]]


def two_sided(*, dark: bool) -> list[list[float | str]]:
    """Orange for less, blue for more, the page's ground for the same; text can be read on all of it."""
    if dark:
        return [[0, "#8A4B12"], [0.5, "#1B232C"], [1, "#2F6EA3"]]
    return [[0, "#F0B27A"], [0.5, "#F7F8F9"], [1, "#7FB3E0"]]


def ink(colour: str) -> str:
    """Black or white, whichever is read better on a #RRGGBB colour (WCAG relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#FFFFFF" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "#101418"


def faded(colour: str, alpha: float) -> str:
    """A #RRGGBB colour made transparent."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def finish(figure: go.Figure, *, height: int, dark: bool, top: int = 8) -> go.Figure:
    """Give a figure the common look. ``height`` and ``top`` (margin) in pixels; room for labels is made by itself."""
    text = font_colour(dark=dark)
    axis = {
        "automargin": True, "gridcolor": grid_colour(dark=dark), "zeroline": False, "linecolor": grid_colour(dark=dark),
        "tickfont": {"color": text}, "title": {"font": {"color": text}, "standoff": 10},
    }  # fmt: skip
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": top, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        colorway=SEQUENCE,
        font={"family": FONT_FAMILY, "size": 13, "color": text},
        hoverlabel={
            "font": {"family": FONT_FAMILY, "size": 13, "color": text}, "align": "left",
            "bgcolor": "#22303C" if dark else "#FFFFFF", "bordercolor": grid_colour(dark=dark),
        },
        showlegend=False,
        uirevision="keep",
        separators=".,",
        dragmode=False,
    )  # fmt: skip
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
    return figure


def empty(lang: Lang, *, dark: bool, text: Text | None = None, height: int = 200) -> go.Figure:
    """A calm figure for when there is nothing to draw."""
    figure = go.Figure()
    figure.add_annotation(
        text=word(text or msg("这里没有可画的数据"), lang), showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper"
    )
    finish(figure, height=height, dark=dark)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure


def ticks(low: float, high: float, lang: Lang, *, money: bool = False, most: int = 6) -> tuple[list[float], list[str]]:
    """Tick values on round numbers within [low, high], and their texts with 万 and 亿, or k and M."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        values: Sequence[float] = [low] if math.isfinite(low) else []
    else:
        rough = (high - low) / most
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= rough * 0.999)
        first = math.ceil(low / step - 1e-9)
        values = [round(at * step, 10) for at in range(first, math.floor(high / step + 1e-9) + 1)]
    return list(values), [tick_text(value, lang, money=money) for value in values]


def tick_text(value: float, lang: Lang, *, money: bool = False) -> str:
    """A number short enough for an axis, trailing zeros taken off: ¥2万, 1.5万, 0.25, ¥120.5."""
    if abs(value) < 10_000 and value != round(value):
        return ("-" if value < 0 else "") + ("¥" if money else "") + f"{abs(value):,.2f}".rstrip("0").rstrip(".")
    text = format_money(value, lang) if money else format_count(value, lang)
    number, unit = (text[:-1], text[-1]) if not text[-1].isdigit() else (text, "")
    return (number.rstrip("0").rstrip(".") if "." in number else number) + unit
