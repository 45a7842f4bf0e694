"""Files on their way to becoming a dataset, and how the current dataset came to be.

A Dropped file becomes a RawTable with a Guess; a Pending intake waits for the user to confirm; the IntakeSource is
kept beside the finished dataset for the reproduce box and the notebook.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from analytics.errors import AnalyticsError, PasswordNeededError
from analytics.export.reproduce import SourceFile
from analytics.intake.mapping import Guess, Mapping
from analytics.intake.prepare import PrepareOptions
from analytics.intake.raw import RawTable, ReadOptions
from analytics.workspace import mapping_as_json, mapping_from_json


@dataclass(frozen=True)
class Dropped:
    """A dropped file: the user's name for it, where our copy lies, what the user said, and what became of it."""

    name: str
    path: Path
    options: ReadOptions = field(default_factory=ReadOptions)
    table: RawTable | None = None
    guess: Guess | None = None
    problem: AnalyticsError | None = None

    @property
    def needs_password(self) -> bool:
        """Nothing but a password stands between the user and the table."""
        return isinstance(self.problem, PasswordNeededError)


@dataclass(frozen=True)
class ReturnsFound:
    """A table whose ``column`` lists returned orders; ``found`` of its ``listed`` ids are among the orders."""

    name: str
    options: ReadOptions
    table: RawTable
    column: str
    listed: int
    found: int


@dataclass(frozen=True)
class Pending:
    """Files that wait to be confirmed as one dataset.

    key      names this intake's widgets, so that the next one starts with fresh ones
    main     positions in ``files`` of those appended to one table; the first one decides the mapping
    mapping  what the form starts from: an earlier confirmed one (``replayed``) or the guess
    duplicates  rows that equal an earlier one in every cell
    """

    key: str
    files: tuple[Dropped, ...]
    main: tuple[int, ...] = ()
    mapping: Mapping | None = None
    replayed: bool = False
    returns: ReturnsFound | None = None
    duplicates: int = 0
    prepare: PrepareOptions = field(default_factory=PrepareOptions)
    sample: bool = False

    @property
    def tables(self) -> tuple[RawTable, ...]:
        """The raw tables that become one dataset, the deciding one first."""
        return tuple(table for at in self.main if (table := self.files[at].table) is not None)

    @property
    def guess(self) -> Guess | None:
        """What the deciding table looks like."""
        return self.files[self.main[0]].guess if self.main else None


@dataclass(frozen=True)
class IntakeSource:
    """Files in the order they were appended (a password is never kept), the mapping, and how rows were prepared.

    returns  the table of returned order ids and its column, when one was applied
    sample   the data are the sample that ships with the app
    """

    files: tuple[SourceFile, ...]
    mapping: Mapping
    prepare: PrepareOptions
    returns: tuple[SourceFile, str] | None = None
    sample: bool = False

    def as_json(self) -> dict[str, Any]:
        """A form that ``json`` can write and ``from_json`` reads back."""
        return {
            "files": [asdict(file) for file in self.files],
            "mapping": mapping_as_json(self.mapping),
            "prepare": asdict(self.prepare),
            "returns": [asdict(self.returns[0]), self.returns[1]] if self.returns else None,
            "sample": self.sample,
        }

    @staticmethod
    def from_json(stored: MappingOf[str, Any]) -> IntakeSource:
        """The IntakeSource that ``as_json`` described."""
        returns = stored["returns"]
        return IntakeSource(
            tuple(SourceFile(**file) for file in stored["files"]),
            mapping_from_json(stored["mapping"]),
            PrepareOptions(**{name: _tuples(value) for name, value in stored["prepare"].items()}),
            (SourceFile(**returns[0]), returns[1]) if returns else None,
            stored["sample"],
        )


def _tuples(value: Any) -> Any:
    """JSON has lists where frozen dataclasses hold tuples."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
