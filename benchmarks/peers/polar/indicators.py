"""What an institution did in a month, in Polars: the indicators that are counted on visits, bills and reports.

Reads: lines that stand, bills, landed imaging reports.
Grain: stat_month, fixmedins_code. Stays and shares of single drugs are left to the DuckDB script.
"""

from __future__ import annotations

import polars as pl

from benchmarks.peers import knowledge
from benchmarks.peers.polar.others import Known

KEYS = ["stat_month", "fixmedins_code"]
VISIT = [*KEYS, "mdtrt_id", "psn_no", "med_type", "grp"]
SCANS = ("ct", "mr", "xray", "ultrasound", "nuclear")
FILLERS = ["", "0", "-", "--", "NA", "N/A", "NULL", "NONE", "UNKNOWN", "无", "未知", "不详", "其他", "默认医师"]
AREAS = (
    "imaging", "laboratory", "rehabilitation", "pharmacy", "dialysis", "cardiology", "orthopaedics", "inpatient",
    "consumables", "outpatient",
)  # fmt: skip
SUMMED = (
    "lines", "items", "timed", "night", "weekend", "ct_mr", "exams", "addons", "films", "film_exams", "us_parts",
    "labs", "lab_kinds", "lab_days", "rehabs", "rehab_days", "tcms", "dialyses", "kits", "inscp", "fund",
    "last10_inscp", "supply_days", "supply_inscp", "addon_inscp", "film_inscp", "us_inscp",
    *(f"{area}_inscp" for area in AREAS),
)  # fmt: skip


def named(column: str) -> pl.Expr:
    """A doctor's code; null for blanks and fillers."""
    text = pl.col(column).str.strip_chars(" ")
    blank = text.str.to_uppercase().is_in(FILLERS) | text.str.contains("^[0Xx9*]+$")
    return pl.when(~blank).then(text)


def _group() -> pl.Expr:
    kind, shop = pl.col("med_type").fill_null(""), (pl.col("fixmedins_type") == "2").fill_null(False)
    stay = kind.str.starts_with("2") | kind.str.starts_with("52")
    pharmacy = shop | kind.str.starts_with("41")
    return (
        pl.when(pharmacy).then(pl.lit("pharmacy")).when(stay).then(pl.lit("inpatient")).otherwise(pl.lit("outpatient"))
    )


def _items(line: pl.DataFrame) -> pl.DataFrame:
    """What an item is, told by its most frequent name and charge category: item, domain, area."""
    own = pl.when(pl.col("code") == "").then("hilist_name").otherwise(pl.lit("")).alias("own")
    counted = line.group_by("code", "hilist_name", "med_chrgitm_type", "list_type").agg(pl.len().alias("n"))
    order = ["n", "hilist_name", "med_chrgitm_type", "list_type"]
    best = counted.with_columns(own).sort(order, nulls_last=False).group_by("code", "own").agg(
        pl.col("hilist_name", "med_chrgitm_type").last()
    )  # fmt: skip
    told = pl.from_arrow(knowledge.domain_table(best.select("code", "hilist_name", "med_chrgitm_type").rows()))
    assert isinstance(told, pl.DataFrame)
    item = pl.when(pl.col("code") == "").then("=" + pl.col("name")).otherwise("code").alias("item")
    return told.select(item, domain="domain", area="area")


def visit_months(known: Known) -> pl.DataFrame:
    """What was charged to a visit in a month."""
    item = pl.when(pl.col("code") == "").then("=" + pl.col("hilist_name")).otherwise("code").alias("item")
    timed = pl.col("fee_ocur_time").dt.time() != pl.time(0)
    hour = pl.col("fee_ocur_time").dt.hour()
    cents = (pl.col("net_inscp") * pl.col("fund_share").fill_null(0) * 100).round(mode="half_away_from_zero")
    line = known.line.drop("domain").with_columns(
        item, _group().alias("grp"), named("bilg_dr_code").alias("ordering"), timed.alias("timed"),
        (timed & ((hour >= 22) | (hour < 6))).alias("night"), (cents / 100).alias("fund"),
        pl.col("fee_date").dt.strftime("%Y-%m").alias("stat_month"),
    ).join(_items(known.line), "item", how="left")  # fmt: skip
    made = line.group_by(VISIT).agg(*_totals(), *_contents())
    attending = known.frames["visit"].select("mdtrt_id", named("chfpdr_code").alias("attending"))
    joined = made.join(attending, "mdtrt_id", how="left")
    return joined.with_columns(pl.coalesce("attending", "ordering").alias("doctor"))


