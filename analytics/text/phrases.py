"""Which words set two groups of texts apart, and which words the dictionary does not have yet.

Log-odds with an informative prior (Monroe, Colaresi & Quinn, Fightin' Words, 2008): a word's odds in one group against
the other, drawn towards its odds in both, divided by its standard error. Texts are counted, not repetitions.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from analytics.text.tokens import tokens, words

PRIOR_TEXTS = 50.0  # the whole file counts as this many texts of each group
FEWEST = 3
_COMMON = frozenset(
    [
        "这个",
        "那个",
        "就是",
        "还是",
        "但是",
        "可以",
        "没有",
        "一个",
        "自己",
        "我们",
        "你们",
        "他们",
        "什么",
        "怎么",
        "这么",
        "那么",
        "因为",
        "所以",
        "如果",
        "已经",
        "不过",
        "而且",
        "或者",
        "还有",
        "以后",
        "之后",
        "时候",
        "然后",
        "现在",
        "的话",
        "一样",
        "一下",
        "一点",
        "有点",
        "这家",
        "这款",
        "这次",
        "这种",
        "觉得",
        "感觉",
        "the",
        "and",
        "for",
        "was",
        "are",
        "but",
        "with",
        "this",
        "that",
        "it",
        "is",
        "to",
        "of",
        "in",
    ]
)


def count_words(cleaned: Iterable[str]) -> Counter[str]:
    """In how many texts each word stands."""
    found: Counter[str] = Counter()
    for text in cleaned:
        listed = words(text)
        found.update(set(listed) - _COMMON)
    return found


def compare(one: Counter[str], one_texts: int, other: Counter[str], other_texts: int) -> pd.DataFrame:
    """Word · one · other (texts with it) · one_share · other_share · z (positive: more in ``one``), by z descending."""
    rows = []
    for word in sorted(one.keys() | other.keys()):
        a, b = one[word], other[word]
        if a + b < FEWEST:
            continue
        prior = PRIOR_TEXTS * (a + b + 1) / (one_texts + other_texts + 2)
        rest = PRIOR_TEXTS - prior
        odds_one = math.log((a + prior) / (one_texts - a + rest))
        odds_other = math.log((b + prior) / (other_texts - b + rest))
        z = (odds_one - odds_other) / math.sqrt(1 / (a + prior) + 1 / (b + prior))
        rows.append((word, a, b, a / max(one_texts, 1), b / max(other_texts, 1), z))
    columns = ["word", "one", "other", "one_share", "other_share", "z"]
    return pd.DataFrame(rows, columns=columns).sort_values(["z", "word"], ascending=[False, True], ignore_index=True)


def new_words(cleaned: Sequence[str], most: int = 20) -> pd.DataFrame:
    """Word · texts · cohesion: neighbours that the dictionary keeps apart but that these texts keep together.

    Cohesion is the pointwise mutual information of the two; kept are pairs whose outside neighbours vary.
    """
    single: Counter[str] = Counter()
    pair: Counter[tuple[str, str]] = Counter()
    before: dict[tuple[str, str], set[str]] = {}
    after: dict[tuple[str, str], set[str]] = {}
    for text in cleaned:
        listed = tokens(text)
        single.update(listed)
        seen = set()
        for at in range(len(listed) - 1):
            a, b = listed[at], listed[at + 1]
            if not (_han(a) and _han(b)) or (len(a) > 1 and len(b) > 1):
                continue
            before.setdefault((a, b), set()).add(listed[at - 1] if at else "")
            after.setdefault((a, b), set()).add(listed[at + 2] if at + 2 < len(listed) else "")
            seen.add((a, b))
        pair.update(seen)
    total = max(sum(single.values()), 1)
    rows = []
    for (a, b), texts in pair.items():
        cohesion = math.log(texts * total / (single[a] * single[b]))
        if texts >= 5 and cohesion > 4 and min(len(before[a, b]), len(after[a, b])) >= 3:
            rows.append((a + b, texts, cohesion))
    found = pd.DataFrame(rows, columns=["word", "texts", "cohesion"])
    return found.sort_values(["texts", "cohesion", "word"], ascending=[False, False, True], ignore_index=True).head(
        most
    )


def _han(token: str) -> bool:
    return all("\u4e00" <= character <= "\u9fff" for character in token)
