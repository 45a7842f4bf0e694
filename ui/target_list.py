"""The list a shop walks away with: pick groups, filter, choose columns, hold out a control group, download.

One function for every model: models/base.py says what an answer has.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import ibis
import streamlit as st

from analytics.catalog import model
from analytics.dataset import Dataset
from analytics.engine import embedded
from analytics.errors import AnalyticsError
from analytics.export.lists import (
    Filter,
    ListSpec,
    build_list,
    count_entities,
    count_rows,
    present,
    preview,
    write_csv,
    write_xlsx,
)
from analytics.export.method_sheet import list_method
from analytics.export.roster import Roster
from analytics.fields import Kind
from analytics.i18n import Text, msg
from analytics.models.base import Answer, ListColumn, MethodLine
from ui import cached, groups, session
from ui.i18n import keyed, lang, t
from ui.look import choose_placeholder
from ui.notice import show_error

_PREVIEW_ROWS = 1000
_MENU_VALUES = 500
_ALL_CUSTOMERS = msg("全部客户")
_EVERYONE: dict[Kind, Text] = {"reviews": msg("全部评论"), "baskets": msg("全部购物篮")}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Narrowing:
    """A choice of customers made elsewhere on the page, such as a region of a chart, and what the method card says."""

    keep: Callable[[ibis.Table], ibis.Table]
    method: tuple[MethodLine, ...]


@dataclass(frozen=True)
class ListSource:
    """What a list is made from: a model's answer on a dataset, narrowed where something on the page says so.

    picked  whether a click on a chart of the page chooses groups
    """

    model_key: str
    data: Dataset
    answer: Answer
    narrowing: Narrowing | None = None
    picked: bool = True

    @cached_property
    def roster(self) -> Roster:
        """Who can be on the list."""
        roster = Roster.of(self.data, self.answer, groups.saved(self.data))
        return replace(roster, customers=self.narrowed(roster.customers))

    def narrowed(self, customers: ibis.Table) -> ibis.Table:
        """Those of the answer's customers that the list may hold."""
        return customers if self.narrowing is None else self.narrowing.keep(customers)

    @property
    def method(self) -> tuple[MethodLine, ...]:
        """The method card of the answer and of the narrowing."""
        return (*self.answer.method, *(self.narrowing.method if self.narrowing else ()))

    @property
    def present(self) -> list[str]:
        """The segments that have members, in display order."""
        return list(self.answer.segments["segment"])


def pick(model_key: str, keys: Sequence[str]) -> None:
    """Choose groups from elsewhere on the page, such as a click on a chart; only a new click counts."""
    clicked: tuple[str, ...] = tuple(keys)
    earlier: tuple[str, ...] = session.get(f"{model_key}.clicked", ())
    if clicked and clicked != earlier:
        session.put(f"{model_key}.picked", clicked)
        session.put(f"{model_key}.round", session.get(f"{model_key}.round", 0) + 1)
    session.put(f"{model_key}.clicked", clicked)


def target_list(source: ListSource) -> ListSpec | None:
    """The whole section, from the menu of groups to the download buttons. Returns what was chosen, if it is valid."""
    st.subheader(t("目标名单"), anchor=False)
    columns = {column.name: column for column in source.roster.list_columns()}
    # What widgets show when they appear, after a restart too; a widget that is there keeps its own value.
    start = _spec_from_json(session.kept(f"{source.model_key}.list", source.data), columns)
    left, right = st.columns([3, 2])
    with left:
        segments = _ask_segments(source, start)
        filters = _ask_filters(source, columns, start)
        within, without = groups.ask(source.model_key, source.roster.groups, start.within, start.without)
    with right:
        chosen = _ask_columns(source, columns, start)
        # Nobody can be left alone where nobody is known.
        unknown = source.data.kind == "baskets"
        control, seed, campaign = (0.0, start.seed, "") if unknown else _ask_campaign(source, start)
    try:
        spec = ListSpec(segments, filters, chosen, control, seed, campaign, within, without)
        table = build_list(source.roster, spec)
        rows = count_rows(source.roster, spec)
    except AnalyticsError as error:
        show_error(error)
        return None
    kept = asdict(spec) | {"known": list(columns)}
    session.keep(f"{source.model_key}.list", source.data, json.loads(json.dumps(kept)))
    show_list(source, spec, table, rows)
    return spec


def _spec_from_json(stored: Mapping[str, Any], columns: Mapping[str, ListColumn]) -> ListSpec:
    """The ListSpec that was kept; the default one when there is none, or when another version kept it.

    Columns that were not there yet when it was kept (a new tag) are in it where they are by default.
    """
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()}
    known = values.pop("known", tuple(columns))
    try:
        filters = [Filter(**f | {"values": tuple(f["values"])}) for f in values.pop("filters", ())]
        spec = ListSpec(filters=tuple(f for f in filters if f.column in columns), **values)
    except (AnalyticsError, KeyError, TypeError):
        return ListSpec()
    left = [name for name in spec.columns or () if name in columns]
    new = [name for name, column in columns.items() if column.default and name not in known] if left else []
    return replace(spec, columns=(*left, *new) or None)


