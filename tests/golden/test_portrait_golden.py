"""Portraits whose answer is known: counted by hand, by another formula, or from what the real files hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.dataset import Dataset
from analytics.engine import Engine
from analytics.models import portrait
from analytics.models.portrait import Params, Result
from analytics.models.portrait_tgi import Counted, ratio_interval, sure, tgi, wilson
from tests.customer_tables import customers_dataset

PrepareFile = Callable[[Path], Dataset]


def row(result: Result, attribute: str, value: str) -> Mapping[str, Any]:
    """The row of a value, by the attribute's label and the value's."""
    key = next(a.key for a in result.known if str(a.label) == attribute)
    mine = result.values[result.values["attribute"] == key]
    return next(r for r in mine.to_dict("records") if str(r["label"]) == value)


# ── by hand: 100 customers; 40 pay; of those 30 are from 广东, of the 60 others 20.


@pytest.fixture(scope="module")
def hundred(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    columns = {
        "付费": ["是"] * 40 + ["否"] * 60,
        "地区": ["广东省"] * 15 + ["广东"] * 10 + ["Guangdong"] * 5 + ["浙江"] * 10 + ["广东"] * 20 + ["浙江省"] * 40,
        "年龄": [40] * 40 + [20] * 60,
    }
    return customers_dataset(tmp_path_factory.mktemp("hundred"), engine, columns)


def test_tgi_by_hand_against_all(hundred: Dataset):
    result = portrait.analyze(hundred, Params(group="付费 = 是"))
    assert (result.group_n, result.base_n, result.nested) == (40, 100, True)
    guangdong = row(result, "地区", "广东")  # four spellings, one province
    assert (guangdong["n_group"], guangdong["n_base"]) == (30, 50)
    assert guangdong["share_group"] == pytest.approx(0.75)
    assert guangdong["share_base"] == pytest.approx(0.5)
    assert guangdong["tgi"] == pytest.approx(150)
    # By hand: Wilson of 30/40 and of 20/60 in the rest, MOVER, R → 100 R / (0.4 R + 0.6).
    assert wilson(30, 40) == pytest.approx((0.598060, 0.858129), abs=1e-6)
    assert wilson(20, 60) == pytest.approx((0.227293, 0.459431), abs=1e-6)
    low, high = by_hand_ratio(0.75, (0.598060, 0.858129), 20 / 60, (0.227293, 0.459431))
    assert guangdong["low"] == pytest.approx(100 * low / (0.4 * low + 0.6), abs=0.01)
    assert guangdong["high"] == pytest.approx(100 * high / (0.4 * high + 0.6), abs=0.01)
    assert guangdong["low"] == pytest.approx(125.71, abs=0.01)
    assert guangdong["high"] == pytest.approx(173.00, abs=0.01)
    assert guangdong["solid"]
    assert guangdong["sure"]
    assert row(result, "地区", "浙江")["tgi"] == pytest.approx(50)


def by_hand_ratio(p1: float, w1: tuple[float, float], p2: float, w2: tuple[float, float]) -> tuple[float, float]:
    """Equations (6) of Donner and Zou, written out once more."""
    (l1, u1), (l2, u2) = w1, w2
    low = (p1 * p2 - math.sqrt((p1 * p2) ** 2 - l1 * u2 * (2 * p1 - l1) * (2 * p2 - u2))) / (u2 * (2 * p2 - u2))
    high = (p1 * p2 + math.sqrt((p1 * p2) ** 2 - u1 * l2 * (2 * p1 - u1) * (2 * p2 - l2))) / (l2 * (2 * p2 - l2))
    return low, high


def test_tgi_by_hand_against_another_group(hundred: Dataset):
    result = portrait.analyze(hundred, Params(group="付费 = 是", against="付费 = 否"))
    assert not result.nested
    guangdong = row(result, "地区", "广东")
    assert guangdong["tgi"] == pytest.approx(75 / (100 / 3) * 100)
    low, high = ratio_interval(30, 40, 20, 60)
    assert (guangdong["low"], guangdong["high"]) == pytest.approx((low * 100, high * 100))
    held = result.customers.group_by("segment").agg(n=lambda t: t.count()).execute()
    assert dict(zip(held["segment"], held["n"], strict=True)) == {"group": 40, "base": 60}


def test_a_number_is_told_in_bands_with_medians(hundred: Dataset):
    result = portrait.analyze(hundred, Params(group="付费 = 是", bands=2))
    age = result.attributes.set_index("attribute").loc["age"]
    assert (age["median_group"], age["median_base"]) == (40, 20)
    assert age["mean_base"] == pytest.approx(28)
    older = result.values[(result.values["attribute"] == "age") & (result.values["n_group"] == 40)].iloc[0]
    assert older["tgi"] == pytest.approx(250)  # all 40 of the group, 40 of 100 in all


def test_what_the_group_was_chosen_by_comes_last_and_is_no_finding(hundred: Dataset):
    result = portrait.analyze(hundred, Params(group="付费 = 是"))
    paid = next(a.key for a in result.known if str(a.label) == "付费")
    assert result.attributes.iloc[-1]["attribute"] == paid
    assert bool(result.attributes.iloc[-1]["defining"])
    assert not any("付费：" in str(f.text) for f in result.findings if f.code in ("more", "less"))


def test_a_group_that_is_everyone_has_100_without_doubt(hundred: Dataset):
    result = portrait.analyze(hundred, Params(group="全部"))
    assert set(result.values["tgi"]) == set(result.values["low"]) == set(result.values["high"]) == {100.0}
    assert not result.values["sure"].any()
    assert [f.code for f in result.findings] == ["who", "everyone"]


# ── against other formulas


@pytest.mark.parametrize(
    ("x1", "n1", "x2", "n2"), [(30, 100, 20, 200), (5, 200, 12, 300), (90, 120, 300, 800), (40, 100, 39, 40)]
)
def test_the_interval_is_close_to_that_of_the_score_method(x1: int, n1: int, x2: int, n2: int):
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    low, high = proportion.confint_proportions_2indep(x1, n1, x2, n2, compare="ratio", method="score")
    assert ratio_interval(x1, n1, x2, n2) == pytest.approx((low, high), rel=0.05)


def test_the_interval_covers_the_truth_about_95_times_in_100():
    import numpy as np

    draw = np.random.default_rng(3)
    n_group, n_rest, p_group, p_rest = 60, 400, 0.2, 0.1
    truth = p_group / ((p_group * n_group + p_rest * n_rest) / (n_group + n_rest)) * 100
    x, y = draw.binomial(n_group, p_group, 2000), draw.binomial(n_rest, p_rest, 2000)
    found = [
        tgi(Counted(int(a), n_group, int(a + b), n_group + n_rest, nested=True)) for a, b in zip(x, y, strict=True)
    ]
    covered = sum(one.low <= truth <= one.high for one in found) / len(found)
    assert 0.935 <= covered <= 0.975


def test_false_alarms_among_many_comparisons_stay_few():
    import numpy as np

    draw = np.random.default_rng(5)
    alarms = [any(sure(list(draw.uniform(size=100)))) for _ in range(300)]
    assert sum(alarms) / len(alarms) < 0.09  # five in a hundred, not nearly all
    assert sure([0.001, 0.02, 0.8, math.nan]) == [True, True, False, False]


# ── real files


@pytest.fixture(scope="module")
def churn(shared_data: Path, prepare_file: PrepareFile) -> Dataset:
    return prepare_file(shared_data / "bank_churn_10k" / "Churn_Modelling.csv")


def test_who_leaves_the_bank(churn: Dataset, shared_data: Path):
    """2,037 of 10,000 left. Counted from the file by pandas: 814 of 2,509 Germans did."""
    frame = pd.read_csv(shared_data / "bank_churn_10k" / "Churn_Modelling.csv")
    result = portrait.analyze(churn, Params(group="Exited = 1"))
    left = frame[frame["Exited"] == 1]
    assert (result.group_n, result.base_n) == (len(left), len(frame)) == (2037, 10000)
    for column, values in (("Geography", ("Germany", "France", "Spain")), ("NumOfProducts", (1, 2, 3, 4))):
        label = {"Geography": "地区"}.get(column, column)
        for value in values:
            mine = row(result, label, str(value))
            share, everyone = (left[column] == value).mean(), (frame[column] == value).mean()
            assert mine["tgi"] == pytest.approx(share / everyone * 100)
            assert mine["n_group"] == int((left[column] == value).sum())
    assert row(result, "地区", "Germany")["tgi"] == pytest.approx(159.27, abs=0.01)
    assert row(result, "NumOfProducts", "4")["tgi"] == pytest.approx(490.92, abs=0.01)  # all 60 of them left
    age = result.attributes.set_index("attribute").loc["age"]
    assert (age["median_group"], age["median_base"]) == (left["Age"].median(), frame["Age"].median()) == (45, 37)
    assert result.attributes.iloc[0]["attribute"] == "age"  # what tells leavers apart most
    assert [str(label) for label, _ in portrait.prepared(churn, Params()).people.put_aside] == ["RowNumber"]
    # Nothing that the file says is pure noise (salary, credit card) is called a difference.
    noise = result.attributes.set_index("attribute")["sure"]
    by_label = {str(a.label): a.key for a in result.known}
    assert not noise[by_label["EstimatedSalary"]]
    assert not noise[by_label["HasCrCard"]]


def test_the_superstore_by_province(shared_data: Path, prepare_file: PrepareFile):
    """Counted by pandas from the sheet: the fifth with the highest sales, and where their latest order went."""
    source = shared_data / "superstore_cn" / "示例-超市.xls"
    result = portrait.analyze(prepare_file(source), Params())
    frame = pd.read_excel(source, sheet_name=0)
    money = frame.groupby("客户 ID")["销售额"].sum().sort_values(ascending=False)
    best = set(money.index[:158])  # a fifth of 790
    assert (result.group_n, result.base_n) == (158, 790)
    assert result.headline["group_revenue"] == pytest.approx(float(money.iloc[:158].sum()))
    ordered = frame.sort_values(["订单日期", "订单 ID", "省/自治区"], ascending=[True, True, False])
    latest = ordered.groupby("客户 ID")["省/自治区"].last()
    for place in ("浙江", "山东", "广东"):
        mine = row(result, "最近的省/自治区", place)
        assert mine["n_base"] == int((latest == place).sum())
        assert mine["n_group"] == int((latest[list(best)] == place).sum())
    assert result.attribute("last_region").provinces


def test_groups_of_models_can_be_looked_at(sample_dataset: Dataset):
    """As many as the model's own page says."""
    from analytics.models import lifecycle, rfm

    champions = rfm.analyze(sample_dataset, rfm.Params()).segments.set_index("segment")["customers"]["champions"]
    result = portrait.analyze(sample_dataset, Params(group="rfm = 重要价值客户"))
    assert result.group_n == champions
    assert str(result.group_words) == "重要价值客户"
    assert {"recency_days", "frequency", "monetary"} <= set(result.attributes.query("defining")["attribute"])
    lost = lifecycle.analyze(sample_dataset, lifecycle.Params()).segments.set_index("segment")["customers"]["lost"]
    assert portrait.analyze(sample_dataset, Params(group="生命周期阶段 = Lost")).group_n == lost


# ── tags


TAGS = """客户价值/高: 年龄 >= 40 且 地区 = 广东
客户价值/中: 地区 = 广东
付了/付了: 付费 = 是
"""


def test_the_first_rule_that_fits_wins(hundred: Dataset):
    result = portrait.analyze(hundred, Params(group="客户价值 = 高", tags=TAGS))
    assert result.group_n == 30
    counts = result.tagged.counts
    assert counts[["value", "fits", "gets"]].to_numpy().tolist() == [["高", 30, 30], ["中", 50, 20], ["付了", 40, 40]]
    assert result.tagged.without == {"客户价值": 50, "付了": 60}
    both = result.tagged.overlap.set_index(["value", "other_value"])["both"]
    assert both["高", "付了"] == both["付了", "高"] == 30
    assert both["中", "付了"] == 0
    assert both["高", "中"] == 0
    # As columns of the list, and a tag may speak of the tags before it.
    customers = result.customers.execute()
    assert customers["tag_1"].value_counts().to_dict() == {"高": 30, "中": 20}
    chained = portrait.analyze(hundred, Params(tags=TAGS + "重点/是: 客户价值 = 高 且 付了 = 付了\n"))
    assert chained.tagged.counts.iloc[-1]["gets"] == 30
