"""Write the sample event log: what visitors of the invented shop did, 2 November to 31 December 2025.

    python sample_data/generate_events.py [FOLDER]

The orders of 订单明细.xlsx (generate.py) in these days, those of the store aside, are in it: their buyers browse, put
into the cart, order and pay, under the same member names, order numbers and amounts. Around them visit many
who do not buy. Everything is drawn from a fixed seed. Nights are quiet, weekends busy, the sales busier; the last days
hold visits whose 14 days are not over; a few phones have a wrong clock.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from sample_data.generate import END, HOUR_WEIGHTS, PRODUCTS, order_lines

SEED = 20251102
FILE_NAME = "行为日志.csv"
FIRST = dt.date(2025, 11, 2)
DAYS = (END - FIRST).days + 1
VISITORS = 2600
HEADER = ("用户编号", "会话编号", "行为", "发生时间", "渠道", "设备", "商品名称", "订单编号", "金额")
CHANNELS = ("天猫旗舰店", "抖音小店", "微信小程序")
DEVICES = ("安卓", "苹果", "电脑")
DEVICE_WEIGHTS = {"天猫旗舰店": (46, 34, 20), "抖音小店": (62, 37, 1), "微信小程序": (52, 46, 2)}
WRONG_CLOCKS = 8
SALES = {9: 3.5, 10: 3.0, 40: 1.8}  # days of 双11 and 双12: how much busier
# How likely a visit goes on: by channel, from browsing to the cart, from the cart to the order, from there to paying.
GOES_ON = {"天猫旗舰店": (0.34, 0.42, 0.80), "抖音小店": (0.22, 0.30, 0.66), "微信小程序": (0.30, 0.46, 0.84)}
SLOWER_ON = {"电脑": 0.8, "苹果": 1.1, "安卓": 1.0}

Row = tuple[str, str, str, dt.datetime, str, str, str, str, str]


class Log:
    """Rows as they come, with numbers for visits and orders."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.rows: list[Row] = []
        self.sessions = 0

    def visit(self) -> str:
        """The number of a new visit."""
        self.sessions += 1
        return f"s{self.sessions:06d}"

    def add(
        self,
        who: tuple[str, str, str, str],
        what: str,
        at: dt.datetime,
        product: str,
        sold: tuple[str, float] = ("", 0),
    ) -> None:
        """One event of (user, session, channel, device); ``sold``: order number and amount."""
        order, paid = sold
        user, session, channel, device = who
        self.rows.append((user, session, what, at, channel, device, product, order, f"{paid:.2f}" if paid else ""))


def _pick(rng: np.random.Generator, weights: tuple[float, ...]) -> int:
    shares = np.array(weights, dtype=float)
    return int(rng.choice(len(weights), p=shares / shares.sum()))


def _later(rng: np.random.Generator, at: dt.datetime, seconds: float) -> dt.datetime:
    return at + dt.timedelta(seconds=5 + int(rng.exponential(seconds)))


def _day(rng: np.random.Generator) -> int:
    weights = []
    for day in range(DAYS):
        weekend = (FIRST + dt.timedelta(days=day)).weekday() >= 5
        weights.append((1.45 if weekend else 1.0) * SALES.get(day, 1.0) * (1 + day / 200))
    return _pick(rng, tuple(weights))


def _moment(rng: np.random.Generator, day: int) -> dt.datetime:
    start = dt.datetime.combine(FIRST + dt.timedelta(days=day), dt.time())
    return start + dt.timedelta(
        hours=_pick(rng, tuple(HOUR_WEIGHTS)), minutes=int(rng.integers(60)), seconds=int(rng.integers(60))
    )


