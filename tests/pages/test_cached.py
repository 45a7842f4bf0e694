"""Results are computed once for a dataset and parameters, and again when their files have gone."""

from __future__ import annotations

import os
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.support import MAIN, assert_no_bug


def results() -> dict[Path, int]:
    return {path: path.stat().st_ino for path in Path(os.environ["ZHIKE_HOME"]).rglob("results/*.parquet")}


def test_a_result_is_kept_on_disk_computed_once_and_computed_anew_when_it_is_lost():
    before = set(results())
    app = AppTest.from_file(MAIN, default_timeout=120).run()
    app.button(key="sample").click().run()
    app.switch_page("../pages/rfm.py").run()
    assert_no_bug(app)
    first = {path: node for path, node in results().items() if path not in before}
    assert first
    app.run()
    assert_no_bug(app)
    assert {path: node for path, node in results().items() if path not in before} == first
    for path in first:
        path.unlink()
    app.run()
    assert_no_bug(app)
    assert {path for path in results() if path not in before} == set(first)