def _totals() -> list[pl.Expr]:
    money, supply = pl.col("net_inscp"), pl.col("prd_days") > 0
    return [
        pl.len().alias("lines"), pl.col("item").n_unique().alias("items"),
        pl.col("item").unique().sort().alias("bundle"),
        pl.col("ordering").max(), pl.col("ordering").is_null().sum().alias("doctor_blank"),
        pl.col("insu_admdvs", "main_diag").max(), pl.col("fee_ocur_time").min().alias("first_time"),
        pl.col("timed", "night", "fund").sum(), (pl.col("fee_date").dt.weekday() >= 6).sum().alias("weekend"),
        money.sum().alias("inscp"), money.filter(pl.col("fee_date").dt.day() >= 21).sum().alias("last10_inscp"),
        pl.col("prd_days").filter(supply).sum().alias("supply_days"), money.filter(supply).sum().alias("supply_inscp"),
    ]  # fmt: skip


def _contents() -> list[pl.Expr]:
    kind, count, money = pl.col("domain"), pl.col("net_cnt"), pl.col("net_inscp")
    counted = {
        "ct_mr": ("ct", "mr"), "exams": SCANS, "addons": ("imaging_addon",), "films": ("film",),
        "film_exams": ("ct", "mr", "xray"), "us_parts": ("ultrasound",), "labs": ("lab",),
        "rehabs": ("rehab", "physio"), "tcms": ("tcm",), "dialyses": ("dialysis",), "kits": ("dialysis_kit",),
    }  # fmt: skip
    paid = {"addon_inscp": "imaging_addon", "film_inscp": "film", "us_inscp": "ultrasound"}
    rehab = kind.is_in(["rehab", "physio"])
    return [
        *[count.filter(kind.is_in(list(kinds))).sum().alias(name) for name, kinds in counted.items()],
        *[money.filter(kind == one).sum().alias(name) for name, one in paid.items()],
        *[money.filter(pl.col("area") == area).sum().alias(f"{area}_inscp") for area in AREAS],
        pl.col("item").filter(kind == "lab").n_unique().alias("lab_kinds"),
        pl.col("fee_date").filter(kind == "lab").n_unique().alias("lab_days"),
        pl.col("fee_date").filter(rehab).n_unique().alias("rehab_days"),
        kind.filter(kind.is_in(list(SCANS))).n_unique().alias("kinds"),
        kind.is_in(["drug_west", "drug_tcm", "herb"]).sum().alias("drugs"),
    ]


def provider_month(known: Known) -> pl.DataFrame:
    """One row per institution and month."""
    visits = visit_months(known)
    parts = [_volume(known, visits), _persons(visits), _days(visits), _bundles(visits), _doctors(visits)]
    parts += [_settled(known), _reported(known)]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.join(part, KEYS, how="full", coalesce=True)
    first, last = known.landing.months
    return joined.filter(pl.col("stat_month").is_between(pl.lit(first), pl.lit(last)))


def _volume(known: Known, visits: pl.DataFrame) -> pl.DataFrame:
    home = known.frames["institution"].select("fixmedins_code", pl.col("fix_blng_admdvs").str.head(4).alias("home"))
    group, hospital = pl.col("grp"), pl.col("grp") != "pharmacy"
    outside = (pl.col("insu_admdvs").str.head(4) != pl.col("home")).fill_null(False)
    made = [
        pl.len().alias("visits"), pl.col("psn_no").n_unique().alias("persons"), pl.col(*SUMMED).sum(),
        pl.when(hospital.any()).then(pl.col("doctor_blank").filter(hospital).sum()),
        pl.when(hospital.any()).then(pl.col("lines").filter(hospital).sum()).alias("doctor_lines"),
        outside.sum().alias("outside_visits"), pl.col("inscp").filter(outside).sum().alias("outside_inscp"),
        pl.col("insu_admdvs").count().alias("insured_known_visits"),
        (pl.col("us_parts") > 0).sum().alias("us_visits"), (pl.col("dialyses") > 0).sum().alias("dialysis_visits"),
        (pl.col("rehabs") > 0).sum().alias("rehab_visits"), (pl.col("drugs") > 0).sum().alias("drug_visits"),
        ((group == "inpatient") & (pl.col("kinds") >= 3)).sum().alias("inp_many_kinds"),
    ]  # fmt: skip
    for kind, short in (("inpatient", "inp"), ("outpatient", "outp"), ("pharmacy", "shop")):
        mine = group == kind
        made += [mine.sum().alias(f"{short}_visits"), pl.col("inscp").filter(mine).sum().alias(f"{short}_inscp")]
        for name, one in (("lab", "labs"), ("exam", "exams"), ("ct_mr", "ct_mr"), ("rehab", "rehabs")):
            made.append((mine & (pl.col(one) > 0)).sum().alias(f"{short}_{name}_visits"))
    return visits.join(home, "fixmedins_code", how="left").group_by(KEYS).agg(*made)


