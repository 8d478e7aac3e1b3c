"""The few formulas of the benchmark: growth exponent, ratio, lines per second, projection to a larger machine.

Why: a figure in a table is only as good as the formula behind it; these are short, named and tested.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

MANY = 1_000_000  # lines below which a run is mostly what every run costs: it says nothing of growth


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """Growth exponent of (lines, seconds): slope of log seconds on log lines, least squares, from MANY lines on.

    None below two sizes.
    """
    usable = {(lines, seconds) for lines, seconds in points if lines >= MANY and seconds > 0}
    if len({lines for lines, _ in usable}) < 2:
        return None
    pairs = [(math.log(lines), math.log(seconds)) for lines, seconds in usable]
    middle_x = sum(x for x, _ in pairs) / len(pairs)
    middle_y = sum(y for _, y in pairs) / len(pairs)
    spread = sum((x - middle_x) ** 2 for x, _ in pairs)
    return sum((x - middle_x) * (y - middle_y) for x, y in pairs) / spread


def ratio(ours: float | None, theirs: float | None) -> float | None:
    """ours / theirs; None when either is missing or theirs is zero."""
    return None if ours is None or not theirs else ours / theirs


def per_second(lines: float, seconds: float) -> float | None:
    """Lines per second; None without a duration."""
    return lines / seconds if seconds > 0 else None


def projected(seconds: float, lines: float, target: float, growth: float, cores: float, on: float) -> float:
    """Seconds for `target` lines on `on` cores, from `seconds` for `lines` on `cores`: t x (N/n)^e x cores/on."""
    return seconds * float((target / lines) ** growth) * cores / on
