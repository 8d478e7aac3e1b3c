"""What is carried to a nation, and what is not when it was not measured."""

from __future__ import annotations

import pytest

from benchmarks import scale
from tests.benchmarks.records import run

MOVED = {"input": 4 << 30, "shuffle_written": 2 << 30, "shuffle_remote": 0, "spilt": 0}


def test_nothing_is_carried_without_a_spark_run() -> None:
    assert scale.plan([run("sail", 2_000_000, 40.0)]) is None


def test_compute_follows_lines_and_cores_and_shuffles_follow_lines() -> None:
    plan = scale.plan([run("spark", 20_000_000, 400.0, spark=MOVED)])
    assert plan is not None
    few, many = plan["projections"]
    assert few.compute == pytest.approx(300.0 * 190 * 2 / 64 / 3600)  # the steps shared take 300 s, 190 times the lines
    assert many.compute == pytest.approx(few.compute / 4)
    assert plan["shuffled"] == pytest.approx((2 << 30) * 190)
    assert plan["growth"] is None
    assert few.hours >= few.compute + few.serial


def test_small_areas_do_not_promise_a_nation_less_than_linear_growth() -> None:
    plan = scale.plan([run("spark", 2_000_000, 100.0, spark=MOVED), run("spark", 20_000_000, 400.0, spark=MOVED)])
    assert plan is not None
    assert plan["growth"] < 1.0
    assert plan["used"] == 1.0


def test_bytes_that_were_not_measured_are_not_guessed() -> None:
    plan = scale.plan([run("spark", 20_000_000, 400.0)])
    assert plan is not None
    assert plan["shuffled"] is None
    assert plan["projections"][0].network is None
    assert plan["projections"][0].bottleneck in ("compute", "the step one process does")


def test_an_hour_needs_the_cores_the_shared_part_asks_for() -> None:
    shared = scale.Projection(64, compute=3.0, network=1.0, disk=None, serial=0.25)
    assert shared.cores_for_an_hour == 256  # 64 x 3 / (1 - 0.25)
    assert scale.Projection(64, compute=0.5, network=None, disk=None, serial=1.5).cores_for_an_hour is None


def test_one_size_of_spark_borrows_the_growth_of_the_embedded_engine() -> None:
    runs = [run("spark", 2_000_000, 400.0), run("sail", 2_000_000, 20.0), run("sail", 20_000_000, 400.0)]
    plan = scale.plan(runs)
    assert plan is not None
    assert (plan["growth"], plan["borrowed"]) == (None, "sail")
    assert plan["used"] == pytest.approx(1.301, abs=0.001)  # log10(400 / 20)


def test_areas_side_by_side_take_turns_in_slots_of_the_cores_measured() -> None:
    told = scale.embedded([run("sail", 12_000_000, 180.0)])
    assert told is not None
    assert (told["areas"], told["area_seconds"]) == (317, 180.0)
    few, many = told["nodes"]
    assert (few["slots"], few["hours"]) == (32, pytest.approx(10 * 180 / 3600))  # 317 areas in 32 slots: ten turns
    assert (many["slots"], many["hours"]) == (128, pytest.approx(3 * 180 / 3600))
    assert few["gib"] == pytest.approx(32 * 3000 / 1024)


def test_partitions_and_memory_follow_from_what_an_area_shuffles() -> None:
    plan = scale.plan([run("spark", 12_000_000, 400.0, spark={**MOVED, "shuffle_written": 20 << 30})])
    assert plan is not None
    assert plan["area"] == {"shuffled": 20 << 30, "partitions": 103, "executor_gib": 8}
