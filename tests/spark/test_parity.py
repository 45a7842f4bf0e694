"""The same code on Apache Spark and on DuckDB gives equal frames: prepare, RFM, migration and the list."""

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from analytics import api
from analytics.cli import main
from analytics.export.lists import Filter, ListSpec, build_list, write_csv
from analytics.export.roster import Roster
from analytics.intake.prepare import PrepareOptions
from analytics.models import rfm, rfm_compare
from analytics.source_tables import open_table
from tests.conftest import SAMPLES
from tests.spark.conftest import SPARK, messy_orders

pytestmark = pytest.mark.spark

KEYS = {"lines": ["row_id"], "orders": ["order_id", "customer_id"], "left_out": ["source_row"]}


def frame(table, *keys):
    found = table.to_pyarrow().to_pandas()
    return found.sort_values(list(keys), ignore_index=True) if keys else found


def both(raw, returns, options, folder, engine, spark):
    mapping = api.decide(raw, {})
    return tuple(
        api.prepare(raw, mapping, returns=returns, options=options, folder=folder / where.name, engine=where)
        for where in (engine, spark)
    )


@pytest.fixture(scope="module")
def messy(tmp_path_factory, engine, spark):
    """3,000 messy lines, prepared on both engines, with a list of returned orders and a duplicate to drop."""
    folder = tmp_path_factory.mktemp("messy")
    orders = messy_orders(3000, seed=7)
    pd.concat([orders, orders.iloc[[4, 8]]]).to_csv(folder / "orders.csv", index=False)
    returned = [*orders["订单号"].dropna().iloc[:40], "A999999"]
    pd.DataFrame({"订单号": returned, "原因": ["坏了"] * len(returned)}).to_csv(folder / "returns.csv", index=False)
    raw, other = (api.open_file(folder / name, folder=folder / f"{name}-raw") for name in ("orders.csv", "returns.csv"))
    return both(raw, other, PrepareOptions(drop_duplicates=True), folder, engine, spark)


@pytest.fixture(scope="module")
def sample(tmp_path_factory, engine, spark):
    folder = tmp_path_factory.mktemp("sample")
    return both(api.open_file(SAMPLES / "订单明细.xlsx", folder=folder), None, PrepareOptions(), folder, engine, spark)


@pytest.fixture(params=["messy", "sample"])
def pair(request):
    return request.getfixturevalue(request.param)


def test_prepare(pair):
    here, there = pair
    assert here.manifest == there.manifest
    assert here.facts.rows_used > 1000
    for name, keys in KEYS.items():
        assert_frame_equal(frame(here._table(name), *keys), frame(there._table(name), *keys))


def test_the_messy_orders_are_messy(messy):
    codes = {issue.code for issue in messy[0].manifest.issues}
    assert codes >= {"epoch_times", "unknown_status", "returns_applied", "order_id_missing", "order_many_customers"}
    assert {item.reason for item in messy[0].facts.left_out} >= {"bad_date", "bad_amount", "unpaid", "duplicate"}


@pytest.mark.parametrize("policy", ["net", "drop", "keep"])
@pytest.mark.parametrize("method", ["quantile", "fixed", "mean"])
def test_rfm(messy, method, policy):
    same_rfm(messy, rfm.Params(method=method, refund_policy=policy))


@pytest.mark.parametrize("method", ["quantile", "mean"])
def test_rfm_of_the_sample(sample, method):
    same_rfm(sample, rfm.Params(method=method, bins=4, f_weight=2))


def same_rfm(pair, params):
    here, there = (rfm.analyze(data, params) for data in pair)
    assert_frame_equal(frame(here.customers, "customer_id"), frame(there.customers, "customer_id"))
    assert_frame_equal(here.segments, there.segments)
    assert_frame_equal(here.cells, there.cells)
    assert (here.cuts, here.findings, here.method) == (there.cuts, there.findings, there.method)


def test_migration(pair):
    here, there = (rfm_compare.migrate(data, rfm.analyze(data, rfm.Params())) for data in pair)
    assert len(here.flows) > 3
    assert_frame_equal(here.flows, there.flows)
    assert here.findings == there.findings


def test_the_list_with_filters_and_a_control_group(messy, tmp_path):
    spec = ListSpec(
        filters=(Filter("region", "in", ("华东", "")), Filter("monetary", "between", low=50)),
        columns=("customer_id", "segment", "monetary", "score", "region", "product", "last_order_at"),
        control_percent=20,
        seed=3,
        campaign_id='春"季\\n',
    )
    written = []
    for data in messy:
        result = rfm.analyze(data, rfm.Params())
        roster = Roster.of(data, result)
        table = build_list(roster, spec)
        path = tmp_path / f"{data.engine.name}.csv"
        write_csv(path, table, roster=roster, lang="zh")
        written.append((frame(table), path.read_bytes()))
    (here, here_csv), (there, there_csv) = written
    assert 20 < len(here) < 300
    assert set(here["group"]) == {"treat", "control"}
    assert_frame_equal(here, there)
    assert here_csv == there_csv


