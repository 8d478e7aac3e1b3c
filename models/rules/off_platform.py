"""Goods bought outside the procurement platform as a habit, and charged (线下采购收费).

Reads: purc_d (onln_flag), fee_list_d, fixmedins_b.
Grain: fee lines of an item of which a good part was bought outside the platform.
Why: the platform fixes what the fund pays; what is bought beside it escapes price and quality control. Every hospital
buys a few things off the platform – emergencies, goods not listed – so only items largely bought so, at houses where
such purchases are no exception, count, and only where several items are: a single product that is always bought
elsewhere has its filing. Retail shops may buy where they like. A house that marks no purchase as bought
on the platform does not keep the mark and is not judged. Which piece came from where nobody can tell, so every line of
the item carries the share: units bought off the platform / units bought x net_inscp (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import of_line
from models.rules.goods_sold import sold_by_day
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import LINE, RETAIL_PHARMACY, each_card, each_exposure, each_gap, of_domains

NAME, VERSION = "off_platform", "1.1"
ITEM = ["fixmedins_code", "med_list_codg"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such items; params: domains, min_item_share, min_items, min_house_share, min_deliveries."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of items the institution reports purchases of."""
    return each_exposure(inputs, cards, _supplied, amount=F.col("lines"))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`no_stock_reports` (no purchase at all), `platform_never_told` (no purchase marked as bought on the platform)."""
    return each_gap(inputs, cards, _silent)


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    charged = _charged(inputs, card).select("fixmedins_code").distinct()
    known = inputs.tables["purc_d"].groupBy("fixmedins_code").agg(F.max(_online().cast("int")).alias("_online"))
    told = charged.join(known, "fixmedins_code", "left").where(F.coalesce("_online", F.lit(0)) == 0)
    reason = F.when(F.col("_online").isNull(), "no_stock_reports").otherwise("platform_never_told")
    return told.withColumn("reason_code", reason)


def _online() -> Column:
    return F.coalesce(F.col("onln_flag").cast("int") == 1, F.lit(False))


def _goods(inputs: RuleInputs, card: Card) -> DataFrame:
    return _at_hospitals(inputs, of_domains(inputs.lines.where(F.length("med_list_codg") > 0), card))


def _charged(inputs: RuleInputs, card: Card) -> DataFrame:
    """The same lines added up by item, price and day (see goods_sold)."""
    return _at_hospitals(inputs, sold_by_day(inputs, card.params["domains"]))


def _at_hospitals(inputs: RuleInputs, lines: DataFrame) -> DataFrame:
    register = inputs.tables["fixmedins_b"].where(F.col("fixmedins_type") == RETAIL_PHARMACY)
    return lines.join(F.broadcast(register.select("fixmedins_code").distinct()), "fixmedins_code", "left_anti")


def _supplied(inputs: RuleInputs, card: Card) -> DataFrame:
    """Goods of items the institution reports purchases of, by item, price and day."""
    return _charged(inputs, card).join(_bought(inputs, card), ITEM)


def _bought(inputs: RuleInputs, card: Card) -> DataFrame:
    return inputs.kept(f"deliveries-{card.detector_id}", lambda: _deliveries(inputs, card))


def _deliveries(inputs: RuleInputs, card: Card) -> DataFrame:
    """ITEM of houses that keep the mark: units bought and deliveries to the house, all and off the platform."""
    asked = _charged(inputs, card).select("med_list_codg").distinct()
    bought = inputs.tables["purc_d"].where((F.col("cnt") > 0) & F.col("onln_flag").isNotNull())
    bought = bought.join(F.broadcast(asked), "med_list_codg", "left_semi").withColumn("_off", ~_online())
    items = bought.groupBy(*ITEM).agg(
        F.sum("cnt").cast("double").alias("_units"),
        F.sum(F.when(F.col("_off"), F.col("cnt")).otherwise(0)).cast("double").alias("_units_off"),
    )
    houses = bought.groupBy("fixmedins_code").agg(
        F.count(F.lit(1)).alias("_deliveries"), F.sum(F.col("_off").cast("int")).alias("_deliveries_off")
    )
    marking = houses.where(F.col("_deliveries_off") < F.col("_deliveries"))
    return items.join(marking, "fixmedins_code").join(_several(items, card), "fixmedins_code")


def _several(items: DataFrame, card: Card) -> DataFrame:
    """Houses with `_items_off`: how many of their items are largely bought off the platform."""
    largely = F.col("_units_off") >= F.col("_units") * float(card.params["min_item_share"])
    return items.groupBy("fixmedins_code").agg(F.sum(largely.cast("int")).alias("_items_off"))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    share = F.col("_units_off") / F.col("_units")
    habit = (F.col("_deliveries_off") >= int(card.params["min_deliveries"])) & (
        F.col("_deliveries_off") >= F.col("_deliveries") * float(card.params["min_house_share"])
    )
    several = F.col("_items_off") >= int(card.params["min_items"])
    large = _bought(inputs, card).where((share >= float(card.params["min_item_share"])) & habit & several)
    found = (
        _goods(inputs, card)
        .select(*LINE)
        .join(F.broadcast(inputs.kept(f"off-platform-{card.detector_id}", lambda: large)), ITEM)
    )
    percent = F.round(share * 100).cast("int").alias("_percent")
    return found.select(*LINE, share.alias("_share"), percent).withColumns(
        {
            "violation_cnt": F.col("net_cnt").cast("double") * F.col("_share"),
            "violation_amount": of_line(F.col("_share")),
            "note_zh": sentence("该品种采购量的{p}%不在平台采购", p="_percent"),
            "note_en": sentence("{p} % of this item was bought outside the platform", p="_percent"),
        }
    )
