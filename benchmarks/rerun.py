"""In a process of its own: time what happens on prepared data. Prints one JSON object.

``rerun.py bins ORDERS``   the same answer with other bins, as a page computes it: analyze, and its customers written
``rerun.py page ORDERS``   the RFM page's run after a changed parameter, against analyze; and a run with nothing changed
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import work

import analytics
from analytics.dataset import Dataset

ROUNDS = 5


def analyzed(data: Dataset, bins: int, folder: Path) -> float:
    """Seconds for other bins, the customers on disk as cached.analyzed leaves them."""
    begun = time.perf_counter()
    result = analytics.rfm.analyze(data, analytics.rfm.Params(bins=bins))
    data.engine.write_parquet(result.customers, folder / "customers.parquet")
    return time.perf_counter() - begun


def bins(source: Path) -> dict[str, float]:
    data = analytics.prepare(analytics.open_file(source))
    analyzed(data, 5, source.parent)
    seconds = [analyzed(data, 3 + at % 2, source.parent) for at in range(ROUNDS)]
    return {"seconds": statistics.median(seconds), "lines": data.facts.rows_used}


def page(source: Path) -> dict[str, float]:
    from streamlit.testing.v1 import AppTest

    data = analytics.prepare(analytics.open_file(source))
    analyzed(data, 5, source.parent)
    alone = statistics.median(analyzed(data, 3 + at % 2, source.parent) for at in range(ROUNDS))
    app = AppTest.from_file(str(work.ROOT / "ui" / "main.py"), default_timeout=600).run()
    app.file_uploader[0].upload(source.name, source.read_bytes(), "text/csv")
    _run(app)
    _run(app.button(key="confirm").click())
    app.switch_page("../pages/rfm.py")
    _run(app)
    changed, unchanged = [], []
    for at in range(ROUNDS):
        weight = next(box for box in app.number_input if box.label == "R 权重")
        weight.set_value(1.5 + at * 0.5)
        button = next(button for button in app.button if button.label == "应用")
        changed.append(_run(button.click()))
        unchanged.append(_run(app))
    return {
        "analyze": alone,
        "changed": statistics.median(changed),
        "unchanged": statistics.median(unchanged),
        "lines": data.facts.rows_used,
    }


def _run(app: Any) -> float:
    begun = time.perf_counter()
    done = app.run()
    assert not done.exception, [error.stack_trace for error in done.exception]
    return time.perf_counter() - begun


if __name__ == "__main__":
    measure = {"bins": bins, "page": page}[sys.argv[1]]
    print(json.dumps(measure(Path(sys.argv[2]))))
