"""What recommendations say in words: the findings, most useful first, and the method card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.fields import ROLES
from analytics.i18n import Text, msg, verbatim
from analytics.intake.parcel_words import no_goods
from analytics.models.base import Finding, MethodLine, tell_data
from analytics.models.recommend_itemitem import FEWEST_BOTH, SHRINK
from analytics.models.recommend_split import FEWEST_TESTED

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.recommend import Result

WAYS: dict[str, Text] = {
    "popularity": msg("热销榜"),
    "item_item": msg("买过它的人还买什么"),
    "als": msg("口味相近的客户"),
}
EXPLAINED: dict[str, Text] = {
    "popularity": msg("所有人看到同一张榜，按买过的客户数排"),
    "item_item": msg(
        "两种商品被同一批客户买过得越多越相似：同时买过两者的客户数 ÷（√(买过甲的 × 买过乙的) + {shrink:int}）；"
        "一位客户的推荐分是他买过的商品和它的相似度之和",
        shrink=SHRINK,
    ),
    "als": msg("隐式反馈矩阵分解（ALS）：从全部购买里学出每位客户和每种商品的 64 个口味数，两者相乘就是推荐分"),
}
ITEMS: dict[str, Text] = {"product": msg("种商品"), "category": msg("种品类")}
CONCENTRATED = 0.5
MANY_ONCE = 0.5
NEARLY_ALL = 0.5
FEW_BUYERS = 20
MOSTLY_REASONED = 0.8


def find(result: Result) -> tuple[Finding, ...]:
    """The facts worth a sentence, in the order in which a reader needs them."""
    return (
        _overview(result),
        *_proof(result),
        *_trivial(result),
        *_sparse(result),
        *_trend(result),
        *_most_recommended(result),
        *_variety(result),
        *_unserved(result),
        *_reasonless(result),
        *_thin(result),
    )


def _overview(result: Result) -> Finding:
    params = result.params
    text = msg(
        "给 {customers:int} 位客户推荐接下来最可能买的，每人最多 {top:int} 个，一共涉及 {products:int} {item}。"
        "用的方法：{way}。",
        customers=result.customers_served,
        item=ITEMS[params.item],
        top=params.top,
        products=len(result.segments),
        way=WAYS[result.way],
    )
    return Finding("overview", text)


def _proof(result: Result) -> list[Finding]:
    """What the time split told: that it would have worked, that popularity is as good, or that nobody can tell."""
    trial, top = result.trial, result.params.top
    if not result.params.evaluate:
        return [Finding("untested", msg("这次没有检验推得准不准。"))]
    if trial.split_on is None or not trial.reliable:
        text = msg(
            "还没法检验：能拿来检验的回头客只有 {n:int} 位（至少要 {need:int} 位），推得准不准要等更多订单。",
            n=trial.tested,
            need=FEWEST_TESTED,
        )
        return [Finding("untested", text, "warn")]
    popular = _row(trial.best("popularity"))
    used = _row(trial.best(result.way))
    tested = {"day": trial.split_on, "n": trial.tested, "k": top}
    if result.way == "popularity":
        return [_popularity_used(result, popular, tested)]
    text = msg(
        "拿 {day:date} 之前的记录来推荐，再看之后谁真的买了：{n:int} 位回头客里，"
        "{rate:pct} 买了推荐的 {k:int} 个里至少一个；只推热销榜是 {popular:pct}。",
        rate=used["hit_rate"],
        popular=popular["hit_rate"],
        **tested,
    )
    if used["hit_rate"] <= popular["hit_rate"]:
        return [Finding("proof", text, "warn"), _asked_for_worse()]
    return [Finding("proof", text, "good")]


def _asked_for_worse() -> Finding:
    return Finding("popularity_wins", msg("热销榜推得一样准或更准。方法改成“自动”，会直接用热销榜。"), "warn")


def _popularity_used(result: Result, popular: dict[str, float], tested: dict[str, Any]) -> Finding:
    personal = result.trial.personal
    if personal is None or result.params.method == "popularity":
        text = msg(
            "拿 {day:date} 之前的热销榜来推荐，之后 {n:int} 位回头客里，{rate:pct} 买了榜上 {k:int} 个里至少一个。",
            rate=popular["hit_rate"],
            **tested,
        )
        return Finding("proof", text)
    text = msg(
        "个性化推荐在这份数据里没有明显好过热销榜，所以用的是热销榜。"
        "拿 {day:date} 之前的记录检验，之后 {n:int} 位回头客里买了推荐的 {k:int} 个里至少一个的："
        "热销榜 {popular:pct}，最好的个性化方法（{way}）{personal:pct}。",
        popular=popular["hit_rate"],
        personal=float(personal["hit_rate"]),
        way=WAYS[personal["way"]],
        **tested,
    )
    return Finding("popularity_wins", text, "warn")


def _trivial(result: Result) -> list[Finding]:
    """Who is offered nearly everything there is buys something of it, however it was chosen."""
    if not result.trial.reliable or result.params.top < NEARLY_ALL * result.items_known:
        return []
    text = msg(
        "一共只有 {known:int} {item}，每人推荐 {top:int} 个差不多就是全部：命中率高不说明推得准。"
        "把“每人推荐几个”调小再看。",
        known=result.items_known,
        item=ITEMS[result.params.item],
        top=result.params.top,
    )
    return [Finding("trivial", text, "warn")]


def _sparse(result: Result) -> list[Finding]:
    """Why tastes could not be seen, and what would help."""
    if result.way != "popularity" or result.params.item != "product" or not result.params.evaluate:
        return []
    if result.buyers_mean >= FEW_BUYERS:
        return []
    advice = msg("可以把只差规格、颜色的商品合成一个名字再试。")
    if result.has_category:
        advice = msg("可以把“推荐什么”改成品类，或者把只差规格、颜色的商品合成一个名字再试。")
    text = msg(
        "商品分得太细：一种商品平均只有 {n:num} 位客户买过，看不出口味。{advice}",
        n=round(result.buyers_mean, 1),
        advice=advice,
    )
    return [Finding("sparse", text, "warn")]


def _row(row: pd.Series[Any] | None) -> dict[str, float]:
    return {} if row is None else {name: float(row[name]) for name in ("hit_rate", "recall", "coverage")}


def _trend(result: Result) -> list[Finding]:
    if result.trend_days == 0:
        return []
    text = msg(
        "近期还有人买的商品排得更前：{days:int} 天前的一次购买只算半次。检验时这样更准。", days=result.trend_days
    )
    if result.params.trend_days is not None:
        text = msg("近期还有人买的商品排得更前：{days:int} 天前的一次购买只算半次。", days=result.trend_days)
    return [Finding("trend", text)]


def _most_recommended(result: Result) -> list[Finding]:
    if len(result.segments) == 1:
        return []
    firsts = result.segments.sort_values(["first", "customers", "segment"], ascending=[False, False, True])
    row = firsts.iloc[0]
    text = msg(
        "最多客户的第一推荐是“{product}”：{n:int} 位，占 {share:pct}。",
        product=row["segment"],
        n=int(row["first"]),
        share=int(row["first"]) / result.customers_served,
    )
    much = int(row["first"]) / result.customers_served > CONCENTRATED and result.way != "popularity"
    return [Finding("most_recommended", text, "warn" if much else "info", str(row["segment"]))]


def _variety(result: Result) -> list[Finding]:
    if result.items_allowed == 1 or len(result.segments) == result.items_known:
        return []
    if result.items_allowed == result.items_known:
        text = msg(
            "数据里的 {known:int} {item}，有 {used:int} 种被推荐到。",
            known=result.items_known,
            item=ITEMS[result.params.item],
            used=len(result.segments),
        )
        return [Finding("variety", text)]
    text = msg(
        "数据里有 {known:int} 种，符合条件的 {allowed:int} 种，被推荐到的 {used:int} 种。",
        known=result.items_known,
        allowed=result.items_allowed,
        used=len(result.segments),
    )
    return [Finding("variety", text)]


def _unserved(result: Result) -> list[Finding]:
    without = result.customers_known - result.customers_served
    if without == 0:
        return []
    text = msg("{n:int} 位客户没有推荐：符合条件的他们都买过了。", n=without)
    return [Finding("unserved", text)]


def _reasonless(result: Result) -> list[Finding]:
    if result.reasoned >= MOSTLY_REASONED:
        return []
    text = msg(
        "{share:pct} 的推荐写得出“因为买过”；其余的空着：和客户买过的商品看不出关系，只因为卖得好。",
        share=result.reasoned,
    )
    return [Finding("reasonless", text)]


def _thin(result: Result) -> list[Finding]:
    share = result.one_product / result.customers_known
    if result.one_product == 0:
        return []
    text = msg("{n:int} 位客户（{share:pct}）只买过一种，对他们的推荐只有一条线索。", n=result.one_product, share=share)
    return [Finding("one_product", text, "warn" if share > MANY_ONCE else "info")]


def tell_method(data: Dataset, result: Result, facts: pd.DataFrame) -> tuple[MethodLine, ...]:
    """The method card: enough for somebody else to compute the same list."""
    params = result.params
    return (
        *tell_data(data),
        MethodLine(msg("统计日期"), msg("{as_of:date}（不含当天）", as_of=result.as_of)),
        MethodLine(
            msg("购买"),
            msg(
                "{customers:int} 位客户，{items:int} {item}；一位客户买过一种算一次，不看件数和金额；"
                "全部退掉的不算喜欢，但算买过",
                customers=result.customers_known,
                items=result.items_known,
                item=ITEMS[params.item],
            ),
        ),
        *_tell_rating(result),
        MethodLine(msg("方法"), WAYS[result.way]),
        MethodLine(msg("怎么算"), EXPLAINED[result.way]),
        MethodLine(msg("近期加权"), _tell_trend(result)),
        MethodLine(msg("怎么选的"), _tell_choice(result)),
        MethodLine(msg("检验"), _tell_trial(result)),
        MethodLine(msg("因为买过"), _tell_reason(result)),
        MethodLine(msg("推荐分"), msg("只能在同一份结果里比大小；不是购买概率")),
        MethodLine(msg("买过的"), msg("不再推荐") if params.exclude_bought else msg("照样推荐")),
        MethodLine(msg("范围"), _tell_scope(result)),
        *_tell_excluded(result, facts),
        MethodLine(msg("数据指纹"), verbatim(data.digest[:16])),
    )


def _tell_reason(result: Result) -> Text:
    if result.way == "item_item":
        return msg("客户买过的商品里，和推荐的这一种最相似的那一种；空着表示没有线索，按热销推荐")
    return msg(
        "客户买过的商品里，和推荐的这一种最常被同一批客户买的那一种（至少 {n:int} 位，且明显多过碰巧）；"
        "排名不靠它，它是给客户的说法；空着表示没有这样的商品",
        n=FEWEST_BOTH,
    )


def _tell_rating(result: Result) -> list[MethodLine]:
    if result.liked_from is None:
        return []
    column = result.params.rating or ROLES["rating"].title
    text = msg("“{column}”至少 {low:num} 分才算喜欢；打过分就算买过", column=column, low=result.liked_from)
    return [MethodLine(msg("评分"), text)]


def _tell_trend(result: Result) -> Text:
    if result.trend_days == 0:
        return msg("不加权，早买晚买一样算")
    return msg(
        "推荐分乘以商品的近期占比：每次购买按 0.5 的（距今天数 ÷ {days:int}）次方计，除以不加权的人数",
        days=result.trend_days,
    )


def _tell_choice(result: Result) -> Text:
    if result.params.method != "auto":
        return msg("手工指定")
    return msg(
        "按时间切分检验，命中率最高的个性化方法比热销榜高出 1.645 个标准误才用它，否则用热销榜；近期加权也由检验选"
    )


def _tell_trial(result: Result) -> Text:
    trial = result.trial
    if trial.split_on is None or trial.table.empty:
        return msg("没有检验")
    return msg(
        "{day:date} 起约 {share:pct} 的记录留作检验，之前的用来学；检验 {n:int} 位之前来过、之后又买了{new}的客户"
        "（够条件的 {all:int} 位）；之后才来的 {later:int} 位无从检验。检验不套用库存、品类和价格条件。"
        "挑方法和报命中率用的是同一段时间，数字会略偏高",
        day=trial.split_on,
        share=result.params.holdout,
        n=trial.tested,
        new=msg("没买过的东西") if result.params.exclude_bought else msg("东西"),
        all=trial.testable,
        later=trial.new_later,
    )


def _tell_scope(result: Result) -> Text:
    params = result.params
    parts = []
    if params.stock:
        parts.append(msg("指定的 {n:int} 种", n=len(params.stock)))
    if params.categories:
        parts.append(msg("品类 {names}", names="、".join(params.categories)))
    if params.min_price is not None:
        parts.append(msg("均价不低于 {low:money2}", low=params.min_price))
    if params.max_price is not None:
        parts.append(msg("均价不高于 {high:money2}", high=params.max_price))
    if not parts:
        return msg("全部")
    text = parts[0]
    for part in parts[1:]:
        text = msg("{before}；{after}", before=text, after=part)
    return text


def _tell_excluded(result: Result, facts: pd.DataFrame) -> list[MethodLine]:
    given = result.params.exclude
    names = no_goods(facts["item"].tolist()) if given is None else given
    if not names:
        return []
    shown = "、".join(names[:10])
    text = msg("{n:int} 种：{names}", n=len(names), names=shown if len(names) <= 10 else f"{shown}…")
    return [MethodLine(msg("不推荐的"), text)]
