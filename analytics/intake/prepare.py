"""Raw tables + a confirmed mapping → a Dataset folder (its layout: analytics/dataset.py).

Everything is a lazy expression over the engine; the folder is built under a temporary name beside ``out_dir`` and
renamed at the end, so that a failure leaves nothing behind.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import ibis
import pandas as pd

from analytics.dataset import ENTITY, MOMENT, Dataset, Extra, Facts, Issue, LeftOut, Manifest, write_manifest
from analytics.engine import Engine, embedded
from analytics.errors import DataError, MappingError
from analytics.expressions import trimmed
from analytics.fields import KINDS, ROLES
from analytics.i18n import msg
from analytics.intake import cells, prepare_baskets, prepare_events, prepare_lines
from analytics.intake.mapping import Mapping
from analytics.intake.prepare_columns import FIRST_ROWS, Typed, bad, first_rows, type_columns
from analytics.intake.prepare_sources import (
    FILE,
    ROW_ID,
    SOURCE_ROW,
    Stack,
    content,
    digest_of,
    stack,
    surplus_duplicates,
)
from analytics.intake.raw import REASONS, RawTable
from analytics.intake.returns import ReturnedOrders, apply_returns, find_returns, returned_ids
from analytics.intake.status import StatusClass, status_class

__all__ = ["PrepareOptions", "ReturnedOrders", "find_returns", "prepare", "status_values"]

_VERSION = 2  # part of the digest: raise it when the same input gives other tables
_FEW_ROWS = 100_000  # above this a test of every order is made only after some of them look like it
_SOME_ROWS = 50_000
DATE_1904_NOTE = "date_1904"  # the code of the reader's note on a workbook that counts days from 1904


@dataclass(frozen=True)
class PrepareOptions:
    """What the user decided about meaning.

    drop_duplicates     leave out rows whose every cell equals an earlier row's
    status_classes      ((status text, class), …) over what intake/status.py thinks
    amount_per_order    the amount stands on every line of an order and counts once; None: decide by the data
    epoch_offset_hours  timestamps in seconds or milliseconds are moved to this zone's wall time
    """

    drop_duplicates: bool = False
    status_classes: tuple[tuple[str, StatusClass], ...] = ()
    amount_per_order: bool | None = None
    epoch_offset_hours: float = cells.BEIJING_HOURS


def prepare(
    tables: Sequence[RawTable],
    mapping: Mapping,
    out_dir: Path,
    engine: Engine,
    *,
    returns: ReturnedOrders | None = None,
    options: PrepareOptions = PrepareOptions(),
) -> Dataset:
    """Write the canonical tables of one or more raw tables of one kind into ``out_dir`` and open them.

    Raises MappingError when the mapping does not fit or the kind is "returns", DataError ``data.no_rows`` when no
    row is usable. An ``out_dir`` that exists is replaced once the new one is complete.
    """
    if mapping.kind == "returns":
        raise MappingError(
            "mapping.returns_alone",
            msg("这是一张退货单，不能单独分析。"),
            msg("先打开订单表，再把它作为退货单加上。"),
        )
    stacked = stack(tables, engine)
    mapping.check(stacked.headers)
    listed = None if returns is None else [returns.table.digest, returns.column]
    digest = digest_of(tables, [_VERSION, asdict(mapping), asdict(options), listed])
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{out_dir.name}.", suffix=".part", dir=out_dir.parent))
    try:
        date_1904 = any(note.code == DATE_1904_NOTE for raw in tables for note in raw.notes)
        typed = type_columns(stacked, mapping, date_1904=date_1904, epoch_offset_hours=options.epoch_offset_hours)
        job = _Job(stacked, mapping, typed, building, engine, options)
        if mapping.kind == "lines":
            manifest = _write_lines(job, digest, returns)
        else:
            manifest = _write_baskets(job, digest) if mapping.kind == "baskets" else _write_other(job, digest)
        write_manifest(building, manifest)
        _put_in_place(building, out_dir)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return Dataset.open(out_dir, engine)


def status_values(raw: RawTable, mapping: Mapping, engine: Engine | None = None) -> pd.DataFrame:
    """Every status with its rows and what it is taken for: columns status, rows, class (null: unknown, so paid)."""
    header = mapping.column("status")
    if header is None:
        return pd.DataFrame({"status": [], "rows": [], "class": []})
    table = (engine or embedded()).read_parquet(raw.path)
    status = trimmed(table[raw.disk_name(header)]).nullif("")
    counts = table.group_by(status=status).aggregate(rows=table.count()).order_by([ibis.desc("rows"), "status"])
    frame: pd.DataFrame = counts.filter(counts["status"].notnull()).execute()
    frame["class"] = [status_class(text) for text in frame["status"]]
    return frame


# ── one kind after the other ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Job:
    stacked: Stack
    mapping: Mapping
    typed: Typed
    folder: Path
    engine: Engine
    options: PrepareOptions

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role, _ in self.mapping.roles)

    def extras(self) -> tuple[tuple[Extra, str], ...]:
        """(extra, text column) of the columns that are kept as they are; those of baskets hold items."""
        return () if self.mapping.kind == "baskets" else self.unmapped()

    def unmapped(self) -> tuple[tuple[Extra, str], ...]:
        """(extra, text column) of the unmapped headers that hold anything."""
        mapped = {header for _, header in self.mapping.roles}
        left = [
            (header, f"h{at}")
            for at, header in enumerate(self.stacked.headers)
            if header not in mapped and self.typed.filled[f"h{at}"]
        ]
        return tuple((Extra(f"x{at}", header), column) for at, (header, column) in enumerate(left))


def _write_lines(job: _Job, digest: str, returns: ReturnedOrders | None) -> Manifest:
    roles, sound, issues = job.roles, job.typed.sound, list(job.typed.issues)
    rows = prepare_lines.with_amount(job.typed.rows, roles)
    rows, found = prepare_lines.with_blank_amounts(rows, roles, sound)
    issues += found
    rows, found = prepare_lines.with_status(rows, roles, job.options.status_classes)
    rows = rows.mutate(__refund_cell=prepare_lines.refund_cell(rows, roles))
    issues += found
    if returns is None:
        rows = rows.mutate(__returned=ibis.literal(False))
    else:
        ids = returned_ids(returns, job.engine)
        rows, issue = apply_returns(rows, ids)
        issues.append(issue)
    rows, reasons, duplicates = _reasons(job, rows, prepare_lines.line_reason(rows, roles, sound))
    rows, found = _amounts_per_order(job, rows)
    issues += found

    used = prepare_lines.with_money(rows.filter(reasons.isnull()), roles)
    columns = {name: used[name] for name in ("customer_id", "ordered_at", "gross", "refund", "amount")}
    columns["order_id"] = prepare_lines.order_keys(used, roles)
    lines = _write(job, "lines", used, columns)
    if roles & set(prepare_events.STEP_TIMES):
        steps = prepare_events.paid_or_not(rows, "__reason")
        told = {name: steps[name] for name in ("customer_id", "ordered_at")}
        told |= {"amount": steps["__step_amount"], "order_id": prepare_lines.order_keys(steps, roles)}
        _write(job, "order_steps", steps, told)
    _check_any(job, rows, reasons)
    job.engine.write_parquet(prepare_lines.orders_of(lines), job.folder / "orders.parquet")
    orders = job.engine.read_parquet(job.folder / "orders.parquet")
    totals = prepare_lines.totals_of(orders)
    shared = totals["orders"] > totals["numbers"]
    issues += prepare_lines.issues_of_lines(
        rows.filter(reasons.isnull()), lines, orders if shared else None, roles, sound
    )
    issues += _unreadable(job, rows)
    facts = _facts(job, lines, duplicates, totals)
    rule = "order_id" if "order_id" in roles else ("customer_day" if facts.date_only else "customer_time")
    return _manifest(job, digest, facts, issues, rule)


def _write_other(job: _Job, digest: str) -> Manifest:
    kind, rows, roles = job.mapping.kind, job.typed.rows, job.roles
    conditions: list[tuple[Any, str]] = []
    for role in KINDS[kind].must:
        if role in job.typed.sound:
            continue
        value_type = ROLES[role].value_type
        if value_type == "datetime":
            conditions += [(rows[bad(role)], "bad_date"), (rows[role].isnull(), "no_date")]
        else:
            conditions.append((rows[role].isnull(), "no_id" if value_type == "id" else "no_text"))
    rows, reasons, duplicates = _reasons(job, rows, prepare_lines.reason_of(conditions))
    odd: list[Issue] = []
    if kind == "events":
        rows, odd = prepare_events.with_plausible_times(rows, "__reason")
        reasons = rows["__reason"]
    used = rows.filter(reasons.isnull())
    table = _write(job, kind, used, {role: _as_stored(used, role) for role in KINDS[kind].must})
    _check_any(job, rows, reasons)
    issues = [*job.typed.issues, *odd, *_unreadable(job, rows)]
    if MOMENT[kind] not in roles:
        table = table.mutate(**{MOMENT[kind]: ibis.null("timestamp")})
    entities = table["text" if kind == "reviews" else ENTITY[kind]].nunique()
    facts = _facts(job, table, duplicates, {"entities": int(entities.execute())})
    return _manifest(job, digest, facts, issues, "order_id")


def _write_baskets(job: _Job, digest: str) -> Manifest:
    columns = [column for _, column in job.unmapped()]
    rows = prepare_baskets.with_basket(job.typed.rows, job.roles, several_files=len(job.stacked.names) > 1)
    rows, reasons, duplicates = _reasons(job, rows, prepare_baskets.reason(rows, columns))
    used = rows.filter(reasons.isnull())
    _check_any(job, rows, reasons)
    items = prepare_baskets.items_of(used, columns)
    table = _write(job, "baskets", items, {name: items[name] for name in ("order_id", "product")})
    wanted = {"entities": table["order_id"].nunique(), "items": table["product"].nunique()}
    totals = table.aggregate(**wanted).to_pyarrow().to_pylist()[0]
    facts = _facts(job, used.mutate(**{MOMENT["baskets"]: ibis.null("timestamp")}), duplicates, totals)
    return _manifest(job, digest, facts, [*job.typed.issues, *_unreadable(job, rows)], "order_id")


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _reasons(job: _Job, rows: ibis.Table, reason: Any) -> tuple[ibis.Table, Any, int]:
    """Rows with ``__reason``, that column, and the number of surplus duplicates (left out only on request)."""
    rows = rows.mutate(__reason=reason)
    surplus = surplus_duplicates(job.stacked)
    duplicates = 0 if surplus is None else int(surplus.count().execute())
    if surplus is not None and job.options.drop_duplicates:
        again = surplus.select(__again=surplus[ROW_ID])
        keep = rows.columns
        rows = rows.left_join(again, rows[ROW_ID] == again["__again"]).select(*keep, "__again")
        reason = rows["__reason"].coalesce(ibis.ifelse(rows["__again"].notnull(), "duplicate", ibis.null("string")))
        rows = rows.mutate(__reason=reason).drop("__again")
    return rows, rows["__reason"], duplicates


def _amounts_per_order(job: _Job, rows: ibis.Table) -> tuple[ibis.Table, list[Issue]]:
    roles, choice = job.roles, job.options.amount_per_order
    if choice is False or not roles >= {"order_id", "amount"}:
        return rows, []
    used = rows.filter(rows["__reason"].isnull())
    evidence = None
    if job.stacked.rows_read < _FEW_ROWS or prepare_lines.amount_is_repeated(_some_orders(used), roles, "__paid"):
        evidence = prepare_lines.amount_is_repeated(used, roles, "__paid")
    if evidence is None and choice is None:
        return rows, []
    refunds_too = "refund_amount" in roles and prepare_lines.amount_is_repeated(used, roles, "__refund_cell")
    once = {"__paid": prepare_lines.once_per_order(rows, "__paid")}
    if refunds_too:
        once["__refund_cell"] = prepare_lines.once_per_order(rows, "__refund_cell")
    rows = rows.mutate(**once)
    if evidence is None:
        return rows, []
    text = msg(
        "有多行的 {n:int} 张订单里，{same:int} 张每行的金额都一样：这一列像是整单的金额。已改成每单只算一次，"
        "记在第一行；不对的话请改成按行相加。",
        n=evidence[0],
        same=evidence[1],
    )
    return rows, [Issue("amount_repeated", "warn", text, evidence[1])]


def _some_orders(rows: ibis.Table) -> ibis.Table:
    """The first rows of each file: enough to see whether a closer look at all is due."""
    return rows.filter(rows[SOURCE_ROW] <= _SOME_ROWS)


def _write(job: _Job, name: str, used: ibis.Table, columns: dict[str, Any]) -> ibis.Table:
    """Write the table of a kind: ids, the columns given, the other roles, the extras."""
    chosen: dict[str, Any] = {ROW_ID: used[ROW_ID].cast("int64"), SOURCE_ROW: used[SOURCE_ROW].cast("int64")}
    chosen |= columns
    for role, _ in job.mapping.roles:
        if role not in chosen:
            chosen[role] = _as_stored(used, role)
    chosen |= {extra.name: used[column] for extra, column in job.extras()}
    path = job.folder / f"{name}.parquet"
    job.engine.write_parquet(used.select(**chosen), path)
    return job.engine.read_parquet(path)


def _as_stored(used: ibis.Table, role: str) -> Any:
    return used[role].cast("float64") if ROLES[role].value_type == "number" else used[role]


def _check_any(job: _Job, rows: ibis.Table, reasons: Any) -> None:
    """Write left_out.parquet; raise DataError when no row counts."""
    out = rows.filter(reasons.notnull())
    own = out.select(
        source_row=out[SOURCE_ROW], reason=out["__reason"], content=content(out, job.stacked.headers), file=out[FILE]
    )
    both = ibis.union(own, job.stacked.left_out.cast({"source_row": "int64"})).order_by(["file", "source_row"])
    left = job.engine.write_parquet(both, job.folder / "left_out.parquet")
    if left < job.stacked.rows_read:
        return
    most = max(_left_out(job), key=lambda item: item.count, default=None)
    if most is None:
        raise DataError(
            "data.no_rows", msg("表头下面没有一行数据。"), msg("请检查是不是选错了工作表，或表头行选错了。")
        )
    raise DataError(
        "data.no_rows",
        msg(
            "{n:int} 行里没有一行能用，最多的原因是“{reason}”（{count:int} 行，如第 {rows} 行）。",
            n=job.stacked.rows_read,
            reason=REASONS[most.reason],
            count=most.count,
            rows="、".join(map(str, most.rows)),
        ),
        msg("请检查列的对应是否正确，或打开文件看看这些行。"),
    )


def _left_out(job: _Job) -> tuple[LeftOut, ...]:
    table = job.engine.read_parquet(job.folder / "left_out.parquet")
    counts = table.group_by("reason").aggregate(n=table.count()).order_by([ibis.desc("n"), "reason"])
    result = []
    for found in counts.to_pyarrow().to_pylist():
        first = table.filter(table["reason"] == found["reason"]).order_by(["file", "source_row"]).limit(FIRST_ROWS)
        rows = first.to_pyarrow()["source_row"].to_pylist()
        result.append(LeftOut(found["reason"], int(found["n"]), tuple(int(row) for row in rows)))
    return tuple(result)


def _unreadable(job: _Job, rows: ibis.Table) -> list[Issue]:
    """Cells of the roles that may be empty which hold something unreadable: they count as empty."""
    must = {"ordered_at", "amount"} if job.mapping.kind == "lines" else set(KINDS[job.mapping.kind].must)
    flags = {role: rows[bad(role)].sum() for role in job.roles - must if bad(role) in rows.columns}
    if not flags:
        return []
    issues = []
    counts = rows.aggregate(**flags).to_pyarrow().to_pylist()[0]
    for role in sorted(flags):
        if n := int(counts[role] or 0):
            text = msg("“{role}”有 {n:int} 格看不懂，当作空着。", role=ROLES[role].title, n=n)
            issues.append(Issue("unreadable_cells", "warn", text, n, first_rows(rows, rows[bad(role)])))
    return issues


def _facts(job: _Job, main: ibis.Table, duplicates: int, totals: dict[str, Any]) -> Facts:
    at = main[MOMENT[job.mapping.kind]]
    midnight = at.cast("date").cast("timestamp")
    wanted = {"used": main.count(), "first": at.min(), "last": at.max(), "timed": (at != midnight).any()}
    counted = main.aggregate(**wanted).to_pyarrow().to_pylist()[0]
    has_orders = "orders" in totals
    return Facts(
        rows_read=job.stacked.rows_read,
        rows_used=int(counted["used"]),
        left_out=_left_out(job),
        duplicate_rows=duplicates,
        first_at=counted["first"],
        last_at=counted["last"],
        date_only=counted["first"] is not None and not counted["timed"],
        entities=int(totals["entities"]),
        orders=int(totals["orders"]) if has_orders else None,
        gross=float(totals["gross"]) if has_orders else None,
        refund=float(totals["refund"]) if has_orders else None,
        refund_orders=int(totals["refund_orders"]) if has_orders else None,
        items=totals.get("items"),
    )


def _manifest(job: _Job, digest: str, facts: Facts, issues: list[Issue], rule: Any) -> Manifest:
    return Manifest(
        digest=digest,
        kind=job.mapping.kind,
        names=job.stacked.names,
        roles=job.mapping.roles,
        extras=tuple(extra for extra, _ in job.extras()),
        facts=facts,
        issues=tuple(sorted(issues, key=lambda issue: ("error", "warn", "info").index(issue.severity))),
        order_rule=rule,
    )


def _put_in_place(building: Path, out_dir: Path) -> None:
    """Rename the complete folder over the old one, if there is one."""
    if not out_dir.exists():
        building.rename(out_dir)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out_dir.name}.", suffix=".old", dir=out_dir.parent))
    out_dir.rename(old / "was")
    building.rename(out_dir)
    shutil.rmtree(old, ignore_errors=True)
