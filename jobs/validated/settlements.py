"""validated/setl_d: settlements, typed and judged, with what is left of each after its refunds.

Reads: raw/setl_d (all landed months), the visits that never landed, the marks of refunds.
Grain: one row = one settlement; a refund is a row of its own with `setl_kind` refund and nothing left on it.
Why: the fund's share of a line comes from its settlement, and a settlement refunded in full takes its lines with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.validated.duplicates import TABLE
from jobs.validated.judge import LANDED_VISIT, LOST_ORIGINAL
from jobs.validated.refunds import BACK, SETTLEMENTS, left

TOLERANCE = 0.02  # yuan, conventions of the contract
_NOISE = 1e-6  # two-decimal amounts compared as doubles


def differ(one: Column, other: Column) -> Column:
    """True when two amounts in yuan are more than 0.02 apart."""
    return F.abs(one.cast("double") - other.cast("double")) > TOLERANCE + _NOISE


@dataclass(frozen=True)
class Unvisited:
    """Visits that settlements name and that never landed: `listed` one by one while they are few, else as a table.

    Why: nearly every settlement has its visit; joining all of both, with all their columns, to find the few that have
    none costs as much as everything else that is asked of a settlement.
    """

    listed: tuple[str, ...] = ()
    table: DataFrame | None = None

    def marked(self, rows: DataFrame) -> DataFrame:
        """The rows with LANDED_VISIT: true, and null where the visit is unknown or not told."""
        if self.table is not None:
            lost = self.table.select("mdtrt_id", F.lit(True).alias("_lost"))
            told = F.when(F.col("_lost").isNull() & F.col("mdtrt_id").isNotNull(), F.lit(True))
            return rows.join(lost, "mdtrt_id", "left").withColumn(LANDED_VISIT, told).drop("_lost")
        landed = ~F.col("mdtrt_id").isin(*self.listed) if self.listed else F.col("mdtrt_id").isNotNull()
        return rows.withColumn(LANDED_VISIT, F.when(landed, F.lit(True)))


def unvisited(settlements: DataFrame, visits: DataFrame) -> DataFrame:
    """Visits (mdtrt_id) of settlements that are not among the landed ones."""
    told = settlements.select("mdtrt_id").filter(F.col("mdtrt_id").isNotNull())
    return told.join(visits, "mdtrt_id", "left_anti").distinct()


def joined(rows: DataFrame, lost: Unvisited, marks: DataFrame | None) -> DataFrame:
    """Opened settlements with what the checks need: has the visit landed, has a refund its original, what went back."""
    known = lost.marked(rows)
    if marks is None:
        known = known.withColumns({"good": F.lit(False), **dict.fromkeys(BACK, F.lit(0))})
    else:
        own = marks.filter(F.col(TABLE) == "setl_d").select(F.col("key").alias("setl_id"), "good", *BACK)
        known = known.join(own, "setl_id", "left")
    return known.withColumn(LOST_ORIGINAL, SETTLEMENTS.is_refund & ~F.coalesce(F.col("good"), F.lit(False)))


def warnings() -> dict[str, Column]:
    """Amount identities: total = fund + person; person = account + cash where both are given."""
    total = F.col("fund_pay_sumamt") + F.col("psn_pay")
    person = F.col("acct_pay") + F.col("cash_payamt")
    excess = F.greatest(F.coalesce(F.col("back_1"), F.lit(0)) - F.col("medfee_sumamt"), F.lit(0))
    return {
        "amount_identity:medfee_sumamt": differ(F.col("medfee_sumamt"), total),
        "amount_identity:psn_pay": differ(F.col("psn_pay"), person),
        "refund_above_original": ~SETTLEMENTS.is_refund & (excess > TOLERANCE),
        "refund_not_negative": SETTLEMENTS.is_refund & (F.col("medfee_sumamt") > 0),
    }


def derived() -> Mapping[str, Column]:
    """setl_kind and what is left after refunds, in yuan."""
    refund = SETTLEMENTS.is_refund
    return {
        "setl_kind": F.when(refund, F.lit("refund")).otherwise(F.lit("original")),
        "net_fund": _net(refund, "fund_pay_sumamt", "back_3"),
        "net_inscp": _net(refund, "inscp_amt", "back_2"),
        "net_medfee": _net(refund, "medfee_sumamt", "back_1"),
    }


def _net(refund: Column, amount: str, back: str) -> Column:
    return F.when(refund, F.lit(0)).otherwise(left(amount, F.col(back))).cast("decimal(16,2)")
