"""A file made to harm is refused on one visitor's page while another visitor's goes on answering."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.support import click_and_wait, open_app, turn_to, upload, visitor
from tests.traps import hostile


def test_a_bomb_in_one_window_leaves_the_other_at_work(page: Page, browser: Browser, app_url: str, tmp_path: Path):
    bomb = tmp_path / "订单.xlsx"
    bomb.write_bytes(hostile.far_corner())
    open_app(page)
    click_and_wait(page, page.get_by_role("button", name="用示例数据试一试"))
    turn_to(page, "RFM")
    other = visitor(browser, app_url)
    theirs = other.new_page()
    open_app(theirs)
    theirs.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files([str(bomb)])  # and nobody waits for it
    for tab in ("R×F", "分布"):
        click_and_wait(page, page.get_by_role("tab", name=re.compile(f"^{tab}")))
        expect(page.get_by_text(re.compile(r"^共 [\d,]+ 位客户"))).to_be_visible()
    expect(theirs.get_by_test_id("stAlert")).to_contain_text("相距太远", timeout=60_000)
    upload(theirs, _orders(tmp_path))  # and their own window is not lost either
    expect(theirs.get_by_role("heading", name="看懂了什么")).to_be_visible()
    other.close()


def _orders(folder: Path) -> Path:
    file = folder / "好的.csv"
    rows = "".join(f"A{n},C{n % 5},2025-01-{1 + n % 28:02},{n}\n" for n in range(40))
    file.write_text("订单号,客户编号,下单时间,金额\n" + rows, encoding="utf-8")
    return file
