"""The lines of the cases: which belong to which case, what they sum to, and one sorted file of them.

Reads: scores/evidence (all months of the period).
Grain: one line × detector of a case; amounts one row per case, every line once however many detectors point at it.
Why: lines are many; they are joined, summed and split by the engine and never pass through Python row by row. The last
sort is done bucket by bucket in columns, because not every engine keeps the order of a sort when it writes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.cases.inputs import conform, schema_of
from jobs.catalogue import derived
from knowledge.frames import small_frame

EVIDENCE = derived("cases", "evidence")
LINE = ["case_id", "table", "bkkp_sn"]
ROWS_PER_GROUP = 50_000  # small enough that reading one case of a sorted file touches few rows
ROWS_PER_BUCKET = 1_000_000  # rows sorted at a time: some 200 MB
_BUCKET = "_bucket"


def lines_of(evidence: DataFrame, selection: DataFrame) -> DataFrame:
    """Evidence lines of the detectors that stand in a case; amounts never above the line's in-scope amount.

    `selection`: fixmedins_code, area, detector_id, case_id – one row per detector of a case.
    """
    joined = evidence.join(F.broadcast(selection), ["fixmedins_code", "area", "detector_id"], "inner")
    disputed = F.coalesce(F.least("violation_amount", F.abs("inscp_amt")), F.col("violation_amount"))
    capped = joined.withColumn("violation_amount", disputed)
    loss = F.when(F.col("fund_loss").isNotNull(), F.least("fund_loss", "violation_amount"))
    return capped.withColumn("fund_loss", loss)


def amounts(lines: DataFrame) -> DataFrame:
    """Per case: number of evidence rows; suspected_amount and fund_loss in yuan, of every line the largest once."""
    once = lines.groupBy(*LINE).agg(
        F.max("violation_amount").alias("largest"), F.max("fund_loss").alias("loss"), F.count(F.lit(1)).alias("rows")
    )
    return once.groupBy("case_id").agg(
        F.sum("rows").alias("rows"),
        F.sum("largest").cast("double").alias("suspected_amount"),
        F.coalesce(F.sum("loss"), F.lit(0)).cast("double").alias("fund_loss"),
    )


def write(lines: DataFrame, ranks: pd.DataFrame, target: Path) -> Iterator[pa.Table]:
    """Writes the lines as one file, by rank of the case, then the largest amount; yields what it writes, whole cases.

    `ranks`: case_id, rank, rows. The file is complete when the iterator is exhausted.
    """
    columns = [F.col(column.name).cast(column.type).alias(column.name) for column in EVIDENCE.columns]
    placed = lines.join(F.broadcast(_buckets(lines.sparkSession, ranks)), "case_id", "inner")
    parts = target.with_name(f".parts-{target.name}")
    shutil.rmtree(parts, ignore_errors=True)  # what a killed build left
    placed.select(*columns, "rank", _BUCKET).write.mode("overwrite").partitionBy(_BUCKET).parquet(str(parts))
    schema = schema_of(EVIDENCE)
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for bucket in sorted(parts.glob(f"{_BUCKET}=*"), key=lambda path: int(path.name.split("=")[1])):
            table = _sorted(bucket, schema)
            writer.write_table(table, row_group_size=ROWS_PER_GROUP)
            yield table
    shutil.rmtree(parts, ignore_errors=True)  # not every engine makes a folder for no rows


def _buckets(spark: SparkSession, ranks: pd.DataFrame) -> DataFrame:
    """case_id, rank, bucket: neighbours in rank share a bucket until it is full; a case is never split."""
    ordered = ranks.sort_values("rank")
    bucket = (ordered["rows"].cumsum() - ordered["rows"]) // ROWS_PER_BUCKET
    rows = list(zip(ordered["case_id"], ordered["rank"].map(int), bucket.map(int), strict=True))
    return small_frame(spark, rows, f"case_id string, rank int, {_BUCKET} int")


def _sorted(bucket: Path, schema: pa.Schema) -> pa.Table:
    with_rank = schema.append(pa.field("rank", pa.int32()))
    table = pa.concat_tables([conform(pq.read_table(path), with_rank) for path in sorted(bucket.glob("*.parquet"))])
    order = [("rank", "ascending"), ("violation_amount", "descending")]
    order += [(name, "ascending") for name in ("detector_id", "table", "bkkp_sn")]
    return table.sort_by(order).drop_columns(["rank"])
