"""Computed once, shown often: the only user of st.cache_*.

A cache belongs to one session, and its key is the workspace, the dataset's digest and the parameters; never a frame
(Streamlit hashes large frames by a sample). Lazy tables of a result are written to the workspace, so that a cached
result holds no connection of a thread that has ended; each run reads them through its own engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import ibis
import streamlit as st

from analytics.catalog import model
from analytics.dataset import Dataset
from analytics.workspace_keep import Keep
from ui import session

V = TypeVar("V")


@dataclass(frozen=True)
class _Stored:
    """Stands in a cached result for a table that lies on disk."""

    path: Path


def analyzed(model_key: str, data: Dataset, params: Any) -> Any:
    """The model's Result for a dataset and parameters. Its lazy tables belong to this run's engine."""
    kept = _analyzed(session.workspace().key, model_key, data.digest, repr(params), _data=data, _params=params)
    if any(not table.path.is_file() for _, table in _tables(kept)):
        _analyzed.clear(session.workspace().key, model_key, data.digest, repr(params))
        kept = _analyzed(session.workspace().key, model_key, data.digest, repr(params), _data=data, _params=params)
    return replace(kept, **{name: data.engine.read_parquet(table.path) for name, table in _tables(kept)})


def stored_table(model_key: str, data: Dataset, params: Any, name: str) -> Path:
    """Where a lazy table of an analyzed result lies, for a thread that needs an engine of its own."""
    file = _table_name(model_key, data.manifest.digest, data.digest, repr(params), name)
    return session.workspace().results / file


def remembered(name: str, data: Dataset, args: Any, compute: Callable[[], V]) -> V:
    """What ``compute`` returns (something small and picklable), kept for a dataset and arguments.

    ``name`` tells uses apart; ``repr(args)`` must tell all else that the answer depends on.
    """
    return cast("V", _remembered(session.workspace().key, name, data.digest, repr(args), _compute=compute))


def forget() -> None:
    """Drop everything this session has cached; its files in the workspace are not touched."""
    _analyzed.clear()
    _remembered.clear()


@st.cache_data(scope="session", ttl="2h", max_entries=40, show_spinner=False)
def _analyzed(workspace: str, model_key: str, digest: str, params: str, _data: Dataset, _params: Any) -> Any:  # noqa: ARG001
    result: Any = model(model_key).analyze(_data, _params)
    stored = {}
    for field in fields(result):
        value = getattr(result, field.name)
        if isinstance(value, ibis.Table):
            path = stored_table(model_key, _data, _params, field.name)
            _data.engine.write_parquet(value, path)
            stored[field.name] = _Stored(path)
    kept = frozenset(table.path for table in stored.values())
    session.workspace().trim_results(Keep.from_environment().workspace_bytes, keep=kept)
    return replace(result, **stored)


def _table_name(model_key: str, own_digest: str, digest: str, params: str, name: str) -> str:
    """``own_digest``: that of the main table alone, whose results go when it goes."""
    key = hashlib.sha256(f"{model_key}|{digest}|{params}".encode()).hexdigest()[:32]
    return f"{own_digest[:16]}-{key}-{name}.parquet"


def _tables(result: Any) -> list[tuple[str, _Stored]]:
    named = ((field.name, getattr(result, field.name)) for field in fields(result))
    return [(name, value) for name, value in named if isinstance(value, _Stored)]


@st.cache_data(scope="session", ttl="2h", max_entries=100, show_spinner=False)
def _remembered(workspace: str, name: str, digest: str, args: str, _compute: Callable[[], Any]) -> Any:  # noqa: ARG001
    return _compute()
