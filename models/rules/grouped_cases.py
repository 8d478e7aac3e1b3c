"""Cases paid by DRG or DIP as the kinds see them: what a case cost, what its group costs, where outliers begin.

Reads: drg_setl_d, setl_d.
Grain: one grouped settlement that stands after refunds.
Why: standard, class and bunching are judged on the same cases, and "outlier" must mean the same in all of them. High
outlier: cost over the group's mean cost, by the base points of the group (regional DRG rules of 2023: up to 1000 points
3 times, up to 2000 points 2.5 times, above 2 times); a DIP case without base points is one from twice the mean
(national technical norms of DIP, 2020). Low outlier: below 0.4 times (DRG), 0.5 times (DIP) the mean: paid by item.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs
from models.rules.records import each_gap

CASES, SETTLED = "drg_setl_d", "setl_d"
DIP = "dip"
OPTIONAL = {
    "base_points": "decimal(14,4)",
    "adj_coef": "decimal(10,6)",
    "adrg_code": "string",
    "cc_level": "string",
    "avg_fee": "decimal(16,2)",
    "std_fee": "decimal(16,2)",
}


def cases(inputs: RuleInputs) -> DataFrame:
    """Grouped settlements with a positive cost: the columns of drg_setl_d, psn_no, fixmedins_code, fee_ocur_time,
    fee_date, begndate, enddate, net_inscp, hi_paymtd (empty where unknown), fund_share and `cost` (yuan after refunds).
    """
    return inputs.kept("grouped-cases", lambda: _joined(inputs))


def _joined(inputs: RuleInputs) -> DataFrame:
    settled = inputs.tables[SETTLED].where((F.col("setl_kind") == "original") & (F.col("net_inscp") > 0))
    share = F.least(F.col("net_fund").cast("double") / F.col("net_inscp").cast("double"), F.lit(1.0))
    mode = F.col("hi_paymtd") if "hi_paymtd" in settled.columns else F.lit(None)
    money = settled.select(
        "setl_id",
        "psn_no",
        "fixmedins_code",
        F.col("setl_time").alias("fee_ocur_time"),
        F.to_date("setl_time").alias("fee_date"),
        "net_inscp",
        *_dates(settled),
        mode.cast("string").alias("hi_paymtd"),
        F.col("net_medfee").cast("double").alias("cost"),
        share.alias("fund_share"),
    )
    grouped = inputs.tables[CASES]
    absent = {name: F.lit(None).cast(kind) for name, kind in OPTIONAL.items() if name not in grouped.columns}
    complete = grouped.withColumns(absent) if absent else grouped
    return complete.join(money.where(F.col("cost") > 0), "setl_id")


def _dates(settled: DataFrame) -> list[Column]:
    """First and last day of the stay; empty where an extract leaves them out."""
    return [
        (F.col(name) if name in settled.columns else F.lit(None).cast("date")).alias(name)
        for name in ("begndate", "enddate")
    ]


def rated(inputs: RuleInputs, card: Card) -> DataFrame:
    """Cases whose group's mean and standard are known, with `times` (cost over the mean), `border` (times from which
    they are high outliers) and `low_border`; params: borders ([points, times] …), dip_border, low_borders ([drg, dip]).
    """
    is_dip = F.lower("paymtd") == DIP
    border: Column = F.when(is_dip & F.col("base_points").isNull(), float(card.params["dip_border"]))
    points: Column = F.lit(None).cast("double")
    for limit, times in reversed(card.params["borders"]):
        points = F.when(F.col("base_points") <= float(limit), float(times)).otherwise(points)
    low_drg, low_dip = (float(value) for value in card.params["low_borders"])
    known = cases(inputs).where((F.col("avg_fee") > 0) & (F.col("std_fee") > 0))
    found = known.withColumns(
        {
            "times": F.col("cost") / F.col("avg_fee").cast("double"),
            "border": F.coalesce(border, points),
            "low_border": F.when(is_dip, low_dip).otherwise(low_drg),
        }
    )
    return found.where(F.col("border").isNotNull())


def unknown_groups(inputs: RuleInputs, card: Card) -> DataFrame:
    """fixmedins_code, reason_code: institutions none of whose cases can be rated (`group_values_unknown`)."""
    told = rated(inputs, card).select("fixmedins_code").distinct()
    silent = cases(inputs).select("fixmedins_code").distinct().join(told, "fixmedins_code", "left_anti")
    return silent.withColumn("reason_code", F.lit("group_values_unknown"))


def group_gaps(inputs: RuleInputs, cards: list[Card]) -> DataFrame:
    """The gaps of cards whose cases must be rated."""
    return each_gap(inputs, cards, unknown_groups)
