"""validated/mdtrt_d: visits and stays; and what a line needs to know of its visit.

Reads: raw/mdtrt_d (all landed months); for the context: validated mdtrt_d and setl_d, psn_info_b, the marks of refunds.
Grain of `context`: one row = one landed visit, whatever came of it.
Why: lines meet everything they need in one join on the visit – its dates, its settlements (a map by setl_id) and the
refunds of its lines (a map by bkkp_sn) – because a second shuffle of a billion lines costs more than everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.runtime.storage import union
from jobs.validated.duplicates import TABLE
from jobs.validated.refunds import BACK

_VISIT = (
    "psn_no", "med_type", "begntime", "endtime", "adm_dept_codg", "dscg_maindiag_code", "dscg_way", "gend", "brdy",
)  # fmt: skip
_SETTLEMENT = ("insutype", "insu_admdvs", "gend", "brdy", "med_type", "hi_paymtd", "fund_share", "gone")
WHOLE_REFUND = 0.02  # yuan left at most of a settlement refunded in full: the tolerance of amounts


def derived() -> Mapping[str, Column]:
    """stay_days: bed days, end minus begin and at least 1; null while the visit is open."""
    days = F.datediff(F.col("endtime").cast("date"), F.col("begntime").cast("date"))
    return {"stay_days": F.when(days.isNotNull(), F.greatest(days, F.lit(1)))}


@dataclass(frozen=True)
class Parts:
    """What the context is gathered from. `marks` None = the extract has no refund.

    `visits` carry gend and brdy of the person register; `landed` are all visits of the extract, also those that may not
    be used (void or quarantined): their lines are no orphans, but there is nothing to tell them.
    """

    visits: DataFrame
    landed: DataFrame
    settlements: DataFrame
    marks: DataFrame | None


def context(parts: Parts) -> DataFrame:
    """Everything lines need to know, by visit: landed, visit, settlements, any_settlement, refunds (null when none)."""
    gathered = parts.landed.select("mdtrt_id", F.lit(True).alias("landed"))
    more = [_of_visits(parts.visits), _of_settlements(parts.settlements)]
    made = [
        F.max("landed").alias("landed"),
        F.max("visit").alias("visit"),
        F.min("any_settlement").alias("any_settlement"),
        F.collect_list("settlement").alias("settlements"),
    ]
    if parts.marks is not None:
        more.append(_of_marks(parts.marks))
        made.append(F.collect_list("refund").alias("refunds"))
    return _stacked([gathered, *more]).groupBy("mdtrt_id").agg(*made)


def _stacked(parts: list[DataFrame]) -> DataFrame:
    """All rows of frames with different columns; engines disagree on the type of a missing struct, so it is given."""
    types = {field.name: field.dataType for part in parts for field in part.schema.fields}
    return union(
        [
            part.select(*[(F.col(n) if n in part.columns else F.lit(None).cast(t)).alias(n) for n, t in types.items()])
            for part in parts
        ]
    )


def _of_visits(visits: DataFrame) -> DataFrame:
    return visits.select("mdtrt_id", F.struct(*_VISIT).alias("visit"))


def _of_settlements(settlements: DataFrame) -> DataFrame:
    paid, base = F.col("fund_pay_sumamt").cast("double"), F.col("inscp_amt").cast("double")
    share = F.when(base != 0, paid / base)
    told = settlements.withColumns(
        {
            "fund_share": F.when(share.isNotNull(), F.least(F.greatest(share, F.lit(0.0)), F.lit(1.0))),
            "gone": (F.col("net_medfee") <= WHOLE_REFUND) & (F.col("medfee_sumamt") > WHOLE_REFUND),
        }
    )
    facts = F.struct(*_SETTLEMENT)
    first = F.struct((F.col("setl_kind") == "refund").alias("is_refund"), F.col("setl_id"), facts.alias("facts"))
    return told.select(
        "mdtrt_id", F.struct("setl_id", facts.alias("facts")).alias("settlement"), first.alias("any_settlement")
    )


def _of_marks(marks: DataFrame) -> DataFrame:
    own = marks.filter((F.col(TABLE) == "fee_list_d") & F.col("visit").isNotNull())
    return own.select(
        F.col("visit").alias("mdtrt_id"), F.struct("key", F.struct("good", *BACK).alias("facts")).alias("refund")
    )


def with_person(visits: DataFrame, persons: DataFrame | None) -> DataFrame:
    """Visits with gend and brdy of the person register; null without a register."""
    if persons is None:
        return visits.withColumns({"gend": F.lit(None).cast("string"), "brdy": F.lit(None).cast("date")})
    return visits.join(persons.select("psn_no", "gend", "brdy"), "psn_no", "left")