def _persons(visits: pl.DataFrame) -> pl.DataFrame:
    other = pl.col("dialyses") == 0
    each = visits.filter(pl.col("grp") != "inpatient").group_by(*KEYS, "psn_no").agg(
        other.sum().alias("n"), pl.col("inscp").filter(other).sum()
    )  # fmt: skip
    often = pl.col("n") >= 10
    return each.group_by(KEYS).agg(
        often.sum().alias("frequent_persons"), pl.col("n").filter(often).sum().alias("frequent_visits"),
        pl.col("inscp").filter(often).sum().alias("frequent_inscp"), pl.len().alias("outp_persons"),
    )  # fmt: skip


def _days(visits: pl.DataFrame) -> pl.DataFrame:
    daily = visits.filter(pl.col("grp") != "inpatient").group_by(*KEYS, pl.col("first_time").dt.date().alias("day"))
    seen = daily.agg(pl.col("psn_no").n_unique().alias("n"))
    return seen.group_by(KEYS).agg(
        pl.col("n").max().alias("busiest_day_persons"), pl.col("n").sum().alias("day_persons"), open_days=pl.len()
    )


def _bundles(visits: pl.DataFrame) -> pl.DataFrame:
    wide = visits.filter(pl.col("items") >= 3, pl.col("grp") != "pharmacy")
    same = wide.group_by(*KEYS, "grp", "bundle").agg(pl.len().alias("n"), pl.col("inscp").sum())
    again = pl.col("n") > 1
    return same.group_by(KEYS).agg(
        pl.col("n").sum().alias("bundle_visits"), pl.col("n").max().alias("top_bundle_visits"),
        pl.col("n").filter(again).sum().alias("same_bundle_visits"),
        pl.col("inscp").filter(again).sum().alias("same_bundle_inscp"),
    )  # fmt: skip


def _doctors(visits: pl.DataFrame) -> pl.DataFrame:
    known = visits.filter(pl.col("grp") != "pharmacy").drop_nulls("doctor")
    each = known.group_by(*KEYS, "doctor").agg(pl.len().cast(pl.Int64).alias("n"), pl.col("inscp").sum())
    return each.group_by(KEYS).agg(
        pl.len().alias("doctors"), pl.col("n").sum().alias("doctor_visits"),
        pl.col("n").max().alias("top_doctor_visits"), (pl.col("n") * pl.col("n")).sum().alias("doctor_square"),
        pl.col("inscp").sum().alias("doctor_inscp"), pl.col("inscp").max().alias("top_doctor_inscp"),
    )  # fmt: skip


def _settled(known: Known) -> pl.DataFrame:
    bills = known.frames["bill"].with_columns(pl.col("setl_time").dt.strftime("%Y-%m").alias("stat_month"))
    own = ~pl.col("refund")
    return bills.group_by(KEYS).agg(
        own.sum().alias("setls"), pl.col("refund").sum().alias("refund_setls"),
        (own & (pl.col("mdtrt_cert_type") == "01").fill_null(False)).sum().alias("ecert_setls"),
        (own & pl.col("mdtrt_cert_type").is_not_null()).sum().alias("cert_known_setls"),
    )  # fmt: skip


def _reported(known: Known) -> pl.DataFrame:
    reports = known.landing.scan("clnc_exam_rpot_d").select(
        "fixmedins_code", "exam_rslt_poit_flag", stat_month=pl.col("exam_date").dt.strftime("%Y-%m")
    )
    return reports.group_by(KEYS).agg(
        pl.len().alias("reports"), pl.col("exam_rslt_poit_flag").count().alias("judged_reports"),
        pl.col("exam_rslt_poit_flag").sum().alias("positive_reports"),
    ).collect()  # fmt: skip
