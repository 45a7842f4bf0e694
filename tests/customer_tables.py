"""Datasets of customers made by hand: a few numeric columns in, a prepared dataset out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.dataset import Dataset
from analytics.engine import Engine
from analytics.intake.prepare import prepare
from analytics.intake.reader import read_file
from analytics.intake.recognise import recognise


def customers_dataset(folder: Path, engine: Engine, columns: Mapping[str, Sequence[Any]]) -> Dataset:
    """A dataset of kind "customers": 客户编号 C0001 … and these columns, as the app would take the file."""
    frame = pd.DataFrame(columns)
    if "客户编号" not in frame.columns:
        frame.insert(0, "客户编号", [f"C{at:05}" for at in range(len(frame))])
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "customers.csv"
    frame.to_csv(file, index=False, encoding="utf-8-sig")
    raw = read_file(file, folder / "raw")
    mapping = recognise(raw).mapping
    assert mapping.kind == "customers", mapping
    return prepare([raw], mapping, folder / "dataset", engine)
