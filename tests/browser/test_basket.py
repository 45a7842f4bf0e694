"""The basket page in the real browser: a click on a rule narrows the list, and the list can be taken away."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.support import click_and_wait, click_mark, download, open_app


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
