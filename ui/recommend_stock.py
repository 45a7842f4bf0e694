"""The stock list of the recommendation form: typed, or read from a file, one product per line."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import streamlit as st

from analytics.api import new_folder
from analytics.dataset import Dataset
from analytics.engine import work_root
from analytics.errors import AnalyticsError
from analytics.intake.reader import read_file
from analytics.models.recommend_stock import stock_list
from ui import session
from ui.i18n import literal, t
from ui.notice import show_error


def ask_stock(data: Dataset, start: tuple[str, ...], products: tuple[str, ...]) -> tuple[str, ...]:
    """The known products that the visitor typed or uploaded; empty: no limit to what is in stock."""
    key = _key(data)
    left, right = st.columns(2)
    with right:
        _read_upload(key, products)
    turn = session.get(f"{key}.turn", 0)
    typed = left.text_area(
        t("只推有货的商品（一行一个，空着就是不限）"),
        "\n".join(session.get(key, ()) or start),
        key=f"{key}-{turn}",
        height=112,
        placeholder="\n".join(products[:3]),
    )
    given = tuple(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))
    known = set(products)
    unknown = [name for name in given if name not in known]
    if unknown:
        shown = literal("、".join(unknown[:3]))
        left.caption(t("{n:int} 个没有卖过，会跳过：{names}", n=len(unknown), names=shown))
    return tuple(name for name in given if name in known) or given


def restart_stock(data: Dataset) -> None:
    """Let the box start again from the parameters in force."""
    key = _key(data)
    session.put(key, ())
    session.put(f"{key}.turn", session.get(f"{key}.turn", 0) + 1)


def _key(data: Dataset) -> str:
    return f"recommend.stock.{data.digest[:16]}"


def _read_upload(key: str, products: tuple[str, ...]) -> None:
    """Put the products of a newly uploaded file into the box."""
    file = st.file_uploader(t("或上传库存表"), ["xlsx", "xls", "csv", "txt"], key=f"{key}-file")
    if file is None:
        return
    content = file.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    if session.get(f"{key}.read", "") == digest:
        return
    folder = new_folder(work_root() / "stock")
    try:
        path = folder / f"stock{Path(file.name).suffix.lower()}"
        path.write_bytes(content)
        found = stock_list(read_file(path, folder), products)
    except AnalyticsError as error:
        show_error(error)
        return
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    session.put(f"{key}.read", digest)
    session.put(key, found.known)
    session.put(f"{key}.turn", session.get(f"{key}.turn", 0) + 1)
    st.caption(
        t(
            "从“{column}”列读到 {n:int} 种有货的商品，另有 {unknown:int} 种没卖过。",
            column=literal(found.column),
            n=len(found.known),
            unknown=found.unknown,
        )
    )
