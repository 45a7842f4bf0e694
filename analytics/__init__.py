"""知客 Zhike as a library: a spreadsheet in, an explained list of customers out.

    import analytics
    raw = analytics.open_file("orders.xlsx")
    data = analytics.prepare(raw)
    result = analytics.rfm.analyze(data, analytics.rfm.Params())

Importing this package loads nothing heavy (the process that parses a file imports it too); names arrive on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from analytics.later import load_later

load_later("duckdb")
load_later("ibis")

if TYPE_CHECKING:
    from analytics.api import open_file as open_file
    from analytics.api import prepare as prepare
    from analytics.dataset import Dataset as Dataset
    from analytics.intake.mapping import Mapping as Mapping
    from analytics.models import rfm as rfm

_HOMES = {
    "open_file": "analytics.api",
    "prepare": "analytics.api",
    "Dataset": "analytics.dataset",
    "Mapping": "analytics.intake.mapping",
}
_MODELS = ("rfm",)

__all__ = ["Dataset", "Mapping", "open_file", "prepare", "rfm"]


def __getattr__(name: str) -> Any:
    if name in _MODELS:
        return importlib.import_module(f"analytics.models.{name}")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'analytics' has no attribute {name!r}")
