"""A year handed over in two parts: what came before the last month, and the month."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.deliveries import parted

TIMES = pa.array(["2023-11-30 23:59:00", "2023-12-01 00:00:00", None, "2023-12-31 08:00:00"])


@pytest.mark.parametrize("kind", [pa.timestamp("us"), pa.timestamp("ns", "UTC"), pa.date32(), pa.string()])
def test_lines_are_handed_over_with_their_month_and_registers_with_both(tmp_path, kind):
    stamped = TIMES.cast(pa.timestamp("us"))
    times = TIMES if pa.types.is_string(kind) else stamped.cast(kind, safe=False)
    landing = tmp_path / "landing"
    for name in ("fee_list_d", "fixmedins_b"):
        (landing / name).mkdir(parents=True)
        rows = pa.table({"bkkp_sn": ["nov", "first", "undated", "last"], "fee_ocur_time": times})
        pq.write_table(rows, landing / name / "part-0.parquet")
    before, then = parted(landing, "2023-12", tmp_path / "two")
    assert _names(before / "fee_list_d") == ["nov", "undated"]
    assert _names(then / "fee_list_d") == ["first", "last"]
    assert _names(before / "fixmedins_b") == _names(then / "fixmedins_b") == ["nov", "first", "undated", "last"]


def test_a_table_that_grows_ends_before_the_month_and_comes_whole_with_it(tmp_path):
    landing = tmp_path / "landing" / "sel_d"
    landing.mkdir(parents=True)
    rows = pa.table({"sel_sn": ["nov", "first", "undated", "last"], "sel_time": TIMES.cast(pa.timestamp("us"))})
    pq.write_table(rows, landing / "part-0.parquet")
    before, then = parted(landing.parent, "2023-12", tmp_path / "two")
    assert _names(before / "sel_d") == ["nov", "undated"]
    assert _names(then / "sel_d") == ["nov", "first", "undated", "last"]


def test_a_file_without_a_row_of_the_month_is_left_out_of_it(tmp_path):
    landing = tmp_path / "landing" / "setl_d"
    landing.mkdir(parents=True)
    rows = pa.table({"setl_id": ["a"], "setl_time": TIMES[:1].cast(pa.timestamp("us"))})
    pq.write_table(rows, landing / "part-0.parquet")
    before, then = parted(landing.parent, "2023-12", tmp_path / "two")
    assert _names(before / "setl_d") == ["a"]
    assert _names(then / "setl_d") == []


def _names(folder):
    tables = [pq.read_table(path) for path in sorted(folder.glob("*.parquet"))]
    return [name for rows in tables for name in rows.column(0).to_pylist()]
