"""The real app in a real Chromium: one server and one browser for all tests, a fresh visitor for each."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.support import visitor

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "browser"
START_SECONDS = 90
EXPECT_MS = 30_000  # a busy machine is slow, not wrong
expect.set_options(timeout=EXPECT_MS)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic", "--lang=zh-CN",
)  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test and runs in one process."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Let the page fixture know whether its test failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_server(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask for the health of the server until it answers; fail with its log when it ends or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            # Not listening yet: wait for the process for a moment, which also ends the wait should it die.
            try:
                process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
    pytest.fail(f"the app did not start:\n{log.read_text(errors='replace')[-4000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and every process it started."""
    if os.name != "posix":
        process.terminate()
    elif process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="package")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, served from this tree with a folder of its own for data."""
    port = free_port()
    url = f"http://localhost:{port}"
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "streamlit", "run", "app.py",
                "--server.port", str(port), "--server.headless", "true", "--server.fileWatcherType", "none",
            ],
            cwd=ROOT,
            env=os.environ | {"ZHIKE_HOME": str(tmp_path_factory.mktemp("home"))},
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            wait_for_server(url, process, log)
            yield url
        finally:
            stop(process)


def chromium() -> str:
    """The system's Chromium or Chrome; $CHROMIUM names another."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found or not shutil.which(found):
        pytest.fail('no Chromium: install one, set CHROMIUM, or leave these tests out with -m "not browser"')
    return found


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium that talks to nobody of its own accord."""
    executable = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, app_url: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A new visitor's page. The test fails when a request leaves this computer or the page raises an error."""
    context = visitor(browser, app_url, accept_downloads=True)
    outside: list[str] = []
    errors: list[str] = []

    def note(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in {"localhost", "127.0.0.1"}:
            outside.append(url)

    context.on("request", lambda sent: note(sent.url))
    context.on("weberror", lambda raised: errors.append(str(raised.error)))
    opened = context.new_page()
    opened.on("websocket", lambda socket: note(socket.url))
    yield opened
    if request.node.stash.get(FAILED, True):
        BUILD.mkdir(parents=True, exist_ok=True)
        opened.screenshot(path=BUILD / f"{re.sub(r'[^0-9A-Za-z_-]+', '-', request.node.name)}.png", full_page=True)
    context.close()
    assert not outside, f"requests left this computer: {outside}"
    assert not errors, f"the page raised: {errors}"
