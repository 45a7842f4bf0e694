"""Words and phrases of reviews: what praise and complaint say, what is said lately, what is new, what is copied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import ibis
import pandas as pd

from analytics.models.sentiment import Result
from analytics.text import phrases, rules
from analytics.text.opinions import opinions
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


def opinions_near(result: Result, aspect: str, polarity: int, most: int = 8) -> list[tuple[str, int]]:
    """The opinion words in the clauses that say so of an aspect, with the number of mentions, most frequent first."""
    mentions, strength = result.mentions, opinions().strength
    rows = mentions.filter((mentions.aspect == aspect) & (mentions.polarity == polarity)).select("words").execute()
    found: Counter[str] = Counter()
    for words in rows["words"]:
        found.update({word for word in words.split() if polarity * _side(word, strength) > 0})
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:most]


def _side(word: str, strength: Mapping[str, float]) -> float:
    """The strength of an opinion word, or of one with what denies it before it; 0 for a word of an aspect alone."""
    if word in strength:
        return strength[word]
    return sum(hit.strength for hit in rules.find(word.lower()))


def with_word(result: Result, said: str, segment: str | None = None) -> pd.DataFrame:
    """The reviews in which a word or phrase stands (of one segment, if named): rows of ``Result.customers``.

    ``words`` is the word, for marking. What ``clean`` changes (traditional, full width) is found as it was cleaned.
    """
    table = result.customers
    if segment is not None:
        table = table.filter(table.segment == segment)
    frame: pd.DataFrame = table.execute()
    found = frame[[said in clean(text).lower() for text in frame["text"]]]
    return found.assign(words=said)


def copied_texts(result: Result, most: int) -> pd.DataFrame:
    """Copies · text · copy_of: groups of reviews that say the same, the largest first, one text of each."""
    table = result.customers
    copied = table.filter(table.copies > 1)
    found = copied.group_by("copy_of").agg(copies=copied.count(), text=copied.text.min())
    frame: pd.DataFrame = found.order_by([ibis.desc("copies"), "copy_of"]).limit(most).execute()
    return frame[["copies", "text", "copy_of"]]


def copies_of(result: Result, copy_of: int) -> pd.DataFrame:
    """The reviews of one group: rows of ``Result.customers``."""
    table = result.customers
    frame: pd.DataFrame = table.filter(table.copy_of == copy_of).order_by("row_id").execute()
    return frame


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
