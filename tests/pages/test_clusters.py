"""The clustering page by AppTest: the sample, other settings, no structure, a saved model, English."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from tests.pages.support import CHINESE, assert_no_bug, listed, markdown, sample_on, settings, start, submit, upload

PAGE = "../pages/clusters.py"


def with_sample(lang: str = "zh") -> AppTest:
    return sample_on("clusters", lang)


def test_the_sample_has_groups_settings_and_a_list():
    app = with_sample()
    assert "净消费最多的是" in markdown(app)
    assert settings(app) == "设置：K 均值 · 群数自动 · 按距上次下单、下单次数、客单价"
    everyone = listed(app)
    group = next(m for m in app.multiselect if m.label.startswith("选哪些组"))
    group.set_value(["c1"]).run(timeout=60)
    assert 0 < listed(app) < everyone
    # Another number of groups and another measure.
    next(s for s in app.selectbox if s.label == "分几群").set_value(3)
    next(m for m in app.multiselect if m.label == "按哪些特征分").set_value(["recency_days", "frequency"])
    submit(app)
    assert settings(app) == "设置：K 均值 · 3 群 · 按距上次下单、下单次数"
    assert "分成 **3** 群" in markdown(app)


def test_only_the_open_tab_is_drawn():
    app = with_sample()
    for name, charts, tables in (("怎么区分", 1, 1), ("客户地图", 2, 0), ("口径", 1, 1), ("保存模型", 1, 0)):
        app.session_state["clusters-tabs-7"] = name
        app.run(timeout=60)
        assert_no_bug(app)
        assert (len(app.get("plotly_chart")), len(app.table)) == (charts, tables), name


def test_no_structure_points_to_rfm_or_other_measures(tmp_path: Path):
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({name: draw.normal(size=300).round(3) for name in ("甲", "乙", "丙", "丁", "戊")})
    frame.insert(0, "客户编号", [f"C{at:04}" for at in range(300)])
    app = upload(start(), ("客户.csv", frame.to_csv(index=False).encode("utf-8-sig")))
    app.button(key="confirm").click().run()
    app.switch_page(PAGE).run(timeout=60)
    assert_no_bug(app)
    assert "客户画像和标签" in markdown(app)  # RFM needs orders, which a customer file has not
    assert "RFM" not in markdown(app)
    assert not [m for m in app.multiselect if m.label.startswith("选哪些组")], "a list of groups that are not there"
    next(box for box in app.checkbox if box.label == "没有结构也照分").set_value(True)
    submit(app)
    assert "不要拿来做决定" in markdown(app)
    assert listed(app) == 300


def test_english_has_no_chinese_of_ours():
    app = with_sample("en")
    labels = [w.label for group in (app.button, app.multiselect, app.expander, app.selectbox) for w in group]
    ours = [text for text in (*markdown(app).splitlines(), *labels) if "<style>" not in text]
    left = [text for text in ours if CHINESE.search(text) and "订单明细" not in text and "中文" not in text]
    assert left == []
