"""The lines of the cases: which belong to which case, what they sum to, and one sorted file of them.

Reads: scores/evidence (all months of the period).
Grain: one line × detector of a case; amounts one row per case, every line once however many detectors point at it.
Why: lines are many; they are joined, summed and sorted by the engine and never pass through Python row by row.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from jobs.cases.inputs import conform, schema_of
from jobs.catalogue import derived

EVIDENCE = derived("cases", "evidence")
LINE = ["case_id", "table", "bkkp_sn"]
ROWS_PER_GROUP = 50_000  # small enough that reading one case of a sorted file touches few rows


def lines_of(evidence: DataFrame, selection: DataFrame) -> DataFrame:
    """Evidence lines of the detectors that stand in a case; amounts never above the line's in-scope amount.

    `selection`: fixmedins_code, area, detector_id, case_id – one row per detector of a case.
    """
    joined = evidence.join(F.broadcast(selection), ["fixmedins_code", "area", "detector_id"], "inner")
    disputed = F.coalesce(F.least("violation_amount", F.abs("inscp_amt")), F.col("violation_amount"))
    capped = joined.withColumn("violation_amount", disputed)
    return capped.withColumn("fund_loss", F.when(F.col("fund_loss").isNotNull(), F.least("fund_loss", disputed)))


def amounts(lines: DataFrame) -> DataFrame:
    """Per case in yuan: suspected_amount and fund_loss, of every line the largest once."""
    once = lines.groupBy(*LINE).agg(F.max("violation_amount").alias("largest"), F.max("fund_loss").alias("loss"))
    return once.groupBy("case_id").agg(
        F.sum("largest").cast("double").alias("suspected_amount"),
        F.coalesce(F.sum("loss"), F.lit(0)).cast("double").alias("fund_loss"),
    )


def write(lines: DataFrame, ranks: DataFrame, target: Path) -> None:
    """Writes the lines as one file, by rank of the case, then the largest amount. `ranks`: case_id, rank."""
    order = [F.col("rank"), F.col("violation_amount").desc(), *map(F.col, ("detector_id", "table", "bkkp_sn"))]
    columns = [_typed(column.name, column.type) for column in EVIDENCE.columns]
    sorted_lines = lines.join(F.broadcast(ranks), "case_id", "inner").orderBy(*order).select(*columns)
    parts = target.with_name(f".parts-{target.name}")
    sorted_lines.write.mode("overwrite").parquet(str(parts))
    _merge(sorted(parts.glob("*.parquet")), target)
    shutil.rmtree(parts)


def _typed(name: str, kind: str) -> Column:
    return F.col(name).cast(kind).alias(name)


def _merge(parts: Sequence[Path], target: Path) -> None:
    """Streams sorted part files into one, a batch at a time."""
    schema = schema_of(EVIDENCE)
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for part in parts:
            for batch in pq.ParquetFile(part).iter_batches(ROWS_PER_GROUP):
                writer.write_table(conform(pa.Table.from_batches([batch]), schema))


def detail(spark: SparkSession, file: Path, cases: Sequence[str], top: int) -> dict[str, pd.DataFrame]:
    """What is printed of the evidence of `cases`: totals per detector, items and the `top` lines of each detector."""
    if not cases:
        return {name: pd.DataFrame() for name in ("totals", "items", "lines")}
    lines = spark.read.parquet(str(file)).where(F.col("case_id").isin(list(cases)))
    found = {"totals": totals(lines), "items": largest_items(lines, 6), "lines": largest_lines(lines, top)}
    return {name: frame.toPandas() for name, frame in found.items()}


def totals(lines: DataFrame) -> DataFrame:
    """Per case and detector: lines, persons, yuan."""
    return lines.groupBy("case_id", "detector_id").agg(
        F.count(F.lit(1)).alias("lines"),
        F.countDistinct("psn_no").alias("persons"),
        F.round(F.sum("violation_amount"), 2).alias("violation_amount"),
        F.round(F.sum("fund_loss"), 2).alias("fund_loss"),
    )


def largest_items(lines: DataFrame, top: int) -> DataFrame:
    """Per case the items with the most disputed yuan, every line once."""
    once = lines.groupBy(*LINE).agg(
        F.max("violation_amount").alias("amount"), F.max(F.struct("med_list_codg", "hilist_name")).alias("item")
    )
    item = once.groupBy("case_id", "item.med_list_codg", "item.hilist_name").agg(
        F.count(F.lit(1)).alias("lines"), F.round(F.sum("amount"), 2).alias("violation_amount")
    )
    return _first(item, top, ["case_id"], ["violation_amount", "med_list_codg", "hilist_name"])


def largest_lines(lines: DataFrame, top: int) -> DataFrame:
    """Per case and detector the lines with the most disputed yuan."""
    return _first(lines, top, ["case_id", "detector_id"], ["violation_amount", "table", "bkkp_sn"])


def _first(frame: DataFrame, top: int, per: list[str], order: list[str]) -> DataFrame:
    largest, *ties = order
    window = Window.partitionBy(*per).orderBy(F.col(largest).desc(), *(F.col(name).asc_nulls_last() for name in ties))
    numbered = frame.withColumn("_at", F.row_number().over(window)).where(F.col("_at") <= top)
    return numbered.orderBy(*per, "_at").drop("_at")
