"""The sentiment page by AppTest: without data, with the sample, each tab, a correction, both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.support import assert_no_bug, markdown, sample_on


def with_sample(lang: str = "zh") -> AppTest:
    return sample_on("sentiment", lang, own=True)


def counts(app: AppTest) -> list[int]:
    """All, positive, neutral and negative reviews, as the first finding tells them."""
    line = next(str(block.value) for block in app.markdown if "条评论：好评" in str(block.value))
    numbers = re.findall(r"\*\*([\d,]+)\*\* 条", line)
    return [int(number.replace(",", "")) for number in numbers]


def test_the_findings_add_up():
    every, *parts = counts(with_sample())
    assert every == sum(parts) > 1000


def test_english_has_no_chinese_sentence_of_ours():
    app = with_sample("en")
    sentences = [str(block.value) for block in app.markdown if "review" in str(block.value)]
    assert any("positive" in sentence for sentence in sentences)
    assert not any(re.search(r"[\u4e00-\u9fff]", sentence) for sentence in sentences)


def test_an_aspect_opens_its_sentences():
    app = with_sample()
    menu = next(box for box in app.selectbox if box.label == "看哪个方面")
    menu.set_value("logistics").run(timeout=60)
    assert_no_bug(app)
    shown = "".join(str(block.value) for block in app.get("html"))
    assert "<mark" in shown
    assert re.search("快递|物流|发货", shown)


@pytest.mark.parametrize("domain", ["hotel", "food"])
def test_another_dictionary(domain: str):
    app = with_sample()
    app.selectbox(key="sentiment-domain-auto").set_value(domain).run(timeout=60)
    next(button for button in app.button if button.label == "应用").click().run(timeout=90)
    assert_no_bug(app)
    menu = next(box for box in app.selectbox if box.label == "看哪个方面")
    assert "物流" not in menu.options


def test_a_wider_neutral_band_makes_more_neutral():
    app = with_sample()
    before = counts(app)
    band = next(slider for slider in app.slider if slider.label.startswith("好评概率"))
    band.set_value((5, 95))
    next(button for button in app.button if button.label == "应用").click().run(timeout=90)
    assert_no_bug(app)
    after = counts(app)
    assert after[0] == before[0]
    assert after[2] > before[2]


def open_tab(app: AppTest, name: str) -> None:
    """AppTest cannot click a tab: its key in the session is what a click sets."""
    app.session_state["sentiment-tabs"] = name
    app.run(timeout=90)
    assert_no_bug(app)


def sentences(app: AppTest) -> str:
    return "".join(str(block.value) for block in app.get("html"))


def box(app: AppTest, label: str) -> Any:
    return next(menu for menu in app.selectbox if menu.label == label)


def test_the_trend_opens_onto_an_alert_and_onto_any_week():
    app = with_sample()
    open_tab(app, "趋势和预警")
    menu = box(app, "看哪一处的原话")
    assert "差评变多" in menu.options[0]
    first = sentences(app)
    week = next(option for option in menu.options if "好评" in option)
    menu.set_value(week).run(timeout=60)
    assert_no_bug(app)
    assert sentences(app) != first


@pytest.mark.parametrize("how", ["polarity", "lately", "unknown"])
def test_words_open_onto_their_sentences(how: str):
    app = with_sample()
    open_tab(app, "词语")
    next(control for control in app.get("button_group") if control.label == "比什么").set_value(how).run(timeout=60)
    assert_no_bug(app)
    menus = [menu for menu in app.selectbox if menu.label == "看哪个词的原话"]
    assert menus or app.info
    assert all(f">{menu.value}</mark>" in sentences(app) for menu in menus)


def test_copies_open_onto_the_reviews_that_say_the_same():
    app = with_sample()
    open_tab(app, "雷同评论")
    assert box(app, "看哪一组的原话").value
    assert sentences(app).count('<div style="border-left') > 1


def test_the_method_is_told():
    app = with_sample()
    open_tab(app, "口径")
    assert "TGI" in markdown(app) + "".join(str(table.value) for table in app.table)
