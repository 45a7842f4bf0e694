"""Two periods or two groups beside each other, and what goes with converting; intervals throughout, n always shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
import pandas as pd

from analytics.dataset import Dataset
from analytics.errors import DataError
from analytics.i18n import Text, msg
from analytics.models.base import Finding
from analytics.models.funnel import Result, events_before, make_spec
from analytics.models.funnel_look import attributed, properties
from analytics.models.funnel_match import UNIT
from analytics.models.funnel_outcome import step_table, window_over
from analytics.models.funnel_steps import parse_step
from analytics.models.funnel_units import match
from analytics.models.statistics import benjamini_hochberg, newcombe, odds_ratio, wilson

Days = tuple[dt.date, dt.date]
FEWEST = 10  # on either side of a comparison
_MOST_FEATURES = 60
_VALUES_PER_COLUMN = 8


@dataclass(frozen=True)
class Comparison:
    """Two funnels side by side.

    steps   step · a_units · b_units · a_rate · a_low · a_high · b_… (of step 1) · a_step · b_step (of the step
            before) · difference · low · high (of the overall rates, b − a, 95%)
    pending units still in their window on either side
    """

    steps: pd.DataFrame
    pending: tuple[int, int]
    findings: tuple[Finding, ...]


def compare_periods(data: Dataset, result: Result, a: Days, b: Days) -> Comparison:
    """Entries of two periods (days, both included), each counted as a funnel of its own."""
    tables = []
    for first, last in (a, b):
        params = replace(result.params, entry_from=first, entry_to=last)
        spec = make_spec(data, params)
        matched = match(events_before(data, params.as_of), spec)
        outcome = matched.outcome.mutate(stake=ibis.null("float64")).cache()
        tables.append(step_table(outcome, spec, params.steps))
    names = tuple(msg("{first:date} 至 {last:date}", first=first, last=last) for first, last in (a, b))
    return _compare(tables, names)


def compare_groups(
    data: Dataset, result: Result, column: str, groups: tuple[Sequence[str], Sequence[str]], names: tuple[Text, Text]
) -> Comparison:
    """Units that entered with a value of a property from the first of ``groups``, and those with one of the second."""
    values = attributed(data, result, column, "first")
    outcome = result.outcome.join(values, result.outcome[UNIT] == values.value_unit)
    spec = make_spec(data, result.params)
    tables = [
        step_table(outcome.filter(outcome["value"].isin(list(group))), spec, result.params.steps) for group in groups
    ]
    return _compare(tables, names)


def _compare(tables: Sequence[pd.DataFrame], names: tuple[Text, ...]) -> Comparison:
    first, second = tables
    if not (int(first["units"].iloc[0]) and int(second["units"].iloc[0])):
        raise DataError("data.nobody_to_compare", msg("有一边没有人进入，比不了。"), msg("换一段日期，或换一组。"))
    rows = []
    n1, n2 = int(first["units"].iloc[0]), int(second["units"].iloc[0])
    for at in range(len(first)):
        x1, x2 = int(first["units"][at]), int(second["units"][at])
        low1, high1 = wilson(x1, n1)
        low2, high2 = wilson(x2, n2)
        difference, low, high = newcombe(x2, n2, x1, n1)
        rows.append(
            {
                "step": at + 1, "a_units": x1, "b_units": x2, "a_rate": x1 / n1, "a_low": low1, "a_high": high1,
                "b_rate": x2 / n2, "b_low": low2, "b_high": high2, "a_step": first["step_rate"][at],
                "b_step": second["step_rate"][at], "difference": difference, "low": low, "high": high,
            }
        )  # fmt: skip
    steps = pd.DataFrame(rows)
    pending = (int(first["pending"].sum()), int(second["pending"].sum()))
    return Comparison(steps, pending, _tell(steps, names, pending))


def _tell(steps: pd.DataFrame, names: tuple[Text, ...], pending: tuple[int, int]) -> tuple[Finding, ...]:
    last = steps.iloc[-1]
    values = {
        "a": names[0], "b": names[1], "rate_a": last["a_rate"], "rate_b": last["b_rate"],
        "n_a": int(steps["a_units"].iloc[0]), "n_b": int(steps["b_units"].iloc[0]),
        "low": last["low"] * 100, "high": last["high"] * 100,
    }  # fmt: skip
    if last["low"] > 0 or last["high"] < 0:
        text = msg(
            "总转化率：{a} {rate_a:pct}（{n_a:int}），{b} {rate_b:pct}（{n_b:int}）；相差 {low:num} 到 {high:num}"
            " 个百分点（95% 区间），不像偶然。",
            **values,
        )
    else:
        text = msg(
            "总转化率：{a} {rate_a:pct}（{n_a:int}），{b} {rate_b:pct}（{n_b:int}）；相差 {low:num} 到 {high:num}"
            " 个百分点（95% 区间），看不出真有差别。",
            **values,
        )
    found = [Finding("difference", text)]
    shares = [count / n for count, n in zip(pending, (values["n_a"], values["n_b"]), strict=True)]
    if max(shares) > 0.05 and abs(shares[0] - shares[1]) > 0.05:
        text = msg(
            "两边还在窗口内的不一样多（{a:int} 和 {b:int}），较新的一边会偏低，等窗口到期再下结论。",
            a=pending[0], b=pending[1],
        )  # fmt: skip
        found.append(Finding("uneven_pending", text, "warn"))
    return tuple(found)


def odds(data: Dataset, result: Result) -> pd.DataFrame:
    """What goes with converting, among units whose window is over.

    kind (property, event) · column · value · n (units with it) · rate · rate_without · ratio · low · high · p · q
    property  of the event of the entry; event: something else that the user did before the entry, in this file
    q is p after Benjamini and Hochberg over all rows; sorted by q. It says what goes together, not what causes what.
    """
    outcome, full = result.outcome, int((~result.steps["optional"]).sum())
    over = window_over(outcome, make_spec(data, result.params))
    settled = outcome.filter(over).mutate(through=outcome.depth == full)
    row = settled.agg(n=settled.count(), x=settled.through.sum()).execute().iloc[0]
    n, x = int(row["n"]), int(row["x"] or 0)
    rows = []
    for column in properties(data):
        values = attributed(data, result, column, "first")
        joined = settled.join(values, settled[UNIT] == values.value_unit)
        counts = joined.group_by("value").agg(n=joined.count(), x=joined.through.sum())
        frame = counts.order_by([ibis.desc("n"), "value"]).limit(_VALUES_PER_COLUMN).execute()
        rows += [("property", column, str(v), int(c), int(t)) for v, c, t in frame.itertuples(index=False)]
    for value, count, through in _prior_events(data, result, settled).itertuples(index=False):
        rows.append(("event", "event", str(value), int(count), int(through)))
    found = []
    for kind, column, value, count, through in rows[:_MOST_FEATURES]:
        without, through_without = n - count, x - through
        if count < FEWEST or without < FEWEST:
            continue
        ratio, low, high, p = odds_ratio(through, count - through, through_without, without - through_without)
        found.append(
            {
                "kind": kind, "column": column, "value": value, "n": count, "rate": through / count,
                "rate_without": through_without / without, "ratio": ratio, "low": low, "high": high, "p": p,
            }
        )  # fmt: skip
    columns = ["kind", "column", "value", "n", "rate", "rate_without", "ratio", "low", "high", "p"]
    table = pd.DataFrame(found, columns=columns)
    table["q"] = benjamini_hochberg(list(table["p"]))
    return table.sort_values(["q", "kind", "column", "value"], ignore_index=True)


def _prior_events(data: Dataset, result: Result, settled: ibis.Table) -> pd.DataFrame:
    """Columns value · n · x: events done before the entry, the first step itself aside: every visit holds it."""
    if data.kind == "lines":
        return pd.DataFrame({"value": [], "n": [], "x": []})
    events = events_before(data, result.params.as_of)
    first = [event.name for event in parse_step(result.params.steps[0]).events]
    firsts = events.filter(events.event.notin(first)).group_by("user_id", "event").agg(since=events.occurred_at.min())
    joined = settled.join(firsts, [settled.user == firsts.user_id, firsts.since < settled.t_1])
    counts = joined.group_by(value=joined.event).agg(n=joined.count(), x=joined.through.sum())
    frame: pd.DataFrame = counts.order_by([ibis.desc("n"), "value"]).limit(20).execute()
    return frame
