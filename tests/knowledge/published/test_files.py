"""Files as offices save them: encodings, titles, workbooks; and what is no table at all."""

import pytest
from openpyxl import Workbook

from knowledge.published.layouts import load_layouts
from tests.knowledge.published.paper import CODES, NAMES, PAIRS, read, refused, stated, table

EXPECTED = 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_usual_encodings_are_read(tmp_path, encoding):
    assert len(read(table(tmp_path / "重复收费.csv", PAIRS, encoding)).imported) == EXPECTED


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_other_delimiters_are_found(tmp_path, delimiter):
    path = table(tmp_path / "重复收费.csv", PAIRS)
    path.write_text(path.read_text().replace(",", delimiter))
    assert len(read(path).imported) == EXPECTED


def test_titles_above_the_headings_tell_the_batch_and_are_no_rows(tmp_path):
    outcome = read(table(tmp_path / "a b（下载）.csv", PAIRS, above="第七批知识点（重复收费）,,,,\n\n"))
    assert (outcome.files[0].batch, outcome.files[0].rows) == ("7", EXPECTED)
    assert outcome.imported[0].source == "a b(下载) row 1"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\xff\xff", "neither UTF-8 nor GB18030"),
        (b"\xd0\xcf\x11\xe0old", "old Excel"),
        (b"PK\x03\x04broken", "cannot be opened"),
        ("频度,主项编码,从项编码\n".encode(), "no row below its headings"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole_and_the_others_are_read(tmp_path, content, reason):
    broken = tmp_path / "broken.csv"
    broken.write_bytes(content)
    outcome = read(broken, table(tmp_path / "重复收费.csv", PAIRS))
    ((row, told),) = refused(outcome)
    assert row == 0 and reason in told
    assert outcome.files[1].points == EXPECTED


def test_a_single_row_without_headings_is_refused_with_its_line(tmp_path):
    path = tmp_path / "限定性别.csv"
    path.write_text("甲,002501020210000,男\n", encoding="utf-8")
    assert refused(read(path)) == [(1, "no known headings stand above it")]


def book(path, rows, title=None, merge=None, more=None):
    workbook = Workbook()
    page = workbook.active
    for row in [*([[title]] if title else []), *rows]:
        page.append(row)
    for block in merge or ():
        page.merge_cells(block)
    for name, sheet in (more or {}).items():
        for row in sheet:
            workbook.create_sheet(name) if name not in workbook.sheetnames else None
            workbook[name].append(row)
    workbook.save(path)
    return path


HEADINGS = ["序号", "频度", "主项名称", "主项编码", "从项名称", "从项编码"]


def test_a_workbook_with_a_merged_title_and_merged_main_items(tmp_path):
    rows = [
        HEADINGS,
        [1, "单日", "监护", "001103000010000", "床位", "001109000010100"],
        [2, "单日", None, None, "护理", 1201000020000],
    ]
    path = book(tmp_path / "知识点.xlsx", rows, "第七批 重复收费", ["A1:F1", "C3:C4", "D3:D4"])
    outcome = read(path)
    assert [(main, sub) for _, main, sub, *_ in stated(outcome)] == [
        ("001103000010000", "001109000010100"), ("001103000010000", "001201000020000")
    ]  # fmt: skip
    assert (outcome.files[0].rows, outcome.files[0].batch, refused(outcome)) == (2, "7", [])


def test_a_formula_is_no_value(tmp_path):
    rows = [HEADINGS, [1, "单日", "监护", "=A2&A3", "床位", "001109000010100"], [2, "单日", "监护", "001103000010000", "护理", "001201000020000"]]  # fmt: skip
    outcome = read(book(tmp_path / "重复收费.xlsx", rows))
    assert refused(outcome) == [(1, "D2 holds a formula and no value")]
    assert outcome.files[0].points == 1


def test_sheets_of_one_workbook_are_read_together_and_their_rows_counted_through(tmp_path):
    def rows(text):
        return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]

    path = book(tmp_path / "第一批.xlsx", rows(NAMES), more={"代码": rows(CODES), "说明": [["本表仅供参考"]]})
    outcome = read(path)
    assert outcome.files[0].rows == 5 and outcome.files[0].points == 4
    assert [row for row, _ in refused(outcome)] == [5]
    assert outcome.imported[-1].source.startswith("第一批!")


def test_a_heading_nobody_knows_is_named(tmp_path):
    outcome = read(
        table(tmp_path / "限定性别.csv", "项目名称 | 国标代码 | 限定性别 | 填报人\n 甲 | 002501020210000 | 男 | 某")
    )
    assert outcome.files[0].ignored == ["填报人"] and outcome.files[0].points == 1


def test_a_misspelt_layout_stops_the_load(tmp_path):
    from knowledge.published.layouts import SOURCE

    broken = tmp_path / "layouts.yaml"
    broken.write_text(SOURCE.read_text(encoding="utf-8").replace("shape: pair", "shape: pear"), encoding="utf-8")
    with pytest.raises(ValueError, match="pairs: unknown"):
        load_layouts(broken)
