"""The funnel page by AppTest: with the sample, with other settings, on orders, in both languages."""

from __future__ import annotations

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import SAMPLES
from tests.pages.support import (
    CHINESE,
    assert_no_bug,
    confirm,
    markdown,
    sample_on,
    settings,
    start,
    submit,
    upload,
)

FUNNEL = "../pages/funnel.py"
ORDERS = "订单号,客户编号,下单时间,付款时间,发货时间,金额,订单状态\n" + "".join(
    f"A{n},C{n % 40},2024-01-{n % 28 + 1:02d} 10:00:00,"
    + (f"2024-01-{n % 28 + 1:02d} 10:05:00," if n % 3 else ",")
    + (f"2024-01-{n % 28 + 1:02d} 18:00:00," if n % 3 == 1 else ",")
    + f"{20 + n}.00,{'已付款' if n % 3 else '待付款'}\n"
    for n in range(120)
)


def with_sample(lang: str = "zh") -> AppTest:
    return sample_on("funnel", lang, own=True)


def test_without_data_the_sample_is_one_click_away_and_findings_come_first():
    app = start()
    app.switch_page(FUNNEL).run()
    app.button(key="sample").click().run()
    assert_no_bug(app)
    assert settings(app) == "设置：浏览商品 → 加入购物车或收藏 → 提交订单 → 支付成功 · 窗口 14 天 · 按用户"
    words = markdown(app)
    assert "**3,179** 位用户进入“浏览商品”，**704** 位用户走到“支付成功”，总转化率 **22\\.1%**" in words
    assert "还在窗口内" in words


def test_window_order_and_unit_can_be_changed_and_stay():
    app = with_sample()
    size = next(n for n in app.number_input if n.label == "转化窗口")
    size.set_value(1.0)
    next(s for s in app.selectbox if s.label == "按什么算").set_value("session")
    submit(app)
    assert "窗口 1 天 · 按会话" in settings(app)
    assert "次会话进入“浏览商品”" in markdown(app)


def test_a_template_refills_the_steps():
    app = with_sample()
    control = next(c for c in app.get("button_group") if c.label == "从模板开始")
    control.set_value("school").run()
    submit(app)
    assert settings(app).startswith("设置：浏览商品 → 支付成功")


def test_what_cannot_be_is_explained_and_the_old_answer_stays():
    app = with_sample()
    first, last = (next(d for d in app.date_input if d.label.startswith(label)) for label in ("进入日期从", "到"))
    first.set_value(dt.date(2025, 12, 20))
    last.set_value(dt.date(2025, 11, 20))
    submit(app)
    assert ["把两个日期换过来" in str(error.value) for error in app.error] == [True]
    assert "3,179" in markdown(app)


@pytest.mark.parametrize(
    ("tab", "charts"),
    [
        ("每一步", 2),
        ("分组和建议", 1),
        ("按日期", 2),
        ("用时", 2),
        ("按属性", 2),
        ("什么和转化有关", 2),
        ("他们去哪了", 2),
    ],
)
def test_only_the_open_tab_is_drawn(tab: str, charts: int):
    app = with_sample()
    app.session_state["funnel-tabs"] = tab
    app.run()
    assert_no_bug(app)
    assert len(app.get("plotly_chart")) == charts


def test_two_periods_and_two_groups_are_compared():
    app = with_sample()
    app.session_state["funnel-tabs"] = "比一比"
    app.run()
    assert_no_bug(app)
    assert "相差" in markdown(app)
    control = next(c for c in app.get("button_group") if c.label == "比什么")
    control.set_value("groups").run()
    assert_no_bug(app)
    next(s for s in app.selectbox if s.label == "按进入时的哪个属性分").set_value("channel").run()
    assert_no_bug(app)
    assert "天猫旗舰店" in markdown(app)


def test_orders_with_their_times_are_a_funnel_of_orders():
    app = confirm(upload(start(), ("orders.csv", ORDERS.encode())))
    app.switch_page(FUNNEL).run()
    assert_no_bug(app)
    assert settings(app) == "设置：下单 → 付款 → 发货 · 窗口 7 天 · 按订单"  # a month of orders
    # 120 orders, of which two in three were paid and one in three was sent: the unpaid ones are in.
    assert "**120** 张订单进入“下单”，**40** 张订单走到“发货”" in markdown(app)


def test_english_has_no_chinese_of_ours():
    app = with_sample("en")
    labels = [w.label for group in (app.button, app.multiselect, app.expander, app.date_input) for w in group]
    ours = [text for text in (*markdown(app).splitlines(), *labels) if "<style>" not in text]
    known = ("行为日志", "中文", "浏览商品", "加入购物车", "收藏", "提交订单", "支付成功")
    left = [text for text in ours if CHINESE.search(text) and not any(word in text for word in known)]
    assert left == []
    assert (SAMPLES / "行为日志.csv").exists()
