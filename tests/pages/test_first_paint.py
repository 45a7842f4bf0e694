"""A visitor without data waits for no library that only an answer needs, on whatever page they arrive."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.catalog import MODELS
from tests.source_code import ROOT

HEAVY = ("ibis.expr", "_duckdb", "sklearn", "scipy", "mlxtend", "snownlp", "lifelines", "statsmodels")
SCRIPT = """
import json, sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_file(sys.argv[1], default_timeout=120).run()
if sys.argv[2] != "home":
    app.switch_page(f"../pages/{sys.argv[2]}.py").run()
assert not app.exception, [error.stack_trace for error in app.exception]
assert any(button.key == "sample" for button in app.button), "this page has data"
print(json.dumps([name for name in sys.argv[3:] if name in sys.modules]))
"""


@pytest.mark.parametrize("page", ["home", *(entry.key for entry in MODELS)])
def test_a_page_without_data_loads_no_heavy_library(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ZHIKE_HOME", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(ROOT / "ui" / "main.py"), page, *HEAVY],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == []
