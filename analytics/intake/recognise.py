"""Which kind of table this is and which column plays which role: headers and values together.

A column's score for a role is how well its header is known (analytics/intake/aliases.py) times how well its cells fit
(profile.py); roles get columns by the best total. A guess is a proposal: the user sees it, with its reasons, before
anything is computed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from analytics.fields import KINDS, LEFT_OVER, ROLES, Kind
from analytics.i18n import Text, msg
from analytics.intake import cells
from analytics.intake.aliases import (
    ALIASES,
    CHINESE_QUALIFIERS,
    CHINESE_TOPICS,
    CUSTOMER_FALLBACKS,
    GENERIC,
    ITEM_ROLES,
    NO_COUNT,
    NO_SALE,
    PAID_AT,
    PATTERNS,
    PEOPLE_ROLES,
    QUALIFIERS,
    ROW_NUMBERS,
    SOMEONE_ELSE,
    normalise,
)
from analytics.intake.assign import best_assignment
from analytics.intake.layout import basket_items
from analytics.intake.mapping import Guess, Mapping
from analytics.intake.profile import ColumnProfile, profile, sample_of
from analytics.intake.raw import RawTable
from analytics.intake.recognise_values import fit, guess_without_headers

_EXACT, _CONTAINS, _RANK_LOSS = 100.0, 55.0, 20.0
_QUALIFIED = 0.85  # of what a header is worth without the words that say whose it is: 收货人手机
_TOPICAL = 0.97  # the same for words that only repeat what the table is about: 订单下单时间
_BUILT = 20.0  # a header that is only built like those of a role
_CONTAINED_SHARE = 0.6  # of the header that an alias at its end must make up
_LOOSE_SHARE = 0.4  # the same for Chinese labels, whose last two characters name the thing: 归属门店
_LOOSE_ROLES = frozenset({"store", "channel", "product", "category", "region", "quantity", "phone", "customer_name"})
_TOKENS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[\u3400-\u9fff]+")
_MUST_WEIGHT = 1.3
_OTHER_EVENT = re.compile(
    r"最近|最后|上次|下次|预计|预约|承诺|计划|更新|修改|过期|生日|last|latest|previous|expected|estimated|due|updated|expir|reply|ship"
)
_VAGUE_EVENTS = ("", "type", "activity", "actiontype", "操作", "操作类型")  # orders have columns of these names too
_NO_HEADER = re.compile(r"^列\d+$")
_MAIN_DATE = {"lines": "ordered_at", "events": "occurred_at", "customers": "registered_at", "reviews": "reviewed_at",
              "ratings": "rated_at"}  # fmt: skip


@dataclass(frozen=True)
class _Found:
    """Role → column of one kind, with the alias each header was known by ("" for a guess from values)."""

    kind: Kind
    columns: dict[str, ColumnProfile]
    aliases: dict[str, str]

    def missing(self) -> tuple[str, ...]:
        return self.mapping().missing()

    def mapping(self) -> Mapping:
        order = KINDS[self.kind].must + KINDS[self.kind].can
        return Mapping(self.kind, tuple((role, self.columns[role].header) for role in order if role in self.columns))


def recognise(raw: RawTable) -> Guess:
    """A proposal for a table, from its headers and a sample of its rows. Never raises: at worst it is not sure."""
    if raw.header_row == 0 and (items := basket_items(_rows(raw))):
        return _guess_baskets(items)
    profiles = profile(raw)
    if raw.header_row == 0 or all(_NO_HEADER.match(header) for header in raw.columns):
        kind, columns = guess_without_headers(profiles)
        return _guess(_Found(kind, columns, dict.fromkeys(columns, "")), sure=False, warnings=[_no_headers()])
    kinds: tuple[Kind, ...] = ("lines", "events", "customers", "reviews", "ratings", "returns")
    found = {kind: _assign(kind, profiles) for kind in kinds}
    found["ratings"] = _code_as_product(found["ratings"])
    chosen, sure = _decide(found, profiles)
    warnings = []
    if "customer_id" in KINDS[chosen.kind].must + KINDS[chosen.kind].can and "customer_id" not in chosen.columns:
        chosen, warning, stable = _with_fallback(chosen, profiles)
        warnings += [warning] if warning else []
        sure = sure and (stable or "customer_id" not in KINDS[chosen.kind].must)
    if chosen.kind == "lines" and "amount" in chosen.missing() and "unit_price" in chosen.columns:
        chosen = _price_as_amount(chosen)
        warnings.append(
            msg("没有找到金额和数量，暂用“{column}”当作每行的金额。", column=chosen.columns["amount"].header)
        )
    return _guess(chosen, sure=sure and raw.rows > 0 and not chosen.missing(), warnings=warnings)


def header_key(columns: Sequence[str]) -> str:
    """A key for a set of headers, whatever their order, spaces, case or units."""
    told = "\n".join(sorted(normalise(column) for column in columns))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def replay(mapping: Mapping, raw: RawTable) -> Mapping | None:
    """A mapping on another table, by header name (then by normalised name); None if a named column is absent."""
    by_name: dict[str, list[str]] = {}
    for column in raw.columns:
        by_name.setdefault(normalise(column), []).append(column)
    roles = []
    for role, header in mapping.roles:
        same = [header] if header in raw.columns else by_name.get(normalise(header), [])
        if len(same) != 1:
            return None
        roles.append((role, same[0]))
    return Mapping(mapping.kind, tuple(roles), mapping.date_order)


# ── scores ───────────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=16_384)
def header_match(role: str, header: str) -> tuple[float, str]:
    """How well a header is known for a role (0 to 100) and the alias it was known by."""
    name, aliases = normalise(header), ALIASES[role]
    if name in ROW_NUMBERS:
        return 0.0, ""
    if name in aliases:
        return _EXACT - _RANK_LOSS * aliases.index(name) / len(aliases), name
    if not name or _about_something_else(role, name):
        return 0.0, ""
    bare = next((b for b in (_unqualified(role, header), _turned(header)) if b in aliases), "")
    if bare:
        share = _QUALIFIED if role in PEOPLE_ROLES else _TOPICAL
        return share * (_EXACT - _RANK_LOSS * aliases.index(bare) / len(aliases)), bare
    ends = _endings(header)
    inside = [
        a for a in aliases if a not in GENERIC and (a in ends if a.isascii() else len(a) > 1 and name.endswith(a))
    ]
    alias = max(inside, key=len, default="")
    share = len(alias) / len(name)
    least = _LOOSE_SHARE if role in _LOOSE_ROLES and not alias.isascii() else _CONTAINED_SHARE
    if share >= least:
        return _CONTAINS * share, alias
    built = PATTERNS[role].search(name) if role in PATTERNS else None
    return (_BUILT, built[0]) if built else (0.0, "")


def _about_something_else(role: str, name: str) -> bool:
    """Is a header that is no alias of a role plainly about another thing: a seller's phone, a tax, a return?"""
    if ROLES[role].value_type == "datetime":
        return bool(_OTHER_EVENT.search(name))
    if role in PEOPLE_ROLES or role in ("customer_id", "user_id"):
        return bool(SOMEONE_ELSE.search(name))
    if role in ("amount", "unit_price"):
        return bool(NO_SALE.search(name))
    return role == "quantity" and bool(NO_COUNT.search(name))


