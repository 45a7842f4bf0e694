"""The first page by AppTest: empty, with the sample, with files of every temper, in both languages."""

from __future__ import annotations

import io
import os
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from streamlit.testing.v1 import AppTest

from tests.pages.support import CHINESE, assert_no_bug, confirm, start, upload

ORDERS = "订单号,客户编号,下单时间,金额\n" + "".join(
    f"A{n:04d},C{n % 7},2024-0{1 + n % 9}-1{n % 9},{10 + n}.50\n" for n in range(60)
)


def tiles(app: AppTest) -> dict[str, str]:
    return {tile.label: tile.value for tile in app.metric}


def texts(app: AppTest) -> list[str]:
    """Everything on the page that is made of words, the dataset's own names and values left out."""
    blocks = (app.title, app.header, app.subheader, app.markdown, app.caption, app.error, app.warning)
    found = [str(item.value) for block in blocks for item in block]
    found += [item.label for item in (*app.button, *app.metric, *app.expander, *app.checkbox, *app.selectbox)]
    return [text for text in found if "<style>" not in text]


def test_the_empty_state_says_what_to_do_and_offers_the_sample():
    app = start()
    assert "名单" in app.title[0].value
    assert app.file_uploader
    assert app.button(key="sample").label == "用示例数据试一试"
    assert not app.metric


def test_one_click_loads_the_sample_all_the_way():
    app = start()
    app.button(key="sample").click().run()
    assert_no_bug(app)
    assert app.header[0].value == "数据健康"
    read, used, out = (int(tiles(app)[name].replace(",", "")) for name in ("读到的行", "用上的行", "没用上的行"))
    assert read == used + out
    assert used > 5000
    assert sum(app.dataframe[0].value["count"]) == out


def test_english_has_no_chinese_but_names():
    app = start("en")
    assert [text for text in texts(app) if CHINESE.search(text)] == []
    app.button(key="sample").click().run()
    assert_no_bug(app)
    with_chinese = [text for text in texts(app) if CHINESE.search(text)]
    assert with_chinese == [":material/description: **订单明细\\.xlsx**"]


def test_the_form_in_english_has_no_chinese_but_the_files_own():
    app = upload(start("en"), ("orders.csv", ORDERS.encode()))
    own = ("客户编号", "下单时间", "金额", "订单号")
    left = [re.sub("|".join(own), "", text) for text in texts(app)]
    assert [text for text in left if CHINESE.search(text)] == []


def test_a_file_is_shown_as_understood_and_one_click_confirms_it():
    app = upload(start(), ("orders.csv", ORDERS.encode("gb18030")))
    assert app.header[0].value == "看懂了什么"
    chosen = {box.label: box.value for box in app.selectbox if box.value is not None}
    assert chosen["客户编号"] == "客户编号"
    assert chosen["下单时间"] == "下单时间"
    assert chosen["金额"] == "金额"
    assert any("GB18030" in text for text in texts(app))
    confirm(app)
    assert tiles(app)["用上的行"] == "60"
    assert tiles(app)["客户"] == "7"
    assert tiles(app)["订单"] == "60"


def test_nothing_can_be_confirmed_while_a_required_column_is_missing():
    app = upload(start(), ("orders.csv", ORDERS.encode()))
    box = next(box for box in app.selectbox if box.label == "客户编号")
    box.select_index(0).run()
    assert app.button(key="confirm").disabled
    assert "客户编号" in str(app.warning[0].proto)


def test_a_corrected_mapping_is_used_and_replayed_for_the_next_file():
    app = upload(start(), ("a.csv", ORDERS.replace("金额", "数一").encode()))
    next(box for box in app.selectbox if box.label == "金额").select("数一").run()
    confirm(app)
    reordered = "\n".join(",".join(reversed(line.split(","))) for line in ORDERS.replace("金额", "数一").splitlines())
    upload(app, ("b.csv", reordered.encode()))
    assert next(box for box in app.selectbox if box.label == "金额").value == "数一"
    assert any("沿用了上次确认的对应关系" in text for text in texts(app))
    confirm(app)
    assert tiles(app)["用上的行"] == "60"


def test_several_files_of_one_kind_are_joined_by_column_name():
    header, *lines = ORDERS.splitlines()
    first = "\n".join([header, *lines[:25]])
    second = "\n".join(",".join(reversed(line.split(","))) for line in [header, *lines[25:]])
    app = upload(start(), ("一月.csv", first.encode()), ("二月.csv", second.encode()))
    assert any("按列名接成一张表" in text for text in texts(app))
    confirm(app)
    assert tiles(app)["用上的行"] == "60"


def test_a_second_file_of_returned_orders_is_offered_and_applied():
    returns = "订单号,退回\nA0003,是\nA0007,是\n"
    app = upload(start(), ("orders.csv", ORDERS.encode()), ("returns.csv", returns.encode()))
    box = next(box for box in app.checkbox if "冲减" in box.label)
    assert "2 个订单号，全部找到" in box.label
    assert box.value is True
    confirm(app)
    assert tiles(app)["退款"] == "¥31"  # 13.50 + 17.50


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.csv", b""),
        ("假的.xlsx", b"this is not a workbook at all"),
        ("断了.xlsx", b"PK\x03\x04" + b"\x00" * 200),
        ("照片.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
    ],
)
def test_a_bad_file_gets_a_message_and_the_earlier_data_stay(name: str, content: bytes):
    app = confirm(upload(start(), ("orders.csv", ORDERS.encode())))
    upload(app, (name, content))
    assert app.error
    assert name.split(".", maxsplit=1)[0] in str(app.error[0].proto)
    app.button(key="abandon").click().run()
    assert_no_bug(app)
    assert app.header[0].value == "数据健康"
    assert tiles(app)["用上的行"] == "60"


