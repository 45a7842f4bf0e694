"""What one browser session holds: the only reader and writer of st.session_state.

What must outlive the session (the dataset, confirmed mappings, the language, what was chosen on pages) lies in the
workspace on disk, which belongs to the cookie that app.py sets or, behind a login, to the user. The rest of ui/ and
the pages see typed functions, never a string key.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import threading
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import streamlit as st

from analytics.dataset import Dataset
from analytics.engine import Engine, embedded, work_root
from analytics.fields import Kind
from analytics.i18n import LANGUAGES, Lang
from analytics.workspace import Workspace
from analytics.workspace_keep import Keep, Lease, room_bytes
from ui import login
from ui.source import IntakeSource, Pending

COOKIE = "zhike_workspace"
TOKEN_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")

V = TypeVar("V")
_KEY = "zhike"


@dataclass
class _Session:
    token: str
    lang: Lang
    lease: Lease
    pending: Pending | None = None
    last_intakes: dict[Kind, Pending] = field(default_factory=dict)
    engine: Engine | None = None
    engine_thread: int = 0
    uploader_round: int = 0
    values: dict[str, Any] = field(default_factory=dict)


def begin() -> None:
    """Call once at the start of every script run: gives the run its own engine and marks the workspace as used."""
    state = _state()
    state.engine = None
    now = dt.datetime.now(dt.UTC)
    workspace().mark_used(now)
    asked = _asked_lang()
    if asked is not None and asked != state.lang:
        _set_lang(asked)


def lang() -> Lang:
    """The language of this session. Asked for every word of a page, so it does not ask again who is logged in."""
    held = cast("_Session | None", st.session_state.get(_KEY))
    if held is not None:
        return held.lang
    return _state().lang if login.is_open() else _asked_lang() or "zh"


def chosen(key: str) -> Any:
    """What stands in a widget now, for its callback."""
    return st.session_state[key]


def switch_lang(wanted: Lang) -> None:
    """Change the language, for this session, its address and the next visit."""
    _set_lang(wanted)
    st.query_params["lang"] = wanted


def engine() -> Engine:
    """This run's engine; every thread gets its own, since a connection must not be shared."""
    state = _state()
    if state.engine is None or state.engine_thread != threading.get_ident():
        state.engine, state.engine_thread = embedded(), threading.get_ident()
    return state.engine


def workspace() -> Workspace:
    """Where this visitor's files lie."""
    return Workspace.open(work_root(), _state().token)


def tables() -> dict[Kind, Dataset]:
    """The confirmed datasets by kind over this run's engine, the one last confirmed at the end."""
    return {kind: Dataset.open(folder, engine()) for kind, folder in workspace().tables().items()}


def current() -> Dataset | None:
    """The dataset that was confirmed last."""
    return next(reversed(tables().values()), None)


def source(kind: Kind) -> IntakeSource | None:
    """How the dataset of a kind came to be: files, sheet, options, mapping; what a reproduction needs."""
    stored = workspace().source(kind)
    return IntakeSource.from_json(stored) if stored else None


def pending() -> Pending | None:
    """Files waiting to be confirmed."""
    return _state().pending


def set_pending(waiting: Pending | None) -> None:
    """Replace or drop what waits to be confirmed."""
    _state().pending = waiting


def last_intake(kind: Kind) -> Pending | None:
    """The intake behind the dataset of a kind, while this session remembers it: lets the user change the mapping."""
    return _state().last_intakes.get(kind)


def set_last_intake(kind: Kind, done: Pending) -> None:
    """Keep the intake that has just been confirmed as a kind of table."""
    _state().last_intakes[kind] = done


def in_use(waiting: Pending) -> bool:
    """Whether a confirmed dataset came from this intake, so that its raw tables must stay."""
    return any(done.key == waiting.key for done in _state().last_intakes.values())


def remove_table(kind: Kind) -> None:
    """Take the dataset of a kind out of use and delete it."""
    _state().last_intakes.pop(kind, None)
    workspace().remove_table(kind)
    workspace().drop_unused()


def uploader_key() -> str:
    """The uploader's key; a new one releases the files that the old one holds in memory."""
    return f"files-{_state().uploader_round}"


def release_uploads() -> None:
    """Give the uploader a new key, so that the server lets go of the bytes."""
    _state().uploader_round += 1


def get(key: str, default: V) -> V:
    """A page's own value of this session; ``default`` when none was put."""
    return cast("V", _state().values.get(key, default))


def put(key: str, value: object) -> None:
    """Keep a page's own value for this session."""
    _state().values[key] = value


def upload_room_bytes(wanted_bytes: int = 0) -> float:
    """How much this visitor may still upload. Raises FileError when all visitors together have no such room."""
    return room_bytes(work_root(), workspace(), Keep.from_environment(), wanted_bytes)


def kept(name: str, data: Dataset) -> dict[str, Any]:
    """What ``keep`` was last given for this dataset, by any session; empty when nothing was."""
    return workspace().choices(_choice(name, data))


def keep(name: str, data: Dataset, choices: MappingOf[str, Any]) -> None:
    """Keep a page's choices (JSON values) with the data, so that a restart does not forget them."""
    if choices != kept(name, data):
        workspace().keep_choices(_choice(name, data), choices)


def _choice(name: str, data: Dataset) -> str:
    return f"{data.manifest.digest[:16]}.{name}"


def clear() -> None:
    """Forget everything: the files on disk and all that this session holds but its language."""
    state = _state()
    workspace().clear()
    _drop()
    st.session_state[_KEY] = _Session(state.token, state.lang, state.lease, uploader_round=state.uploader_round + 1)
    workspace().update({"lang": state.lang})


def _set_lang(chosen: Lang) -> None:
    _state().lang = chosen
    workspace().update({"lang": chosen})


def _state() -> _Session:
    user = login.user_token()
    held = cast("_Session | None", st.session_state.get(_KEY))
    if held is None or (user is not None and held.token != user):
        if held is not None:
            _drop()
        held = st.session_state[_KEY] = _start(user or _cookie_token())
    return held


def _drop() -> None:
    for key in list(st.session_state):
        del st.session_state[key]


def _cookie_token() -> str:
    """The token of the cookie; a malformed one leads to a new workspace of this session's own."""
    cookie = st.context.cookies.get(COOKIE, "")
    return cookie if isinstance(cookie, str) and TOKEN_SHAPE.fullmatch(cookie) else secrets.token_urlsafe(32)


def _asked_lang() -> Lang | None:
    asked = st.query_params.get("lang")
    return asked if asked in LANGUAGES else None


def _start(token: str) -> _Session:
    place = Workspace.at(work_root(), token)
    lease = Lease(place)
    place.make()
    remembered = place.state().get("lang")
    chosen = _asked_lang() or (remembered if remembered in LANGUAGES else "zh")
    if chosen != (remembered or "zh"):
        place.update({"lang": chosen})
    return _Session(token, cast("Lang", chosen), lease)
