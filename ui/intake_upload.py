"""The uploader and the sample button: bytes go to the workspace, the server's memory is released at once."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import intake_steps, session
from ui.i18n import t

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data"
ORDERS = "订单明细.xlsx"


def uploader(*, label_visible: bool = False) -> None:
    """Take dropped files, store them and go on to the form.

    Any type is let through: the reader looks at the content and says in the user's language what it cannot read,
    where the browser would only mark the file, in English.
    """
    files = st.file_uploader(
        t("拖进来一个或几个文件"),
        accept_multiple_files=True,
        key=session.uploader_key(),
        label_visibility="visible" if label_visible else "collapsed",
    )
    st.caption(
        t(
            "Excel（xlsx、xls、xlsb、ods）、csv、tsv、txt、csv.gz、parquet；同样格式的几个文件可以一起拖进来，会接成一张表。"
        )
    )
    most_mb = int(st.get_option("server.maxUploadSize"))
    st.caption(
        t(
            "一个文件最大 {most:int} MB；更大的拆成几个，或者放到服务器上用命令行：`python -m analytics rfm 文件名`",
            most=most_mb,
        )
    )
    if not files:
        return
    limit = most_mb * 2**20
    with st.spinner(t("正在看这份表……")):
        stored = intake_steps.store([(file.name, file) for file in files], limit_bytes=limit)
        session.release_uploads()  # also when understanding fails: the next run starts with an empty uploader
        intake_steps.replace_pending(stored)
    st.rerun()


def sample_button(*, primary: bool, sample: str = ORDERS) -> None:
    """Load a sample through the same path as any file, all the way to a finished dataset."""
    if st.button(
        t("用示例数据试一试"), icon=":material/play_circle:", type="primary" if primary else "secondary", key="sample"
    ):
        with st.spinner(t("正在整理示例数据……")):
            _load(SAMPLES / sample)
        st.rerun()


def _load(sample: Path) -> None:
    with sample.open("rb") as file:
        stored = intake_steps.store([(sample.name, file)], limit_bytes=sample.stat().st_size)
    pending = intake_steps.understand(stored, sample=True)
    if pending.mapping is None:
        raise RuntimeError(f"the sample cannot be read: {pending.files[0].problem}")
    intake_steps.finish(pending, pending.mapping, with_returns=pending.returns is not None, options=pending.prepare)
