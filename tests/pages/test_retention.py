"""The retention and AARRR pages by AppTest: sample, settings, lists, tabs, both languages, an event log."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.support import CHINESE, assert_no_bug, confirm, listed, sample_on, settings, start, submit, upload

PAGES = {"retention": "../pages/retention.py", "aarrr": "../pages/aarrr.py"}
LOG = "用户ID,行为,时间\n" + "".join(
    f"u{user},{event},2024-01-{day:02} 10:{user % 60:02}:00\n"
    for user in range(40)
    for day in range(1, 9)
    for event in ("浏览", "支付")
    if (user * day) % (3 if event == "浏览" else 7) == 0
)


def words(app: AppTest) -> str:
    return "\n".join(str(block.value) for group in (app.markdown, app.caption) for block in group)


def box(app: AppTest, label: str):
    return next(b for b in app.selectbox if b.label == label)


@pytest.mark.parametrize("page", PAGES)
def test_without_data_it_says_what_to_do(page: str):
    app = start()
    app.switch_page(PAGES[page]).run()
    assert_no_bug(app)
    assert "还没有数据" in words(app)


def test_retention_findings_and_settings():
    app = sample_on("retention")
    assert "**1,678** 位新客按首次来的月份分成 **18** 批" in words(app)
    assert settings(app) == "设置：按月 · 人数：那一期来过 · 统计到 2026-01-01"
    box(app, "看什么").set_value(("revenue", "period"))
    box(app, "周期").set_value("week")
    submit(app)
    assert settings(app) == "设置：按周 · 金额 · 统计到 2026-01-01"
    assert "次周的金额是第 **0** 期的" in words(app)


def test_a_breakdown_is_drawn_by_group():
    app = sample_on("retention")
    box(app, "按什么拆分").set_value("channel")
    submit(app)
    app.session_state["retention-tabs"] = "按属性拆分"
    app.run()
    assert_no_bug(app)
    table = app.table[0].value
    assert set(table["组"]) >= {"天猫旗舰店", "抖音小店"}
    assert sum(int(n) for n in table["新客数"]) == 1678


def test_a_cohort_and_a_state_narrow_the_list():
    app = sample_on("retention")
    assert listed(app) == 1678
    app.selectbox(key="retention-cohort").set_value("2025-11").run()
    app.segmented_control(key="retention-state-2025-11").set_value("gone").run()
    assert_no_bug(app)
    assert listed(app) == 35
    assert any("35" in str(block.value) and "来了没再来" in str(block.value) for block in app.markdown)


def test_only_the_open_tab_is_drawn():
    app = sample_on("retention")
    for tab, charts, tables in (
        ("完整热力图", 2, 0), ("留存曲线", 2, 0), ("复购曲线", 2, 0), ("人均累计消费", 2, 0), ("按属性拆分", 1, 0),
        ("分组和建议", 1, 1), ("口径", 1, 1),
    ):  # fmt: skip
        app.session_state["retention-tabs"] = tab
        app.run()
        assert_no_bug(app)
        assert (tab, len(app.get("plotly_chart")), len(app.table)) == (tab, charts, tables)


def test_aarrr_shows_five_stages_and_says_what_is_missing():
    app = sample_on("aarrr")
    tiles = {tile.label: tile.value for tile in app.metric}
    assert list(tiles) == ["获客", "激活", "留存", "收入", "推荐"]
    assert tiles["获客"] == "1,678"
    assert tiles["推荐"] == "无数据"
    assert "上传带“邀请人编号”的客户名单" in words(app).replace("\\", "")
    next(n for n in app.number_input if n.label == "几天内算激活").set_value(7)
    submit(app)
    assert "7 天内" in settings(app)
    assert {tile.label: tile.value for tile in app.metric}["激活"] != tiles["激活"]


def test_aarrr_with_a_customer_list_beside():
    people = "客户编号,注册时间,邀请人编号\n" + "".join(f"C{n},2024-01-0{1 + n % 7},C{n + 1}\n" for n in range(60))
    orders = "订单号,客户编号,下单时间,金额\n" + "".join(
        f"A{n:04d},C{n % 60},2024-0{1 + n % 6}-1{n % 9},{10 + n}.50\n" for n in range(240)
    )
    app = confirm(upload(start(), ("orders.csv", orders.encode())))
    app = confirm(upload(app, ("people.csv", people.encode())))
    app.switch_page(PAGES["aarrr"]).run()
    assert_no_bug(app)
    assert {tile.label: tile.value for tile in app.metric}["推荐"] == "100.0%"


@pytest.mark.parametrize("page", PAGES)
def test_an_event_log_is_followed_too(page: str):
    app = confirm(upload(start(), ("log.csv", LOG.encode())))
    app.switch_page(PAGES[page]).run()
    assert_no_bug(app)
    events = {"retention": "什么算回来", "aarrr": "付款的行为"}[page]
    menu = next(m for m in app.multiselect if m.label == events)
    assert [re.sub("（.*", "", option) for option in menu.options] == ["浏览", "支付"]
    menu.set_value(["支付"])
    submit(app)
    text = words(app)
    assert ("次日留存" if page == "retention" else "位付过款") in text


@pytest.mark.parametrize("page", PAGES)
def test_english_has_no_chinese_of_ours(page: str):
    app = sample_on(page, "en")
    labels = [w.label for group in (app.button, app.multiselect, app.expander, app.selectbox) for w in group]
    ours = [text for text in (*words(app).splitlines(), *labels) if "<style>" not in text]
    left = [text for text in ours if CHINESE.search(text) and "订单明细" not in text and "中文" not in text]
    assert left == []
