"""Which kind of table, which column plays which role."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from analytics.fields import ROLES
from analytics.intake.aliases import ALIASES, normalise
from analytics.intake.assign import best_assignment
from analytics.intake.mapping import Guess, Mapping
from analytics.intake.recognise import header_key, recognise, replay
from tests.unit.intake.raw_tables import raw_table

DAYS = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-06"]
PEOPLE = ["c1", "c2", "c1", "c3", "c2", "c1"]
ORDERS = ["5001", "5002", "5003", "5004", "5005", "5006"]
MONEY = ["10.5", "20", "9.9", "100", "55", "12"]


def guess(folder: Path, columns: dict[str, list[str]], header_row: int = 1) -> Guess:
    return recognise(dataclasses.replace(raw_table(folder, columns), header_row=header_row))


def test_every_role_has_aliases_in_normal_form():
    assert set(ALIASES) == set(ROLES)
    for names in ALIASES.values():
        assert all(name and name == normalise(name) for name in names)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("订单 ID", "订单id"),
        ("实付金额（元）", "实付金额"),
        ("Total (USD)", "total"),
        ("Customer_ID", "customerid"),
        ("（未知）", "未知"),
        ("ＩＤ", "id"),
    ],
)
def test_headers_are_normalised(header: str, name: str):
    assert normalise(header) == name


@pytest.mark.parametrize(
    ("platform", "headers"),
    [
        (
            "淘宝",
            {
                "customer_id": "买家会员名",
                "order_id": "订单编号",
                "ordered_at": "订单创建时间",
                "amount": "买家实际支付金额",
            },
        ),
        (
            "繁體",
            {"customer_id": "客戶編號", "order_id": "訂單號", "ordered_at": "下單時間", "amount": "實付金額"},
        ),
        (
            "有赞",
            {"customer_id": "会员编号", "order_id": "订单号", "ordered_at": "下单时间", "amount": "实付金额（元）"},
        ),
        (
            "旺店通",
            {"customer_id": "客户网名ID", "order_id": "原始单号", "ordered_at": "交易时间", "amount": "已付金额"},
        ),
        (
            "Shopify",
            {"customer_id": "Customer ID", "order_id": "Order ID", "ordered_at": "Created at", "amount": "Total"},
        ),
        (
            "Square",
            {"customer_id": "Customer ID", "order_id": "Transaction ID", "ordered_at": "Date", "amount": "Net Sales"},
        ),
        (
            "WooCommerce",
            {"customer_id": "customer_id", "order_id": "order_id", "ordered_at": "date_created", "amount": "net_total"},
        ),
        ("金蝶", {"customer_id": "客户编码", "order_id": "单据编号", "ordered_at": "单据日期", "amount": "价税合计"}),
    ],
)
def test_order_exports_of_platforms(tmp_path: Path, platform: str, headers: dict[str, str]):
    headers = headers | ({"customer_id": "客户编号"} if platform == "旺店通" else {})
    cells = {"customer_id": PEOPLE, "order_id": ORDERS, "ordered_at": DAYS, "amount": MONEY}
    found = guess(tmp_path, {headers[role]: cells[role] for role in headers})
    assert found.mapping.kind == "lines"
    assert dict(found.mapping.roles) == headers
    assert found.sure
    assert [role for role, _ in found.reasons] == [role for role, _ in found.mapping.roles]


def test_what_was_paid_stands_before_what_was_due(tmp_path: Path):
    columns = {
        "客户编号": PEOPLE,
        "下单时间": DAYS,
        "应付金额": MONEY,
        "订单金额": MONEY,
        "实付金额": MONEY,
        "原价": MONEY,
    }
    assert guess(tmp_path, columns).mapping.column("amount") == "实付金额"


def test_an_id_stands_before_a_name_and_a_row_number_is_neither(tmp_path: Path):
    columns = {
        "行 ID": ["1", "2", "3", "4", "5", "6"],
        "客户名称": PEOPLE,
        "客户 ID": PEOPLE,
        "订单 ID": ORDERS,
        "发货日期": DAYS,
        "订单日期": DAYS,
        "产品 ID": ["p1"] * 6,
        "产品名称": ["笔"] * 6,
        "地区": ["华东"] * 6,
        "省/自治区": ["浙江"] * 6,
        "销售额": MONEY,
    }
    mapping = guess(tmp_path, columns).mapping
    assert dict(mapping.roles) == {
        "customer_id": "客户 ID",
        "ordered_at": "订单日期",
        "amount": "销售额",
        "order_id": "订单 ID",
        "product": "产品名称",
        "product_id": "产品 ID",
        "region": "省/自治区",
        "customer_name": "客户名称",
        "shipped_at": "发货日期",
    }


def test_the_time_of_the_order_before_the_time_of_payment(tmp_path: Path):
    both = guess(tmp_path, {"客户编号": PEOPLE, "付款时间": DAYS, "下单时间": DAYS, "实付金额": MONEY})
    assert both.mapping.column("ordered_at") == "下单时间"
    one = guess(tmp_path, {"客户编号": PEOPLE, "付款时间": DAYS, "实付金额": MONEY})
    assert one.mapping.column("ordered_at") == "付款时间"
    assert "付款时间" in str(dict(one.reasons)["ordered_at"])


def test_unit_price_times_quantity_is_an_amount(tmp_path: Path):
    found = guess(
        tmp_path,
        {"CustomerID": PEOPLE, "InvoiceNo": ORDERS, "InvoiceDate": DAYS, "Quantity": ["1"] * 6, "UnitPrice": MONEY},
    )
    assert found.mapping.missing() == ()
    assert found.mapping.column("amount") is None
    assert found.sure


def test_a_price_alone_is_taken_for_the_amount_with_a_warning(tmp_path: Path):
    found = guess(tmp_path, {"客户编号": PEOPLE, "下单时间": DAYS, "价格": MONEY})
    assert found.mapping.column("amount") == "价格"
    assert "价格" in str(found.warnings[0])


def test_without_a_customer_id_a_phone_stands_in_with_a_warning(tmp_path: Path):
    phones = ["13800000001", "13800000002", "13800000001", "13800000003", "13800000002", "13800000001"]
    found = guess(
        tmp_path, {"订单号": ORDERS, "收货人姓名": PEOPLE, "联系手机": phones, "下单时间": DAYS, "实付金额": MONEY}
    )
    assert found.mapping.column("customer_id") == "联系手机"
    assert found.mapping.column("customer_name") == "收货人姓名"
    assert "联系手机" in str(found.warnings[0])


def test_only_a_name_is_not_sure(tmp_path: Path):
    found = guess(tmp_path, {"订单号": ORDERS, "收货人姓名": PEOPLE, "下单时间": DAYS, "实付金额": MONEY})
    assert found.mapping.column("customer_id") == "收货人姓名"
    assert not found.sure


def test_a_header_says_nothing_when_the_cells_contradict_it(tmp_path: Path):
    found = guess(tmp_path, {"客户编号": PEOPLE, "下单时间": DAYS, "金额": ["高", "低"] * 3, "销售额": MONEY})
    assert found.mapping.column("amount") == "销售额"


def test_reviews(tmp_path: Path):
    texts = [
        "物流很快，东西不错，下次再来",
        "一般般吧，没有想象的好",
        "差评，包装都破了",
        "好",
        "很满意的一次购物",
        "质量不错",
    ]
    found = guess(
        tmp_path, {"用户ID": PEOPLE, "评论内容": texts, "评分": ["5", "3", "1", "5", "5", "4"], "评论时间": DAYS}
    )
    assert found.mapping.kind == "reviews"
    assert dict(found.mapping.roles) == {
        "text": "评论内容",
        "rating": "评分",
        "reviewed_at": "评论时间",
        "customer_id": "用户ID",
    }


def test_events(tmp_path: Path):
    found = guess(tmp_path, {"event_time": DAYS, "event_type": ["view", "cart"] * 3, "user_id": PEOPLE, "price": MONEY})
    assert found.mapping.kind == "events"
    assert dict(found.mapping.roles)["event"] == "event_type"


def test_customers(tmp_path: Path):
    people = ["m1", "m2", "m3", "m4", "m5", "m6"]
    found = guess(
        tmp_path, {"会员编号": people, "性别": ["男", "女"] * 3, "注册时间": DAYS, "会员等级": ["金", "银"] * 3}
    )
    assert found.mapping.kind == "customers"
    assert found.sure
    assert found.mapping.column("registered_at") == "注册时间"


def test_a_list_of_returned_orders(tmp_path: Path):
    found = guess(tmp_path, {"订单 ID": ORDERS, "退回": ["是"] * 6})
    assert found.mapping.kind == "returns"
    assert found.mapping.roles == (("order_id", "订单 ID"),)


def test_a_bare_id_is_the_order_and_the_email_stands_in_for_the_customer(tmp_path: Path):
    mails = [f"{person}@example.com" for person in PEOPLE]
    found = guess(tmp_path, {"Id": ORDERS, "Email": mails, "Created at": DAYS, "Total": MONEY})
    assert found.mapping.column("order_id") == "Id"
    assert found.mapping.column("customer_id") == "Email"
    assert "Email" in str(found.warnings[0])


def test_whose_attribute_a_column_is(tmp_path: Path):
    phones = [f"1380000000{at}" for at in range(6)]
    columns = {
        "客户编号": PEOPLE,
        "下单时间": DAYS,
        "实付金额": MONEY,
        "分销员手机号": phones,
        "顾客电话": phones,
        "Default Address City": ["杭州"] * 6,
        "Item Location": ["库房"] * 6,
    }
    mapping = guess(tmp_path, columns).mapping
    assert (mapping.column("phone"), mapping.column("city")) == ("顾客电话", "Default Address City")
    assert mapping.column("store") is None


def test_a_tax_is_no_sale(tmp_path: Path):
    found = guess(tmp_path, {"客户编号": PEOPLE, "下单时间": DAYS, "Sales Tax": MONEY, "退款前支付金额": MONEY})
    assert found.mapping.column("amount") is None
    assert found.mapping.column("refund_amount") is None


def test_without_headers_the_cells_decide_and_nothing_is_sure(tmp_path: Path):
    numbers = ["00004", "00021", "00004", "00050", "00021", "00071"]
    days = ["19970101", "19970118", "19970802", "19971212", "19970101", "19970113"]
    columns = {
        "列1": numbers,
        "列2": days,
        "列3": ["1", "2", "1", "1", "3", "1"],
        "列4": ["29.33", "29.73", "14.96", "26.48", "63.34", "11.77"],
    }
    found = guess(tmp_path, columns, header_row=0)
    assert found.mapping.kind == "lines"
    assert dict(found.mapping.roles) == {"customer_id": "列1", "ordered_at": "列2", "amount": "列4"} | (
        {"quantity": "列3"} if found.mapping.column("quantity") else {}
    )
    assert not found.sure


def test_nothing_recognised_is_not_sure_and_does_not_raise(tmp_path: Path):
    found = guess(tmp_path, {"甲": ["x"], "乙": ["y"]})
    assert not found.sure
    assert found.mapping.roles == ()
    assert not guess(tmp_path, {"客户编号": [], "金额": []}).sure


def test_damaged_ids_are_a_warning(tmp_path: Path):
    found = guess(tmp_path, {"客户编号": ["1.03531E+12"] * 6, "下单时间": DAYS, "实付金额": MONEY})
    assert "改坏" in str(found.warnings[0])


def test_day_and_month(tmp_path: Path):
    clear = guess(tmp_path, {"客户编号": PEOPLE, "下单时间": ["13/01/2024", *["02/01/2024"] * 5], "实付金额": MONEY})
    assert clear.mapping.date_order == "dmy"
    unclear = guess(tmp_path, {"客户编号": PEOPLE, "下单时间": ["03/01/2024", *["02/01/2024"] * 5], "实付金额": MONEY})
    assert unclear.mapping.date_order == "ymd"
    assert "下单时间" in str(unclear.warnings[0])


def test_the_key_of_a_set_of_headers():
    assert header_key(["订单 ID", "金额（元）"]) == header_key(["金额", "订单ID"])
    assert header_key(["订单 ID", "金额"]) != header_key(["订单 ID", "金额", "数量"])


def test_a_mapping_is_replayed_by_name(tmp_path: Path):
    mapping = Mapping("lines", (("customer_id", "客户"), ("ordered_at", "日期"), ("amount", "金额（元）")), "dmy")
    other = raw_table(tmp_path, {"金额": ["1"], "备注": [""], "日期": ["2024-01-01"], "客户": ["a"]})
    assert replay(mapping, other) == Mapping(
        "lines", (("customer_id", "客户"), ("ordered_at", "日期"), ("amount", "金额")), "dmy"
    )
    assert replay(mapping, raw_table(tmp_path, {"金额": ["1"], "日期": ["2024-01-01"]})) is None
    twice = raw_table(tmp_path, {"金额": ["1"], "金额 (2)": ["2"], "日期": ["2024-01-01"], "客户": ["a"]})
    assert replay(mapping, twice) is None


def test_the_best_total_not_the_best_pair():
    assert best_assignment([[10, 9], [9, 1]]) == {0: 1, 1: 0}
    assert best_assignment([[5, 0], [7, 0]]) == {1: 0}
    assert best_assignment([]) == {}