def _ask_segments(source: ListSource, start: ListSpec) -> tuple[str, ...]:
    turn = session.get(f"{source.model_key}.round", 0)
    clicked: tuple[str, ...] = session.get(f"{source.model_key}.picked", ())
    session.put(f"{source.model_key}.picked", ())
    picked = [key for key in clicked or start.segments if key in source.present]
    names = source.roster.segment_names
    chosen = st.multiselect(
        t("选哪些组（点上面的图也行；不选就是全部）") if source.picked else t("选哪些组（不选就是全部）"),
        source.present,
        default=picked,
        format_func=lambda key: t(names[key]),
        placeholder=t(_EVERYONE.get(source.data.kind, _ALL_CUSTOMERS)),
        key=keyed(f"{source.model_key}-segments-{turn}-{source.data.digest[:8]}"),
    )
    return tuple(chosen)


def _ask_filters(source: ListSource, columns: Mapping[str, ListColumn], start: ListSpec) -> tuple[Filter, ...]:
    earlier = {condition.column: condition for condition in start.filters}
    possible = [name for name, c in columns.items() if c.type not in ("date", "datetime") and name != "segment"]
    names = st.multiselect(
        t("再按这些列筛选"),
        possible,
        default=[name for name in earlier if name in possible],
        format_func=lambda name: t(columns[name].label),
        placeholder=t("比如地区、渠道、金额"),
        key=keyed(f"{source.model_key}-filters-{source.data.digest[:8]}"),
        help=None if source.data.kind == "baskets" else t("地区、渠道等以客户最近一笔订单为准。"),
    )
    asked = (_ask_filter(source, columns[name], earlier.get(name) or Filter(name, "in")) for name in names)
    return tuple(condition for condition in asked if condition is not None)


def _ask_filter(source: ListSource, column: ListColumn, start: Filter) -> Filter | None:
    key = f"{source.model_key}-filter-{column.name}-{source.data.digest[:8]}"
    label = t(column.label)
    if column.type == "text":
        values = cached.remembered(
            f"{source.model_key}.values",
            source.data,
            (column.name, source.answer.params),
            lambda: _values(source, column),
        )
        words = dict(column.words)
        if len(values) <= _MENU_VALUES:
            chosen = st.multiselect(
                label,
                values,
                default=[value for value in start.values if value in values],
                format_func=lambda value: t(words[value]) if value in words else value or t("（空）"),
                placeholder=choose_placeholder(),
                key=keyed(key),
            )
            return Filter(column.name, "in", tuple(chosen)) if chosen else None
        typed = st.text_area(t("{label}：每行一个", label=label), "\n".join(start.values), key=key, height=100)
        given = tuple(line.strip() for line in typed.splitlines() if line.strip())
        return Filter(column.name, "in", given) if given else None
    low_side, high_side = st.columns(2)
    low = low_side.number_input(
        t("{label} 不低于", label=label), value=start.low, key=f"{key}-low", placeholder=t("不限")
    )
    high = high_side.number_input(
        t("{label} 不高于", label=label), value=start.high, key=f"{key}-high", placeholder=t("不限")
    )
    return None if low is None and high is None else Filter(column.name, "between", low=low, high=high)


def _values(source: ListSource, column: ListColumn) -> list[str]:
    """The values a column has in the list, most frequent first; one more than a menu can show at the most."""
    table = build_list(source.roster, ListSpec(columns=(column.name,)))
    counts = table.group_by(value=table[column.name].fill_null("")).agg(customers=table.count())
    frame = counts.order_by(ibis.desc("customers"), "value").limit(_MENU_VALUES + 1).execute()
    return [str(value) for value in frame["value"]]


def _ask_columns(source: ListSource, columns: Mapping[str, ListColumn], start: ListSpec) -> tuple[str, ...]:
    default = list(start.columns or ()) or [name for name, column in columns.items() if column.default]
    with st.popover(t("选择列"), icon=":material/view_column:", width="stretch"):
        chosen = st.multiselect(
            t("名单里有哪些列"),
            list(columns),
            default=default,
            format_func=lambda name: t(columns[name].label),
            placeholder=choose_placeholder(),
            key=keyed(
                f"{source.model_key}-columns-{source.data.digest[:8]}-{zlib.crc32(' '.join(columns).encode()):x}"
            ),
        )
    return tuple(chosen)


