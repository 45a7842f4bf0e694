"""Aspects on asap (Meituan; Apache-2.0, 300 reviews of restaurants): which are mentioned, and what is said of them.

Its 18 aspects are joined to the twelve of our dictionary for food. Detection: F1 of an aspect over reviews. Polarity:
macro-F1 over positive, neutral, negative where both sides mention it. Nothing was learned from these labels.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.models.sentiment_scores import aspect_mentions
from analytics.text import aspects as dictionaries
from analytics.text import polarity

OURS = {
    "location_traffic": "location", "location_distance_from_business_district": "location",
    "location_easy_to_find": "location", "service_wait_time": "wait", "service_waiters_attitude": "service",
    "service_parking_convenience": "parking", "service_serving_speed": "wait", "price_level": "price",
    "price_cost_effective": "price", "price_discount": "price", "environment_decoration": "environment",
    "environment_noise": "noise", "environment_space": "space", "environment_cleaness": "hygiene",
    "dish_portion": "portion", "dish_taste": "taste", "dish_look": "look", "dish_recommendation": "recommend",
}  # fmt: skip
NOT_MENTIONED = -2


def aspects(folder: Path) -> dict[str, float]:
    """One line an aspect; returns the means."""
    table = pd.concat(
        pd.read_csv(folder / "asap" / f"{part}_sample.csv", encoding="utf-8-sig") for part in ("train", "dev", "test")
    )
    groups: dict[str, list[str]] = defaultdict(list)
    for theirs, ours in OURS.items():
        groups[ours].append(theirs)
    told = _told(list(table["reviewbody"]))
    print(f"{'aspect (asap)':14}{'n':>5}  precision recall   F1   polarity: n  accuracy macro-F1")
    rows = []
    for ours, columns in groups.items():
        marks = table[columns].to_numpy()
        said = (marks > NOT_MENTIONED).any(axis=1)
        sides = np.sign(np.where(marks > NOT_MENTIONED, marks, 0).sum(axis=1))
        found = np.array([ours in aspects_of for aspects_of in told])
        hit = int((said & found).sum())
        precision, recall = hit / max(int(found.sum()), 1), hit / max(int(said.sum()), 1)
        both = np.flatnonzero(said & found)
        truth, guess = sides[both], np.array([told[at][ours] for at in both])
        rows.append((2 * hit / max(int(said.sum() + found.sum()), 1), _macro(truth, guess)))
        right = (truth == guess).mean() if hit else float("nan")
        detected = f"{precision:9.3f} {recall:6.3f} {rows[-1][0]:.3f}"
        print(f"{ours:14}{said.sum():5}  {detected}   {hit:11} {right:9.3f} {rows[-1][1]:8.3f}")
    detection, sentiment = np.nanmean(rows, axis=0)
    print(f"macro-F1: detection {detection:.3f}, polarity {sentiment:.3f}")
    return {"aspect_detection_macro_f1": float(detection), "aspect_polarity_macro_f1": float(sentiment)}


def _told(texts: list[str]) -> list[dict[str, int]]:
    """Per review: aspect → sign of its mentions."""
    prepared = polarity.prepare(texts)
    probability = polarity.sigmoid(polarity.load().logits(prepared))
    sums: list[dict[str, int]] = [{} for _ in texts]
    for mention in aspect_mentions(prepared, dictionaries.dictionary("food"), probability):
        sums[mention.text][mention.aspect] = sums[mention.text].get(mention.aspect, 0) + mention.polarity
    return [{aspect: int(np.sign(total)) for aspect, total in found.items()} for found in sums]


def _macro(truth: np.ndarray, guess: np.ndarray) -> float:
    """Mean F1 of the sides that occur."""
    scores = []
    for side in (-1, 0, 1):
        if (truth == side).any() or (guess == side).any():
            hit = int(((truth == side) & (guess == side)).sum())
            scores.append(2 * hit / int((truth == side).sum() + (guess == side).sum()))
    return float(np.mean(scores)) if scores else float("nan")
