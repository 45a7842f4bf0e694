"""Where measurements put their files, how their figures are told, and how the command line is run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Figure:
    """One measured number beside its goal; ``most`` or ``least`` is the bound, None where there is only a report."""

    what: str
    measured: float
    unit: str = "×"
    most: float | None = None
    least: float | None = None
    detail: str = ""

    @property
    def goal(self) -> str:
        if self.most is not None:
            return f"≤ {self.most:g}"
        return f"≥ {self.least:g}" if self.least is not None else "–"

    @property
    def verdict(self) -> str:
        if self.most is None and self.least is None:
            return ""
        met = (self.most is None or self.measured <= self.most) and (self.least is None or self.measured >= self.least)
        return "met" if met else "missed"

    def row(self) -> str:
        measured = f"{self.measured:,.2f} {self.unit}".strip()
        return f"| {self.what} | {self.goal} | {measured} | {self.verdict} | {self.detail} |"


HEAD = "| What | Goal | Measured | | Detail |\n|---|---|---|---|---|"


@contextmanager
def work_folder() -> Iterator[Path]:
    """A folder for data and results that goes away afterwards; below $TMPDIR, which should lie on a real disk."""
    with TemporaryDirectory(prefix="zhike-bench-") as folder:
        yield Path(folder)


def environment(folder: Path) -> dict[str, str]:
    """The environment of a measured process: this tree, and a work folder of its own."""
    return dict(os.environ) | {"ZHIKE_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}


def cli(source: Path, target: Path, command: str = "rfm") -> list[str]:
    """The command line with all its checks: from a file to the list."""
    return [sys.executable, "-m", "analytics", command, str(source), "--out", str(target)]


def peer(source: Path, target: Path) -> list[str]:
    """The plain pandas script."""
    return [sys.executable, str(HERE / "peer_pandas_rfm.py"), str(source), str(target)]


def script(name: str, *arguments: object) -> list[str]:
    """Another file of this folder."""
    return [sys.executable, str(HERE / name), *map(str, arguments)]
