"""A visitor's folder: whole writes, private files, real deletion, a limit to its size."""

from __future__ import annotations

import io
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from analytics.errors import FileError
from analytics.intake.mapping import Mapping
from analytics.workspace import Workspace

MAPPING = Mapping("lines", (("customer_id", "客户 ID"), ("ordered_at", "日期"), ("amount", "金额")), "dmy")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path, "token-a")


def dataset(workspace: Workspace, name: str) -> Path:
    folder = workspace.datasets / name
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    return folder


def test_each_token_has_its_own_folder_and_none_shows_in_a_name(tmp_path: Path, workspace: Workspace):
    other = Workspace.open(tmp_path, "token-b")
    assert other.folder != workspace.folder
    assert Workspace.open(tmp_path, "token-a") == workspace
    assert not any("token" in str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))


def test_an_upload_gets_a_name_of_ours_and_keeps_only_its_ending(workspace: Workspace):
    path = workspace.save_upload(io.BytesIO(b"a,b"), "../../etc/客户 名单.CSV.gz", limit_bytes=10)
    assert path.read_bytes() == b"a,b"
    assert path.parent.parent == workspace.uploads
    assert path.name == "source.csv.gz"
    assert workspace.save_upload(io.BytesIO(b""), "x.$(rm)", limit_bytes=10).name == "source"


