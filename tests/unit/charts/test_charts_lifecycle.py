"""Charts of the lifecycle show the numbers they were given, in words of the language, and are calm about nothing."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from analytics.charts import lifecycle as charts
from analytics.charts import theme
from analytics.charts.rfm_migration import migration_matrix, migration_sankey
from analytics.models import lifecycle
from analytics.models.lifecycle_moves import gap_bars
from analytics.models.lifecycle_segments import FLOWS, STAGES
from analytics.models.rfm_compare import NEW_BUYER, NEW_BUYER_NAME, Migration
from tests.order_tables import orders_dataset
from tests.people_tables import events_dataset

NAMES = {key: stage.name for key, stage in STAGES.items()} | {NEW_BUYER: NEW_BUYER_NAME}
FLOWS_BETWEEN = pd.DataFrame(
    {"source": ["active", NEW_BUYER], "target": ["lost", "new"], "customers": [30, 4], "revenue": [float("nan")] * 2}
)
MIGRATION = Migration(dt.date(2023, 6, 1), dt.date(2024, 1, 1), FLOWS_BETWEEN, ())


@pytest.fixture(scope="module")
def answer(tmp_path_factory, engine):
    orders = [
        ("A", "2024-01-05", 10), ("A", "2024-02-05", 20), ("A", "2024-03-05", 30), ("B", "2024-01-10", 7),
        ("B", "2024-03-10", 8), ("C", "2024-02-20", 5), ("Z", "2024-02-20", 5, 5),
    ]  # fmt: skip
    data = orders_dataset(tmp_path_factory.mktemp("orders"), engine, orders)
    return lifecycle.analyze(data, lifecycle.Params(interval="month"))


@pytest.fixture(scope="module")
def counted(tmp_path_factory, engine):
    data = events_dataset(tmp_path_factory.mktemp("events"), engine, [("A", "2024-01-05 10:00:00", "view")])
    return lifecycle.analyze(data, lifecycle.Params())


DRAWN = {
    "stages": charts.stage_bars,
    "flow": charts.flow_chart,
    "flow in money": lambda result, **look: charts.flow_chart(result, "value", **look),
    "gaps": lambda result, **look: charts.gap_chart(gap_bars(result), result, **look),
    "matrix": lambda _, **look: migration_matrix(MIGRATION, names=NAMES, **look),
    "sankey": lambda _, **look: migration_sankey(MIGRATION, names=NAMES, **look),
}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_has_the_common_look_and_no_chinese_in_english(answer, name, dark):
    figure = DRAWN[name](answer, lang="en", dark=dark)
    assert figure.layout.height > 100
    assert figure.layout.font.color == theme.font_colour(dark=dark)
    shown = figure.to_json().encode().decode("unicode_escape")
    assert not [c for c in shown if "\u4e00" <= c <= "\u9fff"]


def test_stage_bars_carry_the_key_and_direct_labels(answer):
    customers, revenue = charts.stage_bars(answer, lang="zh").data
    assert [data[0] for data in customers.customdata] == list(answer.segments["segment"])
    assert [text.split("<br>")[0] for text in customers.text] == [str(n) for n in answer.segments["customers"]]
    assert customers.text[0].endswith(f"{answer.segments['customer_share'].iloc[0]:.1%}")
    assert revenue.text[-1] == "¥0"  # no share for those without a valid order


def test_without_amounts_there_is_one_panel_and_no_money(counted):
    figure = charts.stage_bars(counted, lang="zh")
    assert len(figure.data) == 1
    assert "¥" not in figure.to_json()
    assert not charts.flow_chart(counted, "value", lang="zh").data


def test_dormant_is_below_zero_and_all_else_above(answer):
    figure = charts.flow_chart(answer, lang="zh")
    drawn = {trace.name: list(trace.y) for trace in figure.data if trace.y != (None,)}
    for key, (name, _) in FLOWS.items():
        sign = -1 if key == "dormant" else 1
        assert drawn[name.in_language("zh")] == [sign * n for n in answer.flow[key]]
    assert [note.text for note in figure.layout.annotations] == ["数据起点", "未完"]
    assert not any(text.startswith("-") for text in figure.layout.yaxis.ticktext)
    assert "没再来：1" in figure.data[0].hovertext[1]


def test_gaps_are_coloured_by_the_stage_and_limits_are_drawn_where_the_next_begins(answer):
    bars = gap_bars(answer)
    figure = charts.gap_chart(bars, answer, lang="zh")
    assert [sum(trace.y) for trace in figure.data] == [int(bars[key].sum()) for key in charts.GAP_STAGES]
    assert sum(sum(trace.y) for trace in figure.data) == answer.limits.gaps
    at_risk = answer.limits.at_risk_days
    assert at_risk + 1 in [shape.x0 for shape in figure.layout.shapes]
    assert f"有风险 {at_risk:g} 天" in [note.text for note in figure.layout.annotations]


def test_nothing_to_draw_is_a_calm_figure(answer, counted):
    for figure in (
        charts.gap_chart(gap_bars(counted), counted, lang="zh"),
        charts.flow_chart(dataclasses.replace(answer, flow=answer.flow[:0]), lang="zh"),
        charts.stage_bars(dataclasses.replace(answer, segments=answer.segments[:0]), lang="zh"),
    ):
        assert not figure.data
        assert len(figure.layout.annotations) == 1


def test_moves_without_amounts_tell_customers_alone():
    heat = migration_matrix(MIGRATION, names=NAMES, lang="zh").data[0]
    assert sorted(text for row in heat.text for text in row if text) == ["30", "4"]
    assert "¥" not in str(heat.hovertext)


def test_every_stage_and_state_has_a_colour():
    assert set(STAGES) | set(FLOWS) <= set(theme.SEGMENT_COLOURS)
