"""The list's own lines of the method card: who is on it, from where its attributes come, who was held out."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.export.lists import Filter, ListSpec
from analytics.export.roster import Roster
from analytics.i18n import Text, join, msg, verbatim
from analytics.models.base import MethodLine


def list_method(spec: ListSpec, roster: Roster, listed: int) -> tuple[MethodLine, ...]:
    """What a reader of the list must know beside the model's method card. ``listed``: rows on the list."""
    labels = {column.name: column.label for column in roster.list_columns()}
    lines = [
        MethodLine(msg("名单"), msg("{n:int} 行，按“{column}”从高到低", n=listed, column=labels[roster.rank_by])),
        MethodLine(msg("名单里的分层"), _segments(spec, roster.segment_names)),
    ]
    lines += [MethodLine(msg("筛选"), _condition(condition, labels)) for condition in spec.filters]
    if spec.within:
        lines.append(MethodLine(msg("只要这些分组里的"), _groups(spec.within, roster)))
    if spec.without:
        lines.append(MethodLine(msg("去掉这些分组里的"), _groups(spec.without, roster)))
    if roster.data.kind in ("lines", "events"):
        lines.append(MethodLine(msg("地区等属性"), msg("取自每位客户最近的一行记录")))
    if roster.profile_columns():
        lines.append(MethodLine(msg("客户资料"), msg("按编号从客户名单里带过来")))
    if spec.control_percent:
        text = msg(
            "每个分层随机留出 {percent:num}%（四舍五入到人），种子 {seed}；对照组不要联系，活动后拿来对比",
            percent=spec.control_percent,
            seed=spec.seed,
        )
        lines.append(MethodLine(msg("对照组"), text))
    if spec.campaign_id:
        lines.append(MethodLine(msg("活动编号"), verbatim(spec.campaign_id)))
    return tuple(lines)


def _segments(spec: ListSpec, names: Mapping[str, Text]) -> Text:
    if not spec.segments:
        return msg("全部")
    return join([names.get(key, verbatim(key)) for key in spec.segments])


def _groups(names: tuple[str, ...], roster: Roster) -> Text:
    return join([msg("{name}（{origin}）", name=name, origin=roster.group(name).origin) for name in names])


def _condition(condition: Filter, labels: Mapping[str, Text]) -> Text:
    label = labels[condition.column]
    if condition.kind == "in":
        return msg("{column}：{values}", column=label, values=_one_of(condition.values))
    if condition.low is None:
        return msg("{column} ≤ {high:num}", column=label, high=condition.high)
    if condition.high is None:
        return msg("{column} ≥ {low:num}", column=label, low=condition.low)
    return msg("{column}：{low:num} 到 {high:num}", column=label, low=condition.low, high=condition.high)


def _one_of(values: tuple[str, ...]) -> Text:
    return join([verbatim(value) if value else msg("（空）") for value in values]) if values else verbatim("")
