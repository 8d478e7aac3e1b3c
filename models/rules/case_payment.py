"""Cases paid by DRG or DIP: costs just above the border of outliers, and severity claimed more often than by peers.

Reads: drg_setl_d, setl_d.
Grain: the settlement (`table` drg_setl_d, key setl_id).
Why: above a border a case is paid by item, so costs pushed just over it pay (费用极高病例); a co-diagnosis that lifts a
case into a CC or MCC group pays too (高编高套). One such case says nothing: what is judged is how often they occur at
an institution against its peers. Border of the high outlier: cost over the group's mean cost, by the base points of the
group: up to 1000 points 3 times, up to 2000 points 2.5 times, above 2 times (regional DRG rules of 2023); cases
without base points are not judged. Formulas: above the standard, (cost - standard) / cost x net_inscp; severity, the
part of the weight above the mean weight of the same ADRG without CC, (1 - weight without / weight) x net_inscp.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import EXPOSURE_SCHEMA, MONEY, Card, RuleInputs, exposures, hits, sentence, stat_month
from models.rules.records import no_hits, nothing_of, ready

NAME, VERSION = "case_payment", "1.0"
OUTLIER, SEVERITY = "outlier", "severity"
CASES, SETTLED = "drg_setl_d", "setl_d"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Settlements such cards point at; params: mode (outlier | severity), borders ([points, times] …), just_above."""
    found = no_hits(inputs)
    for card in ready(inputs, cards):
        rows = (_outliers if card.params["mode"] == OUTLIER else _severe)(inputs, card)
        named = rows.withColumns({"detector_id": F.lit(card.detector_id), "area": F.lit(card.area)})
        found = found.unionByName(hits(named, table=CASES, key="setl_id", cnt=None))
    return found


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Cases that can be judged."""
    counted = nothing_of(inputs, EXPOSURE_SCHEMA)
    for card in ready(inputs, cards):
        rows = (_bordered if card.params["mode"] == OUTLIER else _weighed)(inputs, card)
        named = rows.withColumns({"detector_id": F.lit(card.detector_id), "stat_month": stat_month()})
        counted = counted.unionByName(exposures(named))
    return counted


def _cases(inputs: RuleInputs) -> DataFrame:
    """Grouped settlements that stand after refunds, with person, institution, money and moment."""
    settled = inputs.tables[SETTLED].where((F.col("setl_kind") == "original") & (F.col("net_inscp") > 0))
    share = F.least(F.col("net_fund").cast("double") / F.col("net_inscp").cast("double"), F.lit(1.0))
    money = settled.select(
        "setl_id",
        "psn_no",
        "fixmedins_code",
        F.col("setl_time").alias("fee_ocur_time"),
        F.to_date("setl_time").alias("fee_date"),
        "net_inscp",
        F.col("net_medfee").cast("double").alias("_cost"),
        share.alias("fund_share"),
    )
    return inputs.tables[CASES].join(money.where(F.col("_cost") > 0), "setl_id")


def _bordered(inputs: RuleInputs, card: Card) -> DataFrame:
    """Cases with `_times` (cost over the group's mean) and `_border`, the times from which they are outliers."""
    border: Column = F.lit(None).cast("double")
    for points, times in reversed(card.params["borders"]):
        border = F.when(F.col("base_points") <= float(points), float(times)).otherwise(border)
    known = _cases(inputs).where((F.col("avg_fee") > 0) & (F.col("std_fee") > 0))
    rated = known.withColumns({"_times": F.col("_cost") / F.col("avg_fee").cast("double"), "_border": border})
    return rated.where(F.col("_border").isNotNull())


def _outliers(inputs: RuleInputs, card: Card) -> DataFrame:
    near = F.col("_border") * (1.0 + float(card.params["just_above"]))
    found = _bordered(inputs, card).where((F.col("_times") >= F.col("_border")) & (F.col("_times") < near))
    standard = F.col("std_fee").cast("double")
    part = F.greatest(F.col("_cost") - standard, F.lit(0.0)) / F.col("_cost")
    words = {"t": F.round("_times", 2), "b": F.col("_border"), "g": F.col("group_code")}
    return found.withColumns(
        {
            "violation_cnt": F.lit(1),
            "violation_amount": F.round(F.col("net_inscp").cast("double") * part, 2).cast(MONEY),
            "note_zh": sentence("病组{g}费用为组均{t}倍, 刚超过{b}倍的高倍率界限", **words),
            "note_en": sentence("group {g}: cost {t} times its mean, just above the border of {b}", **words),
        }
    )


def _weighed(inputs: RuleInputs, _card: Card) -> DataFrame:
    """Cases of an ADRG with `_plain`, the mean weight of its cases without CC in the area."""
    known = _cases(inputs).where(F.col("adrg_code").isNotNull() & F.col("cc_level").isNotNull() & (F.col("rw") > 0))
    plain = known.where(F.lower("cc_level") == "none").groupBy("paymtd", "adrg_code").agg(
        F.avg(F.col("rw").cast("double")).alias("_plain")
    )  # fmt: skip
    return known.join(F.broadcast(plain), ["paymtd", "adrg_code"])


def _severe(inputs: RuleInputs, card: Card) -> DataFrame:
    weight = F.col("rw").cast("double")
    above = F.lower("cc_level").isin("cc", "mcc") & (weight > F.col("_plain"))
    words = {"c": F.upper("cc_level"), "a": F.col("adrg_code")}
    return (
        _weighed(inputs, card)
        .where(above)
        .withColumns(
            {
                "violation_cnt": F.lit(1),
                "violation_amount": F.round(F.col("net_inscp").cast("double") * (1.0 - F.col("_plain") / weight), 2),
                "note_zh": sentence("{a}按{c}分组, 权重高于无并发症组", **words),
                "note_en": sentence("{a} grouped with {c}, above the weight without complications", **words),
            }
        )
    )
