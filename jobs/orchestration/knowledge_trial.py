"""Tries points on the validated months of a home, before they are in force.

Why: which tables and months a trial reads, and which columns were handed over, is known here and not to the rules.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import SparkSession

from jobs.catalogue.raw_report import RawReport
from jobs.orchestration.perform import available
from jobs.orchestration.scoring import Keeper, rule_book, validated_tables
from jobs.runtime import layout
from jobs.runtime.errors import InputError
from jobs.runtime.period import Period
from jobs.runtime.storage import UNKNOWN, Home
from jobs.scores.trial import Trial, attempt
from knowledge.points import Point


def months(home: Home) -> list[str]:
    """Validated months of the home."""
    return [month for month in home.months("validated", "fee_list_d") if month != UNKNOWN]


def trial(spark: SparkSession, home: Home, points: Sequence[Point], period: Period | None = None) -> Trial:
    """What the points would have found in the validated months, all or those of `period`. InputError without any."""
    chosen = [month for month in months(home) if period is None or month in period.months]
    if not chosen:
        raise InputError(
            "trying knowledge on history",
            f"there are no validated months{f' of {period}' if period else ''} in {home.root}.",
            "Run `fundwatch run` first.",
        )
    layout.require(home, "trying knowledge on history", "validated")
    report = RawReport.from_json((home.root / "raw" / "report.json").read_text(encoding="utf-8"))
    keeper = Keeper(spark, home)
    book = rule_book(keeper, chosen, points=tuple(points), available=available(report))
    try:
        return attempt(validated_tables(spark, home, Period(chosen[0], chosen[-1])), book)
    finally:
        keeper.drop()
