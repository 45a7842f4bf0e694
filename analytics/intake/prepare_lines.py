"""Order lines: which rows count, what each sold and gave back, and the orders they make up.

Definitions, each told to the user where it bites:
- A line with a negative amount or a negative quantity only takes money back: gross 0, refund |amount|.
- The refund of a line is its refund amount where the file has one; else everything where the status or a list of
  returned orders says so; else nothing. A refund above what was sold is kept as it stands and reported.
- Rows whose status says that no money ever came are left out, unless they carry a refund.
- Unknown statuses count as paid and are listed.
- Without an order number, what a customer did at one moment is one order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa

from analytics.dataset import Issue
from analytics.fields import ROLES
from analytics.i18n import msg
from analytics.intake.prepare_columns import FIRST_ROWS, MONEY, bad, first_rows
from analytics.intake.prepare_sources import ROW_ID, SOURCE_ROW
from analytics.intake.status import StatusClass, status_class

_REPEATED_SHARE = 0.95  # of the orders with several lines: all lines carry the same amount
_REPEATED_ORDERS = 5  # fewer such orders prove nothing
_DISAGREEING_SHARE = 0.05


@dataclass(frozen=True)
class Lines:
    """Rows with ``__reason`` (null: the row counts), ``gross`` and ``refund``, and what was noticed."""

    rows: ibis.Table
    issues: tuple[Issue, ...]


def with_amount(rows: ibis.Table, roles: frozenset[str]) -> ibis.Table:
    """Add ``__paid`` (money of the row, sign as in the file) and ``__paid_bad``; unit price × quantity if need be."""
    if "amount" in roles:
        return rows.mutate(__paid=rows["amount"], __paid_bad=rows[bad("amount")])
    product = times(rows["unit_price"], rows["quantity"])
    return rows.mutate(__paid=product, __paid_bad=rows[bad("unit_price")] | rows[bad("quantity")])


def with_blank_amounts(
    rows: ibis.Table, roles: frozenset[str], sound: frozenset[str]
) -> tuple[ibis.Table, list[Issue]]:
    """A row without an amount whose order has one on another row counts as 0: Shopify, and merged cells, write the
    amount of an order on its first line only.
    """
    if not roles >= {"order_id", "amount"} or "amount" in sound:
        return rows, []
    if not int(rows.filter(_blank_amount(rows)).count().execute()):
        return rows, []
    told = rows.filter(rows["__paid"].notnull() & rows["order_id"].notnull())
    told = told.select(__told_order=told["order_id"], __told_customer=told["customer_id"]).distinct()
    keep = rows.columns
    same = [rows["order_id"] == told["__told_order"], rows["customer_id"] == told["__told_customer"]]
    joined = rows.left_join(told, same)
    joined = joined.mutate(__covered=_blank_amount(joined) & joined["__told_order"].notnull())
    zero = ibis.literal(0).cast(MONEY)
    joined = joined.mutate(__paid=ibis.ifelse(joined["__covered"], zero, joined["__paid"]))
    covered = joined.filter(joined["__covered"])
    n = int(covered.count().execute())
    if not n:
        return rows, []
    text = msg("{n:int} 行没有金额，但同一订单的别的行有，按 0 算（整单金额只写在一行）。", n=n)
    return joined.select(*keep), [Issue("amount_on_one_line", "info", text, n, _rows(covered))]


def _blank_amount(rows: ibis.Table) -> Any:
    return rows["__paid"].isnull() & ~rows["__paid_bad"] & rows["order_id"].notnull()


def times(price: Any, quantity: Any) -> Any:
    """Price × quantity, exact and then rounded to four decimals."""
    return (price * quantity).cast("decimal(38, 8)").cast(MONEY)


def with_status(
    rows: ibis.Table, roles: frozenset[str], chosen: tuple[tuple[str, StatusClass], ...]
) -> tuple[ibis.Table, list[Issue]]:
    """Add ``__class``: what each row's status means for money."""
    if "status" not in roles:
        return rows.mutate(__class=ibis.literal("paid")), []
    counts = rows.filter(rows["status"].notnull()).group_by("status").aggregate(n=ibis._.count()).to_pyarrow()
    decided = dict(chosen)
    classes = {status: decided.get(status) or status_class(status) for status in counts["status"].to_pylist()}
    unknown = {
        status: n
        for status, n in zip(counts["status"].to_pylist(), counts["n"].to_pylist(), strict=True)
        if classes[status] is None
    }
    lookup = ibis.memtable(
        pa.table(
            {
                "__status": pa.array(list(classes), pa.string()),
                "__class": pa.array([kind or "paid" for kind in classes.values()], pa.string()),
            }
        )
    )
    keep = rows.columns
    joined = rows.left_join(lookup, rows["status"] == lookup["__status"])
    rows = joined.select(*keep, __class=joined["__class"].fill_null("paid"))
    if not unknown:
        return rows, []
    names = sorted(unknown, key=lambda status: (-unknown[status], status))
    text = msg(
        "{n:int} 行的订单状态不认识（{names}），按已付款算；不对的话请在状态表里改。",
        n=sum(unknown.values()),
        names="、".join(names[:8]),
    )
    issue = Issue("unknown_status", "warn", text, sum(unknown.values()), first_rows(rows, rows["status"].isin(names)))
    return rows, [issue]


