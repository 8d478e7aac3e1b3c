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
from jobs.features.common import charged, count_of, missing_columns, month_name, named, rows_where, with_group, yuan
from knowledge.domains import areas_of_domains, domains_of_area, is_any

KEYS = ("month", "fixmedins_code", "mdtrt_id", "psn_no", "med_type")
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
    standing = charged(missing_columns(lines, OPTIONAL), items).withColumn(
        "med_type", F.coalesce("med_type", F.lit(""))
    )
    counted = standing.groupBy(*KEYS).agg(*_measures()).join(_different_items(standing), list(KEYS), "left")
    counted = counted.join(_different_days(standing), list(KEYS), "left")
    known = counted.fillna(0, ["lab_days", "rehab_days"]).withColumn("med_type", F.nullif("med_type", F.lit("")))
    grouped = with_group(known, institutions)
    attending = missing_columns(visits, {"chfpdr_code": "string"})
    doctors = attending.select("mdtrt_id", named("chfpdr_code").alias("attending"))
    joined = grouped.join(doctors, "mdtrt_id", "left").withColumn("doctor", F.coalesce("attending", "ordering"))
    told = joined.withColumns({"kinds": _kinds(), "stat_month": month_name("month")})
    return told.select(*derived("features", "visit").names)


def _measures() -> list[Column]:
    return [*_totals(), *_habits(), *_imaging(), *_laboratory(), *_treatment(), *_amounts()]


def _totals() -> list[Column]:
    return [
        F.max("insu_admdvs").alias("insu_admdvs"),
        F.max("main_diag").alias("main_diag"),
        F.max(named("bilg_dr_code")).alias("ordering"),
        F.min("fee_ocur_time").alias("first_time"),
        F.count(F.lit(1)).alias("lines"),
        yuan("net_inscp").alias("inscp"),
        yuan(F.col("net_inscp") * F.coalesce("fund_share", F.lit(0.0))).alias("fund"),
    ]


def _different_items(lines: DataFrame) -> DataFrame:
    """KEYS with the different items (`items`) and tests (`lab_kinds`), and `bundle`, equal for equal items."""
    each = lines.groupBy(*KEYS, "item").agg(F.max((F.col("domain") == LAB).cast("int")).alias("lab"))
    # A sum of hashes does not depend on any order; reduced, so that no visit overflows it.
    mark = F.sum(F.when(F.col("item").isNotNull(), F.pmod(F.xxhash64("item"), F.lit(LARGE_PRIME))))
    return each.groupBy(*KEYS).agg(
        F.count("item").alias("items"),
        F.coalesce(mark, F.lit(0)).cast("bigint").alias("bundle"),
        F.sum(F.when(F.col("item").isNotNull(), F.col("lab")).otherwise(0)).cast("bigint").alias("lab_kinds"),
    )


def _different_days(lines: DataFrame) -> DataFrame:
    """KEYS with the days of tests (`lab_days`) and of treatments (`rehab_days`); visits with neither have no row."""
    lab, rehab = F.col("domain") == LAB, is_any("domain", REHAB)
    told = [F.max(lab.cast("int")).alias("lab"), F.max(rehab.cast("int")).alias("rehab")]
    each = lines.where(lab | rehab).groupBy(*KEYS, "fee_date").agg(*told)
    sums = [F.sum(name).cast("bigint").alias(f"{name}_days") for name in ("lab", "rehab")]
    return each.groupBy(*KEYS).agg(*sums)


def _habits() -> list[Column]:
    hour = F.hour("fee_ocur_time")
    timed = F.unix_timestamp("fee_ocur_time") % 86400 != 0
    supply = F.col("prd_days") > 0
    return [
        rows_where(named("bilg_dr_code").isNull()).alias("doctor_blank"),
        rows_where(timed).alias("timed"),
        rows_where(timed & ((hour >= NIGHT_FROM) | (hour < NIGHT_TO))).alias("night"),
        rows_where(F.dayofweek("fee_date").isin(1, 7)).alias("weekend"),
        yuan("net_inscp", F.dayofmonth("fee_date") >= LATE_DAY).alias("last10_inscp"),
        yuan("net_inscp", F.col("med_type").startswith(REGISTERED_DISEASE)).alias("registered_inscp"),
        count_of(F.col("prd_days"), supply).alias("supply_days"),
        yuan("net_inscp", supply).alias("supply_inscp"),
    ]


def _imaging() -> list[Column]:
    scan = is_any("domain", SCANS)
    kinds = [F.max(F.when(F.col("domain") == kind, 1).otherwise(0)).alias(f"has_{kind}") for kind in SCANS]
    return [
        count_of("net_cnt", is_any("domain", ("ct", "mr"))).alias("ct_mr"),
        count_of("net_cnt", scan).alias("exams"),
        count_of("net_cnt", F.col("domain") == "imaging_addon").alias("addons"),
        count_of("net_cnt", F.col("domain") == "film").alias("films"),
        count_of("net_cnt", is_any("domain", FILMED)).alias("film_exams"),
        count_of("net_cnt", F.col("domain") == "ultrasound").alias("us_parts"),
        yuan("net_inscp", F.col("domain") == "imaging_addon").alias("addon_inscp"),
        yuan("net_inscp", F.col("domain") == "film").alias("film_inscp"),
        yuan("net_inscp", F.col("domain") == "ultrasound").alias("us_inscp"),
        *kinds,
    ]


def _kinds() -> Column:
    return reduce(add, [F.col(f"has_{kind}") for kind in SCANS]).cast("int")


def _laboratory() -> list[Column]:
    return [count_of("net_cnt", F.col("domain") == LAB).alias("labs")]


def _treatment() -> list[Column]:
    return [
        count_of("net_cnt", is_any("domain", REHAB)).alias("rehabs"),
        count_of("net_cnt", F.col("domain") == "tcm").alias("tcms"),
        count_of("net_cnt", F.col("domain") == "dialysis").alias("dialyses"),
        count_of("net_cnt", F.col("domain") == "dialysis_kit").alias("kits"),
        rows_where(is_any("domain", OPERATIONS)).alias("operations"),
        rows_where(is_any("domain", DRUGS)).alias("drugs"),
    ]


def _amounts() -> list[Column]:
    return [yuan("net_inscp", is_any("domain", domains_of_area(area))).alias(f"{area}_inscp") for area in ITEM_AREAS]
