"""Run a command and say how long it took and how much memory its whole process tree held at the most."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Cost:
    """Wall-clock seconds, and the peak of the summed proportional memory of all processes of the tree in MB.

    The peak is NaN where nobody watched.
    """

    seconds: float
    peak_mb: float


class Peak:
    """The most memory in MB that a process and its children held from now until ``end``."""

    def __init__(self, pid: int, every_seconds: float = POLL_SECONDS) -> None:
        self._pid, self._every_seconds, self._mb = pid, every_seconds, 0.0
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        while not self._done.wait(self._every_seconds):
            self._mb = max(self._mb, tree_mb(self._pid))

    def end(self) -> float:
        """Stop watching."""
        self._done.set()
        self._watcher.join()
        return self._mb


def run(command: Sequence[str], *, env: Mapping[str, str], cwd: Path = ROOT, watched: bool = True) -> Cost:
    """Run to the end; raise with the command's own words when it fails.

    Adding up a gigabyte of pages twenty times a second takes a good part of a processor from who uses them all:
    where seconds are compared, let nobody watch.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    peak = Peak(process.pid) if watched else None
    _, complaint = process.communicate()
    seconds = time.perf_counter() - started
    peak_mb = peak.end() if peak else float("nan")
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:4])} …: {complaint.decode(errors='replace')[-2000:]}")
    return Cost(seconds, peak_mb)


def run_and_read(command: Sequence[str], *, env: Mapping[str, str], cwd: Path = ROOT) -> str:
    """Run to the end and return the last line that was printed; raise with the command's own words when it fails."""
    done = subprocess.run(command, cwd=cwd, env=dict(env), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[1:3])}: {done.stderr[-3000:]}")
    return done.stdout.strip().splitlines()[-1]


def tree_mb(pid: int) -> float:
    """Proportional set size (shared pages divided among those who share them) where the system tells it."""
    total = 0.0
    try:
        parent = psutil.Process(pid)
        for process in [parent, *parent.children(recursive=True)]:
            info = process.memory_full_info() if sys.platform == "linux" else process.memory_info()
            total += getattr(info, "pss", 0) or info.rss
    except psutil.Error:
        return 0.0
    return total / 2**20
