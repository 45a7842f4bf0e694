"""How a header set is written down: one text, columns by " | ", each with the role it plays and what its cells hold.

    买家会员名 =customer_id ~nick | 订单创建时间 =ordered_at | 总金额 | 备注

``=role`` says the column plays a role (``=a,b``: either; several columns with one role: each is as right as the
others); ``~shape`` names the generator of its cells where role and header do not tell (cells.py). What has no
``=role`` plays none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.golden.header_sets.cells import cells_of

ROWS = 40
_COLUMN = re.compile(r"^(?P<header>.*?)(?: =(?P<roles>[a-z_,]+))?(?: ~(?P<shape>[a-z_]+))?$", re.DOTALL)


@dataclass(frozen=True)
class HeaderSet:
    """name, the kind it is, where its headers come from, and the columns as described above."""

    name: str
    kind: str
    source: str
    text: str

    def columns(self) -> list[tuple[str, tuple[str, ...], str]]:
        """(header, roles it may play, shape or "") in file order."""
        found = []
        for part in " ".join(self.text.split()).split(" | "):
            match = _COLUMN.match(part)
            assert match
            found.append((match["header"], tuple((match["roles"] or "").split(",")), match["shape"] or ""))
        return [(header, tuple(role for role in roles if role), shape) for header, roles, shape in found]

    def right(self) -> dict[str, set[str]]:
        """Role → headers that are right for it."""
        accepted: dict[str, set[str]] = {}
        for header, roles, _ in self.columns():
            for role in roles:
                accepted.setdefault(role, set()).add(header)
        return accepted

    def cells(self) -> dict[str, list[str | None]]:
        """Header → ROWS cells, the same on every run."""
        return {
            header: cells_of(header, roles[0] if roles else "", shape, self.kind, ROWS, f"{self.name}/{at}")
            for at, (header, roles, shape) in enumerate(self.columns())
        }