def _unqualified(role: str, header: str) -> str:
    """A header without the words before its own name: 收货人手机 → 手机, Billing City → city."""
    ids = "ids" if role in ("customer_id", "user_id") else ""
    group = "people" if role in PEOPLE_ROLES else "items" if role in ITEM_ROLES else ids
    tokens = _TOKENS.findall(header)
    while group and len(tokens) > 1 and tokens[0].lower() in QUALIFIERS[group]:
        tokens = tokens[1:]
    bare = normalise("".join(tokens))
    if group == "people":
        return CHINESE_QUALIFIERS.sub("", bare)
    return CHINESE_TOPICS.sub("", bare) if ROLES[role].value_type != "id" else bare


def _turned(header: str) -> str:
    """A database's id_customer or date_add the other way round."""
    tokens = _TOKENS.findall(header)
    return normalise("".join(reversed(tokens))) if len(tokens) == 2 and header.isascii() else ""


@lru_cache(maxsize=2_048)
def _endings(header: str) -> frozenset[str]:
    tokens = _TOKENS.findall(header)
    return frozenset(normalise("".join(tokens[at:])) for at in range(len(tokens)))


def _assign(kind: Kind, profiles: Sequence[ColumnProfile]) -> _Found:
    last = LEFT_OVER.get(kind, ())
    found = _best(kind, tuple(r for r in KINDS[kind].must + KINDS[kind].can if r not in last), profiles)
    taken = {shape.header for shape in found.columns.values()}
    rest = _best(kind, last, [shape for shape in profiles if shape.header not in taken]) if last else found
    return _Found(kind, found.columns | rest.columns, found.aliases | rest.aliases)


