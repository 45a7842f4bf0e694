"""RFM beside itself: against an earlier date, against other methods, and the shape of each measure.

Each function runs its own queries, so that a page pays for what it shows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import ParamError
from analytics.i18n import Text, msg
from analytics.models.base import Finding
from analytics.models.rfm import Params, Result, find_cuts, resolve_as_of
from analytics.models.rfm_findings import METHODS, POLICIES
from analytics.models.rfm_scoring import Cuts, RefundPolicy, add_scores, customer_base, scored_part
from analytics.models.rfm_segments import GROUPS, NO_NET_SPEND, SEGMENTS, segment_keys

NEW_BUYER = "new_buyer"
NEW_BUYER_NAME = msg("当时还没下单")
DEFAULT_BACK_DAYS = 90
BARS = 30
Measure = Literal["recency_days", "frequency", "monetary"]


@dataclass(frozen=True)
class Migration:
    """The same customers at two dates, scored with the later date's cut points.

    flows  source (segment key or NEW_BUYER) · target (segment key) · customers · revenue (net spending up to the
           later date) · spent_between (net spending between the two dates); only pairs that occur, in display order
    """

    earlier: dt.date
    later: dt.date
    flows: pd.DataFrame
    findings: tuple[Finding, ...]


def default_earlier(data: Dataset, as_of: dt.date) -> dt.date:
    """90 days before, or the middle of the data when it is shorter than 180 days."""
    first = data.facts.first_at
    days = (as_of - first.date()).days if first else 2 * DEFAULT_BACK_DAYS
    return as_of - dt.timedelta(days=min(DEFAULT_BACK_DAYS, max(1, days // 2)))


def migrate(data: Dataset, result: Result, earlier: dt.date | None = None) -> Migration:
    """Where each customer of ``result`` stood at an earlier date. Raises ParamError outside the data's span.

    Refunds count at the date of their order, since files rarely say when the money went back.
    """
    params, later = result.params, result.as_of
    earlier = earlier or default_earlier(data, later)
    first = data.facts.first_at
    if first is None or not first.date() < earlier < later:
        raise ParamError(
            "param.earlier",
            msg("对比日期要在 {first:date} 和 {later:date} 之间。", first=first or later, later=later),
            msg("换一个日期再试。"),
        )
    base = customer_base(data, earlier, params.refund_policy)
    before = add_scores(base, result.cuts, params.weights, by_mean=params.method == "mean")
    before = before.select("customer_id", source="segment", before_monetary="monetary")
    now = result.customers.select("customer_id", target="segment", now_monetary="monetary")
    # Named apart so that the join leaves one customer_id.
    both = now.left_join(before.rename(before_id="customer_id"), now.customer_id == before.customer_id)
    zero = ibis.literal(0).cast("decimal(38,4)")
    both = both.mutate(
        source=both.source.fill_null(NEW_BUYER),
        between=both.now_monetary - both.before_monetary.fill_null(zero),
    )
    flows = (
        both.group_by("source", "target")
        .agg(customers=both.count(), revenue=both.now_monetary.sum(), spent_between=both.between.sum())
        .execute()
    )
    flows[["revenue", "spent_between"]] = flows[["revenue", "spent_between"]].astype(float)
    place = {key: at for at, key in enumerate((*segment_keys(params.method), NEW_BUYER))}
    flows = flows.sort_values(["source", "target"], key=lambda keys: keys.map(place), ignore_index=True)
    return Migration(earlier, later, flows, _tell_migration(flows, earlier))


def _tell_migration(flows: pd.DataFrame, earlier: dt.date) -> tuple[Finding, ...]:
    group = {key: segment.group for key, segment in SEGMENTS.items()}
    source, target = flows["source"].map(group), flows["target"].map(group)
    found = []
    lost = flows[(source == "value") & target.isin(["win_back", "low", "none"])]
    was_value = int(flows.loc[source == "value", "customers"].sum())
    if not lost.empty:
        text = msg(
            "{earlier:date} 时的 {all:int} 位核心客户里，{customers:int} 位（{share:pct}）已经走远，"
            "他们至今花过 {revenue:money}。",
            earlier=earlier,
            all=was_value,
            customers=int(lost["customers"].sum()),
            share=float(lost["customers"].sum()) / was_value,
            revenue=float(lost["revenue"].sum()),
        )
        found.append(Finding("lost_value", text, "warn", str(lost.sort_values("revenue")["target"].iloc[-1])))
    back = flows[source.isin(["win_back", "low"]) & target.isin(["value", "grow"])]
    if not back.empty:
        text = msg(
            "{customers:int} 位走远的客户回来了，这段时间花了 {spent:money}。",
            customers=int(back["customers"].sum()),
            spent=float(back["spent_between"].sum()),
        )
        found.append(Finding("came_back", text, "good"))
    fresh = flows[flows["source"] == NEW_BUYER]
    if not fresh.empty:
        text = msg(
            "新来 {customers:int} 位客户，这段时间花了 {spent:money}。",
            customers=int(fresh["customers"].sum()),
            spent=float(fresh["spent_between"].sum()),
        )
        found.append(Finding("new_buyers", text))
    return tuple(found)


def sensitivity(data: Dataset, result: Result) -> pd.DataFrame:
    """How the answer moves with the method, the number of classes and the refund policy.

    One row per variant, the current settings first: variant (Text) · moved (customers whose group of action differs
    from now) · then for each key of GROUPS <key>_customers and <key>_revenue.
    """
    bases: dict[RefundPolicy, ibis.Table] = {}
    now = result.customers.select("customer_id", now_group=_group(result.customers))
    rows = []
    for variant, params in _variants(result.params):
        policy = params.refund_policy
        if policy not in bases:
            bases[policy] = customer_base(data, resolve_as_of(data, params.as_of), policy).cache()
        cuts = find_cuts(bases[policy], params)
        customers = add_scores(bases[policy], cuts, params.weights, by_mean=params.method == "mean")
        then = customers.select("customer_id", "monetary", group=_group(customers))
        both = then.join(now.rename(now_id="customer_id"), then.customer_id == now.customer_id)
        sums = (
            both.group_by("group")
            .agg(
                customers=both.count(),
                revenue=both.monetary.sum(),
                moved=(both.group != both.now_group).cast("int64").sum(),
            )
            .execute()
            .set_index("group")
        )
        row: dict[str, object] = {"variant": variant, "moved": int(sums["moved"].sum())}
        for key in GROUPS:
            row[f"{key}_customers"] = int(sums["customers"].get(key, 0))
            row[f"{key}_revenue"] = float(sums["revenue"].get(key, 0))
        rows.append(row)
    return pd.DataFrame(rows)


def _variants(current: Params) -> list[tuple[Text, Params]]:
    variants = [(msg("当前设置"), current)]
    variants += [
        (msg("分位数 {bins:int} 档", bins=bins), replace(current, method="quantile", bins=bins)) for bins in (5, 4, 3)
    ]
    cuts = tuple("/".join(f"{cut:g}" for cut in points) for points in (current.r_cuts, current.f_cuts, current.m_cuts))
    variants += [
        (
            msg("固定分界点：R {r} 天，F {f} 单，M {m} 元", r=cuts[0], f=cuts[1], m=cuts[2]),
            replace(current, method="fixed"),
        ),
        (METHODS["mean"], replace(current, method="mean")),
    ]
    variants += [(POLICIES[name], replace(current, refund_policy=name)) for name in ("net", "drop", "keep")]
    return [variants[0]] + [item for item in variants[1:] if item[1] != current]


def _group(customers: ibis.Table) -> ibis.expr.types.StringValue:
    return ibis.cases(*((customers.segment == key, segment.group) for key, segment in SEGMENTS.items()))


def distribution(result: Result, measure: Measure) -> pd.DataFrame:
    """How many scored customers have which value: left · right · customers, at most BARS bars and a tail.

    Bars are [left, right); the last one holds everything above the 99th percentile and its right end is the maximum.
    """
    scored = scored_part(result.customers)
    value = scored[measure].cast("float64")
    row = scored.agg(low=value.min(), high=value.max(), top=value.quantile(0.99)).execute().iloc[0]
    if pd.isna(row["low"]):
        return pd.DataFrame({"left": [], "right": [], "customers": []})
    low, high, top = float(row["low"]), float(row["high"]), float(row["top"])
    whole = measure != "monetary"
    low = low if whole else 0.0
    width = max((top - low) / BARS, 1e-9)
    width = max(1.0, float(-(-width // 1))) if whole else _round_width(width)
    last = int((top - low) // width) + 1
    bar = ((value - low) / width).floor().cast("int64")
    counts = scored.group_by(bar=ibis.least(bar, last)).agg(customers=scored.count()).execute()
    frame = pd.DataFrame({"bar": range(last + 1)}).merge(counts, how="left").fillna({"customers": 0})
    frame["left"] = low + frame["bar"] * width
    frame["right"] = frame["left"] + width
    frame.loc[frame.index[-1], "right"] = max(high, float(frame["right"].iloc[-1]))
    frame["customers"] = frame["customers"].astype("int64")
    return frame[["left", "right", "customers"]]


def _round_width(width: float) -> float:
    """The next of 1, 2, 2.5, 5, 10, 20, … so that bars end on numbers that people read."""
    size = 10.0 ** len(str(int(width))) / 10 if width >= 1 else 0.01
    return next((step * size for step in (1, 2, 2.5, 5, 10) if step * size >= width), width)


def suggested_cuts(data: Dataset, params: Params) -> Cuts:
    """Cut points for the fixed method to start from: the data's own quantiles, rounded to readable numbers."""
    base = customer_base(data, resolve_as_of(data, params.as_of), params.refund_policy).cache()
    cuts = find_cuts(base, replace(params, method="quantile", bins=5))
    return Cuts(*(_readable(points) for points in (cuts.r, cuts.f, cuts.m)))


def _readable(points: tuple[float, ...]) -> tuple[float, ...]:
    """Two significant digits, strictly ascending; at least two points."""
    rounded = sorted({float(f"{point:.2g}") for point in points})
    while len(rounded) < 2:
        rounded.append(rounded[-1] + 1 if rounded else 1.0)
    return tuple(rounded)


__all__ = [
    "NEW_BUYER",
    "NEW_BUYER_NAME",
    "NO_NET_SPEND",
    "Migration",
    "default_earlier",
    "distribution",
    "migrate",
    "sensitivity",
    "suggested_cuts",
]
