"""How far two places lie apart, as the crow flies.

Why: who was at two places must have travelled; no road is shorter than the great circle, so what cannot be reached on
it cannot be reached at all.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

EARTH_KM = 6371.0


def kilometres(lnt: Column, lat: Column, other_lnt: Column, other_lat: Column) -> Column:
    """Great-circle distance of two positions in degrees (haversine formula), in kilometres."""
    here, there = F.radians(lat), F.radians(other_lat)
    turn = F.radians(other_lnt - lnt)
    half = F.pow(F.sin((there - here) / 2), 2) + F.cos(here) * F.cos(there) * F.pow(F.sin(turn / 2), 2)
    return F.lit(2 * EARTH_KM) * F.asin(F.sqrt(half))


def positions(register: DataFrame) -> DataFrame:
    """fixmedins_code, `_lnt`, `_lat` of the institutions whose position is registered."""
    places = register.dropDuplicates(["fixmedins_code"])
    known = places.where(F.col("lnt").isNotNull() & F.col("lat").isNotNull())
    return known.select(
        "fixmedins_code", F.col("lnt").cast("double").alias("_lnt"), F.col("lat").cast("double").alias("_lat")
    )
