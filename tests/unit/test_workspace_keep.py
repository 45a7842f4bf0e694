"""How long workspaces stay: the time since the last use, the total, and never one that a session holds."""

from __future__ import annotations

import datetime as dt
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.errors import FileError
from analytics.workspace import Workspace
from analytics.workspace_keep import Keep, Lease, room_bytes, sweep
from tests.source_code import ROOT

NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def used(root: Path, token: str, ago: dt.timedelta, size: int = 0) -> Workspace:
    workspace = Workspace.open(root, token)
    (workspace.folder / "state.json").write_bytes(b"x" * size)
    workspace.mark_used(NOON - ago)
    return workspace


def test_sweep_takes_what_was_not_used_for_a_day_and_nothing_else(tmp_path: Path):
    old, new = used(tmp_path, "a", 25 * HOUR), used(tmp_path, "b", 23 * HOUR)
    assert sweep(tmp_path, NOON) == 1
    assert not old.folder.exists()
    assert new.folder.exists()
    assert sweep(tmp_path, NOON, Keep(hours=22)) == 1
    assert list((tmp_path / "workspaces").iterdir()) == []
    assert sweep(tmp_path / "nowhere", NOON) == 0


def test_a_tab_that_idles_for_days_loses_nothing_and_its_time_starts_when_it_is_closed(tmp_path: Path):
    workspace = used(tmp_path, "a", 100 * HOUR)
    first, second = Lease(workspace), Lease(workspace)
    assert sweep(tmp_path, NOON) == 0
    first.release()
    assert sweep(tmp_path, NOON) == 0  # the other tab is still open
    second.release()
    assert sweep(tmp_path, NOON + 23 * HOUR) == 0
    assert sweep(tmp_path, NOON + 25 * HOUR) == 1


def test_a_lease_ends_with_the_session_object_that_holds_it(tmp_path: Path):
    workspace = used(tmp_path, "a", 100 * HOUR)
    lease = Lease(workspace)
    del lease
    assert sweep(tmp_path, NOON) == 1
    assert not workspace.folder.exists()


def test_a_lease_of_another_process_counts_and_ends_with_a_kill(tmp_path: Path):
    workspace = used(tmp_path, "a", 100 * HOUR)
    code = (
        "import sys; from pathlib import Path; from analytics.workspace import Workspace\n"
        "from analytics.workspace_keep import Lease\n"
        f"lease = Lease(Workspace(Path({str(workspace.folder)!r}))); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == b"held"
        assert sweep(tmp_path, NOON) == 0
        process.kill()
        process.wait()
    workspace.mark_used(NOON - 100 * HOUR)
    assert sweep(tmp_path, NOON) == 1


def test_beyond_the_total_the_longest_unused_go_first_but_none_in_use(tmp_path: Path):
    held = used(tmp_path, "held", 5 * HOUR, 400)
    lease = Lease(held)
    others = [used(tmp_path, f"w{hours}", hours * HOUR, 400) for hours in (4, 3, 2, 1)]
    assert sweep(tmp_path, NOON, Keep(total_bytes=1300)) == 2
    # The sweep marked the held one as used just now; of the others the longest unused are gone.
    assert [workspace.folder.exists() for workspace in (held, *others)] == [True, False, False, True, True]
    assert sweep(tmp_path, NOON, Keep(total_bytes=10)) == 2
    assert held.folder.exists()
    lease.release()


def test_room_is_made_among_the_others_and_a_full_disk_is_told(tmp_path: Path):
    mine, other = used(tmp_path, "mine", HOUR, 300), used(tmp_path, "other", 2 * HOUR, 300)
    lease = Lease(mine)
    assert room_bytes(tmp_path, mine, Keep(workspace_bytes=1000, total_bytes=700), 100) == 700
    assert other.folder.exists()
    assert room_bytes(tmp_path, mine, Keep(workspace_bytes=1000, total_bytes=700), 101) == 700
    assert not other.folder.exists()
    with pytest.raises(FileError) as raised:
        room_bytes(tmp_path, mine, Keep(total_bytes=700), 401)
    assert raised.value.code == "file.disk_full"
    lease.release()


def test_what_an_ended_process_left_is_swept_but_not_while_a_session_is_there(tmp_path: Path):
    workspace = used(tmp_path, "a", HOUR)
    (workspace.datasets / ".new-1").mkdir()
    (workspace.datasets / ".new-1" / "lines.parquet").write_text("half")
    (workspace.datasets / "whole").mkdir()
    (workspace.results / ".x.parquet.1.part").write_text("half")
    (workspace.folder / ".state.json.1.part").write_text("half")
    workspace.save_upload(io.BytesIO(b"a"), "a.csv", limit_bytes=10)
    (tmp_path / "workspaces" / ".gone-1").mkdir()
    workspace.mark_used(NOON - HOUR)
    lease = Lease(workspace)
    sweep(tmp_path, NOON)
    assert (workspace.datasets / ".new-1").exists()
    lease.release()
    workspace.mark_used(NOON - HOUR)
    assert sweep(tmp_path, NOON) == 0
    names = {path.relative_to(workspace.folder).as_posix() for path in workspace.folder.rglob("*")}
    assert names == {"state.json", "uploads", "datasets", "datasets/whole", "results", "groups"}
    assert not (tmp_path / "workspaces" / ".gone-1").exists()
    assert workspace.folder.stat().st_mtime == (NOON - HOUR).timestamp()  # tidying up is no use


def test_limits_come_from_the_environment_and_nonsense_is_refused():
    assert Keep.from_environment({}) == Keep(24, 2048 * 2**20, 20480 * 2**20)
    given = {"ZHIKE_KEEP_HOURS": "0.5", "ZHIKE_WORKSPACE_MB": "1", "ZHIKE_TOTAL_MB": " "}
    assert Keep.from_environment(given) == Keep(0.5, 2**20, 20480 * 2**20)
    for wrong in ("0", "-1", "a day", "nan"):
        with pytest.raises(ValueError, match="ZHIKE_KEEP_HOURS"):
            Keep.from_environment({"ZHIKE_KEEP_HOURS": wrong})


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_lock_files_are_private(tmp_path: Path):
    workspace = used(tmp_path, "a", HOUR)
    lease = Lease(workspace)
    (lock,) = (tmp_path / "workspaces").glob("*.lock")
    assert lock.stat().st_mode & 0o777 == 0o600
    lease.release()
