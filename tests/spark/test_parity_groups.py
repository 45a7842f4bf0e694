"""Clusters and portrait on Apache Spark and on DuckDB: equal groups, figures, findings and lists."""

from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from analytics import api
from analytics.intake.prepare import PrepareOptions
from analytics.models import clusters, portrait
from tests.conftest import SAMPLES
from tests.spark.conftest import messy_orders
from tests.spark.test_parity import both, frame

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def messy(tmp_path_factory, engine, spark):
    folder = tmp_path_factory.mktemp("messy")
    messy_orders(3000, seed=7).to_csv(folder / "orders.csv", index=False)
    return _both(folder / "orders.csv", folder, engine, spark)


@pytest.fixture(scope="module")
def sample(tmp_path_factory, engine, spark):
    return _both(SAMPLES / "订单明细.xlsx", tmp_path_factory.mktemp("sample"), engine, spark)


def _both(file: Path, folder, engine, spark):
    return both(api.open_file(file, folder=folder / "raw"), None, PrepareOptions(), folder, engine, spark)


TAGS = "价值/高: 累计净消费 前 20%\n价值/普通: 全部\n"


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("sample", portrait.Params()),
        ("messy", portrait.Params(group="累计净消费 前 20%", tags=TAGS, bands=4, refund_policy="drop")),
        ("messy", portrait.Params(group="rfm = 重要价值客户", against="下单次数 = 1")),
    ],
    ids=["as it comes", "a rule and tags", "a model's group beside another group"],
)
def test_portrait(request, name, params):
    pair = request.getfixturevalue(name)
    here, there = (portrait.analyze(data, params) for data in pair)
    assert len(here.values) > 10
    for part in ("values", "attributes", "segments"):
        assert_frame_equal(getattr(here, part), getattr(there, part))
    assert (here.group_n, here.base_n, here.findings, here.method) == (
        there.group_n, there.base_n, there.findings, there.method,
    )  # fmt: skip
    key = pair[0].entity
    assert_frame_equal(frame(here.customers, key), frame(there.customers, key))
    assert_frame_equal(frame(here.people, key), frame(there.people, key))


def test_clusters(sample):
    here, there = (clusters.analyze(data, clusters.Params(k=3)) for data in sample)
    for name in ("segments", "profile", "sweep"):
        assert_frame_equal(getattr(here, name), getattr(there, name))
    key = sample[0].entity
    assert_frame_equal(frame(here.customers, key), frame(there.customers, key))
    assert (here.findings, here.method) == (there.findings, there.method)


def test_a_saved_model_puts_the_same_customers_into_the_same_groups(sample):
    saved = clusters.save(clusters.analyze(sample[0], clusters.Params(k=3)))
    here, there = (clusters.analyze(data, clusters.Params(model=saved)) for data in sample)
    key = sample[0].entity
    assert_frame_equal(frame(here.customers, key), frame(there.customers, key))
    assert_frame_equal(here.segments, there.segments)
