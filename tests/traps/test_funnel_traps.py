"""Wrong funnels without an error. Each trap names what a naive tool would do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from analytics import api
from analytics.dataset import Dataset
from analytics.engine import Engine
from analytics.errors import ParamError
from analytics.intake.prepare_events import plausible_span
from analytics.models import funnel
from analytics.models.funnel_steps import Condition, parse_exclusion, parse_step, write_event
from tests.event_tables import events_dataset


def table(text: str) -> list[dict[str, Any]]:
    rows = (line.split() for line in text.strip().splitlines())
    return [{"user": user, "event": event, "at": f"2024-01-{day} {time}"} for user, event, day, time in rows]


def units(data: Dataset, *steps: str, **params: Any) -> list[int]:
    return [int(n) for n in funnel.analyze(data, funnel.Params(steps=steps, **params)).steps["units"]]


def prepared(folder: Path, engine: Engine, name: str, text: str) -> Dataset:
    (folder / name).write_text(text, encoding="utf-8")
    raw = api.open_file(folder / name, folder=folder / "raw")
    return api.prepare(raw, api.decide(raw, {}), folder=folder / "d", engine=engine)


def test_a_greedy_first_entry_does_not_hide_a_later_success(tmp_path: Path, engine: Engine):
    data = events_dataset(tmp_path / "d", engine, table("a A 01 10:00\na A 20 10:00\na B 20 11:00\nz Z 31 00:00"))
    assert units(data, "A", "B", window_days=1) == [1, 1]


def test_an_open_window_is_pending_not_lost_and_the_last_record_is_the_end(tmp_path: Path, engine: Engine):
    data = events_dataset(tmp_path / "d", engine, table("a A 01 10:00\nb A 01 12:00\nz Z 02 11:00"))
    result = funnel.analyze(data, funnel.Params(steps=("A", "Z"), window_days=1))
    frame = result.outcome.execute().set_index("unit")
    assert dict(frame["pending"]) == {"a": False, "b": True}  # b's window ends at noon, an hour after the data
    as_of = funnel.analyze(data, funnel.Params(steps=("A", "Z"), window_days=1, as_of=result.as_of))
    assert as_of.headline == result.headline  # the default day set by hand changes nothing


def test_simultaneous_events_count_in_the_order_of_the_steps_whatever_the_order_of_rows(tmp_path: Path, engine: Engine):
    rows = table("a B 01 00:00\na A 01 00:00\nb A 02 00:00\nb B 01 00:00\nz Z 31 00:00")
    assert units(events_dataset(tmp_path / "d", engine, rows), "A", "B", window_days=9) == [2, 1]
    assert units(events_dataset(tmp_path / "e", engine, rows[::-1]), "A", "B", window_days=9) == [2, 1]


def test_strict_order_is_refused_where_there_are_only_days(tmp_path: Path, engine: Engine):
    data = events_dataset(tmp_path / "d", engine, table("a A 01 00:00\na B 02 00:00"))
    with pytest.raises(ParamError) as refused:
        units(data, "A", "B", order="strict")
    assert refused.value.code == "param.strict_days"


def test_one_event_is_not_two_steps(tmp_path: Path, engine: Engine):
    data = events_dataset(tmp_path / "d", engine, table("a A 01 10:00\nb A 01 10:00\nb A 01 10:00\nz Z 31 00:00"))
    for order in ("sequential", "strict", "any"):
        assert units(data, "A", "A", window_days=1, order=order) == [2, 1], order


def test_strict_breaks_at_anything_between_but_not_at_a_repeated_entry(tmp_path: Path, engine: Engine):
    rows = "a A 01 10:00\na A 01 10:01\na B 01 10:02\nb A 01 10:00\nb X 01 10:01\nb B 01 10:02\nz Z 31 00:00"
    data = events_dataset(tmp_path / "d", engine, table(rows))
    assert units(data, "A", "B", window_days=1, order="strict") == [2, 1]


def test_unpaid_orders_stay_in_the_funnel_and_out_of_everything_else(tmp_path: Path, engine: Engine):
    text = "订单号,客户编号,下单时间,付款时间,金额,订单状态\n" + "".join(
        f"A{n},C{n},2024-01-{n + 1:02d} 10:00,{'' if n % 2 else f'2024-01-{n + 1:02d} 10:05'},10,"
        + ("待付款\n" if n % 2 else "已付款\n")
        for n in range(20)
    )
    data = prepared(tmp_path, engine, "orders.csv", text)
    assert data.facts.rows_used == 10
    result = funnel.analyze(data, funnel.Params(window_days=1))
    assert result.unit == "order"
    assert list(result.steps["units"]) == [20, 10]
    assert float(result.steps["stake"][0]) == 90  # what the unpaid orders were worth; the last one may yet be paid
    assert bool(result.steps["stake_known"][0])


def test_stray_times_are_left_out_with_a_reason_and_told(tmp_path: Path, engine: Engine):
    days = [f"u{n % 90},浏览,2024-03-{n % 20 + 1:02d} {n % 24:02d}:00:00\n" for n in range(2000)]
    text = "用户ID,行为,时间\n" + "".join(days) + "u1,支付,2019-01-01 10:00:00\nu2,支付,2031-01-01 10:00:00\n"
    data = prepared(tmp_path, engine, "events.csv", text)
    assert [(item.reason, item.count) for item in data.facts.left_out] == [("odd_time", 2)]
    assert [issue.count for issue in data.manifest.issues if issue.code == "odd_times"] == [2]
    assert data.facts.last_at is not None
    assert data.facts.last_at.year == 2024


def days(*counts: tuple[str, int]) -> list[tuple[dt.date, int]]:
    return [(dt.date.fromisoformat(day), n) for day, n in counts]


def test_what_is_a_stray_and_what_is_a_slow_start():
    slow = [(dt.date(2024, 1, 1) + dt.timedelta(days=n), 1 + n * n) for n in range(40)]
    assert plausible_span(slow) == (slow[0][0], slow[-1][0])
    jump = days(("2017-11-24", 3), ("2017-11-25", 9000), ("2017-11-26", 9000))
    assert plausible_span(jump) == (dt.date(2017, 11, 25), dt.date(2017, 11, 26))
    end = days(("2017-11-25", 9000), ("2017-11-26", 9000), ("2018-08-28", 2))
    assert plausible_span(end) == (dt.date(2017, 11, 25), dt.date(2017, 11, 26))
    few = days(("2024-01-01", 1), ("2024-03-01", 1))
    assert plausible_span(few) == (dt.date(2024, 1, 1), dt.date(2024, 3, 1))
    assert plausible_span([]) is None


def test_epoch_milliseconds_and_a_file_without_a_header(tmp_path: Path, engine: Engine):
    text = "".join(f"{n % 9},{'pv' if n % 3 else 'buy'},{1511544070000 + n * 3_600_000}\n" for n in range(60))
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    raw = api.open_file(tmp_path / "log.csv", folder=tmp_path / "raw", header_row=0)
    mapping = api.decide(raw, {"user_id": "列1", "event": "列2", "occurred_at": "列3"})
    data = api.prepare(raw, mapping, folder=tmp_path / "d", engine=engine)
    assert data.kind == "events"
    assert data.facts.first_at == dt.datetime(2017, 11, 25, 1, 21, 10)  # Beijing time
    assert data.facts.rows_used == 60


@pytest.mark.parametrize("text", ["", "a[b", "a]", "x|", "a[channel]", "a[b=1]c[d=2]", "::", "?"])
def test_a_step_that_cannot_be_read_is_refused(text: str):
    with pytest.raises(ParamError):
        parse_step(text)


@pytest.mark.parametrize("name", ["pv", "a|b", "支付[大]", "x?", "a::b", "1@2-3", "c\\d", "金额>=3", "  "[:1] + "b"])
def test_any_event_name_can_be_written(name: str):
    step = parse_step(write_event(name))
    assert [event.name for event in step.events] == [name.strip()]
    assert parse_exclusion(write_event(name), 3).events == step.events


def test_a_step_in_full():
    step = parse_step("成交::支付[渠道=抖音|天猫][amount>=100]|货到付款?")
    assert (step.label, step.optional, len(step.events)) == ("成交", True, 2)
    wanted = (Condition("渠道", "=", ("抖音", "天猫")), Condition("amount", ">=", ("100",)))
    assert step.events[0].conditions == wanted
    assert parse_exclusion("退款@2-4", 5) == type(parse_exclusion("退款", 5))(parse_step("退款").events, 2, 4)


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": ("A",)}, {"steps": ("A?", "B")}, {"steps": ("A", "B?")}, {"window_days": 0.0}, {"unit": "person"},
        {"steps": ("A", "B"), "exclusions": ("A",)}, {"steps": ("A", "B"), "exclusions": ("X@1-3",)},
        {"steps": ("A", "B?", "C"), "order": "any"}, {"steps": tuple("ABCDEFGHIJKLMNOPQRSTU")},
        {"entry_from": dt.date(2024, 2, 1), "entry_to": dt.date(2024, 1, 1)},
    ],
)  # fmt: skip
def test_settings_that_mean_nothing_are_refused(changes: dict[str, Any]):
    with pytest.raises(ParamError):
        funnel.Params(**changes)


def test_what_the_data_cannot_do_is_refused_by_name(tmp_path: Path, engine: Engine):
    data = events_dataset(tmp_path / "d", engine, table("a A 01 10:00\na B 02 10:00"))
    for changes, code in (
        ({"steps": ("A", "C")}, "param.no_such_event"),
        ({"steps": ("A", "B"), "unit": "session"}, "param.unit"),
        ({"steps": ("A", "B[colour=red]")}, "param.step_column"),
    ):
        with pytest.raises(ParamError) as refused:
            funnel.analyze(data, funnel.Params(**changes))
        assert refused.value.code == code
