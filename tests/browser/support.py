"""Waiting for Streamlit, and what a visitor does on a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

STARTED_MS = 60_000  # a first run imports the libraries
RUN_MS = 60_000
MENU_MS = 5_000  # for a menu to open and its option to be clicked
TRIES = 4  # at a menu


def open_app(page: Page, path: str = "/") -> None:
    """Go to a page of the app and wait until it has been built."""
    page.goto(path)
    wait_until_idle(page, STARTED_MS)


def wait_until_idle(page: Page, timeout_ms: float = RUN_MS) -> None:
    """Wait until the script has run to its end and every element of that run is on the page."""
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-connection-state", "CONNECTED", timeout=timeout_ms
    )
    page.wait_for_function(IDLE, timeout=timeout_ms)


# What the page does by itself: when it last told the server something, and when a run last began. On a busy machine
# the run that a click starts may begin long after it.
WATCH = """(() => {
    window.toldAt = -1e9
    window.begunAt = 0
    const send = WebSocket.prototype.send
    WebSocket.prototype.send = function (...data) { window.toldAt = performance.now(); return send.apply(this, data) }
    const begun = records => records.some(r => r.target.getAttribute('data-test-script-state') === 'running')
    new MutationObserver(records => { if (begun(records)) window.begunAt = performance.now() }).observe(
        document, { subtree: true, attributes: true, attributeFilter: ['data-test-script-state'] })
})()"""
# Only a state that holds over a few frames counts as the end of a run: runs may follow one another. What was told to
# the server need not start a run (a file is announced before it is sent), so it is waited for up to three seconds.
IDLE = """() => new Promise(resolve => {
    let calm = 0
    const look = () => {
        const app = document.querySelector('[data-testid="stApp"]')
        const awaited = window.toldAt > window.begunAt && performance.now() - window.toldAt < 3000
        const idle = app && !awaited && app.getAttribute('data-test-script-state') === 'notRunning'
            && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"], [data-testid="stSpinner"]')
        calm = idle ? calm + 1 : 0
        calm >= 18 ? resolve(true) : requestAnimationFrame(look)
    }
    look()
})"""


def visitor(browser: Browser, url: str, **more: Any) -> BrowserContext:
    """A new visitor, who knows nothing of the others: a context whose pages can be waited for."""
    context = browser.new_context(base_url=url, locale="zh-CN", viewport={"width": 1366, "height": 768}, **more)
    context.add_init_script(WATCH)
    return context


def click_and_wait(page: Page, target: Locator) -> None:
    """Click, then wait for the run that it starts."""
    target.click()
    wait_until_idle(page)


def turn_to(page: Page, title: str) -> None:
    """Follow the link of the sidebar to a page and wait until that page has been built."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
    expect(page.get_by_role("heading", name=title).first).to_be_visible(timeout=RUN_MS)
    wait_until_idle(page)


def click_mark(page: Page, mark: Locator) -> None:
    """Click the bar (``.point``) of a chart in its middle: its label is beside it, and plotly's surface over both."""
    wait_until_idle(page)
    bar = mark.locator("path")
    expect(bar).to_be_visible()
    bar.scroll_into_view_if_needed()
    x, y = bar.evaluate(MIDDLE_AT_REST)
    page.mouse.move(x, y)
    expect(page.locator(".hoverlayer .hovertext").first).to_be_visible()  # a click counts for what the chart points at
    page.mouse.click(x, y)
    wait_until_idle(page)


# What opens or closes above a chart moves it for some frames.
MIDDLE_AT_REST = """bar => new Promise(resolve => {
    let calm = 0, last = ''
    const look = () => {
        const box = bar.getBoundingClientRect()
        const now = [box.x, box.y, box.width, box.height].join()
        calm = now === last ? calm + 1 : 0
        last = now
        calm >= 15 ? resolve([box.x + box.width / 2, box.y + box.height / 2]) : requestAnimationFrame(look)
    }
    look()
})"""


def choose(page: Page, field: Locator, option: str) -> None:
    """Pick an option of a multiselect by typing it (a long menu draws only what is in sight).

    A run that ends late on a busy machine closes the menu or builds the field anew: then it is typed once more.
    """
    found = page.get_by_role("option", name=option, exact=True)
    for _ in range(TRIES):
        wait_until_idle(page)
        field.fill("")
        field.press_sequentially(option)
        try:
            found.click(timeout=MENU_MS)
            break
        except PlaywrightTimeoutError:
            continue
    else:
        found.click(timeout=MENU_MS)  # says what is missing
    wait_until_idle(page)
    close_menu(page)


def close_menu(page: Page) -> None:
    """An open menu grows over what is below it as soon as what was typed is cleared, and takes the next click."""
    for _ in range(TRIES):
        page.keyboard.press("Escape")
        try:
            page.get_by_role("listbox").first.wait_for(state="hidden", timeout=MENU_MS)
        except PlaywrightTimeoutError:
            continue
        return
    expect(page.get_by_role("listbox")).to_have_count(0)


def upload(page: Page, *files: Path) -> None:
    """Give files to the first uploader of the page and wait for the run that it starts."""
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files([str(file) for file in files])
    wait_until_idle(page)


def download(page: Page, target: Locator, folder: Path) -> Path:
    """Click a download button; returns the file under the name that the app gave it.

    A button of an earlier run hands out nothing, so no run may be under way.
    """
    expect(target).to_be_visible()
    wait_until_idle(page)
    with page.expect_download(timeout=RUN_MS) as started:
        target.click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path
