"""All measurements: ``make bench``, or ``python benchmarks/run.py NAME…`` for some of PARTS.

Prints a table for README.md and writes nothing. Peers run in turn with ours in the same minute, so that the ratios
hold on a busy machine better than the seconds do. ``--scale 0.1`` takes a tenth of the data, to try the scripts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
from collections.abc import Callable
from pathlib import Path

import make_orders
from measure import run, run_and_read
from work import HEAD, ROOT, Figure, cli, environment, peer, script, work_folder

LINES = 10_000_000
PAGE_LINES = 1_000_000
LARGE_LINES = 100_000_000
LARGE_MB = 24 * 1024
BASKETS_MB = 6 * 1024
CUSTOMERS = 1_000_000
SHARED = ROOT.parent / "shared" / "data"
MOVIES = SHARED / "movielens_100k" / "ml-100k.inter"


def listing(scale: float, rounds: int) -> list[Figure]:
    """10M lines of csv → the list, and other bins on the prepared data, against the pandas script."""
    with work_folder() as folder:
        source, target = folder / "orders.csv", folder / "list.csv"
        make_orders.write(int(LINES * scale), source)
        env = environment(folder)
        commands = {"ours": cli(source, target), "peer": peer(source, folder / "peer.csv")}
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                times[name].append(run(command, env=env, watched=False).seconds)
        peak, peer_peak = (run(command, env=env).peak_mb for command in commands.values())
        bins = json.loads(run_and_read(script("rerun.py", "bins", source), env=env))["seconds"]
        size = source.stat().st_size / 2**20
    seconds, peer_seconds = map(statistics.median, times.values())
    what = f"{LINES * scale:,.0f} lines, {size:,.0f} MB of csv → list"
    return [
        Figure(f"{what}: time", seconds / peer_seconds, most=1, detail=f"{seconds:.1f} s; pandas {peer_seconds:.1f} s"),
        Figure(f"{what}: memory", peak / peer_peak, most=0.7, detail=f"{peak:,.0f} MB; pandas {peer_peak:,.0f} MB"),
        Figure("other bins on these data", bins / peer_seconds, most=0.25, detail=f"{bins:.2f} s"),
    ]


def sheets(scale: float, rounds: int) -> list[Figure]:  # noqa: ARG001 - one size
    """xlsx in and out against openpyxl."""
    with work_folder() as folder:
        runs = [json.loads(run_and_read(script("sheets.py"), env=environment(folder))) for _ in range(rounds)]
    s = {name: statistics.median(found[name] for found in runs) for name in runs[0]}
    return [
        Figure("xlsx 300,000 × 5 → dataset", s["read_peer"] / s["read"], least=10,
               detail=f"{s['read']:.2f} s; openpyxl through pandas {s['read_peer']:.1f} s"),
        Figure("list of 300,000 × 5 → xlsx", s["write_peer"] / s["write"], least=15,
               detail=f"{s['write']:.2f} s; openpyxl write-only {s['write_peer']:.1f} s"),
    ]  # fmt: skip


def page(scale: float, rounds: int) -> list[Figure]:  # noqa: ARG001 - it has rounds of its own
    """The RFM page's run after a change, against analyze alone."""
    with work_folder() as folder:
        source = folder / "orders.csv"
        make_orders.write(int(PAGE_LINES * scale), source)
        s = json.loads(run_and_read(script("rerun.py", "page", source), env=environment(folder)))
    return [
        Figure("page run after a changed parameter ÷ analyze, 1M lines", s["changed"] / s["analyze"], most=1.5,
               detail=f"{s['changed']:.2f} s; analyze {s['analyze']:.2f} s"),
        Figure("page run with nothing changed", s["unchanged"], "s", detail="from the cache"),
    ]  # fmt: skip


def large(scale: float, rounds: int) -> list[Figure]:  # noqa: ARG001 - one round takes minutes
    """100M lines of Parquet, and how it grew from 10M."""
    costs = []
    with work_folder() as folder:
        for lines in (int(LARGE_LINES * scale / 10), int(LARGE_LINES * scale)):
            source = folder / f"orders-{lines}.parquet"
            make_orders.write(lines, source)
            swapped = _swapped()
            costs.append(run(cli(source, folder / "list.csv"), env=environment(folder)))
            swapped = _swapped() - swapped
            source.unlink()
    small, big = costs
    return [
        Figure("100M lines of Parquet ÷ 10M: time", big.seconds / small.seconds, most=12,
               detail=f"{big.seconds:,.0f} s; {small.seconds:,.1f} s"),
        Figure("100M lines of Parquet: memory", big.peak_mb, "MB", most=LARGE_MB,
               detail=f"pages swapped out: {swapped}"),
    ]  # fmt: skip


def sessions(scale: float, rounds: int) -> list[Figure]:  # noqa: ARG001 - it has rounds of its own
    """Ten browsers at once, each with 1M lines of its own."""
    with work_folder() as folder:
        source = folder / "orders.csv"
        make_orders.write(int(PAGE_LINES * scale), source)
        s = json.loads(run_and_read(script("sessions.py", source), env=environment(folder)))
    return [
        Figure("ten sessions clicking: failures", s["failed"], "", most=0, detail=f"{s['clicks']} clicks"),
        Figure("ten sessions: memory of the server", s["peak_mb"], "MB", most=s["limit_mb"],
               detail="one session: " + f"{s['one_peak_mb']:,.0f} MB"),
        Figure("median click of ten ÷ of one", s["ten_median"] / s["one_median"],
               detail=f"{s['ten_median']:.2f} s; {s['one_median']:.2f} s"),
    ]  # fmt: skip


