"""The charts of the sentiment page show the numbers of the result, whatever the language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from analytics.charts import sentiment as charts
from analytics.dataset import Dataset
from analytics.i18n import msg
from analytics.models.sentiment import Params, Result, analyze
from analytics.text import phrases

NONE = pd.DataFrame({"start": []})
NAMES = (msg("好评"), msg("差评"))


@pytest.fixture(scope="module")
def result(prepare_sample: Callable[[str], Dataset]) -> Result:
    return analyze(prepare_sample("商品评论.xlsx"), Params())


@pytest.mark.parametrize(("lang", "price"), [("zh", "价格"), ("en", "Price")])
def test_bars_of_aspects_are_shares_of_their_mentions(result: Result, lang: Any, price: str):
    figure = charts.aspect_bars(result, lang=lang, dark=False)
    table = result.aspects.set_index("aspect")
    for bar, side, sign in zip(figure.data, ("negative", "positive"), (-1, 1), strict=True):
        at = list(bar.y).index(price)
        assert bar.x[at] == pytest.approx(sign * table.loc["price", side] / table.loc["price", "mentions"])
        assert list(bar.customdata[at]) == ["price", side]


@pytest.mark.parametrize("period", ["week", "day"])
def test_the_trend_holds_every_dated_review_once(result: Result, period: str):
    figure = charts.trend(result, period, NONE, lang="zh", dark=False)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert sum(sum(trace.y) for trace in bars) == result.total
    assert [sum(trace.y) for trace in bars] == [result.count(key) for key in ("negative", "neutral", "positive")]
    assert bars[0].customdata[0][0].endswith(" negative")


def test_a_period_without_reviews_has_no_share():
    daily = pd.DataFrame(
        {"day": pd.to_datetime(["2025-01-06", "2025-01-20"]), "segment": "negative", "reviews": 1, "rated": 0,
         "rating": 0.0}
    )  # fmt: skip
    table = charts.per_period(daily, "week")
    assert table["reviews"].tolist() == [1, 0, 1]
    assert table["share"].isna().tolist() == [False, True, False]
    assert table["rating"].isna().all()


@pytest.mark.parametrize(("low", "high", "step"), [(3.0, 4.5, 0.5), (1.0, 1.0, 0.1), (0, 100, 10.0)])
def test_ticks_of_ratings_are_round_and_few(low: float, high: float, step: float):
    assert charts.rating_step(pd.Series([low, high])) == step


def test_only_clear_words_are_shown_first_group_first():
    table = phrases.compare(phrases.count_words(["味道很新鲜"] * 30), 30, phrases.count_words(["味道都变质"] * 30), 30)
    shown = charts.telling_words(table[~table["phrase"]])
    assert shown["word"].tolist() == ["新鲜", "变质"]
    figure = charts.word_bars(shown, NAMES, sided=True, lang="zh", dark=True)
    assert [list(row) for row in figure.data[0].customdata] == [["变质", 0, 30], ["新鲜", 30, 0]]


def test_nothing_to_show_is_said():
    figure = charts.word_bars(
        phrases.compare(*[phrases.count_words([]), 0] * 2), NAMES, sided=True, lang="en", dark=False
    )
    assert not figure.data
    assert figure.layout.annotations
