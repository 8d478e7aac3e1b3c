"""The scores step: rules over the lines, then rules and indicators judged against peers.

Reads: every validated table, features/provider_month, provider_item_month, item, peer_group.
Why: the rules' evidence is written before it is judged, so that judging reads a small table and not the lines again.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from jobs.catalogue import TABLES, contract_tables
from jobs.runtime.period import Period
from jobs.runtime.storage import ALL, Home, count_rows, read, write_month, write_months
from jobs.scores import evidence

Available = dict[str, frozenset[str]]
SCRATCH = ".scratch"


def score(spark: SparkSession, home: Home, period: Period, available: Available) -> dict[str, Any]:
    """Writes scores/evidence, exposure, gap and finding of the period; tells how many lines and findings there are."""
    from jobs.scores import finding

    inputs = validated_tables(spark, home, period)
    keeper = Keeper(spark, home)
    try:
        book = evidence.RuleBook(months=tuple(period.months), available=available, keep=keeper.keep)
        scored = evidence.build(inputs, book)
        write_months(scored.evidence, home, "scores", "evidence", period.months, "stat_month")
        write_month(scored.exposure, home, "scores", "exposure", period.folder)
        write_month(scored.gaps, home, "scores", "gap", period.folder)
    finally:
        keeper.drop()
    finding.write(spark, home, period, available)
    lines = sum(count_rows(home, "scores", "evidence", month) for month in period.months)
    findings = count_rows(home, "scores", "finding", period.folder)
    return {"told": f"{lines:,} evidence lines, {findings:,} findings"}


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
    kept: int = 0

    def keep(self, name: str, frame: DataFrame) -> DataFrame:
        """`frame`, computed now."""
        self.kept += 1
        place = self.home.root / SCRATCH / f"{self.kept:03d}-{name}"
        frame.write.mode("overwrite").parquet(str(place))
        return self.spark.read.schema(frame.schema).parquet(str(place))

    def drop(self) -> None:
        """Throws the scratch away."""
        shutil.rmtree(self.home.root / SCRATCH, ignore_errors=True)
