"""One large bundle of items for very different patients (套餐化开单): several items raised together, not one by one.

Reads: fee_list_d, fixmedins_b (level of the institution).
Grain: fee lines of the bundle's items in visits that got the bundle; stays and out-patient visits are judged apart.
Why: a package hides from a look at single items, because each of them stays below what one item must reach to stand
out. Several unrelated items (of `min_families` chapters of the price list) that are each ordered several times as often
as the diagnoses explain, and that come together, are an order template. A house whose price list has no panel bills
single tests together too, and earns no more by it: the visits with the bundle must cost a multiple of what tested
patients of the same diagnoses cost elsewhere. Nobody can tell which order was needed, so every line carries the share
above the expected: (observed - expected) / observed x net_inscp (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import of_line
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines import visit_type_in
from models.rules.ordered import (
    CELL,
    HOUSE,
    ITEM,
    above_expected,
    lasting,
    ordered,
    scene_lines,
    standardised,
    visits,
)
from models.rules.records import LINE, each_card, each_exposure

NAME, VERSION = "package_for_all", "1.0"
VISIT = [*HOUSE, "_diag", "mdtrt_id"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of bundles; params: domains, scene (inpatient | outpatient | any), skip_visit_types, min_visits, min_share,
    times, min_houses, min_elsewhere (visits), min_compared (share), min_lasting (share of months), min_items,
    min_families, together (share of an item's visits that are visits of the bundle), times_money.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the card's items."""
    return each_exposure(inputs, cards, _lines)


def _lines(inputs: RuleInputs, card: Card) -> DataFrame:
    skipped = visit_type_in(card.params["skip_visit_types"])
    return scene_lines(inputs, card).where(~F.coalesce(skipped, F.lit(False)))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = _lines(inputs, card)
    raised = inputs.kept(f"raised-{card.detector_id}", lambda: _raised(inputs, card, lines))
    bundled = lines.join(F.broadcast(raised), ITEM)
    # What bundles are told from is asked for several times, and is small beside the lines.
    distinct = bundled.select(*VISIT, "med_list_codg", "_all").distinct()
    items = inputs.kept(f"bundled-{card.detector_id}", lambda: distinct)
    whole = inputs.kept(f"bundles-{card.detector_id}", lambda: _bundles(items, lines, card))
    found = bundled.join(F.broadcast(whole), [*VISIT, "med_list_codg"])
    part = above_expected()
    return found.select(*LINE, "_observed", "_expected", "_items", "_share").withColumns(
        {
            "violation_cnt": F.col("net_cnt").cast("double") * part,
            "violation_amount": of_line(part),
            "note_zh": sentence("{n}项固定组合, {p}%的就诊整套开出, 与诊断无关", n="_items", p="_share"),
            "note_en": sentence(
                "one bundle of {n} items at {p} % of visits, whatever the diagnosis", n="_items", p="_share"
            ),
        }
    )


def _raised(inputs: RuleInputs, card: Card, lines: DataFrame) -> DataFrame:
    """ITEM with `_observed`, `_expected`, `_all`: items several times above the expected at houses with enough such."""
    params, counted, seen = card.params, ordered(inputs, card, lines), visits(inputs, card)
    totals = seen.groupBy(*HOUSE).agg(F.sum("n").alias("_all"))
    own = counted.groupBy(*ITEM).agg(F.sum("v").alias("_own")).join(totals, HOUSE)
    offered = own.groupBy("_group", "med_list_codg").agg(
        F.count(F.lit(1)).alias("_houses"), F.sum("_own").alias("_area"), F.sum("_all").alias("_seen")
    )
    often = own.where((F.col("_own") >= params["min_visits"]) & (F.col("_own") >= params["min_share"] * F.col("_all")))
    # A first look without diagnoses keeps the exact one small: what is not above the others now will not be then.
    others = (F.col("_area") - F.col("_own")) / F.greatest(F.col("_seen") - F.col("_all"), F.lit(1))
    crude = often.join(offered, ["_group", "med_list_codg"]).where(F.col("_houses") > params["min_houses"])
    suspects = crude.where(F.col("_own") > F.col("_all") * others).select(*ITEM, "_all")
    steady = suspects.join(lasting(counted, float(params["min_lasting"])), ITEM, "left_semi")
    judged = standardised(steady, counted, seen, float(params["min_elsewhere"]))
    far = F.col("_observed") >= params["times"] * F.greatest(F.col("_expected"), F.lit(1.0))
    high = judged.where(far & (F.col("_compared") >= params["min_compared"] * F.col("_all")))
    told = inputs.kept(f"above-expected-{card.detector_id}", lambda: high)
    return told.join(_enough(told, HOUSE, card), HOUSE, "left_semi")


