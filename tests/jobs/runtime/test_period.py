"""Periods are whole months written as text."""

from __future__ import annotations

from datetime import date

import pytest

from jobs.runtime.errors import UsageError
from jobs.runtime.period import Period, parse_period, shift


def test_months_run_over_the_turn_of_the_year():
    assert parse_period("2022-11..2023-02").months == ["2022-11", "2022-12", "2023-01", "2023-02"]


def test_one_month_is_a_period():
    assert parse_period("2023-02") == Period("2023-02", "2023-02")


def test_days_of_a_period():
    period = parse_period("2024-01..2024-02")
    assert (period.first_day, period.last_day) == (date(2024, 1, 1), date(2024, 2, 29))


def test_months_are_shifted_over_the_turn_of_the_year():
    assert (shift("2023-01", -3), shift("2023-12", 1), shift("2023-05", 0)) == ("2022-10", "2024-01", "2023-05")


@pytest.mark.parametrize("text", ["2023", "2023-13", "2023-02..2023-01", "2023-01-01..2023-02-01", ""])
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match="Example"):
        parse_period(text)
