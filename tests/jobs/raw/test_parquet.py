"""Parquet of any types becomes the same text a CSV would hold."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.raw.coded import is_coded, written_out
from jobs.raw.parse_parquet import as_text, plain_number
from jobs.raw.task import make_tasks
from tests.support.landing import Landed, landing_folder

MOMENT = datetime(2023, 1, 5, 8, 30, 15)  # noqa: DTZ001 - wall clock


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(pa.array([MOMENT, None], pa.timestamp("us")), ["2023-01-05 08:30:15", None], id="wall clock"),
        pytest.param(pa.array([MOMENT], pa.timestamp("us", "UTC")), ["2023-01-05 08:30:15"], id="UTC-adjusted"),
        pytest.param(pa.array([MOMENT], pa.timestamp("ns")), ["2023-01-05 08:30:15"], id="nanoseconds"),
        pytest.param(pa.array([date(2023, 1, 5)]), ["2023-01-05"], id="date"),
        pytest.param(
            pa.array([Decimal("12.50"), Decimal("-0.01")], pa.decimal128(16, 2)), ["12.50", "-0.01"], id="decimal"
        ),
        pytest.param(
            pa.array([Decimal(0), Decimal("0.0000001")], pa.decimal128(20, 10)), ["0", "0.0000001000"], id="no exponent"
        ),
        pytest.param(pa.array([1, -3]), ["1", "-3"], id="int"),
        pytest.param(pa.array([1.0, 2.5, 1e22, None]), ["1", "2.5", "10000000000000000000000", None], id="double"),
        pytest.param(pa.array([True, False]), ["1", "0"], id="bool"),
        pytest.param(pa.array(["心", "心"]).dictionary_encode(), ["心", "心"], id="dictionary"),
        pytest.param(pa.array(["a"], pa.large_string()), ["a"], id="large string"),
        pytest.param(pa.array([["1", "2"], None, []], pa.list_(pa.string())), ["1,2", None, ""], id="list of codes"),
        pytest.param(pa.nulls(2), [None, None], id="all null"),
    ],
)
def test_types(values, expected):
    text = written_out(as_text(values, "x"))
    assert text.type in (pa.string(), pa.binary())
    assert text.to_pylist() == expected


def test_days_repeat_and_moments_do_not():
    noon = MOMENT.replace(hour=0, minute=0, second=0)
    assert is_coded(as_text(pa.array([noon] * 9, pa.timestamp("us")), "x"))
    assert not is_coded(as_text(pa.array([MOMENT.replace(second=n) for n in range(9)], pa.timestamp("us")), "x"))


def test_numbers_that_are_none_stay():
    assert [plain_number(text) for text in ("nan", "inf", "1e3", "2.50")] == ["nan", "inf", "1000", "2.50"]


def visits(count: int) -> pa.Table:
    return pa.table(
        {
            "MDTRT_ID": [f"v{n}" for n in range(count)],
            "psn_no": pa.array([n % 7 for n in range(count)], pa.int64()),
            "fixmedins_code": ["H1"] * count,
            "med_type": pa.array([11.0] * count),
            "begntime": pa.array([MOMENT.replace(month=1 + n % 3) for n in range(count)], pa.timestamp("us")),
            "die_date": pa.array([MOMENT.replace(hour=0, minute=0, second=0)] * count, pa.timestamp("ms")),
            "adm_dept_codg": [" 内科 " if n % 2 else "" for n in range(count)],
            "vali_flag": pa.array([True] * count),
        }
    )


def test_a_folder_of_parquet_with_types_of_its_own(tmp_path):
    folder = landing_folder(tmp_path / "landing", without=("mdtrt_d",))
    (folder / "mdtrt_d.parquet").mkdir()
    pq.write_table(visits(3), folder / "mdtrt_d.parquet" / "part-0.parquet")
    (folder / "mdtrt_d.parquet" / "_SUCCESS").write_text("")
    found = Landed(folder, tables=("mdtrt_d",))
    assert found.rows(
        "mdtrt_d", "mdtrt_id", "med_type", "begntime", "die_date", "adm_dept_codg", "vali_flag", "_row"
    ) == [
        ("v0", "11", "2023-01-05 08:30:15", "2023-01-05", None, "1", 1),
        ("v1", "11", "2023-02-05 08:30:15", "2023-01-05", "内科", "1", 2),
        ("v2", "11", "2023-03-05 08:30:15", "2023-01-05", None, "1", 3),
    ]
    assert found.months("mdtrt_d") == ["2023-01", "2023-02", "2023-03"]


def test_packing_of_a_file_changes_no_row(tmp_path):
    rows = [[" 内科 ", "内科", "", None, "a\0b"][n % 5] for n in range(90)]
    table = visits(90).set_column(6, "adm_dept_codg", pa.array(rows))
    read = []
    for packed in (True, False, ["adm_dept_codg"]):
        folder = landing_folder(tmp_path / f"landing-{packed}", without=("mdtrt_d",))
        pq.write_table(table, folder / "mdtrt_d.parquet", use_dictionary=packed, row_group_size=25)
        found = Landed(folder, tables=("mdtrt_d",))
        read.append((found.rows("mdtrt_d"), found.quarantined("mdtrt_d", "key_text", "reason")))
    assert [row["adm_dept_codg"] for row in read[0][0]] == ["内科", "内科", None, None] * 18
    assert read[0][1] == [(f"v{n}", "nul_byte") for n in range(4, 90, 5)]
    assert read[1:] == [read[0], read[0]]


def test_nul_bytes_and_over_long_text_in_parquet(tmp_path):
    table = visits(3).set_column(6, "adm_dept_codg", pa.array(["a\0b", "x" * 4001, "ok"]))
    folder = landing_folder(tmp_path / "landing", without=("mdtrt_d",))
    pq.write_table(table, folder / "mdtrt_d.parquet")
    found = Landed(folder, tables=("mdtrt_d",))
    assert found.quarantined("mdtrt_d", "key_text", "reason", "month") == [
        ("v0", "nul_byte", "2023-01"),
        ("v1", "over_long_field", "2023-02"),
    ]
    assert found.rows("mdtrt_d", "mdtrt_id", "_row") == [("v2", 3)]


def test_a_large_file_is_cut_by_row_groups_and_keeps_its_row_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.raw.task.LARGE_PARQUET", 1)
    monkeypatch.setattr("jobs.raw.task.ROWS_IN_TASK", 200)
    folder = landing_folder(tmp_path / "landing", without=("mdtrt_d",))
    pq.write_table(visits(1000), folder / "mdtrt_d.parquet", row_group_size=100)
    found = Landed(folder, tables=("mdtrt_d",))
    assert len(make_tasks(found.plan, ["mdtrt_d"])) == 5
    assert found.rows("mdtrt_d", "_row") == list(range(1, 1001))
    assert found.rows("mdtrt_d", "mdtrt_id") == [f"v{n}" for n in range(1000)]
