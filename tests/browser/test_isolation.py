"""Nobody else gets in: two browsers, forged cookies, private files, and what the server tells browsers."""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.support import click_and_wait, open_app, turn_to, upload, visitor

PRIVATE = "只有甲知道的客户"
ORDERS = "订单号,客户编号,下单时间,金额\n" + "".join(
    f"A{n},{PRIVATE}{n % 9},2025-0{1 + n % 9}-11,{10 + n}\n" for n in range(90)
)


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, app_url: str) -> Path:
    """Where the shared server of the browser tests keeps its files."""
    return max(tmp_path_factory.getbasetemp().glob("home*"), key=lambda path: path.stat().st_mtime)


def take_in(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "..%2F..%2F甲 $(rm) 的 订单.csv"
    file.write_text(ORDERS, encoding="utf-8")
    open_app(page)
    upload(page, file)
    click_and_wait(page, page.get_by_role("button", name="确认并使用"))
    turn_to(page, "RFM")
    expect(page.get_by_text(re.compile(r"^共 9 位客户"))).to_be_visible()


def assert_sees_nothing(page: Page) -> None:
    for path in ("/rfm", "/"):
        open_app(page, path)
        expect(page.get_by_role("button", name="用示例数据试一试")).to_be_visible()
        assert "订单.csv" not in page.content()
        assert PRIVATE not in page.content()


def test_two_browsers_never_see_each_other_s_data(browser: Browser, app_url: str, tmp_path: Path, home: Path):
    first, second = visitor(browser, app_url), visitor(browser, app_url)
    theirs, other = first.new_page(), second.new_page()
    take_in(theirs, tmp_path)
    assert_sees_nothing(other)
    click_and_wait(other, other.get_by_role("button", name="用示例数据试一试"))
    open_app(theirs, "/rfm")
    expect(theirs.get_by_text(re.compile(r"^共 9 位客户"))).to_be_visible()

    tokens = [cookie for page in (first, second) for cookie in page.cookies() if cookie["name"] == "zhike_workspace"]
    assert len({cookie["value"] for cookie in tokens}) == 2
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in tokens)

    # What a guess can look like: another token, the folder's own name, a way out of the folder, nothing.
    (folder,) = {path.parents[2].name for path in home.glob("workspaces/*/datasets/*/manifest.json")
                 if "订单.csv" in path.read_text(encoding="utf-8")}  # fmt: skip
    for forged in ("A" * 43, folder, "../" * 14 + "x", f"../workspaces/{folder}"[:43], ""):
        guess = visitor(browser, app_url)
        guess.add_cookies([{"name": "zhike_workspace", "value": forged, "url": app_url}])
        assert_sees_nothing(guess.new_page())
        guess.close()
    first.close()
    second.close()


@pytest.mark.skipif(sys.platform == "win32", reason="file modes of POSIX")
def test_after_an_intake_and_a_result_every_file_is_private_and_named_by_us(
    browser: Browser, app_url: str, tmp_path: Path, home: Path
):
    context = visitor(browser, app_url)
    take_in(context.new_page(), tmp_path)
    context.close()
    paths = [path for path in (home / "workspaces").rglob("*") if not path.is_symlink()]
    assert any(path.parent.name == "results" for path in paths)
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in paths if path.is_file()} == {"0o600"}
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in paths if path.is_dir()} == {"0o700"}
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", path.name) for path in paths)


def test_answers_carry_the_headers_that_browsers_are_safer_with(browser: Browser, app_url: str):
    context = visitor(browser, app_url)
    for path in ("/", "/rfm"):
        headers = context.request.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "http:" not in policy
        assert "'unsafe-eval'" not in policy
    context.close()


def test_an_upload_without_the_xsrf_token_is_refused(browser: Browser, app_url: str):
    context = visitor(browser, app_url)
    answer = context.request.put("/_stcore/upload_file/some-session/some-file", data="x")
    assert answer.status in {400, 403}
    context.close()
