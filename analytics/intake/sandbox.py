"""Runs a function in a child process that may die, hang or eat memory without taking the app with it.

A 5 KB workbook can abort a native parser (SIGABRT cannot be caught), so nothing that a user gave us is parsed in
the app's own process. The child is ``python -m analytics.intake.sandbox``: it imports only what the function needs
and never re-imports the app's main module, as multiprocessing's spawn would.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from analytics.errors import AnalyticsError, FileError
from analytics.i18n import msg
from analytics.intake.raw import Limits

Result = TypeVar("Result")

_ROOT = Path(__file__).resolve().parent.parent.parent
# Words in the last lines of a child's stderr by which native code says that memory ran out.
_OUT_OF_MEMORY = ("memory allocation of", "MemoryError", "bad_alloc", "out of memory", "capacity overflow")


def run(function: Callable[..., Result], *args: Any, limits: Limits) -> Result:
    """``function(*args)`` in a child with ``limits.memory_mb`` and ``limits.seconds``; both must be picklable.

    Raises the AnalyticsError that the function raised; FileError ``file.timeout``, ``file.too_big`` or
    ``file.crashed`` when the child was stopped or died; RuntimeError with the child's traceback for a bug.
    """
    job = pickle.dumps((function, args, limits.memory_mb))
    with subprocess.Popen(
        [sys.executable, "-m", "analytics.intake.sandbox"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        start_new_session=os.name == "posix",
    ) as child:
        try:
            answer, complaint = child.communicate(job, timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            _kill(child)
            raise FileError(
                "file.timeout",
                msg("读取这个文件超过了 {seconds:int} 秒，已停止。", seconds=limits.seconds),
                msg("拆成几个小一点的文件再试，或者另存为 csv。"),
            ) from None
        except BaseException:  # the user pressed stop: do not leave the child behind
            _kill(child)
            raise
    if child.returncode != 0 or not answer:
        raise _death(child.returncode, complaint.decode("utf-8", "replace"))
    succeeded, value = pickle.loads(answer)  # noqa: S301 - written by our own child
    if not succeeded:
        raise value
    result: Result = value
    return result


def too_much_memory() -> FileError:
    """The file needs more memory than one file may have."""
    return FileError(
        "file.too_big",
        msg("读取这个文件需要的内存太多，已停止。"),
        msg("删掉用不到的列和空白区域，或者另存为 csv 再试。"),
    )


def _death(code: int, complaint: str) -> Exception:
    if any(word in complaint for word in _OUT_OF_MEMORY) or code == -getattr(signal, "SIGKILL", 9):
        return too_much_memory()
    if code == 1 and "Traceback" in complaint and "PanicException" not in complaint:
        return RuntimeError(f"the parsing process failed:\n{complaint[-4000:]}")
    return FileError(
        "file.crashed",
        msg("这个文件让读取程序崩溃了，可能已经损坏。"),
        msg("用 Excel 或 WPS 打开它，另存为新的 xlsx 或 csv，再试一次。"),
    )


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Stops the child and whatever it started."""
    if os.name == "posix":
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
    else:
        child.kill()


def _environment() -> dict[str, str]:
    """The parent's environment, importable from where the parent imports, with small memory arenas."""
    paths = [str(_ROOT), *(path for path in sys.path if path)]
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        "PYTHONFAULTHANDLER": "",
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _limit_memory(memory_mb: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; time and declared sizes still hold there
        return
    for limit, most in ((resource.RLIMIT_AS, memory_mb << 20), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(limit)
        size = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS knows the limit, but does not always take it
            resource.setrlimit(limit, (size, size))


def _child() -> None:
    # What native libraries print must not mix with the answer: they get stderr, the answer keeps the real stdout.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source = sys.stdin.buffer.read()
    function, args, memory_mb = pickle.loads(source)  # noqa: S301 - written by our own parent
    _limit_memory(memory_mb)
    try:
        outcome = (True, function(*args))
    except AnalyticsError as error:
        outcome = (False, error)
    except MemoryError:
        outcome = (False, too_much_memory())
    with answer:
        pickle.dump(outcome, answer)


if __name__ == "__main__":
    _child()
