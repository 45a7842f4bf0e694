"""Charts show the numbers they were given, in words of the language, and are calm about nothing."""

import datetime as dt
import math

import pandas as pd
import pytest

from analytics.charts import rfm, theme
from analytics.charts.rfm_migration import OTHER
from analytics.models.rfm import Params, Result
from analytics.models.rfm_compare import Migration
from analytics.models.rfm_scoring import Cuts
from analytics.models.rfm_segments import SEGMENTS

NAN = math.nan
SEGMENT_ROWS = pd.DataFrame(
    {
        "segment": ["champions", "lost", "no_net_spend"],
        "customers": [12_345, 5, 2],
        "customer_share": [0.9, 0.1, NAN],
        "revenue": [1_612_000.0, 250.0, -30.0],
        "revenue_share": [0.999, 0.001, NAN],
        "recency_days": [3.0, 400.0, NAN],
        "frequency": [6.0, 1.0, 1.0],
        "monetary": [130.6, 50.0, -15.0],
    }
)
CELLS = pd.DataFrame({"r": [1, 3], "f": [1, 2], "customers": [5, 12_345], "revenue": [250.0, 1_612_000.0]})
FLOWS = pd.DataFrame(
    [
        ("champions", "champions", 900, 9e6),
        ("champions", "lost", 100, 1e5),
        ("new", "lost", 5, 50.0),
        ("promising", "lost", 4, 40.0),
        ("new_buyer", "champions", 200, 2e6),
    ],
    columns=["source", "target", "customers", "revenue"],
)
MIGRATION = Migration(dt.date(2023, 6, 1), dt.date(2024, 1, 1), FLOWS, ())
BARS = pd.DataFrame({"left": [0.0, 10.0, 20.0], "right": [10.0, 20.0, 500.0], "customers": [7, 3, 1]})


def result(segments=SEGMENT_ROWS, cells=CELLS):
    return Result(
        customers=None, segments=segments, cells=cells, cuts=Cuts((30, 60), (1,), (100,)), as_of=dt.date(2024, 1, 1),
        params=Params(), customers_total=12_352, revenue_total=1_612_220.0, findings=(), method=(),
    )  # fmt: skip


DRAWN = {
    "heat_map": lambda **look: rfm.heat_map(result(), **look),
    "treemap": lambda **look: rfm.segment_treemap(result(), "revenue", **look),
    "bars": lambda **look: rfm.segment_bars(result(), **look),
    "distribution": lambda **look: rfm.distribution(BARS, "monetary", (5, 6, 15), **look),
    "matrix": lambda **look: rfm.migration_matrix(MIGRATION, **look),
    "sankey": lambda **look: rfm.migration_sankey(MIGRATION, **look),
}
NOTHING = {
    "heat_map": lambda **look: rfm.heat_map(result(cells=CELLS[:0]), **look),
    "treemap": lambda **look: rfm.segment_treemap(result(SEGMENT_ROWS[2:]), "revenue", **look),
    "bars": lambda **look: rfm.segment_bars(result(SEGMENT_ROWS[:0]), **look),
    "distribution": lambda **look: rfm.distribution(BARS[:0], "frequency", (), **look),
    "matrix": lambda **look: rfm.migration_matrix(Migration(MIGRATION.earlier, MIGRATION.later, FLOWS[:0], ()), **look),
    "sankey": lambda **look: rfm.migration_sankey(Migration(MIGRATION.earlier, MIGRATION.later, FLOWS[:0], ()), **look),
}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_has_the_common_look_and_no_chinese_in_english(name, dark):
    figure = DRAWN[name](lang="en", dark=dark)
    assert figure.layout.height > 100
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.color == theme.font_colour(dark=dark)
    shown = figure.to_json().encode().decode("unicode_escape")
    assert not [c for c in shown if "\u4e00" <= c <= "\u9fff"]


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_to_draw_is_a_calm_figure(name):
    figure = NOTHING[name](lang="zh", dark=False)
    assert not figure.data
    assert [note.text for note in figure.layout.annotations] == ["这里没有可画的数据"]


def test_heat_map_has_every_cell_and_names_the_ends():
    heat = rfm.heat_map(result(), lang="zh").data[0]
    assert list(heat.y) == ["R 1（最久）", "R 2", "R 3（最近）"]
    assert list(heat.x) == ["F 1（最少）", "F 2（最多）"]
    assert [list(row) for row in heat.text] == [["5", ""], ["", ""], ["", "12,345"]]
    assert heat.hovertext[2][1] == (
        "<b>R 3 · F 2</b><br>距上次下单 ≤ 30 天<br>下单 > 1 次<br>12,345 位客户（100.0%）<br>净消费 ¥161.2万（100.0%）"
    )
    assert "30–60" in heat.hovertext[1][0]
    assert "> 60" in heat.hovertext[0][0]


