"""The scores step: rules over the lines, then rules and indicators judged against peers.

Reads: every validated table, features/provider_month, provider_item_month, item, peer_group.
Why: the rules' evidence is written before it is judged, so that judging reads a small table and not the lines again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from jobs.catalogue import TABLES, contract_tables, derived
from jobs.runtime.errors import InputError
from jobs.runtime.period import Period
from jobs.runtime.storage import ALL, Home, count_rows, read, write_folder, write_month, write_months
from jobs.scores import evidence, finding
from knowledge.frames import small_frame
from knowledge.points import knowledge_version
from knowledge.store import points_in_force
from models import benign, detectors

Available = dict[str, frozenset[str]]
SCRATCH = ".scratch"
# What is read back at once, many times, and thrown away is not packed: packing took a fifteenth of the step (ADR 13).
UNPACKED = "uncompressed"
ONE_BY_ONE = 40_000_000  # lines from which on kinds run one after the other; half of it: two at a time


def score(spark: SparkSession, home: Home, period: Period, available: Available) -> dict[str, Any]:
    """Writes scores/evidence, exposure, gap, cohort_node, cohort_edge and finding of the period; tells how many."""
    book = _evidence(spark, home, period, available)
    keeper = Keeper(spark, home)
    try:
        write_month(_findings(spark, home, period, book, keeper), home, "scores", "finding", period.folder)
    finally:
        keeper.drop()
    lines = sum(count_rows(home, "scores", "evidence", month) for month in period.months)
    findings = count_rows(home, "scores", "finding", period.folder)
    return {"told": f"{lines:,} evidence lines, {findings:,} findings"}


def _evidence(spark: SparkSession, home: Home, period: Period, available: Available) -> evidence.RuleBook:
    """Runs the rules and writes what they found; the rule book they ran with."""
    keeper = Keeper(spark, home)
    points = points_in_force(home.root)
    book = rule_book(keeper, period.months, points=points, available=available)
    try:
        scored = evidence.build(validated_tables(spark, home, period), book)
        write_months(scored.evidence, home, "scores", "evidence", period.months, "stat_month")
        write_month(scored.exposure, home, "scores", "exposure", period.folder)
        write_month(scored.gaps, home, "scores", "gap", period.folder)
        write_month(scored.groups.nodes, home, "scores", "cohort_node", period.folder)
        write_month(scored.groups.edges, home, "scores", "cohort_edge", period.folder)
    finally:
        keeper.drop()
    return book


def rule_book(keeper: Keeper, months: Sequence[str], **more: Any) -> evidence.RuleBook:
    """What the rules run with on a home: frames and shelves in its scratch. `more`: cards, points, available."""
    return evidence.RuleBook(
        months=tuple(months),
        keep=keeper.keep,
        shelve=keeper.shelve,
        at_once=_side_by_side(keeper.home, months),
        **more,
    )


def _side_by_side(home: Home, months: Sequence[str]) -> int:
    """Kinds run at once: with many lines one keeps all cores busy, and several would only add up their memory."""
    lines = sum(count_rows(home, "validated", "fee_list_d", month) for month in months)
    return max(1, min(evidence.AT_ONCE, ONE_BY_ONE // max(1, lines)))


def _findings(spark: SparkSession, home: Home, period: Period, book: evidence.RuleBook, keeper: Keeper) -> DataFrame:
    """Rules and indicators judged against peers, from the small tables the steps before left."""
    institutions = there(spark, home, "validated", "fixmedins_b", [ALL])
    provider_month = there(spark, home, "features", "provider_month", period.months)
    lines = there(spark, home, "scores", "evidence", period.months, derived("scores", "evidence").ddl)
    months = detectors.Months(tuple(period.months))
    judged = detectors.evaluate(
        detectors.Inputs(provider_month, institutions, months, book.available or {}, keep=keeper.keep)
    )

    def explain(findings: DataFrame) -> DataFrame:
        return benign.explain(
            benign.BenignInputs(
                findings=findings,
                institutions=institutions,
                provider_month=provider_month,
                months=tuple(period.months),
                asked=finding.asked_explanations(book.cards, detectors.load_detectors()),
                evidence=lines,
                items=read(spark, home, "features", "provider_item_month", period.months),
                visits=read(spark, home, "features", "visit", period.months),
                keep=keeper.keep,
            )
        )

    return finding.build(
        finding.FindingInputs(
            evidence=lines,
            exposure=there(spark, home, "scores", "exposure", [period.folder]),
            gaps=there(spark, home, "scores", "gap", [period.folder]),
            institutions=institutions,
            provider_month=provider_month,
            cards=book.cards,
            months=period.months,
            knowledge_version=knowledge_version(book.points),
            indicators=keeper.keep("indicators", judged),
            benign=explain,
            keep=keeper.keep,
        )
    )


def there(
    spark: SparkSession, home: Home, layer: str, name: str, months: list[str], schema: str | None = None
) -> DataFrame:
    """A table that must be there; an empty one when `schema` (DDL) is given. InputError names the step to run."""
    found = read(spark, home, layer, name, months)
    if found is not None:
        return found
    if schema is not None:
        return small_frame(spark, [], schema)
    raise InputError(
        f"reading {layer}/{name}", "there is nothing of these months.", f"Run `fundwatch step {layer}` first."
    )


def validated_tables(spark: SparkSession, home: Home, period: Period) -> dict[str, DataFrame]:
    """Validated tables by contract name: lines of the period, settlements and visits of all months, others whole."""
    found = {}
    for one in contract_tables():
        months = (
            period.months
            if one.name == "fee_list_d"
            else home.months("validated", one.name)
            if one.month_column
            else [ALL]
        )
        frame = read(spark, home, "validated", one.name, months)
        if frame is not None:
            found[one.name] = frame
    return {name: found[name] for name in TABLES if name in found}


@dataclass
class Keeper:
    """Writes a frame once and hands back what was written: every later use reads a small file instead of the lines."""

    spark: SparkSession
    home: Home
    numbers: Iterator[int] = field(default_factory=count)  # next() of a counter is one step: threads never share one

    def keep(self, name: str, frame: DataFrame) -> DataFrame:
        """`frame`, computed now."""
        return self._kept(name, frame)

    def shelve(self, name: str, frame: DataFrame, by: str) -> DataFrame:
        """`frame`, computed now, every value of its column `by` on a shelf of its own: whoever asks for some of them
        leaves the others unread.
        """
        return self._kept(name, frame, by)

    def _kept(self, name: str, frame: DataFrame, by: str | None = None) -> DataFrame:
        place = self.home.root / SCRATCH / f"{next(self.numbers):03d}-{name}"
        write_folder(frame, place, by, UNPACKED)
        if not any(place.rglob("*.parquet")):
            return small_frame(self.spark, [], frame.schema)
        return self.spark.read.parquet(str(place))  # the files tell their columns: the plan need not be analysed again

    def drop(self) -> None:
        """Throws the scratch away."""
        shutil.rmtree(self.home.root / SCRATCH, ignore_errors=True)
