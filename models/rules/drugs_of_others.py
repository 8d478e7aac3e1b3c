"""Drugs of a long illness that the holder of a well-paid card has not got (冒用门特待遇): drawn for somebody else.

Reads: fee_list_d, mdtrt_d (through the main diagnosis of the lines), setl_list_diag_d.
Grain: drug lines of visits on the card (kind of visit and main diagnosis) at an institution.
Why: what a drug is for is read from the data: the diagnoses of the visits, outside of such cards, on which it is
prescribed. Only drugs of long illnesses are judged. A holder who has the illness – on any visit or in any diagnosis
list of the period – or to whom somebody prescribes the drug on an ordinary visit is left alone. An illness nobody
wrote down is not: so the holders without it are compared with those of other institutions, and a drug that more than
`max_usual` of them draw elsewhere belongs to the treatment, whatever the diagnosis says. One or two holders are a gap
in the records; several at one institution are a habit. Formula: whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines import visit_type_in
from models.rules.records import LINE, each_card, each_exposure, is_inpatient, of_domains, with_domain

NAME, VERSION = "drugs_of_others", "1.0"
HOLDER, DRAWN = ["fixmedins_code", "psn_no"], ["fixmedins_code", "generic"]
CATEGORY = 3  # characters of an ICD-10 code that name an illness


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such drugs; params: card_diagnoses (pattern), card_visits (kinds of visit), domains, generic_chars,
    long_illnesses (pattern), own_share, long_share (shares of a drug's visits), min_known (visits), max_usual (share of
    holders), min_elsewhere, min_persons (holders).
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Drug lines of the cards."""
    return each_exposure(inputs, cards, lambda given, card: of_domains(_on_card(given, card), card))


def _is_card(card: Card) -> Column:
    """The visit is treatment of the card's illness outside of hospital."""
    return F.coalesce(F.col("main_diag").rlike(str(card.params["card_diagnoses"])), F.lit(False)) & ~is_inpatient()


