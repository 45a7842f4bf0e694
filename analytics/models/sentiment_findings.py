"""What a sentiment result says in words: the findings, most useful first, and the method card."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from analytics.i18n import Text, msg
from analytics.models.base import Finding, MethodLine, tell_data
from analytics.text.aspects import DOMAIN_NAMES, name_of

if TYPE_CHECKING:
    import pandas as pd

    from analytics.dataset import Dataset
    from analytics.models.sentiment import Params, Result
    from analytics.models.sentiment_scores import Scored

FEWEST_MENTIONS = 20
RECENT_DAYS = 30
LEARNED: dict[str, Text] = {
    "labels": msg("用文件里的评分校准过"),
    "texts": msg("按这份文件的用词调整过"),
    "nothing": msg("没有调整（评论少于 100 种说法，或关掉了）"),
}
CLASSIFIERS: dict[str, Text] = {
    "zhike": msg("知客：字词统计加否定、转折、反问等规则"),
    "snownlp": msg("SnowNLP 自带的贝叶斯分类器"),
}


def find(data: Dataset, result: Result, silent: int, copied: int) -> tuple[Finding, ...]:
    """The facts worth a sentence, in the order in which a reader needs them."""
    return (
        _overview(result),
        *_worst_aspect(result.aspects),
        *_best_aspect(result.aspects),
        *_to_answer(result),
        *_ratings(result),
        *_nothing_said(result, silent, copied),
        *_few(data, result),
    )


def _overview(result: Result) -> Finding:
    text = msg(
        "{all:int} 条评论：好评 {good:int} 条（{good_share:pct}），中性 {middle:int} 条，差评 {bad:int} 条（{bad_share:pct}）。",  # noqa: E501
        all=result.total,
        good=result.count("positive"),
        good_share=result.count("positive") / result.total,
        middle=result.count("neutral"),
        bad=result.count("negative"),
        bad_share=result.count("negative") / result.total,
    )
    return Finding("overview", text)


def _worst_aspect(aspects: pd.DataFrame) -> list[Finding]:
    table = aspects[aspects["mentions"] >= FEWEST_MENTIONS]
    if table.empty or table["negative"].max() == 0:
        return []
    worst = table.sort_values(["negative_share", "aspect"], ascending=[False, True]).iloc[0]
    text = msg(
        "抱怨最集中的是{aspect}：提到 {mentions:int} 次，{share:pct} 是抱怨，是平均水平的 {times:num} 倍。",
        aspect=name_of(worst["aspect"]),
        mentions=int(worst["mentions"]),
        share=float(worst["negative_share"]),
        times=float(worst["tgi"]) / 100,
    )
    return [Finding("worst_aspect", text, "warn", "negative")]


def _best_aspect(aspects: pd.DataFrame) -> list[Finding]:
    table = aspects[aspects["mentions"] >= FEWEST_MENTIONS].assign(share=lambda t: t["positive"] / t["mentions"])
    if table.empty or table["share"].max() < 0.6:
        return []
    best = table.sort_values(["share", "aspect"], ascending=[False, True]).iloc[0]
    text = msg(
        "最受称赞的是{aspect}：提到 {mentions:int} 次，{share:pct} 是称赞。",
        aspect=name_of(best["aspect"]),
        mentions=int(best["mentions"]),
        share=float(best["share"]),
    )
    return [Finding("best_aspect", text, "good", "positive")]


def _to_answer(result: Result) -> list[Finding]:
    unanswered = result.segments.loc[result.segments["segment"] == "negative", "unanswered"].dropna()
    if unanswered.empty:
        return []
    left = int(unanswered.sum())
    if left == 0:
        return [Finding("answered", msg("差评都回复过了。"), "good")]
    text = msg("还有 {left:int} 条差评没有回复，下面的名单按紧急程度排好了。", left=left)
    return [Finding("to_answer", text, "warn", "negative")]


def _ratings(result: Result) -> list[Finding]:
    if result.rated == 0:
        return []
    text = msg(
        "和文件里的评分比：{n:int} 条能比的评论（满分 {top:int}，中间分不算），{share:pct} 判断一致。",
        n=result.rated,
        top=round(result.rating_top or 0),
        share=result.agreement,
    )
    return [Finding("agreement", text, "info" if result.agreement >= 0.8 else "warn")]


def _nothing_said(result: Result, silent: int, copied: int) -> list[Finding]:
    found = []
    if silent:
        text = msg(
            "{n:int} 条（{share:pct}）没有说出内容，比如“此用户没有填写评论”，算作中性，没有概率。",
            n=silent,
            share=silent / result.total,
        )
        found.append(Finding("silent", text))
    if copied:
        text = msg("{n:int} 条（{share:pct}）和别的评论雷同，可能是复制粘贴。", n=copied, share=copied / result.total)
        found.append(Finding("copied", text, "warn" if copied / result.total > 0.1 else "info"))
    return found


def _few(data: Dataset, result: Result) -> list[Finding]:
    found = []
    if result.total < 100:
        found.append(Finding("few", msg("只有 {n:int} 条评论，比例看看就好。", n=result.total), "warn"))
    if data.facts.last_at is None:
        found.append(Finding("no_time", msg("文件里没有评论时间，看不了趋势和预警。")))
    return found


def tell_method(data: Dataset, params: Params, scored: Scored, as_of: dt.date | None) -> tuple[MethodLine, ...]:
    """The method card (口径)."""
    lines = [
        *tell_data(data),
        MethodLine(msg("判断方法"), CLASSIFIERS[params.classifier]),
        MethodLine(msg("适应这份文件"), LEARNED[scored.learned_from]),
        MethodLine(
            msg("好、中、差"),
            msg(
                "好评概率不低于 {high:pct} 是好评，不高于 {low:pct} 是差评，之间是中性；没有说出内容的也是中性",
                high=params.neutral_high,
                low=params.neutral_low,
            ),
        ),
        MethodLine(msg("方面词典"), DOMAIN_NAMES[scored.domain]),
        MethodLine(msg("方面的好坏"), msg("按分句判断；占比的分母是提到这个方面的次数，没提到不算中性")),
        MethodLine(msg("TGI"), msg("这个方面的抱怨占比 ÷ 所有方面的抱怨占比 × 100，高于 100 是抱怨偏多")),
    ]
    if scored.learned_from == "texts":
        text = msg("估计 {share:pct} 是好评（期望最大化，不用标注）", share=scored.positive_share)
        lines.append(MethodLine(msg("好评比例"), text))
    if as_of is not None:
        lines.append(MethodLine(msg("统计到"), msg("{day:date}（不含）", day=as_of)))
    if params.corrections:
        text = msg("{n:int} 条由人更正，模型按它们学过", n=len(params.corrections))
        lines.append(MethodLine(msg("人工更正"), text))
    return tuple(lines)
