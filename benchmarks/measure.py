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


def run(command: Sequence[str], *, env: Mapping[str, str], cwd: Path = ROOT, watched: bool = True) -> Cost:
    """Run to the end; raise with the command's own words when it fails.

    Adding up a gigabyte of pages twenty times a second takes a good part of a processor from who uses them all:
    where seconds are compared, let nobody watch.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    peak = 0.0 if watched else float("nan")
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(POLL_SECONDS):
            peak = max(peak, tree_mb(process.pid))

    watcher = threading.Thread(target=watch)
    if watched:
        watcher.start()
    _, complaint = process.communicate()
    seconds = time.perf_counter() - started
    done.set()
    if watched:
        watcher.join()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:4])} …: {complaint.decode(errors='replace')[-2000:]}")
    return Cost(seconds, peak)


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
