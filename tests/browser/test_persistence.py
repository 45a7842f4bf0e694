"""Nothing is lost: a reload, a second tab, and a server that was killed and started again on the same port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ROOT, free_port, stop, wait_for_server
from tests.browser.support import choose, click_and_wait, open_app, turn_to, upload, visitor, wait_until_idle
from tests.conftest import SAMPLES


class Server:
    """A server of this test's own, which it may kill."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.home = folder / "home"
        self.log = folder / "log.txt"
        self._written: IO[bytes] = self.log.open("ab")
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", "streamlit", "run", "app.py",
                "--server.port", str(self.port), "--server.headless", "true", "--server.fileWatcherType", "none",
            ],
            cwd=ROOT,
            env=os.environ | {"ZHIKE_HOME": str(self.home)},
            stdout=self._written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        wait_for_server(self.url, self._process, self.log)

    def kill(self) -> None:
        """kill -9, and nothing is tidied up."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        stop(self._process)
        self._written.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    if sys.platform == "win32":
        pytest.skip("needs SIGKILL")
    started = Server(tmp_path)
    yield started
    started.stop()


def settings(page: Page) -> Locator:
    return page.get_by_text(re.compile("^设置："))


def listed(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^共 [\d,]+ 位客户"))


def choose_settings_and_a_list(page: Page) -> tuple[str, str]:
    """The eight types, one group and a filter by channel; returns what the page then says."""
    settings(page).click()
    click_and_wait(page, page.get_by_role("radio", name="均值八类"))
    click_and_wait(page, page.get_by_role("button", name="应用"))
    everyone = listed(page).inner_text()
    for label, option in (
        ("选哪些组（点上面的图也行；不选就是全部）", "重要保持"), ("再按这些列筛选", "渠道"), ("渠道", "线下门店"),
    ):  # fmt: skip
        choose(page, page.get_by_role("combobox", name=label, exact=True), option)
    expect(listed(page)).not_to_have_text(everyone)
    return settings(page).inner_text(), listed(page).inner_text()


def test_everything_is_there_after_a_reload_in_a_second_tab_and_after_kill_9(browser: Browser, server: Server):
    context = visitor(browser, server.url)
    page = context.new_page()
    open_app(page)
    upload(page, SAMPLES / "订单明细.xlsx")
    click_and_wait(page, page.get_by_role("button", name="确认并使用"))
    turn_to(page, "RFM")
    chosen = choose_settings_and_a_list(page)

    def assert_all_there(shown: Page) -> None:
        expect(shown).to_have_url(re.compile(r"/rfm(\?.*)?$"))
        expect(shown.get_by_test_id("stSidebar")).to_contain_text("订单明细.xlsx")
        expect(settings(shown)).to_have_text(chosen[0])
        expect(listed(shown)).to_have_text(chosen[1])

    page.reload()
    wait_until_idle(page)
    assert_all_there(page)

    second = context.new_page()
    open_app(second, "/rfm")
    assert_all_there(second)
    second.close()

    server.kill()
    server.start()
    wait_until_idle(page)  # the open tab finds its way back on its own
    assert_all_there(page)
    page.reload()
    wait_until_idle(page)
    assert_all_there(page)

    open_app(page)
    page.get_by_role("button", name="换数据，或再加一张表").click()
    upload(page, SAMPLES / "订单明细.xlsx")  # the same headers: the confirmed mapping is remembered
    expect(page.get_by_text("沿用了上次确认的对应关系")).to_be_visible()
    context.close()


def test_a_bug_shows_an_id_that_is_in_the_log_and_nothing_else(browser: Browser, server: Server):
    context = visitor(browser, server.url)
    page = context.new_page()
    open_app(page)
    click_and_wait(page, page.get_by_role("button", name="用示例数据试一试"))
    (manifest,) = server.home.glob("workspaces/*/datasets/*/manifest.json")
    manifest.write_text("not what we wrote", encoding="utf-8")
    page.reload()
    shown = page.get_by_test_id("stAlert").first
    expect(shown).to_contain_text("是程序的问题", timeout=30_000)
    number = re.search(r"编号 ([0-9a-f]{6})", shown.inner_text())
    assert number
    text = page.get_by_test_id("stApp").inner_text()
    assert not re.search(r"Traceback|JSONDecodeError|\.py|not what we wrote", text)
    log = server.log.read_text(encoding="utf-8", errors="replace")
    assert f"error {number[1]}" in log
    assert "JSONDecodeError" in log
    context.close()
