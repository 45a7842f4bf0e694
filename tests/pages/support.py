"""What tests of pages do with AppTest: open, upload, confirm, go to a page with the sample, read what it says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from streamlit.testing.v1 import AppTest

from analytics.engine import work_root
from analytics.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
MAIN = str(ROOT / "ui" / "main.py")
CHINESE = re.compile(r"[\u3400-\u9fff]")
_taken_in: dict[str, Path] = {}  # sample → a copy of the workspace that holds it


def start(lang: str = "zh") -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=120)
    if lang != "zh":
        app.query_params["lang"] = lang
    app.run()
    assert_no_bug(app)
    return app


def assert_no_bug(app: AppTest) -> None:
    assert not app.exception, [error.stack_trace for error in app.exception]


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    for name, content in files:
        app.file_uploader[0].upload(name, content, "application/octet-stream")
    app.run()
    assert_no_bug(app)
    return app


def confirm(app: AppTest) -> AppTest:
    app.button(key="confirm").click().run()
    assert_no_bug(app)
    return app


def sample_on(page: str, lang: str = "zh", *, own: bool = False) -> AppTest:
    """The page of that file name with the sample of the home page, or with the one it offers itself.

    The first test of a process takes the sample in by its button. The others find it in their workspace, as a visitor
    does who comes back the next day; to take it in each time would be a third of what these tests cost.
    """
    app = start(lang)
    if own:
        _go_to(app, page)
    sample = page if own else "home"
    folder = Workspace.at(work_root(), app.session_state["zhike"].token).folder
    if sample in _taken_in:
        shutil.rmtree(folder)
        shutil.copytree(_taken_in[sample], folder)
    else:
        app.button(key="sample").click().run()
        assert_no_bug(app)
        _taken_in[sample] = work_root() / f"taken-in-{sample}"
        shutil.copytree(folder, _taken_in[sample])
        if own:
            return app
    _go_to(app, page)
    return app


def _go_to(app: AppTest, page: str) -> None:
    app.switch_page(f"../pages/{page}.py").run()
    assert_no_bug(app)


def markdown(app: AppTest) -> str:
    return "\n".join(str(block.value) for block in app.markdown)


def settings(app: AppTest) -> str:
    """The line that tells the settings in force."""
    return next(e.label for e in app.expander if e.label.startswith(("设置", "Settings")))


def submit(app: AppTest) -> None:
    next(button for button in app.button if button.label in {"应用", "Apply"}).click().run()
    assert_no_bug(app)


def listed(app: AppTest) -> int:
    """How many the list holds."""
    line = next(str(m.value) for m in app.markdown if str(m.value).startswith("**共 "))
    return int(line.split()[1].replace(",", ""))
