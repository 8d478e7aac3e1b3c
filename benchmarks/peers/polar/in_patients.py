"""Kinds about in-patient stays, in Polars: nothing but examinations, nothing but a bed, more persons than beds.

Reads: lines that stand, stays, institutions.
Grain: detector_id, bkkp_sn, violation_amount in yuan. One function per kind, called once per card.
"""

from __future__ import annotations

import polars as pl

from benchmarks.peers.polar.others import BED_DAYS, EXAMS, Known, days_between, disputed
from benchmarks.peers.polar.points import share_of
from models.rules.kind import Card


def skipped(column: str, card: Card) -> pl.Expr:
    """The diagnosis is one the card leaves out."""
    return pl.col(column).str.contains(str(card.params["skip_diagnoses"])).fill_null(False)


def exam_only_stay(known: Known, card: Card) -> pl.DataFrame:
    """Short stays that hold examinations and next to nothing else."""
    regular = pl.col("dscg_way").fill_null("1") == "1"
    lines = known.line.filter(
        "inpatient", pl.col("setl_id").is_not_null(), regular, ~skipped("main_diag", card),
        days_between("visit_end", "visit_begin") <= card.params["longest_stay"],
    )  # fmt: skip
    charge, amount = pl.col("med_chrgitm_type"), pl.col("net_inscp")
    sums = lines.group_by("mdtrt_id").agg(
        amount.filter(charge.is_in(EXAMS)).sum().round(2).alias("exams"),
        amount.filter(~charge.is_in(BED_DAYS)).sum().round(2).alias("all"),
        (charge == "06").any().alias("operated"),
    )
    idle = sums.filter(
        pl.col("all") > 0, pl.col("exams") / pl.col("all") >= card.params["min_exam_share"],
        pl.col("exams") >= card.params["min_exam_yuan"], ~pl.col("operated"),
    )  # fmt: skip
    return disputed(lines.join(idle, "mdtrt_id", how="semi"), card)


def idle_stay(known: Known, card: Card) -> pl.DataFrame:
    """Bed-day lines of days that hold nothing else, in stays with many of them."""
    lines = known.line.filter(
        "inpatient", pl.col("setl_id").is_not_null(), pl.col("fee_date") > pl.col("visit_begin"),
        pl.col("fee_date") < pl.col("visit_end"), ~skipped("main_diag", card),
        days_between("visit_end", "visit_begin") <= card.params["longest_stay"],
    )  # fmt: skip
    active = (~pl.col("med_chrgitm_type").is_in(BED_DAYS)).any().cast(pl.Int32).alias("active")
    days = lines.group_by("fixmedins_code", "mdtrt_id", "fee_date").agg(
        active, (days_between("visit_end", "visit_begin") - 1).first().alias("full")
    )
    habit = days.group_by("fixmedins_code").agg((1 - pl.col("active")).mean().alias("empty")).filter(
        pl.col("empty") > card.params["batch_share"]
    )  # fmt: skip
    judged = days.join(habit, "fixmedins_code", how="anti")
    sums = judged.group_by("mdtrt_id").agg(
        pl.col("active").sum(), (1 - pl.col("active")).sum().alias("idle"), pl.col("full").max()
    )
    told = (pl.col("active") == 0) | (pl.col("active") >= card.params["min_active_days"])
    idle = sums.filter(
        told, pl.col("idle") >= card.params["min_idle_days"],
        pl.col("idle") / pl.col("full") >= card.params["min_idle_share"],
    )  # fmt: skip
    empty = judged.filter(pl.col("active") == 0).join(idle, "mdtrt_id", how="semi")
    beds = lines.filter(pl.col("med_chrgitm_type").is_in(BED_DAYS))
    return disputed(beds.join(empty, ["mdtrt_id", "fee_date"], how="semi"), card)


def census_over_beds(known: Known, card: Card) -> pl.DataFrame:
    """Bed-day lines of days with far more persons than beds."""
    lying = known.stay.filter(
        days_between("stay_end", "stay_begin").is_between(1, card.params["longest_stay"]), ~skipped("stay_diag", card)
    )
    days = pl.date_ranges("stay_begin", pl.col("stay_end").dt.offset_by("-1d")).alias("fee_date")
    census = lying.with_columns(days).explode("fee_date").group_by("fixmedins_code", "fee_date").agg(
        pl.col("psn_no").n_unique().alias("persons")
    )  # fmt: skip
    beds = known.frames["institution"].filter(pl.col("aprv_bed_cnt") > 0).select("fixmedins_code", beds="aprv_bed_cnt")
    full = census.join(beds, "fixmedins_code").with_columns(
        (pl.col("beds") * float(card.params["tolerance"])).alias("allowed")
    ).filter(pl.col("persons") > pl.col("allowed"))  # fmt: skip
    often = full.filter(pl.len().over("fixmedins_code") >= card.params["min_days"])
    lines = known.line.filter("inpatient", pl.col("med_chrgitm_type").is_in(BED_DAYS))
    met = lines.join(often, ["fixmedins_code", "fee_date"]).with_columns(pl.lit(card.detector_id).alias("detector_id"))
    excess = pl.col("net_cnt") * ((pl.col("persons") - pl.col("beds")) / pl.col("persons"))
    return met.select("detector_id", "bkkp_sn", share_of(excess, pl.col("net_cnt")))
