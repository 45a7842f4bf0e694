"""Funnel charts show the numbers they were given, in words of the language, and are calm about nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics.charts import funnel as charts
from analytics.charts import funnel_look as look
from analytics.dataset import Dataset
from analytics.engine import Engine
from analytics.i18n import Lang, msg, verbatim
from analytics.models import funnel, funnel_compare, funnel_look
from tests.event_tables import generated, write_events


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Dataset:
    return write_events(tmp_path_factory.mktemp("charts") / "d", engine, generated(4_000, 300, 3))


@pytest.fixture(scope="module")
def result(data: Dataset) -> funnel.Result:
    return funnel.analyze(data, funnel.Params(steps=("view", "cart?", "order", "pay"), window_days=5))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_bars_name_both_rates_and_carry_the_segment(result: funnel.Result, lang: Lang):
    figure = charts.step_bars(result, lang=lang)
    bars = figure.data[0]
    assert list(bars.x) == list(result.steps["units"])
    assert [entry[0] for entry in bars.customdata] == ["dropped_1", "", "dropped_2", "converted"]
    assert bars.text[2].endswith(f"{result.steps['overall_rate'][2]:.1%}")
    notes = [note.text for note in figure.layout.annotations]
    assert f"{result.steps['step_rate'][3]:.1%}" in notes[-1]
    told = {"zh": ("总转化率", "上步转化率"), "en": ("Overall rate", "Step rate")}[lang]
    assert all(word in bars.hovertext[2] for word in told)


@pytest.mark.parametrize("dark", [False, True])
def test_the_closer_looks_draw_what_they_are_given(data: Dataset, result: funnel.Result, dark: bool):
    trend = funnel_look.trend(result)
    lines = look.trend(trend, lang="zh", dark=dark).data[1:]
    assert sum(len(line.x) for line in lines) in (len(trend), len(trend) + 1)  # the two lines meet in a point
    assert {line.line.dash for line in lines} == {"solid", "dot"}
    found = funnel_look.times(result)
    assert found is not None
    assert sum(look.times(found, lang="zh", dark=dark).data[0].y) == found.units == int(result.steps["units"].iloc[-1])
    flows = funnel_look.next_events(data, result, 1)
    sankey = look.next_events(flows, verbatim("view"), {}, lang="en", dark=dark).data[0]
    assert list(sankey.link.value) == list(flows["units"])
    assert int(flows.loc[flows["level"] == 1, "units"].sum()) == int(result.steps["dropped"].iloc[0])


def test_a_comparison_has_intervals_around_its_bars(data: Dataset, result: funnel.Result):
    days = [d.date() for d in pd.date_range("2024-01-01", "2024-02-29")]
    compared = funnel_compare.compare_periods(data, result, (days[0], days[20]), (days[21], days[45]))
    figure = look.comparison(compared, result, (msg("甲组"), msg("乙组")), lang="en")
    assert [bar.name for bar in figure.data] == ["Group A", "Group B"]
    assert all(size >= 0 for bar in figure.data for size in (*bar.error_y.array, *bar.error_y.arrayminus))


def test_nothing_is_said_calmly(data: Dataset, result: funnel.Result):
    empty = pd.DataFrame()
    for figure in (
        look.trend(empty, lang="en"), look.times(None, lang="en"), look.breakdown(empty, lang="en"),
        look.odds(empty, {}, lang="en"), look.next_events(empty, verbatim("x"), {}, lang="en"),
        charts.stake_bars(result, lang="en"),
    ):  # fmt: skip
        assert not figure.data
        assert figure.layout.annotations[0].text
    assert isinstance(data, Dataset)


def test_odds_are_on_a_log_axis_with_grey_for_chance(tmp_path: Path):
    frame = pd.DataFrame(
        {
            "kind": ["property", "event"], "column": ["channel", "event"], "value": ["", "fav"], "n": [50, 60],
            "rate": [0.4, 0.2], "rate_without": [0.2, 0.25], "ratio": [2.5, 0.8], "low": [1.5, 0.4], "high": [4.0, 1.6],
            "p": [0.001, 0.5], "q": [0.002, 0.5],
        }
    )  # fmt: skip
    figure = look.odds(frame, {"channel": msg("渠道")}, lang="zh")
    assert figure.layout.xaxis.type == "log"
    assert len(set(figure.data[0].marker.color)) == 2
    assert list(figure.layout.yaxis.ticktext) == ["渠道：（空） (n=50)", "之前做过：fav (n=60)"]
    assert tmp_path.exists()


def test_lengths_of_time_read_as_people_say_them():
    told = [charts.hours_text(hours, "zh") for hours in (0.005, 0.5, 5, 72)]
    assert told == ["18 秒", "30.0 分钟", "5.0 小时", "3.0 天"]
