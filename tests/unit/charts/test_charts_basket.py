"""Charts of the basket analysis show the numbers they were given, in words, and are calm about nothing."""

import datetime as dt

import pandas as pd
import pytest

from analytics.charts import basket as charts
from analytics.engine import Engine
from analytics.models import basket
from tests.basket_tables import Line, lines_dataset, orders

PARAMS = basket.Params(min_orders=2, min_confidence=0, correction="none", alpha=1, holdout_share=0)
NAMED = ("茶", "<b>杯子</b>", "一个很长很长的商品名称而且还有规格 500g", "D")
CHARTS = {
    "rules": charts.top_rules,
    "network": charts.network,
    "matrix": charts.matrix,
    "partners": lambda result, **look: charts.partners(result, NAMED[0], **look),
}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> basket.Result:
    texts = ("012", "012", "01", "01", "2", "23", "3", "3", "03")
    lines = [Line(f"o{at}", NAMED[int(n)], f"c{at}") for at, text in enumerate(texts) for n in text]
    return basket.analyze(lines_dataset(tmp_path_factory.mktemp("charts"), engine, lines), PARAMS)


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> basket.Result:
    return basket.analyze(lines_dataset(tmp_path_factory.mktemp("none"), engine, orders("A", "B")), PARAMS)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", CHARTS)
def test_no_tag_of_a_user_reaches_a_label(result: basket.Result, name: str, lang: str, dark: bool):
    figure = CHARTS[name](result, lang=lang, dark=dark)
    told = figure.to_json()
    assert len(figure.data) > 0
    assert "<b>杯子" not in "".join(str(trace.hovertext) + str(trace.text) for trace in figure.data)
    assert "&lt;b&gt;" in told or "\\u0026lt;" in told


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_to_draw_is_said(nothing: basket.Result, name: str):
    figure = CHARTS[name](nothing, lang="zh")
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text


def test_bars_are_the_extra_orders_of_one_direction(result: basket.Result):
    figure = charts.top_rules(result, lang="zh")
    shown = result.rules[result.rules["status"] == "shown"].set_index("rule")
    keys = [data[0] for data in figure.data[0].customdata]
    assert list(figure.data[0].x) == pytest.approx(shown.loc[keys, "extra_orders"].tolist())
    together = [frozenset((*shown.loc[key, "left"], *shown.loc[key, "right"])) for key in keys]
    assert len(set(together)) == len(together)


def test_a_click_on_the_network_names_an_item(result: basket.Result):
    dots = charts.network(result, lang="zh").data[-1]
    assert {data[0] for data in dots.customdata} <= set(NAMED)


def test_the_matrix_is_symmetric_and_holds_lift(result: basket.Result):
    figure = charts.matrix(result, lang="zh")
    text = pd.DataFrame(figure.data[0].text)
    assert text.equals(text.T)
    pair = result.pairs[(result.pairs["left"] == NAMED[0]) & (result.pairs["right"] == NAMED[1])].iloc[0]
    assert f"{pair['lift']:.1f}" in set(text.to_numpy().ravel())


def test_partners_show_the_share_and_the_usual_share(result: basket.Result):
    figure = charts.partners(result, NAMED[0], lang="en")
    assert max(figure.data[0].x) == pytest.approx(4 / 5)
    assert figure.data[1].x[0] == pytest.approx(4 / 9)


@pytest.mark.parametrize(
    ("name", "width", "short"),
    [("茶杯", 4, "茶杯"), ("茶杯子", 4, "茶…"), ("teapot", 3, "te…"), ("ALARM CLOCK GREEN", 12, "ALARM C…REEN")],
)
def test_labels_are_shortened_by_their_width(name: str, width: int, short: str):
    assert charts.shorten(name, width) == short


def test_the_day_is_that_of_the_data(result: basket.Result):
    assert result.as_of == dt.date(2024, 1, 2)


def test_a_long_sentence_is_broken_and_loses_nothing():
    english = 'of the orders with "WHITE HANGING HEART T-LIGHT HOLDER" also have "RED HANGING HEART T-LIGHT HOLDER"'
    assert charts.broken(english) == [
        'of the orders with "WHITE HANGING HEART T-LIGHT',
        'HOLDER" also have "RED HANGING HEART T-LIGHT',
        'HOLDER"',
    ]
    chinese = "买了“咖啡滤纸 100 张”的订单里 41.8% 也买了“耶加雪菲咖啡豆 227g”，是平时的 4 倍"
    assert len(charts.broken(chinese)) == 2
    assert "".join(charts.broken(chinese)).replace(" ", "") == chinese.replace(" ", "")
    assert charts.broken("短") == ["短"]
