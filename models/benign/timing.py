"""Explanations that lie in time: a policy date, an opening, a new machine, an upload sent twice or not at all.

Reads: findings with their months, features/provider_month, scores/evidence, the policy calendar, the register.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from knowledge.frames import small_frame
from models.benign.model import PAIR, BenignInputs, answer, limits, of_months, percent, said, share_of


def policy_date(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """The signal begins with a dated policy of its area, and the usual house of its peers moved with it."""
    limit = limits("policy_date")
    entries = [
        (entry.month, entry.place, area, entry.what_zh, entry.what_en)
        for entry in inputs.calendar
        for area in (entry.areas or ("",))
        if min(inputs.months) < entry.month <= max(inputs.months)
    ]
    calendar = small_frame(
        hits.sparkSession,
        entries,
        "policy_month string, place string, policy_area string, what_zh string, what_en string",
    )
    placed = _started(hits, limits("district_jump")["onset"]).join(
        inputs.institutions.select("fixmedins_code", "fix_blng_admdvs"), "fixmedins_code"
    )
    here = F.col("fix_blng_admdvs").startswith(F.col("place"))
    same_area = (F.col("policy_area") == "") | (F.col("policy_area") == F.col("area"))
    since = _index(F.col("start")) - _index(F.col("policy_month"))
    matched = placed.join(F.broadcast(calendar), here & same_area & since.between(0, int(limit["months"])), "left")
    best = F.min(F.struct("policy_month", "what_zh", "what_en")).alias("p")
    first = matched.groupBy(*PAIR).agg(best).select(*PAIR, "p.policy_month", "p.what_zh", "p.what_en")
    moved = first.join(_area_rise(inputs), F.col("policy_month") == F.col("rise_month"), "left")
    nothing = F.col("policy_month").isNull()
    holds = ~nothing & (F.coalesce("rise", F.lit(0.0)) >= limit["rise"])
    zh = F.when(nothing, "起始月份无对应政策").otherwise(said(F.col("policy_month"), " ", F.col("what_zh")))
    en = F.when(nothing, "no policy on its first month").otherwise(said(F.col("policy_month"), " ", F.col("what_en")))
    return answer(moved, holds, zh, en)


def _area_rise(inputs: BenignInputs) -> DataFrame:
    """Month -> how the median house's in-scope money moved from the month before to that month."""
    order = Window.partitionBy("fixmedins_code").orderBy("stat_month")
    moved = inputs.provider_month.withColumn("before", F.lag("inscp").over(order))
    rises = moved.withColumn("rise", share_of(F.col("inscp"), F.col("before"))).where(F.col("rise").isNotNull())
    return rises.groupBy(F.col("stat_month").alias("rise_month")).agg(F.median("rise").alias("rise"))


