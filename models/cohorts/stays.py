"""Stays as the cohort kinds see them: who lay where from when to when, insured where, for how much, how much in cash.

Reads: mdtrt_d, setl_d, fee_list_d (operations).
Grain: one closed in-patient stay that was paid.
Why: groups of stays are told from honest ones by what is left out here: epidemics, accidents and planned courses bring
many people of one place on one day, and so does an operating week of a charity; all of them leave other traces.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs
from models.rules.lines_counted import charged_stays, counted_lines
from models.rules.records import LINE, each_exposure, is_inpatient, stays

SURGERY = "06"  # med_chrgitm_type: operations


def paid_stays(inputs: RuleInputs, card: Card) -> DataFrame:
    """Stays of at least `min_nights` nights whose diagnosis the card does not skip: mdtrt_id, psn_no, fixmedins_code,
    begin, end (dates), nights, diag (three letters), fee, cash (yuan), origin (insured in), home (of the house).
    """
    nights, diag = F.datediff("stay_end", "stay_begin"), F.upper(F.substring("stay_diag", 1, 3))
    chosen = inputs.kept("billed-stays", lambda: _billed(inputs)).withColumns({"nights": nights, "diag": diag})
    skipped = F.coalesce(F.upper("stay_diag").rlike(str(card.params["skip_diagnoses"])), F.lit(False))
    kept = chosen.where((F.col("nights") >= int(card.params["min_nights"])) & ~skipped & F.col("diag").isNotNull())
    renamed = kept.withColumnsRenamed({"stay_begin": "begin", "stay_end": "end"})
    return renamed.select(
        "mdtrt_id", "psn_no", "fixmedins_code", "begin", "end", "nights", "diag", "fee", "cash", "origin", "home"
    )


def _billed(inputs: RuleInputs) -> DataFrame:
    """Closed stays with fee, cash, origin and home of their bills."""
    bills = (
        inputs.tables["setl_d"]
        .groupBy("mdtrt_id")
        .agg(
            F.sum("net_medfee").cast("double").alias("fee"),
            _sum_if_there(inputs, "cash_payamt").alias("cash"),
            F.max("insu_admdvs").alias("origin"),
            F.max("fix_blng_admdvs").alias("home"),
        )
    )
    return stays(inputs).join(bills, "mdtrt_id")


def _sum_if_there(inputs: RuleInputs, name: str) -> Column:
    there = name in inputs.tables["setl_d"].columns
    return F.sum(F.col(name).cast("double")) if there else F.lit(None).cast("double")


def stay_lines(inputs: RuleInputs) -> DataFrame:
    """Lines of settled in-patient stays: what a cohort of stays can point at."""
    return inputs.lines.where(is_inpatient() & F.col("setl_id").isNotNull())


def stay_exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """The same lines as exposure of every card, from the lines counted once for all kinds."""
    return each_exposure(inputs, cards, _counted, amount=F.col("lines"))


def _counted(inputs: RuleInputs, _: Card) -> DataFrame:
    return counted_lines(inputs).where(is_inpatient() & F.col("settled"))


def not_operated(inputs: RuleInputs, chosen: DataFrame) -> DataFrame:
    """The stays without a charged operation."""
    settled = charged_stays(inputs).where(F.col("setl_id").isNotNull())
    operated = settled.where(F.col("med_chrgitm_type") == SURGERY).select("mdtrt_id").distinct()
    return chosen.join(operated, "mdtrt_id", "left_anti")


def lines_of(inputs: RuleInputs, chosen: DataFrame) -> DataFrame:
    """Lines of the stays `chosen` with its other columns."""
    return stay_lines(inputs).select(*LINE).join(F.broadcast(chosen.drop("psn_no", "fixmedins_code")), "mdtrt_id")
