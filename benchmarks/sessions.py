"""Ten real browsers at once on one real server, each with 1M lines of its own, clicking. Prints one JSON object.

``sessions.py ORDERS``. A click's time runs from the click until the page is calm, measured inside of the page. All
click in the same moment, again and again: apply other settings of RFM (computed anew), open a tab of charts, pick a
group for the list. Needs Chromium or Chrome ($CHROMIUM names another). The limit of memory is $ZHIKE_MEMORY (4GB
unless set) for computing, and a quarter of a GB for the server and each session's results beside it.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import work
from measure import Peak
from playwright.sync_api import BrowserContext, Locator, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, chromium, free_port, stop, wait_for_server
from tests.browser.support import IDLE, click_and_wait, open_app, upload, wait_until_idle

# On a busy server a run begins long after the click: calm counts only once a run was seen.
WATCH = f"""() => {{
    window.calm = null
    window.begun = performance.now()
    const app = document.querySelector('[data-testid="stApp"]')
    const begun = new MutationObserver(() => {{
        if (app.getAttribute('data-test-script-state') !== 'running') return
        begun.disconnect();
        ({IDLE})().then(() => {{ window.calm = performance.now() }})
    }})
    begun.observe(app, {{ attributes: true }})
}}"""
SESSIONS = 10
ROUNDS = 3
BESIDE_MB = 256
CLICK_MS = 300_000


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    log = folder / "server.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "streamlit", "run", "app.py",
                "--server.port", str(port), "--server.headless", "true", "--server.fileWatcherType", "none",
            ],
            cwd=work.ROOT, stdout=written, stderr=subprocess.STDOUT, start_new_session=True,
            env=os.environ | {"ZHIKE_HOME": str(folder / "home")},
        )  # fmt: skip
        try:
            url = f"http://localhost:{port}"
            wait_for_server(url, process, log)
            yield url, process
        finally:
            stop(process)


def visitor(context: BrowserContext, source: Path) -> Page:
    """A page with the visitor's own data, on the RFM page with its settings open."""
    page = context.new_page()
    open_app(page)
    upload(page, source)
    wait_until_idle(page, CLICK_MS)
    page.get_by_role("button", name="确认并使用").click()
    wait_until_idle(page, CLICK_MS)
    click_and_wait(page, page.get_by_test_id("stSidebarNavLink").filter(has_text="RFM"))
    page.get_by_text("设置：").first.click()
    wait_until_idle(page)
    return page


def clicked(pages: Sequence[Page], target: Callable[[Page], Locator]) -> list[float]:
    """Click on every page in the same moment; seconds until each was calm again."""
    for page in pages:
        target(page).scroll_into_view_if_needed()
    for page in pages:
        page.evaluate(WATCH)
        target(page).click(no_wait_after=True)
    seconds = []
    for page in pages:
        page.wait_for_function("() => window.calm !== null", timeout=CLICK_MS)
        seconds.append(page.evaluate("() => (window.calm - window.begun) / 1000"))
    return seconds


def failures(pages: Sequence[Page]) -> int:
    """Pages that show an error, or no answer."""
    broken = 0
    for page in pages:
        answered = page.get_by_test_id("stMain").get_by_text("位客户").count() > 0
        broken += page.get_by_test_id("stException").count() > 0 or not answered
    return broken


def measured(folder: Path, source: Path, sessions: int) -> tuple[list[float], int, float]:
    with server(folder) as (url, process), sync_playwright() as playwright:
        peak = Peak(process.pid, every_seconds=0.25)
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        contexts = [browser.new_context(base_url=url, locale="zh-CN") for _ in range(sessions)]
        pages = [visitor(context, source) for context in contexts]
        seconds: list[float] = []
        failed = 0
        tabs = itertools.cycle(("R×F 热力图", "分布和分界"))
        for at in range(ROUNDS):
            for page in pages:  # a radio inside of the settings: a short run, not measured
                click_and_wait(page, page.get_by_role("radio", name=("均值八类", "分位数")[at % 2]))
            seconds += clicked(pages, lambda page: page.get_by_role("button", name="应用"))
            failed += failures(pages)
            tab = next(tabs)
            seconds += clicked(pages, lambda page, tab=tab: page.get_by_role("tab", name=tab))  # type: ignore[misc]
            failed += failures(pages)
        browser.close()
        return seconds, failed, peak.end()


def limit_mb(sessions: int) -> float:
    told = os.environ.get("ZHIKE_MEMORY", "4GB").upper().removesuffix("B")
    unit = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024**2}[told[-1]]
    return float(told[:-1]) * unit + BESIDE_MB * (1 + sessions)


def main(source: Path) -> dict[str, float]:
    found = {}
    for name, sessions in (("one", 1), ("ten", SESSIONS)):
        with tempfile.TemporaryDirectory() as folder:
            seconds, failed, peak = measured(Path(folder), source, sessions)
        found |= {f"{name}_median": statistics.median(seconds), f"{name}_peak_mb": peak, f"{name}_failed": failed}
        found |= {"clicks": len(seconds)}
    return found | {"failed": found["ten_failed"], "peak_mb": found["ten_peak_mb"], "limit_mb": limit_mb(SESSIONS)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
