"""Everything that moved an item in or out of an institution, and the days between which it can be balanced.

Reads: fee_list_d (claims), purc_d (purchases and returns), sel_d (sales outside insurance), inv_d (counts).
Grain: ledger – institution, item, day and source; windows – institution and item.
Why: a balance is only as good as its two counts and the purchases between them; late or missing uploads must never look
like missing goods.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, stat_month

ITEM = ["fixmedins_code", "med_list_codg"]
CLAIM, PURCHASE, CASH, COUNT = "claim", "purchase", "cash", "count"


def ledger(inputs: RuleInputs, charged: DataFrame) -> DataFrame:
    """One row per movement or count: ITEM, day, source, cnt (packages), amount (yuan, claims and purchases)."""
    claims = charged.groupBy(*ITEM, F.col("fee_date").alias("day")).agg(
        F.sum("net_cnt").cast("double").alias("cnt"), F.sum("net_fee").cast("double").alias("amount")
    )
    moved = claims.withColumn("source", F.lit(CLAIM))
    value = (F.col("cnt") * F.col("pric")).cast("double")
    moved = moved.unionByName(_movements(inputs.tables["purc_d"], "purc_time", PURCHASE, value))
    moved = moved.unionByName(_movements(inputs.tables["inv_d"], "inv_date", COUNT, F.lit(None).cast("double")))
    sales = inputs.tables.get("sel_d")
    if sales is None:
        return moved
    outside = sales.where(F.coalesce(F.col("mdtrt_setl_type") == "2", F.col("setl_id").isNull()))
    return moved.unionByName(_movements(outside, "sel_time", CASH, F.lit(None).cast("double")))


def _movements(table: DataFrame, time: str, source: str, amount: Column) -> DataFrame:
    day = F.to_date(time).alias("day")
    cnt = F.col("cnt").cast("double").alias("cnt")
    return table.select(*ITEM, day, cnt, amount.alias("amount"), F.lit(source).alias("source"))


def only(source: str, value: Column | str) -> Column:
    """`value` on rows of that source, else empty."""
    return F.when(F.col("source") == source, F.col(value) if isinstance(value, str) else value)


def houses(moved: DataFrame) -> DataFrame:
    """Per institution: months with claims and with purchases (`sale_months`, `buy_months`), `counts`."""
    month = stat_month("day").alias("_month")
    monthly = moved.groupBy("fixmedins_code", "source", month).agg(F.count("cnt").alias("_n"))
    return monthly.groupBy("fixmedins_code").agg(
        F.count(only(CLAIM, "_month")).alias("sale_months"),
        F.count(only(PURCHASE, "_month")).alias("buy_months"),
        F.coalesce(F.sum(only(COUNT, "_n")), F.lit(0)).alias("counts"),
    )


def upload_hole(min_month_share: float) -> Column:
    """Purchases in fewer than that share of the months in which the institution charges: uploads are missing."""
    return F.col("buy_months") < F.col("sale_months") * min_month_share


def windows(moved: DataFrame, card: Card) -> DataFrame:
    """ITEM, begin, end (dates), opening, closing (packages; closing empty = not counted or not usable).

    From the first count of the item to its last. Without a second count to the last sale, and nothing is taken as left.
    An item never counted starts at the first count of the house with nothing, but only where counts and purchases
    know at least `min_coverage` of the items charged. Purchases that stop `late_days` before the sales do are late:
    then only the time up to the last upload is balanced.
    """
    items = _with_house(_items(moved))
    begin = F.coalesce(
        "first_count", F.when(F.col("covered") >= float(card.params["min_coverage"]), F.col("house_count"))
    )
    late = F.datediff("house_sale", "house_upload") > int(card.params["late_days"])
    twice = F.coalesce(F.col("last_count") > F.col("first_count"), F.lit(False))
    usable = twice & (~late | (F.col("last_count") <= F.col("house_upload")))
    end = F.when(usable, F.col("last_count")).when(late, F.col("house_upload")).otherwise(F.col("house_sale"))
    judged = items.where(F.col("last_sale").isNotNull() & F.col("house_upload").isNotNull())
    chosen = judged.select(
        *ITEM, begin.alias("begin"), end.alias("end"), "opening", F.when(usable, F.col("last_cnt")).alias("closing")
    )
    enough = houses(moved).where(~upload_hole(float(card.params["min_month_share"]))).select("fixmedins_code")
    return chosen.where(F.col("begin") < F.col("end")).join(enough, "fixmedins_code", "left_semi")


def _items(moved: DataFrame) -> DataFrame:
    count_day = only(COUNT, "day")
    return moved.groupBy(*ITEM).agg(
        F.min(count_day).alias("first_count"),
        F.max(count_day).alias("last_count"),
        F.min_by("cnt", count_day).alias("opening"),
        F.max_by("cnt", count_day).alias("last_cnt"),
        F.max(only(CLAIM, "day")).alias("last_sale"),
        F.max(only(PURCHASE, "day")).alias("last_upload"),
    )


def _with_house(items: DataFrame) -> DataFrame:
    """Adds what holds for the institution: first count, last upload, last sale, share of charged items known."""
    house = Window.partitionBy("fixmedins_code")
    known = (F.col("first_count").isNotNull() | F.col("last_upload").isNotNull()).cast("int")
    charged_and_known = F.when(F.col("last_sale").isNotNull(), known)
    return items.withColumns(
        {
            "house_count": F.min("first_count").over(house),
            "house_upload": F.max("last_upload").over(house),
            "house_sale": F.max("last_sale").over(house),
            "covered": F.avg(charged_and_known).over(house),
        }
    )


def sold_inside(day: Column | str) -> Column:
    """Sales between the counts: the count days themselves do not tell whether a sale came before or after."""
    at = F.col(day) if isinstance(day, str) else day
    before_close = F.when(F.col("closing").isNotNull(), at < F.col("end")).otherwise(at <= F.col("end"))
    return (at > F.col("begin")) & before_close
