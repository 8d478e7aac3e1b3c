"""A second ratio beside an indicator: both must stand out at one institution (weight and surplus).

Reads: judged values of the indicators and of their companions (one per second ratio).
Grain: one row per detector and institution; the companions' rows fall away.
Why: a high weight alone is a house for the gravely ill, and a high surplus alone a thrifty one; only the two together
are a question. The second ratio is measured on the same cases and held against the same peers as the indicator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from knowledge.frames import small_frame
from models.detectors.model import Detector

SUFFIX = "~beside"  # no declared id ends so: ids are words and digits joined by hyphens
PAIR = ["detector_id", "fixmedins_code"]


def companions(detectors: Sequence[Detector]) -> tuple[Detector, ...]:
    """For every detector with a second ratio, that ratio as a detector of its own to be measured alongside."""
    return tuple(
        replace(
            one,
            detector_id=one.detector_id + SUFFIX,
            num=one.beside.num,
            den=one.beside.den,
            direction=one.beside.direction,
            beside=None,
            thresholds={**one.thresholds, "ratio": one.beside.ratio},
        )
        for one in detectors
        if one.beside
    )


def together(judged: DataFrame, detectors: Sequence[Detector]) -> DataFrame:
    """`judged` without companions, with `beside_value` and `beside_median`; a hit stays one only where the second ratio
    stands out too, and what the second ratio could not be judged on (`unfit`, no peers) the pair cannot be either.
    """
    paired = [(one.detector_id,) for one in detectors if one.beside]
    if not paired:
        return judged
    known = small_frame(judged.sparkSession, paired, "detector_id string").withColumn("paired", F.lit(True))
    second = judged.where(F.col("detector_id").endswith(SUFFIX)).select(
        F.regexp_replace("detector_id", SUFFIX + "$", "").alias("detector_id"),
        "fixmedins_code",
        F.col("value").alias("beside_value"),
        F.col("median").alias("beside_median"),
        F.coalesce("unfit", F.when(F.col("median").isNull(), "no_peers")).alias("beside_unfit"),
        _stands_out().alias("beside_out"),
    )
    first = judged.where(~F.col("detector_id").endswith(SUFFIX))
    joined = first.join(F.broadcast(known), "detector_id", "left").join(F.broadcast(second), PAIR, "left")
    alone = F.col("paired").isNull()
    out = alone | F.coalesce("beside_out", F.lit(False))
    changed = {"hit": F.col("hit") & out, "unfit": F.coalesce("unfit", F.when(~alone, F.col("beside_unfit")))}
    return joined.withColumns(changed).drop("paired", "beside_unfit", "beside_out")


def _stands_out() -> Column:
    low = F.col("direction") == "low"
    above = (F.col("value") > F.col("usual")) & (F.col("value") >= F.col("t_ratio") * F.col("median"))
    below = (F.col("value") < F.col("usual")) & (F.col("value") * F.col("t_ratio") <= F.col("median"))
    return F.when(low, below).otherwise(above)