def refund_cell(rows: ibis.Table, roles: frozenset[str]) -> Any:
    """What the refund column says, as a positive amount; 0 without one."""
    zero = ibis.literal(0).cast(MONEY)
    return rows["refund_amount"].abs().fill_null(zero).cast(MONEY) if "refund_amount" in roles else zero


def line_reason(rows: ibis.Table, roles: frozenset[str], sound: frozenset[str]) -> Any:
    """Why a row does not count (a key of PREPARE_REASONS), else null. Roles that are sound are not looked at again."""
    refunded = rows["__refund_cell"] > 0
    conditions: list[tuple[Any, str]] = []
    if "customer_id" not in sound:
        conditions.append((rows["customer_id"].isnull(), "no_id"))
    if "ordered_at" not in sound:
        conditions += [(rows[bad("ordered_at")], "bad_date"), (rows["ordered_at"].isnull(), "no_date")]
    if "status" in roles:
        conditions.append(((rows["__class"] == "unpaid") & ~refunded, "unpaid"))
    if not sound >= ({"amount"} if "amount" in roles else {"unit_price", "quantity"}):
        conditions += [(rows["__paid_bad"], "bad_amount"), (rows["__paid"].isnull() & ~refunded, "no_amount")]
    return reason_of(conditions)


def reason_of(conditions: list[tuple[Any, str]]) -> Any:
    """The reason of the first condition that holds, else null."""
    return ibis.cases(*conditions, else_=ibis.null("string")) if conditions else ibis.null("string")


def amount_is_repeated(rows: ibis.Table, roles: frozenset[str], column: str) -> tuple[int, int] | None:
    """(orders of several lines, those of them with one amount on all lines) where an amount of the whole order seems
    to stand on each of its lines; None where it does not, or nothing can be told.

    Adding such a column up would count every order as often as it has lines.
    """
    if not roles >= {"order_id", "amount"}:
        return None
    used = rows.filter(rows["order_id"].notnull() & rows[column].notnull() & (rows[column] != 0))
    if roles >= {"unit_price", "quantity"}:
        agrees = (used["unit_price"] * used["quantity"]).cast("decimal(38, 8)").cast(MONEY) == used[column]
        shares = used.aggregate(rows=used.count(), agree=agrees.sum()).to_pyarrow().to_pylist()[0]
        if 2 * (shares["agree"] or 0) > shares["rows"]:
            return None
    item = next((role for role in ("product_id", "product") if role in roles), None)
    # Least and most tell one value from several without counting the different ones.
    told_apart = used[item] if item else used[ROW_ID]
    orders = used.group_by("order_id", "customer_id").aggregate(
        least=used[column].min(), most=used[column].max(), first=told_apart.min(), last=told_apart.max()
    )
    several = orders.filter(orders["first"] != orders["last"])
    same = several["least"] == several["most"]
    told = several.aggregate(n=several.count(), same=same.sum(), different=several["most"].nunique(where=same))
    counts = told.to_pyarrow().to_pylist()[0]
    n, alike = counts["n"], counts["same"] or 0
    proven = n >= _REPEATED_ORDERS and alike >= _REPEATED_SHARE * n and counts["different"] >= 3
    return (n, alike) if proven else None


def once_per_order(rows: ibis.Table, column: str) -> Any:
    """The column's value on the first line of an order that carries it, 0 on the others."""
    first = ibis.row_number().over(
        group_by=[rows["order_id"], rows["customer_id"], rows[column]], order_by=rows[ROW_ID]
    )
    keep = rows["order_id"].isnull() | (first == 0)
    return ibis.ifelse(keep, rows[column], ibis.literal(0).cast(MONEY))


def with_money(rows: ibis.Table, roles: frozenset[str]) -> ibis.Table:
    """Add ``gross``, ``refund`` and ``amount`` to the rows that count."""
    zero = ibis.literal(0).cast(MONEY)
    paid, cell = rows["__paid"].fill_null(zero), rows["__refund_cell"]
    takes_back = paid < 0
    if "quantity" in roles:
        takes_back |= rows["quantity"] < 0
    # Closed with a refund: whatever went back had come in, even where the paid column was set to 0 afterwards.
    closed = ibis.ifelse(rows["__class"] == "unpaid", ibis.greatest(paid, cell), paid)
    gross = ibis.ifelse(takes_back, zero, closed)
    wholly = (rows["__class"] == "refunded") & (cell == 0)
    refund = ibis.cases(
        (takes_back, ibis.greatest(paid.abs(), cell)),
        (rows["__returned"], ibis.greatest(gross, cell)),
        (wholly, gross),
        else_=cell,
    )
    rows = rows.mutate(gross=gross.cast(MONEY), refund=refund.cast(MONEY))
    return rows.mutate(amount=(rows["gross"] - rows["refund"]).cast("decimal(38, 4)").cast(MONEY))


