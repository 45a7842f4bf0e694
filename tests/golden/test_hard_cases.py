"""Hard reviews with the answer a person gives: negation, contrast, sarcasm, prices, delivery times, English, emoji.

Part a was there while the rules were made, part b was only scored. SnowNLP is scored on the same list.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.text import polarity

CASES = pd.read_csv(Path(__file__).parent / "hard_cases.tsv", sep="\t")
SIDED = CASES[CASES["label"] != "neutral"]


def accuracy(cases: pd.DataFrame) -> float:
    logits = polarity.load().logits(polarity.prepare(list(cases["text"])))
    return float(((logits > 0) == (cases["label"] == "positive")).mean())


def test_the_list_is_long_and_varied():
    assert len(SIDED) >= 150
    assert SIDED["kind"].nunique() >= 9
    assert 0.35 < (SIDED["label"] == "positive").mean() < 0.65
    assert CASES["text"].is_unique


@pytest.mark.parametrize("part", ["a", "b"])
def test_nine_in_ten_are_right(part: str):
    assert accuracy(SIDED[SIDED["part"] == part]) >= 0.90


@pytest.mark.parametrize("kind", sorted(SIDED["kind"].unique()))
def test_no_kind_is_lost(kind: str):
    assert accuracy(SIDED[SIDED["kind"] == kind]) >= 0.70


def test_snownlp_gets_far_fewer_right():
    from snownlp import SnowNLP

    told = np.array([SnowNLP(text).sentiments > 0.5 for text in SIDED["text"]])
    assert (told == (SIDED["label"] == "positive")).mean() < accuracy(SIDED) - 0.15


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("不高兴", "negative"),
        ("不是很好", "negative"),
        ("没有任何问题", "positive"),
        ("不能更满意了", "positive"),
        ("性价比不高", "negative"),
        ("快递三天才到", "negative"),
    ],
)
def test_the_examples_of_the_definitions(text: str, label: str):
    logit = polarity.load().logits(polarity.prepare([text]))[0]
    assert (logit > 0) == (label == "positive")
