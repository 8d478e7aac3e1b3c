"""features/peer_group: the peers each institution is compared with in the period.

Reads: features.provider_month, validated.fixmedins_b.
Grain: one row per institution that has visits in the period.
Why: shown beside every case; a single indicator may have to widen further where few peers can be judged on it.
"""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.catalogue import derived
from models import peers


def build(provider_month: DataFrame, institutions: DataFrame, minimum: int = peers.MIN_PEERS) -> DataFrame:
    """The closest rung of the ladder with enough peers; without one, the widest rung and its true size."""
    volume = provider_month.groupBy("fixmedins_code").agg(F.sum("visits").alias("volume"))
    told = peers.attributes(institutions, volume)
    active = told.join(volume.select("fixmedins_code"), "fixmedins_code", "left_semi")
    rungs = peers.ladder(active)
    counted = rungs.withColumn("peers", F.count(F.lit(1)).over(Window.partitionBy("group_key")) - 1)
    order = Window.partitionBy("fixmedins_code").orderBy((F.col("peers") < minimum).cast("int"), "_preference")
    # Enough peers: the closest rung. Not enough anywhere: the widest.
    preference = F.when(F.col("peers") >= minimum, F.col("rung")).otherwise(-F.col("rung"))
    best = counted.withColumn("_preference", preference).withColumn("_n", F.row_number().over(order))
    chosen = best.where(F.col("_n") == 1).join(told.select("fixmedins_code", "size"), "fixmedins_code")
    return chosen.select(
        "fixmedins_code",
        F.col("group_text").alias("peer_group"),
        F.col("peers").cast("int").alias("peer_size"),
        F.col("rung").cast("int").alias("fallback_level"),
        F.col("size").alias("size_band"),
    ).select(*derived("features", "peer_group").names)
