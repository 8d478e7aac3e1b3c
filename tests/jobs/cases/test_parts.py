"""The small parts of the list: sentences, money, names that look like formulas, drawings."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from jobs.cases.evidence_digest import TOP_LINES, digest
from jobs.cases.files import harmless, write_csv
from jobs.cases.reasons import sentences, shorten
from jobs.cases.report import charts
from jobs.cases.report.view import split
from jobs.cases.words import GAPS, measured, money_en, money_zh, name_of, number, unit_of, wan
from jobs.cases.workbook import write_workbook
from jobs.catalogue import derived

FINDING = {
    "detector_id": "A",
    "observed": 12.5,
    "unit": "%",
    "peer_median": 2.0,
    "peer_size": 30,
    "suspected_amount": 123456.0,
    "reason_zh": None,
    "reason_en": None,
}


def test_a_sentence_the_finding_lacks_is_made_of_its_numbers() -> None:
    zh, en = sentences(FINDING)
    assert zh == "A：观察值 12.5 %，同组中位数 2（30 家机构），疑点金额 12.3 万元。"
    assert en == "A: observed 12.5 %, peers' median 2 (30 institutions); suspected 123,456 yuan."


def test_a_sentence_that_names_its_amount_stays_as_it_is() -> None:
    given = {**FINDING, "reason_zh": "拆分收费，疑点金额 5 元", "reason_en": "Split, 5 yuan."}
    assert sentences(given) == ("拆分收费，疑点金额 5 元。", "Split, 5 yuan.")


def test_sentences_of_a_list_can_be_told_apart_again() -> None:
    assert split("① 甲。 ② 乙。", "zh") == ["甲。", "乙。"]
    assert split("(1) a. (2) b (x).", "en") == ["a.", "b (x)."]
    assert split("", "zh") == split(None, "en") == []


def test_a_long_sentence_is_cut_at_a_pause() -> None:
    assert shorten("一二三四五，六七八九十", 8, "，") == "一二三四五…"
    assert shorten("short", 8, " ") == "short"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0004, "0.0004"),
        (0.5, "0.5"),
        (12.0, "12"),
        (12.345, "12.35"),
        (123.45, "123.5"),
        (12345.6, "12,346"),
        (None, "—"),
    ],
)
def test_numbers_are_written_as_people_do(value, text) -> None:
    assert number(value) == text


def test_a_share_is_shown_as_a_percentage_and_other_units_by_name() -> None:
    assert (measured(0.246, "命中/可比数"), unit_of("命中/可比数").zh) == ("24.6%", "")
    assert (measured(6.9, "张/检查"), unit_of("张/检查").en) == ("6.9", "films per exam")
    assert (measured(None, "占比"), unit_of(None).zh) == ("—", "")


def test_money_in_units_of_ten_thousand() -> None:
    assert [wan(v) for v in (0, 30, 12345, 123456, 123456789)] == ["0.00", "<0.01", "1.23", "12.3", "12,346"]
    assert [money_zh(v) for v in (999, 12345, 234567890)] == ["999 元", "1.2 万元", "2.35 亿元"]
    assert [money_en(v) for v in (999, 2345678)] == ["999 yuan", "2.35 million yuan"]


def test_an_unknown_code_is_called_by_itself() -> None:
    assert name_of({}, "x9") == ("x9", "x9")
    assert name_of(GAPS, "missing_table:purc_d") == ("未移交表 purc_d", "table not handed over: purc_d")
    assert name_of({}, None) == name_of({}, float("nan")) == ("—", "—")


LIST = pd.DataFrame(
    [dict.fromkeys(derived("cases", "case_list").names) | {"fixmedins_name": "=1+1", "case_id": "C-1", "score": 5.0}]
)


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@x", "\tx"])
def test_a_name_like_a_formula_is_kept_from_being_one(name) -> None:
    assert harmless(name) == f"'{name}"
    assert harmless("明河县医院") == "明河县医院"


def test_a_name_like_a_formula_is_text_in_both_files(tmp_path) -> None:
    import openpyxl

    write_csv(LIST, tmp_path / "list.csv")
    assert pd.read_csv(tmp_path / "list.csv")["fixmedins_name"].iloc[0] == "'=1+1"
    write_workbook(LIST, tmp_path / "list.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx")["case_list"]
    cell = next(cell for cell in sheet[2] if cell.value == "=1+1")
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_a_drawing_marks_the_institution_right_of_its_peers() -> None:
    drawn = str(charts.strip(10.0, [1.0, 2.0, 3.0], 2.0, 4.0, 'a "label"'))
    assert 'aria-label="a &#34;label&#34;"' in drawn
    assert f"M{charts.WIDTH - 8:.1f} 10l" in drawn, "the largest value stands at the right end"
    assert drawn.count("h0") == 3


def test_many_peers_keep_their_ends() -> None:
    kept = charts.thin([float(value) for value in range(1000)])
    assert (len(kept), kept[0], kept[-1]) == (charts.MOST_DOTS, 0.0, 999.0)


def test_a_month_without_a_value_has_no_bar() -> None:
    drawn = str(charts.months({"2023-01": 4.0}, ["2023-01", "2023-02"], "x"))
    assert drawn.count("34v-28") == 1
    assert drawn.count("34v-0") == 1


def test_a_digest_counts_a_line_once_per_item_and_keeps_the_largest_lines() -> None:
    rows = [
        ("C-1", detector, "t", f"l{n}", f"p{n % 2}", "x", "X", float(10 - n)) for n in range(10) for detector in "AB"
    ]
    names = ["case_id", "detector_id", "table", "bkkp_sn", "psn_no", "med_list_codg", "hilist_name", "violation_amount"]
    table = pa.table([list(column) for column in zip(*rows, strict=True)], names=names)
    found = digest([table], ["C-1"])
    assert found["totals"].values.tolist() == [["C-1", "A", 10, 2, 55.0], ["C-1", "B", 10, 2, 55.0]]
    assert found["items"].values.tolist() == [["C-1", "x", "X", 10, 55.0]]
    assert list(found["lines"].query("detector_id == 'A'")["bkkp_sn"]) == [f"l{n}" for n in range(TOP_LINES)]
    assert digest([table], [])["lines"].empty
