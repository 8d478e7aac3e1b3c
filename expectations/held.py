"""The words an expectation is written in: what is measured, between which limits, how bad a breach is, and why.

Why: the lists in `business` should read like a supervisor's checklist; how a measure is computed and held is elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning"]
CRITICAL: Severity = "critical"  # stops: nothing is published, exit code 11
WARNING: Severity = "warning"  # told in the report and the data docs, the run goes on

Kind = Literal["missing", "count", "share", "number", "report"]
EVERY_ROW = "true"
_TEXT = re.compile(r"'[^']*'")
_WORD = re.compile(r"[a-z_][a-z0-9_]*(?!\w*\()", re.IGNORECASE)
_SQL = frozenset("and or not is null in between like rlike case when then else end true distinct date as".split())  # noqa: SIM905


@dataclass(frozen=True)
class Measure:
    """One number per month and one for the whole table.

    missing: rows without a value in the column `sql`. count: rows for which the condition `sql` is true. share: the
    same, divided by the rows for which `of` is true. number: an aggregate, whole table only. report: something known
    without looking at a row (rows, schema, what the step counted); `sql` names it, see `reports`.
    A condition that is null for a row counts as not broken; where a missing value matters, a `missing` says so.
    """

    kind: Kind
    sql: str
    of: str = EVERY_ROW

    @property
    def columns(self) -> frozenset[str]:
        """Columns the measure reads."""
        if self.kind == "report":
            return frozenset()
        bare = _TEXT.sub(" ", f"{self.sql} {self.of}")
        return frozenset(word for word in _WORD.findall(bare) if word.lower() not in _SQL)


@dataclass(frozen=True)
class Held:
    """One expectation: the measure is `at_least` or `at_most` so much, in each month and in the whole table.

    `name` is the column of the profile; `why` gives the reason of the limit; `then` says what to do about a breach.
    Limits of shares are shares (0.05 = 5 %), limits of counts are rows.
    """

    name: str
    measure: Measure
    severity: Severity
    zh: str
    en: str
    why: str
    then: str = "Correct the delivery or its mapping, load the month again and repeat the run."
    at_least: float | None = None
    at_most: float | None = None

    @property
    def limit(self) -> str:
        """The limits in words: `≥ 1`, `≤ 5 %`, `0 rows`."""
        if self.at_most == 0 and self.measure.kind in ("count", "missing"):
            return "0 rows"
        return f"≤ {self.told(self.at_most)}" if self.at_most is not None else f"≥ {self.told(self.at_least or 0)}"

    def told(self, value: float) -> str:
        """A value of the measure as people read it."""
        if self.measure.kind == "share" or self.name.endswith("_share"):
            return f"{value * 100:.3g} %"
        return f"{value:,.6g}"


def never(name: str, breaks: str, zh: str, en: str, why: str, severity: Severity = CRITICAL, then: str = "") -> Held:
    """No row may meet the condition `breaks`."""
    return _held(name, Measure("count", breaks), severity, zh, en, why, then, at_most=0)


def seldom(
    name: str,
    breaks: str,
    at_most: float,
    zh: str,
    en: str,
    why: str,
    of: str = EVERY_ROW,
    severity: Severity = WARNING,
    then: str = "",
) -> Held:
    """At most the share `at_most` (0..1) of the rows that meet `of` may meet the condition `breaks`."""
    return _held(name, Measure("share", breaks, of), severity, zh, en, why, then, at_most=at_most)


def number(name: str, aggregate: str, at_most: float, zh: str, en: str, why: str) -> Held:
    """An aggregate over the whole table stays within a limit; critical."""
    return _held(name, Measure("number", aggregate), CRITICAL, zh, en, why, "", at_most=at_most)


def reported(
    name: str,
    zh: str,
    en: str,
    why: str,
    severity: Severity = CRITICAL,
    at_least: float | None = None,
    at_most: float | None = None,
    then: str = "",
) -> Held:
    """Something known without looking at a row lies between limits; see `reports` for the names there are."""
    return _held(name, Measure("report", name), severity, zh, en, why, then, at_least, at_most)


def _held(
    name: str,
    measure: Measure,
    severity: Severity,
    zh: str,
    en: str,
    why: str,
    then: str,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Held:
    made = Held(name, measure, severity, zh, en, why, at_least=at_least, at_most=at_most)
    return made if not then else Held(**{**vars(made), "then": then})
