"""Charts of a portrait show the numbers they were given, and are calm about nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analytics.charts import portrait as charts
from analytics.engine import Engine
from analytics.i18n import Lang
from analytics.models import portrait
from analytics.models.portrait import Params, Result
from tests.customer_tables import customers_dataset

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def result(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Result:
    columns = {
        "paid": ["yes"] * 60 + ["no"] * 140,
        "province": ["广东省"] * 50 + ["Zhejiang"] * 10 + ["广东"] * 40 + ["浙江"] * 90 + ["海南"] * 10,
        "points": [*range(100, 160), *range(140)],
        "<b>": ["x", "y"] * 100,
    }
    data = customers_dataset(tmp_path_factory.mktemp("p"), engine, columns)
    tags = "worth/high: points >= 100\nworth/low: all\npayer/yes: paid = yes\n"
    return portrait.analyze(data, Params(group="paid = yes", tags=tags))


def key_of(result: Result, label: str) -> str:
    return next(a.key for a in result.known if str(a.label) == label)


def test_bars_begin_at_100_and_end_at_the_index(result: Result):
    figure = charts.tgi_bars(result, lang="zh")
    bars, numbers = figure.data
    shown = charts.differences(result)
    assert not shown.empty
    assert [100 + length for length in bars.x] == pytest.approx([min(tgi, 600) for tgi in shown["tgi"]])
    assert [text.strip() for text in numbers.text] == [f"{tgi:,.0f}" for tgi in shown["tgi"]]
    assert [point[0] for point in bars.customdata] == shown["attribute"].tolist()
    assert list(shown["tgi"]) == sorted(shown["tgi"], reverse=True)
    assert shown.groupby("attribute").size().max() <= 4
    assert len(figure.layout.shapes) == len(shown) + 1  # an interval each, and the line at 100
    assert key_of(result, "paid") not in set(shown["attribute"])  # the group was chosen by it


def test_shares_stand_side_by_side(result: Result):
    place = next(a.key for a in result.known if a.provinces)
    group, base = charts.shares(result, place, lang="zh").data
    rows = result.values[result.values["attribute"] == place]
    assert list(group.x) == pytest.approx(rows["share_group"].tolist())
    assert list(base.x) == pytest.approx(rows["share_base"].tolist())
    assert sum(base.x) == pytest.approx(1)
    assert len(set(group.y)) == len(rows)


def test_every_province_has_its_square_and_only_sure_numbers_have_colour(result: Result):
    place = next(a.key for a in result.known if a.provinces)
    ground, colours = charts.province_map(result, place, lang="zh").data
    assert sum(cell is not None for row in ground.z for cell in row) == 34
    rows = result.values[(result.values["attribute"] == place) & result.values["solid"]]
    held = sorted(cell for row in colours.z for cell in row if cell is not None)
    assert held == pytest.approx(sorted(min(tgi, 200) for tgi in rows["tgi"]))


def test_the_overlap_tells_counts_and_shares(result: Result):
    heat = charts.overlap(result.tagged, lang="zh").data[0]
    assert heat.z[2][2] == 1
    assert heat.z[0][1] == 0  # values of one tag
    high_and_paid = (result.people.tag_1 == "high") & (result.people.tag_2 == "yes")
    assert heat.z[2][0] == pytest.approx(high_and_paid.sum().execute() / 60)


def test_user_text_is_no_markup(result: Result):
    figure = charts.shares(result, key_of(result, "<b>"), lang="zh")
    assert "&lt;b&gt;" in figure.data[0].hovertext[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_drawn_calmly(result: Result, lang: Lang):
    none = replace(result, values=result.values.head(0), attributes=result.attributes.head(0))
    for figure in (
        charts.tgi_bars(none, lang=lang), charts.shares(none, "x", lang=lang),
        charts.province_map(none, "x", lang=lang),
        charts.overlap(replace(result.tagged, counts=result.tagged.counts.head(0)), lang=lang),
    ):  # fmt: skip
        assert len(figure.data) == 0
        assert figure.layout.annotations


def test_english_charts_hold_no_chinese(result: Result):
    place = next(a.key for a in result.known if a.provinces)
    for figure in (
        charts.tgi_bars(result, lang="en", dark=True), charts.shares(result, place, lang="en"),
        charts.province_map(result, place, lang="en"), charts.overlap(result.tagged, lang="en"),
    ):  # fmt: skip
        assert not HAN.search(str(figure.to_dict()))
