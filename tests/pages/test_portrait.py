"""The portrait page by AppTest: the sample, groups chosen in each way, tags, another group beside, English."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.support import CHINESE, assert_no_bug, listed, markdown, sample_on, settings, start, upload

PAGE = "../pages/portrait.py"


def with_sample(lang: str = "zh") -> AppTest:
    return sample_on("portrait", lang)


def captions(app: AppTest) -> str:
    return "\n".join(str(block.value) for block in app.caption)


def press(app: AppTest, *labels: str) -> None:
    next(button for button in app.button if button.label in labels).click().run(timeout=120)
    assert_no_bug(app)


def rule_box(app: AppTest):
    return next(box for box in app.text_area if box.label == "条件")


def test_the_sample_has_a_portrait_settings_and_a_list():
    app = with_sample()
    assert "没有指定看哪一组" in markdown(app)
    assert settings(app) == "设置：看“累计净消费最高的 20%”，和所有客户比"
    assert rule_box(app).value == "累计净消费 前 20%"
    everyone = listed(app)
    rule_box(app).set_value("渠道 = 抖音小店 且 下单次数 >= 2").run(timeout=60)
    said = next(line for line in captions(app).splitlines() if "抖音小店" in line and "位客户" in line)
    press(app, "应用")
    assert settings(app) == "设置：看“最近的渠道：抖音小店，且下单次数不低于 2”，和所有客户比"
    counted = int(said.rsplit("：", 1)[1].split()[0].replace(",", ""))
    assert f"有 **{counted:,}** 位客户" in markdown(app)  # the count while writing is that of the answer
    group = next(m for m in app.multiselect if m.label.startswith("选哪些组"))
    group.set_value(["group"]).run(timeout=60)
    assert listed(app) == counted < everyone


def test_a_wrong_rule_is_explained_and_changes_nothing():
    app = with_sample()
    rule_box(app).set_value("累计消费 >= 5").run(timeout=60)
    assert_no_bug(app)
    assert any("累计净消费" in str(error.value) for error in app.error)
    assert settings(app) == "设置：看“累计净消费最高的 20%”，和所有客户比"
    rule_box(app).set_value("累计净消费 > 1亿").run(timeout=60)
    press(app, "应用")
    assert any("没有客户符合" in str(error.value) or "放宽" in str(error.value) for error in app.error)
    rule_box(app).set_value("累计净消费 > 100").run(timeout=60)  # and there is a way back
    press(app, "应用")
    assert settings(app) == "设置：看“累计净消费大于 100”，和所有客户比"


def test_a_group_of_a_model_against_another_group():
    app = with_sample()
    next(control for control in app.segmented_control if control.label == "怎么选这一组").set_value("model").run(
        timeout=120
    )
    assert_no_bug(app)
    next(m for m in app.multiselect if m.label == "哪几组").set_value(["champions"]).run(timeout=60)
    next(c for c in app.segmented_control if c.label == "和谁比").set_value("other").run(timeout=60)
    rule_box(app).set_value("rfm = 新客户").run(timeout=120)
    press(app, "应用")
    assert settings(app) == "设置：看“重要价值客户”，和新客户比"


def test_tags_are_counted_saved_and_stand_in_the_list():
    app = with_sample()
    app.session_state["portrait-tabs-6"] = "打标签"
    app.run(timeout=60)
    press(app, "先放几条示例")
    table = app.table[0].value
    assert list(table["值"]) == ["高价值", "普通", "近期来过", "很久没来"]
    assert table["符合条件"].tolist()[:2] == ["340", "1,698"]
    assert table["得到标签"].tolist()[:2] == ["340", "1,358"]  # the first rule that fits wins
    press(app, "保存，打到名单上")
    frame = app.dataframe[-1].value
    assert {"客户价值", "近况"} <= set(frame.columns)
    assert set(frame["客户价值"]) == {"高价值", "普通"}
    # Tags can be spoken of in the rule above.
    rule_box(app).set_value("客户价值 = 高价值 且 近况 = 很久没来").run(timeout=60)
    press(app, "应用")
    assert "客户价值：高价值，且近况：很久没来" in settings(app)


def test_only_the_open_tab_is_drawn():
    app = with_sample()
    for tab, charts, tables in (("分省", 3, 0), ("全部数字", 1, 0), ("两边有多大", 1, 1), ("口径", 1, 1)):
        app.session_state["portrait-tabs-6"] = tab
        app.run(timeout=60)
        assert_no_bug(app)
        assert (len(app.get("plotly_chart")), len(app.table)) == (charts, tables), tab


def test_a_customer_file_has_a_portrait():
    rows = "\n".join(
        f"C{at:03},{'女' if at % 3 else '男'},{20 + at % 40},{'是' if at % 4 == 0 else '否'}" for at in range(200)
    )
    app = upload(start(), ("会员.csv", f"客户编号,性别,年龄,流失\n{rows}\n".encode("utf-8-sig")))
    app.button(key="confirm").click().run()
    app.switch_page(PAGE).run(timeout=60)
    assert_no_bug(app)
    assert settings(app) == "设置：看“流失：是”，和所有客户比"
    assert listed(app) == 200


def test_a_file_without_columns_ends_clearly():
    app = upload(start(), ("会员.csv", "客户编号,性别\nC1,女\nC2,女\nC3,女\n".encode("utf-8-sig")))
    app.button(key="confirm").click().run()
    app.switch_page(PAGE).run(timeout=60)
    assert_no_bug(app)
    assert any("性别" in str(error.value) for error in app.error)


def test_english_has_no_chinese_of_ours(tmp_path: Path):
    app = with_sample("en")
    for tab in ("One by one", "All numbers", "Tags", "Method"):
        app.session_state["portrait-tabs-6"] = tab
        app.run(timeout=60)
        assert_no_bug(app)
        labels = [w.label for group in (app.button, app.multiselect, app.expander, app.selectbox) for w in group]
        ours = [
            text
            for text in (*markdown(app).splitlines(), *captions(app).splitlines(), *labels)
            if "<style>" not in text
        ]
        theirs = ("订单明细", "中文", "玻璃茶杯")
        left = [text for text in ours if CHINESE.search(text) and not any(name in text for name in theirs)]
        assert left == []
