"""Every operation of the mapping language, one at a time: what stands in the file, what stands in the raw table."""

import pytest

from tests.support.landing import Landed, landing_folder
from tests.support.tables import cells


def visits(
    tmp_path, text: str, columns: str, rest: str = "", top: str = "", files: dict[str, str] | None = None
) -> Landed:
    """Visits read from a pipe table `local.csv` through a mapping with these columns."""
    header, rows = cells(text)
    lines = [",".join(header), *(",".join(cell or "" for cell in row) for row in rows)]
    folder = landing_folder(
        tmp_path / "landing", {"local.csv": "\n".join(lines), **(files or {})}, without=("mdtrt_d",)
    )
    usual = "psn_no: {value: p}, fixmedins_code: {value: H1}, med_type: {value: '11'}, begntime: {value: 2023-01-05}"
    given = {part.split(":")[0].strip() for part in columns.split("\n")}
    usual = ", ".join(part for part in usual.split(", ") if part.split(":")[0] not in given)
    lines = [f"      {line}" for line in f"vali_flag: {{value: '1'}}\n{columns}".split("\n")]
    constants = [f"      {part}" for part in usual.split(", ") if part]
    mapping = f"version: 1\n{top}\ntables:\n  mdtrt_d:\n    files: [local.csv]\n{rest}    columns:\n"
    return Landed(folder, mapping + "\n".join([*lines, *constants]) + "\n", tables=("mdtrt_d",))


def test_rename_without_regard_to_case(tmp_path):
    found = visits(tmp_path, "Visit | Dept\n a | 01", "mdtrt_id: VISIT\nadm_dept_codg: {from: dept}")
    assert found.rows("mdtrt_d", "mdtrt_id", "adm_dept_codg") == [("a", "01")]


def test_null_list(tmp_path):
    found = visits(
        tmp_path,
        "id | dr      | dept\n a | unknown | NA\n b | 0 | 0\n c | D1 | x",
        "mdtrt_id: id\nchfpdr_code: {from: dr, null: ['0', unknown]}\nadm_dept_codg: dept",
        top="defaults: {null: ['', NA]}",
    )
    assert found.rows("mdtrt_d", "chfpdr_code", "adm_dept_codg") == [(None, None), (None, "0"), ("D1", "x")]


def test_scale_is_exact_and_leaves_what_is_no_number(tmp_path):
    found = visits(
        tmp_path, "id | fen\n a | 12345\n b | -7\n c | x\n d |", "mdtrt_id: id\nipt_otp_no: {from: fen, scale: 0.01}"
    )
    assert found.rows("mdtrt_d", "ipt_otp_no") == ["123.45", "-0.07", "x", None]


def test_concat_with_row_number_and_punctuation(tmp_path):
    found = visits(
        tmp_path, "id | n\n a | 1\n b |", "mdtrt_id: {concat: [id, '-', row_number]}\nipt_otp_no: {concat: [n, '/', n]}"
    )
    assert found.rows("mdtrt_d", "mdtrt_id", "ipt_otp_no") == [("a-1", "1/1"), ("b-2", None)]


def test_concat_with_text(tmp_path):
    found = visits(tmp_path, "id\n a", "mdtrt_id: {concat: [{value: CLM}, id]}")
    assert found.rows("mdtrt_d", "mdtrt_id") == ["CLMa"]


def test_constant_and_known_to_be_empty(tmp_path):
    found = visits(tmp_path, "id | tel\n a | 1", "mdtrt_id: id\nadm_dept_codg: {value: 007}\ndscg_way: {value: ''}")
    assert found.rows("mdtrt_d", "adm_dept_codg", "dscg_way") == [("007", None)]
    plan = found.plan.table("mdtrt_d")
    assert "adm_dept_codg" in plan.available
    assert "dscg_way" in plan.unmapped


def test_sum_counts_empty_as_nothing(tmp_path):
    found = visits(
        tmp_path,
        "id | x    | y\n a | 0.10 | 0.2\n b | 5 | NA\n c | NA | NA\n d | 1 | much",
        "mdtrt_id: id\nipt_otp_no: {sum: [x, y], null: [NA]}",
    )
    assert found.rows("mdtrt_d", "ipt_otp_no") == ["0.30", "5", None, "much"]


def test_ratio_has_no_value_where_the_divisor_is_nothing(tmp_path):
    found = visits(
        tmp_path,
        "id | x | y\n a | 10 | 3\n b | 5 | 0\n c | 5 |\n d | -9 | -3",
        "mdtrt_id: id\nipt_otp_no: {ratio: [x, y]}",
    )
    assert found.rows("mdtrt_d", "ipt_otp_no") == ["3.333333", None, None, "3.000000"]


def test_given(tmp_path):
    found = visits(
        tmp_path,
        "id | died\n a | NA\n b | 2023",
        "mdtrt_id: id\ndscg_way: {given: died, null: [NA], then: '5', else: '1'}",
    )
    assert found.rows("mdtrt_d", "dscg_way") == ["1", "5"]


def test_empty_gets_a_value(tmp_path):
    found = visits(tmp_path, "id | way\n a |\n b | 2", "mdtrt_id: id\ndscg_way: {from: way, empty: '9'}")
    assert found.rows("mdtrt_d", "dscg_way") == ["9", "2"]


def test_codes_translate_some_values_and_leave_the_others(tmp_path):
    rest = "    codes: {dscg_way: {'31': '1', '99': ''}}\n"
    found = visits(tmp_path, "id | dscg_way\n a | 31\n b | 5\n c | 99", "mdtrt_id: id", rest)
    assert found.rows("mdtrt_d", "dscg_way") == ["1", "5", None]


