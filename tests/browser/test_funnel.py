"""The funnel as a shop owner uses it: from the event log to the list of those who did not pay."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.support import click_and_wait, click_mark, download, open_app, turn_to, upload
from tests.conftest import SAMPLES


def test_from_events_to_a_list(page: Page, tmp_path: Path) -> None:
    open_app(page)
    upload(page, SAMPLES / "行为日志.csv")
    click_and_wait(page, page.get_by_role("button", name="确认并使用"))
    turn_to(page, "转化漏斗")
    expect(page.get_by_role("heading", name="转化漏斗")).to_be_visible()
    expect(page.get_by_text(re.compile("总转化率 22"))).to_be_visible()

    # The window in days, then the list of those who stopped at placing the order.
    click_and_wait(page, page.get_by_text(re.compile("^设置：浏览商品")))
    page.get_by_role("spinbutton", name="转化窗口").fill("2")
    click_and_wait(page, page.get_by_role("button", name="应用"))
    expect(page.get_by_text(re.compile("窗口 2 天"))).to_be_visible()

    click_mark(page, page.locator(".js-plotly-plot .bars .point").nth(2))
    menu = page.get_by_label("选哪些组").locator("xpath=ancestor::*[@data-testid='stMultiSelect']")
    expect(menu).to_contain_text("停在“提交订单”")
    path = download(page, page.get_by_role("button", name="下载 CSV"), tmp_path)
    rows = list(csv.DictReader(path.open(encoding="utf-8-sig")))
    assert rows
    assert {row["分层"] for row in rows} == {"停在“提交订单”"}
    assert {row["做到第几步"] for row in rows} == {"3"}
