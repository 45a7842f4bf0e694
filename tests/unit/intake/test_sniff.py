"""Containers by content, encodings and delimiters."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.errors import FileError
from analytics.intake.sniff import container, delimiter, maybe_big5, utf16_without_bom

SIMPLIFIED = "客户编号,下单时间,金额,商品名称\n张三,2024-01-03,12.5,苹果手机保护壳\n李四,2024-01-04,8,运动鞋\n"
TRADITIONAL = "客戶編號,下單時間,金額,商品名稱\n張三,2024-01-03,12.5,蘋果手機保護殼\n李四,2024-01-04,8,運動鞋\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a,b\n1,2\n", "text"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"PAR1....", "parquet"),
        (b"<html><body><table><tr><td>1</td></tr></table>", "html"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "html"),
        ("<table><tr><td>a</td></tr></table>".encode("utf-16"), "html"),
        ("客户,金额\n".encode("utf-16"), "text"),
    ],
)
def test_container_is_told_by_content(tmp_path: Path, content: bytes, kind: str):
    file = tmp_path / "x.xlsx"
    file.write_bytes(content)
    assert container(file) == kind


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"\x89PNG\r\n\x1a\n", "图片"), (b"%PDF-1.7", "PDF"), (b'{"a": 1}', "JSON"), (bytes(range(256)) * 9, "二进制")],
)
def test_other_files_are_refused_by_name(tmp_path: Path, content: bytes, word: str):
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(FileError, match=r"file\.not_a_table") as caught:
        container(file)
    assert word in str(caught.value.message)


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a\tb\n1,5\t2\n1,6\t3\n", "\t"),
        ("a;b\n1,5;2\n2,5;3\n", ";"),
        ("a|b\n1|2\n", "|"),
        ('name,note\n1,"a;b;c"\n2,"d;e;f"\n', ","),
        ("姓名、金额\n张三、12\n李四、8\n", "、"),
        (" 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n", " "),
        ("评论\n很好\n一般般\n", None),
        ("评论内容\n很好，很快\n不好、太慢\n", None),
        ("1 2 3\n4 5\n6\n", " "),
    ],
)
def test_delimiter(sample: str, expected: str | None):
    assert delimiter(sample) == expected


def test_big5_is_suspected_only_where_it_is():
    assert maybe_big5(TRADITIONAL.encode("big5"))
    assert not maybe_big5(SIMPLIFIED.encode("gb18030"))
    assert not maybe_big5(TRADITIONAL.encode("gb18030"))


def test_utf16_without_mark_is_seen_by_its_nuls():
    assert utf16_without_bom(SIMPLIFIED.encode("utf-16-le")) == "utf-16-le"
    assert utf16_without_bom(SIMPLIFIED.encode("utf-16-be")) == "utf-16-be"
    assert utf16_without_bom(b"a,b\n1,\x002\n3,4\n") is None
