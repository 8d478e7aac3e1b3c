"""Counts of one institution and month that need a grouping of their own: persons, days, bundles, doctors, shops, drugs.

Reads: features.visit, features.provider_item_month, features.stay.
Grain: month and institution.
Why: concentration and simultaneity cannot be read off sums.
"""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.features.common import rows_where, yuan

KEYS = ("stat_month", "fixmedins_code")
MANY_VISITS = 10  # out-patient visits of one person at one institution in one month; a daily course of treatment is ~20
BUNDLE_ITEMS = 3  # a visit with one or two items looks like any other by chance
MANY_SHOPS = 3
DRUG_CHARGES, DRUG_CODES = ("09", "10", "11"), "^[XZT]"  # western, herbs, patent medicines
CLOSE_SECONDS = 120  # two customers served at one counter need longer


def persons(visits: DataFrame) -> DataFrame:
    """Persons, and those who come very often; a dialysis session is no visit a patient could come less often for."""
    seen = F.col("med_type_group") != "inpatient"
    other = seen & (F.coalesce("dialyses", F.lit(0)) == 0)
    each = visits.groupBy(*KEYS, "psn_no").agg(
        rows_where(other).alias("n"), yuan("inscp", other).alias("inscp"), F.max(seen).alias("seen")
    )  # fmt: skip
    often = F.col("n") >= MANY_VISITS
    came = F.max("seen")  # an institution of stays alone has no out-patients, and nothing is known of their number
    return each.groupBy(*KEYS).agg(
        F.count("psn_no").alias("persons"),
        F.when(came, rows_where(often)).alias("frequent_persons"),
        F.when(came, F.sum(F.when(often, F.col("n")).otherwise(0))).alias("frequent_visits"),
        F.when(came, yuan("inscp", often)).alias("frequent_inscp"),
        F.when(came, rows_where(F.col("seen"))).alias("outp_persons"),
    )


def days(visits: DataFrame) -> DataFrame:
    """Persons on the busiest day, and the days with any visit (stays left out: they are not seen at a counter)."""
    daily = visits.where(F.col("med_type_group") != "inpatient").groupBy(*KEYS, F.to_date("first_time").alias("day"))
    seen = daily.agg(F.count_distinct("psn_no").alias("n"))
    return seen.groupBy(*KEYS).agg(
        F.max("n").alias("busiest_day_persons"),
        F.sum("n").alias("day_persons"),
        F.count(F.lit(1)).alias("open_days"),
    )


def bundles(visits: DataFrame) -> DataFrame:
    """Visits that carry exactly the same items as others of their kind."""
    wide = visits.where((F.col("items") >= BUNDLE_ITEMS) & (F.col("med_type_group") != "pharmacy"))
    same = wide.groupBy(*KEYS, "med_type_group", "bundle").agg(
        F.count(F.lit(1)).alias("n"), F.sum("inscp").alias("inscp")
    )  # fmt: skip
    return same.groupBy(*KEYS).agg(
        F.sum("n").alias("bundle_visits"),
        F.max("n").alias("top_bundle_visits"),
        F.sum(F.when(F.col("n") > 1, F.col("n")).otherwise(0)).alias("same_bundle_visits"),
        yuan("inscp", F.col("n") > 1).alias("same_bundle_inscp"),
    )


def doctors(visits: DataFrame) -> DataFrame:
    """Doctors at work and how far visits gather on one of them; visits without a named doctor are left out."""
    known = visits.where((F.col("med_type_group") != "pharmacy") & F.col("doctor").isNotNull())
    each = known.groupBy(*KEYS, "doctor").agg(F.count(F.lit(1)).alias("n"), yuan("inscp").alias("inscp"))
    return each.groupBy(*KEYS).agg(
        F.count(F.lit(1)).alias("doctors"),
        F.sum("n").alias("doctor_visits"),
        F.max("n").alias("top_doctor_visits"),
        F.sum(F.col("n") * F.col("n")).cast("double").alias("doctor_square"),
        yuan("inscp").alias("doctor_inscp"),
        F.max("inscp").alias("top_doctor_inscp"),
    )


def shops(visits: DataFrame) -> DataFrame:
    """Sales to persons who bought at three or more pharmacies on one day."""
    sales = visits.where(F.col("med_type_group") == "pharmacy").withColumn("day", F.to_date("first_time"))
    pairs = sales.select("psn_no", "day", "fixmedins_code").distinct()
    several = pairs.groupBy("psn_no", "day").agg(F.count("fixmedins_code").alias("shops"))
    joined = sales.join(several.where(F.col("shops") >= MANY_SHOPS), ["psn_no", "day"], "left")
    roaming = F.col("shops").isNotNull()
    return joined.groupBy(*KEYS).agg(
        rows_where(roaming).alias("roaming_sales"), yuan("inscp", roaming).alias("roaming_inscp")
    )


def close_sales(visits: DataFrame) -> DataFrame:
    """Pharmacy sales within two minutes of a sale to another person, where the time of day is known."""
    sales = visits.where((F.col("med_type_group") == "pharmacy") & (F.col("timed") > 0))
    # By house and not by its days: a window of many small partitions is slow, and sorted they are the same rows.
    counter = Window.partitionBy("fixmedins_code").orderBy("first_time", "mdtrt_id")
    before = F.lag("first_time").over(counter)
    seconds = F.col("first_time").cast("bigint") - before.cast("bigint")
    one_day = F.to_date(before) == F.to_date("first_time")
    near = one_day & (seconds <= CLOSE_SECONDS) & (F.lag("psn_no").over(counter) != F.col("psn_no"))
    marked = sales.withColumn("near", F.coalesce(near, F.lit(False)))
    return marked.groupBy(*KEYS).agg(
        F.count(F.lit(1)).alias("timed_sales"),
        rows_where(F.col("near")).alias("close_sales"),
        yuan("inscp", F.col("near")).alias("close_inscp"),
    )


def drugs(items: DataFrame) -> DataFrame:
    """How far the money for drugs gathers on one drug."""
    drug = F.col("med_chrgitm_type").isin(*DRUG_CHARGES) | F.col("med_list_codg").rlike(DRUG_CODES)
    each = items.where(drug).groupBy(*KEYS, "med_list_codg").agg(yuan("inscp").alias("inscp"))
    cents = F.round(F.col("inscp") * 100).cast("decimal(19,0)")  # squares of fractions would wobble with the order
    return each.groupBy(*KEYS).agg(
        yuan("inscp").alias("drug_inscp"),
        F.max("inscp").alias("top_drug_inscp"),
        (F.sum(cents * cents).cast("double") / 10000).alias("drug_square"),
        F.count(F.lit(1)).alias("drug_kinds"),
    )


def stay_groups(stays: DataFrame) -> DataFrame:
    """Stays that begin and end together under one doctor, diagnoses that fill a house."""
    diag = F.substring(F.coalesce("main_diag", F.lit("")), 1, 3)
    each = stays.groupBy(*KEYS, diag.alias("diag")).agg(F.count(F.lit(1)).alias("n"))
    return each.where(F.col("diag") != "").groupBy(*KEYS).agg(
        F.sum("n").alias("diag_stays"), F.max("n").alias("top_diag_stays")
    )  # fmt: skip
