"""What customers say: praise and complaint in reviews, by aspect, with the sentences behind each figure.

A review is positive, negative or neutral (a band of probability around one half, and reviews that say nothing). A
clause has its own polarity, and aspects (物流, 质量, 价格 …) take that of their clause; an aspect that is not
mentioned has none. How polarity is found: analytics/text; what moved lately: sentiment_alerts.py.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

import ibis
import numpy as np
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import DataError, ParamError
from analytics.i18n import msg
from analytics.models.base import Finding, ListColumn, MethodLine, Needs, Segment
from analytics.models.sentiment_findings import find, tell_method
from analytics.models.sentiment_orders import customer_value
from analytics.models.sentiment_scores import Scored, score
from analytics.text.aspects import Domain

Classifier = Literal["zhike", "snownlp"]
FEW_REVIEWS = 100

NEEDS = (
    Needs(
        kind="reviews",
        must=("text",),
        can=("rating", "reviewed_at", "product", "store", "customer_id", "reply"),
        solid_entities=FEW_REVIEWS,
        beside=("lines",),
    ),
)
SEGMENTS = (
    Segment("positive", msg("好评"), msg("说好的评论"), msg("道谢，挑出能当文案的句子"), "praise"),
    Segment("neutral", msg("中性"), msg("不好不坏，或没有说出看法"), msg("有空再看，问一句哪里可以更好"), "neutral"),
    Segment("negative", msg("差评"), msg("抱怨的评论"), msg("当天回复，查清原因，必要时打电话"), "complaint"),
)
SEGMENT_COLUMNS = (
    ListColumn("reviews", msg("评论数"), "int"),
    ListColumn("review_share", msg("占比"), "share"),
    ListColumn("rating", msg("平均评分"), "number"),
    ListColumn("probability", msg("平均好评概率"), "share"),
    ListColumn("unanswered", msg("没回复的"), "int"),
)


@dataclass(frozen=True)
class Params:
    """How to judge.

    classifier    zhike: our own; snownlp: SnowNLP 0.12, slow, without adaptation, for comparison
    adapt         fit polarity to the file: its words, its share of praise
    use_ratings   let the file's ratings teach, where there are enough
    rating_top    the best rating there is; 0: guessed (1, 5, 10 or 100)
    neutral_low, neutral_high   between these probabilities of praise a review is neutral
    domain        which dictionary of aspects; auto: guessed from the texts
    words         changes to the dictionary: "物流=快递 送货" sets an aspect's words, "停车=" takes it out
    corrections   "12=negative": the review in row 12 is that, whatever was computed; the model learns from it
    as_of         the day that "recent" is counted to; None: the day after the last review
    """

    classifier: Classifier = "zhike"
    adapt: bool = True
    use_ratings: bool = True
    rating_top: float = 0
    neutral_low: float = 0.35
    neutral_high: float = 0.65
    domain: Literal["auto", Domain] = "auto"
    words: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    as_of: dt.date | None = None

    def __post_init__(self) -> None:
        for name, allowed in (("classifier", get_args(Classifier)), ("domain", ("auto", *get_args(Domain)))):
            if getattr(self, name) not in allowed:
                raise ParamError(
                    f"param.{name}",
                    msg("{name} 不能是“{value}”。", name=name, value=str(getattr(self, name))),
                    msg("可选：{allowed}。", allowed="、".join(allowed)),
                )
        if not (0 <= self.neutral_low <= 0.5 <= self.neutral_high <= 1):
            raise ParamError(
                "param.neutral_band",
                msg("中性区间要包住 50%，下限和上限都在 0 到 100% 之间。"),
                msg("常用 35% 到 65%。"),
            )
        if not (math.isfinite(self.rating_top) and self.rating_top >= 0):
            raise ParamError("param.rating_top", msg("满分不能是负数。"), msg("五分制填 5；填 0 就自动判断。"))
        _ = self.corrected, self.aspect_words

    @property
    def corrected(self) -> tuple[tuple[int, str], ...]:
        """(row id, segment) for each correction. Raises ParamError."""
        return tuple(_correction(text) for text in self.corrections)

    @property
    def aspect_words(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(aspect, its words) for each change of the dictionary. Raises ParamError."""
        found = []
        for text in self.words:
            name, equals, listed = text.partition("=")
            if not equals or not name.strip():
                raise ParamError(
                    "param.words",
                    msg("方面词“{text}”写得不对。", text=text),
                    msg("写成“物流=快递 送货”，词之间用空格。"),
                )
            found.append((name.strip(), tuple(listed.split())))
        return tuple(found)


