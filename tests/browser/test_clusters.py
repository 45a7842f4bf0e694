"""Clustering as a shop uses it: groups, a lasso on the map that becomes a list, a saved model used again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.support import click_and_wait, download, open_app, upload, wait_until_idle
from tests.conftest import SAMPLES


def test_a_lasso_becomes_a_list_and_a_model_is_used_again(page: Page, tmp_path: Path) -> None:
    open_app(page)
    upload(page, SAMPLES / "订单明细.xlsx")
    click_and_wait(page, page.get_by_role("button", name="确认并使用"))
    click_and_wait(page, page.get_by_test_id("stSidebarNavLink").filter(has_text="客户聚类"))
    expect(page.get_by_text(re.compile("净消费最多的是")).first).to_be_visible()
    counted = page.get_by_text(re.compile(r"^共 [\d,]+ 位客户"))
    everyone = counted.inner_text()

    click_and_wait(page, page.get_by_role("tab", name="客户地图"))
    plot = page.locator(".stPlotlyChart").last
    plot.scroll_into_view_if_needed()
    box = plot.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    corners = [(0.2, 0.2), (0.6, 0.2), (0.6, 0.8), (0.2, 0.8), (0.2, 0.22)]
    points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()
    wait_until_idle(page)
    expect(page.get_by_text("名单只看地图上圈出的客户")).to_be_visible()
    expect(counted).not_to_have_text(everyone)
    promised = int(re.sub(r"\D", "", counted.inner_text().split("位")[0]))
    path = download(page, page.get_by_role("button", name=re.compile("下载 Excel")), tmp_path)
    book = openpyxl.load_workbook(path)
    assert len(list(book["名单"].iter_rows(min_row=2))) == promised > 0
    assert "地图圈选" in dict(book["口径"].iter_rows(min_row=2, values_only=True))
    click_and_wait(page, page.get_by_role("button", name="取消圈选"))
    expect(counted).to_have_text(everyone)

    click_and_wait(page, page.get_by_role("tab", name="保存模型"))
    saved = download(page, page.get_by_role("button", name=re.compile("保存模型")), tmp_path)
    assert json.loads(saved.read_text(encoding="utf-8"))["format"] == "zhike.clusters"
    page.get_by_text(re.compile("^设置：")).first.click()
    upload(page, saved)
    expect(page.get_by_text("设置：用保存的模型")).to_be_visible()
    expect(page.get_by_text(re.compile("这就是做模型的那份文件"))).to_be_visible()
