"""What a portrait says in words: who the group is, what sets it apart, what to do with that; and the method card."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.i18n import Text, join, msg, verbatim
from analytics.models.base import Finding, MethodLine, tell_data
from analytics.models.portrait_compare import strongest, told
from analytics.models.portrait_groups import BOTH, GROUP
from analytics.models.rfm_findings import POLICIES
from analytics.rules import EVERYONE

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.portrait import Result
    from analytics.models.portrait_attributes import Attribute
    from analytics.models.portrait_columns import Worked
    from analytics.models.portrait_compare import Compared
    from analytics.rules import Rule

FEW = 30  # fewer people in a group: a portrait of them is an anecdote
MOST_TOLD = 4


def find(result: Result, compared: Compared) -> tuple[Finding, ...]:
    """The findings, most useful first."""
    defining = frozenset(compared.attributes.loc[compared.attributes["defining"], "attribute"])
    apart = strongest(compared.values, defining=defining)
    found = [_who(result)]
    if result.nested and result.group_n == result.base_n:
        text = msg("这一组就是全部客户，没有可比的。换一组，或者换一个对比对象。")
        return (*found, Finding("everyone", text, "warn"))
    tell = _more(result, apart) + _less(result, apart) + _numbers(result, compared, defining)
    if not tell:
        text = msg("除了分组用的条件，没有哪一项的差别大过偶然：他们和{base}差不多。", base=result.base_words)
        tell = [Finding("alike", text, "info")]
    return (*found, *tell, *_do(result, apart), *_few(result), *_tags(result))


def _who(result: Result) -> Finding:
    table = result.segments[result.segments["segment"].isin([GROUP, BOTH])]
    n = int(table["customers"].sum())
    share = n / int(result.segments["customers"].sum())
    text = msg("“{group}”有 {n:int} 位客户，占全部 {share:pct}。", group=result.group_words, n=n, share=share)
    if "revenue" in table and not math.isnan(float(result.segments["revenue_share"].iloc[0])):
        text = msg(
            "“{group}”有 {n:int} 位客户，占全部 {share:pct}；净消费 {money:money}，占 {money_share:pct}。",
            group=result.group_words, n=n, share=share, money=float(table["revenue"].sum()),
            money_share=float(table["revenue_share"].sum()),
        )  # fmt: skip
    if not result.params.group.strip():
        text = msg("{said}没有指定看哪一组，先看这一组。", said=text)
    return Finding("who", text, "info", GROUP)


def _more(result: Result, apart: pd.DataFrame) -> list[Finding]:
    more = apart[apart["tgi"] > 100].drop_duplicates("attribute").head(MOST_TOLD)
    return [Finding("more", _sentence(result, row, more=True), "good", GROUP) for row in more.to_dict("records")]


def _less(result: Result, apart: pd.DataFrame) -> list[Finding]:
    told_above = set(apart[apart["tgi"] > 100].drop_duplicates("attribute").head(MOST_TOLD)["attribute"])
    less = apart[(apart["tgi"] < 100) & ~apart["attribute"].isin(told_above)].drop_duplicates("attribute").head(2)
    return [Finding("less", _sentence(result, row, more=False), "info", GROUP) for row in less.to_dict("records")]


def _sentence(result: Result, row: Mapping[Any, Any], *, more: bool) -> Text:
    feature = feature_name(result, str(row["attribute"]), row["label"])
    numbers = msg(
        "{share:pct}，{base}是 {base_share:pct}。TGI {tgi}（95% 区间 {low}–{high}），{n:int} 位。",
        share=float(row["share_group"]),
        base=result.base_words,
        base_share=float(row["share_base"]),
        tgi=index_text(float(row["tgi"])),
        low=index_text(float(row["low"])),
        high=index_text(float(row["high"])),
        n=int(row["n_group"]),
    )
    if more:
        return msg("更多的是“{feature}”：{numbers}", feature=feature, numbers=numbers)
    return msg("更少的是“{feature}”：{numbers}", feature=feature, numbers=numbers)


def index_text(value: float) -> Text:
    """A TGI as people read it."""
    if math.isnan(value):
        return msg("—")
    if math.isinf(value):
        return verbatim("∞")
    return Text("{value:,.0f}", (("value", value),))


def feature_name(result: Result, key: str, label: Text) -> Text:
    """Attribute and value."""
    return msg("{attribute}：{value}", attribute=result.attribute(key).label, value=label)


def _numbers(result: Result, compared: Compared, defining: frozenset[str]) -> list[Finding]:
    """Medians side by side, of the numbers that differ most."""
    frame = compared.attributes
    sure = frame[frame["sure"] & ~frame["attribute"].isin(defining) & frame["median_group"].notna()]
    sure = sure[sure["median_group"] != sure["median_base"]].head(3)
    if sure.empty:
        return []
    parts = []
    for row in sure.to_dict("records"):
        attribute: Attribute = result.attribute(str(row["attribute"]))
        parts.append(
            msg("{label} {group}（{base_words} {base}）", label=attribute.label,
                group=told(attribute, float(row["median_group"])), base_words=result.base_words,
                base=told(attribute, float(row["median_base"])))
        )  # fmt: skip
    return [Finding("numbers", msg("中间那位客户（中位数）：{parts}。", parts=join(parts)), "info", GROUP)]


def _do(result: Result, apart: pd.DataFrame) -> list[Finding]:
    """What a shop can do with what it has just read, whether it wants more of such customers or fewer."""
    more = apart[apart["tgi"] > 100].drop_duplicates("attribute")
    if more.empty:
        return []
    rows = more.to_dict("records")
    row = next((r for r in rows if _advice(result.attribute(str(r["attribute"])).role, r["label"])), rows[0])
    attribute = result.attribute(str(row["attribute"]))
    feature = feature_name(result, attribute.key, row["label"])
    others = int(row["n_base"]) - int(row["n_group"])
    if result.nested and others > 0:
        text = msg(
            "下一步：其余客户里还有 {others:int} 位也是“{feature}”，最像这一组。"
            "想要更多这样的客户，或者想防住，都从他们先试，留一部分不联系作对照。",
            others=others, feature=feature,
        )  # fmt: skip
    else:
        text = msg("下一步：两组分开联系；“{feature}”的人多在这一组，话术照他们写。", feature=feature)
    advice = _advice(attribute.role, row["label"])
    if advice is not None and _worth_more(result):
        text = msg("{text}拉新时，{action}。", text=text, action=advice)
    return [Finding("do", text, "info", GROUP)]


def _worth_more(result: Result) -> bool:
    """Whether a customer of the group spends more than one of all: only then is it good to have more of them."""
    table = result.segments
    if "revenue" not in table:
        return False
    mine = table[table["segment"].isin([GROUP, BOTH])]
    each = float(mine["revenue"].sum()) / int(mine["customers"].sum())
    return each > float(table["revenue"].sum()) / int(table["customers"].sum())


def _advice(role: str, value: Text) -> Text | None:
    """Where to look for new customers of the kind, for the roles that say where or with what."""
    if role in ("region", "city"):
        return msg("广告和活动先投“{value}”", value=value)
    if role == "channel":
        return msg("预算和客服先放在“{value}”", value=value)
    if role == "store":
        return msg("活动先放在“{value}”", value=value)
    return msg("推荐位和短信先推“{value}”", value=value) if role in ("category", "product") else None


def _few(result: Result) -> list[Finding]:
    least = min(result.group_n, result.base_n)
    if least >= FEW:
        return []
    return [Finding("few", msg("只有 {n:int} 位客户，比例看看就好，先别据此花钱。", n=least), "warn")]


def _tags(result: Result) -> list[Finding]:
    if not result.tagged.tags:
        return []
    parts = [
        msg("{tag} 给 {n:int} 位打上了，{left:int} 位没有", tag=verbatim(name), n=result.tagged.customers - left,
            left=left)
        for name, left in result.tagged.without.items()
    ]  # fmt: skip
    return [Finding("tags", msg("标签：{parts}。", parts=join(parts)))]


def tell_method(
    data: Dataset, result: Result, compared: Compared, worked: Worked, rules: tuple[Rule, Rule]
) -> tuple[MethodLine, ...]:
    """The method card: enough for somebody else to compute the same portrait."""
    lines = [
        *tell_data(data),
        MethodLine(msg("看哪一组"), msg("{words}；{n:int} 位", words=result.group_words, n=result.group_n)),
        MethodLine(msg("条件原文"), verbatim(rules[0].write())),
        MethodLine(msg("和谁比"), _tell_base(result, rules[1])),
        MethodLine(msg("TGI"), msg("这一组里有某特征的占比 ÷ 对比对象里的占比 × 100；100 表示一样多")),
        MethodLine(msg("区间"), _tell_interval(result)),
        MethodLine(
            msg("差别是否可信"),
            msg("同时看很多项，靠运气也会有几项不同：按 Benjamini–Hochberg 校正，误报不超过 5% 的才算"),
        ),
        MethodLine(
            msg("人太少"),
            msg("组里有这个特征的（或按对比对象的比例该有的）不到 {n:int} 位，"
                "或对比对象里不到 {n:int} 位：变灰，不下结论",
                n=result.params.min_n),
        ),
        MethodLine(msg("占比的分母"), msg("这一项有值的客户；没填的不算")),
        MethodLine(
            msg("数字分段"),
            msg("按全部客户的分位数分 {n:int} 段，分界点取两位有效数字；刚好等于分界点的算在低的一段",
                n=result.params.bands),
        ),
        MethodLine(msg("排序"), msg("分组用的条件排在最后；其余按差别可信的在前，再按两边分布差多少")),
    ]  # fmt: skip
    if result.as_of is not None:
        lines.append(MethodLine(msg("统计日期"), msg("{as_of:date}（不含当天）", as_of=result.as_of)))
    if any(attribute.source == "orders" for attribute in result.known):
        lines.append(MethodLine(msg("退款"), POLICIES[result.params.refund_policy]))
    lines += [MethodLine(a.label, a.meaning) for a in result.known if a.source != "file" and a.compared]
    aside = [*worked.people.put_aside, *((a.label, msg("每个值的人都太少")) for a in compared.passed_over)]
    if aside:
        told_aside = join([msg("{label}（{reason}）", label=label, reason=reason) for label, reason in aside])
        lines.append(MethodLine(msg("没有比的列"), told_aside))
    lines += [
        MethodLine(msg("标签“{tag}/{value}”", tag=tag.name, value=choice.value), verbatim(choice.rule.write()))
        for tag in result.tagged.tags for choice in tag.choices
    ]  # fmt: skip
    return (*lines, MethodLine(msg("数据指纹"), verbatim(data.digest[:16])))


def _tell_base(result: Result, against: Rule) -> Text:
    if against == EVERYONE:
        return msg("全部 {n:int} 位客户，这一组也在里面", n=result.base_n)
    return msg("{words}；{n:int} 位", words=result.base_words, n=result.base_n)


def _tell_interval(result: Result) -> Text:
    if result.nested:
        return msg("95%；按这一组和其余客户两个独立比例算（Wilson 区间，Donner–Zou 的 MOVER 比值法），再换算成 TGI")
    return msg("95%；按两组独立比例的比值算（Wilson 区间，Donner–Zou 的 MOVER 比值法）；两边都在的客户会让真实区间更窄")
