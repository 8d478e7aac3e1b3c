"""Cases paid by DRG or DIP: costs that bunch at a border of outliers, and severity claimed without its cost.

Reads: drg_setl_d, setl_d.
Grain: the settlement (`table` drg_setl_d, key setl_id).
Why: above the high border a case is paid on top of its standard, so costs pushed just over it pay; above the low border
it earns the whole standard instead of its items, so cheap cases lifted just over it pay; a co-diagnosis that lifts a
case into a CC or MCC group pays too (高编高套). One such case says nothing. Bunching is told from a hospital with dear
patients by the density either side: costs thin out steadily, so the band above the high border holds fewer cases than
the band below it, and the band above the low border fewer than the next one; only houses where it is the other way
round are named, and how often is held against peers. Borders: see grouped_cases; cases whose border is unknown are not
judged. Severity: see case_severity. Formulas: above the high border (cost - standard) / cost x net_inscp; above the low
one standard - cost; severity, the part of the weight above the mean weight of the same ADRG without CC at the level,
(1 - weight without / weight) x net_inscp.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import of_line, to_cent
from models.rules.case_severity import severe, standardised
from models.rules.grouped_cases import group_gaps, rated
from models.rules.kind import EXPOSURE_SCHEMA, Card, RuleInputs, exposures, hits, sentence, stat_month
from models.rules.records import no_hits, nothing_of, ready

NAME, VERSION = "case_payment", "1.2"
OUTLIER, LOW, SEVERITY = "outlier", "low", "severity"
CASES = "drg_setl_d"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Settlements such cards point at; params: mode (outlier | low | severity) and, for the first two, borders,
    dip_border, low_borders, band (width as a share of the border), times_beside (of the band beside it); for severity
    min_plain (plain cases of an ADRG) and lean_on_level (cases).
    """
    found = no_hits(inputs)
    made = {OUTLIER: _above_high, LOW: _above_low, SEVERITY: severe}
    for card in ready(inputs, cards):
        rows = made[card.params["mode"]](inputs, card).withColumn("violation_cnt", F.lit(1))
        named = rows.withColumns({"detector_id": F.lit(card.detector_id), "area": F.lit(card.area)})
        found = found.unionByName(hits(named, table=CASES, key="setl_id", cnt=None))
    return found


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Cases that can be judged; for severity, standardised by ADRG (see case_severity)."""
    counted = nothing_of(inputs, EXPOSURE_SCHEMA)
    for card in ready(inputs, cards):
        severity = card.params["mode"] == SEVERITY
        rows = standardised(inputs, card) if severity else rated(inputs, card).withColumn("chance", F.lit(1.0))
        named = rows.withColumns({"detector_id": F.lit(card.detector_id), "stat_month": stat_month()})
        counted = counted.unionByName(exposures(named, F.col("chance")))
    return counted


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions whose cases have no known mean, standard or border: `group_values_unknown`."""
    return group_gaps(inputs, [card for card in cards if card.params["mode"] != SEVERITY])


def _bunched(inputs: RuleInputs, card: Card, border: str, beside_above: bool) -> DataFrame:
    """Cases of the band above `border`, at houses where it holds `times_beside` times the band beside it or more:
    the band below the border, or (`beside_above`) the one above the band.
    """
    width = F.col(border) * float(card.params["band"])
    low, high = F.col(border), F.col(border) + width
    beside = (high, high + width) if beside_above else (low - width, low)
    inside = (F.col("times") >= low) & (F.col("times") < high)
    near = (F.col("times") >= beside[0]) & (F.col("times") < beside[1])
    known = rated(inputs, card).withColumns({"inside": inside, "near": near})
    houses = known.groupBy("fixmedins_code").agg(
        F.sum(F.col("inside").cast("int")).alias("in_band"), F.sum(F.col("near").cast("int")).alias("in_next")
    )
    steep = houses.where(F.col("in_band") >= float(card.params["times_beside"]) * F.col("in_next"))
    return known.where("inside").join(F.broadcast(steep), "fixmedins_code")


def _above_high(inputs: RuleInputs, card: Card) -> DataFrame:
    part = F.greatest(F.col("cost") - F.col("std_fee").cast("double"), F.lit(0.0)) / F.col("cost")
    return _bunched(inputs, card, "border", beside_above=False).withColumns(
        {
            "violation_amount": of_line(part),
            "note_zh": sentence(
                "病组{g}费用为组均{t}倍, 刚超过{b}倍的高倍率界限;界限上{a}例、界限下{n}例", **_words("border")
            ),
            "note_en": sentence(
                "group {g}: cost {t} times its mean, just above the border of {b}; {a} cases above it, {n} below",
                **_words("border"),
            ),
        }
    )


def _above_low(inputs: RuleInputs, card: Card) -> DataFrame:
    gained = F.greatest(F.col("std_fee").cast("double") - F.col("cost"), F.lit(0.0))
    return _bunched(inputs, card, "low_border", beside_above=True).withColumns(
        {
            "violation_amount": to_cent(gained),
            "note_zh": sentence(
                "病组{g}费用为组均{t}倍, 刚超过{b}倍的低倍率界限;紧邻界限{a}例、其上一段{n}例", **_words("low_border")
            ),
            "note_en": sentence(
                "group {g}: cost {t} times its mean, just above the low border of {b}; {a} cases there, {n} next to it",
                **_words("low_border"),
            ),
        }
    )


def _words(border: str) -> dict[str, Column | str]:
    return {"t": F.round("times", 2), "b": F.col(border), "g": "group_code", "a": "in_band", "n": "in_next"}
