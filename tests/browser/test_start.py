"""The first thing a new user sees. That no request leaves this computer is checked by the page fixture."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from analytics.catalog import MODELS
from tests.browser.support import open_app


def test_the_app_opens_in_chinese(page: Page):
    open_app(page)
    expect(page).to_have_title(re.compile("知客"))
    expect(page.get_by_test_id("stMain").get_by_role("heading").first).to_have_text(re.compile(r"[\u4e00-\u9fff]{4}"))
    expect(page.get_by_test_id("stSidebar")).to_contain_text(str(MODELS[0].title))
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("key", [model.key for model in MODELS])
def test_each_page_opens_by_its_address(page: Page, key: str):
    open_app(page, f"/{key}")
    expect(page).to_have_url(re.compile(rf"/{key}(\?.*)?$"))
    expect(page.get_by_test_id("stMain")).to_contain_text(re.compile(r"[\u4e00-\u9fff]{4}"))
    expect(page.get_by_test_id("stException")).to_have_count(0)
