"""Where the seconds go: writes seen from outside, shared fairly, and drawn."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import picture, stages
from benchmarks.stages import Event
from tests.benchmarks.records import run, used

MARKS = [(0.0, "features", "start"), (10.0, "features", "done"), (10.0, "scores", "start"), (30.0, "scores", "done")]


def events(*told):
    return [Event(at, cpu, write, name, begins) for at, cpu, write, name, begins in told]


def test_writes_one_after_the_other_keep_their_seconds() -> None:
    seen = events(
        (1, 10, 1, "features/visit", True), (4, 16, 1, "features/visit", False),
        (11, 20, 2, "found-over_price", True), (13, 23, 2, "found-over_price", False),
    )  # fmt: skip
    assert stages.spent(seen, MARKS) == [
        {"step": "features", "name": "features/visit", "kind": False, "wall": 3, "cpu": 6},
        {"step": "scores", "name": "over_price", "kind": True, "wall": 2, "cpu": 3},
    ]


def test_writes_side_by_side_share_what_ran_meanwhile() -> None:
    seen = events(
        (11, 0, 1, "found-a", True), (13, 4, 2, "found-b", True), (15, 8, 1, "found-a", False),
        (16, 9, 2, "found-b", False),
    )  # fmt: skip
    told = {one["name"]: one["cpu"] for one in stages.spent(seen, MARKS)}
    assert told == {"a": 4 + 2, "b": 2 + 1}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/h/scores/evidence/.new-months", "scores/evidence"),
        ("/h/scores/finding/.new-month=2023-01_2023-12", "scores/finding"),
        ("/h/.scratch/012-found-over_price", "found-over_price"),
        ("/h/.scratch/003-lines", "lines"),
        ("/h/features/provider_month/month=2023-01", "features/provider_month"),
    ],
)
def test_a_write_is_named_by_its_table_or_frame(path: str, name: str) -> None:
    assert stages.frame_name(path) == name


def test_the_rest_of_a_step_is_what_no_write_explains() -> None:
    told = [{"step": "raw", "name": "raw/setl_d", "kind": False, "wall": 1, "cpu": 6.0}]
    assert stages.of_step(told, "raw", used(10.0))[-1] == {"step": "raw", "name": "", "kind": False, "cpu": 14.0}


def test_writes_of_an_engine_are_noted(spark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyspark.sql import readwriter as classic
    from pyspark.sql.connect import readwriter as connect

    for writer in (classic.DataFrameWriter, connect.DataFrameWriter):
        monkeypatch.setattr(writer, "parquet", writer.parquet)  # what listen() replaces is put back afterwards
    stages.listen(tmp_path / "writes.jsonl")
    spark.range(10).write.mode("overwrite").parquet(str(tmp_path / "layer" / "table"))
    begun, ended = stages.read(tmp_path / "writes.jsonl")
    assert (begun.name, begun.begins, ended.begins) == ("layer/table", True, False)
    assert begun.write == ended.write


def test_the_picture_shows_every_step_and_the_dearest_frames() -> None:
    told = [
        {"step": "validated", "name": f"validated/t{n}", "kind": False, "wall": 1, "cpu": float(n)} for n in range(1, 9)
    ]
    drawn = picture.drawn(run("sail", 2_000_000, 40.0, stages=told), run("sail", 2_000_000, 90.0, baseline="old"))
    tree = ElementTree.fromstring(drawn)
    words = [entry.text for entry in tree.iter() if entry.text]
    assert "before (old)" in words
    assert {"raw", "validated", "cases", "validated/t8", "raw: plans, files, the rest"} <= set(words)
    assert "180" in words  # CPU seconds before, 2 x 90 s


def test_many_small_frames_are_summed() -> None:
    told = [{"step": "raw", "name": f"raw/t{n}", "kind": False, "wall": 1, "cpu": 0.1} for n in range(60)]
    drawn = picture.drawn(run("sail", 2_000_000, 40.0, stages=told))
    assert "smaller ones" in drawn
