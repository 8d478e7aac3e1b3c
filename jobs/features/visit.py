"""features/visit: what was charged to one visit in one month, by what the items are.

Reads: validated.fee_list_d, features.item, validated.mdtrt_d, validated.fixmedins_b.
Grain: month and visit; a stay over the turn of a month has a row in both.
Why: every denominator of an institution is then counted on this table, ten times smaller than the lines. Distinct
items and days are told apart in groups of their own: a set kept for every visit takes more memory than all lines.
"""

from __future__ import annotations

from functools import reduce
from operator import add

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import derived
from jobs.features.common import (
    CENTS,
    PARTS,
    cents,
    charged,
    count_of,
    missing_columns,
    month_name,
    named,
    rows_where,
    summed,
    ten_thousandths,
    with_group,
    yuan,
)  # fmt: skip
from knowledge.domains import areas_of_domains, domains_of_area, is_any

KEYS = ("month", "fixmedins_code", "mdtrt_id", "psn_no", "med_type")
REST = "rest"
SCANS = ("ct", "mr", "xray", "ultrasound", "nuclear")
FILMED = ("ct", "mr", "xray")  # ultrasound prints on paper
OPERATIONS = ("surgery", "bone_surgery", "cardio_intervention")
LAB, REHAB = "lab", ("rehab", "physio")
DRUGS = ("drug_west", "drug_tcm", "herb")
NIGHT_FROM, NIGHT_TO = 22, 6  # hours; a time of exactly 00:00:00 is a date without a time of day
LATE_DAY = 21
REGISTERED_DISEASE = "14"  # med_type 14, 1401 ..: out-patient treatment of a disease registered with the insurer
LARGE_PRIME = 1_000_000_000_000_037
ITEM_AREAS = tuple(sorted(set(areas_of_domains().values())))
OPTIONAL = {"bilg_dr_code": "string", "prd_days": "int", "insu_admdvs": "string", "main_diag": "string"}


def build(lines: DataFrame, items: DataFrame, visits: DataFrame, institutions: DataFrame) -> DataFrame:
    """One row per month and visit from the lines that stand after refunds."""
    standing = _read(lines, items)
    counted = _with_days(standing.groupBy(*KEYS).agg(*_measures()).withColumn(REST, _rest()))
    # The narrow side first: the embedded engine holds the first in memory while the other passes by.
    beside = _different_items(standing).join(_attending(visits), "mdtrt_id", "left")
    joined = beside.join(counted, ["mdtrt_id", REST]).withColumn("med_type", F.nullif("med_type", F.lit("")))
    told = with_group(joined, institutions).withColumns(
        {"doctor": F.coalesce("attending", "ordering"), "kinds": _kinds(), "stat_month": month_name("month")}
    )
    return told.select(*derived("features", "visit").names)


def _read(lines: DataFrame, items: DataFrame) -> DataFrame:
    """Standing lines with what is asked of them repeatedly worked out once."""
    told = charged(missing_columns(lines, OPTIONAL), items)
    return told.withColumns(
        {
            "med_type": F.coalesce("med_type", F.lit("")),
            "inscp": cents("net_inscp"),
            "cnt": ten_thousandths("net_cnt"),
            "named_dr": named("bilg_dr_code"),
            "day_mark": F.pow(F.lit(2.0), F.dayofmonth("fee_date")).cast("bigint"),
        }
    )


def _rest() -> Column:
    """A mark of the keys beside the visit's number: one short value where four texts would be compared and moved."""
    return F.xxhash64(*[name for name in KEYS if name != "mdtrt_id"])


def _attending(visits: DataFrame) -> DataFrame:
    known = missing_columns(visits, {"chfpdr_code": "string"})
    return known.select("mdtrt_id", named("chfpdr_code").alias("attending"))


def _measures() -> list[Column]:
    return [*_totals(), *_habits(), *_imaging(), *_laboratory(), *_treatment(), *_amounts()]


def _totals() -> list[Column]:
    return [
        F.max("insu_admdvs").alias("insu_admdvs"),
        F.max("main_diag").alias("main_diag"),
        F.max("named_dr").alias("ordering"),
        F.min("fee_ocur_time").alias("first_time"),
        F.count(F.lit(1)).alias("lines"),
        summed("inscp", CENTS).alias("inscp"),
        yuan(F.col("net_inscp") * F.coalesce("fund_share", F.lit(0.0))).alias("fund"),
    ]


