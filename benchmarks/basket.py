"""Frequent itemsets and rules beside peers, in one run: python -m benchmarks.basket [folder of the FIMI files].

From prepared baskets (codes in memory) to rules; each side is run in turn, several rounds, and the best round counts.
Peers: mlxtend (fpgrowth + association_rules); Borgelt's C miner where it can be imported (`pip install pyfim`; set
PYTHONPATH to where it lies). Then the guard: mushroom at thresholds that have more itemsets than a memory holds.
Seconds depend on the machine, ratios hold.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import tree_mb

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = ROOT.parent / "shared" / "data" / "fimi"
SUPPORT, CONFIDENCE = 0.001, 0.3


def read(path: Path) -> list[list[str]]:
    """A FIMI file: one basket a line, items apart by blanks."""
    return [line.split() for line in path.read_text().splitlines()]


def best(rounds: int, *sides: Callable[[], Any]) -> list[float]:
    """The shortest time of each side; the sides take turns, so that a busy moment hits all."""
    times = [float("inf")] * len(sides)
    for _ in range(rounds):
        for at, side in enumerate(sides):
            started = time.perf_counter()
            side()
            times[at] = min(times[at], time.perf_counter() - started)
    return times


def compare(rows: list[list[str]], rounds: int) -> None:
    """Itemsets and rules by us, by Borgelt's miner (itemsets), and once by mlxtend."""
    from analytics.models.basket_lines import from_lists
    from analytics.models.basket_mine import mine, orders_for
    from analytics.models.basket_rules import make_rules

    baskets, _ = from_lists(rows)
    orders = orders_for(SUPPORT, len(rows))
    sides: dict[str, Callable[[], Any]] = {
        "zhike itemsets": lambda: mine(baskets, orders),
        "zhike itemsets + rules": lambda: make_rules(mine(baskets, orders), CONFIDENCE),
    }
    try:
        import fim  # type: ignore[import-not-found]
    except ImportError:
        print("Borgelt's pyfim is not here: left out")
    else:
        sides["borgelt fpgrowth itemsets"] = lambda: fim.fpgrowth(rows, supp=-orders, zmin=1)
        sides["borgelt eclat itemsets"] = lambda: fim.eclat(rows, supp=-orders, zmin=1)
        sides["borgelt fpgrowth rules"] = lambda: fim.fpgrowth(
            rows, target="r", supp=-orders, zmin=2, conf=100 * CONFIDENCE, report="a"
        )
    times = dict(zip(sides, best(rounds, *sides.values()), strict=True))
    times["mlxtend itemsets + rules"] = mlxtend_seconds(rows)
    ours = times["zhike itemsets + rules"]
    for name, seconds in times.items():
        print(f"{name:28} {seconds:8.3f} s   {seconds / ours:6.1f} × ours")


def mlxtend_seconds(rows: list[list[str]]) -> float:
    """mlxtend from its own prepared form (a sparse table) to rules, once."""
    import pandas as pd
    from mlxtend.frequent_patterns import association_rules, fpgrowth
    from mlxtend.preprocessing import TransactionEncoder

    encoder = TransactionEncoder()
    table = pd.DataFrame.sparse.from_spmatrix(encoder.fit_transform(rows, sparse=True), columns=encoder.columns_)
    started = time.perf_counter()
    itemsets = fpgrowth(table, min_support=SUPPORT, use_colnames=True)
    association_rules(itemsets, metric="confidence", min_threshold=CONFIDENCE)
    return time.perf_counter() - started


def guard(rows: list[list[str]]) -> None:
    """Thresholds from many to one basket: each ends with itemsets or with a threshold that fits."""
    import os

    from analytics.errors import DataError
    from analytics.models.basket_lines import from_lists
    from analytics.models.basket_mine import mine

    baskets, _ = from_lists(rows)
    for orders in (4062, 1625, 813, 400, 80, 10, 1):
        started = time.perf_counter()
        try:
            told = f"{len(mine(baskets, orders)):,} itemsets"
        except DataError as stopped:
            told = f"stopped; fits from {dict(stopped.hint.values)['fits']:,}"
        seconds = time.perf_counter() - started
        print(f"mushroom, {orders:5} baskets: {told:32} {seconds:6.2f} s   {tree_mb(os.getpid()):5.0f} MB after it")
    try:
        import resource
    except ImportError:
        return
    print(f"peak of the whole run: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    guard(read(folder / "mushroom.dat"))
    compare(read(folder / "retail.dat"), rounds=5)
