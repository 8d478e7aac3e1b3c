"""validated/mdtrt_d: visits and stays; and what a line needs to know of its visit.

Reads: raw/mdtrt_d (all landed months); for the context: validated mdtrt_d and setl_d, psn_info_b, the marks of refunds.
Grain of `context`: one row = one landed visit, whatever came of it.
Why: lines meet everything they need in one join on the visit – its dates, its settlements and the refunds of its
lines – because a second shuffle of a billion lines costs more than everything else. Nearly every visit has one
settlement: it stands in plain columns, and only what is rare stands in lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.runtime.storage import union
from jobs.validated.duplicates import TABLE
from jobs.validated.refunds import BACK

VISIT = (
    "psn_no", "med_type", "begntime", "endtime", "adm_dept_codg", "dscg_maindiag_code", "dscg_way", "gend", "brdy",
)  # fmt: skip
SETTLEMENT = ("insutype", "insu_admdvs", "gend", "brdy", "med_type", "hi_paymtd", "fund_share", "gone")
WHOLE_REFUND = 0.02  # yuan left at most of a settlement refunded in full: the tolerance of amounts


def derived() -> Mapping[str, Column]:
    """stay_days: bed days, end minus begin and at least 1; null while the visit is open."""
    days = F.datediff(F.col("endtime").cast("date"), F.col("begntime").cast("date"))
    return {"stay_days": F.when(days.isNotNull(), F.greatest(days, F.lit(1)))}


@dataclass(frozen=True)
class Parts:
    """What the context is gathered from. `marks` None = the extract has no refund, `several` None = no visit has two.

    `several` are the visits with more than one settlement, few beside the others.

    `visits` carry gend and brdy of the person register; `landed` are all visits of the extract, also those that may not
    be used (void or quarantined): their lines are no orphans, but there is nothing to tell them.
    """

    visits: DataFrame
    landed: DataFrame
    settlements: DataFrame
    several: DataFrame | None
    marks: DataFrame | None


def context(parts: Parts) -> DataFrame:
    """Everything lines need to know, by visit (see `joined` of lines): empty where there is nothing to tell.

    landed | has_visit, visit_* | first_setl_id, first_* = the first settlement, one that is no refund before a refund |
    settlements = the others, refunds = marks of its lines (lists, and rare).
    """
    known = parts.landed.select("mdtrt_id", F.lit(True).alias("landed"))
    more = [_of_visits(parts.visits), *_of_settlements(parts)]
    if parts.marks is not None:
        more.append(_of_marks(parts.marks))
    return reduce(lambda left, right: left.join(right, "mdtrt_id", "left"), more, known)


def several(settlements: DataFrame) -> DataFrame:
    """Visits with more than one settlement."""
    return settlements.groupBy("mdtrt_id").count().filter("count > 1").select("mdtrt_id")


def _of_visits(visits: DataFrame) -> DataFrame:
    told = [F.col(name).alias(f"visit_{name}") for name in VISIT]
    return visits.select("mdtrt_id", F.lit(True).alias("has_visit"), *told)


def _of_settlements(parts: Parts) -> list[DataFrame]:
    """The first settlement of every visit and, where any has several, lists of the others.

    Only visits with several are put in order: sorting texts for the many with one would cost more than all the rest.
    """
    told = _with_facts(parts.settlements)
    first = [F.col("setl_id").alias("first_setl_id"), *(F.col(name).alias(f"first_{name}") for name in SETTLEMENT)]
    if parts.several is None:
        return [told.select("mdtrt_id", *first)]
    single = told.join(parts.several, "mdtrt_id", "left_anti").select("mdtrt_id", *first)
    ranked = _ranked(told.join(parts.several, "mdtrt_id", "left_semi"))
    entry = F.struct("setl_id", F.struct(*SETTLEMENT).alias("facts"))
    others = ranked.where(~F.col("_first")).groupBy("mdtrt_id").agg(F.collect_list(entry).alias("settlements"))
    return [union([single, ranked.where("_first").select("mdtrt_id", *first)]), others]


def _with_facts(settlements: DataFrame) -> DataFrame:
    paid, base = F.col("fund_pay_sumamt").cast("double"), F.col("inscp_amt").cast("double")
    share = F.when(base != 0, paid / base)
    return settlements.withColumns(
        {
            "fund_share": F.when(share.isNotNull(), F.least(F.greatest(share, F.lit(0.0)), F.lit(1.0))),
            "gone": (F.col("net_medfee") <= WHOLE_REFUND) & (F.col("medfee_sumamt") > WHOLE_REFUND),
        }
    )


def _ranked(told: DataFrame) -> DataFrame:
    """Settlements with `_first`: whether it is the one that stands for its visit."""
    place = F.concat(F.when(F.col("setl_kind") == "refund", "1").otherwise("0"), F.col("setl_id"))
    placed = told.withColumn("_place", place)
    firsts = placed.groupBy("mdtrt_id").agg(F.min("_place").alias("_least"))
    return placed.join(firsts, "mdtrt_id", "inner").withColumn("_first", F.col("_place") == F.col("_least"))


def _of_marks(marks: DataFrame) -> DataFrame:
    own = marks.filter((F.col(TABLE) == "fee_list_d") & F.col("visit").isNotNull())
    entry = F.struct("key", F.struct("good", *BACK).alias("facts"))
    return own.groupBy(F.col("visit").alias("mdtrt_id")).agg(F.collect_list(entry).alias("refunds"))


def with_person(visits: DataFrame, persons: DataFrame | None) -> DataFrame:
    """Visits with gend and brdy of the person register; null without a register."""
    if persons is None:
        return visits.withColumns({"gend": F.lit(None).cast("string"), "brdy": F.lit(None).cast("date")})
    return visits.join(persons.select("psn_no", "gend", "brdy"), "psn_no", "left")
