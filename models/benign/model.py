"""What a test of a benign explanation is given and what it answers.

Grain: an answer is one institution, one detector, one check: explains | does_not_explain | not_testable.
Why: a clue that reaches a person carries the innocent explanations that were tried on it; a data fault that explains
the signal makes the case one about data, before anybody knocks on a door.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from knowledge.documents import read_yaml
from knowledge.policy_calendar import PolicyEntry, load_calendar
from models.detectors.model import Keep, as_it_is

SOURCE = Path(__file__).with_name("benign.yaml")
PAIR = ["fixmedins_code", "detector_id"]
COLUMNS = (*PAIR, "check", "result", "fault", "detail_zh", "detail_en")


@dataclass(frozen=True)
class BenignInputs:
    """The findings to explain and what is known around them; a frame that is None was not handed over.

    `asked`: detector -> names of the explanations its declaration lists. `items`: features/provider_item_month.
    """

    findings: DataFrame
    institutions: DataFrame
    provider_month: DataFrame
    months: tuple[str, ...]
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    evidence: DataFrame | None = None
    items: DataFrame | None = None
    visits: DataFrame | None = None
    calendar: tuple[PolicyEntry, ...] = field(default_factory=load_calendar)
    keep: Keep = as_it_is
    kept: dict[str, DataFrame] = field(default_factory=dict)  # what one check worked out and another needs too


Test = Callable[[BenignInputs, DataFrame], DataFrame]


@dataclass(frozen=True)
class Check:
    """One test. `everywhere`: tried on every hit, else only where the detector lists it. `fault`: it is about data."""

    name: str
    test: Test
    fault: bool = False
    everywhere: bool = False
    family: str | None = None


@cache
def _document() -> dict[str, Any]:
    return read_yaml(SOURCE)


@cache
def limits(name: str) -> dict[str, float]:
    """Thresholds of one check. KeyError when it has none; every threshold must say why."""
    declared = _document()[name]
    if any(not str(entry.get("why", "")).strip() for entry in declared.values()):
        raise ValueError(f"{SOURCE.name}: every threshold of {name} needs a reason")
    return {key: float(entry["value"]) for key, entry in declared.items()}


def answer(frame: DataFrame, explains: Column, zh: Column, en: Column) -> DataFrame:
    """One answer per row of `frame` (fixmedins_code, detector_id); a null `explains` means it could not be tested."""
    result = F.when(explains.isNull(), "not_testable").when(explains, "explains").otherwise("does_not_explain")
    told = frame.withColumns({"result": result, "detail_zh": zh, "detail_en": en})
    return told.select(*PAIR, "result", "detail_zh", "detail_en")


def said(*parts: Column | str) -> Column:
    """A sentence; an unknown number shows as a dash."""
    return F.concat(
        *[F.lit(part) if isinstance(part, str) else F.coalesce(part.cast("string"), F.lit("–")) for part in parts]
    )


def share_of(part: Column, whole: Column) -> Column:
    """The part of the whole; null when the whole is 0 or unknown, because ANSI mode stops at a division by zero."""
    return F.when(whole > 0, part / whole)


def percent(value: Column) -> Column:
    """A share 0..1 as text with a percent sign."""
    return F.concat(F.format_number(value * 100, 0), F.lit("%"))


def of_months(hits: DataFrame) -> DataFrame:
    """Hits opened by month: stat_month, month_value (lines of a rule, value of an indicator)."""
    opened = F.explode(F.from_json("months", "map<string,double>"))
    return hits.where(F.col("months").isNotNull()).select("*", opened.alias("stat_month", "month_value"))
