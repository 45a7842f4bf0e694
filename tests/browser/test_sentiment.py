"""Reviews as a shop uses them: a bar opens its sentences, a correction is learned, the list is taken away."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.support import (
    RUN_MS,
    click_and_wait,
    click_mark,
    download,
    open_app,
    turn_to,
    upload,
    wait_until_idle,
)
from tests.conftest import SAMPLES


def test_a_bar_opens_sentences_and_a_correction_is_learned(page: Page, tmp_path: Path) -> None:
    open_app(page)
    upload(page, SAMPLES / "商品评论.xlsx")
    click_and_wait(page, page.get_by_role("button", name="确认并使用"))
    turn_to(page, "评论情感")
    expect(page.get_by_text(re.compile("抱怨最集中的是")).first).to_be_visible(timeout=RUN_MS)
    wait_until_idle(page)

    bars = page.locator(".stPlotlyChart").first.locator(".barlayer .point")
    click_mark(page, bars.last)  # praise of the aspect that is mentioned most
    expect(page.locator("mark").first).to_be_visible()

    click_and_wait(page, page.get_by_role("tab", name="更正"))
    grid = page.locator('[class*="st-key-sentiment-correct"]').get_by_test_id("stDataFrame")
    page.set_viewport_size({"width": 1366, "height": 1700})  # a click on the canvas must not depend on scrolling
    wait_until_idle(page)
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + 52)  # the judgement of the first review
    page.keyboard.press("Enter")
    page.locator("#portal").get_by_text("差评", exact=True).last.click()
    learn = page.get_by_role("button", name="学习")
    expect(learn).to_be_enabled()
    click_and_wait(page, learn)
    expect(page.get_by_text(re.compile("已学 1 条更正"))).to_be_visible()

    path = download(page, page.get_by_role("button", name="下载 Excel（名单+口径）"), tmp_path)
    book = openpyxl.load_workbook(path)
    head, *rows = book["名单"].iter_rows(values_only=True)
    assert {"评论内容", "好评概率", "方面（+ 好 − 差）", "依据的词"} <= set(head)
    assert len(rows) > 1000
    assert "人工更正" in dict(book["口径"].iter_rows(min_row=2, values_only=True))
