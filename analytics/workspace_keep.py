"""How long workspaces are kept and how much room they may take; and which of them are in use.

A running session holds a Lease on its workspace: an open file that is locked, which the system lets go of when the
session or the whole process ends, however it ends. ``sweep`` never deletes a workspace that is held; being held
counts as being used, so that the time to keep it starts when its last session has ended.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import sys
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import FileError
from analytics.i18n import msg
from analytics.workspace import Workspace, remove_folder

if sys.platform != "win32":
    import fcntl


@dataclass(frozen=True)
class Keep:
    """The limits: hours after the last use; bytes of one workspace and of all together."""

    hours: float = 24
    workspace_bytes: float = 2048 * 2**20
    total_bytes: float = 20480 * 2**20

    @staticmethod
    def from_environment(values: Mapping[str, str] = os.environ) -> Keep:
        """ZHIKE_KEEP_HOURS, ZHIKE_WORKSPACE_MB and ZHIKE_TOTAL_MB. Raises ValueError for anything but a number > 0."""
        return Keep(
            _positive(values, "ZHIKE_KEEP_HOURS", 24),
            _positive(values, "ZHIKE_WORKSPACE_MB", 2048) * 2**20,
            _positive(values, "ZHIKE_TOTAL_MB", 20480) * 2**20,
        )


def _positive(values: Mapping[str, str], name: str, default: float) -> float:
    given = values.get(name, "").strip()
    try:
        number = float(given or default)
    except ValueError:
        number = 0
    if not number > 0:
        raise ValueError(f"{name} must be a number above 0, not {given!r}")
    return number


class Lease:
    """Says that a session works in a workspace, for as long as this object lives."""

    def __init__(self, workspace: Workspace) -> None:
        """Waits for a sweep that is just deleting this workspace, if there is one."""
        self.release = weakref.finalize(self, os.close, _hold(_lock_file(workspace.folder)))


def _lock_file(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _hold(lock: Path) -> int:
    while True:
        handle = _open(lock)
        if sys.platform != "win32":
            fcntl.flock(handle, fcntl.LOCK_SH)
        try:
            if os.path.samestat(os.fstat(handle), lock.stat()):
                return handle
        except FileNotFoundError:
            pass  # a sweep deleted the file between the opening and the locking
        os.close(handle)


def _open(lock: Path) -> int:
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)


@contextlib.contextmanager
def _kept_out(folder: Path) -> Iterator[bool]:
    """Whether no session holds the workspace; while the body runs, none can begin to."""
    lock = _lock_file(folder)
    if sys.platform == "win32":
        try:
            lock.unlink(missing_ok=True)  # Windows does not delete what is open
        except PermissionError:
            yield False
        else:
            yield True
        return
    handle = _open(lock)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
        if not folder.exists():
            lock.unlink(missing_ok=True)
    finally:
        os.close(handle)


def sweep(root: Path, now: dt.datetime, keep: Keep = Keep()) -> int:
    """Delete workspaces unused for too long, then the longest unused beyond the total; returns how many.

    In those that stay and that nobody holds, what an ended process left half done is deleted. ``now`` has a zone.
    """
    home = root / "workspaces"
    removed = 0
    for folder in _folders(home):
        if folder.name.startswith("."):
            shutil.rmtree(folder, ignore_errors=True)
            continue
        with _kept_out(folder) as alone:
            if not alone:
                Workspace(folder).mark_used(now)
            elif _used_at(folder) < now.timestamp() - keep.hours * 3600:
                remove_folder(folder)
                removed += 1
            else:
                _tidy(Workspace(folder))
    return removed + _make_room(home, keep.total_bytes)


def _make_room(home: Path, total_bytes: float) -> int:
    """Delete workspaces that nobody holds, the longest unused first, until all fit."""
    folders = sorted(_folders(home), key=_used_at)
    sizes = {folder: Workspace(folder).size_bytes() for folder in folders}
    total, removed = sum(sizes.values()), 0
    for folder in folders:
        if total <= total_bytes:
            break
        with _kept_out(folder) as alone:
            if alone:
                remove_folder(folder)
                total -= sizes[folder]
                removed += 1
    return removed


def room_bytes(root: Path, workspace: Workspace, keep: Keep, wanted_bytes: float) -> float:
    """How much a workspace may still grow; room for ``wanted_bytes`` is made among the others where it is needed.

    Raises FileError ``file.disk_full`` when all that is left is in use.
    """
    home = root / "workspaces"
    if _total(home) + wanted_bytes > keep.total_bytes:
        _make_room(home, keep.total_bytes - wanted_bytes)
        if _total(home) + wanted_bytes > keep.total_bytes:
            raise FileError(
                "file.disk_full",
                msg("这台服务器留给数据的空间满了。"),
                msg("过一会儿再试；着急就请管理员清理，或者调大 {setting}。", setting="ZHIKE_TOTAL_MB"),
            )
    return keep.workspace_bytes - workspace.size_bytes()


def _total(home: Path) -> int:
    return sum(Workspace(folder).size_bytes() for folder in _folders(home))


def _folders(home: Path) -> list[Path]:
    return [path for path in home.iterdir() if path.is_dir()] if home.is_dir() else []


def _used_at(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0


def _tidy(workspace: Workspace) -> None:
    """Delete what only an ended process knew: unfinished writes, dropped files, the raw tables read from them.

    Uploads are remembered by the session that took them alone, and no session is left.
    """
    used_at = _used_at(workspace.folder)
    for folder in (workspace.folder, workspace.datasets, workspace.results):
        for path in folder.glob(".*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    for upload in workspace.uploads.glob("*"):
        shutil.rmtree(upload, ignore_errors=True)
    os.utime(workspace.folder, (used_at, used_at))  # tidying up is no use
