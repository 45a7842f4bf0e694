"""What a clustering says in words: the findings, most useful first, and the method card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.i18n import Text, join, msg, verbatim
from analytics.models.base import Finding, MethodLine, tell_data
from analytics.models.clusters_features import NIGHT_FROM, NIGHT_TO, Feature
from analytics.models.clusters_fit import BOOTSTRAPS, NO_STRUCTURE, SILHOUETTE_ROWS, STABLE, Method
from analytics.models.clusters_missing import no_structure
from analytics.models.clusters_names import INCOMPLETE, NOISE
from analytics.models.clusters_prepare import LogRule, MissingRule, ScaleRule
from analytics.models.clusters_saved import load
from analytics.models.rfm_findings import ORDER_RULES, POLICIES
from analytics.models.rfm_segments import NO_NET_SPEND

if TYPE_CHECKING:
    from analytics.dataset import Dataset
    from analytics.models.clusters import Params, Result
    from analytics.models.clusters_drift import Drift
    from analytics.models.clusters_run import Grouped

BLURRED = 0.25  # a silhouette below it: groups that run into one another
FEW_CUSTOMERS = 200
SPAN_CHANGED = 1.2

METHODS: dict[Method, Text] = {
    "kmeans": msg("K 均值：大小相近、界线清楚的群"),
    "mixture": msg("高斯混合：宽窄、方向可以不同的群"),
    "hdbscan": msg("HDBSCAN：密集成片的群，散落的客户另成一组"),
}
LOGS: dict[LogRule, Text] = {
    "auto": msg("自动：偏斜大的取对数"),
    "all": msg("都取对数"),
    "none": msg("都不取对数"),
}
SCALES: dict[ScaleRule, Text] = {
    "standard": msg("减均值、除以标准差"),
    "robust": msg("减中位数、除以四分位距"),
    "minmax": msg("压到 0 到 1"),
    "none": msg("不缩放：数值大的特征说了算"),
}
MISSING: dict[MissingRule, Text] = {
    "median": msg("用中位数补"),
    "zero": msg("当作 0"),
    "drop": msg("不分群，单独成组"),
}


def find(data: Dataset, result: Result, found: Grouped) -> tuple[Finding, ...]:
    """The facts worth a sentence, in the order in which a reader needs them."""
    if not result.shown:
        return (*no_structure(data, found), *_no_net_spend(result), *_dropped(found))
    grouped = result.segments[result.segments["segment"].isin([s.key for s in result.named[: found.clusters]])]
    facts = [
        *_overview(found, grouped),
        *_drift(data, result),
        *(_by_money(result, grouped) if data.kind == "lines" else _by_size(result, grouped)),
        *_leaving(result, grouped),
        *_noise(result),
        *_no_net_spend(result),
        *_dropped(found),
    ]
    if found.usable < FEW_CUSTOMERS:
        facts.append(Finding("few_customers", msg("客户只有 {n:int} 位，分群看看就好。", n=found.usable), "warn"))
    return tuple(facts)


def _overview(found: Grouped, grouped: pd.DataFrame) -> list[Finding]:
    model = found.model
    if model is None:
        return []
    n = int(grouped["customers"].sum())
    if found.fit is None:
        text = msg(
            "{n:int} 位客户归到旧模型的 {k:int} 群里，没有重新聚类。", n=found.usable, k=found.clusters
        )  # fmt: skip
        return [Finding("overview", text)]
    text = msg(
        "{n:int} 位客户分成 {k:int} 群。轮廓系数 {silhouette:.2f}（最高 1，越高界线越清楚），"
        "换一批客户重新分有 {stability:.2f} 一致（最高 1）。",
        n=n,
        k=found.clusters,
        silhouette=model.silhouette,
        stability=model.stability,
    )
    weak = not found.fit.found
    facts = [Finding("overview", text, "info" if weak or model.silhouette < BLURRED else "good")]
    if weak:
        facts.append(
            Finding("weak", msg("这些群没有明显的结构，只是按要求分的，不要拿来做决定。建议用 RFM 分层。"), "warn")
        )
    elif model.silhouette < BLURRED:
        text = msg("群和群之间是渐变的：靠近界线的客户归到旁边一群也说得通，看“典型程度”挑人。")
        facts.append(Finding("blurred", text))
    return facts


def _highest(table: pd.DataFrame, column: str) -> pd.Series[Any]:
    """The row with the highest value, the first of several."""
    return table.sort_values(column, ascending=False, kind="stable").iloc[0]


def _by_money(result: Result, grouped: pd.DataFrame) -> list[Finding]:
    first = _highest(grouped, "revenue")
    text = msg(
        "净消费最多的是“{name}”：{n:int} 位，占客户 {share:pct}，带来 {revenue:money}，"
        "占净消费 {revenue_share:pct}，人均 {each:money}。",
        name=_names(result)[first["segment"]],
        n=first["customers"],
        share=first["customer_share"],
        revenue=first["revenue"],
        revenue_share=first["revenue_share"],
        each=first["monetary"],
    )
    found = [Finding("most_money", text, "good", str(first["segment"]))]
    return found + [fact for fact in _by_size(result, grouped) if fact.segment != first["segment"]]


def _by_size(result: Result, grouped: pd.DataFrame) -> list[Finding]:
    first = _highest(grouped, "customers")
    segment = next(s for s in result.named if s.key == first["segment"])
    text = msg(
        "人最多的是“{name}”：{n:int} 位，占客户 {share:pct}；{meaning}。",
        name=segment.name,
        n=first["customers"],
        share=first["customer_share"],
        meaning=segment.meaning,
    )
    return [Finding("largest", text, "info", segment.key)]


def _leaving(result: Result, grouped: pd.DataFrame) -> list[Finding]:
    leaving = {segment.key: segment for segment in result.named if segment.group in ("win_back", "low")}
    here = grouped[grouped["segment"].isin(list(leaving))]
    if here.empty or "revenue" not in here.columns:
        return []
    first = _highest(here, "revenue")
    segment = leaving[str(first["segment"])]
    text = msg(
        "最该挽回的是“{name}”：{n:int} 位，以前花过 {revenue:money}。{action}。",
        name=segment.name,
        n=first["customers"],
        revenue=first["revenue"],
        action=segment.action,
    )
    return [Finding("win_back", text, "warn", segment.key)]


def _noise(result: Result) -> list[Finding]:
    table = result.segments.set_index("segment")
    found = []
    if NOISE in table.index:
        text = msg(
            "{n:int} 位客户（{share:pct}）不像任何一群，单独成组，没有丢掉。",
            n=table.loc[NOISE, "customers"],
            share=table.loc[NOISE, "customer_share"],
        )
        found.append(Finding("noise", text, "info", NOISE))
    if INCOMPLETE in table.index:
        text = msg("{n:int} 位客户资料不全，没有分群，单独成组。", n=table.loc[INCOMPLETE, "customers"])
        found.append(Finding("incomplete", text, "info", INCOMPLETE))
    return found


def _no_net_spend(result: Result) -> list[Finding]:
    table = result.segments.set_index("segment")
    if NO_NET_SPEND not in table.index:
        return []
    n = int(table["customers"][NO_NET_SPEND])
    text = msg("{n:int} 位客户没有净消费（全退、赠品等），单独成组，不参与分群。", n=n)
    return [Finding("no_net_spend", text, "info", NO_NET_SPEND)]


def _dropped(found: Grouped) -> list[Finding]:
    left = [*found.preparation.dropped]
    if not left:
        return []
    reasons = join([msg("{label}（{reason}）", label=feature.label, reason=reason) for feature, reason in left])
    return [Finding("dropped", msg("这些特征没有用上：{reasons}。", reasons=reasons))]


def _drift(data: Dataset, result: Result) -> list[Finding]:
    drift = result.drift
    if drift is None:
        return []
    if drift.same_file:
        return [Finding("same_file", msg("这就是做模型的那份文件，没有变化可看。换成新文件再用。"))]
    found = [_sizes(result, drift)]
    out = drift.features[drift.features["outside"] > 0.01].sort_values("outside", ascending=False)
    labels = {feature.key: feature.label for feature in result.features}
    if len(out):
        text = msg(
            "“{label}”有 {share:pct} 的客户超出了做模型时的范围。",
            label=labels[str(out["feature"].iloc[0])],
            share=float(out["outside"].iloc[0]),
        )
        found.append(Finding("outside", text, "warn"))
    if drift.worn:
        found.append(Finding("worn", msg("客户已经变了，建议用新数据重新聚类。"), "warn"))
    saved = load(result.params.model)
    spans = (saved.span_days, data.facts.span_days)
    if not saved.window_days and min(spans) > 0 and max(spans) / min(spans) > SPAN_CHANGED and data.kind == "lines":
        text = msg(
            "做模型的文件有 {then:int} 天，这份有 {now:int} 天：次数和金额会因此不同。"
            "下次做模型时设“只看最近几天”，就能对齐。",
            then=spans[0],
            now=spans[1],
        )
        found.append(Finding("span", text, "warn"))
    return found


def _sizes(result: Result, drift: Drift) -> Finding:
    row = _highest(drift.sizes.assign(change=(drift.sizes["now"] - drift.sizes["then"]).abs()), "change")
    text = msg(
        "变化最大的是“{name}”：占比从 {then:pct} 到 {now:pct}。总的变化指数 PSI {psi:.2f}（0.25 以上算变了）。",
        name=_names(result)[row["segment"]],
        then=float(row["then"]),
        now=float(row["now"]),
        psi=drift.psi,
    )
    if drift.moved is None:
        return Finding("sizes", text)
    moved = drift.moved[drift.moved["source"].isin([s.key for s in result.named])]
    others = moved[moved["source"] != moved["target"]]
    told = msg(
        "{sizes}从 {earlier:date} 起，{n:int} 位客户换了群，占当时客户的 {share:pct}。",
        sizes=text,
        earlier=drift.earlier,
        n=int(others["customers"].sum()),
        share=float(others["customers"].sum()) / max(float(moved["customers"].sum()), 1.0),
    )
    return Finding("sizes", told)


def _names(result: Result) -> dict[str, Text]:
    return {segment.key: segment.name for segment in result.named}


def tell_method(data: Dataset, params: Params, found: Grouped) -> tuple[MethodLine, ...]:
    """The method card: enough for somebody else to find the same groups."""
    lines = [*tell_data(data)]
    model = found.model
    if data.kind == "lines" and found.as_of is not None:
        window, policy = params.window_days, params.refund_policy
        if params.model and model is not None:
            window, policy = model.window_days, model.refund_policy  # type: ignore[assignment]
        span = msg("{as_of:date}（不含当天）", as_of=found.as_of)
        if window:
            span = msg("{as_of:date} 之前的 {days:int} 天", as_of=found.as_of, days=window)
        lines += [
            MethodLine(msg("统计日期"), span),
            MethodLine(msg("订单"), ORDER_RULES[data.manifest.order_rule]),
            MethodLine(msg("退款"), POLICIES[policy]),
        ]
    lines.append(MethodLine(msg("特征"), join([_tell(feature) for feature in found.features])))
    lines += _tell_left_out(found)
    lines += _tell_preparation(params, found)
    lines += _tell_fit(params, found)
    lines.append(
        MethodLine(
            msg("群名"),
            msg("取和全体均值相差 0.4 个标准差以上、差得最多的特征；按净消费（没有金额时按人数）从大到小排"),
        )
    )
    lines.append(MethodLine(msg("数据指纹"), verbatim(data.digest[:16])))
    return tuple(lines)


_EXPLAINED: dict[str, Text] = {
    "basket_value": msg("净消费除以付款订单数"),
    "discount_share": msg("有折扣的商品行占比"),
    "refund_share": msg("退款金额占成交金额"),
    "weekend_share": msg("周六、周日的付款订单占比"),
    "night_share": msg("{start:int} 点到 {end:int} 点的付款订单占比", start=NIGHT_FROM, end=NIGHT_TO),
    "gap_days": msg("相邻下单日之间的平均天数"),
    "gap_spread": msg("间隔天数的标准差除以均值，至少三个下单日"),
}


def _tell(feature: Feature) -> Text:
    if feature.key in _EXPLAINED:
        return msg("{label}：{how}", label=feature.label, how=_EXPLAINED[feature.key])
    return feature.label


def _tell_left_out(found: Grouped) -> list[MethodLine]:
    left = [*found.preparation.dropped, *found.passed_over]
    if not left:
        return []
    told = join([msg("{label}（{reason}）", label=feature.label, reason=reason) for feature, reason in left])
    return [MethodLine(msg("没有用的特征"), told)]


def _tell_preparation(params: Params, found: Grouped) -> list[MethodLine]:
    labels = {feature.key: feature.label for feature in found.features}
    steps = [step for step in found.preparation.steps if step.key in labels]
    logs = [labels[step.key] for step in steps if step.log]
    gaps = [
        msg("{label} 缺 {share:pct}", label=labels[step.key], share=step.missing_share)
        for step in steps if step.missing_share > 0
    ]  # fmt: skip
    if params.model:
        return [MethodLine(msg("预处理"), msg("和做模型时相同")), *_tell_logs(logs)]
    cut = (
        msg("每端截去 {share:pct} 的极端值", share=params.winsor_share) if params.winsor_share
        else msg("不截极端值")
    )  # fmt: skip
    missing = MISSING[params.missing]
    return [
        MethodLine(msg("极端值"), cut),
        *_tell_logs(logs),
        MethodLine(msg("缩放"), SCALES[params.scale]),
        MethodLine(msg("缺失值"), msg("{gaps}：{rule}", gaps=join(gaps), rule=missing) if gaps else msg("没有缺失")),
    ]


def _tell_logs(logs: list[Text]) -> list[MethodLine]:
    return [MethodLine(msg("取对数"), join(logs) if logs else msg("无"))]


def _tell_fit(params: Params, found: Grouped) -> list[MethodLine]:
    model = found.model
    if params.model and model is not None:
        when = (
            msg("{n:int} 位客户，{as_of:date} 前", n=model.customers, as_of=model.as_of)
            if model.as_of
            else msg("{n:int} 位客户", n=model.customers)
        )
        return [
            MethodLine(msg("方法"), msg("归到保存的模型（{method}）", method=METHODS[model.method])),  # type: ignore[index]
            MethodLine(msg("模型来自"), when),
        ]
    lines = [MethodLine(msg("方法"), METHODS[params.method])]
    if params.method != "hdbscan":
        chosen = (
            msg("{k:int}（自己定的）", k=params.k) if params.k
            else msg(
                "从 {low:int} 到 {high:int} 里选：稳定的里面轮廓系数最高；相差 0.02 以内取群数多的",
                low=params.k_min, high=params.k_max,
            )
        )  # fmt: skip
        lines.append(MethodLine(msg("群数"), chosen))
    elif found.fit is not None and found.fit.agreement is not None:
        lines.append(
            MethodLine(
                msg("归群"),
                msg("按每群的代表点和半径归群，和 HDBSCAN 原来的结果 {share:pct} 相同", share=found.fit.agreement),
            )
        )
    sample = (
        msg("{fitted:int} 位客户（按编号的哈希抽取），其余 {rest:int} 位按结果归群",
            fitted=found.fitted, rest=found.usable - found.fitted)
        if found.usable > found.fitted else msg("全部 {n:int} 位客户", n=found.fitted)
    )  # fmt: skip
    lines += [
        MethodLine(msg("拟合用到"), sample),
        MethodLine(
            msg("怎么算有结构"),
            msg(
                "轮廓系数（最多 {rows:int} 位客户）不低于 {silhouette:.2f}，"
                "且 {times:int} 次重抽样的调整兰德指数平均不低于 {stable:.1f}",
                rows=SILHOUETTE_ROWS, silhouette=NO_STRUCTURE, times=BOOTSTRAPS, stable=STABLE,
            ),
        ),
        MethodLine(msg("随机种子"), verbatim(str(params.seed))),
    ]  # fmt: skip
    return lines
