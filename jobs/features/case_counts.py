"""Cases paid by DRG or DIP in one institution and month: weight, cost and payment standard, each way of payment apart.

Reads: validated.drg_setl_d, validated.setl_d.
Grain: month (of settlement) and institution.
Why: the case-mix index is a mean of weights and the surplus is payment over cost; a weight of DRG (about one) and a
score of DIP (hundreds) are never added up. Only cases that have all three count, so both speak of the same cases.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.features.common import count_of, missing_columns, rows_where, yuan

KEYS = ("stat_month", "fixmedins_code")
MODES = ("drg", "dip")


def from_cases(grouped: DataFrame, settlements: DataFrame) -> DataFrame:
    """Per mode m: m_cases, m_weight, m_cost, m_standard, m_inscp (yuan); nothing for a settlement taken back."""
    held = missing_columns(grouped, {"std_fee": "decimal(16,2)"})
    known = held.where((F.col("rw") > 0) & (F.col("std_fee") > 0)).select(
        "setl_id", F.lower("paymtd").alias("mode"), "rw", "std_fee"
    )
    paid = settlements.where((F.col("setl_kind") == "original") & (F.col("net_medfee") > 0)).select(
        "setl_id",
        "fixmedins_code",
        F.date_format("setl_time", "yyyy-MM").alias("stat_month"),
        "net_medfee",
        "net_inscp",
    )
    counted = paid.join(known, "setl_id").groupBy(*KEYS)
    return counted.agg(*[measure for mode in MODES for measure in _measures(mode)])


def _measures(mode: str) -> list[Column]:
    own = F.col("mode") == mode
    return [
        rows_where(own).alias(f"{mode}_cases"),
        count_of("rw", own).alias(f"{mode}_weight"),
        yuan("net_medfee", own).alias(f"{mode}_cost"),
        yuan("std_fee", own).alias(f"{mode}_standard"),
        yuan("net_inscp", own).alias(f"{mode}_inscp"),
    ]
