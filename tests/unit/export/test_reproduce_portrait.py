"""A portrait on the command line and in the notebook: saved groups by their files, tags as text or as a file."""

import json
import shlex

import pytest

from analytics import api
from analytics.cli import main
from analytics.export.lists import ListSpec
from analytics.export.notebook import build_notebook
from analytics.export.reproduce import Recipe, SourceFile, cli_line
from analytics.groups import group_from_file
from analytics.intake.mapping import Mapping
from analytics.models import portrait

MAPPING = Mapping("customers", (("customer_id", "卡"), ("gender", "性别"), ("region", "省")))
TAGS = "@价值/高: 分 >= 90\n@价值/低: 全部\n"


@pytest.fixture
def recipe(tmp_path, monkeypatch):
    rows = [f"c{at:02},{'女' if at % 2 else '男'},{'广东省' if at < 20 else '浙江'},{3 * at}" for at in range(60)]
    (tmp_path / "会员 表.csv").write_text("\n".join(["卡,性别,省,分", *rows]), encoding="utf-8")
    (tmp_path / "春季 名单_.csv").write_text("卡\n" + "\n".join(f"c{at:02}" for at in range(25)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    raw = api.open_file(tmp_path / "会员 表.csv")
    data = api.prepare(raw, MAPPING)
    listed = api.open_file(tmp_path / "春季 名单_.csv")
    group = group_from_file(listed, tmp_path / "g.parquet", data.engine)
    named = type(group)("春季 名单?", group.path)  # its file's name has no question mark
    data = data.with_groups([named])
    params = portrait.Params(group='在:"春季 名单?" 且 性别 = 女', tags=TAGS)
    found = portrait.analyze(data, params)
    made = Recipe(
        "portrait", (SourceFile.of(raw),), MAPPING, params, data.digest, spec=ListSpec(("group",)),
        groups=tuple(one.name for one in data.groups),
    )  # fmt: skip
    return made, found


def test_the_command_line_gives_the_same_numbers_and_list(recipe, capsys):
    made, found = recipe
    words = shlex.split(cli_line(made))
    assert main([*words[3:], "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["headline"] == found.headline
    assert told["headline"]["group"] == 12
    assert told["list"]["customers"] == 12
    assert told["digest"] == made.digest  # the group's people are part of it


def test_the_notebook_gives_the_same_numbers(recipe, capsys):
    made, found = recipe
    book = json.loads(build_notebook(made, found.headline, "zh"))
    code = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    space: dict = {}
    for cell in code:
        exec(cell, space)  # noqa: S102
    assert "!=" not in capsys.readouterr().out.split("group", 1)[1]
    assert space["same_file"]
    assert space["result"].headline == found.headline


def test_tags_come_from_a_file(recipe, capsys, tmp_path):
    (tmp_path / "规则.txt").write_text(TAGS, encoding="utf-8-sig")
    common = ["portrait", "会员 表.csv", "--map", "customer_id=卡", "--map", "gender=性别"]
    assert main([*common, "--set", "tags=@规则.txt", "--set", "group=性别 = 女", "--out", "l.csv"]) == 0
    capsys.readouterr()
    header, *rows = (tmp_path / "l.csv").read_text(encoding="utf-8-sig").splitlines()
    at = header.split(",").index('"\'@价值"')  # guarded: a spreadsheet would take it for a formula
    values = [row.split(",")[at] for row in rows]
    assert (values.count('"高"'), values.count('"低"')) == (30, 30)


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("group=什么", "param.rule"),
        ("group=钱 > 1", "param.rule_column"),
        ("group=在:没有.csv", "file.missing"),
        ("group=性别 = 无", "data.empty_group"),
        ("tags=x", "param.tags"),
        ("tags=@没有.txt", "file.missing"),
        ("bands=1", "param.bands"),
        ("attributes=钱", "param.rule_column"),
    ],
)
def test_what_can_be_mended_is_said_in_one_line(recipe, capsys, setting, code):
    assert main(["portrait", "会员 表.csv", "--map", "customer_id=卡", "--map", "gender=性别", "--set", setting]) == 2
    assert capsys.readouterr().err.startswith(f"{code}: ")
