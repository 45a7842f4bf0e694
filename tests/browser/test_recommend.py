"""The recommendation page in the real browser: a product's own list, a file of ratings, every tab."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.support import click_and_wait, click_mark, download, open_app


def with_sample(page: Page) -> None:
    open_app(page)
    click_and_wait(page, page.locator(".st-key-sample button").first)
    open_app(page, "/recommend")
    expect(page.get_by_text("位回头客里").first).to_be_visible()


def test_from_the_sample_to_the_list_of_one_product(page: Page, tmp_path: Path):
    with_sample(page)
    click_mark(page, page.locator(".st-key-recommend-bars .barlayer .point").first)
    expect(page.get_by_text("共 1,010 位客户").first).to_be_visible()
    file = download(page, page.locator(".st-key-recommend-download-csv button"), tmp_path)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1011
    assert "因为买过" in lines[0]
    assert all("冷泡袋泡茶 20 包" in line for line in lines[1:])


def test_everybody_for_one_product(page: Page, tmp_path: Path):
    with_sample(page)
    click_and_wait(page, page.get_by_role("tab", name="给商品找客户", exact=True))
    expect(page.get_by_text("位客户，最可能要的排在前面").first).to_be_visible()
    click_and_wait(page, page.get_by_role("button", name="用它做名单"))
    expect(page.get_by_text("整页现在只看").first).to_be_visible()
    expect(page.get_by_text("共 1,307 位客户").first).to_be_visible()  # 1,698 less the 391 who have had it
    file = download(page, page.locator(".st-key-recommend-download-csv button"), tmp_path)
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 1308


def test_every_tab_draws(page: Page):
    with_sample(page)
    for name, drawn in (
        ("推得准不准", ".st-key-recommend-proof .barlayer"),
        ("每种商品", "text=点表头排序"),
        ("查一位客户", "text=买过的，最近的在前"),
        ("给商品找客户", "text=位客户，最可能要的排在前面"),
        ("口径", "table"),
    ):
        click_and_wait(page, page.get_by_role("tab", name=name, exact=True))
        expect(page.locator(drawn).first).to_be_visible()
