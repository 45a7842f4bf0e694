"""Five-step funnel on generated events: ours against ClickHouse's windowFunnel (chDB) on the same Parquet file.

    python benchmarks/funnel.py [ROWS …]        default: 2000000; give 2000000 20000000 for the growth

Each runs in a process of its own, three times, the best counts; wall and CPU seconds and peak memory are printed.
"ours" counts all levels and the pending from the file; "analyze" is the whole answer with lists, times and findings.
The counts of ours and chDB must be equal. 10 rows a user; seed 7 as in the frozen table of the tests.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

RUNS = 3


def _best(run: Callable[[], Any]) -> dict[str, Any]:
    """The best of RUNS by wall time."""
    found: list[dict[str, Any]] = []
    for _ in range(RUNS):
        used, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        answer = run()
        wall, now = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
        cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        found.append({"wall": round(wall, 2), "cpu": round(cpu, 2), "answer": answer})
    best = min(found, key=lambda one: float(one["wall"]))
    return best | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def measure(who: str, folder: Path) -> dict[str, Any]:
    """One contender in this process."""
    from tests.golden.funnel_cases import BIG, ask

    if who == "chdb":
        return _best(lambda: ask(folder / "events.parquet", BIG))
    from analytics.dataset import Dataset
    from analytics.engine import embedded
    from analytics.models import funnel

    data = Dataset.open(folder, embedded())
    params = funnel.Params(steps=BIG.steps, window_days=BIG.window_seconds / 86_400, unit="user")
    if who == "analyze":
        return _best(lambda: [int(n) for n in funnel.analyze(data, params).steps["units"]])

    def count() -> list[int]:
        outcome = funnel.match(data.main, funnel.make_spec(data, params)).outcome
        levels = {f"d{depth}": (outcome.depth >= depth).sum() for depth in range(1, len(BIG.steps) + 1)}
        row = outcome.agg(**levels, pending=outcome.pending.sum()).execute().iloc[0]
        return [int(row[name]) for name in levels]

    return _best(count)


def main(sizes: list[int]) -> None:
    """Generate, measure, compare."""
    from analytics.engine import embedded
    from tests.event_tables import generated, write_events

    for rows in sizes:
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home) / "d"
            write_events(folder, embedded(), generated(rows, rows // 10, 7))
            told = {}
            for who in ("chdb", "ours", "analyze"):
                command = [sys.executable, __file__, "--one", who, str(folder)]
                out = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
                told[who] = json.loads(out.stdout.splitlines()[-1])
                print(f"{rows:,} {who}: {told[who]}", flush=True)
            same = told["chdb"]["answer"] == told["ours"]["answer"] == told["analyze"]["answer"]
            ratio = told["ours"]["wall"] / told["chdb"]["wall"]
            print(f"{rows:,}: counts {'equal' if same else 'DIFFER'}; ours / chDB {ratio:.2f} in wall time")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
    else:
        main([int(size) for size in sys.argv[1:]] or [2_000_000])