def test_dropping_duplicates_is_a_choice_with_its_count():
    header, first, *rest = ORDERS.splitlines()
    app = upload(start(), ("orders.csv", "\n".join([header, first, first, *rest]).encode()))
    box = next(box for box in app.checkbox if "重复" in box.label)
    assert "1 行" in box.label
    assert box.value is False
    box.check().run()
    confirm(app)
    assert tiles(app)["用上的行"] == "60"
    assert tiles(app)["没用上的行"] == "1"


def test_choosing_another_sheet_reads_that_sheet():
    book = Workbook()
    book.active.title = "说明"
    book.active.append(["这里什么也没有"])
    for title, lines in (("一店", 40), ("二店", 20)):
        sheet = book.create_sheet(title)
        for line in ORDERS.splitlines()[: lines + 1]:
            sheet.append(line.split(","))
    stream = io.BytesIO()
    book.save(stream)
    app = upload(start(), ("shops.xlsx", stream.getvalue()))
    box = next(box for box in app.selectbox if box.label == "工作表")
    assert box.value == "一店"
    box.select("二店").run()
    confirm(app)
    assert tiles(app)["用上的行"] == "20"


def test_changing_the_columns_of_a_confirmed_dataset_needs_no_new_upload():
    app = confirm(upload(start(), ("orders.csv", ORDERS.encode())))
    app.button(key="change-mapping").click().run()
    assert_no_bug(app)
    assert app.header[0].value == "看懂了什么"
    confirm(app)
    assert tiles(app)["用上的行"] == "60"


def test_clear_deletes_the_files_and_the_page_is_empty_again():
    home = Path(os.environ["ZHIKE_HOME"])
    before = set(home.rglob("manifest.json"))
    app = confirm(upload(start(), ("orders.csv", ORDERS.encode())))
    assert set(home.rglob("manifest.json")) - before
    app.button(key="clear-all").click().run()
    assert_no_bug(app)
    assert set(home.rglob("manifest.json")) - before == set()
    assert app.button(key="sample")


def test_the_dropped_original_is_gone_once_it_is_prepared():
    home = Path(os.environ["ZHIKE_HOME"])
    before = set(home.rglob("source.csv"))
    confirm(upload(start(), ("orders.csv", ORDERS.encode())))
    assert set(home.rglob("source.csv")) - before == set()


def test_a_zip_that_is_no_workbook_is_told_apart():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("readme.txt", "hello")
    app = upload(start(), ("假表.xlsx", stream.getvalue()))
    assert app.error
    assert app.file_uploader


def test_dates_that_do_not_tell_day_from_month_raise_the_question():
    table = "客户,日期,金额\nC1,03/04/2024,10\nC2,05/06/2024,20\nC1,07/08/2024,30\n"
    app = upload(start(), ("orders.csv", table.encode()))
    question = next(group for group in app.button_group if "03/04/2024" in group.label)
    question.set_value("dmy").run()
    confirm(app)
    assert tiles(app)["时间跨度（127 天）"] == "2024-04-03 至 2024-08-07"


def test_an_unknown_status_is_pointed_out():
    table = "客户,日期,金额,订单状态\nC1,2024-03-04,10,已付款\nC2,2024-05-06,20,神秘状态\n"
    app = upload(start(), ("orders.csv", table.encode()))
    assert any("1 种状态不认识" in text for text in texts(app))


def test_a_member_list_stands_beside_the_orders_and_can_be_taken_away():
    app = start()
    app.button(key="sample").click().run()
    members = "会员号,手机号,注册时间\n" + "".join(f"C{n:04},138{n:08},2024-01-0{n % 9 + 1}\n" for n in range(40))
    app = upload(app, ("会员.csv", members.encode()))
    app.button(key="confirm").click().run()
    assert_no_bug(app)
    sidebar = "\n".join(str(block.value) for block in app.sidebar.markdown)
    assert "订单明细" in sidebar
    assert "会员" in sidebar
    app.switch_page("../pages/rfm.py").run()
    assert_no_bug(app)
    columns = next(m for m in app.multiselect if m.label == "名单里有哪些列")
    assert columns.options.count("联系电话") == 2  # the orders' own and the member list's
    app.switch_page("../pages/home.py").run()
    app.button(key="remove-table").click().run()
    assert_no_bug(app)
    assert "会员" not in "\n".join(str(block.value) for block in app.sidebar.markdown)


def test_the_language_goes_there_and_back_on_a_page_that_stops_early():
    """A page without data ends its run early: what was chosen before must not be taken for a choice again."""
    app = start()
    app.switch_page("../pages/rfm.py").run()
    for code, title in (("en", "RFM segments"), ("zh", "RFM 客户分层"), ("en", "RFM segments")):
        switch = next(group for group in app.get("button_group") if group.label.endswith("Language"))
        switch.set_value(code).run()
        assert_no_bug(app)
        assert title in [str(one.value) for one in (*app.title, *app.header)]
