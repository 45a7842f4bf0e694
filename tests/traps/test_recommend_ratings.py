"""Files of ratings: recognised, a low one is no liking, and what it is worth is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.dataset import Dataset
from analytics.engine import Engine
from analytics.errors import ParamError
from analytics.models import recommend
from analytics.models.base import readiness
from analytics.models.recommend_data import like_from
from tests.purchase_tables import lines_dataset

PrepareFile = Callable[[Path], Dataset]
HEAD = "user_id:token\titem_id:token\trating:float\ttimestamp:float"
ROWS = [  # who, what, stars, day of January 1998
    ("1", "11", 5, 1), ("1", "12", 4, 2), ("2", "11", 5, 1), ("2", "12", 5, 3), ("3", "11", 4, 4),
    ("3", "13", 1, 4), ("4", "13", 2, 5), ("4", "12", 4, 6),
]  # fmt: skip


def ratings(folder: Path) -> Path:
    path = folder / "ratings.inter"
    rows = [f"{who}\t{what}\t{stars}\t{883_612_800 + 86_400 * day}" for who, what, stars, day in ROWS]
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return path


def test_a_file_of_ratings_is_understood(tmp_path: Path, prepare_file: PrepareFile) -> None:
    data = prepare_file(ratings(tmp_path))
    assert data.kind == "ratings"
    assert dict(data.manifest.roles) == {
        "customer_id": "user_id:token", "product": "item_id:token", "rating": "rating:float",
        "rated_at": "timestamp:float",
    }  # fmt: skip
    assert (data.facts.rows_used, data.facts.entities) == (8, 4)
    assert str(data.facts.first_at) == "1998-01-02 08:00:00"
    assert readiness(recommend.NEEDS, data.manifest).level == "amber"  # four people are few


def test_a_low_rating_is_no_liking_yet_known(tmp_path: Path, prepare_file: PrepareFile) -> None:
    data = prepare_file(ratings(tmp_path))
    result = recommend.analyze(data, recommend.Params(method="popularity", evaluate=False, trend_days=0))
    assert result.liked_from == 4  # of 1 to 5
    assert dict(result.segments[["segment", "buyers"]].values.tolist()) == {"11": 3, "12": 3, "13": 0}
    found = {(row["customer_id"], row["segment"]) for row in result.customers.to_pyarrow().to_pylist()}
    assert ("3", "13") not in found  # rated badly: never offered again
    assert ("4", "11") in found
    assert "price" not in result.segments
    assert any("4" in line.value.in_language("zh") and "评分" in line.value.in_language("zh") for line in result.method)


def test_what_counts_as_liked_can_be_told(tmp_path: Path, prepare_file: PrepareFile) -> None:
    data = prepare_file(ratings(tmp_path))
    assert like_from(data, recommend.Params(rating_from=2)) == 2
    fixed = {"method": "popularity", "evaluate": False, "trend_days": 0}
    result = recommend.analyze(data, recommend.Params(**fixed, rating_from=5))
    assert dict(result.segments[["segment", "buyers"]].values.tolist()) == {"11": 2, "12": 1, "13": 0}


def test_orders_without_a_rating_column_need_none(tmp_path: Path, engine: Engine) -> None:
    data = lines_dataset(tmp_path, engine, [("a", "2024-01-01", "P"), ("b", "2024-01-01", "Q", {"x0": "很好"})])
    assert like_from(data, recommend.Params()) is None
    with pytest.raises(ParamError, match=r"param\.rating"):
        like_from(data, recommend.Params(rating="评分"))
