"""Every review scored: polarity, aspects by clause, evidence. Equal texts are judged once.

A text that says nothing (empty, punctuation, 此用户没有填写评论) has no probability and counts as neutral. Between
``neutral_low`` and ``neutral_high`` a review is neutral; so is one without any opinion word unless it is clear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.text import aspects, duplicates, polarity, tokens
from analytics.text.adapt import adapt
from analytics.text.rules import Judged

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.sentiment import Params

BATCH = 2000
CLEAR = 0.2  # without an opinion word, a review is neutral between this and one minus it
# What a clause says of its aspect: its rule score, some of the log-odds of its n-grams, a little of the whole review's.
BY_GRAMS, BY_REVIEW = 0.5, 0.2
MENTION_LEAST = 0.35  # below it the mention is neutral
_NO_LABEL = float("nan")
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Scored:
    """What the reviews say.

    reviews   one row per review in the order of row_id: row_id · segment · probability (of praise) · aspects ·
              evidence · copies (how many reviews say the same) · copy_of (the number of their group) · text and the
              other roles
    mentions  one row per review, clause and aspect: row_id · aspect · polarity (1, 0, -1) · clause · words (opinion
              words and aspect words, blank between)
    """

    reviews: pd.DataFrame
    mentions: pd.DataFrame
    domain: str
    learned_from: str
    positive_share: float
    rating_top: float | None
    rated: int
    agreement: float


_READY: ContextVar[Scored | None] = ContextVar("ready", default=None)


@contextmanager
def handed_over(scored: Scored) -> Iterator[None]:
    """Let ``analyze`` use scores that were made before it, with a progress bar."""
    token = _READY.set(scored)
    try:
        yield
    finally:
        _READY.reset(token)


def score(data: Dataset, params: Params, progress: Progress | None = None) -> Scored:
    """Score every review of a dataset. ``progress`` is called with the share that is done."""
    ready = _READY.get()
    if ready is not None:
        return ready
    frame = _read(data)
    texts = sorted(set(frame["text"]))
    place = {text: at for at, text in enumerate(texts)}
    at = frame["text"].map(place).to_numpy(dtype=np.int64)
    prepared = _prepare(texts, progress)
    says = np.array([tokens.says_something(t) for t in prepared.cleaned], dtype=bool)
    top, labels = _rating_labels(frame, params)
    given = _corrections(params, frame)
    given_at = {int(at[i]): given[row] for i, row in enumerate(frame["row_id"]) if row in given}
    if params.classifier == "snownlp":
        probability, learned, share = _snownlp(prepared.cleaned, says), "nothing", 0.5
    else:
        taught = labels if params.use_ratings else np.full(len(frame), _NO_LABEL)
        probability, learned, share = _zhike(prepared, says, _per_text(at, taught, given_at, len(texts)), params)
    copies, copy_of = _copies(prepared.plain, at, says)
    domain = params.domain if params.domain != "auto" else aspects.guess_domain(prepared.cleaned)
    known = aspects.dictionary(domain, params.aspect_words)
    mentioned = aspect_mentions(prepared, known, probability)
    reviews = frame.assign(
        probability=probability[at],
        segment=_segments(probability, prepared, params)[at],
        aspects=_aspect_texts(mentioned, len(texts))[at],
        evidence=np.array([_evidence(judged) for judged in prepared.judged], dtype=object)[at],
        copies=copies,
        copy_of=copy_of,
    )
    for text, segment in given_at.items():  # what was said of one holds for all that say the very same
        reviews.loc[at == text, "segment"] = segment
    for row, segment in given.items():
        reviews.loc[reviews["row_id"] == row, "segment"] = segment
    classed = ~np.isnan(labels) & ~np.isnan(probability[at])
    agree = float(((probability[at] > 0.5) == (labels == 1))[classed].mean()) if classed.any() else _NO_LABEL
    return Scored(
        reviews, _rows_of(mentioned, frame["row_id"].to_numpy(), at), domain, learned, share, top,
        int(classed.sum()), agree,
    )  # fmt: skip


def _read(data: Dataset) -> pd.DataFrame:
    wanted = ("text", "rating", "reviewed_at", "product", "store", "customer_id", "reply")
    columns = [name for name in wanted if name in data.main.columns]
    frame: pd.DataFrame = data.main.select("row_id", *columns).order_by("row_id").execute()
    frame["text"] = frame["text"].fillna("").astype(str)
    return frame


def _prepare(texts: Sequence[str], progress: Progress | None) -> polarity.Prepared:
    parts = []
    for start in range(0, max(len(texts), 1), BATCH):
        parts.append(polarity.prepare(texts[start : start + BATCH]))
        if progress is not None:
            progress(min(1.0, 0.7 * (start + BATCH) / max(len(texts), 1)))
    return polarity.Prepared(
        [text for part in parts for text in part.cleaned],
        [text for part in parts for text in part.plain],
        [judged for part in parts for judged in part.judged],
        np.concatenate([part.rule for part in parts]),
    )


def _zhike(
    prepared: polarity.Prepared, says: np.ndarray[Any, Any], labels: tuple[Any, Any], params: Params
) -> tuple[polarity.Numbers, str, float]:
    rows = np.flatnonzero(says)
    probability = np.full(len(says), _NO_LABEL)
    if not len(rows):
        return probability, "nothing", 0.5
    spoken = prepared.take(rows)
    logits = polarity.load().logits(spoken)
    if not params.adapt:
        probability[rows] = polarity.sigmoid(logits)
        return probability, "nothing", 0.5
    fitted = adapt(spoken.plain, logits, labels[0][rows], labels[1][rows])
    probability[rows] = polarity.sigmoid(fitted.logits)
    return probability, fitted.learned_from, fitted.positive_share


def _snownlp(cleaned: Sequence[str], says: np.ndarray[Any, Any]) -> polarity.Numbers:
    from snownlp import SnowNLP  # takes seconds, and fails on a text without a character

    found = np.full(len(cleaned), _NO_LABEL)
    for at in np.flatnonzero(says):
        found[at] = SnowNLP(cleaned[int(at)]).sentiments
    return found


def _rating_labels(frame: pd.DataFrame, params: Params) -> tuple[float | None, np.ndarray[Any, Any]]:
    """The top of the scale, and per review 1 (praise), 0 (complaint) or nan (in the middle, or none given)."""
    if "rating" not in frame.columns or not frame["rating"].notna().any():
        return None, np.full(len(frame), _NO_LABEL)
    values = frame["rating"].astype(float).to_numpy()
    seen = values[~np.isnan(values)]
    top = params.rating_top or next((scale for scale in (1.0, 5.0, 10.0) if seen.max() <= scale), 100.0)
    good, bad = (seen.max(), seen.min()) if top == 1.0 else (0.8 * top, 0.4 * top)
    middle = np.where(values <= bad + 1e-9, 0.0, _NO_LABEL)
    return top, np.where(values >= good - 1e-9, 1.0, middle)


def _corrections(params: Params, frame: pd.DataFrame) -> dict[int, str]:
    rows = set(frame["row_id"])
    return {row: segment for row, segment in params.corrected if row in rows}


def _per_text(
    at: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], given: dict[int, str], texts: int
) -> tuple[polarity.Numbers, np.ndarray[Any, Any]]:
    """One label a distinct text: the mean of its ratings, what the user said (``given``) before all else."""
    known = ~np.isnan(labels)
    total = np.bincount(at[known], weights=labels[known], minlength=texts)
    count = np.bincount(at[known], minlength=texts)
    mean = np.where(count > 0, total / np.maximum(count, 1), _NO_LABEL)
    found = np.where(mean > 0.5, 1.0, np.where(mean < 0.5, 0.0, _NO_LABEL))
    trusted = np.zeros(texts, dtype=bool)
    for text, segment in given.items():
        found[text] = {"positive": 1.0, "negative": 0.0}.get(segment, _NO_LABEL)
        trusted[text] = segment != "neutral"
    return found, trusted


def _segments(probability: polarity.Numbers, prepared: polarity.Prepared, params: Params) -> np.ndarray[Any, Any]:
    opinion = np.array([any(part.score for part in judged) for judged in prepared.judged], dtype=bool)
    low = np.where(opinion, params.neutral_low, min(CLEAR, params.neutral_low))
    high = np.where(opinion, params.neutral_high, max(1 - CLEAR, params.neutral_high))
    with np.errstate(invalid="ignore"):
        return np.where(probability >= high, "positive", np.where(probability <= low, "negative", "neutral"))


def _copies(
    plain: Sequence[str], at: np.ndarray[Any, Any], says: np.ndarray[Any, Any]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """How many reviews say the same as each (1 for those that say little), and the number of their group.

    Groups are numbered by their first text in the order of texts, so that the order of rows does not matter.
    """
    says = says & np.array([duplicates.can_be_copied(text) for text in plain], dtype=bool)
    leader = np.array(duplicates.groups(plain), dtype=np.int64)[at]
    size = np.bincount(leader, minlength=len(plain))[leader]
    return np.where(says[at], size, 1), leader + 1


@dataclass(frozen=True)
class ReviewMention:
    """An aspect in a clause of a text (by its place): 1, 0 or -1, and the words to mark."""

    text: int
    aspect: str
    polarity: int
    clause: str
    words: str


def aspect_mentions(
    prepared: polarity.Prepared, known: aspects.Dictionary, probability: polarity.Numbers
) -> list[ReviewMention]:
    """Aspects by clause with its polarity; a clause that names an aspect without an opinion takes the next one's."""
    raw: list[tuple[int, aspects.Mention, Judged, float]] = []
    for text, judged in enumerate(prepared.judged):
        named = [known.find(part.clause.text) for part in judged]
        for at, part in enumerate(judged):
            borrowed = part.score == 0 and at + 1 < len(judged) and not named[at + 1]
            value = judged[at + 1].score if borrowed else part.score
            raw += [(text, mention, part, value) for mention in named[at]]
    linear = polarity.load().linear([tokens.plain(part.clause.text) for _, _, part, _ in raw])
    whole = np.clip(np.log(probability.clip(1e-6, 1 - 1e-6) / (1 - probability.clip(1e-6, 1 - 1e-6))), -4, 4)
    found = []
    for (text, mention, part, rule), gram in zip(raw, linear, strict=True):
        value = float(np.clip(rule, -2, 2) + BY_GRAMS * np.clip(gram, -3, 3) + BY_REVIEW * np.nan_to_num(whole[text]))
        sign = 0 if abs(value) < MENTION_LEAST else int(np.sign(value))
        found.append(ReviewMention(text, mention.aspect, sign, part.clause.text.strip(), _marked(mention, part)))
    return found