def _ask_campaign(source: ListSource, start: ListSpec) -> tuple[float, int, str]:
    with st.popover(t("对照组和活动编号"), icon=":material/science:", width="stretch"):
        control = st.number_input(
            t("留多少不联系（%）"),
            min_value=0.0,
            max_value=50.0,
            value=min(float(start.control_percent), 50.0),
            step=5.0,
            key=f"{source.model_key}-control",
            help=t("每组随机留出一部分不联系，活动后和联系过的比，才知道活动有没有用。"),
        )
        seed = st.number_input(
            t("随机种子"),
            min_value=0,
            max_value=999_999,
            value=start.seed,
            key=f"{source.model_key}-seed",
            help=t("同一个种子每次抽到同一批人。"),
        )
        campaign = st.text_input(
            t("活动编号"),
            start.campaign_id,
            max_chars=100,
            key=f"{source.model_key}-campaign",
            placeholder=t("比如 2026春季召回"),
        )
    return float(control), int(seed), campaign.strip()


def show_list(source: ListSource, spec: ListSpec, table: ibis.Table, rows: int, *, part: str = "") -> None:
    """How many there are, the downloads and the first of them. ``part`` tells several lists of a page apart."""
    key = source.model_key + part
    shown = present(preview(table, _PREVIEW_ROWS), source.roster, lang())
    caption, group, xlsx, csv = st.columns([3, 2, 3, 2], vertical_alignment="center")
    people = count_entities(source.roster, spec) if source.roster.repeats else rows
    text = _how_many(source, people)
    if people != rows:
        text += t("，{n:int} 行", n=rows)
    if rows > _PREVIEW_ROWS:
        text += t("，下面显示前 {shown:int} 行", shown=_PREVIEW_ROWS)
    caption.markdown(f"**{text}**")
    with group:
        groups.save_button(key, model(source.model_key).title, source.roster, spec)
    name = t("{model}名单", model=model(source.model_key).title)
    for place, label, ending, mime in (
        (xlsx, t("下载 Excel（名单+口径）"), "xlsx", _XLSX),
        (csv, t("下载 CSV"), "csv", "text/csv"),
    ):
        place.download_button(
            label,
            data=later(source, spec, ending),
            file_name=f"{name}.{ending}",
            mime=mime,
            icon=":material/download:",
            type="primary" if ending == "xlsx" else "secondary",
            on_click="ignore",
            disabled=rows == 0,
            width="stretch",
            key=f"{key}-download-{ending}",
        )
    if rows == 0:
        nothing = (
            t("没有购物篮符合这些条件。放宽筛选，或者多选几组。")
            if source.data.kind == "baskets"
            else t("没有客户符合这些条件。放宽筛选，或者多选几组。")
        )
        st.info(nothing, icon=":material/filter_alt_off:")
        return
    st.dataframe(
        shown, hide_index=True, placeholder="", height=320, key=f"{key}-preview", column_config=_formats(source, table)
    )


def _how_many(source: ListSource, rows: int) -> str:
    if source.data.kind == "reviews":
        return t("共 {n:int} 条评论", n=rows)
    if source.data.kind == "baskets":
        return t("共 {n:int} 个购物篮", n=rows)
    return t("共 {n:int} 位用户", n=rows) if source.data.kind == "events" else t("共 {n:int} 位客户", n=rows)


def _formats(source: ListSource, table: ibis.Table) -> dict[str, Any]:
    """Numbers with thousands separators, money with two decimals."""
    formats: dict[str, Any] = {}
    for column in source.roster.list_columns():
        if column.name not in table.columns:
            continue
        label = t(column.label)
        if column.type == "money":
            formats[label] = st.column_config.NumberColumn(format="accounting")
        elif column.type == "share":
            formats[label] = st.column_config.NumberColumn(format="percent")
        elif column.type in ("int", "number"):
            formats[label] = st.column_config.NumberColumn(format="localized")
        elif column.type in ("date", "datetime"):
            pattern = "YYYY-MM-DD" if column.type == "date" else "YYYY-MM-DD HH:mm"
            formats[label] = st.column_config.DatetimeColumn(format=pattern)
    return formats


def later(source: ListSource, spec: ListSpec, ending: str) -> Callable[[], bytes]:
    """A download that is made when it is asked for. It runs in a thread of its own, so on an engine of its own."""
    stored = cached.stored_table(source.model_key, source.data, source.answer.params, "customers")
    roster, method, language = source.roster, source.method, lang()

    def make() -> bytes:
        engine = embedded()
        own = roster.over(roster.data.over(engine), source.narrowed(engine.read_parquet(stored)))
        table = build_list(own, spec)
        file = io.BytesIO()
        if ending == "xlsx":
            lines = (*method, *list_method(spec, own, count_rows(own, spec)))
            write_xlsx(file, table, roster=own, method=lines, lang=language)
        else:
            write_csv(file, table, roster=own, lang=language)
        return file.getvalue()

    return make
