"""Names people read, Chinese and English: areas, families, levels, outcomes, reasons of refusal; and money as text.

Reads: names.yaml.
Why: the list, the report and the terminal must call one thing by one name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from knowledge.documents import read_yaml


class Name(NamedTuple):
    """One thing in two languages."""

    zh: str
    en: str


def _names(kind: str) -> dict[str, Name]:
    return {str(code): Name(*words) for code, words in _DOCUMENT[kind].items()}


_DOCUMENT = read_yaml(Path(__file__).with_name("names.yaml"))
AREAS, TYPES, LEVELS = _names("areas"), _names("types"), _names("levels")
FAMILIES, SELECTED_BY, HINTS = _names("families"), _names("selected_by"), _names("hints")
RESULTS, QUARANTINE, WARNINGS = _names("results"), _names("quarantine"), _names("warnings")
NODES, EDGES = _names("nodes"), _names("edges")
GAPS, BENIGN, PASSED, UNITS = _names("gaps"), _names("benign"), _names("passed"), _names("units")
FAULTS = {**BENIGN, **_names("faults")}  # a fault is named by the check that found it


def name_of(names: dict[str, Name], code: object) -> Name:
    """Name of a code, also of `reason:detail`; the code itself where it has none, a dash where it is empty."""
    text = "" if code is None or code != code else str(code)  # a value unlike itself is NaN
    if text in names:
        return names[text]
    head, colon, detail = text.partition(":")
    if colon and head in names:
        return Name(f"{names[head].zh} {detail}", f"{names[head].en}: {detail}")
    return Name(text or "—", text.replace("_", " ") or "—")


def number(value: Any) -> str:
    """A measured value as people write it: three or four significant digits, no exponent; a dash for none."""
    if value is None or value != value:
        return "—"
    size = abs(float(value))
    if size >= 1000 or size == 0:
        return f"{float(value):,.0f}"
    return (
        f"{float(value):.{1 if size >= 100 else 2}f}".rstrip("0").rstrip(".") if size >= 10 else f"{float(value):.3g}"
    )


def measured(value: Any, unit: str | None) -> str:
    """A value of a finding without its unit; a share 0..1 as a percentage."""
    known = value is not None and value == value
    return f"{number(100 * float(value))}%" if known and unit in UNITS and not UNITS[unit].zh else number(value)


def unit_of(unit: str | None) -> Name:
    """Name of a unit; empty for a share and where there is none."""
    return UNITS.get(unit or "", Name(unit or "", unit or ""))


def money_zh(yuan: float) -> str:
    """Yuan as Chinese offices write it: 1,234.56 元, 12.3 万元, 1.23 亿元."""
    size = abs(yuan)
    if size >= 1e8:
        return f"{yuan / 1e8:,.2f} 亿元"
    return f"{yuan / 1e4:,.1f} 万元" if size >= 1e4 else f"{yuan:,.0f} 元"


def money_en(yuan: float) -> str:
    """Yuan in full or in thousands and millions."""
    size = abs(yuan)
    if size >= 1e6:
        return f"{yuan / 1e6:,.2f} million yuan"
    return f"{yuan:,.0f} yuan"


def wan(yuan: float) -> str:
    """Bare number in units of ten thousand yuan: two decimals below ten, one above, none from a thousand on."""
    value = yuan / 1e4
    if 0 < abs(value) < 0.005:
        return "<0.01"  # never a zero where there is money
    return f"{value:,.{2 if abs(value) < 10 else 1 if abs(value) < 1000 else 0}f}"