def test_folders_and_files_are_for_their_owner_alone(workspace: Workspace):
    path = workspace.save_upload(io.BytesIO(b"a"), "a.csv", limit_bytes=10)
    workspace.update({"lang": "en"})
    assert stat.S_IMODE(workspace.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((workspace.folder / "state.json").stat().st_mode) == 0o600


def test_too_large_an_upload_leaves_nothing_behind(workspace: Workspace):
    with pytest.raises(FileError) as raised:
        workspace.save_upload(io.BytesIO(b"x" * 11), "a.csv", limit_bytes=10)
    assert raised.value.code == "file.too_large"
    for lang in ("zh", "en"):  # the other way is named
        assert "python -m analytics" in raised.value.in_language(lang)
    assert list(workspace.uploads.iterdir()) == []


def test_dropping_an_upload_takes_its_raw_tables_too_but_nothing_elsewhere(workspace: Workspace, tmp_path: Path):
    path = workspace.save_upload(io.BytesIO(b"a"), "a.csv", limit_bytes=10)
    (path.parent / "raw").mkdir()
    outside = tmp_path / "outside" / "file.csv"
    outside.parent.mkdir()
    outside.write_text("kept")
    workspace.drop_upload(path)
    workspace.drop_upload(outside)
    assert list(workspace.uploads.iterdir()) == []
    assert outside.read_text() == "kept"


def test_a_mapping_comes_back_as_it_was(workspace: Workspace):
    workspace.remember_mapping("headers-1", MAPPING)
    assert workspace.recall_mapping("headers-1") == MAPPING
    assert workspace.recall_mapping("headers-2") is None


def test_only_the_last_fifty_mappings_are_kept(workspace: Workspace):
    for number in range(51):
        workspace.remember_mapping(f"k{number}", MAPPING)
    assert workspace.recall_mapping("k0") is None
    assert workspace.recall_mapping("k50") == MAPPING


def test_an_incomplete_dataset_never_becomes_current(workspace: Workspace):
    first = dataset(workspace, "first")
    workspace.set_current(first, {"n": 1}, "lines")
    half = workspace.datasets / "half"
    half.mkdir()
    with pytest.raises(ValueError, match="not a complete dataset"):
        workspace.set_current(half, {}, "lines")
    assert workspace.current() == first
    assert workspace.source("lines") == {"n": 1}


def test_a_current_dataset_that_vanished_is_none(workspace: Workspace):
    folder = dataset(workspace, "gone")
    workspace.set_current(folder, {}, "lines")
    (folder / "manifest.json").unlink()
    assert workspace.current() is None


def test_a_name_that_leads_elsewhere_is_not_followed(workspace: Workspace):
    workspace.update({"tables": {"lines": {"folder": "../../elsewhere"}, "no such kind": {"folder": "x"}}})
    assert workspace.current() is None


def test_drop_unused_removes_older_datasets_and_their_results(workspace: Workspace):
    old, new = dataset(workspace, "a" * 32), dataset(workspace, "b" * 32)
    for digest in ("a" * 16, "b" * 16):
        (workspace.results / f"{digest}-rfm-customers.parquet").write_bytes(b"x")
    workspace.set_current(new, {}, "lines")
    workspace.drop_unused()
    assert not old.exists()
    assert new.exists()
    assert [path.name for path in workspace.results.iterdir()] == [f"{'b' * 16}-rfm-customers.parquet"]


def test_tables_of_different_kinds_stand_side_by_side_and_one_of_a_kind_replaces_the_other(workspace: Workspace):
    orders, people, newer = (dataset(workspace, letter * 32) for letter in "abc")
    workspace.set_current(orders, {}, "lines")
    workspace.set_current(people, {"n": 2}, "customers")
    assert workspace.tables() == {"lines": orders, "customers": people}
    assert workspace.current() == people
    workspace.set_current(newer, {}, "lines")
    workspace.drop_unused()
    assert workspace.tables() == {"customers": people, "lines": newer}
    assert not orders.exists()
    workspace.remove_table("customers")
    workspace.drop_unused()
    assert workspace.tables() == {"lines": newer}
    assert (people.exists(), workspace.source("customers")) == (False, None)


def test_a_damaged_state_is_an_empty_one(workspace: Workspace):
    (workspace.folder / "state.json").write_text('{"lang": "e')
    assert workspace.state() == {}
    workspace.update({"lang": "en"})
    assert workspace.state() == {"lang": "en"}


def test_none_removes_a_key_and_no_temporary_file_stays(workspace: Workspace):
    workspace.update({"lang": "en", "n": 1})
    workspace.update({"n": None})
    assert workspace.state() == {"lang": "en"}
    assert [path.name for path in workspace.folder.iterdir() if path.is_file()] == ["state.json"]


def test_clear_deletes_everything_and_the_folder_stays_usable(workspace: Workspace):
    workspace.save_upload(io.BytesIO(b"a"), "a.csv", limit_bytes=10)
    workspace.set_current(dataset(workspace, "one"), {}, "lines")
    workspace.remember_mapping("k", MAPPING)
    workspace.clear()
    assert [path for path in workspace.folder.rglob("*") if path.is_file()] == []
    assert workspace.current() is None
    workspace.save_upload(io.BytesIO(b"a"), "a.csv", limit_bytes=10)


def test_a_workspace_that_is_full_takes_no_more_and_keeps_what_it_has(workspace: Workspace):
    first = workspace.save_upload(io.BytesIO(b"x" * 6), "a.csv", limit_bytes=10, room_bytes=8)
    with pytest.raises(FileError) as raised:
        workspace.save_upload(io.BytesIO(b"x" * 6), "b.csv", limit_bytes=10, room_bytes=8 - workspace.size_bytes())
    assert raised.value.code == "file.no_room"
    assert "ZHIKE_WORKSPACE_MB" in raised.value.in_language("zh")
    assert list(workspace.uploads.iterdir()) == [first.parent]


def test_results_make_room_the_oldest_first_but_not_the_one_just_written(workspace: Workspace):
    paths = [workspace.results / f"{name}.parquet" for name in "abc"]
    for at, path in enumerate(paths):
        path.write_bytes(b"x" * 100)
        os.utime(path, (1000 + at, 1000 + at))
    workspace.trim_results(150, keep=frozenset(paths[2:]))
    assert [path.exists() for path in paths] == [False, False, True]
    workspace.trim_results(0, keep=frozenset(paths[2:]))
    assert paths[2].exists()


def test_choices_on_a_page_come_back_and_the_oldest_are_forgotten(workspace: Workspace):
    workspace.keep_choices("rfm", {"segments": ["loyal"], "low": 1.5})
    assert workspace.choices("rfm") == {"segments": ["loyal"], "low": 1.5}
    assert workspace.choices("other") == {}
    for number in range(100):
        workspace.keep_choices(f"p{number}", {})
    assert workspace.choices("rfm") == {}


def test_adopting_replaces_a_leftover_and_keeps_the_same_data_prepared_before(workspace: Workspace):
    digest = "c" * 64
    leftover = workspace.datasets / digest[:32]
    leftover.mkdir()
    (leftover / "lines.parquet").write_text("half")
    first = workspace.adopt(dataset(workspace, ".new-1"), digest)
    assert [path.name for path in first.iterdir()] == ["manifest.json"]
    (first / "mark").write_text("the first")
    assert workspace.adopt(dataset(workspace, ".new-2"), digest) == first
    assert (first / "mark").exists()
    assert [path.name for path in workspace.datasets.iterdir()] == [digest[:32]]
    (workspace.datasets / ".new-3").mkdir()
    with pytest.raises(ValueError, match="not a complete dataset"):
        workspace.adopt(workspace.datasets / ".new-3", digest)


def test_two_tabs_that_write_at_once_both_count(workspace: Workspace):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: workspace.keep_choices(f"p{n}", {"n": n}), range(40)))
    assert all(workspace.choices(f"p{n}") == {"n": n} for n in range(40))
