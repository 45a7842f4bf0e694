"""The lifecycle as a shop's owner uses it: look, click a stage, take the warning list."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.support import click_and_wait, click_mark, download, open_app, upload
from tests.conftest import SAMPLES


def test_from_upload_to_the_warning_list(page: Page, tmp_path: Path) -> None:
    open_app(page)
    upload(page, SAMPLES / "订单明细.xlsx")
    click_and_wait(page, page.get_by_role("button", name="确认并使用"))
    click_and_wait(page, page.get_by_test_id("stSidebarNavLink").filter(has_text="客户生命周期"))
    expect(page.get_by_role("heading", name="客户生命周期")).to_be_visible()

    # The third bar of the first panel: at risk.
    click_mark(page, page.locator(".barlayer .trace").first.locator(".point").nth(2))
    chosen = page.get_by_label("选哪些组").locator("xpath=ancestor::*[@data-testid='stMultiSelect']")
    expect(chosen).to_contain_text("有流失风险")

    click_and_wait(page, page.get_by_role("tab", name="流失预警"))
    shown = page.get_by_text(re.compile(r"^共 [\d,]+ 位客户")).first.inner_text()
    promised = int(re.sub(r"\D", "", shown.split("位")[0]))
    path = download(page, page.get_by_role("button", name=re.compile("下载 Excel")).first, tmp_path)
    book = openpyxl.load_workbook(path)
    header, *rows = book["名单"].iter_rows(values_only=True)
    assert len(rows) == promised > 0
    assert all(row[header.index("距上次（天）")] > row[header.index("平时隔几天")] for row in rows)
    assert {row[header.index("分层")] for row in rows} <= {"新客", "活跃客户", "有流失风险"}