def _different_items(lines: DataFrame) -> DataFrame:
    """Visit and mark of its other keys with the different items (`items`) and tests (`lab_kinds`), and `bundle`, equal
    for equal items. Items of a visit are told apart by 64 bits of their code.
    """
    told = lines.select("mdtrt_id", _rest().alias(REST), *_item_marks())
    each = told.groupBy("mdtrt_id", REST, "mark").agg(F.max("lab").alias("lab"))
    # A sum of hashes does not depend on any order; reduced, so that no visit overflows it.
    bundle = F.sum(F.pmod("mark", F.lit(LARGE_PRIME)))
    return each.groupBy("mdtrt_id", REST).agg(
        F.count("mark").alias("items"),
        F.coalesce(bundle, F.lit(0)).cast("bigint").alias("bundle"),
        F.sum(F.when(F.col("mark").isNotNull(), F.col("lab")).otherwise(0)).cast("bigint").alias("lab_kinds"),
    )


def _item_marks() -> list[Column]:
    lab = F.col("domain") == LAB
    return [F.when(F.col("item").isNotNull(), F.xxhash64("item")).alias("mark"), lab.cast("int").alias("lab")]


def _with_days(counted: DataFrame) -> DataFrame:
    """The days of tests and of treatments counted: one bit a day of the month, so that a day counts once."""
    marks = {name: F.coalesce(name, F.lit(0)) for name in ("lab_days", "rehab_days")}
    return counted.withColumns({name: F.bit_count(mark).cast("bigint") for name, mark in marks.items()})


def _habits() -> list[Column]:
    hour = F.hour("fee_ocur_time")
    timed = F.unix_timestamp("fee_ocur_time") % 86400 != 0
    supply = F.col("prd_days") > 0
    return [
        rows_where(F.col("named_dr").isNull()).alias("doctor_blank"),
        rows_where(timed).alias("timed"),
        rows_where(timed & ((hour >= NIGHT_FROM) | (hour < NIGHT_TO))).alias("night"),
        rows_where(F.dayofweek("fee_date").isin(1, 7)).alias("weekend"),
        summed("inscp", CENTS, F.dayofmonth("fee_date") >= LATE_DAY).alias("last10_inscp"),
        summed("inscp", CENTS, F.col("med_type").startswith(REGISTERED_DISEASE)).alias("registered_inscp"),
        count_of(F.col("prd_days"), supply).alias("supply_days"),
        summed("inscp", CENTS, supply).alias("supply_inscp"),
    ]


def _imaging() -> list[Column]:
    scan = is_any("domain", SCANS)
    kinds = [F.max(F.when(F.col("domain") == kind, 1).otherwise(0)).alias(f"has_{kind}") for kind in SCANS]
    return [
        summed("cnt", PARTS, is_any("domain", ("ct", "mr"))).alias("ct_mr"),
        summed("cnt", PARTS, scan).alias("exams"),
        summed("cnt", PARTS, F.col("domain") == "imaging_addon").alias("addons"),
        summed("cnt", PARTS, F.col("domain") == "film").alias("films"),
        summed("cnt", PARTS, is_any("domain", FILMED)).alias("film_exams"),
        summed("cnt", PARTS, F.col("domain") == "ultrasound").alias("us_parts"),
        summed("inscp", CENTS, F.col("domain") == "imaging_addon").alias("addon_inscp"),
        summed("inscp", CENTS, F.col("domain") == "film").alias("film_inscp"),
        summed("inscp", CENTS, F.col("domain") == "ultrasound").alias("us_inscp"),
        *kinds,
    ]


def _kinds() -> Column:
    return reduce(add, [F.col(f"has_{kind}") for kind in SCANS]).cast("int")


def _laboratory() -> list[Column]:
    lab = F.col("domain") == LAB
    return [summed("cnt", PARTS, lab).alias("labs"), F.bit_or(F.when(lab, F.col("day_mark"))).alias("lab_days")]


def _treatment() -> list[Column]:
    rehab = is_any("domain", REHAB)
    return [
        summed("cnt", PARTS, rehab).alias("rehabs"),
        F.bit_or(F.when(rehab, F.col("day_mark"))).alias("rehab_days"),
        summed("cnt", PARTS, F.col("domain") == "tcm").alias("tcms"),
        summed("cnt", PARTS, F.col("domain") == "dialysis").alias("dialyses"),
        summed("cnt", PARTS, F.col("domain") == "dialysis_kit").alias("kits"),
        rows_where(is_any("domain", OPERATIONS)).alias("operations"),
        rows_where(is_any("domain", DRUGS)).alias("drugs"),
    ]


def _amounts() -> list[Column]:
    return [
        summed("inscp", CENTS, is_any("domain", domains_of_area(area))).alias(f"{area}_inscp") for area in ITEM_AREAS
    ]
