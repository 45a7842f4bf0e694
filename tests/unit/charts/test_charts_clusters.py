"""Charts of a clustering show the numbers they were given, and are calm about nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analytics.charts import clusters as charts
from analytics.engine import Engine
from analytics.i18n import Lang
from analytics.models import clusters
from tests.customer_tables import customers_dataset
from tests.order_tables import Order, orders_dataset

HAN = re.compile(r"[\u4e00-\u9fff]")


def orders() -> list[Order]:
    found: list[Order] = [(f"r{at:02}", f"2024-01-{1 + at % 9:02}", 20 + at / 10) for at in range(40)]
    return found + [(f"o{at:02}", f"2024-0{m}-{1 + at % 20:02}", 90 + at) for at in range(30) for m in (4, 5, 6)]


@pytest.fixture(scope="module")
def result(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> clusters.Result:
    return clusters.analyze(orders_dataset(tmp_path_factory.mktemp("c"), engine, orders()), clusters.Params(k_max=3))


@pytest.fixture(scope="module")
def nothing(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> clusters.Result:
    draw = np.random.default_rng(0)
    columns = {name: draw.normal(size=300).round(4) for name in ("a1", "b1", "c1", "d1", "e1")}
    data = customers_dataset(tmp_path_factory.mktemp("n"), engine, columns)
    return clusters.analyze(data, clusters.Params(k_max=3))


def test_bars_hold_customers_and_money_of_every_group(result: clusters.Result) -> None:
    customers, money = charts.group_bars(result, lang="zh").data
    assert list(customers.x) == result.segments["customers"].tolist()
    assert list(money.x) == pytest.approx(result.segments["revenue"].tolist())
    assert [point[0] for point in customers.customdata] == result.segments["segment"].tolist()


def test_the_profile_shows_real_units_and_colours_by_deviation(result: clusters.Result) -> None:
    heat = charts.profile_map(result, lang="zh").data[0]
    assert np.shape(heat.z) == (len(set(result.profile["segment"])), len(result.features))
    first = result.profile.iloc[0]
    assert heat.z[0][0] == pytest.approx(first["z"])
    assert heat.text[0][0] == f"{round(first['mean'])} 天"
    assert f"{round(first['all'])} 天" in heat.hovertext[0][0]


def test_the_map_has_every_point_once_with_its_group(result: clusters.Result) -> None:
    figure = charts.customer_map(result, lang="zh")
    assert sum(len(trace.x) for trace in figure.data) == len(result.points) == 70
    for trace in figure.data:
        keys = {point[0] for point in trace.customdata}
        assert len(keys) == 1
        assert {str(s.name) for s in result.named if s.key in keys} == {trace.name}
    assert figure.layout.dragmode == "lasso"


def test_user_text_is_no_markup(result: clusters.Result) -> None:
    points = result.points.assign(customer_id="<a href='x'>&")
    hover = charts.customer_map(replace(result, points=points), lang="zh").data[0].hovertext[0]
    assert "&lt;a href='x'&gt;&amp;" in hover


def test_the_sweep_marks_the_number_taken(result: clusters.Result) -> None:
    figure = charts.sweep(result, lang="zh")
    silhouette = figure.data[0]
    assert list(silhouette.x) == [2, 3]
    taken = len([s for s in result.named if s.key in ("c1", "c2", "c3")])
    shaded = next(shape for shape in figure.layout.shapes if shape.type == "rect")
    assert shaded.x0 < taken < shaded.x1


def test_drift_compares_then_and_now(result: clusters.Result, engine: Engine, tmp_path: Path) -> None:
    later = [*orders(), *((f"r{at:02}", "2024-07-01", 300.0) for at in range(8))]
    again = clusters.analyze(orders_dataset(tmp_path, engine, later), clusters.Params(model=clusters.save(result)))
    assert again.drift is not None
    then, now = charts.drift_sizes(again, again.drift, lang="zh").data
    assert sum(then.x) == pytest.approx(1)
    assert sum(now.x) == pytest.approx(1)
    moves = charts.drift_moves(again, again.drift, lang="zh").data[0]
    assert sum(n for row in moves.z for n in row if n is not None) == 70


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_drawn_calmly(nothing: clusters.Result, lang: Lang) -> None:
    assert not nothing.shown
    for draw in (charts.profile_map, charts.customer_map):
        assert len(draw(nothing, lang=lang).data) == 0
    assert len(charts.sweep(nothing, lang=lang).data) == 2


def test_english_charts_hold_no_chinese(result: clusters.Result) -> None:
    for draw in (charts.group_bars, charts.profile_map, charts.customer_map, charts.sweep):
        assert not HAN.search(str(draw(result, lang="en", dark=True).to_dict()))