def order_keys(rows: ibis.Table, roles: frozenset[str]) -> Any:
    """The order number, else customer and moment."""
    fallback = rows["customer_id"] + "@" + rows["ordered_at"].strftime("%Y-%m-%d %H:%M:%S")
    return rows["order_id"].coalesce(fallback) if "order_id" in roles else fallback


def orders_of(lines: ibis.Table) -> ibis.Table:
    """One row per order and customer from prepared lines."""
    has_quantity = "quantity" in lines.columns
    quantity = lines["quantity"].cast(MONEY).sum() if has_quantity else ibis.null("float64")
    orders = lines.group_by("order_id", "customer_id").aggregate(
        ordered_at=lines["ordered_at"].min(),
        gross=lines["gross"].sum(),
        refund=lines["refund"].sum(),
        lines=lines.count(),
        quantity=quantity,
    )
    money = {name: orders[name].cast("decimal(38, 4)") for name in ("gross", "refund")}
    money["amount"] = money["gross"] - money["refund"]
    return orders.select(
        "order_id",
        "customer_id",
        "ordered_at",
        **{name: total.cast("decimal(38, 4)").cast(MONEY) for name, total in money.items()},
        lines=orders["lines"].cast("int64"),
        quantity=orders["quantity"].cast("float64"),
    )


def issues_of_lines(
    typed: ibis.Table, lines: ibis.Table, orders: ibis.Table | None, roles: frozenset[str], sound: frozenset[str]
) -> list[Issue]:
    """What only shows once the lines stand: refunds above sales, missing order numbers, shared orders.

    orders  given when some of them share a number
    """
    issues = []
    over = lines.filter((lines["refund"] > lines["gross"]) & (lines["gross"] > 0))
    if n := int(over.count().execute()):
        text = msg("{n:int} 行退的钱比卖的多，照原样算，没有改。", n=n)
        issues.append(Issue("refund_over_gross", "warn", text, n, _rows(over)))
    partly = typed.filter((typed["__class"] == "partly_refunded") & (typed["__refund_cell"] == 0))
    if "status" in roles and (n := int(partly.count().execute())):
        text = msg("{n:int} 行是部分退款，但没有退款金额，按没有退款算；有退款金额列的话请指定。", n=n)
        issues.append(Issue("partial_refund_unknown", "warn", text, n, _rows(partly)))
    if "order_id" in roles:
        unnumbered = typed.filter(typed["order_id"].isnull())
        if "order_id" not in sound and (n := int(unnumbered.count().execute())):
            text = msg("{n:int} 行没有订单号，同一客户同一时间的算一单。", n=n)
            issues.append(Issue("order_id_missing", "warn", text, n, _rows(unnumbered)))
        if orders is not None:
            shared = orders.group_by("order_id").aggregate(customers=orders.count()).filter(ibis._.customers > 1)
            n = int(shared.count().execute())
            text = msg("{n:int} 个订单号下有不止一个客户，按客户拆成几单算。", n=n)
            concerned = lines.semi_join(shared, "order_id")
            issues.append(Issue("order_many_customers", "warn", text, n, _rows(concerned)))
    return issues + _disagreement(typed, roles)


def _disagreement(typed: ibis.Table, roles: frozenset[str]) -> list[Issue]:
    if not roles >= {"amount", "unit_price", "quantity"}:
        return []
    product = (typed["unit_price"] * typed["quantity"]).cast("decimal(38, 8)").cast(MONEY)
    both = typed.filter(product.notnull() & typed["amount"].notnull())
    off = (product - typed["amount"]).abs() > ibis.literal(0.01).cast(MONEY)
    counts = both.aggregate(rows=both.count(), off=off.sum()).to_pyarrow().to_pylist()[0]
    n = counts["off"] or 0
    if not n or n < _DISAGREEING_SHARE * counts["rows"]:
        return []
    text = msg(
        "{share:pct} 的行，{amount}和单价乘数量对不上（多半是优惠或运费），按{amount}算。",
        share=n / counts["rows"],
        amount=ROLES["amount"].title,
    )
    return [Issue("amount_disagrees", "info", text, n, first_rows(typed, off))]


def _rows(table: ibis.Table) -> tuple[int, ...]:
    found = table.order_by(ROW_ID).limit(FIRST_ROWS).select(SOURCE_ROW).to_pyarrow()[SOURCE_ROW].to_pylist()
    return tuple(int(row) for row in found)


def totals_of(orders: ibis.Table) -> dict[str, Any]:
    """What is counted over the orders, fewer than the lines; ``numbers``: different order numbers."""
    wanted = {
        "entities": orders["customer_id"].nunique(),
        "orders": orders.count(),
        "numbers": orders["order_id"].nunique(),
        "gross": orders["gross"].sum(),
        "refund": orders["refund"].sum(),
        "refund_orders": (orders["refund"] > 0).sum(),
    }
    totals: dict[str, Any] = orders.aggregate(**wanted).to_pyarrow().to_pylist()[0]
    return totals
