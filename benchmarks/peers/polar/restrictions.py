"""Single lines against who, where and how many, in Polars: sex, age, kind of visit, level, quantity.

Reads: lines beside the points whose item they are (points.sided).
Grain: detector_id, bkkp_sn, violation_amount in yuan.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from benchmarks.peers.polar.points import pattern_of, share_of, whole
from models.rules.kind import Card


def restricted(item: pl.DataFrame, _: pl.DataFrame, cards: Sequence[Card]) -> pl.DataFrame:
    """Sex, age, kind of visit, level of the institution: single lines disputed whole."""
    limit, unit = pl.col("limit_value"), pl.col("limit_unit")
    age = ((unit == "years_below") & (pl.col("age") >= limit)) | ((unit == "years_from") & (pl.col("age") < limit))
    sex = pl.col("gend").is_in(["1", "2"]) & (pl.col("gend") != limit.cast(pl.Int32).cast(pl.String))
    wrong = pl.lit(False)
    for card in cards:
        if card.kind == "restricted_visit_type":
            outside = ~pl.col("med_type").str.contains(pattern_of(card.params["visit_types"]))
            wrong = wrong | ((pl.col("detector_id") == card.detector_id) & outside.fill_null(False))
        elif card.kind == "restricted_institution_level":
            below = (pl.col("fixmedins_type") != "2") & (_level(card) < limit)
            wrong = wrong | ((pl.col("detector_id") == card.detector_id) & below.fill_null(False))
    kind = pl.col("kind")
    holds = wrong | ((kind == "restricted_sex") & sex) | ((kind == "restricted_age") & age)
    return whole(item.filter("meant", holds.fill_null(False)).unique(["detector_id", "bkkp_sn"]))


def _level(card: Card) -> pl.Expr:
    level = pl.lit(None, pl.Int32)
    for value, codes in card.params["levels"].items():
        known = pl.col("hosp_lv").is_in([str(code) for code in codes])
        if int(value) == 0:
            known = known & (pl.col("aprv_bed_cnt") < card.params["large_from_beds"]).fill_null(True)
        level = pl.when(known.fill_null(False)).then(pl.lit(int(value))).otherwise(level)
    return level


def quantity_per_line(item: pl.DataFrame, _: pl.DataFrame, _cards: Sequence[Card]) -> pl.DataFrame:
    """Units above what one line can hold."""
    found = item.filter("meant", pl.col("net_cnt") > pl.col("limit_value"))
    return found.select(
        "detector_id", "bkkp_sn", share_of(pl.col("net_cnt") - pl.col("limit_value"), pl.col("net_cnt"))
    )
