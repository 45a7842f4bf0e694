"""Choosing a group: by conditions, a model's groups, a saved group, or an uploaded list. Each comes out as a rule."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

import streamlit as st

from analytics.errors import AnalyticsError
from analytics.groups import check_name, group_from_file
from analytics.i18n import Text, msg
from analytics.models.portrait_attributes import Attribute
from analytics.rules import JOINTS, Condition, Op, Rule, parse
from analytics.rules_match import words
from ui import groups, intake_steps, portrait_data, session
from ui.i18n import keyed, lang, literal, t
from ui.look import choose_placeholder
from ui.notice import show_error
from ui.portrait_data import Basis

Way = Literal["rule", "model", "saved", "file"]
WAYS: dict[str, Text] = {
    "rule": msg("按条件"), "model": msg("模型的分组"), "saved": msg("存下的分组"), "file": msg("上传名单"),
}  # fmt: skip
_TEXT_OPS: dict[Op, Text] = {
    "is": msg("是"), "is_not": msg("不是"), "contains": msg("包含"), "empty": msg("为空"), "filled": msg("不为空"),
}  # fmt: skip
_NUMBER_OPS: dict[Op, Text] = {
    "at_least": msg("不低于"), "at_most": msg("不高于"), "top": msg("最高的百分之几"), "bottom": msg("最低的百分之几"),
    "empty": msg("为空"), "filled": msg("不为空"),
}  # fmt: skip
_LIST_MB = 20


def choose(key: str, basis: Basis, start: str) -> str:
    """A rule, chosen in one of four ways; "" while nothing is chosen. ``start``: the rule in force."""
    way: Way = st.segmented_control(
        t("怎么选这一组"),
        get_args(Way),
        default=_way(start),
        required=True,
        format_func=lambda name: t(WAYS[name]),
        label_visibility="collapsed",
        key=f"{key}-way",
    )
    if way == "model":
        return _model(key, basis, start)
    if way == "saved":
        return _saved(key, basis, start)
    if way == "file":
        return _file(key, basis)
    return _typed(key, basis, start)


def _way(start: str) -> Way:
    rule = _parsed(start)
    if rule is None or len(rule.conditions) != 1:
        return "rule"
    condition = rule.conditions[0]
    if condition.op == "inside":
        return "saved"
    return "model" if condition.op == "is" and condition.column in ("rfm", "lifecycle", "clusters") else "rule"


def _parsed(text: str) -> Rule | None:
    try:
        return parse(text) if text.strip() else None
    except AnalyticsError:
        return None


def _model(key: str, basis: Basis, start: str) -> str:
    titles = portrait_data.models(basis.data)
    if not titles:
        st.caption(t("这份数据用不了分组的模型。"))
        return ""
    rule = _parsed(start)
    told = rule.conditions[0] if rule is not None else Condition("", "all")
    left, right = st.columns([2, 3])
    shown = {key: t(title) for key, title in titles.items()}
    chosen = left.selectbox(
        t("哪个模型"),
        list(titles),
        index=list(titles).index(told.column) if told.column in titles else 0,
        format_func=lambda name: shown[name],
        key=keyed(f"{key}-model"),
        help=t("用那一页的默认设置。改过设置的，在那一页把名单“存成分组”，再到“存下的分组”里选。"),
    )
    with st.spinner(t("正在计算…")):
        names = dict(portrait_data.model_names(basis.data, chosen, basis.params))
    picked = right.multiselect(
        t("哪几组"),
        list(names),
        default=[value for value in told.values if value in names] if told.column == chosen else [],
        format_func=lambda name: t(names[name]),
        placeholder=choose_placeholder(),
        key=keyed(f"{key}-model-groups-{chosen}"),
    )
    return Rule(((Condition(chosen, "is", tuple(picked)),),)).write(lang()) if picked else ""


def _saved(key: str, basis: Basis, start: str) -> str:
    names = [group.name for group in groups.saved(basis.data)]
    if not names:
        st.caption(t("还没有存下的分组。在任何一页的名单上点“存成分组”，就会出现在这里。"))
        return ""
    rule = _parsed(start)
    now = rule.groups[0] if rule is not None and rule.groups else ""
    chosen = st.selectbox(
        t("哪个分组"), names, index=names.index(now) if now in names else len(names) - 1, key=f"{key}-saved"
    )
    return Rule(((Condition("", "inside", (chosen,)),),)).write(lang())


def _file(key: str, basis: Basis) -> str:
    """An uploaded list becomes a saved group, under the file's name."""
    st.caption(t("一列客户编号，一行一个；和这份数据里的编号写法要一样。传上来就存成分组，别的页面也能用。"))
    file = st.file_uploader(t("名单文件"), key=f"{key}-file", label_visibility="collapsed")
    if file is None:
        return ""
    place = f"portrait.file.{file.file_id}"
    name: str = session.get(place, "")
    if not name:
        try:
            name = _keep(file.name, file.getvalue(), basis)
        except AnalyticsError as error:
            show_error(error)
            return ""
        session.put(place, name)
    rule = Rule(((Condition("", "inside", (name,)),),)).write(lang())
    kept = next((group for group in groups.saved(basis.data) if group.name == name), None)
    if kept is not None:
        st.caption(
            t("名单里有 {all:int} 个编号，{found:int} 个在这份数据里。", all=kept.members, found=basis.count(rule))
        )
    return rule


