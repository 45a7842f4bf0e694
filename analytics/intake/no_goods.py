"""Product names that are no goods: postage, price adjustments, gifts, wrapping, bank fees. Suggested, never dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Chinese words stand anywhere in a name; the English ones are whole names, since CARRIAGE CLOCK is a clock.
_NO_GOODS = re.compile(
    r"运费|邮费|快递费|补差|差价|补拍|赠品|礼品袋|包装费"
    r"|^(dotcom )?postage$|^shipping( fee| cost)?$|^(next day )?carriage$|^delivery fee$|^manual$|^bank charges$"
    r"|^discount$|^samples$|^cruk commission$|^amazon ?fee$|^adjust bad debt$",
    re.IGNORECASE,
)


def no_goods(names: Sequence[str]) -> tuple[str, ...]:
    """Those of the names that read like no goods, in the given order."""
    return tuple(name for name in names if _NO_GOODS.search(name.strip()))
