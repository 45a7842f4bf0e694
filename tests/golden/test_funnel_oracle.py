"""The counting engine against answers that are not ours: ClickHouse's windowFunnel (frozen), and a plain scan."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.dataset import Dataset
from analytics.engine import Engine
from analytics.models import funnel, funnel_match
from tests.event_tables import events_dataset, write_events
from tests.golden.funnel_cases import CASES, FROZEN, TAOBAO, Case, real_events

ANSWERS = json.loads(FROZEN.read_text(encoding="utf-8"))


def counts(data: Dataset, case: Case) -> list[int]:
    params = funnel.Params(steps=case.steps, window_days=case.window_seconds / 86_400)
    return [int(n) for n in funnel.analyze(data, params).steps["units"]]


@pytest.mark.parametrize("case", [case for case in CASES if case.data], ids=lambda case: case.name)
def test_generated_events_count_as_in_clickhouse(case: Case, tmp_path: Path, engine: Engine):
    assert counts(write_events(tmp_path / "d", engine, case.table()), case) == ANSWERS[case.name]


def test_real_events_count_as_in_clickhouse(shared_data: Path, tmp_path: Path, engine: Engine):
    assert TAOBAO.is_relative_to(shared_data)
    data = Dataset.open(real_events(tmp_path).parent, engine)
    assert data.facts.rows_used == 84_440
    for case in (case for case in CASES if case.data is None):
        assert counts(data, case) == ANSWERS[case.name], case.name


def scan(rows: list[tuple[str, int]], steps: list[set[str]], optional: list[bool], window: int) -> int:
    """The deepest number of required steps of one user, by trying every chain of rows: slow and plain."""
    best = 0
    ordered = sorted(enumerate(rows), key=lambda item: item[1][1])

    def follow(step: int, used: tuple[int, ...], at: int, entry: int, depth: int) -> None:
        nonlocal best
        best = max(best, depth)
        for following in range(step, len(steps)):
            for number, (event, when) in ordered:
                later = when > at or (when == at and number not in used)
                if event in steps[following] and later and number not in used and when - entry <= window:
                    follow(following + 1, (*used, number), when, entry, depth + (not optional[following]))
            if not optional[following]:
                break

    for number, (event, when) in ordered:
        if event in steps[0]:
            follow(1, (number,), when, when, 1)
    return best


ROWS = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 12)), min_size=1, max_size=9)
FUNNELS = st.sampled_from(
    [("A", "B", "C"), ("A", "B?", "C"), ("A", "A", "B"), ("B", "A|C", "A"), ("A", "B?", "C?", "A"), ("C", "B", "B")]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    users=st.lists(ROWS, min_size=1, max_size=4),
    texts=FUNNELS,
    window=st.integers(1, 8),
    light=st.sampled_from([0, 24]),
)
def test_every_chain_is_tried(users: Any, texts: Any, window: int, light: int, tmp_path_factory, monkeypatch, engine):
    # Simultaneous rows of overlapping steps are ordered by a rule, not tried both ways: give every row its instant.
    monkeypatch.setattr("analytics.models.funnel_units.LIGHT_ROWS", light)  # 0: everybody by running maximum
    users = [[(event, when * 10 + number) for number, (event, when) in enumerate(rows)] for rows in users]
    start = dt.datetime(2024, 1, 1)
    table = [
        {"user": f"u{n}", "event": event, "at": (start + dt.timedelta(seconds=when)).isoformat()}
        for n, rows in enumerate(users)
        for event, when in rows
    ]
    data = events_dataset(tmp_path_factory.mktemp("scan") / "d", engine, table)
    steps = [funnel.parse_step(text) for text in texts]
    names = [{event.name for event in step.events} for step in steps]
    optional = [step.optional for step in steps]
    spec = funnel.make_spec(data, funnel.Params(steps=texts, window_days=window * 10 / 86_400, unit="user"))
    outcome = funnel.match(data.main, spec).outcome.execute()
    ours = dict(zip(outcome["unit"], outcome["depth"], strict=True))
    assert ours == {
        f"u{n}": depth for n, rows in enumerate(users) if (depth := scan(rows, names, optional, window * 10))
    }


def test_joins_and_running_maxima_give_the_same_rows(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch):
    """Rows before the first bound go one way, those after it the other; the outcome may not show which."""
    data = write_events(tmp_path / "d", engine, CASES[4].table())
    params = funnel.Params(steps=CASES[4].steps, window_days=2, unit="user")
    frames = []
    for light in (0, 10**9):
        monkeypatch.setattr("analytics.models.funnel_units.LIGHT_ROWS", light)
        outcome = funnel.match(data.main, funnel.make_spec(data, params)).outcome
        frames.append(outcome.order_by("unit").execute())
    assert len(frames[0]) > 400
    assert frames[0].equals(frames[1])
    assert isinstance(funnel_match.LIGHT_ROWS, int)
    assert isinstance(outcome, ibis.Table)
