"""The basket page in the real browser: a click on a rule narrows the list, and the list can be taken away."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.basket_tables import many_baskets
from tests.browser.support import click_and_wait, click_mark, download, open_app, turn_to, upload


def test_from_the_sample_to_a_list_of_one_rule(page: Page, tmp_path: Path):
    open_app(page)
    click_and_wait(page, page.locator(".st-key-sample button").first)
    open_app(page, "/basket")
    expect(page.get_by_text("检验列出的").first).to_be_visible()
    click_mark(page, page.locator(".st-key-basket-top .barlayer .point").first)
    expect(page.get_by_text("共 134 ").first).to_be_visible()
    file = download(page, page.locator(".st-key-basket-download-csv button"), tmp_path)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 135
    assert all("耶加雪菲咖啡豆" in line for line in lines[1:])


def test_every_tab_draws(page: Page):
    open_app(page)
    click_and_wait(page, page.locator(".st-key-sample button").first)
    open_app(page, "/basket")
    for name, drawn in (
        ("搭配网络", ".st-key-basket-network .scatterlayer"),
        ("矩阵", ".st-key-basket-matrix .heatmaplayer"),
        ("单个商品", ".st-key-basket-partners-item .barlayer"),
        ("组合点子", "table"),
        ("口径", "table"),
    ):
        click_and_wait(page, page.get_by_role("tab", name=name, exact=True))
        expect(page.locator(drawn).first).to_be_visible()


def test_a_file_with_a_basket_on_each_line(page: Page, tmp_path: Path):
    file = tmp_path / "购物篮.csv"
    file.write_text(many_baskets(), encoding="utf-8")
    open_app(page)
    upload(page, file)
    click_and_wait(page, page.get_by_role("button", name="确认并使用"))
    turn_to(page, "购物篮分析")
    expect(
        page.get_by_text(re.compile("^有“bread”的购物篮里 .* 也有“butter”|^有“butter”的购物篮里 .* 也有“bread”")).first
    ).to_be_visible()
    listed = download(page, page.locator(".st-key-basket-download-csv button"), tmp_path)
    header, *rows = listed.read_text(encoding="utf-8-sig").splitlines()
    assert header.startswith('"行号"')  # the file has no numbers of its own
    assert "客户" not in header
    assert len(rows) > 20
