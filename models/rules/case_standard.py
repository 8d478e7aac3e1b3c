"""Cases paid by DRG or DIP whose standard or class is not what their own columns give.

Reads: drg_setl_d, setl_d.
Grain: the settlement (`table` drg_setl_d, key setl_id).
Why: standard = base points of the group x hospital coefficient x adjustment coefficient x point value (regional DRG
rules of 2023; DIP: the score of the combination instead of the points). It is computed again from the columns, with the
points most cases of that group have in the area; a standard above it is paid too much. Where most cases of the area
follow another formula, the formula is not the area's and nothing is judged. Class: only an outlier may be paid by item
(hi_paymtd 1); a grouped case between the borders that was paid by item keeps what it cost above its standard. Rounding
is tolerated; an empty adjustment coefficient is 1, any other empty factor leaves the case unjudged. Formula: standard
- standard computed; class: (cost - standard) / cost x net_inscp. Never above net_inscp.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import of_line, to_cent
from models.rules.grouped_cases import DIP, cases, rated, unknown_groups
from models.rules.kind import EXPOSURE_SCHEMA, Card, RuleInputs, exposures, hits, sentence, stat_month
from models.rules.records import each_gap, no_hits, nothing_of, ratio, ready

NAME, VERSION = "case_standard", "1.0"
STANDARD, CLASS = "standard", "class"
BY_ITEM = "1"
CASES = "drg_setl_d"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Cases whose standard or class differs; params: mode (standard | class), tolerance, min_agreement, min_cases;
    borders, dip_border, low_borders for the class.
    """
    found = no_hits(inputs)
    for card in ready(inputs, cards):
        rows = (_misclassed if card.params["mode"] == CLASS else _overstated)(inputs, card)
        named = rows.withColumns(
            {"detector_id": F.lit(card.detector_id), "area": F.lit(card.area), "violation_cnt": F.lit(1)}
        )
        found = found.unionByName(hits(named, table=CASES, key="setl_id", cnt=None))
    return found


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Cases that can be judged."""
    counted = nothing_of(inputs, EXPOSURE_SCHEMA)
    for card in ready(inputs, cards):
        rows = _classed(inputs, card) if card.params["mode"] == CLASS else _computed(inputs, card)
        named = rows.withColumns({"detector_id": F.lit(card.detector_id), "stat_month": stat_month()})
        counted = counted.unionByName(exposures(named))
    return counted


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions without a case that can be judged: `group_values_unknown` or, where most of the area's standards
    follow another formula, `standard_by_another_formula`.
    """
    return each_gap(inputs, cards, lambda given, card: (_unclassed if _is_class(card) else _uncomputed)(given, card))


def _is_class(card: Card) -> bool:
    return bool(card.params["mode"] == CLASS)


def _factors(inputs: RuleInputs, card: Card) -> DataFrame:
    """Cases with every factor of the formula: `points` (the area's usual ones of the group), `computed`, `agrees`."""
    return inputs.kept(f"case-standards-{card.detector_id}", lambda: _multiplied(inputs, card))


def _multiplied(inputs: RuleInputs, card: Card) -> DataFrame:
    own = F.when(F.lower("paymtd") == DIP, F.coalesce("base_points", "rw")).otherwise(F.col("base_points"))
    known = cases(inputs).withColumn("own_points", own)
    complete = known.where(
        (F.col("std_fee") > 0) & (F.col("own_points") > 0) & (F.col("hosp_coef") > 0) & (F.col("point_value") > 0)
    )
    joined = complete.join(F.broadcast(_usual_points(complete, card)), ["paymtd", "group_code"], "left")
    points = F.coalesce("usual_points", "own_points").cast("double")
    factors = points * F.col("hosp_coef").cast("double") * F.coalesce("adj_coef", F.lit(1)).cast("double")
    computed = joined.withColumn("computed", factors * F.col("point_value").cast("double"))
    near = F.abs(F.col("std_fee").cast("double") / F.col("computed") - 1.0) <= float(card.params["tolerance"])
    return computed.withColumn("agrees", near)


