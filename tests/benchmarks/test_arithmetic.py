"""The formulas behind the tables."""

from __future__ import annotations

import pytest

from benchmarks.arithmetic import exponent, per_second, projected, ratio


def test_twice_the_lines_in_twice_the_time_is_an_exponent_of_one() -> None:
    assert exponent([(2e6, 20.0), (20e6, 200.0), (60e6, 600.0)]) == pytest.approx(1.0)


def test_ten_times_the_lines_in_a_hundred_times_the_time_is_an_exponent_of_two() -> None:
    assert exponent([(2e6, 1.0), (20e6, 100.0)]) == pytest.approx(2.0)


def test_a_small_area_says_nothing_of_growth() -> None:
    assert exponent([(5e4, 25.0), (2e6, 50.0), (4e6, 100.0)]) == pytest.approx(1.0)


@pytest.mark.parametrize("points", [[], [(2e6, 20.0)], [(2e6, 20.0), (2e6, 30.0)], [(2e6, 0.0), (4e6, 3.0)]])
def test_one_size_has_no_exponent(points: list[tuple[float, float]]) -> None:
    assert exponent(points) is None


def test_a_ratio_needs_both_sides() -> None:
    assert ratio(30.0, 20.0) == 1.5
    assert ratio(None, 20.0) is None
    assert ratio(30.0, None) is None
    assert ratio(30.0, 0.0) is None


def test_lines_per_second_need_a_duration() -> None:
    assert per_second(2e6, 20.0) == 1e5
    assert per_second(2e6, 0.0) is None


def test_a_nation_is_carried_by_exponent_and_cores() -> None:
    assert projected(100.0, 1e6, 4e6, 1.0, cores=2, on=8) == pytest.approx(100.0)
    assert projected(100.0, 1e6, 4e6, 1.5, cores=2, on=2) == pytest.approx(800.0)
