"""From which day to which day an item of an institution can be balanced, and which institutions upload too little to
try.

Reads: inv_d (counts), purc_d (purchases), the charged lines.
Grain: institution and item.
Why: a balance is only as good as its two counts and the purchases between them; late or missing uploads must never
look like missing goods.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs

ITEM = ["fixmedins_code", "med_list_codg"]


def goods(table: DataFrame, time: str) -> DataFrame:
    """Stock rows as fixmedins_code, med_list_codg, day, cnt, pric."""
    return table.select(*ITEM, F.to_date(time).alias("day"), "cnt", "pric")


def silent_months(inputs: RuleInputs, min_share: float) -> DataFrame:
    """Institutions with purchases in fewer than `min_share` of the months in which they charge: uploads have holes."""
    month = F.date_format(F.to_date("purc_time"), "yyyy-MM")
    bought = inputs.tables["purc_d"].groupBy("fixmedins_code").agg(F.countDistinct(month).alias("_bought"))
    charged = inputs.lines.groupBy("fixmedins_code").agg(
        F.countDistinct(F.date_format("fee_date", "yyyy-MM")).alias("_charged")
    )
    joined = charged.join(bought, "fixmedins_code", "inner")
    return joined.where(F.col("_bought") < F.col("_charged") * min_share).select("fixmedins_code")


def counted_windows(inputs: RuleInputs, charged: DataFrame, card: Card) -> DataFrame:
    """Institution, item, begin, end (dates), opening, closing (packages; closing null = not counted or unusable)."""
    counts = _counts(inputs.tables["inv_d"])
    houses = _houses(inputs, charged, counts, card)
    items = charged.select(*ITEM).distinct().join(houses, "fixmedins_code", "inner").join(counts, ITEM, "left")
    begin = F.coalesce(F.col("first_count"), F.when(F.col("_complete"), F.col("_first_count")))
    late = F.datediff("_last_sale", "_last_upload") > int(card.params["late_days"])
    usable = F.coalesce(F.col("last_count") > F.col("first_count"), F.lit(False))
    usable = usable & (~late | (F.col("last_count") <= F.col("_last_upload")))
    end = F.when(usable, F.col("last_count")).when(late, F.col("_last_upload")).otherwise(F.col("_last_sale"))
    windows = items.select(
        *ITEM,
        begin.alias("begin"),
        end.alias("end"),
        F.col("opening_count").alias("opening"),
        F.when(usable, F.col("closing_count")).alias("closing"),
    )
    return windows.where(F.col("begin").isNotNull() & (F.col("begin") < F.col("end")))


def _counts(inventory: DataFrame) -> DataFrame:
    return inventory.groupBy(*ITEM).agg(
        F.min("inv_date").alias("first_count"),
        F.max("inv_date").alias("last_count"),
        F.min_by("cnt", "inv_date").alias("opening_count"),
        F.max_by("cnt", "inv_date").alias("closing_count"),
    )


def _houses(inputs: RuleInputs, charged: DataFrame, counts: DataFrame, card: Card) -> DataFrame:
    """Per institution that reports purchases and counts: first count, last upload, last sale, and whether its counts
    and purchases cover enough of the items it charges to say that an item without any was never there.
    """
    purchases = inputs.tables["purc_d"]
    uploads = purchases.groupBy("fixmedins_code").agg(F.max(F.to_date("purc_time")).alias("_last_upload"))
    first = counts.groupBy("fixmedins_code").agg(F.min("first_count").alias("_first_count"))
    sales = charged.groupBy("fixmedins_code").agg(F.max("fee_date").alias("_last_sale"))
    known = counts.select(*ITEM).unionByName(purchases.select(*ITEM)).distinct().withColumn("_known", F.lit(1))
    items = charged.select(*ITEM).distinct().join(known, ITEM, "left")
    covered = items.groupBy("fixmedins_code").agg(F.avg(F.coalesce("_known", F.lit(0))).alias("_covered"))
    complete = F.col("_covered") >= float(card.params["min_coverage"])
    joined = sales.join(uploads, "fixmedins_code", "inner").join(first, "fixmedins_code", "inner")
    return joined.join(covered, "fixmedins_code", "inner").withColumn("_complete", complete)
