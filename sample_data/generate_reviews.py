"""Write the sample reviews of the invented shop: who bought it in 订单明细.xlsx, and what they said of it.

    python sample_data/generate_reviews.py [FOLDER]

Nothing here comes from a real shop or person. Seeded like generate.py. The file has a story: after 双11 of 2025 parcels
are late, and from December on a batch of nuts is rancid; a few reviews are copied, some say nothing, some praise with
one star. Columns: see sample_data/README.md.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import generate
import review_words as words

SEED = 20251231
FILE_NAME = "商品评论.xlsx"
HEADER = ("评价编号", "评价时间", "买家会员名", "店铺", "商品名称", "评分", "评价内容", "商家回复")
SHARE_REVIEWED = 0.24
FIRST_DAY = dt.datetime(2025, 4, 1)
LATE_FROM, LATE_TO = dt.datetime(2025, 11, 12), dt.datetime(2025, 11, 25)
STALE_FROM = dt.datetime(2025, 12, 8)
STALE_PRODUCT = "每日坚果 30 包"


def _one(rng: np.random.Generator, pool: words.Pool) -> str:
    return pool[int(rng.integers(len(pool)))]


def _mood(rng: np.random.Generator, product: str, at: dt.datetime, channel: str) -> str:
    good, middle = 0.74, 0.10
    if LATE_FROM <= at <= LATE_TO and channel != "线下门店":
        good = 0.42
    if product == STALE_PRODUCT and at >= STALE_FROM:
        good = 0.2
    if product in {"玻璃茶杯 两只装", "咖啡滤纸 100 张"}:
        good = 0.6
    drawn = rng.random()
    return "good" if drawn < good else "middle" if drawn < good + middle else "bad"


def _text(rng: np.random.Generator, mood: str, product: str, category: str, at: dt.datetime) -> str:
    praise, complaint = words.GOODS[category]
    if rng.random() < 0.05:
        return _one(rng, words.NOTHING)
    if mood == "middle":
        return _one(rng, words.MIDDLE)
    good = mood == "good"
    if rng.random() < 0.16:
        return _one(rng, words.GOOD_SHORT if good else words.BAD_SHORT)
    if good and rng.random() < 0.02:
        return _one(rng, words.COPIED)
    own, other = (praise, words.GOOD_ELSE) if good else (complaint, words.BAD_ELSE)
    if not good and LATE_FROM <= at <= LATE_TO and rng.random() < 0.75:
        own, other = words.LATE, words.BAD_ELSE
    if not good and product == STALE_PRODUCT and at >= STALE_FROM:
        own = words.STALE
    said = [_one(rng, own)]
    if rng.random() < 0.6:
        said.append(_one(rng, other))
    if rng.random() < 0.25:
        said.append(_one(rng, own))
    text = "，".join(dict.fromkeys(said))
    if rng.random() < 0.16:  # the other side first, then what it comes to
        text = f"{_one(rng, words.BAD_ELSE if good else words.GOOD_ELSE)}{_one(rng, words.TURNS)}{text}"
    return f"{_one(rng, words.OPENERS)}{text}{_one(rng, words.GOOD_ENDS if good else words.BAD_ENDS)}"


def _rating(rng: np.random.Generator, mood: str) -> int | None:
    if rng.random() < 0.04:
        return None
    weights = {"good": (1, 0, 3, 18, 78), "middle": (2, 10, 55, 25, 8), "bad": (50, 25, 15, 4, 6)}[mood]
    return 1 + int(rng.choice(5, p=np.array(weights) / sum(weights)))


def _reply(rng: np.random.Generator, mood: str, at: dt.datetime) -> str | None:
    recent = at >= dt.datetime(2025, 12, 20)
    if rng.random() < (0.85 if recent else 0.4):
        return None
    return _one(rng, words.SORRY if mood == "bad" else words.THANKS)


def reviews(seed: int = SEED) -> list[generate.Row]:
    """One row per review, oldest first: about a quarter of the paid lines since FIRST_DAY."""
    rng = np.random.default_rng(seed)
    rows: list[generate.Row] = []
    for line in generate.order_lines():
        bought, member, channel, product, category, status = line[1], line[2], line[7], line[8], line[9], line[13]
        at = bought + dt.timedelta(days=int(rng.integers(2, 12)), minutes=int(rng.integers(0, 900)))
        last = dt.datetime.combine(generate.END, dt.time(23))
        angry = product == STALE_PRODUCT and at >= STALE_FROM  # who is angry writes
        if (
            rng.random() > (0.9 if angry else SHARE_REVIEWED)
            or at < FIRST_DAY
            or at > last
            or status not in {"交易成功", "已退款"}
        ):
            continue
        mood = _mood(rng, product, at, channel)
        text = _text(rng, mood, product, category, at)
        rows.append([at, member, channel, product, _rating(rng, mood), text, _reply(rng, mood, at)])
    rows.sort(key=lambda row: (row[0], row[1], row[3]))
    return [[f"PJ{number:06d}", *row] for number, row in enumerate(rows, start=1)]


def main(folder: Path) -> None:
    """Write the file into a folder."""
    generate.write_workbook(reviews(), folder / FILE_NAME, sheet="商品评论", header=HEADER)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
