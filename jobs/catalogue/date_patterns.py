"""Dates as text: from a local pattern to the contract's form, and the month a row belongs to. No calendar is consulted.

Why: an impossible day (29 February of a common year) must reach validation as it was written; here only digits change place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

UNKNOWN = "unknown"
EXCEL = "excel"
EXCEL_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - wall clock; day 60 (29 February 1900) never existed and lies before any claim
EXCEL_NUMBER = re.compile(r"^\d{4,6}(\.\d+)?$")
CONTRACT_FORMS = ("yyyy-MM-dd", "yyyyMMdd", "yyyy-MM-dd HH:mm:ss", "yyyyMMddHHmmss")
MONTH = re.compile(r"^((?:19|20|21)\d\d)(-?)(0[1-9]|1[0-2])(?=\2\d\d|\2$)")
TOKENS = {
    "yyyy": r"(?P<y>\d{4})",
    "MM": r"(?P<m>\d{2})",
    "M": r"(?P<m>\d{1,2})",
    "dd": r"(?P<d>\d{2})",
    "d": r"(?P<d>\d{1,2})",
    "HH": r"(?P<H>\d{2})",
    "H": r"(?P<H>\d{1,2})",
    "mm": r"(?P<M>\d{2})",
    "m": r"(?P<M>\d{1,2})",
    "ss": r"(?P<S>\d{2})",
    "s": r"(?P<S>\d{1,2})",
}
PIECES = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+")


def month_of(text: str | None) -> str:
    """Month YYYY-MM of a date or timestamp in one of the contract's forms; `unknown` when none can be read."""
    found = MONTH.match(text) if text else None
    return f"{found[1]}-{found[3]}" if found else UNKNOWN


@lru_cache(maxsize=64)
def converter(pattern: str) -> Callable[[str], str | None]:
    """Function from a value in `pattern` to the contract's form, None when it does not fit.

    Pattern letters: y M d H m s as digits, E weekday, S and X, Z read over; text in single quotes. Raises ValueError for others.
    """
    if pattern == EXCEL:
        return from_excel
    compiled = re.compile("^" + "".join(_piece(found) for found in PIECES.finditer(pattern)) + "$")
    if not {"y", "m", "d"} <= set(compiled.groupindex):
        raise ValueError(f"the date pattern {pattern!r} lacks yyyy, MM or dd")
    return lambda text: _written(compiled.match(text))


def _piece(found: re.Match[str]) -> str:
    text, letter = found[0], found[2]
    if letter is None:
        return re.escape(found[1] if found[1] is not None else text)
    if letter == "E":
        return r"[^\W\d_]+\.?"
    if letter in "SXZ":
        return r"[-+:.\dZ]*"
    if text not in TOKENS:
        raise ValueError(f"the date pattern holds {text!r}, which is not understood")
    return TOKENS[text]


def _written(found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    held = {name: int(value) for name, value in found.groupdict().items()}
    day = f"{held['y']:04d}-{held['m']:02d}-{held['d']:02d}"
    if "H" not in held:
        return day
    return f"{day} {held['H']:02d}:{held.get('M', 0):02d}:{held.get('S', 0):02d}"


def from_excel(text: str) -> str | None:
    """A serial day number of a workbook (43101 = 2018-01-01, 43101.5 = noon) as date or timestamp."""
    if not EXCEL_NUMBER.match(text):
        return None
    moment = EXCEL_DAY_0 + timedelta(seconds=round(float(text) * 86400))
    return moment.strftime("%Y-%m-%d %H:%M:%S") if "." in text else moment.strftime("%Y-%m-%d")


def rewrite(patterns: tuple[str, ...], cut_to_date: bool) -> Callable[[str], str]:
    """Function that writes a value in the contract's form by the first pattern it fits; others stay as they are."""
    converters = [converter(pattern) for pattern in patterns]

    def written(text: str) -> str:
        for convert in converters:
            value = convert(text)
            if value is not None:
                return value[:10] if cut_to_date else value
        return text

    return written


def changes_nothing(patterns: tuple[str, ...], cut_to_date: bool) -> bool:
    """Whether values in these patterns already stand in a form the contract allows."""
    allowed = CONTRACT_FORMS[:2] if cut_to_date else CONTRACT_FORMS
    return all(pattern in allowed for pattern in patterns)
