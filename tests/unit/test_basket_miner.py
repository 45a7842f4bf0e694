"""Mining in parts finds what mining at once finds."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.models import basket_miner
from analytics.models.basket_lines import Baskets, from_lists
from analytics.models.basket_miner import mine_levels


@pytest.fixture
def baskets() -> Baskets:
    """2,000 baskets of up to 12 of 60 items, some much more frequent than others."""
    draw = np.random.default_rng(3)
    lists = [[f"P{int(code):02}" for code in draw.random(draw.integers(0, 13)) ** 2 * 60] for _ in range(2000)]
    return from_lists(lists)[0]


@pytest.mark.parametrize("max_len", [None, 3])
@pytest.mark.parametrize("most_cells", [1, 700, 4000])
def test_parts_are_the_whole(
    baskets: Baskets, monkeypatch: pytest.MonkeyPatch, most_cells: int, max_len: int | None
) -> None:
    at_once = mine_levels(baskets, 20, max_len)
    monkeypatch.setattr(basket_miner, "_MOST_CELLS", most_cells)
    in_parts = mine_levels(baskets, 20, max_len)
    assert [level.items.shape[1] for level in at_once] == [2, 3] if max_len else [2, 3, 4]
    for whole, parts in zip(at_once, in_parts, strict=True):
        np.testing.assert_array_equal(whole.items, parts.items)
        np.testing.assert_array_equal(whole.counts, parts.counts)


def test_no_part_is_larger_than_allowed(baskets: Baskets, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    mined = basket_miner._call
    monkeypatch.setattr(
        basket_miner, "_call", lambda cells, *rest: (seen.append((cells.nnz, cells.shape[1])), mined(cells, *rest))[1]
    )
    monkeypatch.setattr(basket_miner, "_MOST_CELLS", 2000)
    mine_levels(baskets, 20, None)
    assert len(seen) > 5
    assert max(cells for cells, _ in seen) <= 2000
    assert [items for _, items in seen] == sorted((items for _, items in seen), reverse=True)