def _usual_points(complete: DataFrame, card: Card) -> DataFrame:
    """paymtd, group_code, usual_points: the points that nearly all of the area's cases of the group have."""
    by = ["paymtd", "group_code"]
    counted = complete.groupBy(*by, "own_points").agg(F.count(F.lit(1)).alias("_n"))
    told = counted.groupBy(*by).agg(
        F.max(F.struct("_n", "own_points")).alias("_top"), F.sum("_n").alias("_all")
    )  # fmt: skip
    clear = ratio(F.col("_top._n"), F.col("_all")) >= float(card.params["min_agreement"])
    enough = F.col("_all") >= int(card.params["min_cases"])
    return told.where(clear & enough).select(*by, F.col("_top.own_points").alias("usual_points"))


def _computed(inputs: RuleInputs, card: Card) -> DataFrame:
    """The cases of ways of payment in which nearly all standards follow the formula."""
    known = _factors(inputs, card)
    follows = known.groupBy("paymtd").agg(F.avg(F.col("agrees").cast("double")).alias("_share"))
    kept = follows.where(F.col("_share") >= float(card.params["min_agreement"])).select("paymtd")
    return known.join(F.broadcast(kept), "paymtd", "left_semi")


def _uncomputed(inputs: RuleInputs, card: Card) -> DataFrame:
    judged = _computed(inputs, card).select("fixmedins_code").distinct()
    told = _factors(inputs, card).select("fixmedins_code", F.lit("standard_by_another_formula").alias("formula"))
    silent = cases(inputs).select("fixmedins_code").distinct().join(judged, "fixmedins_code", "left_anti")
    named = silent.join(told.distinct(), "fixmedins_code", "left")
    return named.select("fixmedins_code", F.coalesce("formula", F.lit("group_values_unknown")).alias("reason_code"))


def _overstated(inputs: RuleInputs, card: Card) -> DataFrame:
    above = F.col("std_fee").cast("double") - F.col("computed")
    words = {"g": F.col("group_code"), "s": F.col("std_fee"), "c": F.round("computed", 2)}
    return (
        _computed(inputs, card)
        .where(~F.col("agrees") & (above > 0))
        .withColumns(
            {
                "violation_amount": to_cent(above),
                "note_zh": sentence("病组{g}支付标准{s}元, 按点数、系数、点值计算为{c}元", **words),
                "note_en": sentence(
                    "group {g}: standard of {s} yuan, {c} from points, coefficients and value", **words
                ),
            }
        )
    )


def _classed(inputs: RuleInputs, card: Card) -> DataFrame:
    return rated(inputs, card).where(F.col("hi_paymtd").isNotNull())


def _unclassed(inputs: RuleInputs, card: Card) -> DataFrame:
    told = _classed(inputs, card).select("fixmedins_code").distinct()
    silent = cases(inputs).select("fixmedins_code").distinct().join(told, "fixmedins_code", "left_anti")
    known = unknown_groups(inputs, card).withColumnRenamed("reason_code", "group")
    named = silent.join(known, "fixmedins_code", "left")
    return named.select("fixmedins_code", F.coalesce("group", F.lit("payment_mode_unknown")).alias("reason_code"))


def _misclassed(inputs: RuleInputs, card: Card) -> DataFrame:
    inside = (F.col("times") >= F.col("low_border")) & (F.col("times") < F.col("border"))
    kept = F.greatest(F.col("cost") - F.col("std_fee").cast("double"), F.lit(0.0)) / F.col("cost")
    words = {"g": F.col("group_code"), "t": F.round("times", 2), "l": F.col("low_border"), "b": F.col("border")}
    return (
        _classed(inputs, card)
        .where((F.col("hi_paymtd") == BY_ITEM) & inside)
        .withColumns(
            {
                "violation_amount": of_line(kept),
                "note_zh": sentence("病组{g}费用为组均{t}倍, 在{l}至{b}倍之间, 应按病种付费却按项目结算", **words),
                "note_en": sentence(
                    "group {g}: cost {t} times its mean, between {l} and {b}: a case price is due, paid by item",
                    **words,
                ),
            }
        )
    )