def ramp_up(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """A young contract, or a house that hardly billed in its earliest month: growth is its opening."""
    limit = limits("ramp_up")
    register = inputs.institutions
    begun = F.date_format("begntime", "yyyy-MM") if "begntime" in register.columns else F.lit(None).cast("string")
    starts = register.select("fixmedins_code", begun.alias("begun"))
    months = inputs.provider_month.where(F.col("stat_month").isin(*inputs.months))
    ends = months.groupBy("fixmedins_code").agg(
        F.min_by("inscp", "stat_month").alias("earliest"), F.max_by("inscp", "stat_month").alias("latest"),
        F.min("stat_month").alias("first_month"),
    )  # fmt: skip
    joined = hits.join(starts, "fixmedins_code", "left").join(ends, "fixmedins_code", "left")
    young = _index(F.lit(max(inputs.months))) - _index(F.col("begun")) <= limit["months"]
    opened = (F.col("earliest") <= limit["quiet"] * F.col("latest")) | (F.col("first_month") > min(inputs.months))
    holds = F.coalesce(young, F.lit(False)) | F.coalesce(opened, F.lit(False))
    zh, en = said("合同始于", F.col("begun")), said("contract since ", F.col("begun"))
    return answer(
        joined,
        holds,
        said(zh, "，首个有费用月份", F.col("first_month")),
        said(en, "; first month with charges ", F.col("first_month")),
    )


def new_machine(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Hardly any CT or MR before, a steady number after, no more than peers allow: a machine went into use."""
    limit = limits("new_machine")
    months = inputs.provider_month.where(F.col("stat_month").isin(*inputs.months))
    house = Window.partitionBy("fixmedins_code")
    marked = months.withColumn("used", F.col("ct_mr") > limit["quiet"] * F.max("ct_mr").over(house))
    starts = marked.groupBy("fixmedins_code").agg(
        F.min(F.when(F.col("used"), F.col("stat_month"))).alias("since"),
        F.max(F.when(~F.col("used"), F.col("stat_month"))).alias("until"),
    )
    joined = hits.join(starts, "fixmedins_code", "left")
    opened = F.coalesce(F.col("until") < F.col("since"), F.lit(False))
    modest = F.col("observed") <= limit["level"] * F.col("peer_limit")
    zh = F.when(opened, said("CT磁共振自", F.col("since"), "起开展")).otherwise("期内无新开展迹象")
    en = F.when(opened, said("CT or MR in use since ", F.col("since"))).otherwise("no sign of a new machine")
    return answer(joined, opened & modest, zh, en)


def upload_gap(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """The evidence lies in months in which the house all but stopped uploading reports."""
    limit = limits("upload_gap")
    if inputs.evidence is None:
        return answer(hits, F.lit(None).cast("boolean"), F.lit("无证据行"), F.lit("no evidence lines"))
    months = inputs.provider_month.where(F.col("stat_month").isin(*inputs.months) & (F.col("exams") > 0))
    shown = months.withColumn("uploaded", share_of(F.coalesce("reports", F.lit(0.0)), F.col("exams")))
    usual = F.max("uploaded").over(Window.partitionBy("fixmedins_code"))
    quiet = shown.withColumn("gap", F.col("uploaded") < limit["reports"] * usual).where(F.col("gap"))
    lines = inputs.evidence.join(hits.select(*PAIR), PAIR, "left_semi").join(
        quiet.select("fixmedins_code", "stat_month", "gap"), ["fixmedins_code", "stat_month"], "left"
    )
    shares = lines.groupBy(*PAIR).agg(F.avg(F.col("gap").isNotNull().cast("double")).alias("share"))
    joined = hits.join(shares, PAIR, "left").withColumn("share", F.coalesce("share", F.lit(0.0)))
    zh = said("证据中", percent(F.col("share")), "落在报告中断上传的月份")
    en = said(percent(F.col("share")), " of the evidence falls in months without uploaded reports")
    return answer(joined, F.col("share") >= limit["share"], zh, en)


def leaking_upload(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """A small share of reports is missing, of every item alike: an interface that loses some, nobody's choice of work.

    Dispersion: sum of (missing - expected)^2 / (expected x (1 - share)) over the items, by their number less one; about
    1 where chance alone decides which line has no report (Pearson 1900).
    """
    limit = limits("leaking_upload")
    if inputs.evidence is None or inputs.items is None:
        return answer(hits, F.lit(None).cast("boolean"), F.lit("缺少项目月表"), F.lit("no table of items by month"))
    item = ["fixmedins_code", "med_list_codg"]
    missing = inputs.evidence.join(hits.select(*PAIR), PAIR, "left_semi").groupBy("detector_id", *item).agg(
        F.count(F.lit(1)).alias("gone")
    )  # fmt: skip
    billed = inputs.items.where(F.col("stat_month").isin(*inputs.months)).groupBy(*item).agg(F.sum("lines").alias("n"))
    each = missing.join(billed, item).where(F.col("n") >= limit["lines"])
    share = F.sum("gone").over(Window.partitionBy(*PAIR)) / F.sum("n").over(Window.partitionBy(*PAIR))
    apart = F.pow(F.col("gone") - F.col("n") * F.col("share"), 2) / (F.col("n") * F.col("share") * (1 - F.col("share")))
    spread = each.withColumn("share", share).groupBy(*PAIR).agg(
        F.max("share").alias("share"), F.count(F.lit(1)).alias("items"), F.sum(apart).alias("apart")
    )  # fmt: skip
    joined = hits.join(spread, PAIR, "left")
    even = share_of(F.col("apart"), F.col("items") - 1) <= limit["dispersion"]
    holds = even & (F.col("share") <= limit["share"]) & (F.col("items") >= limit["items"])
    zh = said(F.col("items"), "种项目各缺约", percent(F.col("share")), "，缺失", F.when(even, "均匀").otherwise("不均"))
    en = said(F.col("items"), " items lack ", percent(F.col("share")), " of their reports, ")
    return answer(joined, holds, zh, said(en, F.when(even, "all alike").otherwise("some far more")))


def duplicated_upload(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Nearly all evidence on one or two days, exact repeats of lines of the same moment: a batch sent twice."""
    limit = limits("duplicated_upload")
    if inputs.evidence is None:
        return answer(hits, F.lit(None).cast("boolean"), F.lit("无证据行"), F.lit("no evidence lines"))
    lines = inputs.evidence.join(hits.select(*PAIR), PAIR, "left_semi")
    moment = Window.partitionBy(*PAIR, "psn_no", "med_list_codg", "fee_ocur_time", "inscp_amt")
    repeated = lines.withColumn("twin", (F.count(F.lit(1)).over(moment) > 1).cast("double"))
    daily = repeated.groupBy(*PAIR, F.to_date("fee_ocur_time").alias("day")).agg(
        F.count(F.lit(1)).alias("n"), F.sum("twin").alias("twins")
    )
    order = Window.partitionBy(*PAIR).orderBy(F.col("n").desc(), "day")
    ranked = daily.withColumn("_n", F.row_number().over(order))
    top = F.col("_n") <= limit["days"]
    counted = ranked.groupBy(*PAIR).agg(
        F.sum("n").alias("all"),
        F.sum(F.when(top, F.col("n"))).alias("top"),
        F.sum(F.when(top, F.col("twins"))).alias("twins"),
    )
    joined = hits.join(counted, PAIR, "left")
    share = F.when(F.col("all") > 0, F.col("top") / F.col("all"))
    alike = F.when(F.col("top") > 0, F.col("twins") / F.col("top"))
    holds = (F.col("all") >= limit["lines"]) & (share >= limit["share"]) & (alike >= limit["rate"])
    zh = said("证据", percent(share), "集中于两日，其中", percent(alike), "与另一行完全相同")
    en = said(percent(share), " of the evidence on two days, ", percent(alike), " of it exact repeats")
    return answer(joined, F.coalesce(holds, F.lit(False)), zh, en)


def health_campaign(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Nearly all evidence on a few days of many persons: a screening or a chronic-disease day, no standing order.

    Only what points at lines can be tested; of an indicator one has to ask on site.
    """
    limit = limits("health_campaign")
    if inputs.evidence is None:
        return answer(hits, F.lit(None).cast("boolean"), F.lit("无证据行"), F.lit("no evidence lines"))
    lines = inputs.evidence.join(hits.select(*PAIR), PAIR, "left_semi")
    daily = lines.groupBy(*PAIR, F.to_date("fee_ocur_time").alias("day")).agg(
        F.count(F.lit(1)).alias("n"), F.count_distinct("psn_no").alias("persons")
    )
    crowded = F.col("persons") >= limit["persons"]
    counted = daily.groupBy(*PAIR).agg(
        F.sum("n").alias("all"),
        F.sum(F.when(crowded, F.col("n")).otherwise(0)).alias("top"),
        F.sum(crowded.cast("int")).alias("days"),
    )
    joined = hits.join(counted, PAIR, "left")
    share = F.when(F.col("all") > 0, F.col("top") / F.col("all"))
    holds = (share >= limit["share"]) & (F.col("days") <= limit["days"] * len(inputs.months))
    zh = said("证据", percent(share), "集中于", F.col("days"), "个人数众多的日子")
    en = said(percent(share), " of the evidence on ", F.col("days"), " days of many persons")
    return answer(joined, holds, zh, en)


def refund_transit(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Most refunds in a single month: a correction run."""
    months = inputs.provider_month.where(F.col("stat_month").isin(*inputs.months))
    counted = months.groupBy("fixmedins_code").agg(
        F.sum("refund_setls").alias("all"), F.max("refund_setls").alias("most"), F.count(F.lit(1)).alias("active")
    )
    joined = hits.join(counted, "fixmedins_code", "left")
    share = F.when(F.col("all") > 0, F.col("most") / F.col("all"))
    zh, en = said("单月退费占", percent(share)), said(percent(share), " of the refunds in one month")
    return answer(joined, (share >= limits("refund_transit")["share"]) & (F.col("active") > 1), zh, en)


def _started(hits: DataFrame, onset: float) -> DataFrame:
    """First month of every hit: of a rule the first strong one, of an indicator the first above the limit."""
    opened = of_months(hits)
    strongest = F.max("month_value").over(Window.partitionBy(*PAIR))
    strong = F.when(F.col("family") == "rule", F.col("month_value") >= onset * strongest)
    above = opened.withColumn("above", strong.otherwise(F.col("month_value") > F.col("peer_limit")))
    starts = above.where(F.col("above")).groupBy(*PAIR).agg(F.min("stat_month").alias("start"))
    return hits.select(*PAIR, "area").join(starts, PAIR, "left")


def _index(month: Column) -> Column:
    return F.substring(month, 1, 4).cast("int") * 12 + F.substring(month, 6, 2).cast("int")
