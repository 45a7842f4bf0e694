# ruff: noqa: E501
"""Polarity of reviews from domains never seen in training, against SnowNLP; throughput; time to be ready.

    python benchmarks/sentiment.py ../shared/data [--reviews 2500]

Domains are the categories of online_shopping_10_cats.csv whose texts are not (nearly) in the corpus that both models
learned from: texts that stand in it, and texts of whose 10-character shingles it holds more than 30%, are left out,
and 书籍 and 计算机 with them, since hardly anything is left. No label of these files is used for training or fitting.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analytics.text import adapt, polarity
from analytics.text.tokens import clean
from analytics.text.training import corpus

LETTERS = re.compile(r"[\W_]+")
SHINGLE, MOST_KNOWN = 10, 0.3
LEFT_OUT = ("书籍", "计算机")
SPEED_REVIEWS = 1000


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
    found["asap (4–5 against 1–2 stars)"] = (list(asap["reviewbody"]), (asap["star"] > 3).to_numpy().astype(int))
    return found


def fitted(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds of the stored model, and fitted to the file without labels."""
    prepared = polarity.prepare(texts)
    logits = polarity.load().logits(prepared)
    nothing = np.full(len(texts), np.nan)
    return logits, adapt.adapt(prepared.plain, logits, nothing, np.zeros(len(texts), dtype=bool)).logits


def macro_f1(truth: np.ndarray, told: np.ndarray) -> float:
    """Mean of the F1 of both sides."""
    scores = []
    for side in (0, 1):
        hit = int(((truth == side) & (told == side)).sum())
        scores.append(2 * hit / max(int((truth == side).sum() + (told == side).sum()), 1))
    return float(np.mean(scores))


def accuracy_table(folder: Path, reviews: int, peers: int) -> None:
    """One line a domain."""
    from snownlp import SnowNLP

    print(f"{'domain':32}{'n':>6}  SnowNLP*      stored acc/F1    fitted acc/F1")
    rows = []
    for name, (texts, truth) in unseen_domains(folder, reviews).items():
        stored, own = fitted(texts)
        few = slice(0, min(peers, len(texts)))
        snow = np.array([SnowNLP(text).sentiments > 0.5 for text in texts[few]]).astype(int)
        row = [macro_f1(truth[few], snow), (snow == truth[few]).mean()]
        for logits in (stored, own):
            told = (logits > 0).astype(int)
            row += [(told == truth).mean(), macro_f1(truth, told)]
        rows.append(row)
        print(
            f"{name:32}{len(texts):6}  {row[1]:.3f}/{row[0]:.3f}   {row[2]:.3f}/{row[3]:.3f}      {row[4]:.3f}/{row[5]:.3f}"
        )
    mean = np.mean(rows, axis=0)
    print(
        f"{'mean':32}{'':6}  {mean[1]:.3f}/{mean[0]:.3f}   {mean[2]:.3f}/{mean[3]:.3f}      {mean[4]:.3f}/{mean[5]:.3f}"
    )
    print(f"* on the first {peers} of each, since it is slow")


def speed(folder: Path) -> None:
    """Reviews a second of both on the same reviews in turn, each warmed up."""
    from snownlp import SnowNLP

    texts = next(iter(unseen_domains(folder, SPEED_REVIEWS).values()))[0]
    own, peer = [], []
    fitted(texts)
    SnowNLP(texts[0]).sentiments  # noqa: B018
    for _ in range(3):
        began = time.perf_counter()
        polarity.load().logits(polarity.prepare(texts))
        own.append(time.perf_counter() - began)
        began = time.perf_counter()
        for text in texts:
            SnowNLP(text).sentiments  # noqa: B018
        peer.append(time.perf_counter() - began)
    began = time.perf_counter()
    fitted(texts)
    with_fit = time.perf_counter() - began
    n = len(texts)
    print(
        f"reviews a second: SnowNLP {n / np.median(peer):,.0f}, ours {n / np.median(own):,.0f}: {np.median(peer) / np.median(own):.0f} times"
    )
    print(f"with fitting to the file {n / with_fit:,.0f}: {np.median(peer) / with_fit:.0f} times")


def ready() -> None:
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


def hard_cases() -> None:
    """The list of hard reviews, both parts."""
    from snownlp import SnowNLP

    table = pd.read_csv(Path(__file__).resolve().parent.parent / "tests" / "golden" / "hard_cases.tsv", sep="\t")
    table = table[table["label"] != "neutral"]
    table["own"] = polarity.load().logits(polarity.prepare(list(table["text"]))) > 0
    table["snow"] = [SnowNLP(text).sentiments > 0.5 for text in table["text"]]
    for part, cases in table.groupby("part"):
        truth = cases["label"] == "positive"
        print(
            f"hard cases, part {part}: ours {(cases['own'] == truth).mean():.3f}, SnowNLP {(cases['snow'] == truth).mean():.3f}, n {len(cases)}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reviews", type=int, default=2500)
    parser.add_argument("--peers", type=int, default=300)
    asked = parser.parse_args()
    ready()
    hard_cases()
    speed(asked.folder)
    accuracy_table(asked.folder, asked.reviews, asked.peers)
