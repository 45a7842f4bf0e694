"""The recommendation page by AppTest: without data, with the sample, with other settings, in both languages."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.support import CHINESE, assert_no_bug, listed, markdown, sample_on, settings, start, submit

PAGE = "../pages/recommend.py"


def with_sample(lang: str = "zh") -> AppTest:
    return sample_on("recommend", lang)


def test_without_data_it_says_what_to_do():
    app = start()
    app.switch_page(PAGE).run()
    assert_no_bug(app)
    assert "还没有数据" in markdown(app)


def test_findings_name_the_method_and_its_proof():
    app = with_sample()
    words = markdown(app)
    assert "给 **1,698** 位客户推荐" in words
    assert "只推热销榜是" in words
    assert settings(app) == "设置：自动（检验后选） · 每人 5 个 · 不推买过的 · 全部商品"
    assert "**共 1,698 位客户，8,490 行" in words  # people are counted once, however many rows they have


def test_another_method_and_number():
    app = with_sample()
    app.selectbox[0].set_value("popularity")
    next(n for n in app.number_input if n.label == "每人推荐几个").set_value(3)
    submit(app)
    assert settings(app).startswith("设置：热销榜 · 每人 3 个")
    assert "**共 1,698 位客户，5,094 行" in markdown(app)


def test_a_stock_list_limits_what_is_recommended_and_names_the_unknown():
    app = with_sample()
    app.text_area[0].set_value("桂花绿豆糕\n海盐苏打饼干\n从没卖过的").run()
    assert any("1 个没有卖过" in str(c.value) for c in app.caption)
    submit(app)
    assert settings(app).endswith("只推一部分商品")
    offered = next(m for m in app.multiselect if m.label.startswith("选哪些组")).options
    assert set(offered) == {"海盐苏打饼干", "桂花绿豆糕"}


def test_wrong_prices_are_explained_and_the_old_settings_stay():
    app = with_sample()
    low, high = (n for n in app.number_input if n.label.startswith("均价"))
    low.set_value(100.0)
    high.set_value(50.0)
    submit(app)
    assert any("把两个数换过来" in str(e.value) for e in app.error)
    assert settings(app).endswith("全部商品")


def test_one_customer_is_found_by_a_part_of_the_id():
    app = with_sample()
    app.session_state["recommend-tabs"] = "查一位客户"
    app.run()
    next(t for t in app.text_input if t.label.startswith("客户编号")).set_value("wx_0000").run()
    assert_no_bug(app)
    chosen = next(s for s in app.selectbox if s.label == "客户")
    assert chosen.options
    assert all("wx_0000" in option for option in chosen.options)
    next(t for t in app.text_input if t.label.startswith("客户编号")).set_value("nobody at all").run()
    assert any("没有这样的客户" in str(info.value) for info in app.info)


def test_a_product_becomes_the_list_of_its_customers():
    app = with_sample()
    app.session_state["recommend-tabs"] = "给商品找客户"
    app.run()
    next(s for s in app.selectbox if s.label == "要推哪一种").set_value("桂花绿豆糕").run()
    assert_no_bug(app)
    said = next(str(m.value) for m in app.markdown if str(m.value).startswith("可以推给"))
    promised = int(said.split("**")[1].replace(",", ""))
    next(b for b in app.button if b.label == "用它做名单").click().run()
    assert_no_bug(app)
    assert listed(app) == promised
    assert settings(app).endswith("只推一部分商品")
    app.button(key="recommend-back").click().run()
    assert_no_bug(app)
    assert settings(app) == "设置：自动（检验后选） · 每人 5 个 · 不推买过的 · 全部商品"
    assert listed(app) == 1698
    assert not [button for button in app.button if button.key == "recommend-back"]


@pytest.mark.parametrize(
    ("tab", "charts", "tables", "frames"),
    [
        ("推得准不准", 2, 2, 1),
        ("每种商品", 1, 0, 2),
        ("查一位客户", 1, 0, 3),
        ("给商品找客户", 1, 0, 2),
        ("口径", 1, 1, 1),
    ],
)
def test_only_the_open_tab_is_drawn(tab: str, charts: int, tables: int, frames: int):
    app = with_sample()
    app.session_state["recommend-tabs"] = tab
    app.run()
    assert_no_bug(app)
    assert (len(app.get("plotly_chart")), len(app.table), len(app.dataframe)) == (charts, tables, frames)


def test_english_has_no_chinese_of_ours():
    app = with_sample("en")
    labels = [w.label for group in (app.button, app.expander, app.date_input, app.number_input) for w in group]
    captions = [str(c.value) for c in app.caption]
    ours = [text for text in (*markdown(app).splitlines(), *labels, *captions) if "<style>" not in text]
    names = ("订单明细", "中文", "每日坚果")  # the file, the switch, the product of a finding
    assert [text for text in ours if CHINESE.search(text) and not any(name in text for name in names)] == []
