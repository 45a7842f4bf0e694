"""Polarity of reviews from domains never seen in training, against SnowNLP; throughput; time to be ready; aspects.

    python benchmarks/sentiment.py ../shared/data [--reviews 2500] [--json]

Domains are the categories of online_shopping_10_cats.csv whose texts are not (nearly) in the corpus that both models
learned from: texts that stand in it, and texts of whose 10-character shingles it holds more than 30%, are left out,
and 书籍 and 计算机 with them, since hardly anything is left. No label of these files is used for training or fitting.
With --json one object of the main numbers is printed, which run.py turns into rows.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analytics.text import adapt, polarity
from analytics.text.polarity import sigmoid
from analytics.text.tokens import clean
from analytics.text.training import corpus

ASAP = "asap (4–5 against 1–2 stars)"
LETTERS = re.compile(r"[\W_]+")
SHINGLE, MOST_KNOWN = 10, 0.3
LEFT_OUT = ("书籍", "计算机")
SPEED_REVIEWS = 1000
MANY_REVIEWS = 10_000
BAND = (0.35, 0.65)  # the neutral band of the page
FOOD_OR_SHOP = {"平板", "手机", "水果", "洗发水", "热水器", "蒙牛", "衣服", ASAP}


def shingles(text: str) -> list[str]:
    """The shingles of a text's letters."""
    letters = LETTERS.sub("", text)
    return [letters[at : at + SHINGLE] for at in range(len(letters) - SHINGLE + 1)]


def unseen_domains(folder: Path, reviews: int) -> dict[str, tuple[list[str], np.ndarray]]:
    """Domain → texts and labels (1 praise)."""
    texts, _ = corpus()
    known, pieces = set(texts), {piece for text in texts for piece in shingles(text)}
    table = pd.read_csv(folder / "reviews_online_shopping" / "online_shopping_10_cats.csv").dropna()
    table["clean"] = table["review"].map(clean)
    table = table[~table["clean"].isin(known) & ~table["cat"].isin(LEFT_OUT)].drop_duplicates("clean")
    share = [np.mean([piece in pieces for piece in shingles(text)] or [0]) for text in table["clean"]]
    table = table[np.array(share) <= MOST_KNOWN]
    found = {}
    for name, part in table.groupby("cat"):
        chosen = part.sample(min(reviews, len(part)), random_state=1)
        found[str(name)] = (list(chosen["review"]), chosen["label"].to_numpy())
    asap = pd.concat(
        pd.read_csv(folder / "asap" / f"{part}_sample.csv", encoding="utf-8-sig") for part in ("train", "dev", "test")
    )
    asap = asap[asap["star"] != 3]
    found[ASAP] = (list(asap["reviewbody"]), (asap["star"] > 3).to_numpy().astype(int))
    return found


def fitted(texts: list[str]) -> tuple[np.ndarray, adapt.Adapted]:
    """Log-odds of the stored model, and what fitting to the file without labels gives."""
    prepared = polarity.prepare(texts)
    logits = polarity.load().logits(prepared)
    nothing = np.full(len(texts), np.nan)
    return logits, adapt.adapt(prepared.plain, logits, nothing, np.zeros(len(texts), dtype=bool))


def shifted(own: adapt.Adapted) -> np.ndarray:
    """Log-odds with the threshold moved to the file's estimated share of praise (what is not done, and why: adapt)."""
    return own.logits + np.log(own.positive_share / (1 - own.positive_share))


def macro_f1(truth: np.ndarray, told: np.ndarray) -> float:
    """Mean of the F1 of both sides."""
    scores = []
    for side in (0, 1):
        hit = int(((truth == side) & (told == side)).sum())
        scores.append(2 * hit / max(int((truth == side).sum() + (told == side).sum()), 1))
    return float(np.mean(scores))


def paired(numbers: Sequence[float]) -> str:
    """Accuracy/macro-F1 of each."""
    return "   ".join(f"{numbers[at]:.3f}/{numbers[at + 1]:.3f}" for at in range(0, len(numbers), 2))


def accuracy_table(folder: Path, reviews: int, peers: int) -> dict[str, float]:
    """One line a domain: SnowNLP, the stored model, fitted to the file, fitted with the threshold moved."""
    from snownlp import SnowNLP

    print(f"{'accuracy/macro-F1':32}{'n':>6}  SnowNLP*      stored        fitted        threshold moved")
    rows, names, certain = [], [], []
    for name, (texts, truth) in unseen_domains(folder, reviews).items():
        stored, own = fitted(texts)
        few = slice(0, min(peers, len(texts)))
        snow = np.array([SnowNLP(text).sentiments > 0.5 for text in texts[few]]).astype(int)
        row = [(snow == truth[few]).mean(), macro_f1(truth[few], snow)]
        for logits in (stored, own.logits, shifted(own)):
            told = (logits > 0).astype(int)
            row += [(told == truth).mean(), macro_f1(truth, told)]
        rows.append(row)
        names.append(name)
        certain.append(calibration(sigmoid(own.logits), truth))
        print(f"{name:32}{len(texts):6}  " + paired(row))
    mean = np.mean(rows, axis=0)
    part = np.mean([row for row, name in zip(rows, names, strict=True) if name in FOOD_OR_SHOP], axis=0)
    for what, numbers in (("mean", mean), ("mean of shop- and food-like", part)):
        print(f"{what:38}  " + paired(numbers))
    print(f"* on the first {peers} of each, since it is slow")
    error, inside, outside = np.mean(certain, axis=0)
    print(
        f"fitted: expected calibration error {error:.3f}; in the neutral band {inside:.1%}; right outside {outside:.3f}"
    )
    return {"accuracy": part[4], "macro_f1": part[5], "snownlp_accuracy": part[0], "snownlp_macro_f1": part[1],
            "calibration_error": error, "right_outside_band": outside}  # fmt: skip


