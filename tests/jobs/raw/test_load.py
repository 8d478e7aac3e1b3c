"""The whole load on the engine: months move in whole, a failed load leaves what was there, a second load repeats the first."""

import importlib
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.catalogue.raw_report import RawReport
from jobs.landing.mapping import load_mapping, plan
from jobs.raw import load, read_report
from jobs.runtime.errors import InputError
from jobs.runtime.storage import Home
from tests.support.landing import REQUIRED, landing_folder

HEADER = "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,vali_flag,weather\n"
JANUARY = HEADER + "v1,p1,H1,11,2023-01-05,1,rain\nv2,p2,H1\nv3,p1,H1,11,2023-02-01,1,sun\nv4,p1,H1,11,,1,\n"


def loaded(spark, tmp_path, files, months=("2023-01", "2023-02", "2023-03"), name="landing", tables=None):
    folder = landing_folder(tmp_path / name, files)
    home = Home(tmp_path / "home")
    return home, load(plan(load_mapping("national"), folder), home, spark, b"secret-salt", months=months, tables=tables)


def test_load(spark, tmp_path, caplog):
    home, report = loaded(spark, tmp_path, {"mdtrt_d/a.csv": JANUARY, "mdtrt_d/b.csv": JANUARY.replace("\nv", "\nw")})
    visits = report.tables["mdtrt_d"]
    assert {month: (count.rows_in, count.written, count.quarantined) for month, count in visits.items()} == {
        "2023-01": (2, 2, {}),
        "2023-02": (2, 2, {}),
        "unknown": (4, 2, {"truncated_row": 2}),
    }
    assert home.months("raw", "mdtrt_d") == ["2023-01", "2023-02", "unknown"]
    rows = (
        spark.read.parquet(str(home.month("raw", "mdtrt_d", "2023-01"))).select("mdtrt_id", "_file", "_row").collect()
    )
    assert sorted(map(tuple, rows)) == [("v1", "mdtrt_d/a.csv", 1), ("w1", "mdtrt_d/b.csv", 1)]
    aside = spark.read.parquet(str(home.month("quarantine", "mdtrt_d", "unknown")))
    assert sorted(map(tuple, aside.select("key_text", "reason", "row_number").collect())) == [
        ("v2", "truncated_row", 2),
        ("w2", "truncated_row", 2),
    ]
    assert read_report(home) == report
    assert "columns ignored: weather" in caplog.text
    assert "mdtrt_d: not handed over: endtime" in caplog.text
    assert "secret-salt" not in caplog.text

    parts = {path.name for path in (home.root / "raw").rglob("*.parquet")}
    _, again = loaded(spark, tmp_path, {"mdtrt_d/a.csv": JANUARY, "mdtrt_d/b.csv": JANUARY.replace("\nv", "\nw")})
    assert again == report
    assert {path.name for path in (home.root / "raw").rglob("*.parquet")} == parts
    assert not list((home.root / "raw").glob(".new*"))


def test_a_second_landing_replaces_its_months_and_leaves_the_others(spark, tmp_path):
    loaded(
        spark,
        tmp_path,
        {"mdtrt_d.csv": JANUARY, "out_appy_d.csv": "psn_no,out_admdvs,begndate\np1,320100,2023-01-01\n"},
    )
    later = HEADER + "v9,p1,H1,11,2023-02-03,1,\n"
    home, report = loaded(spark, tmp_path, {"mdtrt_d.csv": later}, months=("2023-02", "2023-03"), name="later")
    assert {month: count.rows_in for month, count in report.tables["mdtrt_d"].items()} == {"2023-01": 1, "2023-02": 1}
    assert [row.mdtrt_id for row in spark.read.parquet(str(home.month("raw", "mdtrt_d", "2023-02"))).collect()] == [
        "v9"
    ]
    assert list(home.month("raw", "mdtrt_d", "unknown").glob("*")) == []
    assert list(home.month("quarantine", "mdtrt_d", "unknown").glob("*")) == []
    assert list(home.month("raw", "out_appy_d", "all").glob("*")) == [], (
        "a table no longer handed over is no longer there"
    )


