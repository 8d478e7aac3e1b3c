"""features/provider_item_month: what an institution charged of one item in one month.

Reads: validated.fee_list_d, validated.fixmedins_b.
Grain: month, institution, item, charge category, kind of visit.
Why: shares, concentrations and the tests for swapped or re-mapped codes need items, not lines.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import derived
from jobs.features.common import count_of, first_day, month_name, standing, with_group, yuan

KEYS = ("month", "fixmedins_code", "med_list_codg", "med_chrgitm_type", "med_type_group")


def build(lines: DataFrame, institutions: DataFrame) -> DataFrame:
    """Items by institution and month from the lines that stand after refunds; visits and persons are exact."""
    per_visit = _per_visit(with_group(_narrow(lines), institutions))
    per_person = per_visit.groupBy(*KEYS, "psn_no").agg(
        F.sum("lines").alias("lines"), count_of("cnt").alias("cnt"), yuan("inscp").alias("inscp"),
        yuan("fund").alias("fund"), F.count(F.lit(1)).alias("visits"),
    )  # fmt: skip
    found = per_person.groupBy(*KEYS).agg(
        F.sum("lines").cast("bigint").alias("lines"), count_of("cnt").alias("cnt"), yuan("inscp").alias("inscp"),
        yuan("fund").alias("fund"), F.sum("visits").cast("bigint").alias("visits"), F.count("psn_no").alias("persons"),
    )  # fmt: skip
    return found.withColumn("stat_month", month_name("month")).select(*derived("features", "provider_item_month").names)


def _narrow(lines: DataFrame) -> DataFrame:
    return standing(lines).select(
        first_day("fee_date").alias("month"),
        "fixmedins_code",
        F.coalesce(F.trim("med_list_codg"), F.lit("")).alias("med_list_codg"),
        F.coalesce("med_chrgitm_type", F.lit("")).alias("med_chrgitm_type"),
        "med_type",
        "psn_no",
        "mdtrt_id",
        "net_cnt",
        "net_inscp",
        (F.col("net_inscp") * F.coalesce("fund_share", F.lit(0.0))).alias("fund"),
    )


def _per_visit(narrow: DataFrame) -> DataFrame:
    # Visits and persons are counted by nested grouping: two distinct counts in one pass would triple the rows.
    return narrow.groupBy(*KEYS, "psn_no", "mdtrt_id").agg(
        F.count(F.lit(1)).alias("lines"),
        count_of("net_cnt").alias("cnt"),
        yuan("net_inscp").alias("inscp"),
        yuan("fund").alias("fund"),
    )
