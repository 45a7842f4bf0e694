"""A real PostgreSQL as a source: the command line gives the same answer for a table as for the same rows as csv."""

import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from analytics.cli import main
from analytics.engine import connect
from analytics.errors import AnalyticsError
from analytics.source_tables import open_table
from tests.spark.test_parity import comparable

pytestmark = pytest.mark.spark

PASSWORD = "geheim-7"  # noqa: S105 - of a server that lives as long as the tests
ORDERS = """
CREATE SCHEMA shop;
CREATE TABLE shop.orders (
  会员号 text, 订单号 text, 下单时间 timestamp, 实付金额 numeric(12, 2), 数量 integer, 订单状态 text, 地区 text);
CREATE TABLE shop.returned (订单号 text);
CREATE TABLE shop.visits ("user" text, at timestamptz, amount numeric(10, 2));
INSERT INTO shop.visits VALUES ('a', '2024-01-01 18:00+00', 5), ('b', '2024-01-02 03:00+00', NULL);
CREATE TABLE shop.nothing (a text);
CREATE ROLE clerk LOGIN PASSWORD 'clerk-9';
GRANT USAGE ON SCHEMA shop TO clerk;
"""


def binaries() -> Path:
    """Where initdb lies: on the path, or where Debian puts it."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found and not debian:
        pytest.fail("PostgreSQL's server is missing: make test-spark installs it on Debian as root")
    return Path(found).parent if found else debian[-1].parent


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL of our own on a free port, run by a user without privileges. Yields its address."""
    folder = Path(tempfile.mkdtemp(prefix="zhike-postgres-"))
    who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    if who:
        for path in (folder, folder / "password"):
            shutil.chown(path, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program, *arguments):
        subprocess.run(
            [binaries() / program, "-D", folder / "data", *arguments],
            check=True, stdout=subprocess.DEVNULL, cwd=folder, **who,
        )  # fmt: skip

    run("initdb", "-U", "owner", "-E", "UTF8", "--locale=C", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def orders_csv(tmp_path_factory):
    draw, n = np.random.default_rng(5), 4000
    lines = ["会员号,订单号,下单时间,实付金额,数量,订单状态,地区"]
    for at in range(n):
        moment = dt.datetime(2024, 1, 1) + dt.timedelta(seconds=int(draw.integers(0, 3 * 10**7)))
        customer = f"{draw.integers(1, 600):05d}" if at % 50 else ""
        status = draw.choice(["交易成功", "交易成功", "已退款", "待付款"])
        amount = f"{draw.integers(1, 900)}.{draw.integers(0, 100):02d}"
        lines.append(f"{customer},A{at // 2:06d},{moment},{amount},{draw.integers(1, 5)},{status},华东")
    folder = tmp_path_factory.mktemp("csv")
    (folder / "orders.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "returned.csv").write_text("订单号\n" + "".join(f"A{i:06d}\n" for i in range(30)), encoding="utf-8")
    return folder / "orders.csv"


@pytest.fixture(scope="session")
def url(server, orders_csv):
    with psycopg.connect(f"postgres://owner:{PASSWORD}@{server}") as con, con.cursor() as cursor:
        cursor.execute(ORDERS)
        for table, path in (("shop.orders", orders_csv), ("shop.returned", orders_csv.with_name("returned.csv"))):
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, HEADER)") as copy:
                copy.write(path.read_bytes())
    return f"postgres://owner:{PASSWORD}@{server}"


def test_a_table_answers_like_the_same_rows_as_csv(url, orders_csv, tmp_path, capsys):
    answers = []
    for source, returns, more in (
        (str(orders_csv), str(orders_csv.with_name("returned.csv")), []),
        ("shop.orders", "shop.returned", ["--engine", url]),
    ):
        out = tmp_path / f"{Path(source).name}.csv"
        asked = ["rfm", source, "--returns", returns, "--json", "--out", str(out), "--set", "method=mean", *more]
        assert main(asked) == 0
        printed = capsys.readouterr()
        assert PASSWORD not in printed.out + printed.err
        answer = comparable(json.loads(printed.out), str(out), "orders.csv", "shop.orders")
        answers.append((answer, out.read_bytes()))
    assert answers[0][0]["rows"]["used"] > 2000
    assert answers[0] == answers[1]


def test_instants_become_wall_time_in_beijing(url, tmp_path):
    raw = open_table("shop.visits", connect(url), tmp_path).raw
    assert (raw.columns, raw.rows, raw.header_row) == (("user", "at", "amount"), 2, 1)
    from analytics import api

    data = api.prepare(raw, {"customer_id": "user", "ordered_at": "at", "amount": "amount"}, kind="lines")
    assert data.facts.first_at == dt.datetime(2024, 1, 2, 2, 0)


def test_the_app_offers_the_tables_of_the_administrator(url, monkeypatch):
    monkeypatch.setenv("ZHIKE_ENGINE", url)
    app = AppTest.from_function(_page, default_timeout=60)
    app.session_state["engine-box"] = True  # the box is open
    app.run()
    assert app.selectbox[0].options == ["shop.nothing", "shop.orders", "shop.returned", "shop.visits"]
    app.selectbox[0].select("shop.orders").run()
    app.button(key="engine-read").click().run()
    assert not app.exception
    assert app.text[0].value == "shop.orders 4000 lines True"


def test_the_app_offers_nothing_without_an_address(monkeypatch):
    monkeypatch.delenv("ZHIKE_ENGINE", raising=False)
    assert not AppTest.from_function(_page, default_timeout=60).run().expander


def _page():
    import streamlit as st

    from ui import intake_engine, session

    session.begin()
    intake_engine.chooser()
    waiting = session.pending()
    if waiting is not None:
        table, guess = waiting.tables[0], waiting.guess
        st.text(f"{table.file_name} {table.rows} {guess.mapping.kind} {guess.sure}")


def test_the_same_rows_have_the_same_fingerprint(url, tmp_path):
    engine = connect(url)
    one, two = (open_table("shop.orders", engine, tmp_path / name).raw for name in ("one", "two"))
    assert one.digest == two.digest
    assert one.digest != open_table("shop.returned", engine, tmp_path / "three").raw.digest


def test_nothing_can_be_written(url):
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connect(url).backend.raw_sql("CREATE TABLE shop.mine (a int)")


def test_tables_are_listed_without_the_system_s_own(url):
    assert connect(url).table_names() == (
        "shop.nothing", "shop.orders", "shop.returned", "shop.visits",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("shop.order", "engine.no_table", "shop.orders"),
        ('shop.orders"; DROP TABLE shop.orders; --', "engine.no_table", ""),
        ("shop.nothing", "file.no_rows", ""),
    ],
)
def test_what_the_user_can_mend(url, tmp_path, name, code, told):
    with pytest.raises(AnalyticsError) as problem:
        open_table(name, connect(url), tmp_path)
    assert problem.value.code == code
    assert told in problem.value.in_language("en")


def test_a_table_without_permission(server, url, tmp_path):
    clerk = connect(f"postgres://clerk:clerk-9@{server}")
    with pytest.raises(AnalyticsError) as problem:
        open_table("shop.orders", clerk, tmp_path)
    assert problem.value.code == "engine.cannot_read"


def test_a_wrong_password_is_not_repeated(server, url, capsys):
    assert main(["rfm", "shop.orders", "--engine", f"postgres://owner:wrong-8@{server}"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("engine.no_connection: ")
    assert "wrong-8" not in told
    assert told.count("\n") == 1


def test_options_of_files_do_not_fit_a_table(url, capsys):
    assert main(["rfm", "shop.orders", "--engine", url, "--sheet", "x"]) == 2
    assert capsys.readouterr().err.startswith("param.not_a_file: ")