@dataclass(frozen=True)
class Result:
    """The answer (models/base.py says what every answer has).

    customers  one row per review: row_id · segment · priority · text · probability · aspects · evidence · copies ·
               copy_of and, where the file has them, reviewed_at · days_ago · replied, and from the orders beside it
               customer_value, customer_orders, customer_last_days, customer_stage
    mentions   one row per review, clause and aspect: row_id · aspect · polarity · clause · words
    daily      day · segment · reviews · rated · rating (their sum of ratings); empty without times
    aspects    aspect · mentions · positive · neutral · negative · negative_share (of mentions) · tgi (negative share
               against that of all mentions, × 100), most mentioned first
    """

    customers: ibis.Table
    mentions: ibis.Table
    segments: pd.DataFrame
    daily: pd.DataFrame
    aspects: pd.DataFrame
    domain: str
    learned_from: str
    rated: int
    agreement: float
    rating_top: float | None
    as_of: dt.date | None
    params: Params
    findings: tuple[Finding, ...]
    method: tuple[MethodLine, ...]
    columns: tuple[ListColumn, ...]

    rank_by = "priority"
    segment_columns = SEGMENT_COLUMNS
    named = SEGMENTS

    @property
    def total(self) -> int:
        """Reviews."""
        return int(self.segments["reviews"].sum())

    def count(self, segment: str) -> int:
        """Reviews of a segment."""
        return int(self.segments.loc[self.segments["segment"] == segment, "reviews"].sum())

    @property
    def headline(self) -> dict[str, float]:
        """Reviews in all, of each polarity, and mentions of aspects."""
        counts = {segment.key: float(self.count(segment.key)) for segment in SEGMENTS}
        return {"reviews": float(self.total), **counts, "mentions": float(self.aspects["mentions"].sum())}


def analyze(data: Dataset, params: Params) -> Result:
    """Judge every review. Raises DataError when the table has none."""
    if data.facts.rows_used == 0:
        raise DataError("data.no_reviews", msg("没有可用的评论。"), msg("检查评论内容对应的列，或换一个文件。"))
    scored = score(data, params)
    as_of = params.as_of or (data.facts.last_at.date() + dt.timedelta(days=1) if data.facts.last_at else None)
    reviews = _with_priority(scored.reviews, as_of)
    own = [c for c in _columns(data) if c.name in reviews.columns]
    table = ibis.memtable(reviews[["row_id", "segment", *(c.name for c in own)]])
    value_columns: tuple[ListColumn, ...] = ()
    lines = data.companion("lines")
    if lines is not None and "customer_id" in reviews.columns:
        table, value_columns = customer_value(table, lines, as_of)
    result = Result(
        customers=table,
        mentions=ibis.memtable(scored.mentions),
        segments=_segments(reviews),
        daily=_daily(reviews),
        aspects=aspect_table(scored.mentions),
        domain=scored.domain,
        learned_from=scored.learned_from,
        rated=scored.rated,
        agreement=scored.agreement,
        rating_top=scored.rating_top,
        as_of=as_of,
        params=params,
        findings=(),
        method=tell_method(data, params, scored, as_of),
        columns=(*own, *value_columns),
    )
    return replace(result, findings=find(data, result, _silent(scored), _copied(reviews)))


def aspect_table(mentions: pd.DataFrame) -> pd.DataFrame:
    """Aspects by how often they are mentioned; see Result.aspects."""
    columns = ["aspect", "mentions", "positive", "neutral", "negative", "negative_share", "tgi"]
    if mentions.empty:
        return pd.DataFrame(columns=columns)
    counts = mentions.groupby(["aspect", "polarity"]).size().unstack(fill_value=0)
    table = pd.DataFrame({name: counts.get(value, 0) for name, value in _POLARITIES}, index=counts.index)
    table["mentions"] = table.sum(axis=1)
    table["negative_share"] = table["negative"] / table["mentions"]
    overall = table["negative"].sum() / table["mentions"].sum()
    table["tgi"] = 100 * table["negative_share"] / overall if overall else float("nan")
    table = table.rename_axis("aspect").reset_index()[columns]
    return table.sort_values(["mentions", "aspect"], ascending=[False, True], ignore_index=True)


