"""Charts of retention and AARRR show the numbers they were given, in words, and are calm about nothing."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from analytics.charts import aarrr as aarrr_charts
from analytics.charts import retention as charts
from analytics.engine import Engine
from analytics.models import aarrr, retention
from analytics.models.retention_groups import group_name
from tests.order_tables import Order, orders_dataset

HAN = re.compile(r"[\u3400-\u9fff]")
# Four cohorts of 20: of each, 10 come the next month and 5 the month after; the last record ends May.
ORDERS: list[Order] = [
    (f"{month}-{n}", f"2024-{month + k:02}-15", 100)
    for month in range(1, 5)
    for k, people in ((0, 20), (1, 10), (2, 5))
    for n in range(people)
    if month + k < 6
] + [("5-end", "2024-05-31", 1)]
LOOKS: list[dict[str, Any]] = [{"lang": "zh"}, {"lang": "en"}, {"lang": "zh", "dark": True}]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> retention.Result:
    data = orders_dataset(tmp_path_factory.mktemp("r"), engine, ORDERS)
    return retention.analyze(data, retention.Params(period="month"))


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> aarrr.Result:
    return aarrr.analyze(orders_dataset(tmp_path_factory.mktemp("a"), engine, ORDERS), aarrr.Params(period="month"))


def test_the_heat_map_has_a_row_per_cohort_and_the_mean_on_top(result: retention.Result):
    trace = charts.heat_map(result, lang="zh").data[0]
    assert list(trace.y) == ["加权平均", "2024-01 · 20", "2024-02 · 20", "2024-03 · 20", "2024-04 · 20", "2024-05 · 1"]
    assert list(trace.x) == ["+1", "+2", "+3", "+4"]
    assert list(trace.text[0][:2]) == ["50.0%", "25.0%"]
    assert list(trace.text[4]) == ["50.0%", "", "", ""]  # April's second month is June: not observed
    assert "10 位来了，这批共 20 位：50.0%" in trace.hovertext[1][0]


def test_the_heat_map_can_be_windowed(result: retention.Result):
    trace = charts.heat_map(result, lang="en", skip=1, rows=2, columns=1).data[0]
    assert list(trace.y) == ["Weighted mean", "2024-02 · 20", "2024-03 · 20"]
    assert list(trace.x) == ["+1"]


def test_an_unfinished_cohort_is_marked(tmp_path: Path, engine: Engine):
    data = orders_dataset(tmp_path, engine, [*ORDERS, ("new", "2024-06-02", 1)])
    trace = charts.heat_map(retention.analyze(data, retention.Params(period="month")), lang="zh").data[0]
    assert trace.y[-1] == "2024-06* · 1"


def test_curves_end_in_their_name_and_number(result: retention.Result):
    figure = charts.curves(result, lang="zh")
    mean = figure.data[-1]
    assert list(mean.x) == [1, 2, 3, 4]
    assert list(mean.y) == pytest.approx([0.5, 0.25, 0, 0])
    assert figure.layout.annotations[0].text == "<b>加权平均 0.0%</b>"
    money = charts.curves(result, lang="en", cumulative=True)
    assert list(money.data[-1].y)[1:] == pytest.approx([150, 175, 175, 175])


def test_the_repurchase_curve_rises_and_stays_in_its_band(result: retention.Result):
    low, high, curve = charts.repurchase(result, lang="zh").data
    assert list(curve.y) == sorted(curve.y)
    assert all(a <= b <= c for a, b, c in zip(low.y, curve.y, high.y, strict=True))


def test_a_group_is_named_with_its_size(result: retention.Result):
    groups = result.curve.assign(group="天猫", size=80)[["group", "size", "k", "rate", "base", "customers", "cohorts"]]
    figure = charts.group_curves(dataclasses.replace(result, groups=groups), lang="zh")
    assert figure.data[0].name == "天猫（80 位）"
    assert group_name("\x1fother").in_language("en") == "Others"


def test_the_ladder_is_clickable_and_adds_up(stages: aarrr.Result):
    trace = aarrr_charts.ladder(stages, lang="zh").data[0]
    assert [data[0] for data in trace.customdata] == stages.segments["segment"].tolist()
    assert sum(trace.x) == 81


def test_trends_leave_out_stages_without_data(stages: aarrr.Result):
    figure = aarrr_charts.trends(stages, lang="en")
    assert len(figure.data) == 4  # no referral
    retained = figure.data[2]
    assert retained.y[-1] is None  # June is not there
    assert retained.y[0] == pytest.approx(0.5)
    assert "10 of 20" in retained.hovertext[0]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_chart_can_be_drawn_and_speaks_one_language(result: retention.Result, stages: aarrr.Result, look: Any):
    drawn = [
        charts.heat_map(result, **look), charts.curves(result, **look), charts.curves(result, cumulative=True, **look),
        charts.repurchase(result, **look), aarrr_charts.ladder(stages, **look), aarrr_charts.trends(stages, **look),
    ]  # fmt: skip
    for figure in drawn:
        text = json.dumps(figure.to_plotly_json(), default=str, ensure_ascii=False).replace("Noto Sans CJK SC", "")
        assert bool(HAN.search(text)) == (look["lang"] == "zh")


def test_nothing_to_draw_is_said(tmp_path: Path, engine: Engine):
    data = orders_dataset(tmp_path, engine, [("A", "2024-01-05", 10)])
    lonely = retention.analyze(data, retention.Params(period="month"))
    for figure in (
        charts.heat_map(lonely, lang="zh"), charts.curves(lonely, lang="zh"), charts.repurchase(lonely, lang="zh"),
        charts.group_curves(lonely, lang="zh"),
        aarrr_charts.trends(aarrr.analyze(data, aarrr.Params(period="month")), lang="zh"),
    ):  # fmt: skip
        assert not figure.data
        assert figure.layout.annotations[0].text
    assert math.isnan(lonely.repurchase.within(30)[0])
