"""What a reader knows about a clause: opinion words, who denies them, and questions that expect no answer.

The rules give a score per clause and per review. The linear model of polarity.py takes it as one of its features, so
the weight of the rules is learned rather than set.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from operator import add
from typing import NamedTuple

from analytics.text.clauses import Clause
from analytics.text.opinions import opinions

_REACH = 5  # characters between a negator and what it denies
_LONGEST_NEGATOR = 6
_LATIN = re.compile(r"[a-z]")
# Questions that expect no answer. What they ask about is denied.
_RHETORICAL = re.compile(
    r"这也(?:叫|算|太)|也(?:配|敢|好意思)|难道|谁说|有什么(?:好|用)|什么叫|就不能|能不能不|还能再|怎么好意思|良心不会痛|不会觉得"
)
_ASKED_WHY = re.compile(r"够谁|是不是(?:和|跟|不)|受(?:吗|么)|凭什么|为什么不|什么时候(?:能|才)|多久(?:能|才)")
_ADMIRING = re.compile(r"怎么(?:会|能)(?:有)?这么(?:好|棒|香|甜|美)|谁能(?:不爱|拒绝)|要(?:什么|啥)自行车|还要啥")
_QUOTED_PRAISE = re.compile(r"[“\"'「]([^”\"'」]{1,8})[”\"'」]")
# "三天才到": a span of time with 才, 还没, 都没 is late; with 就 or 内 it is early.
_SPAN = r"(?:[0-9一二两三四五六七八九十半几多]+个?(?:多)?(?:天|日|周|星期|礼拜|月|小时|钟头|分钟))"
_LATE = re.compile(
    rf"(?:第?{_SPAN}|好久|好几天|半天|下周)(?:了|以后|之后|左右|过去了?)?(?:快递|物流|客服)?(?:才|还没|都没|还未|没更新|没动)"
)
_EARLY = re.compile(
    rf"{_SPAN}(?:左右|不到)?(?:就|便)?(?:送?到了?|收到|发货)(?!才)|(?:当天|隔天|次日|第二天|今天|下午|一早|马上|立马|很快)(?:早上|上午|下午)?(?:一早)?就(?:到|收|送|发)"
)


class Hit(NamedTuple):
    """An opinion word in a clause: its place in the clause and its strength after negation and degree.

    ``start`` is that of the negator where one denies the word.
    """

    start: int
    end: int
    strength: float


class Judged(NamedTuple):
    """A clause, the opinion words in it, and their sum."""

    clause: Clause
    hits: tuple[Hit, ...]
    score: float


def judge(clauses: Sequence[Clause]) -> list[Judged]:
    """Each clause with its opinion words. Positive scores are praise; 0 when nothing was found."""
    judged = []
    for clause in clauses:
        hits = find(clause.text.lower())
        judged.append(Judged(clause, tuple(hits), _clause_score(clause, hits)))
    return judged


def whole(judged: Sequence[Judged]) -> float:
    """One score for the review: weighted clauses, the last one a little more, growing slower than their number."""
    if not judged:
        return 0.0
    total = sum(part.clause.weight * part.score for part in judged) + 0.25 * judged[-1].score
    speaking = sum(1 for part in judged if part.score)
    return total / math.sqrt(max(speaking, 1))


def find(text: str) -> list[Hit]:
    """The opinion words in a lower-case clause; the longest wins and words do not overlap."""
    words, hits, free = opinions(), [], 0
    lengths, strengths = words.lengths, words.strength
    begins, single = words.begins, words.single
    pairs = map(add, text, text[1:] + " ")  # two characters rule most places out
    for at in [at for at, pair in enumerate(pairs) if pair in begins or pair[0] in single]:
        if at < free:
            continue
        for length in lengths[text[at]]:
            word = text[at : at + length]
            if word in strengths and not _inside_latin(text, at, at + length, word):
                if strengths[word]:
                    factor, begin = _context(text, free, at)
                    hits.append(Hit(begin, at + len(word), strengths[word] * factor))
                free = at + len(word)  # at the end of the text it is shorter than asked for
                break
    return hits


def _inside_latin(text: str, start: int, end: int, word: str) -> bool:
    """An English word found within a longer one: "like" in "unlikely"."""
    if not word[0].isascii() or not _LATIN.match(word):
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    return bool(_LATIN.match(before) or _LATIN.match(after))


def _context(text: str, free: int, at: int) -> tuple[float, int]:
    """What negators and degree words between the last hit and this one do to its strength, and where they begin."""
    words = opinions()
    first = max(free, at - _REACH - _LONGEST_NEGATOR)
    near, denied, begin = text[first:at], 0, at
    for negator in words.negators.finditer(near):
        reach = _REACH * 3 if negator.group().isascii() else _REACH
        if len(near) - negator.end() <= reach:
            denied += 1
            begin = min(begin, first + negator.start())
    factor = -0.9 if denied % 2 else 1.0
    if near.endswith(words.softeners):
        return factor * 0.7, begin
    return (factor * 1.3 if near.endswith(words.boosters) else factor), begin


def _clause_score(clause: Clause, hits: Sequence[Hit]) -> float:
    text, asks = clause.text.lower(), "?" in clause.stop or "？" in clause.stop
    score = sum(hit.strength for hit in hits)
    if _ADMIRING.search(text):
        return abs(score) + 1.5
    if _RHETORICAL.search(text):
        return -abs(score) - 1.2
    if _ASKED_WHY.search(text):
        return -abs(score) - 0.8
    if asks and score > 0:
        score *= 0.3
    if any(_praised(found.group(1)) for found in _QUOTED_PRAISE.finditer(text)):
        score -= 2.0  # “现摘现发”, “新鲜”: praise in quotation marks is somebody else's
    if _LATE.search(text):
        score = min(score, 0.0) - 1.0
    elif _EARLY.search(text):
        score += 1.0
    return score


def _praised(quoted: str) -> bool:
    return any(hit.strength > 0 for hit in find(quoted))
