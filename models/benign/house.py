"""Explanations that lie in what kind of house it is: its speciality, its patients, its place, its register.

Reads: the register of institutions, features/provider_month, features/visit, features/provider_item_month.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models import peers
from models.benign.model import BenignInputs, answer, limits, percent, said, share_of

EARTH = 6371000.0  # metres
LEVELS_WITH_BEDS = "^0[1-7]$"  # secondary and tertiary hospitals
# Houses whose business is the area: above other kinds of house by nature.
OWN_AREA = {
    "rehabilitation": ("rehabilitation", "traditional"), "dialysis": ("dialysis",), "orthopaedics": ("orthopaedic",),
    "cardiology": ("cardiac",),
}  # fmt: skip


def speciality(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """A specialist house was compared with its own kind, so its speciality is no answer; beyond its kind it is one.

    Of rehabilitation shares: enough registered therapists to have given the sessions is an answer too.
    """
    told = peers.attributes(inputs.institutions, _volume(inputs)).select("fixmedins_code", "kind", "speciality")
    joined = hits.join(told, "fixmedins_code", "left").join(_staffed(inputs), "fixmedins_code", "left")
    own = F.lit(False)
    for area, kinds in OWN_AREA.items():
        own = own | ((F.col("area") == area) & (F.col("speciality").isin(*kinds) | _kind_of(area)))
    mixed = F.coalesce(F.col("peer_group").startswith("医疗机构"), F.lit(False)) & own
    share = F.col("detector_id").rlike("^REH-8[246]")
    staffed = share & (F.col("area") == "rehabilitation") & F.coalesce("staffed", F.lit(False))
    zh = F.when(staffed, "登记治疗师足以完成全部治疗").otherwise(said("同组为", F.col("peer_group")))
    en = F.when(staffed, "registered therapists could have given all sessions").otherwise(
        F.when(mixed, "its peers are of every kind").otherwise("its peers are of its own kind")
    )
    return answer(joined, mixed | staffed, zh, en)


def _kind_of(area: str) -> Column:
    return F.col("kind") == ("rehab" if area == "rehabilitation" else area)


def _staffed(inputs: BenignInputs) -> DataFrame:
    limit = limits("staffed")
    register = inputs.institutions
    staff = F.col("reha_psncnt").cast("double") if "reha_psncnt" in register.columns else F.lit(None).cast("double")
    months = _months(inputs).groupBy("fixmedins_code").agg(F.avg("rehabs").alias("monthly"))
    joined = register.select("fixmedins_code", staff.alias("staff")).join(months, "fixmedins_code")
    able = F.col("staff") * limit["sessions"] * limit["days"]
    return joined.select("fixmedins_code", ((F.col("staff") > 0) & (F.col("monthly") <= able)).alias("staffed"))


def dialysis_centre(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Dialysis is a large part of the bill: frequent, alike and dear visits are its nature."""
    sums = _months(inputs).groupBy("fixmedins_code").agg(
        share_of(F.sum("dialysis_inscp"), F.sum("inscp")).alias("share")
    )  # fmt: skip
    joined = hits.join(sums, "fixmedins_code", "left")
    zh, en = said("透析费用占", percent(F.col("share"))), said("dialysis is ", percent(F.col("share")), " of the bill")
    return answer(joined, F.col("share") >= limits("dialysis_centre")["share"], zh, en)


