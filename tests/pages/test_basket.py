"""The basket page by AppTest: without data, with the sample, with other settings, in both languages."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.support import CHINESE, assert_no_bug, listed, markdown, sample_on, start, submit

BASKET = "../pages/basket.py"


def with_sample(lang: str = "zh") -> AppTest:
    return sample_on("basket", lang)


def field(elements: object, label: str) -> object:
    return next(one for one in elements if one.label.startswith(label))  # type: ignore[attr-defined]


def test_without_data_it_says_what_to_do():
    app = start()
    app.switch_page(BASKET).run()
    assert_no_bug(app)
    assert "还没有数据" in markdown(app)


def test_findings_say_the_rules_in_words():
    app = with_sample()
    assert "也买了" in markdown(app)
    assert "检验列出的" in markdown(app)
    assert any("买了“" in str(table.value.to_dict()) for table in app.table)


def test_another_threshold_changes_the_answer():
    app = with_sample()
    field(app.number_input, "最少几单").set_value(100)  # type: ignore[attr-defined]
    submit(app)
    label = next(e.label for e in app.expander if e.label.startswith("设置"))
    assert "最少几单：100 单" in label
    assert "找到 **10** 条" in markdown(app)


def test_no_rule_at_all_is_said_and_can_be_undone():
    app = with_sample()
    field(app.number_input, "最少几单").set_value(5000)  # type: ignore[attr-defined]
    submit(app)
    assert "没有找到站得住的搭配" in markdown(app)
    field(app.number_input, "最少几单").set_value(20)  # type: ignore[attr-defined]
    submit(app)
    assert "也买了" in markdown(app)


def test_a_contradiction_is_explained():
    app = with_sample()
    field(app.number_input, "一单最少几种").set_value(5)  # type: ignore[attr-defined]
    field(app.number_input, "一单最多几种").set_value(3)  # type: ignore[attr-defined]
    submit(app)
    assert any("至少填 2" in str(error.value) for error in app.error)


def test_every_measure_and_hidden_rules_can_be_seen():
    app = with_sample()
    app.toggle(key="basket-measures").set_value(True).run()
    assert_no_bug(app)
    before = len(app.dataframe[0].value)
    assert "Zhang" in app.dataframe[0].value.columns
    app.toggle(key="basket-redundant").set_value(True).run()
    app.toggle(key="basket-weak").set_value(True).run()
    assert_no_bug(app)
    assert len(app.dataframe[0].value) > before
    app.text_input(key="basket-filter").set_value("龙井").run()
    assert_no_bug(app)
    found = app.dataframe[0].value
    assert 0 < len(found) < before
    assert all("龙井" in left + right for left, right in zip(found["左边"], found["右边"], strict=True))


@pytest.mark.parametrize("lang", ["en"])
def test_in_english_no_chinese_of_ours_is_left(lang: str):
    app = with_sample(lang)
    label = next(e.label for e in app.expander if e.label.startswith("Settings"))
    assert not CHINESE.search(label)
    assert "of the orders with" in markdown(app)


def test_the_list_counts_people_once_however_many_rules_they_fit():
    app = with_sample()
    assert listed(app) == 1_538  # different ids in the 7,565 rows of the whole list
    assert any("位客户，" in text and "行" in text for text in markdown(app).splitlines())