def _on_card(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines of visits on the card, of persons whose number is known: few beside all lines."""
    kind = F.coalesce(visit_type_in(card.params["card_visits"]), F.lit(False))
    chosen = with_domain(inputs.lines).where(kind & _is_card(card) & F.col("psn_no").isNotNull())
    return inputs.kept(f"on-card-{card.detector_id}", lambda: chosen.select(*LINE, "domain"))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    drawn = _generic(of_domains(_on_card(inputs, card), card), card)
    holders = _on_card(inputs, card).select(*HOLDER).distinct()
    others = inputs.kept(f"off-card-{card.detector_id}", lambda: _off_card(inputs, card, drawn))
    own = inputs.kept(f"illnesses-{card.detector_id}", lambda: _illnesses(others, card))
    ill = inputs.kept(f"covered-{card.detector_id}", lambda: _covered(inputs, holders, others, own))
    odd = drawn.join(F.broadcast(own.select("generic").distinct()), "generic", "left_semi").join(
        F.broadcast(ill), ["psn_no", "generic"], "left_anti"
    )
    told = _unusual(odd.select(*HOLDER, "generic").distinct(), holders, ill, card)
    meant = own.groupBy("generic").agg(F.array_join(F.sort_array(F.collect_set("_illness")), "/").alias("_meant"))
    words = {"m": F.col("_meant"), "n": F.col("_persons"), "u": F.round(F.col("_usual") * 100, 1)}
    return (
        odd.select(*LINE, "generic")
        .join(F.broadcast(told), DRAWN)
        .join(F.broadcast(meant), "generic")
        .withColumns(
            {
                "violation_cnt": F.col("net_cnt"),
                "violation_amount": whole(),
                "note_zh": sentence(
                    "该药用于{m}, 持卡人全期无此诊断; 本机构此类{n}人, 别家同类持卡人{u}%开此药", **words
                ),
                "note_en": sentence(
                    "a drug for {m}, which the holder has not got; {n} such holders here, {u} % of them elsewhere",
                    **words,
                ),
            }
        )
    )


def _generic(lines: DataFrame, card: Card) -> DataFrame:
    """Drug lines with `generic`: class and substance, whatever form and strength."""
    coded = lines.where(F.length("med_list_codg") >= int(card.params["generic_chars"]))
    return coded.withColumn("generic", F.substring("med_list_codg", 1, int(card.params["generic_chars"])))


def _off_card(inputs: RuleInputs, card: Card, drawn: DataFrame) -> DataFrame:
    """Where else these drugs are prescribed: generic, psn_no, mdtrt_id, `_illness` (empty = unknown or the card's)."""
    lines = _generic(of_domains(inputs.lines.where(~_is_card(card)), card), card)
    asked = lines.join(F.broadcast(drawn.select("generic").distinct()), "generic", "left_semi")
    told = ~F.col("main_diag").rlike(str(card.params["card_diagnoses"]))
    illness = F.when(told, F.substring("main_diag", 1, CATEGORY)).alias("_illness")
    return asked.select("generic", "psn_no", "mdtrt_id", illness)


def _illnesses(others: DataFrame, card: Card) -> DataFrame:
    """generic, _illness: what the drugs of the card's lines are prescribed for elsewhere, of long illnesses only."""
    known = others.where(F.col("_illness").isNotNull())
    each = known.groupBy("generic", "_illness").agg(F.countDistinct("mdtrt_id").cast("double").alias("_n"))
    long = F.col("_illness").rlike(str(card.params["long_illnesses"]))
    totals = each.groupBy("generic").agg(
        F.sum("_n").alias("_all"), F.sum(F.when(long, F.col("_n")).otherwise(0.0)).alias("_long")
    )
    enough = (F.col("_all") >= float(card.params["min_known"])) & (
        F.col("_long") >= float(card.params["long_share"]) * F.col("_all")
    )
    often = F.col("_n") >= float(card.params["own_share"]) * F.col("_all")
    return each.join(totals.where(enough), "generic").where(often).select("generic", "_illness")


def _covered(inputs: RuleInputs, holders: DataFrame, others: DataFrame, own: DataFrame) -> DataFrame:
    """psn_no, generic: holders who have the drug's illness on record, or the drug on an ordinary visit."""
    who = F.broadcast(holders.select("psn_no").distinct())
    seen = [
        inputs.tables[table]
        .join(who, "psn_no", "left_semi")
        .select("psn_no", F.substring(code, 1, CATEGORY).alias("_illness"))
        for table, code in (("setl_list_diag_d", "diag_code"), ("mdtrt_d", "dscg_maindiag_code"))
    ]
    ill = seen[0].unionByName(seen[1]).distinct().join(F.broadcast(own), "_illness").select("psn_no", "generic")
    ordinary = others.join(who, "psn_no", "left_semi").select("psn_no", "generic")
    return ill.unionByName(ordinary).distinct()


def _unusual(odd: DataFrame, holders: DataFrame, ill: DataFrame, card: Card) -> DataFrame:
    """DRAWN with `_persons` and `_usual`: drugs of several uncovered holders here that hardly any elsewhere draw."""
    own = odd.groupBy(*DRAWN).agg(F.countDistinct("psn_no").cast("double").alias("_persons"))
    many = holders.groupBy("fixmedins_code").agg(F.count(F.lit(1)).cast("double").alias("_holders"))
    covered = holders.join(ill, "psn_no").groupBy(*DRAWN).agg(F.count(F.lit(1)).cast("double").alias("_covered"))
    cells = many.join(own.select("generic").distinct()).join(own, DRAWN, "left").join(covered, DRAWN, "left")
    free = F.col("_holders") - F.coalesce("_covered", F.lit(0.0))
    counted = cells.select(*DRAWN, F.coalesce("_persons", F.lit(0.0)).alias("_persons"), free.alias("_free"))
    area = counted.groupBy("generic").agg(F.sum("_persons").alias("_drew"), F.sum("_free").alias("_could"))
    elsewhere = F.col("_could") - F.col("_free")
    judged = counted.join(area, "generic").where(elsewhere >= float(card.params["min_elsewhere"]))
    usual = judged.withColumn("_usual", (F.col("_drew") - F.col("_persons")) / elsewhere)
    several = F.col("_persons") >= float(card.params["min_persons"])
    return usual.where(several & (F.col("_usual") <= float(card.params["max_usual"]))).select(
        *DRAWN, "_persons", "_usual"
    )
