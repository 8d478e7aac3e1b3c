"""Persons who take the same drugs home from several pharmacies on the same days, beyond anything they can use.

Reads: fee_list_d of pharmacies (prd_days), fixmedins_b.
Grain: the fee lines of the drugs bought in rounds of the ring.
Why: goods for resale are fetched in rounds: one day, one drug, several shops, each time a full supply. A round counts
only when the supply of the day exceeds the longest lawful prescription, so a patient or a carer who goes to a second
shop because the first had too little is no ring. Persons are paired by rounds in the same shops for the same drug on
`min_days` days; a drug that half a town buys on one day (a promotion, a shortage) pairs nobody: runs above
`max_block` are left out. Formula: whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.cohorts import form
from models.cohorts.components import components, sized
from models.cohorts.picture import WHERE, WHO, End, Groups, Link, cohort_id
from models.rules import over_supply
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import LINE, at_pharmacies, each_exposure, each_gap, of_domains

NAME, VERSION, FAMILY = "resale_ring", "1.0", "cohort"
DRUG = End("drug", "generic", "hilist_name")
ROUND = ["psn_no", "fee_date", "generic"]
BLOCK = ["fee_date", "generic", "fixmedins_code"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of rounds; params: domains, generic_chars, longest_supply, shops (a day), day_supply (days), min_days,
    max_block (persons), persons, max_persons.
    """
    return form.evidence(inputs, cards, _found)


def groups(inputs: RuleInputs, cards: Sequence[Card]) -> Groups:
    """Persons, the shops they went round, the drugs they took."""
    return form.pictures(
        inputs, cards, _found, lambda _: (Link("bought_at", WHO, WHERE), Link("sold", WHERE, DRUG))
    )  # fmt: skip


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Drug lines of pharmacies that state their days of supply."""
    return each_exposure(inputs, cards, _supplies)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Shops that leave the days of supply empty on more than half of their drug lines: `no_supply_days`."""
    return each_gap(inputs, cards, over_supply.silent)


def _supplies(inputs: RuleInputs, card: Card) -> DataFrame:
    drugs = of_domains(at_pharmacies(inputs).where(F.length("med_list_codg") > 0), card)
    return drugs.where(F.col("prd_days").between(1, int(card.params["longest_supply"])))


def _found(inputs: RuleInputs, card: Card) -> DataFrame:
    keep = form.kept_for(inputs, card)
    generic = F.substring("med_list_codg", 1, int(card.params["generic_chars"]))
    lines = _supplies(inputs, card).withColumn("generic", generic).select(*LINE, "generic", "prd_days")
    rounds = keep("rounds", lambda: _rounds(lines, card))
    pairs = keep("pairs", lambda: _pairs(rounds, card))
    members = sized(components(pairs, keep), int(card.params["persons"]), int(card.params["max_persons"]))
    ring = keep("ring", lambda: _ring(rounds, members, card))
    bought = lines.join(ring, [*ROUND, "fixmedins_code"])
    words = {"s": F.col("shops"), "d": F.col("supply"), "a": F.col("all_persons"), "r": F.col("all_days")}
    return form.disputed(
        bought,
        sentence("当日在{s}家药店购同一药品共{d}天用量;同组{a}人多次同日同店同药,共{r}天", **words),
        sentence(
            "{d} days of supply of one drug from {s} shops that day; {a} persons go the same round, {r} days", **words
        ),
    )


def _rounds(lines: DataFrame, card: Card) -> DataFrame:
    """Person, day, drug and shop of every round: several shops, and more supply than a lawful prescription gives."""
    visits = lines.groupBy(*ROUND, "fixmedins_code", "mdtrt_id").agg(F.max("prd_days").alias("supply"))
    day = visits.groupBy(*ROUND).agg(
        F.countDistinct("fixmedins_code").alias("shops"), F.sum("supply").cast("int").alias("supply")
    )
    many = (F.col("shops") >= int(card.params["shops"])) & (F.col("supply") > int(card.params["day_supply"]))
    return visits.select(*ROUND, "fixmedins_code").distinct().join(day.where(many), ROUND)


def _pairs(rounds: DataFrame, card: Card) -> DataFrame:
    """Pairs `a` < `b` who went the same round (same drug, two shops in common or more) on enough days."""
    crowd = F.count(F.lit(1)).over(Window.partitionBy(*BLOCK))
    few = rounds.withColumn("_crowd", crowd).where(F.col("_crowd") <= int(card.params["max_block"]))
    left = few.select(*BLOCK, F.col("psn_no").alias("a"))
    right = few.select(*BLOCK, F.col("psn_no").alias("b"))
    shared = left.join(right, BLOCK).where(F.col("a") < F.col("b"))
    days = shared.groupBy("a", "b", "fee_date").agg(F.countDistinct("fixmedins_code").alias("shops"))
    same = days.where(F.col("shops") >= int(card.params["shops"])).groupBy("a", "b")
    counted = same.agg(F.count(F.lit(1)).alias("days"))
    return counted.where(F.col("days") >= int(card.params["min_days"])).select("a", "b")


def _ring(rounds: DataFrame, members: DataFrame, card: Card) -> DataFrame:
    """Rounds of ring members on days when at least two of them went, with the facts people read."""
    chosen = members.select(F.col("member").alias("psn_no"), cohort_id(card, "label").alias("cohort_id"))
    day, all_days = Window.partitionBy("cohort_id", "fee_date"), Window.partitionBy("cohort_id")
    mine = rounds.join(chosen, "psn_no").withColumn("_crew", F.size(F.collect_set("psn_no").over(day)))
    return (
        mine.where(F.col("_crew") >= 2)
        .withColumn("all_persons", F.size(F.collect_set("psn_no").over(all_days)))
        .withColumn("all_days", F.size(F.collect_set("fee_date").over(all_days)))
        .drop("_crew")
    )
