"""Where one visitor's files lie on disk, and what is remembered about them. How long: analytics/workspace_keep.py.

    <root>/workspaces/<sha256 of the cookie's token>/
        state.json          the tables in use (one of a kind), confirmed mappings, settings, what was chosen on pages
        uploads/<id>/       a dropped file under a name of ours, and the raw tables read from it
        datasets/<digest>/  prepared datasets (analytics/dataset.py)
        groups/             saved groups of customers (analytics/groups.py)
        results/            customer tables of results, so that a page need not compute them twice

Nothing in a folder's name tells who it belongs to or what a file was called: the token is hashed, names are ours.
What is being written has a name that begins with a dot until it is complete and on the disk; what is being deleted
gets such a name first. So a process that is killed at any moment leaves nothing half behind under a real name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import secrets
import shutil
import stat
import threading
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from analytics.errors import FileError
from analytics.fields import KINDS, Kind
from analytics.groups import Group
from analytics.i18n import Text, msg
from analytics.intake.mapping import Mapping

_CHUNK_BYTES = 1 << 20
_MAPPINGS_KEPT = 50
_PAGES_KEPT = 100
_GROUPS_KEPT = 50
_GONE = ".gone-"  # names of folders that are being deleted
_updating = threading.Lock()  # two tabs of one visitor change state.json in turn
_SUFFIX_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.")


@dataclass(frozen=True)
class Workspace:
    """One visitor's folder. ``open`` makes it; every write appears whole or not at all."""

    folder: Path

    @staticmethod
    def at(root: Path, token: str) -> Workspace:
        """The workspace that belongs to a token, whether it exists or not."""
        return Workspace(root / "workspaces" / hashlib.sha256(token.encode()).hexdigest())

    @staticmethod
    def open(root: Path, token: str) -> Workspace:
        """The workspace that belongs to a token, with its folders."""
        workspace = Workspace.at(root, token)
        workspace.make()
        return workspace

    def make(self) -> None:
        """Create the folders that are missing, with access for their owner alone."""
        self.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.folder, self.uploads, self.datasets, self.results, self.groups_folder):
            folder.mkdir(mode=0o700, exist_ok=True)

    @property
    def key(self) -> str:
        """What tells this workspace from all others, safe to use in a cache's key."""
        return self.folder.name

    @property
    def uploads(self) -> Path:
        """Dropped files and the raw tables read from them, one folder each."""
        return self.folder / "uploads"

    @property
    def datasets(self) -> Path:
        """Prepared datasets, one folder each."""
        return self.folder / "datasets"

    @property
    def results(self) -> Path:
        """Tables that belong to computed results."""
        return self.folder / "results"

    @property
    def groups_folder(self) -> Path:
        """Files of saved groups."""
        return self.folder / "groups"

    def groups(self) -> tuple[Group, ...]:
        """The saved groups, the newest last."""
        found = []
        for name, entry in self.state().get("groups", {}).items():
            file = str(entry.get("file", ""))
            path = self.groups_folder / file
            if file and Path(file).name == file and path.is_file():
                found.append(Group(name, path, Text.from_json(entry["origin"]), int(entry["members"])))
        return tuple(found)

    def new_group_file(self) -> Path:
        """A path in the groups' folder that nothing has yet."""
        return self.groups_folder / f"{secrets.token_hex(8)}.parquet"

    def keep_group(self, group: Group) -> None:
        """Keep a written group under its name, in the place of one of that name; beyond 50 the oldest go."""
        before = self.groups()
        entry = {"file": group.path.name, "origin": group.origin.as_json(), "members": group.members}
        self._set_last("groups", group.name, entry, _GROUPS_KEPT)
        self._delete_gone(before)

    def remove_group(self, name: str) -> None:
        """Forget a group and delete its file."""
        before = self.groups()
        with _updating:
            stored = self.state()
            left = {known: entry for known, entry in stored.get("groups", {}).items() if known != name}
            self._update(stored, {"groups": left})
        self._delete_gone(before)

    def _delete_gone(self, before: Sequence[Group]) -> None:
        for path in {group.path for group in before} - {group.path for group in self.groups()}:
            path.unlink(missing_ok=True)

    def save_upload(
        self, stream: BinaryIO, file_name: str, *, limit_bytes: int, room_bytes: float = float("inf")
    ) -> Path:
        """Copy a dropped file into a folder of its own, in chunks, and return where it lies.

        Only the ending of ``file_name`` is kept (readers look at it). Raises FileError beyond ``limit_bytes``
        (``file.too_large``) or ``room_bytes`` (``file.no_room``); what was written by then is removed.
        """
        folder = self.uploads / secrets.token_hex(8)
        folder.mkdir(mode=0o700)
        target = folder / f"source{_safe_suffix(file_name)}"
        try:
            _copy(stream, target, limit_bytes, room_bytes)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return target

    def drop_upload(self, path: Path) -> None:
        """Delete a dropped file and everything read from it."""
        if path.parent.parent == self.uploads:
            shutil.rmtree(path.parent, ignore_errors=True)

    def state(self) -> dict[str, Any]:
        """What state.json holds; empty when there is none, or when it was damaged."""
        try:
            stored = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError):
            return {}
        return stored if isinstance(stored, dict) else {}

    def update(self, changes: MappingOf[str, Any]) -> None:
        """Set keys of state.json; a value of None removes its key."""
        with _updating:
            self._update(self.state(), changes)

    def _update(self, stored: dict[str, Any], changes: MappingOf[str, Any]) -> None:
        merged = {key: value for key, value in (stored | dict(changes)).items() if value is not None}
        _write_atomically(self.folder / "state.json", json.dumps(merged, ensure_ascii=False))

    def _set_last(self, group: str, name: str, value: Any, most: int) -> None:
        """Set one name of a group as its newest; the oldest beyond ``most`` are forgotten."""
        with _updating:
            stored = self.state()
            known = stored.get(group, {})
            known.pop(name, None)
            known[name] = value
            self._update(stored, {group: dict(list(known.items())[-most:])})

    def keep_choices(self, page: str, choices: MappingOf[str, Any]) -> None:
        """Keep what was chosen on a page (JSON values), so that a restart does not forget it."""
        self._set_last("pages", page, dict(choices), _PAGES_KEPT)

    def choices(self, page: str) -> dict[str, Any]:
        """What ``keep_choices`` was last given; empty when nothing was."""
        stored = self.state().get("pages", {}).get(page)
        return stored if isinstance(stored, dict) else {}

    def remember_mapping(self, header_key: str, mapping: Mapping) -> None:
        """Keep a confirmed mapping for the next file with the same headers; the oldest beyond 50 are forgotten."""
        self._set_last("mappings", header_key, mapping_as_json(mapping), _MAPPINGS_KEPT)

    def recall_mapping(self, header_key: str) -> Mapping | None:
        """The mapping last confirmed for these headers."""
        stored = self.state().get("mappings", {}).get(header_key)
        return mapping_from_json(stored) if stored else None

    def adopt(self, built: Path, digest: str) -> Path:
        """Move a complete dataset to the folder that its digest names, all of it on the disk before it has that name.

        The same data prepared before stay where they are. Returns the dataset's folder.
        """
        if not (built / "manifest.json").is_file():
            raise ValueError(f"not a complete dataset: {built}")
        target = self.datasets / digest[:32]
        if (target / "manifest.json").is_file():
            shutil.rmtree(built)
            return target
        for file in built.iterdir():
            _flush(file)
        _flush(built)
        if target.exists():
            remove_folder(target)
        built.replace(target)
        _flush(self.datasets)
        return target

    def set_current(self, dataset: Path, source: MappingOf[str, Any], kind: Kind) -> None:
        """Put a complete dataset in the place of the one of its kind and make it the one last confirmed.

        source  says how it came to be
        """
        if not (dataset / "manifest.json").is_file():
            raise ValueError(f"not a complete dataset: {dataset}")
        self._set_last("tables", kind, {"folder": dataset.name, "source": dict(source)}, most=len(KINDS))

    def tables(self) -> dict[Kind, Path]:
        """The complete datasets in use by kind, the one last confirmed at the end."""
        found: dict[Kind, Path] = {}
        for kind, entry in self.state().get("tables", {}).items():
            name = entry.get("folder", "")
            folder = self.datasets / name
            if kind in KINDS and name and Path(name).name == name and (folder / "manifest.json").is_file():
                found[kind] = folder
        return found

    def current(self) -> Path | None:
        """The folder of the dataset that was confirmed last."""
        return next(reversed(self.tables().values()), None)

    def source(self, kind: Kind) -> dict[str, Any] | None:
        """How the dataset of a kind came to be."""
        found: dict[str, Any] | None = self.state().get("tables", {}).get(kind, {}).get("source")
        return found

    def remove_table(self, kind: Kind) -> None:
        """Take the dataset of a kind out of use; ``drop_unused`` deletes it."""
        with _updating:
            stored = self.state()
            left = {name: entry for name, entry in stored.get("tables", {}).items() if name != kind}
            self._update(stored, {"tables": left})

    def drop_unused(self) -> None:
        """Delete datasets that are not in use, and results computed from them."""
        used = set(self.tables().values())
        for folder in self.datasets.iterdir():
            if folder not in used and not folder.name.startswith("."):  # a dot: another tab is writing it
                remove_folder(folder)
        for result in self.results.iterdir():
            if not result.name.startswith(tuple(folder.name[:16] for folder in used)):
                result.unlink(missing_ok=True)

    def mark_used(self, now: dt.datetime) -> None:
        """Note that somebody works here; ``workspace_keep.sweep`` counts from the last note. ``now`` has a zone."""
        os.utime(self.folder, (now.timestamp(), now.timestamp()))

    def size_bytes(self) -> int:
        """What the files take on the disk."""
        return sum(_size(path) for path in self.folder.rglob("*"))

    def trim_results(self, room_bytes: float, keep: frozenset[Path]) -> None:
        """Delete results, those written first before the others, until the workspace fits into ``room_bytes``.

        A result can always be computed again; those in ``keep`` stay.
        """
        size = self.size_bytes()
        for path in sorted(set(self.results.iterdir()) - keep, key=lambda path: path.stat().st_mtime):
            if size <= room_bytes:
                return
            size -= _size(path)
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Delete everything: files, datasets, results, remembered mappings. The empty folders stay usable."""
        remove_folder(self.folder)
        self.make()


def remove_folder(folder: Path) -> None:
    """Delete a folder and all in it. It loses its name first, so that nobody ever finds half of it."""
    gone = folder.with_name(f"{_GONE}{secrets.token_hex(8)}")
    try:
        folder.rename(gone)
    except FileNotFoundError:  # another tab was faster
        return
    shutil.rmtree(gone)


def mapping_as_json(mapping: Mapping) -> dict[str, Any]:
    """A form that ``json`` can write and ``mapping_from_json`` reads back."""
    return {"kind": mapping.kind, "roles": [list(pair) for pair in mapping.roles], "date_order": mapping.date_order}


def mapping_from_json(stored: MappingOf[str, Any]) -> Mapping:
    """The Mapping that ``mapping_as_json`` described."""
    return Mapping(stored["kind"], tuple((role, header) for role, header in stored["roles"]), stored["date_order"])


def _safe_suffix(file_name: str) -> str:
    suffixes = [suffix.lower() for suffix in Path(file_name).suffixes[-2:]]
    kept = "".join(suffixes) if suffixes[-1:] == [".gz"] else "".join(suffixes[-1:])
    return kept if len(kept) <= 12 and _SUFFIX_CHARS.issuperset(kept) else ""


def _size(path: Path) -> int:
    try:
        found = path.lstat()
    except FileNotFoundError:  # deleted meanwhile
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def _copy(stream: BinaryIO, target: Path, limit_bytes: int, room_bytes: float) -> None:
    written = 0
    with os.fdopen(_new_private_file(target), "wb") as file:
        while chunk := stream.read(_CHUNK_BYTES):
            written += len(chunk)
            if written > limit_bytes:
                raise FileError(
                    "file.too_large",
                    msg("文件超过 {limit:int} MB，网页收不下。", limit=limit_bytes / 2**20),
                    msg("分成几个小文件一起拖进来；或者把它放到服务器上，用命令行：python -m analytics rfm 文件名。"),
                )
            if written > room_bytes:
                raise no_room()
            file.write(chunk)


def no_room() -> FileError:
    """The visitor's share of the disk is used up."""
    return FileError(
        "file.no_room",
        msg("你的空间满了，这份文件放不下。"),
        msg("在左边点“清除我的数据”腾出空间；还不够就请管理员调大 {setting}。", setting="ZHIKE_WORKSPACE_MB"),
    )


def _new_private_file(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)


def _write_atomically(path: Path, content: str) -> None:
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(_new_private_file(unfinished), "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _flush(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name != "posix":  # Windows neither opens folders nor needs it
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
