"""Two items of which only one is payable (重复收费): the sub item is disputed with its whole in-scope amount.

Points: item = the main item, other = the sub item, `window` = day (default), visit, hour or 6 hours.
Card: `dispute` = `other` (default) or `cheaper` (either of the two may be the main one; the cheaper, then the later is
disputed). Points that name the same two items both ways round (column `mutual`) are treated as `cheaper`.
Why: both lines belong to the same person and institution; another hospital's scan of the day duplicates nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, hits, per_card, sentence, with_points
from models.rules.lines import line_exposure, matched_lines

NAME, VERSION = "duplicate_pair", "1.0"
READS_POINTS = True
PARAMS = ("dispute",)
HOURS = {"hour": 1, "6 hours": 6}
KEYS = ("detector_id", "point_id", "fixmedins_code", "psn_no", "_bucket")


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Sub items whose main item stands in the same window; columns HIT_SCHEMA, amounts in yuan."""
    found = pairs(inputs, cards).withColumn("violation_cnt", F.col("net_cnt")).withColumn("violation_amount", whole())
    return hits(said(found, "与", "已含或不应同时收取", "billed together with", "only one of the two is payable"))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the main items."""
    return line_exposure(matched_lines(inputs, cards))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions whose charges carry no time of day, for points that speak of hours."""
    mains = matched_lines(inputs, cards).where(F.col("window").isin(*HOURS))
    timed = mains.groupBy("detector_id", "fixmedins_code").agg(F.max(_has_time().cast("int")).alias("timed"))
    reason = F.lit("no_time_of_day").alias("reason_code")
    return timed.where(F.col("timed") == 0).select("detector_id", "fixmedins_code", reason)


def pairs(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Sub lines with the array `_mains` of the main lines they meet (never empty) and `paired_bkkp_sn`, the first."""
    subs = matched_lines(inputs, cards, "other").withColumn("_bucket", _bucket())
    mains = with_points(inputs.with_own_items(), inputs.known()).withColumn("_bucket", F.explode(_buckets()))
    # Most main lines meet no sub line: they need not be put in order.
    near = mains.join(subs.select(*KEYS).distinct(), list(KEYS), "left_semi")
    grouped = near.groupBy(*KEYS).agg(F.array_sort(F.collect_list(_fact())).alias("_mains"))
    met = subs.join(grouped, list(KEYS), "inner")
    cheaper = F.coalesce(F.col("mutual"), F.lit(False)) | (per_card(cards, "dispute", "string", "other") == "cheaper")
    kept = F.filter("_mains", lambda main: _meets(main) & (~cheaper | _outranks(main)))
    met = met.withColumn("_mains", kept).where(F.size("_mains") > 0)
    return met.withColumn("paired_bkkp_sn", F.element_at("_mains", 1)["bkkp_sn"])


def said(found: DataFrame, with_zh: str, rule_zh: str, with_en: str, rule_en: str) -> DataFrame:
    """Adds the notes: which item the line was billed together with."""
    main = F.element_at("_mains", 1)["hilist_name"]
    return found.withColumn("note_zh", sentence(f"{with_zh}「{{main}}」{rule_zh}", main=main)).withColumn(
        "note_en", sentence(f"{with_en} {{main}}: {rule_en}", main=main)
    )


def _bucket() -> Column:
    """What a line shares with its partner: the visit, else the day."""
    return F.when(F.col("window") == "visit", F.col("mdtrt_id")).otherwise(F.col("fee_date").cast("string"))


def _buckets() -> Column:
    days = F.array(*[F.date_add("fee_date", shift).cast("string") for shift in (-1, 0, 1)])
    return F.when(F.col("window").isin(*HOURS), days).otherwise(F.array(_bucket()))


def _fact() -> Column:
    """A main line as the sub line needs to see it; sorted by time, then serial number."""
    seconds = F.unix_timestamp("fee_ocur_time").alias("at")
    timed = _has_time().alias("timed")
    return F.struct(seconds, "bkkp_sn", "med_list_codg", "hilist_name", "net_inscp", "net_cnt", timed)


def _has_time() -> Column:
    return F.unix_timestamp("fee_ocur_time") % 86400 != 0


def _meets(main: Column) -> Column:
    """Not the line itself nor the same item again, and near enough in time where the window is in hours."""
    code = F.coalesce(main["med_list_codg"], F.lit("")) != F.coalesce(F.col("med_list_codg"), F.lit(""))
    other = (main["bkkp_sn"] != F.col("bkkp_sn")) & (code | (main["hilist_name"] != F.col("hilist_name")))
    near = F.lit(True)
    for window, hours in HOURS.items():
        apart = F.abs(main["at"] - F.unix_timestamp("fee_ocur_time"))
        timed = main["timed"] & _has_time()
        near = near & ((F.col("window") != window) | (timed & (apart <= hours * 3600)))
    return other & F.coalesce(near, F.lit(True))


def _outranks(main: Column) -> Column:
    """The main line is dearer, or equally dear and earlier, or at the same second with the smaller serial number."""
    at = F.unix_timestamp("fee_ocur_time")
    same_price = main["net_inscp"] == F.col("net_inscp")
    earlier = (main["at"] < at) | ((main["at"] == at) & (main["bkkp_sn"] < F.col("bkkp_sn")))
    return (main["net_inscp"] > F.col("net_inscp")) | (same_price & earlier)
