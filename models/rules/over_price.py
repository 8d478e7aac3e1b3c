"""Goods charged above the selected or capped price, or above what they were bought for (超限价, 加价).

Reads: fee_list_d; volume_price_d (`against: cap`), purc_d (`against: platform` or `purchase`).
Grain: the fee line.
Why: volume procurement fixes prices, and consumables are sold without a mark-up at hospitals. An institution has few
prices and charges them often: prices are judged, and only the lines at a price found too high are looked up. A price
list may cover a province, a city or a district: the closest one holds. Against purchases the dearest one of the last
`back_days` (or, with none, of the whole extract) is the yardstick, so that older stock at an older price is honest;
the platform's price is that of the latest purchase, because a list has one price at a time. Gifts have no price.
Formula: (price - allowed) / price x net_inscp (handbook §3.4, formula 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.alike import asking_the_same, domains_of, for_each
from models.rules.amounts import of_line
from models.rules.goods_sold import sold_by_day
from models.rules.kind import EXPOSURE_SCHEMA, MONEY, Card, RuleInputs, exposures, hits, sentence, stat_month
from models.rules.records import (
    LINE,
    RETAIL_PHARMACY,
    each_gap,
    no_hits,
    nothing_of,
    ready,
    with_domain,
    without_purchases,
)

NAME, VERSION = "over_price", "1.0"
CAP, PLATFORM = "cap", "platform"
PRICE = ("fixmedins_code", "med_list_codg", "domain", "fee_date", "pric")


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines above the price; params: against (cap | platform | purchase), domains, tolerance (share), back_days,
    owners (biznat codes bound by it; every medical institution where none are named).
    """
    told = ready(inputs, cards)
    if not told:
        return no_hits(inputs)
    every = reduce(DataFrame.unionByName, [_too_high(inputs, alike) for alike in asking_the_same(told)])
    over = inputs.kept("prices-too-high", lambda: every)
    found = _goods(inputs, told).select(*LINE, "pric", "domain").join(F.broadcast(over), list(PRICE), "inner")
    share = (F.col("_price") - F.col("_allowed")) / F.col("_price")
    words: dict[str, Column | str] = {
        "p": F.col("pric").cast(MONEY).cast("string"), "a": F.col("_allowed").cast(MONEY).cast("string")
    }  # fmt: skip
    amounts = found.withColumn("_price", F.col("pric").cast("double")).withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": of_line(share),
            "note_zh": sentence("收费单价{p}元, 高于{y}{a}元", y="_yardstick_zh", **words),
            "note_en": sentence("charged at {p} yuan, above {y} of {a} yuan", y="_yardstick_en", **words),
        }
    )
    return hits(amounts)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of goods whose allowed price is known."""
    told = ready(inputs, cards)
    frames = []
    for alike in asking_the_same(told):
        monthly = _priced(inputs, alike).groupBy("fixmedins_code", "domain", stat_month().alias("stat_month"))
        frames.append(for_each(monthly.agg(F.sum("lines").alias("lines")), alike).drop("domain"))
    if not frames:
        return nothing_of(inputs, EXPOSURE_SCHEMA)
    return exposures(reduce(DataFrame.unionByName, frames), F.col("lines"))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions that report no purchase, where the card asks for purchases: `no_stock_reports`."""
    asked = [card for card in cards if card.params["against"] != CAP]
    return each_gap(inputs, asked, lambda given, card: _silent(given, card))


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    charged = _prices_of(inputs, [card]).select("fixmedins_code").distinct()
    return without_purchases(inputs, charged)


