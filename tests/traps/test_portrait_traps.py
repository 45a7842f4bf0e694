"""A portrait's wrong numbers without an error: empty and constant columns, duplicates, outliers, small groups."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.dataset import Dataset
from analytics.engine import Engine
from analytics.errors import AnalyticsError, DataError, ParamError
from analytics.groups import Group, write_ids
from analytics.intake.reader import read_file
from analytics.models import portrait
from analytics.models.portrait import Params
from analytics.models.portrait_compare import strongest
from analytics.models.portrait_tgi import Counted, tgi
from tests.customer_tables import customers_dataset
from tests.order_tables import orders_dataset
from tests.people_tables import events_dataset

PrepareFile = Callable[[Path], Dataset]


def customers(folder: Path, engine: Engine, **columns: list) -> Dataset:
    return customers_dataset(folder, engine, columns)


def test_columns_that_tell_nothing_are_put_aside_with_the_reason(engine: Engine, tmp_path: Path):
    n = 60
    data = customers(
        tmp_path, engine, 常数=["甲"] * n, 全空=[None] * n, 序号=list(range(n)), 备注=[f"备注{at}" for at in range(n)],
        等级=["金", "银"] * 30,
    )  # fmt: skip
    found = portrait.prepared(data, Params()).people
    assert [str(a.label) for a in found.compared] == ["会员等级"]
    remark = portrait.analyze(data, Params(group="备注 包含 备注1"))  # still good for a rule
    assert remark.group_n == 11
    reasons = {str(label): str(reason) for label, reason in found.put_aside}
    assert set(reasons) == {"常数", "序号", "备注"}  # the reader has left out the empty one
    method = {str(line.label): str(line.value) for line in portrait.analyze(data, Params()).method}
    assert "常数（有值的客户都一样）" in method["没有比的列"]


def test_a_customer_file_of_other_people_is_put_aside(engine: Engine, tmp_path: Path):
    orders = [(f"o{at}", f"2024-01-{1 + at:02}", 10.0 + at) for at in range(20)]
    lines = orders_dataset(tmp_path / "o", engine, orders)
    file = customers(tmp_path / "c", engine, 性别=["女", "男"] * 10)
    people = portrait.prepared(lines.with_beside([file]), Params()).people
    assert "gender" not in people.table.columns
    assert ("性别", "全是空的") in {(str(label), str(reason)) for label, reason in people.put_aside}


@pytest.mark.parametrize("columns", [{}, {"a": [None] * 5}, {"a": ["x"] * 5}], ids=["none", "empty", "constant"])
def test_without_any_column_it_ends_clearly(engine: Engine, tmp_path: Path, columns: dict):
    data = customers_dataset(tmp_path, engine, {"客户编号": [f"C{at}" for at in range(5)], **columns})
    with pytest.raises(DataError) as error:
        portrait.analyze(data, Params())
    assert error.value.code == "data.no_attributes"


def test_one_order_is_everyone(engine: Engine, tmp_path: Path):
    """All attributes of one customer are the same for everybody: nothing to compare, and it says so."""
    with pytest.raises(AnalyticsError):
        portrait.analyze(orders_dataset(tmp_path, engine, [("a", "2024-01-01", 10)]), Params())
    two = orders_dataset(tmp_path / "two", engine, [("a", "2024-01-01", 10), ("b", "2024-01-02", 30)])
    result = portrait.analyze(two, Params())
    assert (result.group_n, result.base_n) == (1, 2)
    assert not result.values["solid"].any()
    assert {"few"} <= {finding.code for finding in result.findings}


@pytest.mark.parametrize("rule", ["等级 = 铂金", "等级 = 金 且 等级 = 银", "在:空名单"])
def test_an_empty_group_ends_clearly(engine: Engine, tmp_path: Path, rule: str):
    data = customers(tmp_path, engine, 等级=["金", "银"] * 10)
    write_ids(data.main.filter(data.main.customer_id == "nobody"), "customer_id", tmp_path / "g.parquet", engine)
    data = data.with_groups([Group("空名单", tmp_path / "g.parquet")])
    for params in (Params(group=rule), Params(group="等级 = 金", against=rule)):
        with pytest.raises(DataError) as error:
            portrait.analyze(data, params)
        assert error.value.code == "data.empty_group"


def test_a_group_of_ids_that_are_not_here_or_twice(engine: Engine, tmp_path: Path):
    data = customers(tmp_path, engine, 等级=["金", "银"] * 10)
    ids = engine.backend.create_table(
        "ids_of_a_group", {"id": ["C00000", "C00000", "C00002", "不在"]}, temp=True, overwrite=True
    )
    write_ids(ids, "id", tmp_path / "g.parquet", engine)
    group = Group("名单", tmp_path / "g.parquet")
    result = portrait.analyze(data.with_groups([group]), Params(group="在:名单"))
    assert result.group_n == 2
    assert result.people.count().execute() == 20  # the join has not made customers
    assert data.with_groups([group]).digest != data.digest
    with pytest.raises(ParamError) as error:
        portrait.analyze(data, Params(group="在:名单"))
    assert error.value.code == "param.unknown_group"


def test_a_customer_with_several_rows_counts_once_whatever_their_order(engine: Engine, tmp_path: Path):
    ids = ["a", "a", "b", "c", "d"] * 8
    ids = [f"{one}{at // 5}" for at, one in enumerate(ids)]
    frame = pd.DataFrame({"客户编号": ids, "等级": (["金", "银", "金", "银", "银"]) * 8, "分": list(range(40))})
    seen = []
    for at, rows in enumerate((frame, frame.sample(frac=1, random_state=3))):
        data = customers_dataset(tmp_path / str(at), engine, rows.to_dict("list"))
        result = portrait.analyze(data, Params(group="等级 = 金"))
        assert result.base_n == 32
        seen.append(result.values[["attribute", "n_group", "n_base"]].to_numpy().tolist())
    assert seen[0] == seen[1]


def test_one_giant_changes_no_band_and_no_median(engine: Engine, tmp_path: Path):
    plain = [at * 1.5 for at in range(1, 101)]  # 1 to 100 would be a serial number
    tables = [
        portrait.analyze(
            customers(tmp_path / str(at), engine, 金=["是", "否"] * 50, 存款=values), Params(group="金 = 是")
        )
        for at, values in enumerate((plain, [*plain[:-1], 1e12]))
    ]
    first, second = (t.values[t.values["attribute"] == t.attributes["attribute"][0]] for t in tables)
    assert first[["n_group", "n_base"]].to_numpy().tolist() == second[["n_group", "n_base"]].to_numpy().tolist()
    assert (
        tables[0].attributes["median_base"].dropna().tolist() == tables[1].attributes["median_base"].dropna().tolist()
    )


def test_equal_numbers_are_never_split_between_bands(engine: Engine, tmp_path: Path):
    values = [0] * 70 + list(range(1, 31))
    data = customers(tmp_path, engine, 金=["是", "否"] * 50, 次数=values)
    result = portrait.analyze(data, Params(group="金 = 是"))
    bands = result.values[result.values["attribute"] != "x0"]
    assert bands.iloc[0]["n_base"] == 70
    assert str(bands.iloc[0]["label"]) == "0"
    assert bands["n_base"].sum() == 100


def test_empty_cells_are_no_value_and_not_in_the_base(engine: Engine, tmp_path: Path):
    """Half do not say where they live: shares are of those who do."""
    data = customers(tmp_path, engine, 金=["是"] * 40 + ["否"] * 60, 城市=["甲", None] * 20 + ["乙", "甲", None] * 20)
    result = portrait.analyze(data, Params(group="金 = 是"))
    city = result.values[result.values["label"].astype(str) == "甲"].iloc[0]
    assert (city["n_group"], city["share_group"], city["share_base"]) == (20, 1.0, pytest.approx(40 / 60))
    told = result.attributes.set_index("attribute").loc[city["attribute"]]
    assert (told["filled_group"], told["filled_base"]) == (20, 60)


def test_few_people_are_grey_and_never_a_finding(engine: Engine, tmp_path: Path):
    places = ["甲"] * 90 + ["乙"] * 5 + ["丙"] * 5
    data = customers(tmp_path, engine, 金=["否"] * 90 + ["是"] * 5 + ["否"] * 5, 城市=places)
    result = portrait.analyze(data, Params(group="金 = 是"))
    rare = result.values[result.values["label"].astype(str) == "乙"].iloc[0]
    assert rare["tgi"] == pytest.approx(2000)  # all five of the group, five of a hundred
    assert not rare["solid"]
    assert not rare["sure"]
    assert not any("城市" in str(finding.text) for finding in result.findings if finding.code == "more")


def test_a_value_that_nobody_of_the_group_has_is_a_difference_when_many_others_have_it(engine: Engine, tmp_path: Path):
    data = customers(tmp_path, engine, 金=["是"] * 100 + ["否"] * 100, 城市=["甲"] * 100 + ["甲", "乙"] * 50)
    result = portrait.analyze(data, Params(group="金 = 是"))
    none = result.values[result.values["label"].astype(str) == "乙"].iloc[0]
    assert (none["n_group"], none["tgi"], none["low"]) == (0, 0, 0)
    assert 0 < none["high"] < 25
    assert none["sure"]
    assert strongest(result.values).iloc[0]["label"] == none["label"] or none["strength"] > 0


def test_pure_noise_gives_no_findings(engine: Engine, tmp_path: Path):
    import numpy as np

    draw = np.random.default_rng(11)
    columns = {f"列{at}": draw.choice(["a", "b", "c"], 600).tolist() for at in range(12)}
    data = customers(tmp_path, engine, 组=draw.choice(["是", "否"], 600).tolist(), **columns)
    result = portrait.analyze(data, Params(group="组 = 是"))
    assert "alike" in {finding.code for finding in result.findings}


def test_the_clock_is_the_data_s(engine: Engine, tmp_path: Path):
    orders = [(f"c{at}", f"2017-01-{1 + at % 28:02}", 10.0 + at) for at in range(60)]
    result = portrait.analyze(orders_dataset(tmp_path, engine, orders), Params())
    assert str(result.as_of) == "2017-01-29"
    recency = result.people.recency_days.max().execute()
    assert recency == 28


def test_refunded_orders_do_not_count(engine: Engine, tmp_path: Path):
    orders = [("kept", "2024-01-01", 100.0), ("back", "2024-01-02", 100.0, 100.0), ("mixed", "2024-01-03", 50.0)]
    data = orders_dataset(tmp_path, engine, [*orders, ("mixed", "2024-01-04", 60.0, 10.0)])
    people = portrait.prepared(data, Params()).people.table.execute().set_index("customer_id")
    assert people["monetary"].to_dict() == {"kept": 100, "back": 0, "mixed": 100}
    assert people["frequency"].to_dict() == {"kept": 1, "back": 0, "mixed": 2}
    assert math.isnan(people["recency_days"]["back"])  # no paid order: unknown, not 0


def test_shares_of_orders_need_three_of_them(engine: Engine, tmp_path: Path):
    orders = [("one", "2024-01-06", 1.0), *(("three", f"2024-01-{day:02}", 1.0) for day in (6, 8, 9))]
    people = portrait.prepared(orders_dataset(tmp_path, engine, orders), Params()).people
    assert "weekend_share" not in people.table.columns  # one customer has it: the same for everybody who has a value
    more = [*orders, *(("weekdays", f"2024-01-{day:02}", 2.0) for day in (8, 9, 10))]
    table = portrait.prepared(orders_dataset(tmp_path / "m", engine, more), Params()).people.table.execute()
    shares = table.set_index("customer_id")["weekend_share"]
    assert math.isnan(shares["one"])
    assert shares["three"] == pytest.approx(1 / 3, abs=1e-6)
    assert shares["weekdays"] == 0


def test_first_latest_and_commonest_do_not_depend_on_the_order_of_rows(prepare_file: PrepareFile, tmp_path: Path):
    rows = [
        ("o1", "2024-01-01", "a", 10, "抖音", "茶"), ("o2", "2024-02-01", "a", 10, "天猫", "茶"),
        ("o2", "2024-02-01", "a", 5, "天猫", "咖啡"), ("o3", "2024-03-01", "a", 10, "天猫", "咖啡"),
        ("o4", "2024-01-05", "b", 10, "微信", "茶"), ("o4", "2024-01-05", "b", 3, "抖音", "杯"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["订单编号", "下单时间", "客户编号", "金额", "渠道", "品类"])
    seen = []
    for at, table in enumerate((frame, frame.iloc[::-1])):
        file = tmp_path / f"{at}.csv"
        table.to_csv(file, index=False, encoding="utf-8-sig")
        people = portrait.prepared(prepare_file(file), Params()).people.table.execute().set_index("customer_id")
        seen.append(people[["last_channel", "first_channel", "most_category"]].to_dict())
    assert seen[0] == seen[1]
    # a: tea and coffee are in two orders each, coffee more lately; b: one order with two of each, the first by name
    assert seen[0] == {
        "last_channel": {"a": "天猫", "b": min("抖音", "微信")},
        "first_channel": {"a": "抖音", "b": min("抖音", "微信")},
        "most_category": {"a": "咖啡", "b": min("茶", "杯")},
    }


def test_events_have_a_portrait_too(engine: Engine, tmp_path: Path):
    events = [(f"u{at}", f"2024-01-{1 + at % 20:02} 10:00", "浏览") for at in range(40)]
    events += [(f"u{at}", f"2024-01-{2 + at % 20:02} 10:00", "支付") for at in range(0, 40, 2)]
    result = portrait.analyze(events_dataset(tmp_path, engine, events), Params(group="支付次数 >= 1"))
    assert (result.group_n, result.base_n) == (20, 40)
    assert result.rank_by == "events"
    assert result.customers.columns[0] == "user_id"


def test_the_customer_file_beside_the_orders_is_compared_too(engine: Engine, tmp_path: Path):
    orders = [(f"C{at:05}", f"2024-01-{1 + at % 28:02}", 10.0 + at) for at in range(100)]
    lines = orders_dataset(tmp_path / "o", engine, orders)
    file = customers(tmp_path / "c", engine, 性别=["女"] * 20 + ["男"] * 50 + ["女"] * 50)
    both = lines.with_beside([file])
    result = portrait.analyze(both, Params())
    gender = result.values[result.values["attribute"] == "gender"].set_index("value")
    assert gender.loc["女", "n_group"] == 20  # the twenty who spent most, C00080 … C00099
    assert gender.loc["女", "n_base"] == 50
    # The other way round: everybody of the file, with what the orders say of those who have any.
    turned = portrait.analyze(file.with_beside([lines]), Params(group="累计净消费 不为空"))
    assert (turned.group_n, turned.base_n) == (100, 120)


def test_saved_answers_of_models_change_nothing(sample_dataset: Dataset, tmp_path: Path):
    from analytics.dataset import Segmented
    from analytics.models import rfm
    from analytics.models.portrait_columns import names_of

    answer = rfm.analyze(sample_dataset, rfm.Params())
    sample_dataset.engine.write_parquet(answer.customers, tmp_path / "rfm.parquet")
    given_answer = Segmented("rfm", tmp_path / "rfm.parquet", "customer_id", names_of(answer), None, "net")
    params = Params(group="rfm = champions")
    fast = portrait.analyze(replace(sample_dataset, segmented=(given_answer,)), params)
    pd.testing.assert_frame_equal(fast.segments, portrait.analyze(sample_dataset, params).segments)


def test_a_list_may_be_read_back(engine: Engine, tmp_path: Path):
    """A guarded id (@a stands as '@a in our csv) is the same customer again."""
    from analytics.groups import group_from_file

    data = customers_dataset(tmp_path, engine, {"客户编号": ["@a", "b", "c"], "等级": ["金", "银", "银"]})
    (tmp_path / "名单.csv").write_text("客户编号\n'@a\n", encoding="utf-8")
    group = group_from_file(read_file(tmp_path / "名单.csv", tmp_path / "raw"), tmp_path / "g.parquet", engine)
    result = portrait.analyze(data.with_groups([replace(group, name="名单")]), Params(group="在:名单"))
    assert result.group_n == 1


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_interval_holds_the_index_and_stays_in_its_range(draw: st.DataObject):
    n_group = draw.draw(st.integers(1, 500))
    n_rest = draw.draw(st.integers(0, 500))
    x = draw.draw(st.integers(0, n_group))
    y = draw.draw(st.integers(0, n_rest))
    found = tgi(Counted(x, n_group, x + y, n_group + n_rest, nested=True))
    if x + y == 0:
        assert math.isnan(found.value)
        return
    most = (n_group + n_rest) / n_group * 100
    assert 0 <= found.low <= found.value + 1e-6
    assert found.value - 1e-6 <= found.high <= most + 1e-6
