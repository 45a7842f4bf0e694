"""Which words set two groups of texts apart, and which words the dictionary does not have yet.

Log-odds with an informative prior (Monroe, Colaresi & Quinn, Fightin' Words, 2008): a word's odds in one group against
the other, drawn towards its odds in both, divided by its standard error. Texts are counted, not repetitions.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pandas as pd

from analytics.text.tokens import is_word, tokens

PRIOR_TEXTS = 50.0  # the whole file counts as this many texts of each group
FEWEST = 3
_DENIES = frozenset("不没别无未非")
_EMPTY = frozenset("的了是在和也都就还我你他她它们这那有个吧呢啊吗呀哦啦嘛")
_COMMON = frozenset(
    re.split(
        r"\s+",
        "这个 那个 就是 还是 但是 可以 没有 一个 自己 我们 你们 他们 什么 怎么 这么 那么 因为 所以 如果"
        " 已经 不过 而且 或者 还有 以后 之后 时候 然后 现在 的话 一样 一下 一点 有点 这家 这款 这次 这种"
        " 觉得 感觉 the and for was are but with this that it is to of in 知道 居然 竟然 只有 只是 比较"
        " 非常 真的 这样 那样 不是 是不是 一直 一些 很多 里面 出来 起来 下来 上去 之前 以前 其实 反正 应该"
        " 可能 需要 开始 最后 后来 结果 东西 而已 除了 虽然 为了 有些 这里 那里 大家 别人 本来 有人 时间"
        " 今天 昨天 明天 不会 不能 不要 只能 还会 来说 完全 根本 以为 简直 一股 不想 希望 最好 you my so",
    )
)


def count_words(cleaned: Iterable[str]) -> Counter[str]:
    """In how many texts each word stands, and each phrase of two neighbours, a blank between them (态度 敷衍)."""
    found: Counter[str] = Counter()
    for text in cleaned:
        listed = tokens(text)
        seen = {token for token in listed if is_word(token) and token not in _COMMON}
        seen.update(f"{a} {b}" for a, b in pairwise(listed) if _phrase(a, b))
        found.update(seen)
    return found


def _phrase(one: str, other: str) -> bool:
    """Two Chinese neighbours of which one at least is a word with something to say."""
    if not (_han(one) and _han(other)) or min(len(one), len(other)) == 0 or {one, other} & _EMPTY:
        return False
    telling = [token for token in (one, other) if len(token) > 1 and token not in _COMMON]
    return len(telling) == 2 or (len(telling) == 1 and (one in _DENIES or min(len(one), len(other)) > 1))


def compare(one: Counter[str], one_texts: int, other: Counter[str], other_texts: int) -> pd.DataFrame:
    """Word · phrase · one · other (texts with it) · one_share · other_share · z (positive: more in ``one``), by z.

    ``phrase`` tells two neighbours from a word; they are written together.
    """
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
        rows.append(
            (
                word.replace(" ", "") if " " in word else word,
                " " in word,
                a,
                b,
                a / max(one_texts, 1),
                b / max(other_texts, 1),
                z,
            )
        )
    columns = ["word", "phrase", "one", "other", "one_share", "other_share", "z"]
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
