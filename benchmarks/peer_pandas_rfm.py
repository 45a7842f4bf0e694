"""The peer: RFM as an analyst writes it in pandas. ``python benchmarks/peer_pandas_rfm.py ORDERS.csv LIST.csv``."""

from __future__ import annotations

import sys

import pandas as pd


def main(source: str, target: str) -> None:
    lines = pd.read_csv(source, engine="pyarrow", parse_dates=["ordered_at"])
    as_of = lines["ordered_at"].max().normalize() + pd.Timedelta(days=1)
    table = lines.groupby("customer_id").agg(
        last=("ordered_at", "max"), frequency=("order_id", "nunique"), monetary=("amount", "sum")
    )
    table["recency_days"] = (as_of - table["last"]).dt.days
    table["r"] = pd.qcut(-table["recency_days"], 5, labels=False, duplicates="drop") + 1
    table["f"] = pd.qcut(table["frequency"].rank(method="first"), 5, labels=False) + 1
    table["m"] = pd.qcut(table["monetary"], 5, labels=False, duplicates="drop") + 1
    table.sort_values("monetary", ascending=False).to_csv(target)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
