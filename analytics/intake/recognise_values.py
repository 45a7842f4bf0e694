"""How well a column's cells fit a role, and a guess from cells alone when a table has no headers."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.fields import ROLES, Kind
from analytics.intake.profile import ColumnProfile

_MOST_DISTINCT = {"status": 80, "gender": 15, "member_level": 60, "event": 2_000, "rating": 150, "channel": 500}
# Nine digits are seconds of before September 2001 only where the header says so; elsewhere they are an id.
_CLOCKS = ("timestamp", "时间戳")
_SINCE_1990, _NINE_DIGITS = 631_152_000, 1e9
_LONG_TEXT = 12  # characters on average: a review, not a label


def fit(role: str, kind: Kind, shape: ColumnProfile, alias: str) -> float:
    """From 0 (impossible) to 1 (as expected): do the cells of a column suit a role?"""
    if not shape.filled:
        return 0.2
    value_type = ROLES[role].value_type
    if value_type == "datetime":
        clock = shape.is_number and alias in _CLOCKS and _SINCE_1990 <= shape.largest < _NINE_DIGITS
        return 1.0 if shape.is_date or clock else 0.6 if shape.dates >= 0.3 else 0.0
    if value_type in ("money", "number"):
        if shape.distinct > _MOST_DISTINCT.get(role, shape.distinct):
            return 0.2
        written_dates = shape.is_date and shape.bare_dates < 0.5
        return 0.0 if written_dates or shape.numbers < 0.3 else 1.0 if shape.is_number else 0.6
    if value_type == "id":
        return _fit_id(role, kind, shape, alias)
    return _fit_text(role, kind, shape, alias)


def _fit_id(role: str, kind: Kind, shape: ColumnProfile, alias: str) -> float:
    names_people = role in ("customer_id", "user_id")
    impossible = (
        shape.is_date and shape.bare_dates < 0.5,
        shape.fractions > 0.3,
        shape.mean_length > 80,
        # Shopify calls its order number (#1001) Name; elsewhere a name is a name.
        role == "order_id" and alias == "name" and shape.hashed < 0.8,
        # A bare "id" is the id of what the table lists: a customer in a list of customers, else an order or a row.
        alias in ("id", "recordid") and kind != "customers" and (names_people or kind != "lines"),
        alias == "id" and shape.row_number and kind != "customers",
    )
    if any(impossible):
        return 0.0
    if shape.row_number and (names_people or role == "order_id") and kind in ("lines", "events"):
        return 0.5
    if names_people and shape.distinct <= 2 and shape.filled > 20:
        return 0.3
    # In orders and events people come back; what never does is rather the order's or the row's own id.
    return 0.7 if names_people and kind in ("lines", "events") and shape.repeats <= 1.0 and shape.filled >= 30 else 1.0


def _fit_text(role: str, kind: Kind, shape: ColumnProfile, alias: str) -> float:
    reviews_own = kind == "reviews" and alias in ("title", "标题", "location")  # a review's title, its writer's place
    if reviews_own or (shape.is_date and shape.bare_dates < 0.5):
        return 0.0
    if shape.distinct > _MOST_DISTINCT.get(role, shape.distinct):
        return 0.2
    if role in ("text", "reply"):
        return 0.0 if shape.is_number or shape.mean_length < 2 else 1.0
    if role in ("product", "customer_name", "city", "region", "store") and shape.is_number:
        return 0.4 if role != "store" else 0.7
    if role in ("category", "event", "channel") and shape.fractions > 0.3:
        return 0.0
    return 1.0


def guess_without_headers(shapes: Sequence[ColumnProfile]) -> tuple[Kind, dict[str, ColumnProfile]]:
    """Kind and roles from cells alone: a date, a money column, a column of few words, an id that repeats."""
    left = [shape for shape in shapes if shape.filled]
    when = max((s for s in left if s.dates >= 0.9), key=lambda s: (s.bare_dates < 0.5, s.dates), default=None)
    rest = [s for s in left if s is not when]
    words = [s for s in rest if s.numbers < 0.2 and not s.is_date]
    event = next((s for s in words if 2 <= s.distinct <= 50 and s.repeats >= 3 and s.mean_length < 30), None)
    fullest = max((s.filled for s in left), default=0)
    texts = (s for s in words if s.mean_length >= _LONG_TEXT and s.repeats < 2 and 2 * s.filled > fullest)
    review = max(texts, key=_length, default=None)
    money = next((s for s in reversed(rest) if s.fractions >= 0.3), None)
    ids = [
        s for s in rest
        if s not in (event, review, money) and s.repeats > 1.05 and s.distinct >= 3 and not s.row_number
        and (s.is_number or s.mean_length <= 40) and s.fractions < 0.05
    ]  # fmt: skip
    counts = [s for s in ids if s.is_number and s.largest < 1_000 and s.distinct <= 60 and s.mean_length < 4]
    person = min((s for s in ids if s not in counts), key=lambda s: s.distinct, default=None)
    if when and person and money:
        roles = {"customer_id": person, "ordered_at": when, "amount": money}
        return "lines", roles | ({"quantity": counts[-1]} if counts else {})
    if when and person and event:
        return "events", {"user_id": person, "event": event, "occurred_at": when}
    if review:
        return "reviews", {"text": review} | ({"reviewed_at": when} if when else {})
    partial = {"customer_id": person, "ordered_at": when, "amount": money}
    return "lines", {role: shape for role, shape in partial.items() if shape is not None}


def _length(shape: ColumnProfile) -> float:
    return shape.mean_length
