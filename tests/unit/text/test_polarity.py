"""The stored model: small, quick to load, the same as what training gives; and how it is fitted to a file."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from analytics.text import adapt, ngrams, polarity
from analytics.text.tokens import clean
from tests.source_code import ROOT


def test_ngrams_are_those_of_a_slow_count():
    counts = ngrams.count(["好好", "好"])
    assert counts.shape == (2, 1 << ngrams.BITS)
    # Framed by a start and an end: 好好 has 4 characters, so 4 + 3 + 2 + 1 grams; 好 has 3 + 2 + 1 (none of length 4).
    assert counts.sum(axis=1).ravel().tolist() == [[10.0, 6.0]]


def test_ngrams_do_not_run_into_the_next_text():
    together, alone = ngrams.count(["东西好", "不错"]), ngrams.count(["不错"])
    assert (together[1] != alone[0]).nnz == 0


def test_the_file_is_small_and_holds_no_objects():
    assert polarity.FILE.stat().st_size < 3_000_000
    with np.load(polarity.FILE, allow_pickle=False) as kept:
        assert set(kept.files) == {"weights", "idf", "numbers"}


def test_it_is_ready_in_two_seconds():
    code = (
        "import time; t = time.perf_counter(); from analytics.text import polarity as p; "
        "p.load().logits(p.prepare(['好'])); print(time.perf_counter() - t)"
    )
    run = [subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, check=True, timeout=60) for _ in range(2)]  # fmt: skip
    assert float(run[1].stdout) < 2 * float(os.environ.get("ZHIKE_SLOW_FACTOR", "2"))


def test_training_gives_what_is_stored():
    """Weights and rarities are kept in a byte each, so they agree to a step of theirs."""
    from analytics.text.training import train

    made, stored = train(), polarity.load()
    for ours, kept in ((made.weights, stored.weights), (made.idf, stored.idf)):
        assert np.abs(ours - kept).max() <= np.abs(kept).max() / 127 * 1.01
        assert (ours != kept).mean() < 0.01
    assert made.top == pytest.approx(stored.top, abs=0.01)
    assert [made.intercept, made.top_intercept] == pytest.approx([stored.intercept, stored.top_intercept], abs=0.01)


def logits(texts: list[str]) -> np.ndarray:
    return polarity.load().logits(polarity.prepare(texts))


def test_texts_of_unknown_characters_are_undecided():
    assert abs(logits(["ΩΨΞ"])[0]) < 1.5


def unlabelled(texts: list[str]) -> np.ndarray:
    return np.full(len(texts), np.nan)


def test_few_texts_are_not_fitted():
    texts = ["很好", "很差"]
    fitted = adapt.adapt(texts, logits(texts), unlabelled(texts), np.zeros(2, dtype=bool))
    assert fitted.learned_from == "nothing"


def file_of(good: int, bad: int) -> tuple[list[str], np.ndarray]:
    praise, complaint = ("味道很好", "包装精美", "物流很快", "会回购"), ("味道难吃", "包装破了", "物流太慢", "很失望")
    texts = [f"{praise[n % 4]}，{praise[(n // 4) % 4]}，第{chr(0x4E00 + n)}次" for n in range(good)]
    texts += [f"{complaint[n % 4]}，{complaint[(n // 4) % 4]}，第{chr(0x5E00 + n)}次" for n in range(bad)]
    return texts, np.r_[np.ones(good), np.zeros(bad)]


@pytest.mark.parametrize(("good", "bad"), [(190, 10), (100, 100), (20, 180)])
def test_the_share_of_praise_is_estimated_without_labels(good: int, bad: int):
    texts, truth = file_of(good, bad)
    fitted = adapt.adapt(texts, logits(texts), unlabelled(texts), np.zeros(len(texts), dtype=bool))
    assert fitted.positive_share == pytest.approx(good / (good + bad), abs=0.12)
    assert ((fitted.logits > 0) == (truth == 1)).mean() > 0.95


def test_labels_teach_what_the_model_cannot_know():
    """A shop in whose reviews a made-up word is the praise."""
    texts = [f"这次是{'咕噜噜' if n % 2 else '哔啵啵'}的，{chr(0x4E00 + n)}" for n in range(200)]
    truth = np.array([n % 2 for n in range(200)], dtype=float)
    labels = np.where(np.arange(200) < 120, truth, np.nan)
    fitted = adapt.adapt(texts, logits(texts), labels, np.zeros(200, dtype=bool))
    assert fitted.learned_from == "labels"
    assert ((fitted.logits > 0) == (truth == 1))[120:].mean() > 0.95


def test_traditional_and_full_width_are_the_same_text():
    assert clean("東西很好，１００分") == clean("东西很好,100分")
