"""Landed fee lines to charged lines that stand after refunds, with what visit, bill and institution tell of them.

Reads: landing Parquet; registers, visits and bills (claims).
Grain: `line` – one charged line that stands.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from benchmarks.peers import knowledge
from benchmarks.peers.polar.claims import (
    INPATIENT,
    Frames,
    Landing,
    bills,
    codes,
    number,
    registers,
    roots,
    stays,
    tidy,
    visits,
)

LINE_TEXTS = (
    "bkkp_sn", "setl_id", "mdtrt_id", "psn_no", "fixmedins_code", "med_list_codg", "hilist_name", "bilg_dept_codg",
    "acord_dept_codg", "rx_drord_no", "init_feedetl_sn", "bilg_dr_code",
)  # fmt: skip
OTHER_TEXTS = ("hilist_code", "acord_dr_code", "drug_trac_codg")


def landed_lines(landing: Landing) -> pl.DataFrame:
    """Lines as landed whose serial number is the first of its kind, with `refund`."""
    texts = (*LINE_TEXTS, *OTHER_TEXTS)
    broken = pl.any_horizontal(
        *[(pl.col(name).str.contains("\0", literal=True) | (pl.col(name).str.len_chars() > 4000)).fill_null(False)
          for name in texts]
    )  # fmt: skip
    money = ("cnt", "pric", "det_item_fee_sumamt", "inscp_amt")
    rows = landing.scan("fee_list_d").filter(~broken).select(
        *[tidy(name) for name in LINE_TEXTS], "fee_ocur_time", "med_chrgitm_type", *[number(name) for name in money],
        "rx_flag", "prd_days", "etip_flag", "vali_flag", "list_type",
    )  # fmt: skip
    kept = rows.drop_nulls("bkkp_sn").collect()
    below = pl.any_horizontal(*[(pl.col(name) < 0).fill_null(False) for name in ("cnt", *money[2:])])
    return kept.filter(pl.col("bkkp_sn").is_first_distinct()).with_columns(below.alias("refund"))


def lines(landing: Landing, landed: pl.DataFrame, known: Frames) -> pl.DataFrame:
    """Charged lines that stand after refunds, with what their visit, bill and institution tell of them."""
    valid = landed.filter(pl.col("vali_flag") == 1)
    tied = roots(valid, "bkkp_sn", "init_feedetl_sn", {"cnt": "c", "det_item_fee_sumamt": "f", "inscp_amt": "i"})
    back = tied.group_by(pl.col("root").alias("bkkp_sn")).agg(pl.col("c", "i").sum())
    needed = ("mdtrt_id", "psn_no", "hilist_name", "cnt", "pric", "det_item_fee_sumamt", "inscp_amt")
    month, (first, last) = pl.col("fee_ocur_time").dt.strftime("%Y-%m"), landing.months
    good = valid.lazy().filter(
        ~pl.col("refund"), pl.all_horizontal(pl.col(*needed).is_not_null()),
        month.is_between(pl.lit(first), pl.lit(last)), pl.col("med_chrgitm_type").is_in(codes("med_chrgitm_type")),
    )  # fmt: skip
    visit = known["visit"].lazy().select(
        "mdtrt_id", pl.col("med_type").alias("v_type"), pl.col("gend").alias("v_gend"), pl.col("brdy").alias("v_brdy"),
        pl.col("begntime").dt.date().alias("visit_begin"), pl.col("endtime").dt.date().alias("visit_end"),
        pl.col("dscg_maindiag_code").alias("main_diag"), "adm_dept_codg", "dscg_way",
    )  # fmt: skip
    own = (
        known["bill"]
        .lazy()
        .select("setl_id", "mdtrt_id", "gone", "fund_share", *[pl.col(name).alias(f"s_{name}") for name in _OF_BILL])
    )
    any_bill = known["visit_bill"].lazy().rename({name: f"a_{name}" for name in _OF_BILL})
    place = (
        known["institution"]
        .lazy()
        .select("fixmedins_code", "fix_blng_admdvs", "fixmedins_type", "hosp_lv", "aprv_bed_cnt")
    )
    joined = (
        good.join(known["landed_visit"].lazy(), "mdtrt_id", how="semi")
        .join(known["landed_institution"].lazy(), "fixmedins_code", how="semi")
        .join(back.lazy(), "bkkp_sn", how="left")
        .join(visit, "mdtrt_id", how="left")
        .join(own, ["setl_id", "mdtrt_id"], how="left")
        .join(any_bill, "mdtrt_id", how="left")
        .join(place, "fixmedins_code", how="left")
    )
    return joined.with_columns(*_derived()).filter(~pl.col("gone").fill_null(False), pl.col("net_cnt") > 0).select(
        *_KEPT
    ).collect()  # fmt: skip


_OF_BILL = ("gend", "brdy", "insutype", "med_type", "hi_paymtd", "insu_admdvs")
_KEPT = (
    "bkkp_sn", "setl_id", "mdtrt_id", "psn_no", "fixmedins_code", "fee_ocur_time", "fee_date", "med_list_codg", "code",
    "hilist_name", "med_chrgitm_type", "pric", "bilg_dept_codg", "acord_dept_codg", "adm_dept_codg", "rx_drord_no",
    "rx_flag", "prd_days", "etip_flag", "net_cnt", "net_inscp", "med_type", "gend", "age", "visit_begin", "visit_end",
    "main_diag", "dscg_way", "hi_paymtd", "fix_blng_admdvs", "fixmedins_type", "hosp_lv", "aprv_bed_cnt", "inpatient",
    "bilg_dr_code", "list_type", "fund_share", "insu_admdvs",
)  # fmt: skip


def _derived() -> list[pl.Expr]:
    day, born = pl.col("fee_ocur_time").dt.date(), pl.coalesce("s_brdy", "a_brdy", "v_brdy")
    later = (day.dt.month().cast(pl.Int32) * 100 + day.dt.day()) < (
        born.dt.month().cast(pl.Int32) * 100 + born.dt.day()
    )
    kind = pl.coalesce("v_type", "s_med_type", "a_med_type")
    return [
        day.alias("fee_date"),
        pl.col("med_list_codg").fill_null("").alias("code"),
        (pl.col("cnt") - pl.col("c").fill_null(0)).round(4).clip(0).alias("net_cnt"),
        (pl.col("inscp_amt") - pl.col("i").fill_null(0)).round(2).clip(0).alias("net_inscp"),
        kind.alias("med_type"),
        kind.str.contains(INPATIENT).fill_null(False).alias("inpatient"),
        pl.coalesce("s_gend", "a_gend", "v_gend").alias("gend"),
        pl.coalesce("s_hi_paymtd", "a_hi_paymtd").alias("hi_paymtd"),
        pl.coalesce("s_insu_admdvs", "a_insu_admdvs").alias("insu_admdvs"),
        pl.when(born <= day).then(day.dt.year() - born.dt.year() - later.cast(pl.Int32)).alias("age"),
    ]


def read(landing: Path, months: tuple[str, str]) -> tuple[Landing, Frames]:
    """Everything the kinds start from."""
    found = Landing(knowledge.landed(landing), months)
    known = registers(found)
    known |= visits(found, known)
    known |= bills(found, known)
    line = lines(found, landed_lines(found), known)
    keys = {"name": pl.col("hilist_name"), "charge": pl.col("med_chrgitm_type")}
    items = line.select("code", **keys).unique()
    domains = pl.from_arrow(knowledge.domain_table(items.rows()))
    assert isinstance(domains, pl.DataFrame)
    told = domains.select("code", hilist_name="name", med_chrgitm_type="charge", domain="domain")
    known["line"] = line.join(told, ["code", "hilist_name", "med_chrgitm_type"], how="left")
    known["stay"] = stays(known)
    return found, known
