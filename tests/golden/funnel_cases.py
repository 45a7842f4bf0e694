"""The funnels that ClickHouse's windowFunnel was asked about, and the script that asked it.

    python -m tests.golden.funnel_cases      writes funnel_windowfunnel.json; needs chdb (requirements-dev)

The default mode: events sorted by time, at one instant by step; the deepest level over all entries. The frozen answers
are cumulative: how many users reached each level.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.event_tables import generated

FROZEN = Path(__file__).with_name("funnel_windowfunnel.json")
ROOT = Path(__file__).resolve().parents[2]
TAOBAO = ROOT.parent / "shared" / "data" / "taobao_userbehavior" / "UserBehavior_100k.csv"


@dataclass(frozen=True)
class Case:
    """One question.

    data  rows, users, seed, seconds that times are rounded to, heavy users; None: the real file
    """

    steps: tuple[str, ...]
    window_seconds: int
    data: tuple[int, int, int, int, bool] | None

    @property
    def name(self) -> str:
        """A key for the frozen table."""
        return f"{self.data or 'taobao'} {'>'.join(self.steps)} {self.window_seconds}"

    def table(self) -> pa.Table:
        """The events of a generated case."""
        assert self.data is not None
        rows, users, seed, round_to, heavy = self.data
        return generated(rows, users, seed, round_to=round_to, heavy=heavy)


_FIVE = ("view", "fav", "cart", "order", "pay")
CASES = (
    Case(_FIVE, 14 * 86_400, (60_000, 6_000, 1, 1, False)),
    Case(_FIVE, 86_400, (60_000, 6_000, 1, 1, False)),
    Case(_FIVE, 14 * 86_400, (60_000, 300, 2, 1, False)),  # 200 rows a user
    Case(_FIVE, 7 * 86_400, (60_000, 3_000, 3, 86_400, False)),  # only days: most rows share their instant
    Case(_FIVE, 3_600, (60_000, 500, 4, 600, True)),
    Case(("pay", "view", "fav"), 30 * 86_400, (60_000, 3_000, 3, 86_400, True)),
    Case(("pv", "fav", "cart", "buy"), 14 * 86_400, None),
    Case(("pv", "cart", "buy"), 86_400, None),
    Case(("pv", "cart", "buy"), 1_800, None),
)
BIG = Case(_FIVE, 14 * 86_400, (2_000_000, 200_000, 7, 1, False))


def ask(parquet: Path, case: Case) -> list[int]:
    """Cumulative counts per level from chDB. Columns of the file: user_id, event, occurred_at."""
    import chdb

    conditions = ", ".join(f"event = '{step}'" for step in case.steps)
    moment = "toUInt64(toUnixTimestamp64Second(occurred_at))"
    level = f"windowFunnel({case.window_seconds})({moment}, {conditions})"
    inner = f"SELECT {level} AS level FROM file('{parquet}', Parquet) GROUP BY user_id"  # noqa: S608
    levels = ", ".join(f"countIf(level >= {level})" for level in range(1, len(case.steps) + 1))
    answer = chdb.query(f"SELECT {levels} FROM ({inner})", "CSV")  # noqa: S608
    return [int(cell) for cell in str(answer).strip().split(",")]


def real_events(folder: Path) -> Path:
    """The real file's events as Parquet, as our own intake leaves them (strays set aside), for both to read."""
    from analytics import api
    from analytics.engine import embedded

    raw = api.open_file(TAOBAO, folder=folder, header_row=0)
    roles = {"user_id": "列1", "product_id": "列2", "category": "列3", "event": "列4", "occurred_at": "列5"}
    data = api.prepare(raw, api.decide(raw, roles), folder=folder / "taobao", engine=embedded())
    return data.folder / "events.parquet"


def main() -> None:
    """Ask all cases and write the frozen table."""
    answers = {}
    with tempfile.TemporaryDirectory() as home:
        for number, case in enumerate((*CASES, BIG)):
            if case.data is None:
                parquet = real_events(Path(home) / f"real{number}")
            else:
                parquet = Path(home) / f"{number}.parquet"
                pq.write_table(case.table(), parquet)
            answers[case.name] = ask(parquet, case)
    FROZEN.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
