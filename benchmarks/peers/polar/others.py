"""Kinds that need no knowledge points, in Polars: persons after death or in bed elsewhere, stays, supplies, reports.

Reads: lines that stand, stays, registers and a few landed tables.
Grain: detector_id, bkkp_sn, violation_amount in yuan. One function per kind, called once per card.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from benchmarks.peers.polar.claims import Frames, Landing, tidy
from benchmarks.peers.polar.points import money, share_of
from models.rules.kind import Card

BED_DAYS = ["01", "02", "07"]  # bed, daily consultation, nursing
EXAMS = ["03", "04"]
SHOP = (pl.col("fixmedins_type") == "2").fill_null(False)


@dataclass(frozen=True)
class Known:
    """What a kind may read."""

    landing: Landing
    frames: Frames

    @property
    def line(self) -> pl.DataFrame:
        """Lines that stand."""
        return self.frames["line"]

    @property
    def stay(self) -> pl.DataFrame:
        """Closed and paid in-patient stays."""
        return self.frames["stay"]


def days_between(later: str, earlier: str) -> pl.Expr:
    """Whole days from the earlier to the later date."""
    return (pl.col(later) - pl.col(earlier)).dt.total_days()


def _at(where: str) -> pl.Expr:
    places = {"pharmacy": SHOP, "inpatient": pl.col("inpatient"), "outpatient": ~pl.col("inpatient") & ~SHOP}
    return places.get(where, pl.lit(True))


def disputed(frame: pl.DataFrame, card: Card) -> pl.DataFrame:
    """The lines with their whole in-scope amount."""
    return frame.select(pl.lit(card.detector_id).alias("detector_id"), "bkkp_sn", money(pl.col("net_inscp")))


def after_death(known: Known, card: Card) -> pl.DataFrame:
    """Lines after death, of persons not served everywhere."""
    both = pl.concat([known.frames[name].select("psn_no", "die_date") for name in ("person", "visit")])
    died = both.drop_nulls("die_date").group_by("psn_no").agg(pl.col("die_date").max())
    begun = (pl.col("visit_begin") <= pl.col("die_date")).fill_null(False)
    grace = pl.when(begun).then(card.params["stay_grace_days"]).otherwise(card.params["grace_days"])
    late = known.line.join(died, "psn_no").filter(days_between("fee_date", "die_date") > grace)
    few = late.group_by("psn_no").agg(pl.col("fixmedins_code").n_unique())
    dead = few.filter(pl.col("fixmedins_code") <= card.params["max_institutions"])
    return disputed(late.filter(_at(str(card.params["where"]))).join(dead, "psn_no", how="semi"), card)


def _elsewhere(known: Known, lines: pl.DataFrame, longest: int) -> pl.DataFrame:
    """Lines on full days of a stay at another institution, with `stay_id`."""
    stay = known.stay.filter(days_between("stay_end", "stay_begin").is_between(2, longest)).select(
        "psn_no", "stay_begin", "stay_end", stay_id="mdtrt_id", stay_at="fixmedins_code"
    )
    inside = (pl.col("fee_date") > pl.col("stay_begin")) & (pl.col("fee_date") < pl.col("stay_end"))
    return lines.join(stay, "psn_no").filter(inside, pl.col("stay_at") != pl.col("fixmedins_code"))


def bought_while_inpatient(known: Known, card: Card) -> pl.DataFrame:
    """Lines strictly inside a stay elsewhere."""
    lines = known.line.filter(_at(str(card.params["where"])))
    if "domains" in card.params:
        lines = lines.filter(pl.col("domain").is_in(card.params["domains"]))
    return disputed(_elsewhere(known, lines, int(card.params["longest_stay"])).unique("bkkp_sn"), card)


def absent_from_bed(known: Known, card: Card) -> pl.DataFrame:
    """Bed-day lines of days on which the person was treated elsewhere."""
    seen = known.line.filter(~pl.col("inpatient"), pl.col("domain").is_in(card.params["domains"]))
    days = _elsewhere(known, seen, int(card.params["longest_stay"])).select("fee_date", mdtrt_id="stay_id").unique()
    often = days.filter(pl.len().over("mdtrt_id") >= card.params["min_days"])
    beds = known.line.filter("inpatient", pl.col("med_chrgitm_type").is_in(BED_DAYS))
    return disputed(beds.join(often, ["mdtrt_id", "fee_date"], how="semi"), card)


def overlapping_stays(known: Known, card: Card) -> pl.DataFrame:
    """Lines of the full days of two stays at once."""
    short = known.stay.filter(days_between("stay_end", "stay_begin") <= card.params["longest_stay"])
    pairs = short.join(short.select("psn_no", "fixmedins_code", "stay_begin", "stay_end"), "psn_no", suffix="_o")
    common = pairs.filter(pl.col("fixmedins_code") != pl.col("fixmedins_code_o")).select(
        "mdtrt_id",
        from_day=pl.max_horizontal("stay_begin", "stay_begin_o").dt.offset_by("1d"),
        to_day=pl.min_horizontal("stay_end", "stay_end_o").dt.offset_by("-1d"),
    )
    long = common.filter(days_between("to_day", "from_day") + 1 >= card.params["min_days"])
    beds = known.line.filter("inpatient").join(long, "mdtrt_id")
    inside = beds.filter(pl.col("fee_date").is_between("from_day", "to_day"))
    return disputed(inside.unique("bkkp_sn"), card)


def rx_without_prescription(known: Known, card: Card) -> pl.DataFrame:
    """Prescription drugs without a number, in months in which numbers were sent."""
    sold = known.landing.scan("sel_d").with_columns(tidy("rxno")).drop_nulls(["rxno", "setl_id"])
    numbered = sold.select("setl_id", "med_list_codg", sold_on=pl.lit(True)).unique().collect()
    lines = known.line.filter(SHOP, pl.col("rx_flag") == 1).join(numbered, ["setl_id", "med_list_codg"], how="left")
    told = pl.col("rx_drord_no").is_not_null() | pl.col("sold_on").fill_null(False)
    share = told.mean().over("fixmedins_code", pl.col("fee_date").dt.truncate("1mo"))
    return disputed(lines.filter(~told, share >= card.params["min_month_share"]), card)


def over_supply(known: Known, card: Card) -> pl.DataFrame:
    """Purchases that lift the stock at home above the limit."""
    lines = known.line.filter(
        ~pl.col("inpatient"), pl.col("code") != "", pl.col("domain").is_in(card.params["domains"]),
        pl.col("prd_days").is_between(1, card.params["longest_supply"]),
    ).with_columns(pl.col("code").str.head(card.params["generic_chars"]).alias("generic"))  # fmt: skip
    keys = ["psn_no", "generic", "mdtrt_id", "fee_date"]
    bought = lines.group_by(keys).agg(
        pl.col("prd_days").max().cast(pl.Int64).alias("supply"), pl.col("fee_ocur_time").min().alias("moment")
    )
    drug, order = ["psn_no", "generic"], ["fee_date", "moment", "mdtrt_id"]
    day = pl.col("fee_date").cast(pl.Int32).cast(pl.Int64)
    running = bought.sort(order).with_columns(pl.col("supply").cum_sum().over(drug).alias("supplied"), day.alias("day"))
    start = (pl.col("day") - pl.col("supplied") + pl.col("supply")).cum_max().over(drug)
    in_hand = pl.col("supplied") + start - pl.col("day")
    excess = pl.min_horizontal("supply", in_hand - card.params["max_days_in_hand"]).alias("excess")
    beyond = running.with_columns(excess).filter(pl.col("excess") > 0)
    met = lines.join(beyond.select(*keys, "supply", "excess"), keys)
    told = met.with_columns(pl.lit(card.detector_id).alias("detector_id"))
    return told.select("detector_id", "bkkp_sn", share_of(pl.col("excess"), pl.col("supply")))


def outside_contract(known: Known, card: Card) -> pl.DataFrame:
    """Lines inside a suspension."""
    pauses = (
        known.landing.scan("fixmedins_paus_d").select("fixmedins_code", since="begntime", until="endtime").collect()
    )
    met = known.line.filter(_at(str(card.params["where"]))).join(pauses, "fixmedins_code")
    inside = (pl.col("fee_date") > pl.col("since")) & (pl.col("fee_date") < pl.col("until")).fill_null(True)
    before = pl.col("inpatient") & (pl.coalesce("visit_begin", "fee_date") <= pl.col("since"))
    return disputed(met.filter(inside, ~before).unique("bkkp_sn"), card)