def _chapter() -> Column:
    """Chapter of the price list: the same for a national (002504040010100) and a local code (332504040390000)."""
    return F.substring("med_list_codg", 3, 6)


def _enough(items: DataFrame, keys: list[str], card: Card) -> DataFrame:
    """Groups with as many items, of as many chapters, as a bundle has: `keys` and `_items`."""
    grouped = items.groupBy(*keys).agg(
        F.countDistinct("med_list_codg").alias("_items"), F.countDistinct(_chapter()).alias("_families")
    )
    large = (F.col("_items") >= card.params["min_items"]) & (F.col("_families") >= card.params["min_families"])
    return grouped.where(large).drop("_families")


def _bundles(items: DataFrame, lines: DataFrame, card: Card) -> DataFrame:
    """VISIT and med_list_codg of the bundles, with `_items` (most in a visit) and `_share` (percent of all visits)."""
    whole = items.join(_enough(items, VISIT, card), VISIT)
    together = whole.groupBy(*ITEM).agg(F.count(F.lit(1)).alias("_in"))
    mostly = items.groupBy(*ITEM).agg(F.count(F.lit(1)).alias("_n")).join(together, ITEM)
    kept = mostly.where(F.col("_in") >= card.params["together"] * F.col("_n")).select(*ITEM)
    left = whole.drop("_items").join(kept, ITEM, "left_semi")
    made = left.join(_enough(left, VISIT, card), VISIT)
    houses = made.groupBy(*HOUSE).agg(
        F.countDistinct("mdtrt_id").alias("_visits"), F.max("_items").alias("_most"), F.max("_all").alias("_of")
    )
    often = houses.where(F.col("_visits") >= card.params["min_visits"]).withColumn(
        "_share", F.round(F.col("_visits") / F.col("_of") * 100).cast("int")
    )
    dear = often.join(_dear(made.select(*VISIT).distinct(), lines, card), HOUSE, "left_semi")
    shown = dear.select(*HOUSE, F.col("_most").alias("_items"), "_share")
    return made.select(*VISIT, "med_list_codg").join(shown, HOUSE)


def _dear(made: DataFrame, lines: DataFrame, card: Card) -> DataFrame:
    """Houses whose visits with the bundle cost `times_money` times what such patients cost who are tested elsewhere."""
    cost = F.col("net_inscp").cast("double")
    spent = lines.groupBy(*VISIT).agg(F.sum(cost).alias("_spent"))
    here = spent.groupBy(*HOUSE, "_diag").agg(F.sum("_spent").alias("_own"), F.count(F.lit(1)).alias("_own_n"))
    area = here.groupBy(*CELL).agg(F.sum("_own").alias("_area"), F.sum("_own_n").alias("_area_n"))
    bundles = spent.join(made, VISIT, "left_semi").groupBy(*HOUSE, "_diag")
    asked = bundles.agg(F.sum("_spent").alias("_paid"), F.count(F.lit(1)).alias("_n"))
    known = asked.join(here, [*HOUSE, "_diag"]).join(area, CELL).where(F.col("_area_n") > F.col("_own_n"))
    usual = (F.col("_area") - F.col("_own")) / (F.col("_area_n") - F.col("_own_n"))
    sums = known.groupBy(*HOUSE).agg(F.sum("_paid").alias("_paid"), F.sum(F.col("_n") * usual).alias("_usual"))
    return sums.where(F.col("_paid") >= card.params["times_money"] * F.col("_usual")).select(*HOUSE)
