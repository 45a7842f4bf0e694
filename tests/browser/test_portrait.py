"""The portrait as a shop uses it: a list saved on one page is looked at here, tagged, and downloaded with its tags."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.support import choose, click_and_wait, download, open_app, turn_to, upload, wait_until_idle
from tests.conftest import SAMPLES


def test_a_saved_list_gets_a_portrait_and_tags(page: Page, tmp_path: Path) -> None:
    open_app(page)
    upload(page, SAMPLES / "订单明细.xlsx")
    click_and_wait(page, page.get_by_role("button", name="确认并使用"))
    turn_to(page, "RFM 客户分层")
    counted = page.get_by_text(re.compile(r"^共 [\d,]+ 位客户"))
    choose(page, page.get_by_label("选哪些组（点上面的图也行；不选就是全部）"), "重要价值客户")
    members = int(re.sub(r"\D", "", counted.inner_text().split("位")[0]))
    page.get_by_role("button", name="存成分组").click()
    page.get_by_label("分组名称").fill("老主顾")
    click_and_wait(page, page.get_by_role("button", name="保存", exact=True))

    turn_to(page, "客户画像和标签")
    expect(page.get_by_text(re.compile("没有指定看哪一组"))).to_be_visible()
    click_and_wait(page, page.get_by_text(re.compile("^设置：")).first)
    click_and_wait(page, page.get_by_role("radio", name="存下的分组"))
    click_and_wait(page, page.get_by_role("button", name="应用"))
    expect(page.get_by_text(re.compile(f"“老主顾”有 {members:,} 位客户"))).to_be_visible()

    # A click on a bar opens what it is about.
    page.get_by_text(re.compile("^设置：")).first.click()
    wait_until_idle(page)
    bar = page.locator(".stPlotlyChart").first.locator(".barlayer .point path").first
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait_until_idle(page)
    expect(page.get_by_text("看哪一项（差得多的在前）")).to_be_visible()

    click_and_wait(page, page.get_by_role("tab", name="打标签"))
    click_and_wait(page, page.get_by_role("button", name="先放几条示例"))
    click_and_wait(page, page.get_by_role("button", name="保存，打到名单上"))
    rules = download(page, page.get_by_role("button", name="下载规则"), tmp_path)
    assert rules.read_text(encoding="utf-8-sig").startswith("客户价值/高价值: 累计净消费 前 20%")
    path = download(page, page.get_by_role("button", name=re.compile("下载 Excel")), tmp_path)
    rows = list(openpyxl.load_workbook(path)["名单"].iter_rows(values_only=True))
    values = {row[rows[0].index("客户价值")] for row in rows[1:]}
    assert values == {"高价值", "普通"}
    segments = [row[rows[0].index("分层")] for row in rows[1:]]
    assert segments.count("老主顾") == members
