"""Kinds that meet knowledge points, in Polars: pairs, caps, intervals, add-ons, restrictions.

Reads: lines that stand (claims); cards and resolved points (benchmarks.peers.knowledge).
Grain: detector_id, bkkp_sn, violation_amount in yuan.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from models.rules.kind import Card

PERSON = ["detector_id", "point_id", "fixmedins_code", "psn_no"]
HOURS = {"hour": 3600, "6 hours": 21600}
RESULT = ("detector_id", "bkkp_sn", "violation_amount")


def money(value: pl.Expr) -> pl.Expr:
    """Yuan to the cent; half a cent goes up, also where floating numbers leave it a hair below."""
    return (value + 1e-7).round(2, mode="half_away_from_zero").alias("violation_amount")


def whole(frame: pl.DataFrame) -> pl.DataFrame:
    """The lines with their whole in-scope amount."""
    return frame.select("detector_id", "bkkp_sn", money(pl.col("net_inscp")))


def share_of(excess: pl.Expr, quantity: pl.Expr) -> pl.Expr:
    """The in-scope amount of the units in excess."""
    return money(pl.col("net_inscp") * (excess.clip(0) / quantity).clip(0, 1))


def above(frame: pl.DataFrame, keys: Sequence[str], allowed: pl.Expr) -> pl.DataFrame:
    """Lines with units above the allowed ones of their keys, the latest units first; amounts of those units."""
    running = pl.col("net_cnt").cum_sum().over(keys, order_by=["fee_ocur_time", "bkkp_sn"])
    excess = pl.min_horizontal("net_cnt", (running - allowed).round(4).clip(0)).alias("excess")
    over = frame.with_columns(excess).filter(pl.col("excess") > 0)
    return over.select("detector_id", "bkkp_sn", share_of(pl.col("excess"), pl.col("net_cnt")))


def sided(line: pl.DataFrame, points: pl.DataFrame, cards: Sequence[Card]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines beside the points whose item they are, and beside those whose other item they are; with `meant`."""
    kinds = pl.DataFrame({"detector_id": [c.detector_id for c in cards], "kind": [c.kind for c in cards]})
    sides = []
    for side in ("item", "other"):
        kept = [name for name in points.columns if name not in ("item_code", "item_name", "other_code", "other_name")]
        own = points.drop_nulls(f"{side}_code").select(*kept, code=f"{side}_code", meant_name=f"{side}_name").unique()
        met = line.join(own.join(kinds, "detector_id"), "code", suffix="_p")
        held = met.filter(
            pl.col("meant_name").is_null() | (pl.col("meant_name") == pl.col("hilist_name")),
            (pl.col("fee_date") >= pl.col("effective_from")).fill_null(True),
            (pl.col("fee_date") <= pl.col("effective_to")).fill_null(True),
            in_region(points),
        )
        sides.append(held.with_columns((~left_out(cards)).alias("meant")))
    return sides[0], sides[1]


def in_region(points: pl.DataFrame) -> pl.Expr:
    """The point holds where the institution lies."""
    holds = pl.lit(False)
    for region in points["region"].drop_nulls().unique().sort():
        first, *others = region.split("-")
        place = pl.col("fix_blng_admdvs").fill_null("")
        prefix = first.removesuffix("0000") if first.endswith("0000") else first.removesuffix("00")
        inside = pl.lit(True) if first == "000000" else place.str.starts_with(prefix)
        for other in others:
            inside = inside & ~place.str.starts_with(other)
        holds = holds | ((pl.col("region") == region) & inside)
    return holds


def left_out(cards: Sequence[Card]) -> pl.Expr:
    """An exception of the card leaves the line out."""
    out = pl.lit(False)
    for name, columns in _EXCEPTIONS.items():
        patterns: dict[str, list[str]] = {}
        for card in cards:
            if name in card.params:
                patterns.setdefault(pattern_of(card.params[name]), []).append(card.detector_id)
        for pattern, ids in patterns.items():
            hits = [pl.col(column).str.contains(pattern).fill_null(name == "only_visit_types") for column in columns]
            found = pl.any_horizontal(*hits)
            wrong = ~found if name == "only_visit_types" else found
            out = out | (pl.col("detector_id").is_in(ids) & wrong)
    return out


_EXCEPTIONS = {
    "skip_departments": ("acord_dept_codg", "bilg_dept_codg", "adm_dept_codg"),
    "skip_diagnoses": ("main_diag",),
    "skip_visit_types": ("med_type",),
    "only_visit_types": ("med_type",),
}


def pattern_of(value: str | Sequence[str]) -> str:
    """A pattern as the card gives it, or one for beginnings."""
    return value if isinstance(value, str) else "^(" + "|".join(value) + ")"


def param(cards: Sequence[Card], name: str, default: str | int | bool) -> pl.Expr:
    """A parameter of the card a row belongs to."""
    values = {card.detector_id: card.params.get(name, default) for card in cards}
    return pl.col("detector_id").replace_strict(values, default=default)


def bucket() -> pl.Expr:
    """The visit or the day a window speaks of."""
    day = pl.col("fee_date").cast(pl.String)
    return pl.when(pl.col("window") == "visit").then("mdtrt_id").otherwise(day).alias("bucket")


_OF_MAIN = ("bkkp_sn", "code", "hilist_name", "net_inscp", "net_cnt", "fee_ocur_time", "timed")


