"""The command line and the notebook give what the page gave, and no text of the user's becomes code."""

import ast
import datetime as dt
import json
import shlex
import sys
from dataclasses import replace

import nbformat
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbclient import NotebookClient

from analytics import api
from analytics.cli import main
from analytics.cli_params import settings
from analytics.export.lists import Filter, ListSpec, build_list, count
from analytics.export.notebook import build_notebook
from analytics.export.reproduce import Beside, Recipe, SourceFile, changed_params, cli_line
from analytics.export.roster import Roster
from analytics.intake.mapping import Mapping
from analytics.intake.prepare import ReturnedOrders
from analytics.models import basket, recommend, rfm
from tests.basket_tables import many_baskets
from tests.source_code import ROOT

ORDERS = """会员号,单号,下单日期,实付,省
001,a,2024-01-01,100,"=1+1"
001,b,2024-03-01,50,京
002,c,2024-02-01,"1,000",沪
003,d,2024-01-15,20,沪
004,e,2024-03-09,70,京
"""
MAPPING = Mapping(
    "lines",
    (("customer_id", "会员号"), ("ordered_at", "下单日期"), ("amount", "实付"), ("order_id", "单号"), ("region", "省")),
)
HOSTILE = "it's\"\"\"\\\n'''); import os #`$(x)` -->"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "订 单.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "退货.csv").write_text("退单\nd\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def recipe_and_result(folder):
    raw, other = api.open_file(folder / "订 单.csv"), api.open_file(folder / "退货.csv")
    data = api.prepare(raw, MAPPING, returns=ReturnedOrders(other, "退单"))
    params = rfm.Params(method="fixed", r_cuts=(10, 40), as_of=dt.date(2024, 3, 20))
    spec = ListSpec(filters=(Filter("region", "in", ("京", "沪")), Filter("monetary", "between", low=60)))
    recipe = Recipe(
        "rfm", (SourceFile.of(raw),), MAPPING, params, data.digest, (SourceFile.of(other), "退单"), spec=spec
    )
    return recipe, rfm.analyze(data, params), data


