"""The lifecycle page by AppTest: with the sample, with other limits, with events, in both languages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.support import CHINESE, assert_no_bug, markdown, sample_on, settings, start, submit, upload

PAGE = "../pages/lifecycle.py"


def with_sample(lang: str = "zh") -> AppTest:
    return sample_on("lifecycle", lang)


def days(app: AppTest, name: str):
    return next(n for n in app.number_input if n.label == name)


def test_findings_say_whom_to_contact_first_and_what_is_at_stake():
    words = markdown(with_sample())
    assert "先联系“有流失风险”的 **180** 位：他们近一年花了 **¥13\\.6万**" in words
    assert words.index("先联系") < words.index("回头客一般隔")


def test_limits_of_ones_own():
    app = with_sample()
    assert settings(app) == "设置：付款订单 · 分界 78 / 129 / 176 天 · 统计到 2026-01-01"
    days(app, "有风险").set_value(30.0)
    days(app, "沉睡").set_value(60.0)
    days(app, "流失").set_value(120.0)
    submit(app)
    assert "分界 30 / 60 / 120 天" in settings(app)
    assert "超过 **30** 天算有风险" in markdown(app)


def test_limits_that_do_not_ascend_are_explained_and_leave_the_answer():
    app = with_sample()
    days(app, "有风险").set_value(90.0)
    days(app, "沉睡").set_value(60.0)
    submit(app)
    assert any("留空的用数据里的间隔算" in str(error.value) for error in app.error)
    assert "78 / 129 / 176" in settings(app)


def test_limits_that_do_not_fit_the_data_can_be_undone():
    app = with_sample()
    days(app, "流失").set_value(1.0)  # the data's own limit for dormant is 129
    submit(app)
    assert any("后一个要比前一个大" in str(error.value) for error in app.error)
    next(button for button in app.button if button.label == "恢复默认设置").click().run()
    assert_no_bug(app)
    assert "78 / 129 / 176" in settings(app)


def test_a_reference_date():
    app = with_sample()
    next(d for d in app.date_input if d.label.startswith("统计日期")).set_value(dt.date(2025, 6, 10))
    submit(app)
    assert "2025-06-10" in settings(app)
    assert "截至 **2025\\-06\\-09**" in markdown(app)


@pytest.mark.parametrize(
    ("tab", "charts", "tables", "frames"),
    [
        ("阶段和建议", 1, 1, 1), ("流失预警", 1, 0, 2), ("每期进出", 2, 0, 2), ("间隔和分界", 2, 0, 1),
        ("阶段怎么变", 2, 0, 1), ("口径", 1, 1, 1),
    ],
)  # fmt: skip
def test_only_the_open_tab_is_drawn(tab: str, charts: int, tables: int, frames: int):
    app = with_sample()
    app.session_state["lifecycle-tabs"] = tab
    app.run()
    assert_no_bug(app)
    assert (len(app.get("plotly_chart")), len(app.table), len(app.dataframe)) == (charts, tables, frames)


def test_the_warning_list_is_who_the_finding_counts():
    app = with_sample()
    app.session_state["lifecycle-tabs"] = "流失预警"
    app.run()
    assert "预警：**398** 位客户" in markdown(app)
    assert "**共 398 位客户**" in markdown(app)
    listed = app.dataframe[0].value
    assert (listed["距上次（天）"] > listed["平时隔几天"]).all()
    assert listed["累计净消费（元）"].is_monotonic_decreasing


def test_english_has_no_chinese_of_ours():
    app = with_sample("en")
    labels = [w.label for group in (app.button, app.multiselect, app.expander, app.date_input) for w in group]
    ours = [text for text in (*markdown(app).splitlines(), *labels) if "<style>" not in text]
    assert [text for text in ours if CHINESE.search(text) and "订单明细" not in text and "中文" not in text] == []


def test_events_are_counted_without_money_and_by_the_events_chosen():
    rows = "".join(
        f"u{i % 9},{event},2024-01-{i % 20 + 1:02} 10:00:00\n" for i, event in enumerate(["浏览", "加购", "支付"] * 40)
    )
    app = upload(start(), ("events.csv", ("用户ID,行为,时间\n" + rows).encode()))
    app.button(key="confirm").click().run()
    app.switch_page(PAGE).run()
    assert_no_bug(app)
    assert "¥" not in markdown(app)
    assert settings(app).startswith("设置：所有行为")
    next(m for m in app.multiselect if m.label.startswith("哪些行为")).set_value(["支付"])
    submit(app)
    assert settings(app).startswith("设置：支付")


def test_a_review_file_is_refused_with_what_is_missing(tmp_path: Path):
    rows = "".join(f"很好喝，下次再来{i},{i % 5 + 1}\n" for i in range(30))
    app = upload(start(), ("reviews.csv", ("评论内容,评分\n" + rows).encode()))
    app.button(key="confirm").click().run()
    app.switch_page(PAGE).run()
    assert_no_bug(app)
    assert "订单" in markdown(app)
    assert not app.get("plotly_chart")
