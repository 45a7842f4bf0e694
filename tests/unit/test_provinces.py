"""Provinces under any of their usual names, and columns that are none of provinces."""

from __future__ import annotations

import pytest

from analytics.provinces import PROVINCES, province, spellings


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("广东", "广东"), ("广东省", "广东"), (" Guangdong ", "广东"), ("guangdong province", "广东"),
        ("中国广东省", "广东"),
        ("内蒙古自治区", "内蒙古"), ("Inner Mongolia Autonomous Region", "内蒙古"), ("Neimenggu", "内蒙古"),
        ("广西壮族自治区", "广西"), ("Guangxi Zhuang Autonomous Region", "广西"),
        ("北京市", "北京"), ("Beijing City", "北京"),
        ("香港特别行政区", "香港"), ("Hong Kong SAR", "香港"), ("Hongkong", "香港"),
        ("Macao", "澳门"), ("Xizang", "西藏"),
        ("陕西省", "陕西"), ("山西省", "山西"), ("Shaanxi", "陕西"), ("Shanxi", "山西"),
        ("杭州", None), ("", None), ("华东", None), ("广东省深圳市南山区", None), ("France", None), ("省", None),
    ],
)  # fmt: skip
def test_names_of_provinces(text: str, name: str | None):
    assert province(text) == name


def test_all_are_there_each_on_a_square_of_its_own():
    assert len(PROVINCES) == 34
    assert len({(p.column, p.row) for p in PROVINCES.values()}) == 34
    assert len({p.code for p in PROVINCES.values()}) == 34
    for name, one in PROVINCES.items():
        assert province(name) == province(one.title.in_language("en")) == name


def test_a_column_is_one_of_provinces_when_most_of_its_customers_have_one():
    assert spellings([("广东省", 8), ("广东", 1), ("Zhejiang", 3), ("海外", 2)]) == {
        "广东省": "广东", "广东": "广东", "Zhejiang": "浙江",
    }  # fmt: skip
    assert spellings([("广东", 5), ("浙江", 2), ("海外", 3)]) is None
    assert spellings([("吉林", 10)]) is None  # one value tells no column of provinces
    assert spellings([("France", 5), ("Spain", 5)]) is None
    assert spellings([]) is None
