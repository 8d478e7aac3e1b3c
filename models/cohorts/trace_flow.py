"""Boxes that are settled again in order of time: from one institution to another, or round and round over one counter.

Reads: fee_list_d (drug_trac_codg, trdn_flag), fixmedins_b (chains).
Grain: the fee line of every later sale; the first one is never disputed.
Why: one code seen twice may be a slip of the scanner; `min_boxes` boxes of one institution that turn up at another on
several days have a way between the two, and a code sold `min_sales` times over one counter serves as a key. Fractions
of one box, refunds and malformed codes are read as in trace_code_reuse. Left out: the same person in both sales
(prescribed in the hospital, filled outside, billed by both – a double bill, no flow) and two branches of one chain
(one stock system). Formula: disputed boxes / quantity of the line x net_inscp (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.cohorts import form
from models.cohorts.picture import WHERE, WHO, End, Groups, Link, cohort_id
from models.rules import trace_code_reuse
from models.rules.amounts import of_line
from models.rules.kind import Card, RuleInputs, sentence

NAME, VERSION, FAMILY = "trace_flow", "1.0", "cohort"
SOURCE, DRUG = End("institution", "first_shop"), End("drug", "med_list_codg", "hilist_name")
CODE = End("trace_code", "trace_code")


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Later sales of a flow; params: relation other_shop | same_shop, max_institutions, split_tolerance (boxes),
    min_boxes, min_days, min_sales (of one code; same_shop only).
    """
    return form.evidence(inputs, cards, _found)


def groups(inputs: RuleInputs, cards: Sequence[Card]) -> Groups:
    """Where boxes came from, where they were settled again and to whom."""
    return form.pictures(inputs, cards, _sold_again, _links)


exposure, gaps = trace_code_reuse.exposure, trace_code_reuse.gaps


def _links(card: Card) -> Sequence[Link]:
    if card.params["relation"] == "same_shop":
        return (Link("sold_again", WHERE, CODE), Link("sold_to", CODE, WHO))
    return (Link("boxes", SOURCE, WHERE), Link("sold", WHERE, DRUG), Link("sold_to", DRUG, WHO))


def _found(inputs: RuleInputs, card: Card) -> DataFrame:
    """Later sales line by line, with the sentence of the rule kind and the size of the flow."""
    sold = form.once(inputs, card, _sold_again)
    flow = sold.groupBy("bkkp_sn").agg(F.max("boxes").alias("_flow"), F.max("cohort_id").alias("cohort_id"))
    lines = trace_code_reuse.per_line(sold).join(flow, "bkkp_sn")
    zh, en = (
        sentence("{note};该流向共{b}盒", note="note_zh", b="_flow"),
        sentence("{note}; {b} boxes went that way", note="note_en", b="_flow"),
    )
    return lines.withColumns({"note_zh": zh, "note_en": en})


def _sold_again(inputs: RuleInputs, card: Card) -> DataFrame:
    """One row per line and code of a flow, with `cohort_id`, `boxes` (of the flow) and `violation_amount`."""
    limit = card.params
    sales = trace_code_reuse.sold_repeatedly(inputs, card)
    if limit["relation"] == "same_shop":
        again = _over_and_over(trace_code_reuse.again_here(sales, float(limit["split_tolerance"])), card)
        way = ["fixmedins_code"]
    else:
        again = _between_strangers(trace_code_reuse.again_elsewhere(sales), inputs)
        way = ["first_shop", "fixmedins_code"]
    size = again.groupBy(*way).agg(
        F.countDistinct("trace_code").alias("boxes"), F.countDistinct("fee_date").alias("_days")
    )
    wide = size.where((F.col("boxes") >= int(limit["min_boxes"])) & (F.col("_days") >= int(limit["min_days"])))
    share = F.least(F.lit(1.0), F.col("_disputed") / F.col("net_cnt").cast("double"))
    amount = of_line(share)
    named = {"cohort_id": cohort_id(card, "fixmedins_code"), "violation_amount": amount}
    return again.join(wide.drop("_days"), way).withColumns(named)


def _over_and_over(again: DataFrame, card: Card) -> DataFrame:
    """Codes sold `min_sales` times or more: the first sale and at least one less than that again."""
    of_code = Window.partitionBy("fixmedins_code", "trace_code")
    counted = again.withColumn("_again", F.count(F.lit(1)).over(of_code))
    return counted.where(F.col("_again") >= int(card.params["min_sales"]) - 1).drop("_again")


def _between_strangers(again: DataFrame, inputs: RuleInputs) -> DataFrame:
    """Sales to another person than the first, by an institution of another chain."""
    others = again.where(F.col("psn_no") != F.col("first_psn"))
    register = inputs.tables.get("fixmedins_b")
    if register is None or "prnt_code" not in register.columns:
        return others
    chain = register.where(F.length("prnt_code") > 0).select("fixmedins_code", "prnt_code").distinct()
    here = F.broadcast(chain.select("fixmedins_code", F.col("prnt_code").alias("_here")))
    there = F.broadcast(chain.select(F.col("fixmedins_code").alias("first_shop"), F.col("prnt_code").alias("_there")))
    placed = others.join(here, "fixmedins_code", "left").join(there, "first_shop", "left")
    same = F.coalesce(F.col("_here") == F.col("_there"), F.lit(False))
    return placed.where(~same).drop("_here", "_there")
