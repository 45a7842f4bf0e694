"""Words of reviews: what praise and complaint say, what is said lately, what is new, what is copied."""

from __future__ import annotations

import ibis
import pandas as pd

from analytics.models.sentiment import Result
from analytics.text import phrases
from analytics.text.tokens import clean

MOST_REVIEWS = 50_000  # that words are counted in: above it the first ones by a hash of the row


def words_by_polarity(result: Result) -> pd.DataFrame:
    """phrases.compare of praise (one) against complaint (other)."""
    table = _texts(result)
    return _compare(table, table["segment"] == "positive", table["segment"] == "negative")


def words_lately(result: Result, days: int) -> pd.DataFrame:
    """phrases.compare of the ``days`` before ``as_of`` (one) against what came before them (other)."""
    table = _texts(result)
    if "days_ago" not in table.columns:
        return phrases.compare(phrases.count_words([]), 0, phrases.count_words([]), 0)
    age = table["days_ago"]
    return _compare(table, age.between(0, days).fillna(value=False), (age > days).fillna(value=False))


def unknown_words(result: Result) -> pd.DataFrame:
    """phrases.new_words of the distinct texts."""
    return phrases.new_words(sorted({clean(text) for text in _texts(result)["text"]}))


def copied_texts(result: Result, most: int) -> pd.DataFrame:
    """Copies · text: groups of reviews that say the same, the largest first, one text of each."""
    table = result.customers
    found = table.filter(table.copies > 1).group_by("copies", "text").agg(n=table.count())
    frame = found.order_by(ibis.desc("copies"), "text").limit(most).execute()
    return frame[["copies", "text"]]


def _texts(result: Result) -> pd.DataFrame:
    names = [name for name in ("row_id", "segment", "text", "days_ago") if name in result.customers.columns]
    table = result.customers.select(*names)
    frame: pd.DataFrame = table.order_by(table.row_id.cast("string").hexdigest("md5")).limit(MOST_REVIEWS).execute()
    return frame


def _compare(table: pd.DataFrame, one: pd.Series, other: pd.Series) -> pd.DataFrame:
    counts = [
        phrases.count_words(clean(text) for text in table.loc[chosen.astype(bool), "text"]) for chosen in (one, other)
    ]
    return phrases.compare(counts[0], int(one.sum()), counts[1], int(other.sum()))