def _best(kind: Kind, roles: Sequence[str], profiles: Sequence[ColumnProfile]) -> _Found:
    scores, aliases = [], dict[tuple[int, int], str]()
    for at, role in enumerate(roles):
        line = []
        for column, shape in enumerate(profiles):
            known, alias = header_match(role, shape.header)
            weight = _MUST_WEIGHT if role in KINDS[kind].must else 1.0
            possible = known > _BUILT or (known and shape.filled)
            line.append(known * weight * fit(role, kind, shape, alias) if possible else 0.0)
            aliases[at, column] = alias
        scores.append(line)
    chosen = best_assignment(scores)
    return _Found(
        kind,
        {roles[at]: profiles[column] for at, column in chosen.items()},
        {roles[at]: aliases[at, column] for at, column in chosen.items()},
    )


def _decide(found: dict[Kind, _Found], profiles: Sequence[ColumnProfile]) -> tuple[_Found, bool]:
    """The kind, and whether it is clear."""
    lines, events, reviews, ratings, returns = (
        found[kind] for kind in ("lines", "events", "reviews", "ratings", "returns")
    )
    short_of = _lines_missing(lines, profiles)
    named = events.aliases.get("event", "") not in _VAGUE_EVENTS
    flagged = any("退" in p.header or "return" in p.header.lower() or p.distinct <= 2 for p in profiles)
    listed = len(profiles) <= 4 and flagged and "customer_id" not in lines.columns
    choices = (
        (events, not events.missing() and "order_id" not in lines.columns and ("amount" not in lines.columns or named)),
        (lines, not short_of),
        (reviews, "text" in reviews.columns),
        (ratings, not ratings.missing() and ratings.columns["customer_id"].repeats > 1.2),
        (events, not events.missing()),
        (returns, listed and "order_id" in returns.columns),
    )
    for chosen, holds in choices:
        if holds:
            return chosen, True
    return _decide_unclear(found, short_of, profiles)


def _lines_missing(lines: _Found, profiles: Sequence[ColumnProfile]) -> list[str]:
    """Roles an order table lacks for which nothing else in the table can stand in."""
    has_customer = "customer_id" in lines.columns or _fallback_column(lines, profiles) is not None
    has_amount = "unit_price" in lines.columns
    return [
        role
        for role in lines.missing()
        if not (role == "customer_id" and has_customer) and not (role == "amount" and has_amount)
    ]


def _decide_unclear(
    found: dict[Kind, _Found], lines_missing: list[str], profiles: Sequence[ColumnProfile]
) -> tuple[_Found, bool]:
    lines, customers = found["lines"], found["customers"]
    person = customers.columns.get("customer_id") or _fallback_shape(customers, profiles)
    if person is not None and "customer_id" not in customers.columns and "amount" in lines_missing:
        return customers, False  # known by a stand-in only: a list of shops has phones too
    logged = {"user_id", "occurred_at"} <= found["events"].columns.keys()
    if person is not None and person.repeats > 1.2 and logged and "amount" in lines_missing:
        return found["events"], False
    if "customer_id" in customers.columns:
        repeated = customers.columns["customer_id"].repeats > 1.2
        return (lines if repeated and len(lines_missing) == 1 else customers), not repeated
    best = max((lines, found["events"], customers), key=lambda f: len(KINDS[f.kind].must) - len(f.missing()))
    return (best if best.columns else customers), False


# ── a customer id without a header of one ────────────────────────────────────────────────────────────────────────


def _fallback_column(found: _Found, profiles: Sequence[ColumnProfile]) -> tuple[int, ColumnProfile] | None:
    """The column that tells customers apart best though it is no id: how good it is (0 to 3), and the column."""
    taken = {p.header for role, p in found.columns.items() if role in KINDS[found.kind].must}
    free = [shape for shape in profiles if shape.header not in taken and shape.filled]
    fullest = max((shape.filled for shape in free), default=0)
    choices = [
        (2 * shape.filled < fullest, not (level == 1 and shape.header.isascii()), level, at, shape)
        for at, shape in enumerate(free)
        for level in range(len(CUSTOMER_FALLBACKS))
        if _tells_people(level, shape) and not (found.kind == "reviews" and level == 0)
    ]
    best = min(choices, key=lambda choice: choice[:4], default=None)
    return None if best is None else (best[2], best[4])


def _fallback_shape(found: _Found, profiles: Sequence[ColumnProfile]) -> ColumnProfile | None:
    fallback = _fallback_column(found, profiles)
    return None if fallback is None else fallback[1]


