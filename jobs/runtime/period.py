"""Months and periods as plain text: `2023-01`, `2023-01..2023-06`. No clock anywhere."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from jobs.runtime.errors import UsageError

_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")


@dataclass(frozen=True)
class Period:
    """Whole months from `begin` to `end`, both YYYY-MM and included."""

    begin: str
    end: str

    @property
    def months(self) -> list[str]:
        """Every month of the period, in order."""
        first, last = _index(self.begin), _index(self.end)
        return [_month(index) for index in range(first, last + 1)]

    @property
    def folder(self) -> str:
        """Name of the period in a folder: `2023-01_2023-06`."""
        return f"{self.begin}_{self.end}"

    @property
    def first_day(self) -> date:
        """First day of the period."""
        return date(int(self.begin[:4]), int(self.begin[5:]), 1)

    @property
    def last_day(self) -> date:
        """Last day of the period."""
        year, month = int(self.end[:4]), int(self.end[5:])
        return date(year, month, calendar.monthrange(year, month)[1])

    def __str__(self) -> str:
        return f"{self.begin}..{self.end}"


def parse_period(text: str) -> Period:
    """`2023-01..2023-06` or one month `2023-01`. Raises UsageError on anything else."""
    begin, _, end = text.partition("..")
    end = end or begin
    if not (_MONTH.match(begin) and _MONTH.match(end)) or end < begin:
        raise UsageError(
            f"reading the period {text!r}", "it is not YYYY-MM..YYYY-MM.", "Example: --period 2023-01..2023-06"
        )
    return Period(begin, end)


def shift(month: str, by: int) -> str:
    """The month `by` months later (earlier when negative)."""
    return _month(_index(month) + by)


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _month(index: int) -> str:
    return f"{index // 12:04d}-{index % 12 + 1:02d}"