def referral_centre(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Patients from elsewhere and severe diagnoses well above its level, and a signal no larger than that explains."""
    limit = limits("referral_centre")
    sums = _months(inputs).groupBy("fixmedins_code").agg(
        share_of(F.sum("outside_stays"), F.sum("discharges")).alias("outside"),
        share_of(F.sum("severe_stays"), F.sum("discharges")).alias("severe"),
    )  # fmt: skip
    level = peers.attributes(inputs.institutions, _volume(inputs)).select("fixmedins_code", "level")
    placed = sums.join(level, "fixmedins_code")
    usual = F.median("severe").alias("usual_severe")
    joined = hits.join(placed.join(placed.groupBy("level").agg(usual), "level"), "fixmedins_code", "left")
    sicker = F.when(F.col("usual_severe") > 0, F.col("severe") / F.col("usual_severe"))
    modest = F.col("observed") <= limit["times"] * F.col("peer_median")
    holds = (F.col("outside") >= limit["outside"]) & (sicker >= limit["severe"]) & modest
    zh = said("区外住院", percent(F.col("outside")), "，重症占比为同级", F.format_number(sicker, 1), "倍")
    en = said(percent(F.col("outside")), " of stays from elsewhere, severe ones ", F.format_number(sicker, 1), " times")
    return answer(joined, holds, zh, said(en, " those of its level"))


def special_drug_shop(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """A shop for dear special drugs: half of its money, steady over the period, buyers from here or registered."""
    if inputs.items is None:
        return answer(hits, F.lit(None).cast("boolean"), F.lit("缺少项目月表"), F.lit("no table of items by month"))
    limit = limits("special_drug_shop")
    later = F.col("stat_month").isin(*inputs.months[len(inputs.months) // 2 :])
    dear = F.coalesce(share_of(F.col("inscp"), F.col("cnt")) >= limit["price"], F.lit(False))
    money = inputs.items.where(F.col("stat_month").isin(*inputs.months)).groupBy("fixmedins_code").agg(
        share_of(F.sum(F.when(dear, F.col("inscp")).otherwise(0.0)), F.sum("inscp")).alias("share"),
        F.sum(F.when(dear & later, F.col("inscp")).otherwise(0.0)).alias("after"),
        F.sum(F.when(dear & ~later, F.col("inscp")).otherwise(0.0)).alias("before"),
    )  # fmt: skip
    shop = _months(inputs).groupBy("fixmedins_code").agg(
        share_of(F.sum("outside_inscp"), F.sum("inscp")).alias("outside"),
        share_of(F.sum("registered_inscp"), F.sum("inscp")).alias("registered"),
    )  # fmt: skip
    joined = hits.join(money, "fixmedins_code", "left").join(shop, "fixmedins_code", "left")
    steady = F.col("after") <= limit["steady"] * F.col("before")
    known = (F.coalesce("outside", F.lit(0.0)) <= limit["outside"]) | (F.col("registered") >= limit["registered"])
    holds = (F.col("share") >= limit["share"]) & steady & F.coalesce(known, F.lit(False))
    zh = said("单价500元以上药品占", percent(F.col("share")), "，区外购药", percent(F.col("outside")))
    en = said("drugs above 500 yuan a unit are ", percent(F.col("share")), ", buyers from elsewhere ")
    zh, en = said(zh, "，门慢特结算", percent(F.col("registered"))), said(en, percent(F.col("outside")))
    return answer(joined, holds, zh, said(en, ", for registered diseases ", percent(F.col("registered"))))


def hospital_neighbour(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """A hospital within three hundred metres, and a signal no larger than its prescriptions explain."""
    if not {"lnt", "lat"} <= set(inputs.institutions.columns):
        return answer(hits, F.lit(None).cast("boolean"), F.lit("无坐标"), F.lit("no coordinates"))
    limit = limits("hospital_neighbour")
    placed = inputs.institutions.where(F.col("lat").isNotNull() & F.col("lnt").isNotNull())
    hospitals = placed.where((F.col("fixmedins_type") == "1") & F.col("hosp_lv").rlike(LEVELS_WITH_BEDS))
    there = hospitals.select(F.col("lnt").cast("double").alias("to_lnt"), F.col("lat").cast("double").alias("to_lat"))
    shops = hits.select("fixmedins_code").distinct().join(
        placed.select("fixmedins_code", F.col("lnt").cast("double"), F.col("lat").cast("double")), "fixmedins_code"
    )  # fmt: skip
    apart = shops.crossJoin(F.broadcast(there)).groupBy("fixmedins_code").agg(F.min(_metres()).alias("metres"))
    joined = hits.join(apart, "fixmedins_code", "left")
    modest = F.col("observed") <= limit["times"] * F.col("peer_median")
    zh = said("距最近医院", F.format_number(F.col("metres"), 0), "米")
    en = said(F.format_number(F.col("metres"), 0), " metres from the nearest hospital")
    return answer(joined, (F.col("metres") <= limit["metres"]) & modest, zh, en)


def _metres() -> Column:
    """Distance on a sphere, small-angle form: exact to a metre within a town."""
    north = F.radians(F.col("to_lat") - F.col("lat"))
    east = F.radians(F.col("to_lnt") - F.col("lnt")) * F.cos(F.radians("lat"))
    return F.lit(EARTH) * F.sqrt(north * north + east * east)


def small_place(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """At most one other institution of its type in the district: people have nowhere else to go."""
    limit = limits("small_place")
    others = F.count(F.lit(1)).over(Window.partitionBy("fixmedins_type", F.substring("fix_blng_admdvs", 1, 6))) - 1
    counted = inputs.institutions.select("fixmedins_code", others.alias("others"))
    joined = hits.join(counted, "fixmedins_code", "left")
    zh, en = (
        said("同区划同类机构另有", F.col("others"), "家"),
        said(F.col("others"), " others of its type in the district"),
    )
    return answer(joined, F.col("others") <= limit["houses"], zh, en)


def border(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """Most persons from elsewhere come from one neighbouring area of the same province."""
    if inputs.visits is None:
        return answer(hits, F.lit(None).cast("boolean"), F.lit("缺少就诊表"), F.lit("no table of visits"))
    home = inputs.institutions.select("fixmedins_code", F.substring("fix_blng_admdvs", 1, 4).alias("home"))
    mine = inputs.visits.join(hits.select("fixmedins_code").distinct(), "fixmedins_code", "left_semi").join(
        F.broadcast(home), "fixmedins_code"
    )
    came = mine.withColumn("origin", F.substring("insu_admdvs", 1, 4)).where(F.col("origin") != F.col("home"))
    each = came.groupBy("fixmedins_code", "home", "origin").agg(F.count_distinct("psn_no").alias("n"))
    top = each.groupBy("fixmedins_code", "home").agg(
        F.max(F.struct("n", "origin")).alias("top"), F.sum("n").alias("all")
    )
    joined = hits.join(top, "fixmedins_code", "left")
    share = share_of(F.col("top.n"), F.col("all"))
    near = F.substring("top.origin", 1, 2) == F.substring("home", 1, 2)
    zh = said("区外人员", percent(share), "来自", F.col("top.origin"))
    en = said(percent(share), " of persons from elsewhere come from ", F.col("top.origin"))
    return answer(joined, (share >= limits("border")["share"]) & near, zh, en)


def stale_register(inputs: BenignInputs, hits: DataFrame) -> DataFrame:
    """A third more doctors sign than are registered: the register is out of date."""
    register = inputs.institutions
    if "dr_psncnt" not in register.columns:
        return answer(hits, F.lit(None).cast("boolean"), F.lit("无登记"), F.lit("no register of staff"))
    seen = _months(inputs).groupBy("fixmedins_code").agg(F.max("doctors").alias("seen"))
    staff = register.select("fixmedins_code", F.col("dr_psncnt").cast("double").alias("staff"))
    joined = hits.join(seen, "fixmedins_code", "left").join(staff, "fixmedins_code", "left")
    zh = said("实际签名医师", F.col("seen").cast("int"), "人，登记", F.col("staff").cast("int"), "人")
    en = said(F.col("seen").cast("int"), " doctors sign, ", F.col("staff").cast("int"), " are registered")
    return answer(joined, F.col("seen") >= limits("stale_register")["doctors"] * F.col("staff"), zh, en)


def _months(inputs: BenignInputs) -> DataFrame:
    return inputs.provider_month.where(F.col("stat_month").isin(*inputs.months))


def _volume(inputs: BenignInputs) -> DataFrame:
    return _months(inputs).groupBy("fixmedins_code").agg(F.sum("visits").alias("volume"))