def _tells_people(level: int, shape: ColumnProfile) -> bool:
    names = CUSTOMER_FALLBACKS[level]
    if normalise(shape.header) in names:
        return True
    role = {0: "phone", 3: "customer_name"}.get(level)
    return (
        role is not None
        and not SOMEONE_ELSE.search(normalise(shape.header))
        and _unqualified(role, shape.header) in names
    )


def _with_fallback(found: _Found, profiles: Sequence[ColumnProfile]) -> tuple[_Found, Text | None, bool]:
    fallback = _fallback_column(found, profiles)
    if fallback is None:
        return found, None, False
    level, shape = fallback
    others = _assign(found.kind, [p for p in profiles if p.header != shape.header])
    columns, aliases = dict(others.columns), dict(others.aliases)
    columns["customer_id"], aliases["customer_id"] = shape, ""
    warning = msg(
        "没有客户编号，暂用“{column}”认人：换了号码或重名的人会认错，有会员编号的话请换成它。", column=shape.header
    )
    return _Found(found.kind, columns, aliases), warning, level < 3


def _code_as_product(found: _Found) -> _Found:
    """Ratings often know products by their numbers only."""
    if "product" in found.columns or "product_id" not in found.columns:
        return found
    swap = {"product_id": "product"}
    columns = {swap.get(role, role): shape for role, shape in found.columns.items()}
    aliases = {swap.get(role, role): alias for role, alias in found.aliases.items()}
    return _Found(found.kind, columns, aliases)


def _price_as_amount(found: _Found) -> _Found:
    columns = {("amount" if role == "unit_price" else role): p for role, p in found.columns.items()}
    aliases = {("amount" if role == "unit_price" else role): a for role, a in found.aliases.items()}
    return _Found(found.kind, columns, aliases)


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _guess(found: _Found, *, sure: bool, warnings: list[Text]) -> Guess:
    mapping = found.mapping()
    date = found.columns.get(_MAIN_DATE.get(found.kind, ""))
    if date is not None:
        order, assumed = cells.date_order(date.date_texts)
        if assumed:
            warnings.append(msg("“{column}”里的日期看不出先写月还是先写日，请在下面选日期顺序。", column=date.header))
        else:
            mapping = Mapping(mapping.kind, mapping.roles, order)
    for role, shape in found.columns.items():
        if shape.damaged and ROLES[role].value_type == "id":
            warnings.append(
                msg(
                    "“{column}”里有编号被表格软件改坏了（如 1.23457E+17），请从原系统重新导出，再把这一列设成文本。",
                    column=shape.header,
                )
            )
    reasons = tuple((role, _reason(role, found)) for role, _ in mapping.roles)
    return Guess(mapping, reasons, tuple(warnings), sure)


def _reason(role: str, found: _Found) -> Text:
    shape, alias = found.columns[role], found.aliases.get(role, "")
    title = ROLES[role].title
    values = {"header": shape.header, "role": title, "n": shape.filled, "distinct": shape.distinct}
    if role == "ordered_at" and normalise(shape.header) in PAID_AT:
        return msg("表头“{header}”是付款时间；表里没有更早的下单时间可用", **values)
    if not alias and role == "customer_id" and not _NO_HEADER.match(shape.header):
        return msg("没有客户编号这样的表头，用“{header}”代替", **values)
    if not alias:
        return msg("按内容看像{role}；抽看的 {n:int} 格里有 {distinct:int} 个不同的值", **values)
    if role == "amount" and any(word in alias for word in ("实付", "实收", "实际", "paid", "net")):
        return msg("表头“{header}”是实际付的钱，优先于应付和原价", **values)
    if normalise(shape.header) == alias:
        return msg("表头“{header}”是常见的{role}叫法；抽看的 {n:int} 格里有 {distinct:int} 个不同的值", **values)
    return msg(
        "表头“{header}”里有“{alias}”，像{role}；抽看的 {n:int} 格里有 {distinct:int} 个不同的值", alias=alias, **values
    )


def _rows(raw: RawTable) -> list[tuple[str | None, ...]]:
    """The sample row by row."""
    return list(zip(*(column.to_pylist() for column in sample_of(raw).columns), strict=True))


def _guess_baskets(items: Literal["words", "numbers"]) -> Guess:
    """Rows of words that fit are baskets; rows of numbers could be something else."""
    mapping = Mapping("baskets", ())
    if items == "words":
        return Guess(mapping, ())
    told = msg("每行是一串数字，暂当作购物篮里的商品编号；不是的话请换一种表。")
    return Guess(mapping, (), (told,), sure=False)


def _no_headers() -> Text:
    return msg("这张表没有表头，列的意思是按内容猜的，请逐列核对。")