def _marked(mention: aspects.Mention, part: Judged) -> str:
    text = part.clause.text
    places = [*mention.places, *((hit.start, hit.end) for hit in part.hits)]
    return " ".join(dict.fromkeys(text[start:end] for start, end in places))


def _rows_of(
    mentioned: Sequence[ReviewMention], row_ids: np.ndarray[Any, Any], at: np.ndarray[Any, Any]
) -> pd.DataFrame:
    """Mentions of texts as mentions of reviews."""
    columns = ["text", "aspect", "polarity", "clause", "words"]
    per_text = pd.DataFrame([vars(found) for found in mentioned], columns=columns)
    rows = pd.DataFrame({"row_id": row_ids, "text": at})
    joined = rows.merge(per_text, on="text").drop(columns="text")
    return joined.astype({"row_id": "int64", "polarity": "int64"})


def _aspect_texts(mentioned: Sequence[ReviewMention], texts: int) -> np.ndarray[Any, Any]:
    """What each text says of which aspect: 口味+、物流−."""
    sums: list[dict[str, int]] = [{} for _ in range(texts)]
    for found in mentioned:
        sums[found.text][found.aspect] = sums[found.text].get(found.aspect, 0) + found.polarity
    mark = {1: "+", 0: "", -1: "−"}
    return np.array(
        ["、".join(f"{aspects.name_of(name)}{mark[int(np.sign(n))]}" for name, n in found.items()) for found in sums],
        dtype=object,
    )


def _evidence(judged: Sequence[Judged]) -> str:
    """The opinion words that decided, strongest first, with + or −."""
    found: dict[str, float] = {}
    for part in judged:
        if part.score and not part.hits:
            found[part.clause.text.strip()[:20]] = part.score
        for hit in part.hits:
            found.setdefault(part.clause.text[hit.start : hit.end], hit.strength * part.clause.weight)
    ranked = sorted(found.items(), key=lambda pair: -abs(pair[1]))[:6]
    return "、".join(f"{word}{'+' if value > 0 else '−'}" for word, value in ranked)
