"""Counts of one institution and month that come from one table in one grouping: visits, stays, settlements, reports.

Reads: features.visit, features.stay, validated.setl_d, validated.clnc_exam_rpot_d.
Grain: month and institution.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.features.common import missing_columns, rows_where, yuan
from jobs.features.visit import ITEM_AREAS
from knowledge.domains import rehabilitation_diagnosis

KEYS = ("stat_month", "fixmedins_code")
SUMMED = (
    "lines", "items", "timed", "night", "weekend", "ct_mr", "exams", "addons", "films", "film_exams", "us_parts",
    "labs", "lab_kinds", "lab_days", "rehabs", "rehab_days", "tcms", "dialyses", "kits",
)  # fmt: skip
# Tumours, infarction and heart failure, stroke, respiratory failure, sepsis, large injuries, severe neonatal disease.
SEVERE = "^(C|D4[5-7]|I2[12]|I50|I6[0-4]|J96|A4[01]|S0[26]|S1[2-4]|S2[67]|S3[26]|S72|T0|K85|N17|P07|P22)"
SHORT_STAY = 2  # bed days
MANY_KINDS = 3  # CT or MR plus X-ray plus ultrasound in one stay: the "whole package"


def from_visits(visits: DataFrame, institutions: DataFrame) -> DataFrame:
    """Volume, habits and the content of visits."""
    home = institutions.select("fixmedins_code", F.substring("fix_blng_admdvs", 1, 4).alias("_home"))
    placed = visits.join(F.broadcast(home), "fixmedins_code", "left")
    return placed.groupBy(*KEYS).agg(*_volume(), *_areas(), *_content())


def _volume() -> list[Column]:
    hospital = F.col("med_type_group") != "pharmacy"
    outside = F.substring("insu_admdvs", 1, 4) != F.col("_home")
    sums = [F.sum(name).cast("double").alias(name) for name in SUMMED]
    return [
        F.count(F.lit(1)).alias("visits"),
        *sums,
        yuan("inscp").alias("inscp"),
        yuan("fund").alias("fund"),
        yuan("last10_inscp").alias("last10_inscp"),
        yuan("registered_inscp").alias("registered_inscp"),
        F.sum("supply_days").alias("supply_days"),
        yuan("supply_inscp").alias("supply_inscp"),
        F.sum(F.when(hospital, F.col("doctor_blank"))).alias("doctor_blank"),
        F.sum(F.when(hospital, F.col("lines"))).alias("doctor_lines"),
        rows_where(outside).alias("outside_visits"),
        yuan("inscp", outside).alias("outside_inscp"),
        rows_where(F.col("insu_admdvs").isNotNull()).alias("insured_known_visits"),
    ]


def _areas() -> list[Column]:
    names = [*(f"{area}_inscp" for area in ITEM_AREAS), "addon_inscp", "film_inscp", "us_inscp"]
    return [yuan(name).alias(name) for name in names]


def _content() -> list[Column]:
    group = F.col("med_type_group")
    measures: list[Column] = []
    for name, label in (("inpatient", "inp"), ("outpatient", "outp"), ("pharmacy", "shop")):
        measures += [
            rows_where(group == name).alias(f"{label}_visits"),
            yuan("inscp", group == name).alias(f"{label}_inscp"),
        ]
    for name, label in (("inpatient", "inp"), ("outpatient", "outp")):
        measures += [
            F.sum(F.when(group == name, F.col("labs"))).alias(f"{label}_labs"),
            yuan("laboratory_inscp", group == name).alias(f"{label}_lab_inscp"),
            yuan("imaging_inscp", group == name).alias(f"{label}_imaging_inscp"),
            rows_where((group == name) & (F.col("labs") > 0)).alias(f"{label}_lab_visits"),
            F.sum(F.when(group == name, F.col("exams"))).alias(f"{label}_exams"),
            rows_where((group == name) & (F.col("exams") > 0)).alias(f"{label}_exam_visits"),
            rows_where((group == name) & (F.col("ct_mr") > 0)).alias(f"{label}_ct_mr_visits"),
            rows_where((group == name) & (F.col("rehabs") > 0)).alias(f"{label}_rehab_visits"),
        ]
    return [*measures, *_particular()]


def _particular() -> list[Column]:
    inpatient = F.col("med_type_group") == "inpatient"
    foreign = F.col("main_diag").isNotNull() & ~rehabilitation_diagnosis("main_diag")
    return [
        rows_where(inpatient & (F.col("kinds") >= MANY_KINDS)).alias("inp_many_kinds"),
        rows_where(F.col("us_parts") > 0).alias("us_visits"),
        rows_where(F.col("dialyses") > 0).alias("dialysis_visits"),
        rows_where(F.col("rehabs") > 0).alias("rehab_visits"),
        rows_where(foreign).alias("foreign_visits"),
        rows_where(foreign & (F.col("rehabs") > 0)).alias("foreign_rehab_visits"),
        yuan("rehabilitation_inscp", foreign).alias("foreign_rehab_inscp"),
        rows_where(F.col("drugs") > 0).alias("drug_visits"),
    ]


def from_stays(stays: DataFrame) -> DataFrame:
    """Discharges, bed days, re-admissions, money per stay."""
    again = (F.col("planned") == 0) & (F.col("gap_here") >= 0)
    # Day cases cost the same by nature (one procedure, no nights): how far bills differ is asked of longer stays only.
    cost = F.when((F.col("inscp") > 0) & (F.col("stay_days") > SHORT_STAY), F.log("inscp"))
    return stays.groupBy(*KEYS).agg(
        F.count(F.lit(1)).alias("discharges"),
        F.count_distinct("psn_no").alias("stay_persons"),
        F.sum("stay_days").cast("double").alias("bed_days"),
        yuan("inscp").alias("stay_inscp"),
        yuan("fund").alias("stay_fund"),
        rows_where(again & (F.col("gap_here") <= 7)).alias("readmit7"),
        rows_where(again & (F.col("gap_here") <= 31)).alias("readmit31"),
        yuan("inscp", again & (F.col("gap_here") <= 31)).alias("readmit31_inscp"),
        rows_where(F.col("exams_only") == 1).alias("exam_only_stays"),
        yuan("inscp", F.col("exams_only") == 1).alias("exam_only_inscp"),
        rows_where(F.col("zero_cash") == 1).alias("zero_cash_stays"),
        rows_where(F.col("zero_cash").isNotNull()).alias("cash_known_stays"),
        yuan("inscp", F.col("zero_cash") == 1).alias("zero_cash_inscp"),
        rows_where(F.col("outside") == 1).alias("outside_stays"),
        rows_where(F.col("stay_days") <= SHORT_STAY).alias("short_stays"),
        rows_where(F.coalesce(F.col("main_diag").rlike(SEVERE), F.lit(False))).alias("severe_stays"),
        F.sum(F.round(cost, 6).cast("decimal(18,6)")).cast("double").alias("log_cost"),
        F.sum(F.round(cost * cost, 6).cast("decimal(18,6)")).cast("double").alias("log_cost_square"),
        F.count(cost).alias("cost_known_stays"),
    )


def from_settlements(settlements: DataFrame) -> DataFrame:
    """Refunds and the credential shown."""
    held = missing_columns(settlements, {"mdtrt_cert_type": "string"})
    monthly = held.withColumn("stat_month", F.date_format("setl_time", "yyyy-MM"))
    original = F.col("setl_kind") == "original"
    return monthly.groupBy(*KEYS).agg(
        rows_where(original).alias("setls"),
        rows_where(F.col("setl_kind") == "refund").alias("refund_setls"),
        rows_where(original & (F.col("mdtrt_cert_type") == "01")).alias("ecert_setls"),
        rows_where(original & F.col("mdtrt_cert_type").isNotNull()).alias("cert_known_setls"),
    )


def from_reports(reports: DataFrame) -> DataFrame:
    """Imaging reports and how many of them found something."""
    held = missing_columns(reports, {"exam_rslt_poit_flag": "int", "img_cnt": "int"})
    monthly = held.withColumn("stat_month", F.date_format("exam_date", "yyyy-MM"))
    return monthly.groupBy(*KEYS).agg(
        F.count(F.lit(1)).alias("reports"),
        F.count("exam_rslt_poit_flag").alias("judged_reports"),
        F.sum(F.col("exam_rslt_poit_flag").cast("int")).alias("positive_reports"),
    )
