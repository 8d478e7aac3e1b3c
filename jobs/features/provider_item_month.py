"""features/provider_item_month: what an institution charged of one item in one month.

Reads: validated.fee_list_d, validated.fixmedins_b.
Grain: month, institution, item, charge category, kind of visit.
Why: shares, concentrations and the tests for swapped or re-mapped codes need items, not lines.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import derived
from jobs.features.common import (
    CENTS,
    PARTS,
    cents,
    first_day,
    month_name,
    standing,
    summed,
    ten_thousandths,
    with_group,
)

KEYS = ("month", "fixmedins_code", "med_list_codg", "med_chrgitm_type", "med_type_group")


def build(lines: DataFrame, institutions: DataFrame) -> DataFrame:
    """Items by institution and month from the lines that stand after refunds.

    Visits and persons of one item are told apart by 64 bits of their numbers: among the ten million persons of a large
    area two fall together with a chance of one in a hundred thousand.
    """
    per_visit = _per_visit(with_group(_narrow(lines), institutions))
    per_person = per_visit.groupBy(*KEYS, "person").agg(*_sums(), F.count(F.lit(1)).alias("visits"))
    found = per_person.groupBy(*KEYS).agg(
        F.sum("lines").cast("bigint").alias("lines"),
        summed("cnt", PARTS).alias("cnt"),
        summed("inscp", CENTS).alias("inscp"),
        summed("fund", CENTS).alias("fund"),
        F.sum("visits").cast("bigint").alias("visits"),
        F.count("person").alias("persons"),
    )
    return found.withColumn("stat_month", month_name("month")).select(*derived("features", "provider_item_month").names)


def _narrow(lines: DataFrame) -> DataFrame:
    return standing(lines).select(
        first_day("fee_date").alias("month"),
        "fixmedins_code",
        F.coalesce(F.trim("med_list_codg"), F.lit("")).alias("med_list_codg"),
        F.coalesce("med_chrgitm_type", F.lit("")).alias("med_chrgitm_type"),
        "med_type",
        F.xxhash64("psn_no").alias("person"),
        F.xxhash64("mdtrt_id").alias("visit"),
        ten_thousandths("net_cnt").alias("cnt"),
        cents("net_inscp").alias("inscp"),
        cents(F.col("net_inscp") * F.coalesce("fund_share", F.lit(0.0))).alias("fund"),
    )


def _per_visit(narrow: DataFrame) -> DataFrame:
    # Visits and persons are counted by nested grouping: two distinct counts in one pass would triple the rows.
    return narrow.withColumn("lines", F.lit(1)).groupBy(*KEYS, "person", "visit").agg(*_sums())


def _sums() -> list[Column]:
    return [F.sum(name).alias(name) for name in ("lines", "cnt", "inscp", "fund")]
