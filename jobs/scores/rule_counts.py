"""Hits, exposure, persons and money of every rule detector at every institution it applies to.

Reads: scores/evidence, scores/exposure, scores/gap, features/provider_month, validated/fixmedins_b.
Grain: detector and institution.
Why: an institution without exposure, or with a gap, must appear too – as not evaluable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import derived
from knowledge.frames import small_frame
from models.cohorts import COHORTS
from models.detectors.model import load_defaults
from models.rules import load_kind
from models.rules.kind import Card

if TYPE_CHECKING:
    from jobs.scores.finding import FindingInputs

PAIR = ["detector_id", "fixmedins_code"]
SHOP_AREA = "pharmacy"  # its detectors are asked of retail pharmacies; all others of medical institutions


def counts(inputs: FindingInputs) -> DataFrame:
    """Per detector and institution: area, titles, version, absolute, forbidden, same_level, same_kind, by_person,
    wide_rate, exposure, lines, persons, amount, fund_loss, months, gap, house_inscp, area_inscp (yuan). Exposure 0
    where there is none; persons null where nobody is named; wide_rate null where the card gives none.
    """
    exposed = inputs.exposure.where(F.col("stat_month").isin(*inputs.months))
    exposed = exposed.groupBy(*PAIR).agg(F.sum("exposure").alias("_exposure"))
    found = _found(inputs.evidence.where(F.col("stat_month").isin(*inputs.months)))
    asked = _asked(inputs, exposed, found)
    joined = asked.join(exposed, PAIR, "left").join(found, PAIR, "left").join(_own_gaps(inputs.gaps), PAIR, "left")
    everyone = F.broadcast(_common_gaps(inputs.gaps))
    told = joined.join(everyone, "detector_id", "left").join(F.broadcast(_declared(inputs)), "detector_id")
    return (
        _with_money(told, inputs)
        .withColumns(
            {
                "exposure": F.coalesce("_exposure", F.col("lines").cast("double"), F.lit(0.0)),
                "lines": F.coalesce("lines", F.lit(0).cast("bigint")),
                "amount": F.coalesce("amount", F.lit(0.0)),
                "gap": F.coalesce("common_gap", "absent", "own_gap"),
            }
        )
        .drop("_exposure", "common_gap", "own_gap", "absent")
    )


def _found(evidence: DataFrame) -> DataFrame:
    monthly = evidence.groupBy(*PAIR, "stat_month").agg(
        F.count(F.lit(1)).alias("n"),
        F.sum("violation_amount").alias("amount"),
        F.sum("fund_loss").alias("fund_loss"),
    )
    entry = F.struct("stat_month", "n")
    summed = monthly.groupBy(*PAIR).agg(
        F.sum("n").alias("lines"),
        F.sum("amount").cast("double").alias("amount"),
        F.sum("fund_loss").cast("double").alias("fund_loss"),
        F.to_json(F.map_from_entries(F.sort_array(F.collect_list(entry)))).alias("months"),
    )
    persons = evidence.groupBy(*PAIR).agg(F.count_distinct("psn_no").alias("_persons"))
    known = F.when(F.col("_persons") > 0, F.col("_persons")).alias("persons")
    return summed.join(persons, PAIR).select(*PAIR, "lines", "amount", "fund_loss", "months", known)


def _asked(inputs: FindingInputs, exposed: DataFrame, found: DataFrame) -> DataFrame:
    """Every detector at every institution of the kinds it is declared for or saw anything at."""
    houses = inputs.institutions.select("fixmedins_code", _house())
    seen = exposed.select(*PAIR).unionByName(found.select(*PAIR)).join(houses, "fixmedins_code")
    declared = [(card.detector_id, "2" if card.area == SHOP_AREA else "1") for card in inputs.cards]
    told = small_frame(inputs.institutions.sparkSession, declared, "detector_id string, kind string")
    pairs = told.unionByName(seen.select("detector_id", "kind")).distinct()
    own = houses.join(F.broadcast(pairs), "kind").withColumn("absent", F.lit(None).cast("string"))
    there = pairs.join(houses.select("kind").distinct(), "kind", "left_semi").select("detector_id")
    homeless = told.select("detector_id").join(there, "detector_id", "left_anti")
    foreign = houses.crossJoin(F.broadcast(homeless)).withColumn("absent", F.lit("no_such_institution"))
    return own.select(*PAIR, "absent").unionByName(foreign.select(*PAIR, "absent"))


def _house() -> Column:
    return F.when(F.col("fixmedins_type") == "2", "2").otherwise("1").alias("kind")


def _own_gaps(gaps: DataFrame) -> DataFrame:
    own = gaps.where(F.col("fixmedins_code").isNotNull())
    return own.groupBy(*PAIR).agg(F.min("reason_code").alias("own_gap"))


def _common_gaps(gaps: DataFrame) -> DataFrame:
    common = gaps.where(F.col("fixmedins_code").isNull())
    return common.groupBy("detector_id").agg(F.min("reason_code").alias("common_gap"))


def _declared(inputs: FindingInputs) -> DataFrame:
    absolute, forbidden = (set(load_defaults()[name]["kinds"]) for name in ("absolute_kinds", "forbidden_kinds"))
    rows = [
        (
            *(card.detector_id, card.area, f"{_version(card)}+k{inputs.knowledge_version}", card.title_zh),
            *(card.title_en, card.kind in absolute, card.kind in forbidden, _family(card)),
            *(bool(card.params.get("same_level", False)), bool(card.params.get("same_kind", False))),
            card.params.get("counted") == "persons",
            None if card.params.get("wide_rate") is None else float(card.params["wide_rate"]),
        )
        for card in inputs.cards
    ]
    ddl = "detector_id string, area string, detector_version string, title_zh string, title_en string,"
    ddl += " absolute boolean, forbidden boolean, family string, same_level boolean, same_kind boolean,"
    ddl += " by_person boolean, wide_rate double"
    return small_frame(inputs.institutions.sparkSession, rows, ddl)


def _version(card: Card) -> str:
    try:
        return str(load_kind(card.kind).VERSION)
    except Exception:  # a kind that cannot be loaded is reported as an error by its gap; the card still has a version
        return card.version


def _family(card: Card) -> str:
    """`cohort` for kinds that see groups, else `rule`."""
    return "cohort" if card.kind in COHORTS else "rule"


def _with_money(told: DataFrame, inputs: FindingInputs) -> DataFrame:
    areas = _item_areas(inputs.cards)
    months = inputs.provider_month.where(F.col("stat_month").isin(*inputs.months))
    sums = months.groupBy("fixmedins_code").agg(
        F.sum("inscp").alias("house_inscp"), *[F.sum(f"{area}_inscp").alias(f"{area}_inscp") for area in areas]
    )
    own = F.lit(None).cast("double")
    for area in areas:
        own = F.when(F.col("area") == area, F.col(f"{area}_inscp")).otherwise(own)
    joined = told.join(sums, "fixmedins_code", "left")
    money = joined.withColumn("area_inscp", F.coalesce(own, "house_inscp"))
    return money.drop(*[f"{area}_inscp" for area in areas])


def _item_areas(cards: Sequence[Card]) -> list[str]:
    held = set(derived("features", "provider_month").names)
    return sorted({card.area for card in cards if f"{card.area}_inscp" in held})
