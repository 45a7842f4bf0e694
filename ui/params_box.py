"""The settings of a page: one expander with one form. Applied settings stay for these data, and come back later.

Wrong input is explained and leaves the old settings in force.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeVar, cast, get_args

import streamlit as st

from analytics.dataset import Dataset
from analytics.errors import AnalyticsError
from analytics.models.rfm_findings import POLICIES
from analytics.models.rfm_scoring import RefundPolicy
from ui import session
from ui.i18n import keyed, t
from ui.look import choose_placeholder
from ui.notice import show_error

P = TypeVar("P")


def ask(
    key: str,
    data: Dataset,
    params_type: type[P],
    *,
    summary: Callable[[P], str],
    fields_of: Callable[[P], dict[str, Any]],
    check: Callable[[P], object],
) -> P:
    """The parameters in force.

    summary    one line that tells them, the expander's title
    fields_of  draws the fields, with the given values in them, and returns parameter name → value
    check      raises AnalyticsError for what the data cannot serve
    """
    params = in_force(key, data, params_type())
    with (
        st.expander(summary(params), icon=":material/tune:", key=f"{key}-settings"),
        st.form(f"{key}-form", border=False),
    ):
        values = fields_of(params)
        if st.form_submit_button(t("应用"), type="primary"):
            try:
                chosen = params_type(**values)
                check(chosen)
                put_in_force(key, data, chosen)
            except AnalyticsError as error:
                show_error(error)
            else:
                st.rerun()
    return params


def in_force(key: str, data: Dataset, default: P) -> P:
    """The parameters last applied to these data, in an earlier session too; ``default`` when there are none."""
    applied: P | None = session.get(_place(key, data), None)
    return applied or _kept(key, data, default)


def put_in_force(key: str, data: Dataset, params: Any) -> None:
    """Use these parameters (a dataclass) from the next run on, and remember them for these data."""
    session.put(_place(key, data), params)
    session.keep(f"{key}.params", data, json.loads(json.dumps(asdict(params), default=str)))


def _place(key: str, data: Dataset) -> str:
    return f"{key}.params.{data.digest[:16]}"


def _kept(key: str, data: Dataset, default: P) -> P:
    stored = session.kept(f"{key}.params", data)
    if not stored:
        return default
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
    }
    dates = {field.name for field in fields(default) if "date" in str(field.type)}  # type: ignore[arg-type]
    try:
        return type(default)(**{n: dt.date.fromisoformat(v) if v and n in dates else v for n, v in values.items()})
    except (AnalyticsError, TypeError, ValueError):  # kept by another version
        return default


def day_after(data: Dataset) -> dt.date:
    """The day that ``as_of`` None stands for."""
    last = data.facts.last_at or dt.datetime(2000, 1, 1)
    return last.date() + dt.timedelta(days=1)


def ask_as_of(place: Any, data: Dataset, as_of: dt.date | None, explained: str | None = None) -> dt.date | None:
    """The day up to which is counted; None when it is the default."""
    first = data.facts.first_at
    asked = place.date_input(
        t("统计日期（不含当天）"),
        value=as_of or day_after(data),
        min_value=first.date() + dt.timedelta(days=1) if first else None,
        max_value=None if first is None else dt.date(2100, 1, 1),
        format="YYYY-MM-DD",
        help=explained,
    )
    return None if asked == day_after(data) else asked


def ask_since(place: Any, data: Dataset, since: dt.date | None, explained: str) -> dt.date | None:
    """The day from which on is counted; None: everything."""
    first = data.facts.first_at
    asked: dt.date | None = place.date_input(
        t("从哪天起（可不填）"),
        value=since,
        min_value=first.date() if first else None,
        max_value=day_after(data) - dt.timedelta(days=1) if first else None,
        format="YYYY-MM-DD",
        help=explained,
    )
    return asked


def ask_refunds(place: Any, policy: RefundPolicy) -> RefundPolicy:
    """What money given back does to an order."""
    policies = get_args(RefundPolicy)
    chosen = place.selectbox(
        t("退款"), policies, index=policies.index(policy), format_func=lambda name: t(POLICIES[name])
    )
    return cast("RefundPolicy", chosen)


def ask_events(
    place: Any, label: str, counts: dict[str, int], chosen: Sequence[str], *, key: str, empty: str, explained: str = ""
) -> tuple[str, ...]:
    """Some of the events of the data, with how often each happened; ``empty`` says what none means."""
    asked = place.multiselect(
        label,
        list(counts),
        default=[name for name in chosen if name in counts],
        format_func=lambda name: t("{event}（{n:int} 次）", event=name, n=counts[name]),
        placeholder=empty or choose_placeholder(),
        help=explained or None,
        key=keyed(key),
    )
    return tuple(asked)