def test_a_broken_file_leaves_the_home_folder_as_it_was(spark, tmp_path):
    import gzip

    home, report = loaded(spark, tmp_path, {"mdtrt_d.csv": JANUARY})
    rows = "".join(f"v{n},p{n * 7919 % 100003},H1,11,2023-01-05,1,\n" for n in range(60_000))
    cut = gzip.compress((HEADER + rows).encode())
    with pytest.raises(InputError, match="mdtrt_d.csv.gz: the compressed file is damaged or cut off") as told:
        loaded(spark, tmp_path, {"mdtrt_d.csv.gz": cut[: len(cut) // 2]}, name="broken")
    assert told.value.exit_code == 12
    assert read_report(home) == report
    assert spark.read.parquet(str(home.month("raw", "mdtrt_d", "2023-01"))).count() == 1
    assert not list((home.root / "raw").glob(".new*"))


def test_named_tables_only(spark, tmp_path):
    home, report = loaded(spark, tmp_path, {"mdtrt_d.csv": REQUIRED["mdtrt_d"]}, tables=["mdtrt_d"])
    assert set(report.tables) == {"mdtrt_d"}
    assert home.months("raw", "setl_d") == []


def test_the_report_is_the_same_after_reading_it_back():
    report = RawReport(available={"a": ("x",)}, missing=("b",), notes=("n",), dictionaries={"d": ("1",)})
    report.count("a", "2023-01", None, 3)
    report.count("a", "2023-01", "nul_byte", 1)
    assert RawReport.from_json(report.to_json()) == report
    assert report.tables["a"]["2023-01"].rows_in == 4


class EngineInside:
    """An engine whose workers are threads of this process, as the embedded one has them."""

    def range(self, begin, end, step, parts):
        self.numbers = range(begin, end, step)
        return self

    def mapInArrow(self, work, schema):  # noqa: N802 - its name in Spark
        self.work = work
        return self

    def toArrow(self):  # noqa: N802 - its name in Spark
        return pa.Table.from_batches(self.work(pa.record_batch({"id": [at]}) for at in self.numbers))


@pytest.mark.parametrize(("worth", "apart"), [(0, True), (1 << 30, False)])
def test_large_bins_inside_our_process_are_read_in_processes_of_their_own(tmp_path, monkeypatch, worth, apart):
    started = []

    class Counted(ProcessPoolExecutor):
        def __init__(self, *args, **named):
            started.append(args)
            super().__init__(*args, **named)

    module = importlib.import_module("jobs.raw.load")
    monkeypatch.setattr(module, "ProcessPoolExecutor", Counted)
    monkeypatch.setattr(module, "WORTH_A_PROCESS", worth)
    files = {"mdtrt_d/a.csv": JANUARY, "mdtrt_d/b.csv": JANUARY.replace("\nv", "\nw")}
    home, report = loaded(EngineInside(), tmp_path, files)
    assert bool(started) is apart
    assert {month: count.rows_in for month, count in report.tables["mdtrt_d"].items()} == {
        "2023-01": 2, "2023-02": 2, "unknown": 4,
    }  # fmt: skip
    written = pq.read_table(home.month("raw", "mdtrt_d", "2023-01")).to_pydict()
    assert written["mdtrt_id"] == ["v1", "w1"]
    assert len(set(written["psn_no"])) == 1, "a person has one pseudonym in every process"


STARTS_ONE = """
import importlib, os, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
load = importlib.import_module("jobs.raw.load")
pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=load._end_with_parent)
print(pool.submit(os.getpid).result(), flush=True)
pool.submit(time.sleep, 120).result()
"""


def test_a_process_that_reads_files_ends_when_the_load_is_killed():
    asked = [sys.executable, "-c", STARTS_ONE]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as load_of_somebody:
        assert load_of_somebody.stdout is not None
        reader = int(load_of_somebody.stdout.readline())
        assert running(reader)
        load_of_somebody.kill()
    until = time.monotonic() + 20
    while running(reader) and time.monotonic() < until:
        time.sleep(0.1)
    assert not running(reader)


def running(process: int) -> bool:
    """Whether a process is there and not merely waiting to be counted out."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return told.rpartition(")")[2].split()[0] not in "ZX"