def test_treemap_ids_are_segment_keys_and_colours_are_the_segments():
    tree = rfm.segment_treemap(result(), "revenue", lang="zh").data[0]
    assert list(tree.ids) == ["champions", "lost"]  # −30 has no area
    assert [data[0] for data in tree.customdata] == ["champions", "lost"]
    assert list(tree.marker.colors) == [theme.SEGMENT_COLOURS["champions"], theme.SEGMENT_COLOURS["lost"]]
    assert list(tree.customdata[0][1:]) == ["¥161.2万", "99.9%"]


def test_bars_carry_the_key_and_direct_labels():
    customers, revenue = rfm.segment_bars(result(), lang="zh").data
    assert list(customers.text) == ["1.23万 · 90.0%", "5 · 10.0%", "2"]
    assert list(revenue.text) == ["¥161.2万 · 99.9%", "¥250 · 0.1%", "-¥30"]
    assert [data[0] for data in customers.customdata] == ["champions", "lost", "no_net_spend"]


def test_cut_labels_that_are_near_stand_in_rows_and_the_tail_is_one_bar_wide():
    figure = rfm.distribution(BARS, "monetary", (5, 6, 15, 6, 499), lang="zh")
    labels = [(note.text, note.yshift) for note in figure.layout.annotations]
    assert labels == [("≤ ¥5", 2), ("≤ ¥6", 20), ("≤ ¥15", 2)]  # 499 lies in the tail bar, which has no scale
    assert figure.layout.xaxis.ticktext[-1] == "¥20+"
    assert figure.layout.xaxis.range[1] == 35


def test_what_is_up_to_a_whole_number_ends_before_the_next():
    bars = pd.DataFrame({"left": [1.0, 2.0, 3.0], "right": [2.0, 3.0, 4.0], "customers": [5, 2, 1]})
    figure = rfm.distribution(bars, "frequency", (1,), lang="zh")
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(2, 2)]
    assert list(zip(figure.layout.xaxis.tickvals, figure.layout.xaxis.ticktext, strict=True)) == [
        (1.5, "1"), (2.5, "2"), (3.5, "3"),
    ]  # fmt: skip


def test_matrix_tells_customers_money_and_the_share_of_the_row():
    heat = rfm.migration_matrix(MIGRATION, lang="zh").data[0]
    assert list(heat.y) == [
        *(SEGMENTS[k].name.in_language("zh") for k in ("champions", "new", "promising")),
        "当时还没下单",
    ]
    assert heat.text[0][0] == "900<br>¥900.0万"
    assert heat.z[0][1] == pytest.approx(0.1)
    assert heat.z[1][0] is None or math.isnan(heat.z[1][0])


def test_sankey_keeps_every_customer_and_joins_small_segments():
    sankey = rfm.migration_sankey(MIGRATION, lang="zh").data[0]
    assert sum(sankey.link.value) == FLOWS.customers.sum()
    assert theme.SEGMENT_COLOURS[OTHER] in sankey.node.color
    assert any("9" in label and "其他" in label for label in sankey.node.label)
    assert all(0 < y < 1 for y in sankey.node.y)


def test_every_segment_has_a_colour():
    assert set(SEGMENTS) <= set(theme.SEGMENT_COLOURS)


@pytest.mark.parametrize(
    ("value", "lang", "money", "text"),
    [(20_000, "zh", True, "¥2万"), (15_000, "en", False, "15k"), (0.25, "zh", False, "0.25"),
     (120.5, "zh", True, "¥120.5"), (1500, "zh", False, "1,500"), (-30, "zh", True, "-¥30"), (0, "zh", True, "¥0")],
)  # fmt: skip
def test_tick_text(value, lang, money, text):
    assert theme.tick_text(value, lang, money=money) == text


@pytest.mark.parametrize(
    ("low", "high", "values"), [(0, 100, [0, 20, 40, 60, 80, 100]), (3, 3, [3]), (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1])]
)
def test_ticks_are_round_numbers(low, high, values):
    assert theme.ticks(low, high, "zh")[0] == values


def test_ink_is_readable():
    assert (theme.ink("#FFFFFF"), theme.ink("#000000")) == ("#101418", "#FFFFFF")
