"""The RFM page by AppTest: without data, with the sample, with other settings, in both languages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.support import CHINESE, assert_no_bug, listed, markdown, sample_on, settings, start, submit, upload

RFM = "../pages/rfm.py"


def with_sample(lang: str = "zh") -> AppTest:
    return sample_on("rfm", lang)


def test_without_data_it_says_what_to_do():
    app = start()
    app.switch_page(RFM).run()
    assert_no_bug(app)
    assert "还没有数据" in markdown(app)
    app.button(key="sample").click().run()
    assert_no_bug(app)
    assert "位客户有净消费" in markdown(app)


def test_findings_come_before_everything_and_name_their_numbers():
    app = with_sample()
    words = markdown(app)
    assert "截至 **2025\\-12\\-31**，**1,678** 位客户有净消费" in words
    assert settings(app) == "设置：分位数 5 档 · 统计到 2026-01-01 · 扣除退款"


@pytest.mark.parametrize(("method", "name"), [("fixed", "固定分界点"), ("mean", "均值八类")])
def test_another_method(method: str, name: str):
    app = with_sample()
    app.segmented_control(key="rfm-method-quantile").set_value(method).run()
    submit(app)
    assert settings(app).startswith(f"设置：{name}")


def test_a_reference_date_before_the_data_is_explained_and_can_be_undone():
    app = with_sample()
    field = next(d for d in app.date_input if d.label.startswith("统计日期"))
    field.set_value(dt.date(2024, 12, 31))
    submit(app)
    assert "2024-12-31" in settings(app)
    assert "位客户有净消费" in markdown(app)


def test_picking_a_group_and_a_filter_narrows_the_list():
    app = with_sample()
    everyone = listed(app)
    app.multiselect[0].set_value(["loyal"]).run()
    loyal = listed(app)
    assert 0 < loyal < everyone
    app.multiselect[1].set_value(["channel"]).run()
    channel = next(m for m in app.multiselect if m.label == "渠道")
    channel.set_value([channel.options[0]]).run()
    assert_no_bug(app)
    assert 0 < listed(app) < loyal


def test_a_list_that_nobody_fits_says_so():
    app = with_sample()
    app.multiselect[1].set_value(["monetary"]).run()
    low = next(n for n in app.number_input if n.label.endswith("不低于"))
    low.set_value(1e9).run()
    assert_no_bug(app)
    assert any("没有客户符合" in str(info.value) for info in app.info)


@pytest.mark.parametrize(
    ("tab", "charts", "tables"),
    [
        ("分组和建议", 1, 1), ("R×F 热力图", 2, 0), ("分布和分界", 4, 0),
        ("和以前比", 2, 0), ("换个算法会怎样", 1, 1), ("口径", 1, 1),
    ],
)  # fmt: skip
def test_only_the_open_tab_is_drawn(tab: str, charts: int, tables: int):
    app = with_sample()
    app.session_state["rfm-tabs"] = tab
    app.run()
    assert_no_bug(app)
    assert (len(app.get("plotly_chart")), len(app.table)) == (charts, tables)


def test_english_has_no_chinese_of_ours():
    app = with_sample("en")
    labels = [w.label for group in (app.button, app.multiselect, app.expander, app.date_input) for w in group]
    ours = [text for text in (*markdown(app).splitlines(), *labels) if "<style>" not in text]
    left = [text for text in ours if CHINESE.search(text) and "订单明细" not in text and "中文" not in text]
    assert left == []


def test_an_events_file_is_refused_with_what_is_missing(tmp_path: Path):
    rows = "".join(f"u{i % 9},{e},2024-01-0{i % 8 + 1} 10:00:00\n" for i, e in enumerate(["浏览", "加购", "支付"] * 20))
    app = upload(start(), ("events.csv", ("用户ID,行为,时间\n" + rows).encode()))
    app.button(key="confirm").click().run()
    app.switch_page(RFM).run()
    assert_no_bug(app)
    assert "需要一张订单表" in markdown(app)


def test_a_list_saved_as_a_group_narrows_another_list():
    app = with_sample()
    everyone = listed(app)
    app.multiselect[0].set_value(["loyal"]).run()
    loyal = listed(app)
    next(field for field in app.text_input if field.label == "分组名称").set_value("老客")
    next(button for button in app.button if button.label == "保存").click().run()
    assert_no_bug(app)
    app.multiselect[0].set_value([]).run()
    assert listed(app) == everyone
    without = next(m for m in app.multiselect if m.label == "去掉这些分组里的")
    without.set_value(["老客"]).run()
    assert_no_bug(app)
    assert listed(app) == everyone - loyal
    next(button for button in app.button if button.label == "删除").click().run()
    assert_no_bug(app)
    assert listed(app) == everyone