def test_a_customer_file_beside_the_orders_is_said_too(folder, capsys):
    (folder / "会员 表.csv").write_text("卡,电话\nc1,138\n", encoding="utf-8")
    recipe, _, data = recipe_and_result(folder)
    raw = api.open_file(folder / "会员 表.csv")
    mapping = Mapping("customers", (("customer_id", "卡"), ("phone", "电话")))
    beside = Beside((SourceFile.of(raw),), mapping)
    both = data.with_beside([api.prepare(raw, mapping)])
    spec = ListSpec(columns=("customer_id", "profile_phone"))
    line = cli_line(replace(recipe, beside=(beside,), spec=spec, digest=both.digest))
    assert main([*shlex.split(line)[3:], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["digest"] == both.digest
    made = build_notebook(replace(recipe, beside=(beside,), digest=both.digest), {"customers": 4}, "zh")
    cells = [cell.source for cell in nbformat.reads(made.decode(), as_version=4).cells if cell.cell_type == "code"]
    scope = {}
    for source in cells[:3]:
        exec(compile(ast.parse(source), "cell", "exec"), scope)  # noqa: S102  # made by us a moment ago
    assert scope["data"].digest == both.digest


def test_the_command_line_gives_the_same_numbers_and_list(folder, capsys):
    recipe, result, data = recipe_and_result(folder)
    words = shlex.split(cli_line(recipe))
    assert words[:5] == ["python", "-m", "analytics", "rfm", "订 单.csv"]
    assert main([*words[3:], "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["digest"] == data.digest
    assert answer["headline"] == result.headline == {"customers": 4, "revenue": 1220.0}
    assert [s["customers"] for s in answer["segments"]] == list(result.segments.customers)
    assert answer["list"]["customers"] == count(build_list(Roster.of(data, result), recipe.spec)) == 3
    assert (folder / "list.xlsx").is_file()


def test_the_notebook_runs_and_agrees(folder, monkeypatch, capsys):
    recipe, result, _ = recipe_and_result(folder)
    made = build_notebook(recipe, result.headline, "zh")
    assert made == build_notebook(recipe, result.headline, "zh")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    ran = run(made, folder)
    printed = "".join(out.get("text", "") for cell in ran.cells for out in cell.get("outputs", []))
    assert "customers 4 OK" in printed
    assert "revenue 1220.0 OK" in printed
    assert "same file and settings: True" in printed
    assert all(finding.text.in_language("zh") in printed for finding in result.findings)


def test_a_table_of_baskets_comes_back_though_no_column_tells_that_it_is_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "baskets.csv": many_baskets(),
        "headed.csv": "a,b,c\n" + "x,y,\ny,z,x\nz,,\nx,y,z\n" * 9,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        raw = api.open_file(tmp_path / name)
        mapping = Mapping("baskets", ())  # chosen by hand where there is a header
        data = api.prepare(raw, mapping)
        result = basket.analyze(data, basket.Params())
        recipe = Recipe("basket", (SourceFile.of(raw),), mapping, result.params, data.digest)
        words = shlex.split(cli_line(recipe))
        assert "--kind=baskets" in words
        assert main([*words[3:], "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["digest"] == data.digest
        assert len(found["segments"]) == len(result.segments)
        assert "Mapping('baskets', tuple(roles.items())" in build_notebook(recipe, result.headline, "en").decode()


def run(made, folder):
    from jupyter_client.manager import AsyncKernelManager

    class ThisPython(AsyncKernelManager):
        def _kernel_spec_of_this_python(self):
            from jupyter_client.kernelspec import KernelSpec

            return KernelSpec(argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"])

        kernel_spec = property(_kernel_spec_of_this_python)

    client = NotebookClient(
        nbformat.reads(made.decode(), as_version=4), timeout=120, kernel_manager_class=ThisPython,
        resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    return client.execute()


def test_hostile_text_stays_text_in_the_notebook_and_on_the_command_line():
    mapping = Mapping("lines", (("customer_id", HOSTILE), ("ordered_at", "b"), ("amount", "c\u202e")))
    spec = ListSpec(filters=(Filter("region", "in", (HOSTILE,)),), campaign_id=HOSTILE)
    recipe = Recipe("rfm", (SourceFile(HOSTILE, sheet=HOSTILE),), mapping, rfm.Params(), "d", spec=spec)
    book = nbformat.reads(build_notebook(recipe, {"customers": 1}, "en").decode(), as_version=4)
    assert not any(HOSTILE in cell.source for cell in book.cells if cell.cell_type == "markdown")
    code = [ast.parse(cell.source) for cell in book.cells if cell.cell_type == "code"]
    names = {node.names[0].name for tree in code for node in ast.walk(tree) if isinstance(node, ast.Import)}
    assert "os" not in names
    texts = {node.value for tree in code for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert {HOSTILE, "c\u202e"} <= texts
    words = shlex.split(cli_line(recipe))
    assert words[4] == HOSTILE
    assert f"--map=customer_id={HOSTILE}" in words


def test_what_the_command_line_would_find_again_is_not_said():
    recipe = Recipe("rfm", (SourceFile("a.csv"),), MAPPING, rfm.Params(bins=4, r_weight=1.5), "d")
    assert shlex.split(cli_line(recipe, out="x.csv"))[4:] == [
        "a.csv", "--map=customer_id=会员号", "--map=ordered_at=下单日期", "--map=amount=实付", "--map=order_id=单号",
        "--map=region=省", "--set=bins=4", "--set=r_weight=1.5", "--out=x.csv",
    ]  # fmt: skip


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1), max_size=4))
@example(["SET/6 SALAD, PAPER CUPS", '"quoted"', "尺子, 蓝色"])
@example([])
def test_names_that_hold_commas_or_quotes_come_back_whole(names):
    """Names of products reach --set as they are in the file."""
    names = [name.strip() for name in names if name.strip()]
    params = recommend.Params(exclude=tuple(names), stock=tuple(names), method="als", top=7)
    typed = [f"{name}={text}" for name, text in changed_params(params)]
    assert settings(recommend.Params, typed) == params
