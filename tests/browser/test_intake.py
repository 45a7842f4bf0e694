"""A real file through the real page: dropped, understood, confirmed, healthy, and gone again when asked."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.support import click_and_wait, download, open_app, upload
from tests.conftest import SAMPLES, SHARED_DATA

SUPERSTORE = SHARED_DATA / "superstore_cn" / "示例-超市.xls"


def button(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stMain").get_by_role("button", name=name)


def tile(page: Page, label: str) -> Locator:
    shown = page.get_by_test_id("stMetric").filter(has_text=re.compile(rf"^{label}"))
    return shown.get_by_test_id("stMetricValue")


def test_a_real_xls_is_understood_confirmed_and_healthy(page: Page):
    if not SUPERSTORE.is_file():
        pytest.skip("the real files in ../shared/data are not here")
    open_app(page)
    upload(page, SUPERSTORE)
    expect(page.get_by_role("heading", name="看懂了什么")).to_be_visible()
    expect(page.get_by_text("按退货单“退货”冲减（296 个订单号，全部找到）")).to_be_visible()
    expect(button(page, "确认并使用")).to_be_in_viewport()  # nobody has to look for it
    click_and_wait(page, button(page, "确认并使用"))
    expect(page.get_by_role("heading", name="数据健康")).to_be_visible()
    expect(tile(page, "用上的行")).to_have_text("10,000")
    expect(tile(page, "客户")).to_have_text("790")
    expect(page.get_by_test_id("stSidebar")).to_contain_text("示例-超市.xls")


def test_the_sample_s_left_out_rows_are_listed_and_can_be_downloaded(page: Page, tmp_path: Path):
    open_app(page)
    click_and_wait(page, button(page, "用示例数据试一试"))
    expect(page.get_by_role("heading", name="没用上的行")).to_be_visible()
    out = int(tile(page, "没用上的行").inner_text().replace(",", ""))
    path = download(page, button(page, "下载这些行"), tmp_path)
    rows = list(openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True))
    assert rows[0] == ("行号", "原因", "内容", "文件")
    assert len(rows) - 1 == out > 0


def test_the_data_survive_a_reload_and_a_visit_to_another_address(page: Page):
    open_app(page)
    click_and_wait(page, button(page, "用示例数据试一试"))
    customers = tile(page, "客户").inner_text()
    open_app(page, "/rfm")
    expect(page.get_by_test_id("stSidebar")).to_contain_text(f"{customers} 位客户")
    open_app(page)
    expect(tile(page, "客户")).to_have_text(customers)


def test_the_uploader_speaks_chinese(page: Page):
    open_app(page)
    zone = page.get_by_test_id("stFileUploaderDropzone")
    said = zone.evaluate(
        """zone => [...zone.querySelectorAll('p, span')].map(e => ({
            own: parseFloat(getComputedStyle(e).fontSize) > 0
                ? [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent).join('') : '',
            drawn: getComputedStyle(e, '::after').content}))"""
    )
    drawn = " ".join(item["drawn"] for item in said)
    assert "选择文件" in drawn
    assert "把文件拖到这里" in drawn
    own = {item["own"].strip() for item in said} - {"", "upload"}  # "upload" is the icon's ligature
    assert own == set()


def test_english_is_chosen_by_the_switch_and_kept(page: Page):
    open_app(page)
    click_and_wait(page, page.get_by_test_id("stSidebar").get_by_text("English"))
    expect(button(page, "Try the sample")).to_be_visible()
    assert "lang=en" in page.url
    open_app(page)
    expect(button(page, "Try the sample")).to_be_visible()


def test_a_file_that_cannot_be_read_says_so_and_the_next_one_works(page: Page, tmp_path: Path):
    broken = tmp_path / "断了.xlsx"
    broken.write_bytes((SAMPLES / "订单明细.xlsx").read_bytes()[:5000])
    open_app(page)
    upload(page, broken)
    expect(page.get_by_test_id("stAlert")).to_contain_text("断了.xlsx")
    upload(page, SAMPLES / "订单明细.xlsx")
    click_and_wait(page, button(page, "确认并使用"))
    expect(page.get_by_role("heading", name="数据健康")).to_be_visible()


def test_a_required_column_can_be_taken_away_and_given_back(page: Page):
    open_app(page)
    upload(page, SAMPLES / "订单明细.xlsx")
    choice = page.get_by_role("combobox", name="客户编号")
    for wanted, enabled in (("（没有）", False), ("买家会员名", True)):
        choice.click()
        click_and_wait(page, page.get_by_role("option", name=wanted, exact=True))
        expect(button(page, "确认并使用")).to_be_enabled(enabled=enabled)


def test_the_form_speaks_the_other_language_and_back_and_keeps_what_was_chosen(page: Page):
    open_app(page)
    upload(page, SAMPLES / "订单明细.xlsx")
    page.get_by_role("combobox", name="客户编号").click()
    click_and_wait(page, page.get_by_role("option", name="（没有）", exact=True))
    for language, confirm in (("English", "Confirm and use"), ("中文", "确认并使用"), ("English", "Confirm and use")):
        click_and_wait(page, page.get_by_test_id("stSidebar").get_by_text(language))
        expect(button(page, confirm)).to_be_enabled(enabled=False)
    page.get_by_role("combobox", name="Customer ID").click()
    click_and_wait(page, page.get_by_role("option", name="买家会员名", exact=True))
    click_and_wait(page, page.get_by_test_id("stSidebar").get_by_text("中文"))
    expect(button(page, "确认并使用")).to_be_enabled()


def test_everything_of_mine_can_be_deleted(page: Page):
    open_app(page)
    click_and_wait(page, button(page, "用示例数据试一试"))
    page.get_by_test_id("stSidebar").get_by_role("button", name="清除我的数据").click()
    click_and_wait(page, page.get_by_role("button", name="全部删除"))
    expect(button(page, "用示例数据试一试")).to_be_visible()
    open_app(page)
    expect(button(page, "用示例数据试一试")).to_be_visible()
