"""Retention and AARRR as a shop's marketing person uses them: look, choose a cohort or a bar, take the list."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.support import click_and_wait, click_mark, download, open_app, upload
from tests.conftest import SAMPLES

ORDERS = SAMPLES / "订单明细.xlsx"


def go_to(page: Page, link: str) -> None:
    open_app(page)
    upload(page, ORDERS)
    click_and_wait(page, page.get_by_role("button", name="确认并使用"))
    click_and_wait(page, page.get_by_test_id("stSidebarNavLink").filter(has_text=link))


def listed(page: Page) -> int:
    shown = page.get_by_text(re.compile(r"^共 [\d,]+ 位客户")).inner_text()
    return int(re.sub(r"\D", "", shown.split("位")[0]))


def test_the_people_of_one_cohort_who_never_came_again(page: Page, tmp_path: Path) -> None:
    go_to(page, "留存和复购")
    expect(page.get_by_role("heading", name="留存和复购")).to_be_visible()
    expect(page.get_by_text("加权平均").first).to_be_visible()
    page.get_by_role("combobox", name=re.compile("看哪一批的名单")).press_sequentially("2025-11")
    click_and_wait(page, page.get_by_role("option", name="2025-11", exact=True))
    click_and_wait(page, page.get_by_role("radio", name="来了没再来"))
    promised = listed(page)
    path = download(page, page.get_by_role("button", name=re.compile("下载 Excel")), tmp_path)
    book = openpyxl.load_workbook(path, read_only=True)
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) - 1 == promised == 35
    header = list(rows[0])
    assert {row[header.index("分层")] for row in rows[1:]} == {"2025-11 新客 来了没再来"}
    assert {row[header.index("同期群")] for row in rows[1:]} == {"2025-11"}


def test_a_bar_of_the_ladder_picks_its_list(page: Page) -> None:
    go_to(page, "AARRR")
    expect(page.get_by_test_id("stMetric")).to_have_count(5)
    everyone = listed(page)
    click_mark(page, page.locator(".plotly .bars .point path").first)
    expect(page.get_by_text(re.compile(rf"^共 {everyone:,} 位客户"))).to_have_count(0)
    assert 0 < listed(page) < everyone
