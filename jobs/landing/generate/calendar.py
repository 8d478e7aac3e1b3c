"""The days of the period and how busy each is: weekdays, seasons, the Spring Festival dip.

Why: a share of business only means something against an ordinary calendar; detectors must live with these swings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

DAY = 86_400  # seconds
# First day of the lunar year (public calendar); the week around it is quiet in hospitals, busy just before in
# pharmacies.
SPRING_FESTIVAL = (
    "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17",
    "2027-02-06",
)  # fmt: skip
WEEKDAY_HOSPITAL = np.array([1.28, 1.18, 1.12, 1.10, 1.05, 0.72, 0.55])
WEEKDAY_OPEN = np.array([1.02, 1.0, 0.98, 0.98, 1.02, 1.04, 0.96])
WEEKDAY_ADMISSION = np.array([1.30, 1.15, 1.10, 1.05, 0.95, 0.75, 0.70])
WINTER = np.array([1.75, 1.35, 1.2, 0.85, 0.75, 0.7, 0.65, 0.65, 0.75, 0.9, 1.3, 1.85])
SUMMER = np.array([0.7, 0.7, 0.8, 0.9, 1.1, 1.4, 1.6, 1.6, 1.25, 0.9, 0.8, 0.75])


@dataclass(frozen=True)
class Calendar:
    """The period from the first day of month `begin` to the last day of month `end` (both `YYYY-MM`)."""

    begin: str
    end: str

    @cached_property
    def first(self) -> np.datetime64:
        """First day of the period."""
        return np.datetime64(self.begin + "-01", "D")

    @cached_property
    def days(self) -> int:
        """Number of days in the period. Raises ValueError when the end lies before the begin."""
        after = (np.datetime64(self.end, "M") + 1).astype("datetime64[D]")
        count = int((after - self.first).astype(int))
        if count <= 0:
            raise ValueError(f"the period {self.begin}..{self.end} ends before it begins")
        return count

    @cached_property
    def dates(self) -> np.ndarray:
        """Every day of the period."""
        return self.first + np.arange(self.days)

    @cached_property
    def weekday(self) -> np.ndarray:
        """0 = Monday … 6 = Sunday, for every day of the period."""
        return (self.dates.astype("datetime64[D]").astype(int) + 3) % 7

    @cached_property
    def month(self) -> np.ndarray:
        """Months since the begin of the period, for every day of the period."""
        return (self.dates.astype("datetime64[M]") - np.datetime64(self.begin, "M")).astype(int)

    @cached_property
    def months(self) -> list[str]:
        """The months of the period as `YYYY-MM`."""
        return [str(np.datetime64(self.begin, "M") + i) for i in range(int(self.month[-1]) + 1)]

    @cached_property
    def epoch(self) -> int:
        """Seconds from 1970-01-01 to the first moment of the period (wall clock)."""
        return int(self.first.astype("datetime64[s]").astype(np.int64))

    @cached_property
    def festival(self) -> np.ndarray:
        """A mask of the Spring Festival week, for every day of the period."""
        quiet = np.zeros(self.days, dtype=bool)
        for text in SPRING_FESTIVAL:
            offset = int((np.datetime64(text, "D") - self.first).astype(int))
            quiet[max(0, offset - 1) : max(0, min(self.days, offset + 6))] = True
        return quiet

    def weights(self, weekday: np.ndarray, season: str = "", dip: float = 0.35) -> np.ndarray:
        """Probability of each day for visits with this weekday profile and season; `dip` scales the festival week."""
        weight = weekday[self.weekday] * np.where(self.festival, dip, 1.0)
        of_year = self.dates.astype("datetime64[M]").astype(int) % 12
        if season == "winter":
            weight = weight * WINTER[of_year]
        elif season == "summer":
            weight = weight * SUMMER[of_year]
        return weight / weight.sum()


def draw_days(rng: np.random.Generator, weights: np.ndarray, n: int) -> np.ndarray:
    """`n` days drawn with the given weights."""
    return np.searchsorted(np.cumsum(weights), rng.random(n) * 0.999999999).astype(np.int32)