# ── a table of the cluster, from its name to the answer ──────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def typed_orders(tmp_path_factory):
    """Typed columns in one Parquet file: what a data warehouse holds."""
    draw = np.random.default_rng(11)
    n, start = 5000, dt.datetime(2024, 1, 1)
    at = [start + dt.timedelta(minutes=int(m)) for m in draw.integers(0, 500_000, n)]
    amounts = [None if cents % 97 == 0 else Decimal(int(cents)) / 100 for cents in draw.integers(100, 90_000, n)]
    table = pa.table(
        {
            "customer_id": pa.array([float(c) for c in draw.integers(1, 700, n)]),
            "order_id": pa.array([f"B{i // 2:06d}" for i in range(n)]),
            "order_time": pa.array(at, pa.timestamp("us")),
            "amount": pa.array(amounts, pa.decimal128(12, 2)),
            "region": pa.array(draw.choice(["华东", "华北"], n).tolist()),
        }
    )
    path = tmp_path_factory.mktemp("typed") / "orders.parquet"
    pq.write_table(table, path)
    return path


def test_the_command_line_over_a_parquet_file(spark, typed_orders, tmp_path, capsys):
    answers = []
    for name, more in (("here", []), ("there", ["--engine", SPARK])):
        out = tmp_path / f"{name}.csv"
        assert main(["rfm", str(typed_orders), "--json", "--out", str(out), "--control", "10", *more]) == 0
        answer = json.loads(capsys.readouterr().out)
        answers.append((comparable(answer, str(typed_orders), "orders.parquet", str(out)), out.read_bytes()))
    assert answers[0] == answers[1]


def comparable(answer, *names):
    """An answer without what tells the two ways apart: the fingerprint and the name of the source."""
    text = json.dumps(answer, ensure_ascii=False).replace(answer["digest"][:16], "")
    for name in names:
        text = text.replace(json.dumps(name)[1:-1], "NAME")
    return {key: value for key, value in json.loads(text).items() if key != "digest"}


def test_a_table_is_numbered_through_its_parts_and_its_instants_become_wall_time(spark, engine, tmp_path):
    rows = pa.table(
        {
            "user": [f"u{i % 7}" for i in range(90)],
            "at": pa.array([dt.datetime(2024, 1, 1, 18, i % 60) for i in range(90)], pa.timestamp("us", "UTC")),
            "amount": [1.5] * 89 + [None],
            "note": ["x"] * 90,
        }
    )
    parts = tmp_path / "parts"
    parts.mkdir()
    for at in range(3):
        pq.write_table(rows.slice(30 * at, 30), parts / f"part-{at}.parquet")
    empty = pa.table({name: pa.nulls(2, rows.schema.field(name).type) for name in rows.column_names})
    pq.write_table(empty, parts / "part-9.parquet")
    opened = open_table(str(parts), spark, tmp_path / "raw")
    assert (opened.raw.rows, opened.raw.left_out) == (90, (("blank_row", 2),))
    numbers = spark.read_parquet(opened.raw.path).to_pyarrow()["__row"].to_pylist()
    blank = spark.read_parquet(opened.raw.left_out_path).to_pyarrow()["__row"].to_pylist()
    assert sorted(numbers + blank) == list(range(2, 94))
    mapping = api.decide(opened.sample, {"customer_id": "user", "ordered_at": "at", "amount": "amount"}, "lines")
    data = api.prepare(opened.raw, mapping, folder=tmp_path / "data", engine=spark)
    assert data.facts.first_at == dt.datetime(2024, 1, 2, 2, 0)  # 18:00 in UTC is 2 o'clock in Beijing
    assert (data.facts.rows_used, data.facts.entities) == (89, 7)


def test_a_missing_path_is_one_line(spark, capsys):
    assert main(["rfm", "/nowhere/at-all.parquet", "--engine", SPARK]) == 2
    assert capsys.readouterr().err.startswith("engine.cannot_read: ")


def test_a_missing_table_is_one_line(spark, capsys):
    assert main(["rfm", "default.nothing", "--engine", SPARK]) == 2
    assert capsys.readouterr().err.startswith("engine.no_table: ")
