"""Dates as text: digits change place, no calendar is asked."""

import pytest

from jobs.catalogue.date_patterns import converter, month_of


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2023-01-05", "2023-01"),
        ("2023-01-05 08:30:00", "2023-01"),
        ("20230105", "2023-01"),
        ("20230105083000", "2023-01"),
        ("2018-02-29", "2018-02"),
        ("2023-13-01", "unknown"),
        ("2023-00-01", "unknown"),
        ("0001-01-01", "unknown"),
        ("9999-12-31", "unknown"),
        ("2023/01/05", "unknown"),
        ("2023-0105", "unknown"),
        ("202301", "2023-01"),
        ("2023", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_month(text, month):
    assert month_of(text) == month


@pytest.mark.parametrize("pattern", ["MM/dd", "yyyy-MM", "yyyy-QQ-dd", "yy-MM-dd"])
def test_patterns_that_are_not_understood(pattern):
    with pytest.raises(ValueError, match="date pattern"):
        converter(pattern)