def _keep(file_name: str, content: bytes, basis: Basis) -> str:
    stored = intake_steps.store([(file_name, io.BytesIO(content))], limit_bytes=_LIST_MB * 2**20)[0]
    try:
        read = stored if stored.problem else intake_steps.read(stored)
        if read.problem is not None or read.table is None:
            raise read.problem or AnalyticsError("file.no_table", msg("这个文件里没有表。"), msg("换一个文件。"))
        path = session.workspace().new_group_file()
        group = group_from_file(read.table, path, basis.data.engine)
    finally:
        session.workspace().drop_upload(stored.path)
    name = check_name(Path(file_name).stem[:30])
    session.workspace().keep_group(replace(group, name=name))
    return name


def _typed(key: str, basis: Basis, start: str) -> str:
    """A rule in a box; below it a condition can be put together by choosing, and added."""
    box = f"{key}-rule"
    turn = session.get(f"{box}.turn", 0)
    text: str = session.get(f"{box}.text", None) or start
    typed: str = st.text_area(
        t("条件"),
        text,
        height=80,
        key=f"{box}-{turn}",
        placeholder=t("比如：累计净消费 >= 500 且 地区 = 广东|浙江"),
        help=t("写成“列名 比较 值”。“且”是都要符合，“或”是符合一个就行；几个值用 | 隔开。不会写就用下面的选项拼。"),
    )

    def add(condition: Condition, joint: str) -> None:
        before = typed.strip()
        word = JOINTS["or" if joint == "or" else "and"][0 if lang() == "zh" else 1]
        session.put(f"{box}.text", f"{before} {word} {condition.write(lang())}" if before else condition.write(lang()))
        session.put(f"{box}.turn", turn + 1)
        st.rerun()

    build_condition(key, basis, add, joints=bool(typed.strip()))
    tell(typed, basis)
    return typed.strip()


def build_condition(key: str, basis: Basis, add: Callable[[Condition, str], None], *, joints: bool) -> None:
    """A row of menus that makes one condition."""
    attributes = {attribute.key: attribute for attribute in basis.columns}
    labels = {name: t(attribute.label) for name, attribute in attributes.items()}
    column, comparison, value, button = st.columns([3, 2, 3, 2], vertical_alignment="bottom")
    chosen = column.selectbox(
        t("列"), list(attributes), format_func=lambda name: labels[name], key=keyed(f"{key}-column"),
        help=t("每一列是什么意思，看下面的“口径”。"),
    )  # fmt: skip
    attribute = attributes[chosen]
    ops = _NUMBER_OPS if attribute.kind == "number" else _TEXT_OPS
    spoken = {name: t(text) for name, text in ops.items()}
    op: Op = comparison.selectbox(
        t("比较"), list(ops), format_func=lambda name: spoken[name], key=keyed(f"{key}-op-{attribute.kind}")
    )
    values = _ask_values(value, key, basis, attribute, op)
    with button, st.container(horizontal=True, gap="xsmall"):
        asked = ((t("加上（且）"), "and"), (t("或"), "or")) if joints else ((t("加上"), ""),)
        for label, joint in asked:
            if st.button(label, key=f"{key}-add-{joint}", disabled=values is None) and values is not None:
                add(Condition(attribute.label.in_language(lang()), op, values), joint)


def _ask_values(place: Any, key: str, basis: Basis, attribute: Attribute, op: Op) -> tuple[str, ...] | None:
    """The values of a condition; None while they are missing."""
    if op in ("empty", "filled"):
        place.caption(t("不用填值"))
        return ()
    if op in ("top", "bottom"):
        percent = place.number_input(t("百分之几"), 1, 100, 20, key=f"{key}-percent")
        return (str(percent),)
    if attribute.kind == "number":
        number = place.number_input(t("数值"), value=None, key=f"{key}-number-{attribute.key}")
        return None if number is None else (f"{number:.10g}",)
    if op == "contains":
        word = place.text_input(t("词"), key=f"{key}-word")
        return (word.strip(),) if word.strip() else None
    names = dict(attribute.names)
    if attribute.source == "model":
        names = dict(portrait_data.model_names(basis.data, attribute.key, basis.params))
    chosen = place.multiselect(
        t("值"), list(names) or basis.values(attribute),
        format_func=lambda value: t(names[value]) if value in names else value,
        placeholder=choose_placeholder(), key=keyed(f"{key}-values-{attribute.key}"),
    )  # fmt: skip
    return tuple(chosen) or None


def tell(rule: str, basis: Basis) -> None:
    """What a typed rule means and how many customers fit it, while it is being written."""
    if not rule.strip():
        return
    try:
        n = basis.count(rule)
        said = words(parse(rule), [a.column for a in basis.worked(_with(basis, rule)).people.attributes])
    except AnalyticsError as error:
        show_error(error)
        return
    st.caption(t("{rule}：{n:int} 位客户", rule=literal(t(said)), n=n))


def _with(basis: Basis, rule: str) -> Any:
    return replace(basis.params, group=rule, against="")
