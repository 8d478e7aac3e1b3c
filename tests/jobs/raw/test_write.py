"""Parts are cut by month, keep their names and hold memory within bounds."""

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.catalogue.landing_plan import SourceFile, TableSource
from jobs.raw import write
from jobs.raw.task import Piece, Task, pack
from jobs.raw.write import MonthFiles, by_month, cut
from jobs.runtime.staging import empty_columns

SCHEMA = pa.schema([("day", pa.string()), ("n", pa.int64())])


def rows(*days: str | None) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"day": list(days), "n": list(range(len(days)))}, schema=SCHEMA)


def test_months_of_rows():
    batch = rows("2023-01-05", "20230206", None, "2023-01-09 10:00:00", "x")
    found = {month: held["n"].to_pylist() for month, held in cut(batch, by_month(batch["day"]))}
    assert found == {"2023-01": [0, 3], "2023-02": [1], "unknown": [2, 4]}


def test_rows_of_one_month_are_not_copied():
    assert by_month(rows("2023-01-05", "2023-01-06")["day"]) == [("2023-01", None)]


def test_rows_that_lie_month_by_month_stay_where_they_are():
    batch = rows("2023-02-05", "2023-02-06", "2023-01-05")
    found = {month: held["n"] for month, held in cut(batch, by_month(batch["day"]))}
    assert {month: held.to_pylist() for month, held in found.items()} == {"2023-01": [2], "2023-02": [0, 1]}
    assert found["2023-02"].buffers()[1].address == batch["n"].buffers()[1].address


def test_codes_of_several_runs_are_read_as_plain_text(tmp_path):
    schema = pa.schema([("dept", pa.string()), ("none", pa.string())])
    files = MonthFiles(tmp_path, "part-00000", schema)
    for run in (["a", "b", None], ["b", "c"]):
        none = pa.nulls(len(run), pa.string())
        files.add("2023-01", pa.RecordBatch.from_arrays([pa.array(run).dictionary_encode(), none], ["dept", "none"]))
    files.close()
    path = tmp_path / "month=2023-01" / "part-00000-0.parquet"
    held = pq.ParquetFile(path).read()
    assert held.schema.types == [pa.string(), pa.string()]
    assert held["dept"].to_pylist() == ["a", "b", None, "b", "c"]
    assert empty_columns([path]) == {"none"}


def test_rows_are_written_in_their_order_whatever_is_held_back(tmp_path, monkeypatch):
    monkeypatch.setattr(write, "ROWS_IN_GROUP", 4)
    monkeypatch.setattr(write, "ROWS_HELD", 5)
    monkeypatch.setattr(write, "ROWS_IN_FILE", 8)
    files = MonthFiles(tmp_path, "part-00007", SCHEMA)
    for number in range(12):
        for month in ("2023-01", "2023-02"):
            files.add(month, pa.RecordBatch.from_pydict({"day": [month], "n": [number]}, schema=SCHEMA))
    files.close()
    for month in ("2023-01", "2023-02"):
        parts = sorted((tmp_path / f"month={month}").iterdir())
        assert [path.name for path in parts] == ["part-00007-0.parquet", "part-00007-1.parquet"]
        assert [n for path in parts for n in pq.ParquetFile(path).read()["n"].to_pylist()] == list(range(12))


def test_bins_hold_every_task_once_and_about_the_same():
    file = SourceFile("x", "x", "csv", None, None, None, (), 1)
    tasks = [
        Task(number, "t", (), (Piece(TableSource(file, (), ())),), size)
        for number, size in enumerate([1, 9, 5, 4, 2, 1])
    ]
    packed = pack(tasks, 2)
    assert sorted(task.number for held in packed for task in held) == list(range(6))
    assert sorted(sum(task.size for task in held) for held in packed) == [10, 12]
    assert pack(tasks[:1], 4) == [tasks[:1]]
