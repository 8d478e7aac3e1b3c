"""Changes of a whole district or area: switched on together, so hardly anybody's conduct.

Reads: findings with their months, the register (districts).
"""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.benign.model import PAIR, BenignInputs, answer, limits, of_months, percent, said, share_of
from models.peers import MIN_PEERS

WIDE_RATE = 0.02  # as in the judgement of rules: two in a hundred chances is a habit


def district_jump(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Most houses of a district began in the same month, hardly any elsewhere: a mapping, price list or upload."""
    limit = limits("district_jump")
    counted = _by_district(inputs).join(_same_start(inputs), ["detector_id", "district"], "left")
    inside = share_of(F.col("hit_houses"), F.col("houses"))
    holds = (
        (F.col("hit_houses") >= limit["houses"])
        & (inside >= limit["share_inside"])
        & (F.coalesce("outside", F.lit(0.0)) <= limit["share_outside"])
        & (F.coalesce("together", F.lit(0)) >= limit["same_month"] * F.col("hit_houses"))
        & (F.col("start") > min(inputs.months))
    )
    placed = hits.join(_districts(inputs), "fixmedins_code")
    joined = placed.join(counted, ["detector_id", "district"], "left")
    zh = said("本区划", F.col("houses"), "家中", F.col("hit_houses"), "家超出，其他区划", percent(F.col("outside")))
    en = said(F.col("hit_houses"), " of ", F.col("houses"), " houses of the district, ", percent(F.col("outside")))
    return answer(
        joined,
        F.coalesce(holds, F.lit(False)),
        said(zh, "，同始于", F.col("start")),
        said(en, " elsewhere; most began in ", F.col("start")),
    )


def area_wide_habit(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """The thing is done habitually by half of all houses: then a hit is only its extreme. A few houses are no area."""
    judged = inputs.findings.where(F.col("outcome").isin("hit", "no_hit"))
    habitual = F.avg((F.col("observed") >= WIDE_RATE).cast("double"))
    shares = judged.groupBy("detector_id").agg(habitual.alias("share"), F.count(F.lit(1)).alias("houses"))
    joined = hits.join(F.broadcast(shares), "detector_id", "left")
    wide = (F.col("share") > 0.5) & (F.col("houses") > MIN_PEERS)
    zh = said("全区", percent(F.col("share")), "的机构达到2%")
    en = said(percent(F.col("share")), " of all houses reach two in a hundred")
    return answer(joined, wide, zh, en)


def _districts(inputs: BenignInputs) -> DataFrame:
    return inputs.institutions.select("fixmedins_code", F.substring("fix_blng_admdvs", 1, 6).alias("district"))


def _by_district(inputs: BenignInputs) -> DataFrame:
    """Per detector and district: houses judged, houses hit, share of hits in all other districts."""
    judged = inputs.findings.where(F.col("outcome").isin("hit", "no_hit")).join(_districts(inputs), "fixmedins_code")
    hit = (F.col("outcome") == "hit").cast("int")
    counted = judged.groupBy("detector_id", "district").agg(
        F.count(F.lit(1)).alias("houses"), F.sum(hit).alias("hit_houses")
    )
    everywhere = Window.partitionBy("detector_id")
    others = F.sum("houses").over(everywhere) - F.col("houses")
    hit_others = F.sum("hit_houses").over(everywhere) - F.col("hit_houses")
    return counted.withColumn("outside", F.when(others > 0, hit_others / others))


def _same_start(inputs: BenignInputs) -> DataFrame:
    """Per detector and district: the commonest first month of its hits, and how many began in it."""
    hits = inputs.findings.where(F.col("outcome") == "hit")
    opened = of_months(hits)
    strongest = F.max("month_value").over(Window.partitionBy(*PAIR))
    begun = F.when(F.col("family") == "rule", F.col("month_value") >= limits("district_jump")["onset"] * strongest)
    above = begun.otherwise(F.col("month_value") > F.col("peer_limit"))
    starts = (
        opened.withColumn("above", above).where(F.col("above")).groupBy(*PAIR).agg(F.min("stat_month").alias("start"))
    )
    counted = starts.join(_districts(inputs), "fixmedins_code").groupBy("detector_id", "district", "start").agg(
        F.count(F.lit(1)).alias("together")
    )  # fmt: skip
    best = F.max(F.struct("together", "start")).alias("best")
    return (
        counted.groupBy("detector_id", "district")
        .agg(best)
        .select("detector_id", "district", F.col("best.start").alias("start"), F.col("best.together").alias("together"))
    )