_POLARITIES = (("positive", 1), ("neutral", 0), ("negative", -1))


def _with_priority(reviews: pd.DataFrame, as_of: dt.date | None) -> pd.DataFrame:
    """``priority`` 0 to 100: how sure a complaint is, halved every 30 days, a third of it once it was answered."""
    sure = (1 - reviews["probability"]).fillna(0.5)
    weight = pd.Series(1.0, index=reviews.index)
    if "reviewed_at" in reviews.columns and as_of is not None:
        age = (pd.Timestamp(as_of) - reviews["reviewed_at"]).dt.days
        reviews = reviews.assign(days_ago=age.astype("Int64"))
        weight = 0.5 ** (age.clip(lower=0).fillna(365) / 30)
    if "reply" in reviews.columns:
        replied = reviews["reply"].fillna("").str.strip() != ""
        reviews = reviews.assign(replied=np.where(replied, "✓", ""), _replied=replied)
        weight = weight.where(~replied, weight / 3)
    complaint = reviews["segment"].map({"negative": 1.0, "neutral": 0.3, "positive": 0.05}).astype(float)
    return reviews.assign(priority=(100 * sure * weight * complaint).round(3))


def _columns(data: Dataset) -> tuple[ListColumn, ...]:
    moment: Literal["date", "datetime"] = "date" if data.facts.date_only else "datetime"
    return (
        ListColumn("text", data.label("text"), "text"),
        ListColumn("probability", msg("好评概率"), "share"),
        ListColumn("aspects", msg("方面（+ 好 − 差）"), "text"),
        ListColumn("evidence", msg("依据的词"), "text"),
        ListColumn("reviewed_at", data.label("reviewed_at"), moment),
        ListColumn("replied", msg("已回复"), "text"),
        ListColumn("customer_id", data.label("customer_id"), "text"),
        ListColumn("priority", msg("紧急程度"), "number"),
        ListColumn("days_ago", msg("几天前"), "int", default=False),
        ListColumn("copies", msg("相同评论数"), "int", default=False),
        ListColumn("copy_of", msg("雷同组编号"), "int", default=False),
    )


def _segments(reviews: pd.DataFrame) -> pd.DataFrame:
    groups = reviews.groupby("segment")
    size = groups.size()
    table = pd.DataFrame({"reviews": size, "review_share": size / len(reviews)})
    rating = reviews.get("rating")
    table["rating"] = groups["rating"].mean().astype(float) if rating is not None else float("nan")
    table["probability"] = groups["probability"].mean()
    table["unanswered"] = (~reviews["_replied"]).groupby(reviews["segment"]).sum() if "_replied" in reviews else np.nan
    table = table.reindex([segment.key for segment in SEGMENTS if segment.key in table.index])
    return table.rename_axis("segment").reset_index()


def _daily(reviews: pd.DataFrame) -> pd.DataFrame:
    if "reviewed_at" not in reviews.columns:
        return pd.DataFrame(columns=["day", "segment", "reviews", "rated", "rating"])
    dated = reviews.dropna(subset=["reviewed_at"]).assign(rating=reviews.get("rating", np.nan))
    groups = dated.groupby([dated["reviewed_at"].dt.normalize().rename("day"), "segment"])["rating"]
    return groups.agg(reviews="size", rated="count", rating="sum").reset_index()


def _silent(scored: Scored) -> int:
    return int(scored.reviews["probability"].isna().sum())


def _copied(reviews: pd.DataFrame) -> int:
    return int((reviews["copies"] > 1).sum())


def _correction(text: str) -> tuple[int, str]:
    row, _, segment = text.partition("=")
    if not row.strip().isdigit() or segment.strip() not in {item.key for item in SEGMENTS}:
        raise ParamError(
            "param.corrections",
            msg("更正“{text}”写得不对。", text=text),
            msg("写成“12=negative”：行号，等号，positive、neutral 或 negative。"),
        )
    return int(row), segment.strip()
