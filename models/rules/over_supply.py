"""More days of one drug than the days that passed: supply piled up over all providers of a person.

Reads: fee_list_d (prd_days) of out-patient visits and pharmacies.
Grain: the fee lines of the purchase that lifts the stock at home above `max_days_in_hand`.
Why: bulk buying for resale shows as supply nobody can take. Formula: stock in hand after purchase i is max over j <=
i of (day_j + sum of supply j..i) - day_i, as if every day one day's supply is taken and never less than none is
left; the part above `max_days_in_hand` is disputed: excess days / supply of the purchase x net_inscp. Several lines
of one drug in one visit (two strengths, two boxes) count once, with the longest supply.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines_counted import counted_lines
from models.rules.records import (
    LINE,
    day_number,
    each_card,
    each_exposure,
    each_gap,
    is_inpatient,
    of_domains,
    ratio,
)

NAME, VERSION = "over_supply", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of purchases beyond the limit; params: domains, generic_chars, max_days_in_hand, longest_supply (days)."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Out-patient and pharmacy drug lines with days of supply."""
    return each_exposure(
        inputs, cards, lambda given, card: _supplied(_counted_drugs(given, card), card), amount=F.col("lines")
    )


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions that leave the days of supply empty on more than half of their drug lines: `no_supply_days`."""
    return each_gap(inputs, cards, silent)


def silent(inputs: RuleInputs, card: Card) -> DataFrame:
    """Institutions that leave the days of supply empty on more than half of their drug lines."""
    told = F.sum(F.when(F.col("prd_days") > 0, F.col("lines")).otherwise(0)) / F.sum("lines")
    shops = _counted_drugs(inputs, card).groupBy("fixmedins_code").agg(told.alias("_told"))
    return shops.where(F.col("_told") < 0.5).withColumn("reason_code", F.lit("no_supply_days"))


def _drugs(lines: DataFrame, card: Card) -> DataFrame:
    return of_domains(lines.where(~is_inpatient() & (F.length("med_list_codg") > 0)), card)


def _counted_drugs(inputs: RuleInputs, card: Card) -> DataFrame:
    """The same lines counted by institution and month (`lines`)."""
    return of_domains(counted_lines(inputs).where(~is_inpatient() & F.col("coded")), card)


def _supplied(drugs: DataFrame, card: Card) -> DataFrame:
    return drugs.where(F.col("prd_days").between(1, int(card.params["longest_supply"])))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    generic = F.substring("med_list_codg", 1, int(card.params["generic_chars"]))
    lines = _supplied(_drugs(inputs.lines, card), card).withColumn("generic", generic)
    limit = int(card.params["max_days_in_hand"])
    # Nobody has more days in hand than he ever bought: adding up is cheap, putting purchases in order is not.
    bought = lines.groupBy("psn_no", "generic").agg(F.sum("prd_days").alias("_days")).where(F.col("_days") > limit)
    hoarders = inputs.kept(f"hoarders-{card.detector_id}", lambda: bought.select("psn_no", "generic"))
    theirs = lines.select(*LINE, "generic", "prd_days").join(F.broadcast(hoarders), ["psn_no", "generic"], "left_semi")
    hoarded = inputs.kept(f"hoarded-{card.detector_id}", lambda: theirs)
    beyond = _beyond(_purchases(hoarded), limit)
    disputed = hoarded.drop("prd_days").join(beyond, ["mdtrt_id", "psn_no", "generic", "fee_date"], "inner")
    share = ratio(F.col("excess"), F.col("supply"))
    return disputed.withColumns(
        {
            "violation_cnt": F.col("net_cnt") * share,
            "violation_amount": excess_share(F.col("excess"), F.col("supply")),
            "note_zh": sentence(
                "本次购{s}天用量,购后手中存量约{h}天(各机构合计,上限{m}天)",
                s="supply",
                h="in_hand",
                m=F.lit(card.params["max_days_in_hand"]),
            ),
            "note_en": sentence(
                "{s} days of supply bought; about {h} days in hand afterwards over all providers (limit {m})",
                s="supply",
                h="in_hand",
                m=F.lit(card.params["max_days_in_hand"]),
            ),
        }
    )


def _purchases(lines: DataFrame) -> DataFrame:
    """One purchase = person, drug, visit and day; its supply is the longest of its lines, in days."""
    return lines.groupBy("psn_no", "generic", "mdtrt_id", "fee_date").agg(
        F.max("prd_days").cast("bigint").alias("supply"), F.min("fee_ocur_time").alias("moment")
    )


def _beyond(purchases: DataFrame, limit: int) -> DataFrame:
    """Purchases that leave more than `limit` days in hand: `in_hand` and `excess` in days (excess <= supply)."""
    order = Window.partitionBy("psn_no", "generic").orderBy("fee_date", "moment", "mdtrt_id")
    since = order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    day = day_number("fee_date")
    running = purchases.withColumn("_supplied", F.sum("supply").over(since)).withColumn(
        "_start", day - (F.col("_supplied") - F.col("supply"))
    )
    reached = running.withColumn("in_hand", F.col("_supplied") + F.max("_start").over(since) - day)
    excess = F.least(F.col("supply"), F.col("in_hand") - limit)
    return reached.withColumn("excess", excess).where(F.col("excess") > 0).drop("_supplied", "_start", "moment")
