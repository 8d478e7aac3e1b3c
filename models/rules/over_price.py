"""Goods charged above the selected or capped price, or above what they were bought for (超限价, 加价).

Reads: fee_list_d; volume_price_d (`against: cap`), purc_d (`against: platform` or `purchase`).
Grain: the fee line.
Why: volume procurement fixes prices, and consumables are sold without a mark-up at hospitals. A price list may cover
a province, a city or a district: the closest one holds. Against purchases the dearest one of the last `back_days` (or,
with none, of the whole extract) is the yardstick, so that older stock at an older price is honest; the platform's price
is that of the latest purchase, because a list has one price at a time. Gifts have no price.
Formula: (price - allowed) / price x net_inscp (handbook §3.4, formula 4).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import MONEY, Card, RuleInputs, sentence
from models.rules.records import LINE, RETAIL_PHARMACY, each_card, each_exposure, each_gap, of_domains

NAME, VERSION = "over_price", "1.0"
CAP, PLATFORM = "cap", "platform"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines above the price; params: against (cap | platform | purchase), domains, tolerance (share), back_days."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of goods whose allowed price is known."""
    return each_exposure(inputs, cards, _priced)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions that report no purchase, where the card asks for purchases: `no_stock_reports`."""
    return each_gap(inputs, [card for card in cards if card.params["against"] != CAP], _silent)


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    known = inputs.tables["purc_d"].select("fixmedins_code").distinct()
    charged = _goods(inputs, card).select("fixmedins_code").distinct()
    return charged.join(known, "fixmedins_code", "left_anti").withColumn("reason_code", F.lit("no_stock_reports"))


def _goods(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = of_domains(inputs.lines.where((F.length("med_list_codg") > 0) & (F.col("pric") > 0)), card)
    register = inputs.tables.get("fixmedins_b")
    if register is None or card.params["against"] == CAP:
        return lines
    shops = register.where(F.col("fixmedins_type") == RETAIL_PHARMACY).select("fixmedins_code").distinct()
    return lines.join(F.broadcast(shops), "fixmedins_code", "left_anti")  # shops live on their mark-up


def _priced(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines with `_allowed`, the highest price they may have, in yuan."""
    goods = _goods(inputs, card)
    found = _capped(inputs, goods) if card.params["against"] == CAP else _bought(inputs, goods, card)
    return found.where(F.col("_allowed") > 0)


def _capped(inputs: RuleInputs, goods: DataFrame) -> DataFrame:
    listed = inputs.tables["volume_price_d"].select(
        F.col("med_list_codg").alias("_item"),
        F.regexp_replace("admdvs", "(0000|00)$", "").alias("_place"),
        F.col("price_cap").cast("double").alias("_cap"),
        F.col("begndate").alias("_from"),
        F.col("enddate").alias("_to"),
    )
    holds = (
        (F.col("med_list_codg") == F.col("_item"))
        & F.col("fix_blng_admdvs").startswith(F.col("_place"))
        & (F.col("fee_date") >= F.col("_from"))
        & (F.col("_to").isNull() | (F.col("fee_date") <= F.col("_to")))
    )
    met = goods.join(F.broadcast(listed), holds, "inner")
    closest = F.max_by("_cap", F.struct(F.length("_place"), F.col("_from"), F.col("_cap"))).alias("_allowed")
    each = met.groupBy("bkkp_sn").agg(closest)
    return goods.join(each, "bkkp_sn")


def _bought(inputs: RuleInputs, goods: DataFrame, card: Card) -> DataFrame:
    price = F.col("plaf_pric") if card.params["against"] == PLATFORM else F.col("pric")
    gift = F.coalesce(F.col("prod_geay_flag").cast("int") == 1, F.lit(False)) if _gifts_told(inputs) else F.lit(False)
    lots = inputs.tables["purc_d"].where((F.col("cnt") > 0) & (price > 0) & ~gift)
    each = lots.groupBy("fixmedins_code", "med_list_codg", F.to_date("purc_time").alias("_day")).agg(
        F.max(price).cast("double").alias("_price")
    )
    ever = each.groupBy("fixmedins_code", "med_list_codg").agg(F.max("_price").alias("_ever"))
    known = goods.join(ever, ["fixmedins_code", "med_list_codg"])
    days = known.select("fixmedins_code", "med_list_codg", "fee_date").distinct()
    reach = F.datediff("fee_date", "_day").between(0, int(card.params["back_days"]))
    recent = days.join(each, ["fixmedins_code", "med_list_codg"]).where(reach)
    keys = ["fixmedins_code", "med_list_codg", "fee_date"]
    latest = F.max_by("_price", "_day") if card.params["against"] == PLATFORM else F.max("_price")
    lately = recent.groupBy(*keys).agg(latest.alias("_lately"))
    return known.join(lately, keys, "left").withColumn("_allowed", F.coalesce("_lately", "_ever"))


def _gifts_told(inputs: RuleInputs) -> bool:
    return "prod_geay_flag" in inputs.tables["purc_d"].columns


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    price = F.col("pric").cast("double")
    over = _priced(inputs, card).where(price > F.col("_allowed") * (1.0 + float(card.params["tolerance"])))
    share = (price - F.col("_allowed")) / price
    words: dict[str, Column | str] = {
        "p": F.col("pric").cast(MONEY).cast("string"), "a": F.col("_allowed").cast(MONEY).cast("string")
    }  # fmt: skip
    named_zh, named_en = {
        CAP: ("中选价或限价", "the selected or capped price"), PLATFORM: ("平台价", "the platform price"),
    }.get(str(card.params["against"]), ("进价", "what it was bought for"))  # fmt: skip
    return over.select(*LINE, "pric", "_allowed").withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": F.round(F.col("net_inscp").cast("double") * share, 2).cast(MONEY),
            "note_zh": sentence(f"收费单价{{p}}元, 高于{named_zh}{{a}}元", **words),
            "note_en": sentence(f"charged at {{p}} yuan, above {named_en} of {{a}} yuan", **words),
        }
    )
