"""Landed registers, visits and settlements: typed, tidied, repeated keys and orphans left out, refunds netted.

Reads: landing Parquet in the contract's own types.
Grain: `visit`, `bill` – one row that may be used; `stay` – one closed in-patient stay that was paid for.
Why: every kind starts from the same lines; amounts (yuan) and quantities are floats, rounded where they are added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from knowledge import dictionaries

LONGEST_CHAIN = 4
TOLERANCE = 0.02  # yuan left at most of a bill refunded in full
INPATIENT = "^(2[1-7]|52)"
Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Landing:
    """Files of the landing zone and the months asked for."""

    files: Mapping[str, list[Path]]
    months: tuple[str, str]

    def scan(self, name: str) -> pl.LazyFrame:
        """A landed table with its rows numbered in the order of files; empty texts are null."""
        return pl.scan_parquet(self.files[name], row_index_name="row")


def tidy(name: str) -> pl.Expr:
    """Text without blanks around it; null when nothing is left."""
    text = pl.col(name).str.strip_chars(" \t")
    return pl.when(text != "").then(text).alias(name)


def sane(name: str) -> pl.Expr:
    """The year of a date can be one."""
    return pl.col(name).dt.year().is_between(1900, 2100).fill_null(False)


def number(name: str) -> pl.Expr:
    """A decimal as a float."""
    return pl.col(name).cast(pl.Float64)


def codes(name: str) -> list[str]:
    """Values of a national dictionary."""
    return sorted(dictionaries.with_local({})[name])


def registers(landing: Landing) -> Frames:
    """Institutions and persons, each the first of its key."""
    places = landing.scan("fixmedins_b").with_columns(tidy("fixmedins_code")).drop_nulls("fixmedins_code")
    people = landing.scan("psn_info_b").with_columns(tidy("psn_no")).drop_nulls("psn_no")
    known = people.unique("psn_no", keep="first", maintain_order=True).select("psn_no", "gend", "brdy", "die_date")
    first = places.unique("fixmedins_code", keep="first", maintain_order=True).collect()
    return {
        "landed_institution": first.select("fixmedins_code"),
        "institution": first.filter(pl.col("vali_flag") == 1),
        "person": known.collect(),
    }


def visits(landing: Landing, known: Frames) -> Frames:
    """`landed_visit` – every visit number; `visit` – those that may be used, with sex and birth of the register."""
    texts = [
        tidy(name)
        for name in ("mdtrt_id", "psn_no", "fixmedins_code", "med_type", "adm_dept_codg", "dscg_way", "chfpdr_code")
    ]
    landed = landing.scan("mdtrt_d").with_columns(*texts, tidy("dscg_maindiag_code")).drop_nulls("mdtrt_id").collect()
    open_end = pl.col("endtime").is_null() | sane("endtime") | (pl.col("endtime").dt.year() == 9999)  # noqa: PLR2004
    ordered = (pl.col("endtime").dt.date() >= pl.col("begntime").dt.date()).fill_null(True)
    good = landed.filter(
        pl.col("mdtrt_id").is_first_distinct(),
    ).filter(
        pl.col("vali_flag") == 1, pl.col("psn_no").is_not_null(), pl.col("med_type").is_not_null(), sane("begntime"),
        open_end, ordered,
    ).join(known["landed_institution"], "fixmedins_code", how="semi")  # fmt: skip
    told = good.join(known["person"].drop("die_date"), "psn_no", how="left").with_columns(
        pl.when(sane("endtime")).then("endtime").alias("endtime"),
        pl.col("med_type").str.contains(INPATIENT).alias("inpatient"),
    )
    return {"landed_visit": landed.select(pl.col("mdtrt_id").unique()), "visit": told}


def roots(rows: pl.DataFrame, key: str, original: str, amounts: Mapping[str, str]) -> pl.DataFrame:
    """Good refunds: key, root (the charge at the end of the chain) and the absolute amounts that went back."""
    refunds = rows.filter(pl.col("refund"), pl.col(original).is_not_null()).drop_nulls(list(amounts))
    tied = refunds.select(key, pl.col(original).alias("root"), *[pl.col(a).abs().alias(b) for a, b in amounts.items()])
    wanted = pl.concat([tied["root"].alias("root"), refunds[original].alias("root")]).unique()
    asked = pl.concat([wanted, refunds[key].alias("root")]).unique().to_frame()
    ends = rows.select(pl.col(key).alias("root"), pl.col("refund").alias("again"), pl.col(original).alias("next"))
    ends = ends.join(asked, "root", how="semi")
    for _ in range(LONGEST_CHAIN - 1):
        tied = tied.join(ends.filter("again"), "root", how="left").with_columns(
            pl.when(pl.col("again").fill_null(False)).then("next").otherwise("root").alias("root")
        ).select(key, "root", *amounts.values())  # fmt: skip
    return tied.join(ends.filter(~pl.col("again")), "root", how="semi")


def bills(landing: Landing, known: Frames) -> Frames:
    """`bill` – settlements with what is left of them; `visit_bill` – the one that stands for its visit."""
    texts = [tidy(name) for name in ("setl_id", "mdtrt_id", "init_setl_id", "psn_no")]
    money = ("medfee_sumamt", "inscp_amt", "fund_pay_sumamt")
    rows = landing.scan("setl_d").with_columns(*texts, *[number(name) for name in money]).drop_nulls("setl_id")
    below = [(pl.col(name) < 0).fill_null(False) for name in money]
    refund = pl.any_horizontal(*below, (pl.col("refd_setl_flag") == 1).fill_null(False))
    first = rows.collect().filter(pl.col("setl_id").is_first_distinct()).filter(pl.col("vali_flag") == 1)
    first = first.with_columns(refund.alias("refund"))
    tied = roots(
        first, "setl_id", "init_setl_id", {"medfee_sumamt": "fee", "inscp_amt": "inscp", "fund_pay_sumamt": "fund"}
    )
    back = tied.group_by(pl.col("root").alias("setl_id")).agg(pl.col("fee", "inscp", "fund").sum())
    good = (
        first.join(known["landed_visit"], "mdtrt_id", how="semi")
        .join(known["landed_institution"], "fixmedins_code", how="semi")
        .filter(
            *[pl.col(name).is_in(codes(name)) for name in ("gend", "insutype", "med_type")],
            *[sane(name) for name in ("brdy", "setl_time", "begndate", "enddate")],
            pl.all_horizontal(pl.col("psn_no", "insu_admdvs", "fix_blng_admdvs", "psn_pay", *money).is_not_null()),
            pl.col("enddate") >= pl.col("begndate"),
            ~pl.col("refund") | pl.col("setl_id").is_in(tied["setl_id"].implode()),
        )
        .join(back, "setl_id", how="left")
    )
    told = good.with_columns(
        *_left(), _share(), pl.when(pl.col("hi_paymtd").is_in(codes("hi_paymtd"))).then("hi_paymtd")
    )
    gone = (pl.col("net_medfee") <= TOLERANCE) & (pl.col("medfee_sumamt") > TOLERANCE)
    told = told.with_columns(gone.alias("gone"))
    shown = ("gend", "brdy", "insutype", "med_type", "hi_paymtd", "insu_admdvs")
    standing = told.sort("refund", "setl_id").group_by("mdtrt_id").agg(pl.col(*shown).first())
    return {"bill": told, "visit_bill": standing}


def _left() -> list[pl.Expr]:
    pairs = {"net_medfee": ("medfee_sumamt", "fee"), "net_inscp": ("inscp_amt", "inscp")}
    rest = {name: (pl.col(own) - pl.col(back).fill_null(0)).round(2).clip(0) for name, (own, back) in pairs.items()}
    return [pl.when("refund").then(0.0).otherwise(value).alias(name) for name, value in rest.items()]


def _share() -> pl.Expr:
    share = (pl.col("fund_pay_sumamt") / pl.col("inscp_amt")).clip(0, 1)
    return pl.when(pl.col("inscp_amt") != 0).then(share).alias("fund_share")


def stays(known: Frames) -> pl.DataFrame:
    """Closed in-patient stays that the fund paid for in the end."""
    paid = known["bill"].group_by("mdtrt_id").agg(pl.col("net_medfee").sum()).filter(pl.col("net_medfee") > 0)
    closed = known["visit"].filter("inpatient", pl.col("endtime").is_not_null()).join(paid, "mdtrt_id", how="semi")
    return closed.select(
        "mdtrt_id", "psn_no", "fixmedins_code", pl.col("begntime").dt.date().alias("stay_begin"),
        pl.col("endtime").dt.date().alias("stay_end"), pl.col("dscg_maindiag_code").alias("stay_diag"), "dscg_way",
    )  # fmt: skip
