"""What is measured where, what a failure leaves behind, what later figures are held against."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import click
import pytest

pytest.importorskip("psutil")

from benchmarks import baseline, machine, main, report  # noqa: E402
from benchmarks.areas import Area  # noqa: E402
from benchmarks.probe import Watched, watch  # noqa: E402
from benchmarks.races import Bench  # noqa: E402
from benchmarks.watching import why  # noqa: E402
from jobs.runtime.errors import TemporaryFault  # noqa: E402
from tests.benchmarks.records import MACHINE, OTHER, run  # noqa: E402

HOG = "held = bytearray(200 << 20)\nfor at in range(0, len(held), 4096): held[at] = 1\nimport time\ntime.sleep(30)"


def asked(plan: main.Plan, size: float | None) -> list[str]:
    """Names of the measurements of a plan on an area."""
    done: list[str] = []
    bench = SimpleNamespace(
        **{
            name: (lambda *more, name=name, **_: done.append(" ".join([name, *map(str, more[1:])])))
            for name in ("run", "race", "month", "cluster", "parity")
        }
    )
    for measurement in plan.measurements(bench, "area", size):
        measurement()
    return done


def test_spark_and_the_cluster_run_on_the_smallest_size_only() -> None:
    plan = main.plan_of("20 2", None, None, 5.0, "run race month spark cluster csv", "duckdb polars")
    small = ["run sail", "race duckdb", "race polars", "month sail"]
    assert asked(plan, 2.0) == [*small, "run spark", "parity spark", "cluster", "parity cluster"]
    assert asked(plan, 20.0) == small


def test_a_race_can_be_run_several_times() -> None:
    plan = main.plan_of("20", "", "", 5.0, "race", "duckdb", turns=2)
    assert asked(plan, 20.0) == ["race duckdb", "race duckdb"]


def test_sizes_of_a_part_can_be_chosen() -> None:
    plan = main.plan_of("2 20", "20", "2", 5.0, "month spark", "duckdb")
    assert asked(plan, 2.0) == ["month sail"]
    assert asked(plan, 20.0) == ["run spark", "parity spark"]


@pytest.mark.parametrize(("only", "sizes"), [("run fly", "2"), ("run", "two")])
def test_a_part_or_size_there_is_none_of_is_refused(only: str, sizes: str) -> None:
    with pytest.raises(click.UsageError):
        main.plan_of(sizes, None, None, 5.0, only, "duckdb")


def test_what_another_machine_measured_is_measured_here_and_not_written_over(tmp_path, monkeypatch) -> None:
    bench = Bench(tmp_path, tmp_path / "results", lambda _: None)
    area = Area("1k", tmp_path / "landing", "2023-01..2023-02", 1_000)
    done: list[str] = []

    def measured(*_: object) -> dict[str, str]:
        done.append(machine.facts()["cpu"])
        return {"what": "month", "told": ""}

    monkeypatch.setattr(Bench, "_month", measured)
    for there in (MACHINE, OTHER, OTHER):
        monkeypatch.setattr(machine, "facts", lambda there=there: there)
        bench.month(area, "sail")
    assert done == ["a processor", "another processor"]
    assert [record["name"] for record in bench.store.all()] == [
        "month-sail-1k@2-a-processor", "month-sail-1k@2-another-processor",
    ]  # fmt: skip


def test_a_measurement_that_fails_does_not_stop_the_next() -> None:
    said: list[str] = []
    tries = main.Tries(said.append)

    def broken() -> int:
        raise TemporaryFault("measuring", "the disk is full.", "Give another.")

    assert (tries.of(broken), tries.of(lambda: 7), tries.code) == (None, 7, 20)
    assert "the disk is full" in said[0]


def test_what_takes_too_much_memory_is_ended_and_said(tmp_path: Path) -> None:
    import sys

    seen = watch([sys.executable, "-c", HOG], tmp_path / "m", tmp_path / "log", limit_mib=120)
    assert seen.over is not None
    assert why(seen, tmp_path / "log").startswith("out of memory after")


def test_a_program_that_dies_says_its_last_line(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("Traceback\nValueError: nothing there\n")
    seen = Watched(1, 0.0, 12.0, [], [])
    assert why(seen, tmp_path / "log") == "ended after 12 s with ValueError: nothing there"


def test_a_peer_that_dies_is_told_in_the_page() -> None:
    race = {
        **run("sail", 20_000_000, 1.0),
        "what": "race",
        "peer": "polars",
        "failed": "out of memory after 9 s",
        "of_detectors": 4,
    }
    page = report.benchmarks([race])
    assert "polars over 20,000,000 lines did not get there: out of memory after 9 s" in page


def test_a_baseline_is_kept_without_what_only_one_run_has_and_shown_beside(tmp_path: Path) -> None:
    old = run("sail", 20_000_000, 900.0, evidence={"IMG-01": 3})
    path = baseline.keep([old, {**old, "what": "race"}], "abc1234", tmp_path)
    assert "evidence" not in path.read_text()
    before = baseline.load(tmp_path)
    now = [run("sail", 20_000_000, 200.0), run("sail", 2_000_000, 20.0)]
    assert [pair["now"]["lines"] for pair in baseline.beside(now, before)] == [20_000_000]
    page = report.benchmarks(now, before)
    assert "### sail, 20,000,000 lines, parquet: abc1234 and now" in page
    assert "| **whole** | 1,800.0 | 400.0 | 4.50 | 900.0 | 200.0 | 4.50 |" in page


def test_parity_is_told_in_figures() -> None:
    told = {
        "name": "parity-spark-2m", "what": "parity", "engine": "spark", "lines": 2_000_000, "machine": MACHINE,
        "evidence": {"same": 60_000, "only_ours": 0, "only_theirs": 1, "amount": 2}, "equal": False,
        "cases": {"same": 70, "differ": 1, "only_ours": 1, "only_theirs": 0},
    }  # fmt: skip
    assert "| sail, spark | 2,000,000 | 60,000 | 0 | 1 | 2 | 70 | 2 |" in report.benchmarks([told])
