"""The basket page by AppTest: without data, with the sample, with other settings, in both languages."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.basket_tables import FIVE, many_baskets
from tests.pages.support import CHINESE, assert_no_bug, confirm, listed, markdown, sample_on, start, submit, upload

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


def with_baskets(lang: str = "zh", text: str = "") -> AppTest:
    """A file with one basket a line, uploaded and waiting to be confirmed."""
    return upload(start(lang), ("baskets.csv", (text or many_baskets()).encode()))


def test_the_upload_page_says_that_a_row_is_a_basket():
    app = with_baskets()
    assert "一行是一个购物篮，共 300 个；前 200 个里有 6 种商品：" in markdown(app)
    assert not app.warning
    assert not any("重复行" in box.label for box in app.checkbox)
    confirm(app)
    told = markdown(app)
    assert "300 个购物篮，6 种商品" in "\n".join(str(c.value) for c in app.caption)
    assert "重复的行" not in told


def test_baskets_of_nobody_have_no_money_no_later_and_no_customers():
    app = confirm(with_baskets())
    app.switch_page(BASKET).run()
    assert_no_bug(app)
    table = app.table[0].value
    assert list(table.columns) == ["规则", "一起买（单）"]
    assert "个购物篮，" in markdown(app)
    assert "位客户" not in markdown(app)
    assert "¥" not in markdown(app)
    assert next(e.label for e in app.expander if e.label.startswith("设置")).startswith("设置：一个购物篮算一单")
    labels = [one.label for one in (*app.number_input, *app.selectbox, *app.date_input)]
    assert not any(word in label for label in labels for word in ("检验", "没花钱", "统计日期", "不联系"))
    app.toggle(key="basket-measures").set_value(True).run()
    assert_no_bug(app)
    columns = app.dataframe[0].value.columns
    assert {"支持度", "平时的倍数", "校正后 p 值"} <= set(columns)
    assert not {"多卖（¥）", "后来"} & set(columns)
    assert "行号" in app.dataframe[-1].value.columns


def test_settings_can_be_applied_to_baskets():
    app = confirm(with_baskets())
    app.switch_page(BASKET).run()
    field(app.number_input, "最少几单").set_value(100000)  # type: ignore[attr-defined]
    submit(app)
    assert "没有找到站得住的搭配" in markdown(app)
    assert "按品类" not in markdown(app)


def test_few_baskets_are_said_to_be_few_in_english_too():
    app = confirm(with_baskets("en", FIVE))
    app.switch_page(BASKET).run()
    assert_no_bug(app)
    assert any("Only 5 baskets" in str(caption.value) for caption in app.caption)
    label = next(e.label for e in app.expander if e.label.startswith("Settings"))
    assert not CHINESE.search(label + markdown(app).replace("知客", "").replace("中文", ""))


def test_another_table_without_header_is_not_taken_for_baskets():
    app = confirm(with_baskets(text=FIVE))
    orders = "".join(f"c{at % 3},2024-01-0{at + 1},{at + 1}.50\n" for at in range(8))
    upload(app, ("orders.csv", orders.encode()))
    assert "一行是一个购物篮" not in markdown(app)
    assert "沿用了上次确认的对应关系" not in markdown(app)