def baskets(scale: float, rounds: int) -> list[Figure]:  # noqa: ARG001 - one round takes a minute
    """10M lines of Parquet in orders of five → itemsets, rules, and the list of who lacks the other side."""
    with work_folder() as folder:
        source, target = folder / "orders.parquet", folder / "list.csv"
        make_orders.write(int(LINES * scale), source, tastes=20, lines_an_order=5)
        cost = run(cli(source, target, "basket"), env=environment(folder))
        with target.open(encoding="utf-8-sig") as lines:
            listed = sum(1 for _ in lines) - 1
    what = f"baskets of {LINES * scale:,.0f} lines → rules and list: memory"
    told = f"{cost.seconds:.0f} s; {listed:,} rows in the list"
    return [Figure(what, cost.peak_mb, "MB", most=BASKETS_MB, detail=told)]


def recommending(scale: float, rounds: int) -> list[Figure]:
    """Hit rate on MovieLens beside implicit, rusket and bestsellers; a million customers beside the library alone."""
    figures = []
    with work_folder() as folder:
        env = environment(folder)
        if MOVIES.exists():
            found = json.loads(run_and_read(script("recommend.py", "accuracy", MOVIES), env=env))
            for split, rates in found.items():
                peers = {name: rate for name, rate in rates.items() if not name.strip().startswith("ours")}
                name = max(peers, key=lambda peer: peers[peer])
                told = f"{rates['ours, chosen']:.4f}; best of {len(peers)} others: {name}, {peers[name]:.4f}"
                what = f"hit rate at 10, MovieLens 100k, {split} ÷ best other"
                figures.append(Figure(what, rates["ours, chosen"] / peers[name], least=1, detail=told))
        customers = int(CUSTOMERS * scale)
        found = json.loads(run_and_read(script("recommend.py", "scale", customers, rounds), env=env))
    for way, s in found.items():
        told = f"{s['ours']:.1f} s; implicit alone {s['library']:.1f} s; {s['peak_mb']:,.0f} MB; "
        told += f"processor time × {s['cpu_ratio']:.2f}"
        what = f"{customers:,} customers × 10 recommendations with reasons, written, {way} ÷ library"
        figures.append(Figure(what, s["ratio"], most=1.3, detail=told))
    return figures


def sentiment(scale: float, rounds: int) -> list[Figure]:  # noqa: ARG001 - it has rounds of its own
    """Polarity on domains never seen, against SnowNLP; speed; aspects. Needs ../shared/data; tables go to stderr."""
    with work_folder() as folder:
        command = script(
            "sentiment.py", SHARED, f"--reviews={int(2500 * scale)}", f"--peers={int(300 * scale)}", "--json"
        )
        s = json.loads(run_and_read(command, env=environment(folder)))
    return [
        Figure("polarity on unseen shop- and food-like domains: accuracy", s["accuracy"], "", least=0.88,
               detail=f"SnowNLP {s['snownlp_accuracy']:.3f}"),
        Figure("the same: macro-F1", s["macro_f1"], "", least=0.86, detail=f"SnowNLP {s['snownlp_macro_f1']:.3f}"),
        Figure("hard cases right", s["hard_cases"], "", least=0.9, detail=f"SnowNLP {s['hard_cases_snownlp']:.3f}"),
        Figure("reviews a second ÷ SnowNLP", s["times_snownlp"], least=50, detail="judging"),
        Figure("the same with fitting to the file", s["times_snownlp_long_file"],
               detail=f"10,000 reviews; 1,000: {s['times_snownlp_with_fit']:.0f} ×"),
        Figure("model ready, second start", s["ready_seconds"], "s", most=2),
        Figure("expected calibration error", s["calibration_error"], "",
               detail=f"{s['right_outside_band']:.1%} right outside the neutral band"),
        Figure("asap, aspects found: macro-F1", s["aspect_detection_macro_f1"], ""),
        Figure("asap, polarity of aspects: macro-F1", s["aspect_polarity_macro_f1"], ""),
    ]  # fmt: skip


def _swapped() -> int:
    """Pages swapped out since the start of the system; 0 where it does not tell."""
    counters = Path("/proc/vmstat")
    lines = counters.read_text().splitlines() if counters.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("pswpout "))


PARTS: dict[str, Callable[[float, int], list[Figure]]] = {
    "list": listing, "sheets": sheets, "page": page, "large": large, "sessions": sessions,
    "baskets": baskets, "recommend": recommending,
    "sentiment": sentiment,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all, when none is named")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the data")
    parser.add_argument("--rounds", type=int, default=3, help="how often; medians are told")
    asked = parser.parse_args()
    print(f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}, scale {asked.scale:g}\n")
    print(HEAD, flush=True)
    for name in asked.parts or PARTS:
        for figure in PARTS[name](asked.scale, asked.rounds):
            print(figure.row(), flush=True)


if __name__ == "__main__":
    main()
