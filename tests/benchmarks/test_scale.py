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
