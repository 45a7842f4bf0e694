"""Real spreadsheets that broke real readers: each is read as its content says, or refused with its code.

The table below was checked file by file against what the files hold. Skipped when the files are not there.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analytics.errors import AnalyticsError
from analytics.intake import reader, sandbox
from analytics.intake.raw import ROW, Limits, ReadOptions
from tests.conftest import SHARED_DATA

FOLDER = SHARED_DATA / "messy_spreadsheets"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data/messy_spreadsheets is not here")

# file: (sheet, header row (0: none), rows, columns). Where a sheet is not named, it is a text file.
READ: dict[str, tuple[str | None, int, int, int]] = {
    "agate_excel/covid_19-iss.xlsx": ("casi_inizio_sintomi", 1, 502, 3),
    "agate_excel/ne_1033_data.xlsx": ("NE data", 1, 1036, 14),
    "agate_excel/test.xls": ("test.csv", 1, 3, 5),
    "agate_excel/test.xlsx": ("test.csv", 1, 3, 5),
    "agate_excel/test_ambiguous_date.xls": ("Sheet1", 1, 1, 1),
    "agate_excel/test_ambiguous_date.xlsx": ("Sheet1", 1, 1, 1),
    "agate_excel/test_numeric_column_name.xls": ("Sheet1", 1, 1, 3),
    "agate_excel/test_numeric_column_name.xlsx": ("Sheet1", 1, 1, 3),
    "agate_excel/test_sheets.xls": ("data", 1, 3, 5),
    "agate_excel/test_sheets.xlsx": ("data", 1, 3, 5),
    "agate_excel/test_skip_lines.xls": ("test.csv", 4, 3, 5),
    "agate_excel/test_skip_lines.xlsx": ("test.csv", 4, 3, 5),
    "agate_excel/test_zeros.xls": ("test.csv", 1, 3, 3),
    "calamine_tests/OOM_alloc.xls": ("Weekly Report", 0, 24, 19),
    "calamine_tests/any_sheets.xls": ("Visible", 0, 4, 2),
    "calamine_tests/any_sheets.xlsx": ("Visible", 0, 4, 2),
    "calamine_tests/biff5_write.xls": ("SheetJS", 0, 4, 4),
    "calamine_tests/column_row_ranges.xlsx": ("Column ranges", 0, 5, 3),
    "calamine_tests/date.ods": ("Sheet1", 0, 4, 2),
    "calamine_tests/date.xlsb": ("Sheet1", 0, 3, 2),
    "calamine_tests/date_1904.xls": ("Sheet1", 0, 3, 2),
    "calamine_tests/date_1904.xlsx": ("Sheet1", 0, 3, 2),
    "calamine_tests/date_quoted_format.xlsx": ("Sheet1", 0, 4, 1),
    "calamine_tests/empty_s_attribute.xlsx": ("Sheet1", 1, 4, 2),
    "calamine_tests/empty_shared_string_value.xlsx": ("Sheet1", 1, 2, 3),
    "calamine_tests/formula-date-format.xls": ("Sheet1", 0, 2, 1),
    "calamine_tests/gh548_incorrect_sst_unique_count.xls": ("Provider Level Data", 0, 219, 28),
    "calamine_tests/hyperlinks.xlsx": ("Links", 0, 8, 2),
    "calamine_tests/inlineStr_with_value.xlsx": ("Requirements", 1, 1, 7),
    "calamine_tests/issue3.xlsm": ("Sheet1", 0, 1, 2),
    "calamine_tests/issue438.xlsx": ("Sheet1", 1, 4, 2),
    "calamine_tests/issue446.xlsx": ("Sheet1", 0, 2, 21),
    "calamine_tests/issue9.xlsx": ("Feuil1", 1, 3, 1),
    "calamine_tests/issue_182.xlsb": ("formula_vals", 0, 3, 1),
    "calamine_tests/issue_261.xlsx": ("Some Sheet", 0, 54, 7),
    "calamine_tests/issue_271.xls": ("sheet1", 3, 1, 3),
    "calamine_tests/issue_391.xlsx": ("Sheet1", 0, 7, 1),
    "calamine_tests/issue_553.xlsx": ("Sheet1", 0, 19, 1),
    "calamine_tests/issue_567_absolute_shared.xlsx": ("Sheet1", 0, 3, 5),
    "calamine_tests/issue_643_biff5_formula.xls": ("SheetJS", 0, 4, 4),
    "calamine_tests/issue_646_unsupported_formula_function.xls": ("Sheet1", 0, 1, 1),
    "calamine_tests/issues.xls": ("datatypes", 0, 6, 1),
    "calamine_tests/issues.xlsx": ("spc_chrs", 1, 7, 1),
    "calamine_tests/merge_cells.xls": ("Sheet1", 1, 1, 3),
    "calamine_tests/merged_cells.ods": ("Sheet1", 0, 3, 3),
    "calamine_tests/merged_range.xlsx": ("Sheet1", 0, 4, 8),
    "calamine_tests/no-header.xlsx": ("Feuille 1", 0, 2, 2),
    "calamine_tests/nonstandard-xml-ns-prefix.xlsx": ("Sheet1", 1, 2, 2),
    "calamine_tests/optional_records.xls": ("Orig Sched", 1, 90, 20),
    "calamine_tests/pivots.xlsx": ("DataSheet", 1, 10, 10),
    "calamine_tests/readings.xlsx": ("Sheet1", 1, 3, 4),
    "calamine_tests/shared_formula_reversed.xlsx": ("Sheet1", 0, 5, 2),
    "calamine_tests/special_cells.ods": ("sheet1", 1, 4, 1),
    "calamine_tests/strict_iso_paths.xlsx": ("ml_out", 1, 75, 18),
    "calamine_tests/table-multiple.xlsx": ("Sheet3", 1, 8, 2),
    "calamine_tests/table_with_insertrow_attribute.xlsx": ("Sheet1", 8, 32, 6),
    "calamine_tests/temperature-in-middle.xlsx": ("Sheet1", 4, 2, 2),
    "calamine_tests/temperature.xlsx": ("Sheet1", 1, 2, 2),
    "calamine_tests/whitespace_trim.xlsx": ("inlineStr", 1, 2, 3),
    "calamine_tests/xls_cross_sheet_chart.xls": ("Data", 0, 8, 5),
    "calamine_tests/xls_formula_columns_beyond_z.xls": ("Sheet1", 0, 3, 1),
    "calamine_tests/xls_wrong_decimals.xls": ("Sheet1", 0, 1, 1),
    "csvkit/bad.csv": (None, 1, 2, 3),
    "csvkit/bad_skip_lines.csv": (None, 4, 2, 3),
    "csvkit/blanks.csv": (None, 1, 1, 6),
    "csvkit/date_like_number.csv": (None, 1, 1, 1),
    "csvkit/dummy.csv": (None, 1, 1, 3),
    "csvkit/dummy.csv.gz": (None, 1, 1, 3),
    "csvkit/dummy.tsv": (None, 1, 1, 3),
    "csvkit/dummy.xls": ("Sheet1", 1, 1, 3),
    "csvkit/dummy.xlsx": ("Sheet1", 1, 1, 3),
    "csvkit/dummy2.csv": (None, 1, 1, 3),
    "csvkit/dummy3.csv": (None, 1, 2, 3),
    "csvkit/dummy_col_shuffled.csv": (None, 1, 1, 3),
    "csvkit/dummy_col_shuffled_ragged.csv": (None, 1, 1, 4),
    "csvkit/foo1.csv": (None, 1, 2, 3),
    "csvkit/foo2.csv": (None, 1, 2, 3),
    "csvkit/iris.csv": (None, 1, 150, 5),
    "csvkit/irismeta.csv": (None, 1, 3, 3),
    "csvkit/join_a.csv": (None, 1, 3, 3),
    "csvkit/join_a_short.csv": (None, 1, 3, 3),
    "csvkit/join_b.csv": (None, 1, 3, 3),
    "csvkit/join_no_header_row.csv": (None, 1, 3, 3),
    "csvkit/join_short.csv": (None, 1, 2, 5),
    "csvkit/mac_newlines.csv": (None, 1, 2, 3),
    "csvkit/no_header_row.csv": (None, 0, 1, 3),
    "csvkit/no_header_row2.csv": (None, 0, 1, 3),
    "csvkit/no_header_row3.csv": (None, 0, 2, 3),
    "csvkit/null_byte.csv": (None, 1, 1, 3),
    "csvkit/optional_quote_characters.csv": (None, 1, 1, 3),
    "csvkit/realdata/Datagov_FY10_EDU_recp_by_State.csv": (None, 3, 55, 9),
    "csvkit/realdata/FY09_EDU_Recipients_by_State.csv": (None, 1, 52, 9),
    "csvkit/realdata/README.csv": (None, 1, 3, 4),
    "csvkit/realdata/acs2012_5yr_population.csv": (None, 1, 93, 4),
    "csvkit/realdata/census_2010/README.txt": (None, 1, 12, 1),
    "csvkit/realdata/census_2010/census2010_geo_schema.csv": (None, 1, 101, 3),
    "csvkit/realdata/census_2010/ilgeo2010_excerpt.csv": (None, 1, 1000, 101),
    "csvkit/realdata/census_2010/ilgeo2010_excerpt.pl": (None, 1, 999, 1),
    "csvkit/realdata/event-notification-rpt-lastmonth.txt": (None, 1, 72, 71),
    "csvkit/realdata/ks_1033_data.csv": (None, 1, 1575, 14),
    "csvkit/realdata/ne_1033_data.xlsx": ("NE data", 1, 1036, 14),
    "csvkit/sheets.xls": ("data", 1, 5, 8),
    "csvkit/sheets.xlsx": ("data", 1, 5, 8),
    "csvkit/sheetsxls_converted.csv": (None, 1, 5, 9),
    "csvkit/sheetsxlsx_converted.csv": (None, 1, 5, 9),
    "csvkit/sniff_limit.csv": (None, 1, 1, 3),
    "csvkit/sort_ints_nulls.csv": (None, 1, 3, 3),
    "csvkit/test.xls": ("testfixed_converted.csv", 1, 5, 8),
    "csvkit/test.xlsx": ("Sheet1", 1, 5, 8),
    "csvkit/test_date_format.csv": (None, 1, 2, 1),
    "csvkit/test_date_format_converted.csv": (None, 1, 2, 1),
    "csvkit/test_empty_columns.csv": (None, 0, 3, 3),
    "csvkit/test_extra_header.csv": (None, 1, 1, 4),
    "csvkit/test_geo.csv": (None, 1, 17, 12),
    "csvkit/test_geojson.csv": (None, 1, 3, 7),
    "csvkit/test_header_newline.csv": (None, 1, 1, 3),
    "csvkit/test_ignore_case.csv": (None, 1, 5, 3),
    "csvkit/test_join_short_rows.csv": (None, 0, 4, 3),
    "csvkit/test_literal_order.csv": (None, 1, 3, 2),
    "csvkit/test_locale.csv": (None, 1, 1, 3),
    "csvkit/test_locale_converted.csv": (None, 1, 1, 3),
    "csvkit/test_no_leading_zeroes.csv": (None, 1, 1, 3),
    "csvkit/test_numeric_date_format.csv": (None, 1, 2, 1),
    "csvkit/test_precision.csv": (None, 1, 1, 1),
    "csvkit/test_query.sql": (None, 1, 1, 1),
    "csvkit/test_skip_lines.csv": (None, 4, 1, 3),
    "csvkit/test_skip_lines.xls": ("testfixed_converted.csv", 4, 5, 8),
    "csvkit/test_skip_lines.xlsx": ("Sheet1", 4, 5, 8),
    "csvkit/test_utf16_big.csv": (None, 1, 2, 3),
    "csvkit/test_utf16_little.csv": (None, 1, 2, 3),
    "csvkit/test_utf8.csv": (None, 1, 2, 3),
    "csvkit/test_utf8_bom.csv": (None, 1, 2, 3),
    "csvkit/testdbf_converted.csv": (None, 1, 8, 12),
    "csvkit/testfixed": (None, 1, 3, 1),
    "csvkit/testfixed_converted.csv": (None, 1, 4, 8),
    "csvkit/testfixed_schema.csv": (None, 1, 8, 3),
    "csvkit/testfixed_schema_no_inference.csv": (None, 1, 3, 3),
    "csvkit/testfixed_skip_lines": (None, 4, 3, 1),
    "csvkit/testjson_converted.csv": (None, 1, 5, 7),
    "csvkit/testjson_multiline_converted.csv": (None, 1, 2, 3),
    "csvkit/testjson_nested_converted.csv": (None, 1, 2, 7),
    "csvkit/testxls_converted.csv": (None, 1, 5, 8),
    "csvkit/testxls_unicode_converted.csv": (None, 1, 1, 3),
    "csvkit/testxlsx_converted.csv": (None, 1, 5, 8),
    "csvkit/testxlsx_noinference_converted.csv": (None, 1, 5, 8),
    "csvkit/testxlsx_unicode_converted.csv": (None, 1, 1, 3),
}

REFUSED: dict[str, str] = {
    "agate_excel/test_empty.xls": "file.empty",
    "agate_excel/test_empty.xlsx": "file.empty",
    "calamine_tests/OOM_alloc3.xls": "file.truncated",
    "calamine_tests/encoded_entities.xlsx": "file.no_rows",
    "calamine_tests/has_x000D_inline.xlsx": "file.no_rows",
    "calamine_tests/issue127.ods": "file.empty",
    "calamine_tests/issue127.xlsb": "file.empty",
    "calamine_tests/issue219.xls": "file.no_rows",
    "calamine_tests/issue252.xlsx": "file.truncated",
    "calamine_tests/issue_419.xlsx": "file.no_rows",
    "calamine_tests/issue_666_panic.xlsb": "file.empty",
    "calamine_tests/misc_biff5_parsing.xls": "file.empty",
    "calamine_tests/pass_protected.xlsb": "file.password",
    "calamine_tests/picture.jpg": "file.not_a_table",
    "calamine_tests/picture.png": "file.not_a_table",
    "calamine_tests/picture.xlsb": "file.empty",
    "calamine_tests/picture_richdata.xlsx": "file.empty",
    "calamine_tests/richtext-namespaced.xlsx": "file.no_rows",
    "calamine_tests/rph.xlsx": "file.no_rows",
    "calamine_tests/sheet_name_parsing.xls": "file.no_rows",
    "calamine_tests/too_small.xls": "file.no_rows",
    "csvkit/blanks_converted.csv": "file.no_rows",
    "csvkit/dummy.csv.bz2": "file.not_a_table",
    "csvkit/empty.csv": "file.empty",
    "csvkit/test_empty_columns_long_row.csv": "file.no_rows",
    "csvkit/test_empty_columns_short_row.csv": "file.no_rows",
    "csvkit/test_geojson.json": "file.not_a_table",
    "csvkit/test_latin1.csv": "file.encoding",
    "csvkit/test_latin1.sql": "file.encoding",
    "csvkit/testdbf.dbf": "file.not_a_table",
    "csvkit/testjson.json": "file.not_a_table",
    "csvkit/testjson_multiline.json": "file.not_a_table",
    "csvkit/testjson_nested.json": "file.not_a_table",
}

# What is said beside the table, and what is set aside.
LEFT_OUT: dict[str, dict[str, int]] = {
    "calamine_tests/OOM_alloc.xls": {"blank_row": 4},
    "calamine_tests/any_sheets.xls": {"blank_row": 1},
    "calamine_tests/any_sheets.xlsx": {"blank_row": 1},
    "calamine_tests/gh548_incorrect_sst_unique_count.xls": {"blank_row": 3},
    "calamine_tests/issue_261.xlsx": {"blank_row": 6, "title_row": 5},
    "calamine_tests/issue_271.xls": {"blank_row": 1},
    "calamine_tests/optional_records.xls": {"blank_row": 1},
    "calamine_tests/table-multiple.xlsx": {"blank_row": 1, "repeated_header": 1},
    "csvkit/bad.csv": {"ragged_row": 1},
    "csvkit/bad_skip_lines.csv": {"ragged_row": 1},
    "csvkit/realdata/Datagov_FY10_EDU_recp_by_State.csv": {"title_row": 1},
    "csvkit/realdata/census_2010/README.txt": {"blank_row": 8},
}
NOTES: dict[str, list[str]] = {
    "calamine_tests/gh548_incorrect_sst_unique_count.xls": ["merged_cells"],
    "calamine_tests/hyperlinks.xlsx": ["merged_cells"],
    "calamine_tests/issue_271.xls": ["merged_cells"],
    "calamine_tests/merge_cells.xls": ["merged_cells"],
    "calamine_tests/merged_range.xlsx": ["merged_cells"],
    "calamine_tests/pivots.xlsx": ["error_cells"],
    "csvkit/bad.csv": ["short_rows"],
    "csvkit/bad_skip_lines.csv": ["short_rows"],
    "csvkit/join_a_short.csv": ["short_rows"],
    "csvkit/null_byte.csv": ["nul_bytes"],
    "csvkit/test_empty_columns.csv": ["short_rows"],
    "csvkit/test_extra_header.csv": ["short_rows"],
    "csvkit/test_join_short_rows.csv": ["short_rows"],
}

# Cells that readers get wrong: (file, row as the file numbers it, column from 0, text).
CELLS: tuple[tuple[str, int, int, str | None], ...] = (
    # Days counted from 1904, hidden by an extension of Mac Excel: four years off without care.
    ("csvkit/sheets.xlsx", 2, 1, "1971-01-01"),
    ("csvkit/sheets.xlsx", 3, 5, "1948-01-01 14:57:13"),
    ("agate_excel/test_skip_lines.xlsx", 5, 3, "2015-11-04"),
    ("agate_excel/test_skip_lines.xlsx", 5, 4, "2015-11-04 12:22:00"),
    ("calamine_tests/date_1904.xlsx", 1, 0, "2021-01-01"),
    ("calamine_tests/date_1904.xls", 2, 0, "2021-01-02"),
    # Times of day, which the parser takes for errors.
    ("calamine_tests/date.ods", 3, 0, "10:10:10"),
    ("calamine_tests/date.ods", 4, 0, "10:10:10.123456"),
    ("calamine_tests/xls_wrong_decimals.xls", 1, 0, "0.525625"),
    ("calamine_tests/column_row_ranges.xlsx", 1, 2, "0"),
    ("calamine_tests/no-header.xlsx", 3, 0, "a"),
    ("calamine_tests/temperature-in-middle.xlsx", 5, 1, "22.2222"),
    ("calamine_tests/issue_391.xlsx", 1, 0, "1"),
    ("calamine_tests/inlineStr_with_value.xlsx", 2, 3, "RQ11610"),
    ("calamine_tests/issues.xlsx", 2, 0, "<"),
    ("agate_excel/test.xlsx", 3, 1, "👍"),
    ("agate_excel/covid_19-iss.xlsx", 2, 1, "28/01/2020"),
    ("csvkit/null_byte.csv", 2, 0, None),
    ("csvkit/mac_newlines.csv", 3, 0, "Once upon\ra time"),
    ("csvkit/test_utf16_big.csv", 3, 2, "ʤ"),
    ("csvkit/test_utf16_little.csv", 3, 2, "ʤ"),
    ("csvkit/test_no_leading_zeroes.csv", 2, 0, "01"),
    ("csvkit/test_locale.csv", 2, 0, "1,7"),
    ("csvkit/realdata/FY09_EDU_Recipients_by_State.csv", 2, 2, "01"),
    ("csvkit/realdata/Datagov_FY10_EDU_recp_by_State.csv", 4, 8, "19,582"),
)


def _outcome(source: Path) -> Any:
    """In the child: an error code, or the facts and the cells by row."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            raw = reader._parse(source, Path(folder), ReadOptions(), Limits())
        except AnalyticsError as error:
            return error.code
        table = pq.read_table(raw.path)
        rows = table[ROW].to_pylist()
        cells = dict(zip(rows, zip(*(column.to_pylist() for column in table.columns[1:]), strict=True), strict=True))
        facts = (raw.sheet, raw.header_row, raw.rows, len(raw.columns))
        return facts, dict(raw.left_out), [note.code for note in raw.notes], cells


def _outcomes(sources: list[Path]) -> list[Any]:
    return [_outcome(source) for source in sources]


def _files() -> list[str]:
    found = (path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())
    return sorted(name for name in found if name != "SOURCE.md")


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Any]:
    """Every file read once, all in one child process."""
    names = _files()
    return dict(zip(names, sandbox.run(_outcomes, [FOLDER / name for name in names], limits=Limits()), strict=True))


def test_the_table_names_every_file_and_no_other():
    assert _files() == sorted([*READ, *REFUSED])


@pytest.mark.parametrize("name", READ)
def test_read_as_the_file_says(outcomes: dict[str, Any], name: str):
    assert not isinstance(outcomes[name], str), outcomes[name]
    facts, left_out, notes, cells = outcomes[name]
    assert facts == READ[name]
    assert left_out == LEFT_OUT.get(name, {})
    assert notes == NOTES.get(name, [])
    assert len(cells) == facts[2]


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_code(outcomes: dict[str, Any], name: str):
    assert outcomes[name] == REFUSED[name]


@pytest.mark.parametrize(("name", "row", "column", "text"), CELLS)
def test_cells(outcomes: dict[str, Any], name: str, row: int, column: int, text: str | None):
    assert outcomes[name][3][row][column] == text
