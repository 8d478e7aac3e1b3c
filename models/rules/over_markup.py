"""A shop that sells a drug far dearer over its purchase price than other shops do (加价率畸高).

Reads: fee_list_d, purc_d, fixmedins_b.
Grain: the fee line at a retail pharmacy.
Why: shops live on their mark-up and no rule caps it, so only the level of other shops for the same item is a yardstick:
a line counts when its mark-up lies beyond Tukey's upper fence of the shops' usual mark-ups and `times` the median. The
purchase price is the dearest of the last `back_days` (over_price), so older stock at an older price is honest; a
price `other_pack` times the purchase price is another pack size.
Formula: (mark-up - median mark-up of the shops) / mark-up x net_inscp (handbook §3.4, formula 4), mark-ups as price
over purchase price.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import of_line
from models.rules.goods_sold import sold_by_day
from models.rules.kind import EXPOSURE_SCHEMA, MONEY, Card, RuleInputs, exposures, sentence, stat_month
from models.rules.over_price import bought
from models.rules.records import (
    LINE,
    at_pharmacies,
    each_card,
    each_gap,
    nothing_of,
    of_domains,
    ready,
    without_purchases,
)

NAME, VERSION = "over_markup", "1.0"
SHOP_ITEM = ["fixmedins_code", "med_list_codg"]
PRICE = [*SHOP_ITEM, "fee_date", "pric"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines beyond the shops' level; params: domains, back_days, min_houses, times, other_pack."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of drugs whose purchase price and level are known."""
    told = [_levelled(inputs, card).withColumn("detector_id", F.lit(card.detector_id)) for card in ready(inputs, cards)]
    frames = [exposures(prices.withColumn("stat_month", stat_month()), F.col("lines")) for prices in told]
    return reduce(DataFrame.unionByName, frames, nothing_of(inputs, EXPOSURE_SCHEMA))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Shops that report no purchase: `no_stock_reports`."""
    return each_gap(inputs, cards, _silent)


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    return without_purchases(inputs, _prices(inputs, card).select("fixmedins_code").distinct())


def _goods(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = at_pharmacies(inputs).where((F.length("med_list_codg") > 0) & (F.col("pric") > 0))
    return of_domains(lines, card)


def _prices(inputs: RuleInputs, card: Card) -> DataFrame:
    """What such lines were charged for, added up by item, price and day (see goods_sold)."""
    priced = sold_by_day(inputs, card.params["domains"]).where(F.col("pric") > 0)
    return at_pharmacies(inputs, priced)


def _levelled(inputs: RuleInputs, card: Card) -> DataFrame:
    """PRICE with `lines` at it, `_allowed`, `markup` (price over purchase price), `usual` and `fence` of the item.

    A shop has few prices and charges them often: prices are judged, and only the lines at a price too high looked up.
    """
    return inputs.kept(f"markups-{card.detector_id}", lambda: _with_levels(_markups(inputs, card), card))


def _markups(inputs: RuleInputs, card: Card) -> DataFrame:
    charged = _prices(inputs, card).groupBy(*PRICE).agg(F.sum("lines").alias("lines"))
    prices = inputs.kept(f"prices-sold-{card.detector_id}", lambda: charged)
    markup = F.col("pric").cast("double") / F.col("_allowed")
    known = bought(inputs, prices, card).where(F.col("_allowed") > 0).withColumn("markup", markup)
    return known.where(F.col("markup") < float(card.params["other_pack"]))


def _with_levels(prices: DataFrame, card: Card) -> DataFrame:
    mean = (F.sum(F.col("markup") * F.col("lines")) / F.sum("lines")).alias("markup")
    shops = prices.groupBy(*SHOP_ITEM).agg(mean).groupBy("med_list_codg")
    sorted_up = shops.agg(F.sort_array(F.collect_list("markup")).alias("_all"))
    many = sorted_up.where(F.size("_all") >= int(card.params["min_houses"]))
    low, usual, high = (_quantile(share) for share in (0.25, 0.5, 0.75))
    fence = F.greatest(high + 1.5 * (high - low), usual * float(card.params["times"]))
    levels = many.select("med_list_codg", usual.alias("usual"), fence.alias("fence"))
    return prices.join(F.broadcast(levels), "med_list_codg")


def _quantile(share: float) -> Column:
    return F.element_at("_all", (F.floor((F.size("_all") - 1) * share) + 1).cast("int"))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    dear = _levelled(inputs, card).where(F.col("markup") > F.col("fence"))
    over = (
        _goods(inputs, card)
        .select(*LINE, "pric")
        .join(F.broadcast(dear.select(*PRICE, "_allowed", "markup", "usual")), PRICE)
    )
    share = (F.col("markup") - F.col("usual")) / F.col("markup")
    words = {
        "p": F.col("pric").cast(MONEY).cast("string"), "a": F.col("_allowed").cast(MONEY).cast("string"),
        "m": F.round(F.col("markup") * 100 - 100).cast("int"), "u": F.round(F.col("usual") * 100 - 100).cast("int"),
    }  # fmt: skip
    return over.withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": of_line(share),
            "note_zh": sentence("售价{p}元, 进价{a}元, 加价{m}%, 其他药店约{u}%", **words),
            "note_en": sentence("sold at {p}, bought at {a} yuan: {m} % above; other shops about {u} %", **words),
        }
    )
