"""The command line's contract: what it prints, its exit codes, and one line for what the user can mend."""

import csv
import json
import subprocess
import sys

import openpyxl
import pytest

from analytics.cli import main
from analytics.cli_output import table
from analytics.engine import work_root
from tests.basket_tables import many_baskets
from tests.source_code import ROOT

ORDERS = """会员号,订单号,下单时间,实付金额,备注
001,a,2024-01-01,100,=1+1
001,b,2024-03-01,50,x
002,c,2024-02-01,"1,000",
003,d,2024-01-15,20,y
004,e,日期坏了,70,z
"""


@pytest.fixture
def orders(tmp_path):
    path = tmp_path / "订单.csv"
    path.write_bytes(ORDERS.encode("gb18030"))
    return str(path)


def failed(capsys, *arguments):
    """The one line on stderr of a command that must exit with 2 and print nothing else."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


def answer(capsys, *arguments):
    assert main([*arguments, "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return json.loads(printed.out)


def test_inspect_json(orders, capsys):
    found = answer(capsys, "inspect", orders)
    assert (found["kind"], found["sheet"], found["header_row"], found["delimiter"]) == ("lines", None, 1, ",")
    assert found["encoding"].startswith("gb")
    assert found["rows"] == 5
    assert found["mapping"] == {
        "customer_id": "会员号", "ordered_at": "下单时间", "amount": "实付金额", "order_id": "订单号",
    }  # fmt: skip
    bad = next(issue for issue in found["issues"] if issue["code"] == "left_out.bad_date")
    assert (bad["count"], bad["rows"]) == (1, [6])
    assert found["readiness"]["rfm"]["level"] == "amber"


def test_a_file_beside_the_orders_joins_by_customer_or_is_refused(orders, tmp_path, capsys):
    (tmp_path / "会员.csv").write_text("会员号,手机号\n001,13800000000\n002,13900000000\n", encoding="utf-8")
    out = tmp_path / "名单.csv"
    assert main(["rfm", orders, "--with", str(tmp_path / "会员.csv"), "--columns", "customer_id,profile_phone",
                 "--out", str(out)]) == 0  # fmt: skip
    rows = dict(csv.reader(out.read_text("utf-8-sig").splitlines()))
    assert (rows["001"], rows["003"]) == ("13800000000", "")
    capsys.readouterr()
    (tmp_path / "评论.csv").write_text("评论内容\n很好，下次还来\n一般般\n", encoding="utf-8")
    assert "param.beside" in failed(capsys, "rfm", orders, "--with", str(tmp_path / "评论.csv"))
    assert "param.beside" in failed(capsys, "rfm", orders, "--with", orders)


def test_inspect_writes_the_table_unchanged(orders, tmp_path, capsys):
    assert main(["inspect", orders, "--out", str(tmp_path / "t.csv")]) == 0
    assert str(tmp_path / "t.csv") in capsys.readouterr().out
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(raw.decode("utf-8-sig").splitlines())) == list(csv.reader(ORDERS.splitlines()))


def test_inspect_tells_what_stands_in_the_way(tmp_path, capsys):
    (tmp_path / "评论.csv").write_text("评论内容\n很好，下次还来\n一般般\n", encoding="utf-8")
    found = answer(capsys, "inspect", str(tmp_path / "评论.csv"), "--lang", "en")
    assert found["kind"] == "reviews"
    assert found["readiness"]["rfm"]["level"] == "red"
    assert main(["inspect", str(tmp_path / "评论.csv")]) == 0


def test_rfm_json(orders, capsys):
    found = answer(capsys, "rfm", orders, "--set", "method=fixed", "--set", "m_cuts=50,100")
    assert found["model"] == "rfm"
    assert len(found["digest"]) == 64
    assert {k: found["rows"][k] for k in ("read", "used", "left_out")} == {"read": 5, "used": 4, "left_out": 1}
    assert found["params"]["m_cuts"] == [50.0, 100.0]
    assert found["headline"] == {"customers": 3, "revenue": 1170.0}
    assert sum(segment["customers"] for segment in found["segments"]) == 3
    assert all(segment["name"] and segment["action"] for segment in found["segments"])
    assert found["findings"][0].keys() == {"code", "tone", "segment", "text"}
    assert found["method"][0].keys() == {"label", "value"}


def test_rfm_for_people_in_both_languages(orders, capsys):
    assert main(["rfm", orders]) == 0
    chinese = capsys.readouterr().out
    assert "读到 5 行，用了 4 行，没用 1 行" in chinese
    assert main(["rfm", orders, "--lang", "en"]) == 0
    english = capsys.readouterr().out
    assert "Read 5 rows, used 4, left out 1" in english


def test_the_list_is_written_as_asked(orders, tmp_path, capsys):
    out = tmp_path / "名单.xlsx"
    assert main(["rfm", orders, "--filter", "累计净消费（元）=100..", "--campaign", "=双11", "--out", str(out)]) == 0
    assert "2" in capsys.readouterr().out
    book = openpyxl.load_workbook(out)
    assert [row[0] for row in book["名单"].iter_rows(min_row=2, values_only=True)] == ["002", "001"]
    method = dict(book["口径"].iter_rows(min_row=2, values_only=True))
    assert method["活动编号"] == "=双11"
    assert method["名单"].startswith("2 ")


def test_several_files_are_appended(orders, tmp_path, capsys):
    more = tmp_path / "二月.csv"
    more.write_text("下单时间,会员号,实付金额,订单号\n2024-04-01,009,30,z\n", encoding="utf-8")
    assert answer(capsys, "rfm", orders, str(more))["headline"]["customers"] == 4


def test_segments_by_key_and_by_name_in_either_language(orders, tmp_path, capsys):
    counts = {
        name: answer(capsys, "rfm", orders, "--set", "method=mean", "--segment", name)["list"]["customers"]
        for name in ("key_retain", "重要挽留")
    }
    assert counts["key_retain"] == counts["重要挽留"]
    assert failed(capsys, "rfm", orders, "--segment", "重要挽").startswith("param.unknown_segment: ")


def test_roles_can_be_named_where_no_header_helps(tmp_path, capsys):
    path = tmp_path / "x.csv"
    path.write_text("q,w,e\nann,2024-01-01,1\nbob,2024-01-02,2\n", encoding="utf-8")
    line = failed(capsys, "rfm", str(path), "--map", "amount=e")
    assert line.startswith("mapping.unsure: ")
    assert "--map customer_id=" in line
    named = [word for pair in ("customer_id=q", "ordered_at=w", "amount=e") for word in ("--map", pair)]
    assert answer(capsys, "rfm", str(path), *named)["headline"]["revenue"] == 3.0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "usage.no_command"),
        (["nonsense"], "usage.command"),
        (["rfm"], "usage.missing"),
        (["inspect", "{file}", "{file}"], "usage.arguments"),
        (["rfm", "{file}", "--nonsense"], "usage.option"),
        (["rfm", "{file}", "--header-row", "x"], "usage.value"),
        (["rfm", "{file}", "--date-order", "x"], "usage.value"),
        (["rfm", "nowhere.csv"], "file.missing"),
        (["rfm", "{file}", "--set", "bins"], "param.pair"),
        (["rfm", "{file}", "--set", "bin=4"], "param.unknown"),
        (["rfm", "{file}", "--set", "bins=four"], "param.bins"),
        (["rfm", "{file}", "--set", "bins=9"], "param.bins"),
        (["rfm", "{file}", "--set", "method=quantil"], "param.method"),
        (["rfm", "{file}", "--set", "as_of=yesterday"], "param.as_of"),
        (["rfm", "{file}", "--map", "custmer_id=会员号"], "mapping.unknown_role"),
        (["rfm", "{file}", "--map", "customer_id=会员"], "mapping.unknown_column"),
        (["rfm", "{file}", "--filter", "nowhere=x"], "param.unknown_column"),
        (["rfm", "{file}", "--control", "100"], "param.control_percent"),
        (["rfm", "{file}", "--status", "完成=fine"], "param.status"),
        (["rfm", "{file}", "--returns", "没有这张"], "file.no_returns"),
        (["rfm", "{file}", "--sheet", "a", "--sheet", "b"], "param.sheets"),
        (["rfm", "{file}", "--out", "list.pdf"], "param.out"),
        (["rfm", "{file}", "--engine", "oracle://secret:pw@host"], "engine.unsupported"),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_the_user_can_mend_is_one_line(orders, capsys, arguments, code, lang):
    line = failed(capsys, *(argument.format(file=orders) for argument in arguments), "--lang", lang)
    assert line.startswith(f"{code}: ")
    assert "secret" not in line


def test_suggestions(orders, capsys):
    assert "quantile" in failed(capsys, "rfm", orders, "--set", "method=quantil")
    assert "bins" in failed(capsys, "rfm", orders, "--set", "bin=4")
    assert "customer_id" in failed(capsys, "rfm", orders, "--map", "custmer_id=会员号")


def test_help_in_both_languages(capsys):
    assert main(["rfm", "--help"]) == 0
    chinese = capsys.readouterr().out
    assert main(["rfm", "--help", "--lang", "en"]) == 0
    english = capsys.readouterr().out
    assert chinese.startswith("用法：")
    assert english.startswith("Usage:")
    assert not [line for line in english.splitlines() if any("\u4e00" <= c <= "\u9fff" for c in line)]


def test_as_a_program_it_leaves_nothing_behind_and_says_bugs_aloud(orders):
    before = set((work_root() / "cli").iterdir()) if (work_root() / "cli").exists() else set()
    done = subprocess.run(
        [sys.executable, "-m", "analytics", "rfm", orders, "--json"], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["headline"]["customers"] == 3
    assert set((work_root() / "cli").iterdir()) - before == set()


def test_importing_the_package_stays_light():
    code = (
        "import analytics, sys; print([m for m in ('ibis.expr', 'pandas', '_duckdb', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_superstore(shared_data, tmp_path, capsys):
    path = shared_data / "superstore_cn" / "示例-超市.xls"
    out = tmp_path / "list.csv"
    found = answer(capsys, "rfm", str(path), "--returns", "退货", "--out", str(out), "--lang", "en")
    assert (found["rows"]["read"], found["headline"]["customers"]) == (10_000, 790)
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 791


def test_tables_line_up_with_chinese():
    assert table(("名", "n"), [("客户", "1"), ("abcde", "22")], "lr") == [
        "名      n", "-----  --", "客户    1", "abcde  22",
    ]  # fmt: skip


def test_a_file_with_one_basket_a_line(tmp_path, capsys):
    path, listed = tmp_path / "baskets.csv", tmp_path / "list.csv"
    path.write_text(many_baskets(), encoding="utf-8")
    found = answer(capsys, "inspect", str(path))
    assert (found["kind"], found["sure"], found["header_row"], found["rows"], found["issues"]) == (
        "baskets", True, 0, 300, [],
    )  # fmt: skip
    assert (found["readiness"]["basket"]["level"], found["readiness"]["rfm"]["level"]) == ("green", "red")
    result = answer(capsys, "basket", str(path), "--out", str(listed))
    assert (result["rows"]["read"], result["rows"]["used"], result["rows"]["left_out"]) == (300, 300, 0)
    assert set(result["segments"][0]) >= {"customers", "both_orders", "confidence", "lift"}
    assert "extra_amount" not in result["segments"][0]
    with listed.open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file)) == ["行号", "分层", "里面有", "里面没有", "一起买的比例", "平时的倍数"]
    assert main(["inspect", str(path)]) == 0
    assert "300 个购物篮，6 种商品" in capsys.readouterr().out
    told = failed(capsys, "basket", str(path), "--set", "basket=customer_day")
    assert told.startswith("param.only_baskets")
    assert main(["rfm", str(path)]) == 2
