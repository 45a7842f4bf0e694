"""Charts of recommendations show the numbers they were given, in words of the language, and are calm about nothing."""

import datetime as dt
import math
import re

import pandas as pd
import pytest

from analytics.charts import recommend as charts
from analytics.charts import theme
from analytics.models.recommend import Params, Result
from analytics.models.recommend_split import NO_TRIAL, Trial

HAN = re.compile(r"[\u4e00-\u9fff]")
SEGMENTS = pd.DataFrame(
    {
        "segment": ["tea <b>200g</b>", "very long name of a product that nobody reads", "mug"],
        "customers": [12_345, 800, 2],
        "first": [5_000, 0, 2],
        "buyers": [10, 20, 30],
        "price": [116.5, 15.0, math.nan],
    }
)
TABLE = pd.DataFrame(
    [
        ("popularity", 0.0, 0.30, 0.10, 0.2),
        ("popularity", 14.0, 0.35, 0.12, 0.2),
        ("item_item", 0.0, 0.50, 0.20, 0.9),
        ("als", 0.0, 0.45, 0.19, 0.8),
    ],
    columns=["way", "trend_days", "hit_rate", "recall", "coverage"],
)
TRIAL = Trial(TABLE, dt.date(2024, 3, 1), 100, 100, 7, 0.15, 0.05)


def result(segments=SEGMENTS, trial=TRIAL):
    return Result(
        customers=None, columns=(), rank_by="score", segments=segments, segment_columns=(), named=(), headline={},
        findings=(), method=(), params=Params(), as_of=dt.date(2024, 4, 1), trial=trial, way="item_item", trend_days=0,
        items_known=3, items_allowed=3, customers_known=9, customers_served=9, one_product=0, liked_from=None,
        reasoned=1.0, buyers_mean=9.0, has_category=False,
    )  # fmt: skip


DRAWN = {
    "products": lambda **look: charts.product_bars(result(), **look),
    "proof": lambda **look: charts.proof_bars(result(), **look),
}
NOTHING = {
    "products": lambda **look: charts.product_bars(result(SEGMENTS[:0]), **look),
    "proof": lambda **look: charts.proof_bars(result(trial=NO_TRIAL), **look),
}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_has_the_common_look_and_no_chinese_in_english(name, dark):
    figure = DRAWN[name](lang="en", dark=dark)
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.color == theme.font_colour(dark=dark)
    words = figure.to_json().replace(theme.FONT_FAMILY, "")
    assert not HAN.search(words.encode().decode("unicode_escape"))


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_to_draw_is_said(name):
    figure = NOTHING[name](lang="zh")
    assert not figure.data
    assert figure.layout.annotations[0].text


def test_product_bars_add_up_and_carry_the_key():
    first, later = charts.product_bars(result(), lang="zh").data
    assert [a + b for a, b in zip(first.x, later.x, strict=True)] == [12_345, 800, 2]
    assert list(first.x) == [5_000, 0, 2]
    assert list(later.text) == ["1.23万", "800", "2"]
    assert [data[0] for data in later.customdata] == list(SEGMENTS["segment"])


def test_a_users_text_is_no_html_and_long_names_are_cut():
    figure = charts.product_bars(result(), lang="zh")
    assert figure.layout.yaxis.ticktext[0] == "tea &lt;b&gt;200g&lt;/b&gt;"
    assert figure.layout.yaxis.ticktext[1].endswith("…")
    assert "&lt;b&gt;" in figure.data[0].hovertext[0]
    assert "均价" not in figure.data[0].hovertext[2]  # no price is known


def test_products_of_a_table_of_ratings_have_no_price():
    figure = charts.product_bars(result(SEGMENTS.drop(columns="price")), lang="zh")
    assert not [text for text in figure.data[0].hovertext if "均价" in text]


def test_each_way_is_shown_with_its_best_half_life_and_the_one_in_use_is_coloured():
    bars = charts.proof_bars(result(), lang="zh").data[0]
    assert list(bars.x) == [0.35, 0.5, 0.45]
    assert list(bars.marker.color) == ["#9AA5AF", theme.ACCENT, "#9AA5AF"]
    assert "在用" in bars.y[1]


def test_intervals_are_wilsons():
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 gives .2553 to .3662
    assert charts.wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert charts.wilson(0.0, 20)[0] == 0
    assert charts.wilson(1.0, 20)[1] == pytest.approx(1)