def _goods(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of coded goods with a price, of any of the cards' domains."""
    lines = with_domain(inputs.lines.where((F.length("med_list_codg") > 0) & (F.col("pric") > 0)))
    return lines.where(F.col("domain").isin(*domains_of(cards)))


def _prices_of(inputs: RuleInputs, alike: Sequence[Card]) -> DataFrame:
    """What the cards look at: PRICE, the institution's area and the number of `lines` charged at it."""
    prices = sold_by_day(inputs, domains_of(alike)).where(F.col("pric") > 0)
    register = inputs.tables.get("fixmedins_b")
    if register is None or alike[0].params["against"] == CAP:
        return prices
    if owners := alike[0].params.get("owners"):
        bound = register.where((F.col("fixmedins_type") != RETAIL_PHARMACY) & F.col("biznat").isin(*owners))
        return prices.join(F.broadcast(bound.select("fixmedins_code").distinct()), "fixmedins_code", "left_semi")
    shops = register.where(F.col("fixmedins_type") == RETAIL_PHARMACY).select("fixmedins_code").distinct()
    return prices.join(F.broadcast(shops), "fixmedins_code", "left_anti")  # shops live on their mark-up


def _priced(inputs: RuleInputs, alike: Sequence[Card]) -> DataFrame:
    """Prices with `_allowed`, the highest they may be, in yuan."""

    def judged() -> DataFrame:
        prices = _prices_of(inputs, alike)
        capped = alike[0].params["against"] == CAP
        found = _capped(inputs, prices) if capped else bought(inputs, prices, alike[0])
        return found.where(F.col("_allowed") > 0).select(*PRICE, "lines", "_allowed")

    return inputs.kept(f"prices-allowed-{alike[0].detector_id}", judged)


def _too_high(inputs: RuleInputs, alike: Sequence[Card]) -> DataFrame:
    """PRICE, `_allowed` and what a hit says of its card, for prices above it."""
    limit = F.col("_allowed") * (1.0 + float(alike[0].params["tolerance"]))
    over = for_each(_priced(inputs, alike).where(F.col("pric").cast("double") > limit), alike)
    zh, en = {
        CAP: ("中选价或限价", "the selected or capped price"), PLATFORM: ("平台价", "the platform price"),
    }.get(str(alike[0].params["against"]), ("进价", "what it was bought for"))  # fmt: skip
    words = [F.lit(zh).alias("_yardstick_zh"), F.lit(en).alias("_yardstick_en")]
    return over.select(*PRICE, "_allowed", "detector_id", "area", *words)


def _capped(inputs: RuleInputs, prices: DataFrame) -> DataFrame:
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
    met = prices.join(F.broadcast(listed), holds, "inner")
    closest = Window.partitionBy(*PRICE).orderBy(F.length("_place").desc(), F.desc("_from"), F.desc("_cap"))
    ranked = met.withColumn("_rank", F.row_number().over(closest)).where(F.col("_rank") == 1)
    return ranked.select(*PRICE, "lines", F.col("_cap").alias("_allowed"))


def bought(inputs: RuleInputs, prices: DataFrame, card: Card) -> DataFrame:
    """Prices (or lines) with `_allowed`: the dearest the item was bought for in the card's `back_days`, in yuan."""
    price = F.col("plaf_pric") if card.params.get("against") == PLATFORM else F.col("pric")
    gift = F.coalesce(F.col("prod_geay_flag").cast("int") == 1, F.lit(False)) if _gifts_told(inputs) else F.lit(False)
    lots = inputs.tables["purc_d"].where((F.col("cnt") > 0) & (price > 0) & ~gift)
    each = lots.groupBy("fixmedins_code", "med_list_codg", F.to_date("purc_time").alias("_day")).agg(
        F.max(price).cast("double").alias("_paid")
    )
    ever = each.groupBy("fixmedins_code", "med_list_codg").agg(F.max("_paid").alias("_ever"))
    known = prices.join(ever, ["fixmedins_code", "med_list_codg"])
    keys = ["fixmedins_code", "med_list_codg", "fee_date"]
    reach = F.datediff("fee_date", "_day").between(0, int(card.params["back_days"]))
    recent = known.select(*keys).distinct().join(each, ["fixmedins_code", "med_list_codg"]).where(reach)
    latest = F.max_by("_paid", "_day") if card.params.get("against") == PLATFORM else F.max("_paid")
    lately = recent.groupBy(*keys).agg(latest.alias("_lately"))
    return known.join(lately, keys, "left").withColumn("_allowed", F.coalesce("_lately", "_ever"))


def _gifts_told(inputs: RuleInputs) -> bool:
    return "prod_geay_flag" in inputs.tables["purc_d"].columns
