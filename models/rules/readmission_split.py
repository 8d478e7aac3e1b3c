"""Discharged and admitted again to the same institution within days, for the same illness.

Reads: mdtrt_d, setl_d, fee_list_d, drg_setl_d where given.
Grain: fee lines of the second stay.
Why: one stay cut in two collects a second payment of the group, or runs through the examinations twice. The same
illness is the same category of main diagnosis, or the same ADRG: the second coder may choose a neighbour code. Injuries
are operated on in stages, so of `staged_diagnoses` a second stay with an operation is left out. Planned
series (chemotherapy, dialysis, radiotherapy, rehabilitation, cancer, birth) come back on purpose and are left out by
diagnosis; so are first stays that ended otherwise than on medical advice, bills cut at the turn of the year, and
interim bills of long stays (no day between, first stay of `interim_stay` days or more). Formula (the handbook sets
none): paid per case (hi_paymtd 2, 3, 4) the whole second stay is one payment too many, so all its lines are
disputed; otherwise only what the cut made necessary again: examinations and tests of the second stay that the first
stay had already charged (handbook §3.4, formula 1 for both).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines import only_groups
from models.rules.lines_counted import charged_stays
from models.rules.records import LINE, each_card, each_stay_exposure, is_inpatient, stays

NAME, VERSION = "readmission_split", "1.0"
PER_CASE = ("2", "3", "4")  # single disease, DIP, DRG
EXAM_CHARGES, OPERATION_CHARGES = ("03", "04"), ("06",)
ON_ADVICE = "1"
PATIENT = ("psn_no", "fixmedins_code")
_OF_THE_FIRST = {
    "first_id": "mdtrt_id",
    "_first_begin": "stay_begin",
    "_first_end": "stay_end",
    "_first_disease": "_disease",
    "_first_way": "stay_dscg_way",
    "_first_adrg": "_adrg",
}


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of second stays; params: max_gap (days), diagnosis_chars, interim_stay (days), skip_diagnoses and
    staged_diagnoses (patterns).
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """In-patient stays: the lines of a second stay hang together, so stays are counted."""
    return each_stay_exposure(inputs, cards, lambda given, _: charged_stays(given))


def _second_stays(inputs: RuleInputs, card: Card) -> DataFrame:
    """mdtrt_id of a second stay, `first_id`, `gap` in days."""
    planned = F.coalesce(F.col("stay_diag").rlike(str(card.params["skip_diagnoses"])), F.lit(True))
    several = only_groups(stays(inputs).where(~planned), PATIENT, F.count(F.lit(1)) > 1)
    known = _with_adrg(inputs, several)
    disease = F.substring("stay_diag", 1, int(card.params["diagnosis_chars"]))
    order = Window.partitionBy(*PATIENT).orderBy("stay_begin", "stay_end", "mdtrt_id")
    stay = F.struct("mdtrt_id", "stay_begin", "stay_end", "_disease", "stay_dscg_way", "_adrg")
    before = known.withColumn("_disease", disease).withColumn("_before", F.lag(stay).over(order))
    pairs = before.withColumns({name: F.col(f"_before.{told}") for name, told in _OF_THE_FIRST.items()})
    gap = F.datediff("stay_begin", "_first_end")
    soon = gap.between(0, int(card.params["max_gap"]))
    new_year = (F.year("stay_begin") > F.year("_first_end")) & (gap <= 1)
    interim = (gap <= 1) & (F.datediff("_first_end", "_first_begin") >= int(card.params["interim_stay"]))
    on_advice = F.coalesce(F.col("_first_way"), F.lit(ON_ADVICE)) == ON_ADVICE
    same = (F.col("_disease") == F.col("_first_disease")) | (F.col("_adrg") == F.col("_first_adrg"))
    found = pairs.where(soon & F.coalesce(same, F.lit(False)) & on_advice & ~new_year & ~interim)
    return _not_staged(inputs, found, card).select("mdtrt_id", "first_id", gap.alias("gap"))


def _not_staged(inputs: RuleInputs, found: DataFrame, card: Card) -> DataFrame:
    """Without the second stays of injuries in which an operation was charged."""
    staged = F.coalesce(F.col("stay_diag").rlike(str(card.params["staged_diagnoses"])), F.lit(False))
    operated = charged_stays(inputs).where(F.col("med_chrgitm_type").isin(*OPERATION_CHARGES))
    stages = found.where(staged).join(operated.select("mdtrt_id"), "mdtrt_id", "left_semi")
    return found.join(stages.select("mdtrt_id"), "mdtrt_id", "left_anti")


def _with_adrg(inputs: RuleInputs, known: DataFrame) -> DataFrame:
    """Stays with `_adrg`, the group they were paid by; empty where none was handed over."""
    grouped, settled = inputs.tables.get("drg_setl_d"), inputs.tables.get("setl_d")
    if grouped is None or settled is None or "adrg_code" not in grouped.columns:
        return known.withColumn("_adrg", F.lit(None).cast("string"))
    named = settled.select("setl_id", "mdtrt_id").join(grouped.select("setl_id", "adrg_code"), "setl_id")
    return known.join(named.groupBy("mdtrt_id").agg(F.max("adrg_code").alias("_adrg")), "mdtrt_id", "left")


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    second = inputs.kept(f"second-stays-{card.detector_id}", lambda: _second_stays(inputs, card))
    charged = inputs.lines.where(is_inpatient())
    done = charged.where(F.col("med_chrgitm_type").isin(*EXAM_CHARGES)).join(
        second.select(F.col("first_id").alias("mdtrt_id")).distinct(), "mdtrt_id", "left_semi"
    )
    first = done.groupBy(F.col("mdtrt_id").alias("first_id"), "med_list_codg").agg(F.min("bkkp_sn").alias("first_sn"))
    kept = [*LINE, "hi_paymtd", "med_chrgitm_type"]
    lines = charged.select(*kept).join(second, "mdtrt_id", "inner").join(first, ["first_id", "med_list_codg"], "left")
    again = F.col("first_sn").isNotNull() & F.col("med_chrgitm_type").isin(*EXAM_CHARGES)
    per_case = F.coalesce(F.col("hi_paymtd").isin(*PER_CASE), F.lit(False))
    found = lines.where(per_case | again)
    return found.withColumns(
        {
            "paired_bkkp_sn": F.coalesce("first_sn", "first_id"),
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("出院{g}天后因同一疾病再次入住本机构(前次就诊{f})", g="gap", f="first_id"),
            "note_en": sentence(
                "admitted again {g} days after discharge for the same illness (stay {f} before)",
                g="gap",
                f="first_id",
            ),
        }
    )
