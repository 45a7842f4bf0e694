"""The sentiment page by AppTest: without data, with the sample, each tab, a correction, both languages."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_home import assert_no_bug, start

PAGE = "../pages/sentiment.py"


def with_sample(lang: str = "zh") -> AppTest:
    app = start(lang)
    app.switch_page(PAGE).run(timeout=60)
    app.button(key="sample").click().run(timeout=90)
    assert_no_bug(app)
    return app


def markdown(app: AppTest) -> str:
    return "\n".join(str(block.value) for block in app.markdown)


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