def _met(subs: pl.DataFrame, mains: pl.DataFrame, cards: Sequence[Card]) -> pl.DataFrame:
    """Sub lines beside every main line that counts against them."""
    timed = pl.col("fee_ocur_time").dt.time() != pl.time(0)
    day = pl.col("fee_date")
    around = pl.concat_list([day.dt.offset_by(f"{n}d").cast(pl.String) for n in (-1, 0, 1)])
    spread = pl.when(pl.col("window").is_in(list(HOURS))).then(around).otherwise(pl.concat_list(bucket()))
    main = mains.with_columns(spread.alias("bucket"), timed.alias("timed")).explode("bucket").select(
        *PERSON, "bucket", *[pl.col(name).alias(f"m_{name}") for name in _OF_MAIN]
    )  # fmt: skip
    pairs = subs.with_columns(bucket(), timed.alias("timed")).join(main, [*PERSON, "bucket"])
    apart = (pl.col("m_fee_ocur_time") - pl.col("fee_ocur_time")).dt.total_seconds().abs()
    near = pl.lit(True)
    for window, seconds in HOURS.items():
        near = near & ((pl.col("window") != window) | (pl.col("timed") & pl.col("m_timed") & (apart <= seconds)))
    other = (pl.col("m_code") != pl.col("code")) | (pl.col("m_hilist_name") != pl.col("hilist_name"))
    earlier = (pl.col("m_fee_ocur_time") < pl.col("fee_ocur_time")) | (
        (pl.col("m_fee_ocur_time") == pl.col("fee_ocur_time")) & (pl.col("m_bkkp_sn") < pl.col("bkkp_sn"))
    )
    dearer = (pl.col("m_net_inscp") > pl.col("net_inscp")) | ((pl.col("m_net_inscp") == pl.col("net_inscp")) & earlier)
    cheaper = pl.col("mutual").fill_null(False) | (param(cards, "dispute", "other") == "cheaper")
    kept = (pl.col("m_bkkp_sn") != pl.col("bkkp_sn")) & other & near & (~cheaper | dearer)
    return pairs.with_columns(apart.alias("apart")).filter(kept)


def duplicate_pair(item: pl.DataFrame, other: pl.DataFrame, cards: Sequence[Card]) -> pl.DataFrame:
    """The sub item beside its main item."""
    return whole(_met(other.filter("meant"), item, cards).unique(["detector_id", "bkkp_sn"]))


def panel_members(item: pl.DataFrame, other: pl.DataFrame, cards: Sequence[Card]) -> pl.DataFrame:
    """As many members as panels of the day, those nearest in time."""
    pairs = _met(other.filter("meant"), item, cards)
    each = pairs.group_by(*PERSON, "bucket", "bkkp_sn", "med_list_codg", "fee_ocur_time", "net_cnt", "net_inscp").agg(
        pl.col("m_net_cnt").sum().alias("panels"), pl.col("apart").min()
    )
    keys = [*PERSON, "bucket", "med_list_codg"]
    before = pl.col("net_cnt").cum_sum().over(keys, order_by=["apart", "fee_ocur_time", "bkkp_sn"]) - pl.col("net_cnt")
    units = pl.min_horizontal("net_cnt", (pl.col("panels") - before).clip(0)).alias("units")
    return each.with_columns(units).select("detector_id", "bkkp_sn", share_of(pl.col("units"), pl.col("net_cnt")))


def interval_per_person(item: pl.DataFrame, _: pl.DataFrame, cards: Sequence[Card]) -> pl.DataFrame:
    """The same item again too soon."""
    same = pl.when(pl.col("group_id").fill_null("") == "").then("point_id").otherwise("group_id").alias("item")
    found = item.filter("meant").with_columns(same)
    parts = []
    for card in cards:
        mine = found.filter(pl.col("detector_id") == card.detector_id).sort("fee_ocur_time", "bkkp_sn")
        earlier = pl.col("fee_date", "fixmedins_code", "dscg_way").shift(int(card.params.get("events", 1)))
        parts.append(mine.with_columns(earlier.over("psn_no", "item").name.prefix("e_")))
    ordered = pl.concat(parts)
    moved = (pl.col("e_fixmedins_code") != pl.col("fixmedins_code")) & pl.col("e_dscg_way").is_in(["2", "3"]).fill_null(
        False
    )
    soon = (pl.col("fee_date") - pl.col("e_fee_date")).dt.total_days() < pl.col("limit_value")
    return whole(ordered.filter(soon, ~moved))


def addon_over_main(item: pl.DataFrame, other: pl.DataFrame, cards: Sequence[Card]) -> pl.DataFrame:
    """Add-ons beyond their main exams of the day."""
    mains = other.group_by(*PERSON, "fee_date").agg(pl.col("net_cnt").sum().alias("mains"))
    met = item.filter("meant").join(mains, [*PERSON, "fee_date"], how="left")
    reach = max(int(card.params.get("main_within_days", 1)) for card in cards)
    near = pl.concat(
        [mains.select(*PERSON, pl.col("fee_date").dt.offset_by(f"{n}d"), near=pl.lit(abs(n)))
         for n in range(-reach, reach + 1) if n]
    ).group_by(*PERSON, "fee_date").agg(pl.col("near").min())  # fmt: skip
    met = met.join(near, [*PERSON, "fee_date"], how="left")
    excused = (pl.col("near") <= param(cards, "main_within_days", 1)).fill_null(False) | ~param(
        cards, "without_main", True
    )
    open_ = met.filter(~(pl.col("mains").is_null() & excused))
    return above(open_, [*PERSON, "fee_date"], pl.col("limit_value").fill_null(1) * pl.col("mains").fill_null(0))
