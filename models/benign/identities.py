"""Identities that are none: one person or doctor with an impossible volume, or nobody named at all.

Reads: features/visit, features/provider_month, scores/evidence.
Why: an "unknown doctor" bucket once made one doctor two hundred times the national mean; placeholders do not bill.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.benign.model import PAIR, BenignInputs, answer, limits, percent, said


def sentinel_person(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Most of the evidence hangs on persons nobody can be: seen at ten institutions, or twenty times, in one day."""
    if inputs.visits is None or inputs.evidence is None:
        return answer(hits, F.lit(None).cast("boolean"), F.lit("缺少就诊表"), F.lit("no table of visits"))
    impossible = _nobody(inputs)
    lines = inputs.evidence.join(hits.select(*PAIR), PAIR, "left_semi").join(
        F.broadcast(impossible.withColumn("nobody", F.lit(1.0))), "psn_no", "left"
    )
    shares = lines.groupBy(*PAIR).agg(F.avg(F.coalesce("nobody", F.lit(0.0))).alias("share"))
    joined = hits.join(shares, PAIR, "left").withColumn("share", F.coalesce("share", F.lit(0.0)))
    zh = said("证据中", percent(F.col("share")), "属于不可能真实存在的人员编号")
    en = said(percent(F.col("share")), " of the evidence hangs on identities that cannot be persons")
    return answer(joined, F.col("share") >= limits("sentinel_person")["explained"], zh, en)


def sentinel_visits(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Of an indicator: what impossible identities were charged here covers most of what lies above the peers."""
    if inputs.visits is None:
        return answer(hits, F.lit(None).cast("boolean"), F.lit("缺少就诊表"), F.lit("no table of visits"))
    impossible = _nobody(inputs)
    theirs = inputs.visits.join(F.broadcast(impossible), "psn_no", "left_semi")
    sums = theirs.groupBy("fixmedins_code").agg(F.sum("inscp").alias("nobodys"))
    joined = hits.join(sums, "fixmedins_code", "left").withColumn("nobodys", F.coalesce("nobodys", F.lit(0.0)))
    covered = F.col("nobodys") >= limits("sentinel_person")["explained"] * F.col("excess_amount")
    zh = said("不可能真实存在的人员编号费用", F.format_number("nobodys", 0), "元")
    en = said("identities that cannot be persons were charged ", F.format_number("nobodys", 0), " yuan")
    return answer(joined, covered & (F.col("nobodys") > 0), zh, en)


def _nobody(inputs: BenignInputs) -> DataFrame:
    """The impossible persons of the period, looked for once for all checks."""
    assert inputs.visits is not None
    if "sentinel-persons" not in inputs.kept:
        inputs.kept["sentinel-persons"] = inputs.keep("sentinel-persons", impossible_persons(inputs.visits))
    return inputs.kept["sentinel-persons"]


def impossible_persons(visits: DataFrame) -> DataFrame:
    """psn_no of identities with more institutions or visits in one day, or visits in a month, than a person can have.

    Months are counted without pharmacies: a card that shops all month long may be a real one in the wrong hands.
    """
    limit = limits("sentinel_person")
    seen = visits.withColumn("day", F.to_date("first_time"))
    shop = F.col("med_type_group") == "pharmacy" if "med_type_group" in visits.columns else F.lit(False)
    daily = seen.groupBy("psn_no", "day").agg(
        F.count(F.lit(1)).alias("n"), F.sum(F.when(shop, 0).otherwise(1)).alias("counted")
    )
    monthly = daily.groupBy("psn_no", F.trunc("day", "month").alias("month")).agg(
        F.sum("counted").alias("visits"), F.max("n").alias("most")
    )
    often = monthly.where(F.col("visits") >= limit["visits_a_month"])
    # A person at ten institutions has ten visits: only those with a day of that many are looked at by institution.
    busy = monthly.where(F.col("most") >= min(limit["visits_a_day"], limit["houses_a_day"]))
    return _in_one_day(seen, busy.select("psn_no").distinct()).union(often.select("psn_no")).distinct()


def _in_one_day(seen: DataFrame, busy: DataFrame) -> DataFrame:
    limit = limits("sentinel_person")
    theirs = seen.select("psn_no", "day", "fixmedins_code").join(F.broadcast(busy), "psn_no", "left_semi")
    daily = theirs.groupBy("psn_no", "day", "fixmedins_code").agg(F.count(F.lit(1)).alias("n"))
    houses = daily.groupBy("psn_no", "day").agg(F.sum("n").alias("n"), F.count(F.lit(1)).alias("houses"))
    beyond = (F.col("n") >= limit["visits_a_day"]) | (F.col("houses") >= limit["houses_a_day"])
    return houses.where(beyond).select("psn_no").distinct()


def sentinel_doctor(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """The busiest doctor is a placeholder: at eight institutions, or three hundred visits in a day."""
    if inputs.visits is None:
        return answer(hits, F.lit(None).cast("boolean"), F.lit("缺少就诊表"), F.lit("no table of visits"))
    limit = limits("sentinel_doctor")
    seen = inputs.visits.where(F.col("doctor").isNotNull())
    daily = seen.groupBy("doctor", F.to_date("first_time").alias("day")).agg(F.count(F.lit(1)).alias("n"))
    busiest = daily.groupBy("doctor").agg(F.max("n").alias("a_day"))
    places = seen.groupBy("doctor").agg(F.count_distinct("fixmedins_code").alias("houses")).join(busiest, "doctor")
    beyond = (F.col("houses") >= limit["houses"]) | (F.col("a_day") >= limit["visits_a_day"])
    mine = seen.join(hits.select("fixmedins_code").distinct(), "fixmedins_code", "left_semi")
    each = mine.groupBy("fixmedins_code", "doctor").agg(F.sum("inscp").alias("inscp"))
    top = each.groupBy("fixmedins_code").agg(F.max_by("doctor", F.struct("inscp", "doctor")).alias("doctor"))
    joined = hits.join(top.join(places.withColumn("beyond", beyond), "doctor", "left"), "fixmedins_code", "left")
    zh = said("首位医师编码见于", F.col("houses"), "家机构，单日最多", F.col("a_day"), "人次")
    en = said(
        "the largest doctor's code occurs at ", F.col("houses"), " institutions, up to ", F.col("a_day"), " a day"
    )
    return answer(joined, F.col("beyond"), zh, en)


def blank_doctor(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Half of the lines name no doctor: concentration among the rest says nothing."""
    months = inputs.provider_month.where(F.col("stat_month").isin(*inputs.months))
    shares = months.groupBy("fixmedins_code").agg(
        F.sum("doctor_blank").alias("blank"), F.sum("doctor_lines").alias("lines")
    )
    joined = hits.join(shares, "fixmedins_code", "left")
    share = F.when(F.col("lines") > 0, F.col("blank") / F.col("lines"))
    zh, en = said(percent(share), "的费用行没有医师"), said(percent(share), " of the lines name no doctor")
    return answer(joined, share >= limits("blank_doctor")["share"], zh, en)