@pytest.mark.parametrize(
    ("spec", "written", "landed"),
    [
        ("{from: d, date: dd/MM/yyyy}", "29/02/2018", "2018-02-29"),
        ("{from: d, date: d.M.yyyy}", "1.2.2023", "2023-02-01"),
        ("{from: d, timestamp: 'dd/MM/yyyy HH:mm'}", "05/01/2023 08:30", "2023-01-05 08:30:00"),
        ("{from: d, timestamp: 'yyyy-MM-dd EEEE'}", "2018-02-29 星期一", "2018-02-29"),
        ("{from: d, timestamp: \"yyyy-MM-dd'T'HH:mm:ss.SSSX\"}", "2023-01-05T08:30:01.250Z", "2023-01-05 08:30:01"),
        ("{from: d, timestamp: 'yyyy/MM/dd HH:mm:ss', date: yyyy/MM/dd}", "2023/01/05", "2023-01-05"),
        ("{from: d, date: excel}", "43101", "2018-01-01"),
        ("{from: d, timestamp: excel}", "43101.5", "2018-01-01 12:00:00"),
        ("{from: d, date: dd/MM/yyyy}", "yesterday", "yesterday"),
        ("d", "20230105083000", "20230105083000"),
    ],
)
def test_date_patterns(tmp_path, spec, written, landed):
    found = visits(tmp_path, f"id | d\n a | {written}", f"mdtrt_id: id\nbegntime: {spec}")
    assert found.rows("mdtrt_d", "begntime") == [landed]


def test_default_patterns_hold_for_dates_and_timestamps(tmp_path):
    found = visits(
        tmp_path,
        "id | die_date | begntime\n a | 05.01.2023 | 05.01.2023 08:30\n b | | 06.01.2023",
        "mdtrt_id: id\nbegntime: begntime",
        top="defaults: {date: dd.MM.yyyy, timestamp: 'dd.MM.yyyy HH:mm'}",
    )
    assert found.rows("mdtrt_d", "die_date", "begntime") == [
        ("2023-01-05", "2023-01-05 08:30:00"),
        (None, "2023-01-06"),
    ]
    assert found.months("mdtrt_d") == ["2023-01"]


def test_lookup_takes_the_first_row_of_a_key(tmp_path):
    found = visits(
        tmp_path,
        "id | who\n a | P1\n b | P2\n c | P9",
        "mdtrt_id: id\npsn_no: who\ndie_date: {lookup: persons, on: {psn_no: no}, take: died, null: [NA]}",
        top="lookups: {persons: {files: ['pers*.csv'], key: [no]}}",
        files={"persons.csv": "No,Died\nP1,2023-03-01\nP1,2024-01-01\nP2,NA\n"},
    )
    assert found.rows("mdtrt_d", "die_date") == ["2023-03-01", None, None]


def test_lookup_by_two_columns_of_the_file(tmp_path):
    found = visits(
        tmp_path,
        "id | h | d\n a | H1 | 1\n b | H2 | 1",
        "mdtrt_id: id\nadm_dept_codg: {lookup: depts, on: {h: hospital, d: dept}, take: national}",
        top="lookups: {depts: {files: [depts.csv], key: [hospital, dept]}}",
        files={"depts.csv": "dept,hospital,national\n1,H1,A03\n1,H2,A05\n"},
    )
    assert found.rows("mdtrt_d", "adm_dept_codg") == ["A03", "A05"]


def test_distinct_keeps_the_first_row_of_each_key_over_all_files(tmp_path):
    folder = landing_folder(
        tmp_path / "landing",
        {"a.csv": "Provider,x\nH1,1\nH2,2\nH1,3\n", "b.csv": "Provider,x\nH2,4\nH3,5\n"},
        ("fixmedins_b",),
    )
    mapping = """
version: 1
tables:
  fixmedins_b:
    files: [a.csv, b.csv]
    distinct: [fixmedins_code]
    columns:
      fixmedins_code: Provider
      fixmedins_name: Provider
      fixmedins_type: {value: "1"}
      fix_blng_admdvs: {value: "320300"}
      vali_flag: {value: "1"}
      uscc: x
"""
    found = Landed(folder, mapping, tables=("fixmedins_b",))
    assert found.rows("fixmedins_b", "fixmedins_code", "uscc", "_file", "_row") == [
        ("H1", "1", "a.csv", 1),
        ("H2", "2", "a.csv", 2),
        ("H3", "5", "b.csv", 2),
    ]


def test_one_file_feeds_two_tables_and_sources_have_columns_of_their_own(tmp_path):
    text = "ClaimID,who,d\n{0}1,P1,2023-01-05\n{0}2,P2,2023-01-06\n"
    folder = landing_folder(
        tmp_path / "landing", {"in.csv": text.format("i"), "out.csv": text.format("o")}, ("mdtrt_d",)
    )
    mapping = """
version: 1
tables:
  mdtrt_d:
    sources:
      - files: [in.csv]
        columns: {med_type: {value: "21"}}
      - files: [out.csv]
        columns: {med_type: {value: "11"}}
    columns: {mdtrt_id: ClaimID, psn_no: who, fixmedins_code: {value: H1}, begntime: d, vali_flag: {value: "1"}}
  out_appy_d:
    files: [out.csv]
    columns: {psn_no: who, out_admdvs: {value: "320100"}, begndate: d}
"""
    found = Landed(folder, mapping, tables=("mdtrt_d", "out_appy_d"))
    assert found.rows("mdtrt_d", "mdtrt_id", "med_type") == [("i1", "21"), ("i2", "21"), ("o1", "11"), ("o2", "11")]
    assert found.rows("out_appy_d", "begndate") == ["2023-01-05", "2023-01-06"]
