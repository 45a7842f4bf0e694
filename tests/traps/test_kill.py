"""kill -9 at any moment of preparing never leaves half a dataset, and what it does leave is swept up.

A nursery process imports everything once and forks a child for each attempt, so that a hundred of them are quick.
The child does what the app does on confirmation: prepare, move into place, make current, delete the earlier one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analytics.dataset import read_manifest
from analytics.intake.reader import read_file
from analytics.workspace import Workspace
from analytics.workspace_keep import sweep
from tests.source_code import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")

ATTEMPTS = 100
TABLES = {"lines": ("lines", "orders", "left_out")}
NOW = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
NURSERY = """
import json, os, sys, pickle, secrets
from pathlib import Path
import pandas, pyarrow.parquet, ibis, duckdb, sqlglot, analytics.intake.prepare
from analytics.engine import embedded
from analytics.intake.prepare import PrepareOptions, prepare
from analytics.intake.recognise import recognise
from analytics.workspace import Workspace

raws, folder = pickle.loads(bytes.fromhex(sys.stdin.readline())), Path(sys.stdin.readline().strip())
mappings = [recognise(raw).mapping for raw in raws]
t = ibis.table({"a": "string", "b": "timestamp", "c": "decimal(18,4)"}, name="t")
ibis.to_sql(t.group_by("a").aggregate(n=ibis._.count(), s=ibis._.c.sum()).order_by("a"), dialect="duckdb")

def confirm(at):
    workspace = Workspace(folder)
    built = workspace.datasets / f".new-{secrets.token_hex(8)}"
    options = PrepareOptions(drop_duplicates=at % 2 == 1)
    data = prepare([raws[at]], mappings[at], built, embedded(), options=options)
    workspace.set_current(workspace.adopt(built, data.digest), {"at": at}, "lines")
    workspace.drop_unused()

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        confirm(int(line))
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


def orders(rows: int, seed: int) -> str:
    """Orders with a duplicate, a line without a date and a refund."""
    draw = random.Random(seed)
    lines = [
        f"A{n},C{draw.randrange(rows // 3)},2025-{draw.randrange(1, 13)}-{draw.randrange(1, 28)},{draw.randrange(900)}"
        for n in range(rows)
    ]
    return "\n".join(["订单号,客户编号,下单时间,金额", *lines, lines[0], "B1,C1,,5", "B2,C2,2025-01-05,-3"])


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path, "killed")


@pytest.fixture
def nursery(tmp_path: Path, workspace: Workspace) -> Iterator[subprocess.Popen[str]]:
    import pickle

    raws = []
    for at, rows in enumerate((30, 60, 120)):
        source = tmp_path / f"{at}.csv"
        source.write_text(orders(rows, at), encoding="utf-8")
        (tmp_path / f"raw{at}").mkdir()
        raws.append(read_file(source, tmp_path / f"raw{at}"))
    process = subprocess.Popen(
        [sys.executable, "-c", NURSERY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"ZHIKE_HOME": str(tmp_path)},
    )
    assert process.stdin
    process.stdin.write(f"{pickle.dumps(raws).hex()}\n{workspace.folder}\n")
    process.stdin.flush()
    yield process
    process.stdin.close()
    process.wait(timeout=30)
    assert process.stdout
    process.stdout.close()


def attempt(nursery: subprocess.Popen[str], at: int, kill_after: float | None) -> tuple[float, bool]:
    """One confirmation, killed after so many seconds; how long it lived, and whether it was killed."""
    assert nursery.stdin
    assert nursery.stdout
    nursery.stdin.write(f"{at}\n")
    nursery.stdin.flush()
    child = int(nursery.stdout.readline())
    begun = time.perf_counter()
    if kill_after is not None:
        while time.perf_counter() - begun < kill_after:  # the moment is what is tested: nothing to wait for
            pass
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    status = int(nursery.stdout.readline())
    assert status in (0, signal.SIGKILL), "the child failed on its own"
    return time.perf_counter() - begun, status != 0


def assert_whole(folder: Path) -> None:
    manifest = read_manifest(folder)
    rows = {name: pq.read_table(folder / f"{name}.parquet").num_rows for name in TABLES[manifest.kind]}
    assert rows["lines"] == manifest.facts.rows_used
    assert rows["orders"] == manifest.facts.orders
    assert rows["left_out"] == manifest.facts.rows_read - manifest.facts.rows_used


def named(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if not path.name.startswith(".")]


def test_a_hundred_kills_leave_no_half_dataset(nursery: subprocess.Popen[str], workspace: Workspace, tmp_path: Path):
    draw = random.Random(20260102)
    whole_run, _ = max(attempt(nursery, at, None) for at in (0, 1, 2))  # also: there is a dataset to lose
    killed, changed = 0, set()
    for number in range(ATTEMPTS):
        before = workspace.current()
        assert before
        _, was_killed = attempt(nursery, draw.randrange(3), draw.uniform(0, 1.1) * whole_run)
        killed += was_killed
        after = workspace.current()
        assert after, f"attempt {number}: the dataset is gone"
        changed.add((was_killed, after == before))
        for folder in named(workspace.datasets):
            assert_whole(folder)
        json.loads((workspace.folder / "state.json").read_text(encoding="utf-8"))
    assert killed > ATTEMPTS // 3, "too few were killed in time: this test has shown nothing"
    assert (True, True) in changed
    # Left alone, the same step does change the dataset, so the kills above did stop something.
    left_alone = set()
    for at in (0, 1):
        attempt(nursery, at, None)
        left_alone.add(workspace.current())
    assert len(left_alone) == 2
    assert sweep(tmp_path, NOW) == 0
    assert list(workspace.folder.rglob(".*")) == []
    assert workspace.current() is not None


def test_a_kill_while_a_dataset_is_deleted_leaves_no_half_one(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    import shutil

    folder = workspace.datasets / "old"
    folder.mkdir()
    for name in ("manifest.json", "lines.parquet"):
        (folder / name).write_text("{}")

    def die(path: Path, **_: object) -> None:
        (path / "lines.parquet").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", die)
    with pytest.raises(KeyboardInterrupt):
        workspace.drop_unused()
    assert named(workspace.datasets) == []
