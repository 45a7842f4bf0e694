"""RFM as a shop's marketing person uses it: upload, look, change a setting, pick a group, take the list."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import choose, click_and_wait, download, open_app, upload
from tests.conftest import SAMPLES, SHARED_DATA

SUPERSTORE = SHARED_DATA / "superstore_cn" / "示例-超市.xls"


def go_to_rfm(page: Page, file: Path) -> None:
    open_app(page)
    upload(page, file)
    click_and_wait(page, page.get_by_role("button", name="确认并使用"))
    click_and_wait(page, page.get_by_test_id("stSidebarNavLink").filter(has_text="RFM"))
    expect(page.get_by_role("heading", name="RFM 客户分层")).to_be_visible()


@pytest.fixture
def orders() -> Path:
    """The real .xls where it is, else our own sample."""
    return SUPERSTORE if SUPERSTORE.is_file() else SAMPLES / "订单明细.xlsx"


def test_from_upload_to_list(page: Page, orders: Path, tmp_path: Path) -> None:
    go_to_rfm(page, orders)
    page.get_by_text(re.compile("^设置：分位数")).click()
    click_and_wait(page, page.get_by_role("radio", name="均值八类"))
    click_and_wait(page, page.get_by_role("button", name="应用"))
    expect(page.get_by_text(re.compile("^设置：均值八类"))).to_be_visible()

    choose(page, page.get_by_label("选哪些组"), "重要保持")
    shown = page.get_by_text(re.compile(r"^共 [\d,]+ 位客户")).inner_text()
    promised = int(re.sub(r"\D", "", shown.split("位")[0]))

    path = download(page, page.get_by_role("button", name=re.compile("下载 Excel")), tmp_path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["名单", "口径"]
    header, *rows = book["名单"].iter_rows(values_only=True)
    assert len(rows) == promised > 0
    assert {row[header.index("分层")] for row in rows} == {"重要保持"}
    assert "均值" in str(dict(book["口径"].iter_rows(min_row=2, values_only=True))["打分方法"])


def test_a_click_on_the_treemap_picks_a_group(page: Page) -> None:
    go_to_rfm(page, SAMPLES / "订单明细.xlsx")
    before = page.get_by_text(re.compile(r"^共 [\d,]+ 位客户")).inner_text()
    tile = page.locator(".treemaplayer .slice").filter(has_text="忠诚客户").first
    click_and_wait(page, tile)
    expect(page.get_by_text(re.compile(r"^共 [\d,]+ 位客户"))).not_to_have_text(before)
    expect(page.get_by_label("选哪些组").locator("xpath=ancestor::*[@data-testid='stMultiSelect']")).to_contain_text(
        "忠诚客户"
    )


def test_english_has_no_chinese_but_the_users_own(page: Page) -> None:
    go_to_rfm(page, SAMPLES / "订单明细.xlsx")
    click_and_wait(page, page.get_by_role("radio", name="English"))
    expect(page.get_by_role("heading", name="RFM segments")).to_be_visible()
    main = page.get_by_test_id("stMain")
    for tab in ("R × F heat map", "Distributions", "Against earlier", "What if"):
        click_and_wait(page, page.get_by_role("tab", name=tab))
        assert re.findall(r"[\u4e00-\u9fff]+", main.inner_text()) == [], tab


def test_the_notebook_downloads(page: Page, tmp_path: Path) -> None:
    go_to_rfm(page, SAMPLES / "订单明细.xlsx")
    click_and_wait(page, page.get_by_text("复现这份结果"))
    expect(page.get_by_text("python -m analytics rfm")).to_be_visible()
    path = download(page, page.get_by_role("button", name=re.compile("下载笔记本")), tmp_path)
    assert json.loads(path.read_text(encoding="utf-8"))["nbformat"] == 4
