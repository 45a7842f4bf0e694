"""Write the sample order file: an invented shop's order lines, 1 July 2024 to 31 December 2025.

    python sample_data/generate.py [FOLDER]

Nothing here comes from a real shop or person. The numbers are drawn from a fixed seed and the dates are fixed, so
that the same versions of numpy and openpyxl write the same cells every time. Buyers follow a few habits (HABITS),
so that the file has a story: a loyal core, many one-time buyers, shoppers of the two sales, regulars who stopped,
a new wave at the end. And it is a little messy, as exports are: see sample_data/README.md.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

SEED = 20251231
START = dt.date(2024, 7, 1)
END = dt.date(2025, 12, 31)
DAYS = (END - START).days + 1
STAMP = dt.datetime(2026, 1, 1, 9, 0, 0)  # "exported at", and every time inside the workbook
FILE_NAME = "订单明细.xlsx"
TITLE = f"店铺：知客示例店　导出时间：{STAMP:%Y-%m-%d %H:%M:%S}"
HEADER = (
    "订单编号", "下单时间", "买家会员名", "收货人姓名", "手机号", "省份", "城市", "渠道",
    "商品名称", "品类", "单价", "数量", "实付金额", "订单状态", "退款金额",
)  # fmt: skip
DUPLICATED_LINES = 12
BLANK_BUYER_ORDERS = 9
TEXT_AMOUNTS = 60


@dataclass(frozen=True)
class Habit:
    """How a group of buyers behaves. ``first`` and ``last`` bound the day of the first order and the last day active.

    gap_days  mean days between orders; 0 means: at the sales only
    basket    mean number of products in an order beyond the first
    """

    buyers: int
    first: tuple[int, int]
    last: tuple[int, int]
    gap_days: float
    most_orders: int
    basket: float


# Day 0 is START. 双11 of 2024 is day 133, 618 of 2025 day 352, 双11 of 2025 day 498, the last day 548.
HABITS = {
    "loyal": Habit(140, (0, 160), (549, 549), 46, 99, 0.9),
    "regular": Habit(270, (0, 400), (500, 549), 95, 99, 0.6),
    "lapsed_regular": Habit(150, (0, 200), (230, 380), 40, 99, 0.8),
    "slipping": Habit(130, (0, 250), (400, 490), 60, 99, 0.6),
    "sale_shopper": Habit(250, (120, 360), (549, 549), 0, 3, 0.9),
    "tried_twice": Habit(240, (0, 480), (60, 549), 70, 2, 0.3),
    "once": Habit(470, (0, 500), (549, 549), 30, 1, 0.2),
    "new": Habit(150, (497, 546), (549, 549), 16, 3, 0.5),
}
SALES = (
    (133, 3),
    (165, 1),
    (352, 4),
    (498, 4),
    (529, 2),
)  # day of the peak, days around it: 双11, 双12, 618, 双11, 双12

# name, category, price in fen, weight
PRODUCTS = (
    ("明前龙井 250g", "茶叶", 26800, 6), ("正山小种 200g", "茶叶", 12800, 8), ("白毫银针 100g", "茶叶", 38800, 2),
    ("茉莉花茶 150g", "茶叶", 5900, 9), ("熟普洱饼 357g", "茶叶", 19800, 4), ("冷泡袋泡茶 20 包", "茶叶", 3990, 9),
    ("玻璃茶杯 两只装", "茶具", 4900, 6), ("白瓷盖碗", "茶具", 8900, 4), ("紫砂壶 手工", "茶具", 128000, 1),
    ("旅行茶具套装", "茶具", 16900, 3), ("胡桃木茶盘", "茶具", 45900, 1),
    ("耶加雪菲咖啡豆 227g", "咖啡", 7900, 8), ("意式拼配咖啡豆 500g", "咖啡", 9900, 6),
    ("挂耳咖啡 10 包", "咖啡", 5900, 9), ("手冲壶套装", "咖啡", 32900, 2), ("咖啡滤纸 100 张", "咖啡", 1990, 4),
    ("每日坚果 30 包", "零食", 9900, 9), ("桂花绿豆糕", "零食", 3290, 9), ("手工牛轧糖 300g", "零食", 3990, 7),
    ("蜂蜜柚子茶 1kg", "零食", 4590, 5), ("海盐苏打饼干", "零食", 1690, 8),
    ("香薰蜡烛 桂花", "香薰", 8800, 5), ("无火香薰 150ml", "香薰", 15900, 4), ("线香 檀香 60 支", "香薰", 6900, 3),
    ("中秋茶点礼盒", "礼盒", 29800, 2), ("年货坚果礼盒", "礼盒", 19900, 2), ("商务茶礼盒", "礼盒", 69800, 1),
)  # fmt: skip
TOGETHER = {  # what is often bought with it
    "明前龙井 250g": "玻璃茶杯 两只装", "熟普洱饼 357g": "白瓷盖碗", "正山小种 200g": "桂花绿豆糕",
    "耶加雪菲咖啡豆 227g": "咖啡滤纸 100 张", "意式拼配咖啡豆 500g": "咖啡滤纸 100 张",
    "手冲壶套装": "耶加雪菲咖啡豆 227g", "挂耳咖啡 10 包": "海盐苏打饼干",
    "白瓷盖碗": "胡桃木茶盘", "香薰蜡烛 桂花": "线香 檀香 60 支",
}  # fmt: skip
CATEGORIES = ("茶叶", "茶具", "咖啡", "零食", "香薰", "礼盒")
CATEGORY_WEIGHTS = (30, 8, 22, 26, 9, 5)
CHANNELS = ("天猫旗舰店", "抖音小店", "微信小程序", "线下门店")
CHANNEL_WEIGHTS = (46, 24, 18, 12)
PLACES = (
    ("浙江", "杭州", 14), ("浙江", "宁波", 5), ("江苏", "苏州", 8), ("江苏", "南京", 7), ("上海", "上海", 14),
    ("广东", "广州", 9), ("广东", "深圳", 10), ("北京", "北京", 10), ("四川", "成都", 8), ("湖北", "武汉", 5),
    ("山东", "青岛", 4), ("山东", "济南", 3), ("福建", "厦门", 4), ("湖南", "长沙", 4), ("陕西", "西安", 4),
    ("河南", "郑州", 4), ("辽宁", "沈阳", 2), ("重庆", "重庆", 4), ("安徽", "合肥", 3), ("云南", "昆明", 2),
)  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
PHONE_STARTS = ("130", "135", "136", "138", "139", "150", "158", "177", "186", "188", "199")
HOUR_WEIGHTS = (2, 1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 7, 8, 7, 6, 6, 6, 6, 7, 9, 12, 13, 10, 5)


@dataclass(frozen=True)
class Buyer:
    """One invented buyer. ``taste`` is the category bought most."""

    member: str
    name: str
    phone: str
    province: str
    city: str
    channel: str
    taste: str


Row = list[Any]


def _pick(rng: np.random.Generator, weights: tuple[int, ...]) -> int:
    shares = np.array(weights, dtype=float)
    return int(rng.choice(len(weights), p=shares / shares.sum()))


def _between(rng: np.random.Generator, bounds: tuple[int, int]) -> int:
    return int(rng.integers(bounds[0], max(bounds[1], bounds[0] + 1)))


def _buyer(rng: np.random.Generator, number: int) -> Buyer:
    channel = CHANNELS[_pick(rng, CHANNEL_WEIGHTS)]
    tail = f"{rng.integers(0, 1000):03d}"
    member = {
        "天猫旗舰店": f"tb{number * 7 + 1000}***{tail}",
        "抖音小店": f"dy_{number * 13 + 20000}***{tail}",
        "微信小程序": f"wx_{number:05d}{tail}",
        "线下门店": f"{number:06d}",  # the shop's card numbers, with leading zeros
    }[channel]
    province, city, _ = PLACES[_pick(rng, tuple(weight for *_, weight in PLACES))]
    return Buyer(
        member=member,
        name=f"{SURNAMES[rng.integers(len(SURNAMES))]}{'**' if rng.random() < 0.6 else '*'}",
        phone=f"{PHONE_STARTS[rng.integers(len(PHONE_STARTS))]}****{rng.integers(0, 10000):04d}",
        province=province,
        city=city,
        channel=channel,
        taste=CATEGORIES[_pick(rng, CATEGORY_WEIGHTS)],
    )


def _to_sale(rng: np.random.Generator, day: int) -> int:
    """Move a day that lies within 18 days of a sale onto it, as many buyers wait for it."""
    for peak, around in SALES:
        if abs(day - peak) <= 18 and rng.random() < 0.75:
            return peak + int(rng.integers(-around, around + 1))
    return day


def _order_days(rng: np.random.Generator, habit: Habit) -> list[int]:
    """The days on which one buyer of a habit orders."""
    first, last = _between(rng, habit.first), min(_between(rng, habit.last), DAYS)
    if habit.gap_days == 0:
        peaks = [sale for sale in SALES if sale[0] >= first and sale[1] > 1]
        chosen = [peak for peak in peaks[: habit.most_orders] if rng.random() < 0.75] or peaks[-1:]
        return [peak + int(rng.integers(-around, around + 1)) for peak, around in chosen]
    days: list[int] = []
    day = float(first)
    while day < last and len(days) < habit.most_orders:
        days.append(min(_to_sale(rng, int(day)), DAYS - 1))
        day += max(1.0, rng.gamma(2.0, habit.gap_days / 2.0))
    return days


def _basket(rng: np.random.Generator, buyer: Buyer, habit: Habit, day: int) -> list[int]:
    """Which products (positions in PRODUCTS) go into one order, each once."""
    names = [name for name, *_ in PRODUCTS]
    month = (START + dt.timedelta(days=day)).month
    chosen: list[int] = []
    for _ in range(1 + int(rng.poisson(habit.basket))):
        taste = buyer.taste if rng.random() < 0.6 else CATEGORIES[_pick(rng, CATEGORY_WEIGHTS)]
        if month in (1, 9) and rng.random() < 0.2:  # 年货 and 中秋
            taste = "礼盒"
        weights = tuple(weight if category == taste else 0 for _, category, _, weight in PRODUCTS)
        chosen.append(_pick(rng, weights))
        partner = TOGETHER.get(names[chosen[-1]])
        if partner is not None and rng.random() < 0.35:
            chosen.append(names.index(partner))
    return list(dict.fromkeys(chosen))


def _order_id(rng: np.random.Generator, channel: str, at: dt.datetime) -> str:
    digits = "".join(str(digit) for digit in rng.integers(0, 10, 8))
    if channel == "天猫旗舰店":
        return f"4{at:%y%m%d%H%M}{digits}"
    if channel == "抖音小店":
        return f"69{at:%y%m%d%H}{digits}"
    return f"{'WX' if channel == '微信小程序' else 'MD'}{at:%Y%m%d}{digits[:6]}"


def _order(rng: np.random.Generator, buyer: Buyer, habit: Habit, day: int) -> list[Row]:
    """The lines of one order, as rows of the file with amounts in yuan."""
    at = dt.datetime.combine(START + dt.timedelta(days=day), dt.time()) + dt.timedelta(
        hours=_pick(rng, HOUR_WEIGHTS), minutes=int(rng.integers(60)), seconds=int(rng.integers(60))
    )
    channel = buyer.channel if rng.random() < 0.9 else CHANNELS[_pick(rng, CHANNEL_WEIGHTS)]
    order_id = _order_id(rng, channel, at)
    status = ("交易成功", "已退款", "交易关闭", "待付款")[_pick(rng, (928, 27, 33, 12))]
    on_sale = any(abs(day - peak) <= around for peak, around in SALES)
    percent = 80 if on_sale else (100, 95, 90)[_pick(rng, (7, 2, 1))]
    rows: list[Row] = []
    for position in _basket(rng, buyer, habit, day):
        product, category, price, _ = PRODUCTS[position]
        quantity = 1 if price > 40000 else (1, 2, 3)[_pick(rng, (78, 17, 5))]
        paid = 0 if status in {"待付款", "交易关闭"} else price * quantity * percent // 100
        part_back = status == "交易成功" and rng.random() < 0.013
        refund = paid if status == "已退款" or part_back else 0
        rows.append([
            order_id, at, buyer.member, buyer.name, buyer.phone, buyer.province, buyer.city, channel,
            product, category, price / 100, quantity, paid / 100, status, refund / 100,
        ])  # fmt: skip
    return rows


def order_lines(seed: int = SEED) -> list[Row]:
    """Every line in the order of time, before anything is made messy."""
    rng = np.random.default_rng(seed)
    number, lines = 0, []
    for habit in HABITS.values():
        for _ in range(habit.buyers):
            number += 1
            buyer = _buyer(rng, number)
            for day in _order_days(rng, habit):
                lines += _order(rng, buyer, habit, day)
    return sorted(lines, key=lambda row: (row[1], row[0]))


def make_messy(lines: list[Row], seed: int = SEED) -> list[Row]:
    """Blank buyers, amounts as text, repeated lines and a total row: what exports really hold."""
    rng = np.random.default_rng(seed + 1)
    rows = [list(row) for row in lines]
    orders = sorted({str(row[0]) for row in rows})
    blank = set(rng.choice(orders, BLANK_BUYER_ORDERS, replace=False))
    for row in rows:
        if row[0] in blank:
            row[2] = None
    money, back = HEADER.index("实付金额"), HEADER.index("退款金额")
    total: Row = ["合计", *[None] * (len(HEADER) - 1)]
    for column in (HEADER.index("数量"), money, back):
        total[column] = round(sum(float(row[column]) for row in rows), 2)
    for position in rng.choice(len(rows), TEXT_AMOUNTS, replace=False):
        rows[position][money] = f"¥{rows[position][money]:,.2f}"
    for position in sorted(rng.choice(len(rows), DUPLICATED_LINES, replace=False), reverse=True):
        rows.insert(position + 1, list(rows[position]))
    return [*rows, total]


def write_workbook(rows: list[Row], path: Path, sheet: str = "订单明细", header: tuple[str, ...] = HEADER) -> None:
    """One sheet: a title row, the header, the rows. Every time stored inside the file is STAMP."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.append([TITLE])
    page.append(list(header))
    for row in rows:
        cells = list(row)
        if isinstance(row[1], dt.datetime):
            time = WriteOnlyCell(page, row[1])
            time.number_format = "yyyy-mm-dd hh:mm:ss"
            cells[1] = time
        page.append(cells)
    written = io.BytesIO()
    book.save(written)
    moment = f"{STAMP:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment, content)
            target.writestr(zipfile.ZipInfo(name, STAMP.timetuple()[:6]), content, zipfile.ZIP_DEFLATED, 9)


def main(folder: Path) -> None:
    """Write every sample file into a folder."""
    write_workbook(make_messy(order_lines()), folder / FILE_NAME)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
