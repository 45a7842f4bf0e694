"""What tags come to: how many customers each rule fits, how many it gets, and how tags overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from analytics.models.portrait_columns import Worked, fits_key, tag_key

if TYPE_CHECKING:
    from analytics.tags import Tag

COUNT_COLUMNS = ["tag", "value", "fits", "gets"]
OVERLAP_COLUMNS = ["tag", "value", "other_tag", "other_value", "both"]


@dataclass(frozen=True)
class Tagged:
    """What a set of tags comes to.

    counts: tag · value · fits (customers whom the rule fits) · gets (those no rule before it took)
    without: tag → customers without a value
    overlap: tag · value · other_tag · other_value · both: customers who have both values; of one tag only itself
    """

    tags: tuple[Tag, ...]
    counts: pd.DataFrame
    without: dict[str, int]
    overlap: pd.DataFrame
    customers: int


def tagged(worked: Worked, table: ibis.Table) -> Tagged:
    """The counts of the tags of a table that ``with_tags`` made."""
    values = [
        (tag.name, choice.value, tag_key(at), fits_key(at, place))
        for at, tag in enumerate(worked.tags)
        for place, choice in enumerate(tag.choices)
    ]
    everyone = int(table.count().execute())
    if not values:
        return Tagged((), pd.DataFrame(columns=COUNT_COLUMNS), {}, pd.DataFrame(columns=OVERLAP_COLUMNS), everyone)
    flags = {
        f"has_{at}": (table[key] == value).fill_null(ibis.literal(value=False))
        for at, (_, value, key, _) in enumerate(values)
    }
    flagged = table.mutate(**flags)
    told: dict[str, Any] = {}
    for at, (_, _, _, fits) in enumerate(values):
        told[f"fits_{at}"] = flagged[fits].cast("int64").sum()
        for other in range(at, len(values)):
            told[f"both_{at}_{other}"] = (flagged[f"has_{at}"] & flagged[f"has_{other}"]).cast("int64").sum()
    row = {name: int(count or 0) for name, count in flagged.aggregate(**told).execute().iloc[0].items()}
    rows = [(tag, value, row[f"fits_{at}"], row[f"both_{at}_{at}"]) for at, (tag, value, _, _) in enumerate(values)]
    counts = pd.DataFrame(rows, columns=COUNT_COLUMNS)
    got = counts.groupby("tag", sort=False)["gets"].sum()
    pairs = [
        (*values[a][:2], *values[b][:2], row[f"both_{min(a, b)}_{max(a, b)}"])
        for a in range(len(values))
        for b in range(len(values))
    ]
    without = {str(tag): everyone - int(n) for tag, n in got.items()}
    return Tagged(worked.tags, counts, without, pd.DataFrame(pairs, columns=OVERLAP_COLUMNS), everyone)