def calibration(probability: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """Expected calibration error over ten bins; share inside the neutral band; accuracy outside it."""
    place = np.minimum((probability * 10).astype(int), 9)
    error = sum(
        abs(probability[place == at].mean() - truth[place == at].mean()) * (place == at).mean()
        for at in range(10)
        if (place == at).any()
    )
    sure = (probability <= BAND[0]) | (probability >= BAND[1])
    return float(error), float(1 - sure.mean()), float(((probability > 0.5) == (truth == 1))[sure].mean())


def uneven(folder: Path, praise: float = 0.9, reviews: int = 1000) -> None:
    """Files with nine praises in ten, cut out of the even ones: accuracy/macro-F1."""
    rows = []
    for texts, truth in unseen_domains(folder, 2500).values():
        good, bad = np.flatnonzero(truth == 1), np.flatnonzero(truth == 0)
        few = min(reviews, int(len(good) / praise))
        at = np.r_[good[: int(few * praise)], bad[: max(few - int(few * praise), 1)]]
        stored, own = fitted([texts[place] for place in at])
        rows.append(
            [
                number
                for logits in (stored, own.logits, shifted(own))
                for told in [(logits > 0).astype(int)]
                for number in ((told == truth[at]).mean(), macro_f1(truth[at], told))
            ]
        )
    mean = np.mean(rows, axis=0)
    told = paired(mean)
    print(f"mean over files with {praise:.0%} praise, {reviews} reviews: stored, fitted, threshold moved  {told}")


def speed(folder: Path) -> dict[str, float]:
    """Reviews a second of both on the same reviews in turn, each warmed up; processor time, one thread."""
    from snownlp import SnowNLP

    texts = [text for texts, _ in unseen_domains(folder, SPEED_REVIEWS // 8).values() for text in texts][:SPEED_REVIEWS]
    own, with_fit, peer = [], [], []
    fitted(texts)
    SnowNLP(texts[0]).sentiments  # noqa: B018
    for _ in range(3):
        for took, run in (
            (own, lambda: polarity.load().logits(polarity.prepare(texts))),
            (with_fit, lambda: fitted(texts)),
            (peer, lambda: [SnowNLP(text).sentiments for text in texts]),
        ):
            began = time.process_time()
            run()
            took.append(time.process_time() - began)
    n, slow = len(texts), float(np.median(peer))
    print(f"reviews a second, {n} reviews: SnowNLP {n / slow:,.0f}")
    times = {"times_snownlp": slow / float(np.median(own)), "times_snownlp_with_fit": slow / float(np.median(with_fit))}
    print(f"  judging {n / np.median(own):,.0f}: {times['times_snownlp']:.0f} times")
    print(f"  with fitting to the file {n / np.median(with_fit):,.0f}: {times['times_snownlp_with_fit']:.0f} times")
    everything = [text for texts, _ in unseen_domains(folder, 10_000).values() for text in texts][:MANY_REVIEWS]
    began = time.process_time()
    fitted(everything)
    rate = len(everything) / (time.process_time() - began)
    times["times_snownlp_long_file"] = rate * slow / n
    print(f"  with fitting, {len(everything):,} reviews: {rate:,.0f}: {times['times_snownlp_long_file']:.0f} times")
    return times


def ready() -> float:
    """Seconds from import to the first judgement in a process that is new, the second time."""
    code = (
        "import time; t = time.perf_counter(); from analytics.text import polarity as p; "
        "p.load().logits(p.prepare(['好'])); print(time.perf_counter() - t)"
    )
    root = Path(__file__).resolve().parent.parent
    took = [
        float(subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout)
        for _ in range(2)
    ]
    print(f"ready on the second start: {took[1]:.2f} s; artefact {polarity.FILE.stat().st_size / 1e6:.2f} MB")
    return took[1]


def hard_cases() -> dict[str, float]:
    """The list of hard reviews, both parts."""
    from snownlp import SnowNLP

    table = pd.read_csv(Path(__file__).resolve().parent.parent / "tests" / "golden" / "hard_cases.tsv", sep="\t")
    table = table[table["label"] != "neutral"]
    truth = table["label"] == "positive"
    told = pd.DataFrame(
        {
            "ours": (polarity.load().logits(polarity.prepare(list(table["text"]))) > 0) == truth,
            "SnowNLP": pd.Series([SnowNLP(text).sentiments > 0.5 for text in table["text"]], index=table.index)
            == truth,
        }
    )
    for part, cases in told.groupby(table["part"]):
        print(f"hard cases, part {part}, n {len(cases)}: " + ", ".join(f"{k} {v:.3f}" for k, v in cases.mean().items()))
    print(f"hard cases, n {len(told)}: " + ", ".join(f"{name} {share:.3f}" for name, share in told.mean().items()))
    return {"hard_cases": float(told["ours"].mean()), "hard_cases_snownlp": float(told["SnowNLP"].mean())}


def main() -> None:
    """Measure and print."""
    import contextlib

    from sentiment_aspects import aspects

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reviews", type=int, default=2500)
    parser.add_argument("--peers", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with contextlib.redirect_stdout(sys.stderr if asked.json else sys.stdout):
        found = {"ready_seconds": ready()} | hard_cases() | speed(asked.folder)
        found |= accuracy_table(asked.folder, asked.reviews, asked.peers)
        uneven(asked.folder)
        found |= aspects(asked.folder)
    if asked.json:
        print(json.dumps({name: float(number) for name, number in found.items()}))


if __name__ == "__main__":
    main()
