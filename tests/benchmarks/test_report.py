"""The documents say what was measured, and say so where nothing was."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import baseline, report
from benchmarks.store import RESULTS, Store
from tests.benchmarks.records import MACHINE, OTHER, race, run, used

EVIDENCE = {"IMG-01": 60, "LAB-01": 40}


def test_every_figure_of_an_empty_bench_is_not_measured(tmp_path: Path) -> None:
    written = report.write(Store(tmp_path / "results"), tmp_path / "docs")
    texts = [path.read_text(encoding="utf-8") for path in written]
    assert [path.name for path in written] == ["benchmarks.md", "scale.md"]
    assert "Nothing has been measured yet" in texts[0]
    assert all("not measured" in text for text in texts)


def test_a_race_tells_ratio_coverage_and_what_differs() -> None:
    page = report.benchmarks([run("sail", 2_000_000, 40.0, evidence=EVIDENCE), race(2_000_000, 30.0, 20.0, ["IMG-01"])])
    row = next(line for line in page.splitlines() if line.startswith("| duckdb |"))
    assert "| 1.50 | 1.50 |" in row  # 30 s against 20 s, of wall and of CPU
    assert "| 1 of 4 | 60.0 % | 2.00 |" in row  # 60 of 100 evidence rows; the whole run takes twice the peer
    assert "only ours: 1; only the peer's: 2; amounts that differ: 3" in page
    assert "- IMG-01: 90 equal" in page


def test_growth_is_told_over_parquet_sizes_only() -> None:
    runs = [run("sail", 2_000_000, 10.0), run("sail", 20_000_000, 100.0)]
    text = run("sail", 5_000_000, 5_000.0) | {"format": "csv.gz"}
    assert report.exponents([*runs, text])["sail"]["whole"] == pytest.approx(1.0)


def test_a_month_is_held_against_the_whole_run() -> None:
    month = run("sail", 2_000_000, 4.0) | {"what": "month", "before": {"whole": used(36.0)}}
    page = report.benchmarks([run("sail", 2_000_000, 40.0), month])
    assert "| sail | 2,000,000 | 36.0 | 4.0 | 0.100 |" in page


def test_figures_of_two_machines_are_never_held_against_each_other() -> None:
    whole, month = run("sail", 2_000_000, 40.0), run("sail", 2_000_000, 4.0) | {"what": "month", "machine": OTHER}
    page = report.benchmarks([whole, month | {"before": {"whole": used(36.0)}}])
    assert "| sail | 2,000,000 | 36.0 | 4.0 | not measured |" in page
    slow = run("sail", 20_000_000, 900.0) | {"machine": OTHER}
    assert report.exponents([whole, slow])["sail"]["whole"] is None
    assert baseline.beside([whole], [whole | {"baseline": "old", "machine": OTHER}]) == []


def test_every_table_tells_when_and_on_what_it_was_measured() -> None:
    page = report.benchmarks([run("sail", 2_000_000, 40.0), run("spark", 2_000_000, 400.0) | {"machine": OTHER}])
    assert f"Measured {MACHINE['at']} UTC on 2 cores of a processor, load 0.1" in page
    assert "on 2 cores of another processor" in page


def test_the_documents_are_what_the_kept_measurements_say(tmp_path: Path) -> None:
    docs = Path(__file__).parents[2] / "docs"
    for path in report.write(Store(RESULTS), tmp_path):
        assert path.read_text(encoding="utf-8") == (docs / path.name).read_text(encoding="utf-8"), path.name


def test_what_is_measured_is_kept_and_read_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.get("run") is None
    store.put("run", run("sail", 2_000_000, 40.0))
    assert store.get("run") == run("sail", 2_000_000, 40.0)
    assert [record["label"] for record in store.all()] == ["2m"]
