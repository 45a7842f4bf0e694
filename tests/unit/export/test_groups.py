"""Saved groups: who is in them, what a list does with them, and that they survive a round trip through a file."""

from dataclasses import replace

import pytest

from analytics import api
from analytics.errors import DataError, ParamError
from analytics.export.lists import ListSpec, build_list, preview
from analytics.groups import Group, check_name, group_from_file, write_ids
from analytics.workspace import Workspace


def ids(table):
    return list(preview(table).customer_id)


@pytest.fixture
def rich(roster, tmp_path):
    """The customers 002 and 004, and 001, as saved groups."""
    customers, engine = roster.customers, roster.data.engine
    engine_table = engine.read_parquet(roster.data.folder / "lines.parquet")
    write_ids(engine_table.filter(engine_table.customer_id.isin(["002", "004"])), "customer_id", tmp_path / "r", engine)
    write_ids(engine_table.filter(engine_table.customer_id == "001"), "customer_id", tmp_path / "o", engine)
    return replace(roster, customers=customers, groups=(Group("富", tmp_path / "r"), Group("老", tmp_path / "o")))


@pytest.mark.parametrize(
    ("within", "without", "expected"),
    [
        (("富",), (), ["002", "004"]),
        (("富", "老"), (), ["002", "004", "001"]),
        ((), ("富",), ["001", "003"]),
        (("富",), ("富",), []),
        ((), (), ["002", "004", "001", "003"]),
    ],
)
def test_a_list_is_narrowed_by_groups(rich, within, without, expected):
    assert ids(build_list(rich, ListSpec(within=within, without=without))) == expected


def test_an_unknown_group_is_refused_with_the_known_ones(rich):
    with pytest.raises(ParamError) as caught:
        build_list(rich, ListSpec(within=("没有",)))
    assert caught.value.code == "param.unknown_group"
    assert "富" in str(caught.value.hint)


@pytest.mark.parametrize("name", ["", "   ", "长" * 41])
def test_a_group_needs_a_short_name(name):
    with pytest.raises(ParamError):
        check_name(name)


def test_a_file_of_ids_becomes_a_group(tmp_path, engine):
    (tmp_path / "名单.csv").write_text("手机,会员号\n1,001\n2, 002 \n2,002\n3,\n4,'=1+1\n", encoding="utf-8")
    group = group_from_file(api.open_file(tmp_path / "名单.csv"), tmp_path / "g.parquet", engine)
    assert group.members == 3
    assert set(group.ids(engine).execute()["id"]) == {"001", "002", "=1+1"}
    (tmp_path / "空.csv").write_text("会员号,备注\n,x\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        group_from_file(api.open_file(tmp_path / "空.csv"), tmp_path / "h.parquet", engine)
    assert caught.value.code == "data.no_ids"


def test_a_workspace_keeps_groups_by_name_and_deletes_what_is_replaced(tmp_path):
    workspace = Workspace.open(tmp_path, "t" * 43)
    files = []
    for _ in range(2):
        path = workspace.new_group_file()
        path.write_bytes(b"x")
        workspace.keep_group(Group("富", path, members=2))
        files.append(path)
    assert [group.path for group in workspace.groups()] == [files[1]]
    assert [path.exists() for path in files] == [False, True]
    workspace.remove_group("富")
    assert workspace.groups() == ()
    assert not files[1].exists()