def _bought(log: Log) -> None:
    """The visits that led to the orders of the order file."""
    orders: dict[str, list[list[object]]] = {}
    for line in order_lines():
        if line[1].date() >= FIRST and line[7] != "线下门店":
            orders.setdefault(str(line[0]), []).append(line)
    for order, lines in orders.items():
        rng, first = log.rng, lines[0]
        at, member, channel, status = (
            dt.datetime.fromisoformat(str(first[1])),
            str(first[2]),
            str(first[7]),
            str(first[13]),
        )
        device = DEVICES[_pick(rng, DEVICE_WEIGHTS[channel])]
        names = [str(line[8]) for line in lines]
        price = sum(float(str(line[10])) * int(str(line[11])) for line in lines)
        paid = sum(float(str(line[12])) for line in lines)
        if rng.random() < 0.45:  # looked around on an earlier day
            before = max(at - dt.timedelta(hours=float(rng.gamma(1.3, 40))), dt.datetime.combine(FIRST, dt.time()))
            who = (member, log.visit(), channel, device)
            log.add(who, "浏览商品", before, names[0])
            if rng.random() < 0.5:
                log.add(who, "收藏", _later(rng, before, 60), names[0])
        who = (member, log.visit(), channel, device)
        moment = at - dt.timedelta(seconds=float(240 + rng.exponential(500)))
        for name in names:
            log.add(who, "浏览商品", moment.replace(microsecond=0), name)
            moment = min(_later(rng, moment, 40), at)
            if rng.random() < 0.9:
                log.add(who, "加入购物车", moment.replace(microsecond=0), name)
        log.add(who, "提交订单", at, names[0], (order, round(paid or price, 2)))
        if status in {"交易成功", "已退款"}:
            log.add(who, "支付成功", _later(rng, at, 70), names[0], (order, round(paid, 2)))


def _looked(log: Log) -> None:
    """Those who visit and mostly do not buy."""
    rng = log.rng
    for number in range(VISITORS):
        channel = CHANNELS[_pick(rng, (44, 34, 22))]
        device = DEVICES[_pick(rng, DEVICE_WEIGHTS[channel])]
        cart, order, pay = GOES_ON[channel]
        for _ in range(1 + int(rng.poisson(0.8))):
            who = (f"v{number + 1:05d}", log.visit(), channel, device)
            at = _moment(rng, _day(rng))
            product, _, price, _ = PRODUCTS[_pick(rng, tuple(weight for *_, weight in PRODUCTS))]
            if rng.random() < 0.3:
                log.add(who, "搜索", at, "")
                at = _later(rng, at, 30)
            for _ in range(1 + int(rng.poisson(1.1))):
                log.add(who, "浏览商品", at, product)
                at = _later(rng, at, 55)
            if rng.random() < 0.12:
                log.add(who, "咨询客服", at, product)
                at, cart = _later(rng, at, 120), min(0.9, cart * 1.5)
            if rng.random() < 0.1:
                log.add(who, "收藏", at, product)
            if rng.random() > cart * SLOWER_ON[device]:
                continue
            log.add(who, "加入购物车", at, product)
            at = _later(rng, at, 400 if rng.random() < 0.7 else 90_000)
            if rng.random() > order:
                continue
            number_of_order = f"P{at:%y%m%d%H%M}{rng.integers(0, 10_000):04d}"
            log.add(who, "提交订单", at, product, (number_of_order, price / 100))
            if rng.random() < pay * 0.35:  # most of those who pay are in the order file
                log.add(who, "支付成功", _later(rng, at, 120), product, (number_of_order, price / 100))


def events(seed: int = SEED) -> list[Row]:
    """Every row in the order of time, those with a wrong clock among them."""
    rng = np.random.default_rng(seed)
    log = Log(rng)
    _bought(log)
    _looked(log)
    last = dt.datetime.combine(END, dt.time(23, 59, 59))
    rows = sorted((row for row in log.rows if row[3] <= last), key=lambda row: (row[3], row[1], row[2]))
    for at in rng.choice(len(rows), WRONG_CLOCKS, replace=False):
        wrong = (
            dt.datetime(1970, 1, 1, 8, 0, int(rng.integers(60)))
            if rng.random() < 0.5
            else rows[at][3].replace(year=2037)
        )
        rows[at] = (*rows[at][:3], wrong, *rows[at][4:])
    return rows


def main(folder: Path) -> None:
    """Write the log as utf-8 csv with BOM, as exports for spreadsheets are."""
    with (folder / FILE_NAME).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for row in events():
            writer.writerow(
                [cell.strftime("%Y-%m-%d %H:%M:%S") if isinstance(cell, dt.datetime) else cell for cell in row]
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
