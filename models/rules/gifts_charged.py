"""Goods a supplier gave for nothing, charged as if they had been bought (赠送耗材收费).

Reads: purc_d (prod_geay_flag), fee_list_d.
Grain: fee lines of an item sold after a gift of it came in.
Why: a gift lowers the real price, and what costs nothing may not be charged. Which piece was the gift nobody can tell,
so every line carries the gift's share of the units that came in within `back_days` up to the delivery before the sale:
what was sold before the gift came, or long after it was used up, was bought. A sample or two is usual, and so is a
single delivery on the house: items below `min_gift_share` and houses with few gift deliveries are left out. Formula:
gifts / units received x net_inscp (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.alike import asking_the_same, domains_of, for_each
from models.rules.amounts import of_line
from models.rules.goods_sold import sold_by_day
from models.rules.kind import EXPOSURE_SCHEMA, GAP_SCHEMA, Card, RuleInputs, exposures, hits, sentence, stat_month
from models.rules.records import LINE, no_hits, nothing_of, ready, with_domain, without_purchases

NAME, VERSION = "gifts_charged", "1.1"
ITEM = ["fixmedins_code", "med_list_codg"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of items received as gifts; params: domains, min_gift_share, min_gifts (units),
    min_deliveries, min_delivery_share (gift deliveries of the house, of any goods), back_days.
    """
    told = ready(inputs, cards)
    if not told:
        return no_hits(inputs)
    return reduce(DataFrame.unionByName, [hits(_found(inputs, alike)) for alike in asking_the_same(told)])


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of items the institution reports purchases of."""
    told = ready(inputs, cards)
    if not told:
        return nothing_of(inputs, EXPOSURE_SCHEMA)
    supplied = sold_by_day(inputs, domains_of(told)).join(_supplies(inputs), ITEM, "left_semi")
    counted = supplied.groupBy("fixmedins_code", stat_month().alias("stat_month"), "domain")
    return exposures(for_each(counted.agg(F.sum("lines").alias("lines")), told), F.col("lines"))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions that report no purchase: `no_stock_reports`."""
    told = ready(inputs, cards)
    if not told:
        return nothing_of(inputs, GAP_SCHEMA)
    charged = sold_by_day(inputs, domains_of(told)).select("fixmedins_code", "domain").distinct()
    return for_each(without_purchases(inputs, charged), told).select(*GAP_SCHEMA).distinct()


def _goods(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    lines = with_domain(inputs.lines.where(F.length("med_list_codg") > 0))
    return lines.where(F.col("domain").isin(*domains_of(cards)))


def _supplies(inputs: RuleInputs) -> DataFrame:
    """ITEM with the units and gifts that came in (`_units`, `_gifts`), and the house's deliveries (`_given` of them
    gifts).
    """
    gift = _is_gift()
    sums = (
        inputs.tables["purc_d"]
        .groupBy(*ITEM)
        .agg(
            F.sum("cnt").cast("double").alias("_units"),
            F.sum(F.when(gift, F.col("cnt")).otherwise(0)).cast("double").alias("_gifts"),
        )
    )
    house = inputs.tables["purc_d"].where(F.col("cnt") > 0).groupBy("fixmedins_code").agg(
        F.sum(gift.cast("int")).alias("_given"), F.count(F.lit(1)).alias("_deliveries")
    )  # fmt: skip
    return sums.where(F.col("_units") > 0).join(house, "fixmedins_code")


def _is_gift() -> Column:
    return F.coalesce(F.col("prod_geay_flag").cast("int") == 1, F.lit(False))


def _windows(inputs: RuleInputs, chosen: DataFrame, back_days: int) -> DataFrame:
    """ITEM with `_from` (a day of delivery), `_until` (the next) and the `_share` of gifts in what came in lately."""
    day = F.to_date("purc_time").alias("_from")
    lots = inputs.tables["purc_d"].join(chosen.select(*ITEM), ITEM, "left_semi").groupBy(*ITEM, day)
    units = F.col("cnt").cast("double")
    each = lots.agg(F.sum(units).alias("_units"), F.sum(F.when(_is_gift(), units).otherwise(0.0)).alias("_gifts"))
    numbered = each.withColumn("_day", F.datediff("_from", F.lit("2000-01-01").cast("date")))
    order = Window.partitionBy(*ITEM).orderBy("_day")
    recent = order.rangeBetween(-back_days, 0)
    summed = numbered.select(
        *ITEM,
        "_from",
        F.coalesce(F.lead("_from").over(order), F.lit("9999-12-31").cast("date")).alias("_until"),
        F.sum("_gifts").over(recent).alias("_gifts"),
        F.sum("_units").over(recent).alias("_units"),
    )
    some = summed.where((F.col("_gifts") > 0) & (F.col("_units") > 0))
    return some.select(*ITEM, "_from", "_until", F.least(F.col("_gifts") / F.col("_units"), F.lit(1.0)).alias("_share"))


def _found(inputs: RuleInputs, alike: Sequence[Card]) -> DataFrame:
    """Lines of items whose gifts are many enough, for each card that watches them."""
    card = alike[0]
    share = F.least(F.col("_gifts") / F.col("_units"), F.lit(1.0))
    supplies = _supplies(inputs).withColumn("_share", share)
    large = (F.col("_share") >= float(card.params["min_gift_share"])) & (
        F.col("_gifts") >= float(card.params["min_gifts"])
    )
    habit = (F.col("_given") >= int(card.params["min_deliveries"])) & (
        F.col("_given") >= F.col("_deliveries") * float(card.params["min_delivery_share"])
    )
    percent = F.round(F.col("_share") * 100).cast("int")
    windows = _windows(inputs, supplies.where(large & habit), int(card.params["back_days"]))
    given = inputs.kept(f"given-{card.detector_id}", lambda: windows)
    sold = _goods(inputs, alike).select(*LINE, "domain").join(F.broadcast(given), ITEM)
    found = for_each(sold.where((F.col("fee_date") >= F.col("_from")) & (F.col("fee_date") < F.col("_until"))), alike)
    return found.withColumns(
        {
            "violation_cnt": F.col("net_cnt").cast("double") * F.col("_share"),
            "violation_amount": of_line(F.col("_share")),
            "note_zh": sentence("收费前近期入库数量中{p}%为赠送", p=percent),
            "note_en": sentence("{p} % of what came in before the sale was a gift", p=percent),
        }
    )
