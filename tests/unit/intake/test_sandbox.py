"""The child process: answers, errors, deaths and limits. The functions below run in the child."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from analytics.errors import AnalyticsError, FileError
from analytics.i18n import msg
from analytics.intake import sandbox
from analytics.intake.raw import Limits

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and memory limits are POSIX")


def add(left: int, right: int) -> int:
    print("a native library may print")  # noqa: T201
    return left + right


def complain() -> None:
    raise FileError("file.empty", msg("这个文件是空的。"), msg("重新导出一份有内容的表格再上传。"))


def abort() -> None:
    os.abort()


def kill_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    time.sleep(60)


def eat(megabytes: int) -> int:
    return len(bytearray(megabytes << 20))


def stumble() -> None:
    raise KeyError("a bug")


def imported() -> bool:
    return "streamlit" in sys.modules or "pandas" in sys.modules


def test_the_answer_comes_back():
    assert sandbox.run(add, 2, 3, limits=Limits()) == 5


def test_an_error_for_the_user_is_raised_here_with_its_words():
    with pytest.raises(FileError, match=r"file\.empty") as caught:
        sandbox.run(complain, limits=Limits())
    assert str(caught.value.message) == "这个文件是空的。"


@posix_only
@pytest.mark.parametrize(("death", "code"), [(abort, "file.crashed"), (kill_itself, "file.too_big")])
def test_a_dead_child_is_an_error_not_our_death(death, code: str):
    with pytest.raises(AnalyticsError, match=code):
        sandbox.run(death, limits=Limits())


def test_a_hanging_child_is_stopped():
    with pytest.raises(FileError, match=r"file\.timeout"):
        sandbox.run(hang, limits=Limits(seconds=0.5))


@posix_only
def test_memory_has_a_limit():
    with pytest.raises(FileError, match=r"file\.too_big"):
        sandbox.run(eat, 600, limits=Limits(memory_mb=500))
    assert sandbox.run(eat, 50, limits=Limits(memory_mb=500)) == 50 << 20


def test_a_bug_stays_a_bug():
    with pytest.raises(RuntimeError, match="KeyError"):
        sandbox.run(stumble, limits=Limits())


def test_the_child_starts_light():
    assert sandbox.run(imported, limits=Limits()) is False
