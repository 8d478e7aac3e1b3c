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

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import MONEY, Card, RuleInputs, sentence
from models.rules.over_price import bought
from models.rules.records import LINE, at_pharmacies, each_card, each_exposure, each_gap, of_domains, without_purchases

NAME, VERSION = "over_markup", "1.0"
SHOP_ITEM = ["fixmedins_code", "med_list_codg"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines beyond the shops' level; params: domains, back_days, min_houses, times, other_pack."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of drugs whose purchase price and level are known."""
    return each_exposure(inputs, cards, _levelled)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Shops that report no purchase: `no_stock_reports`."""
    return each_gap(inputs, cards, _silent)


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    return without_purchases(inputs, _goods(inputs, card).select("fixmedins_code").distinct())


def _goods(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = inputs.lines.where((F.length("med_list_codg") > 0) & (F.col("pric") > 0))
    return of_domains(at_pharmacies(inputs, lines), card)


def _levelled(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines with `markup` (price over purchase price), and `usual` and `fence` of the shops for the item."""
    markup = F.col("pric").cast("double") / F.col("_allowed")
    lines = bought(inputs, _goods(inputs, card), card).where(F.col("_allowed") > 0).withColumn("markup", markup)
    same_pack = lines.where(F.col("markup") < float(card.params["other_pack"]))
    return same_pack.join(F.broadcast(_levels(same_pack, card)), "med_list_codg")


def _levels(lines: DataFrame, card: Card) -> DataFrame:
    shops = lines.groupBy(*SHOP_ITEM).agg(F.avg("markup").alias("markup")).groupBy("med_list_codg")
    sorted_up = shops.agg(F.sort_array(F.collect_list("markup")).alias("_all"))
    many = sorted_up.where(F.size("_all") >= int(card.params["min_houses"]))
    low, usual, high = (_quantile(share) for share in (0.25, 0.5, 0.75))
    fence = F.greatest(high + 1.5 * (high - low), usual * float(card.params["times"]))
    return many.select("med_list_codg", usual.alias("usual"), fence.alias("fence"))


def _quantile(share: float) -> Column:
    return F.element_at("_all", (F.floor((F.size("_all") - 1) * share) + 1).cast("int"))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    over = _levelled(inputs, card).where(F.col("markup") > F.col("fence"))
    share = (F.col("markup") - F.col("usual")) / F.col("markup")
    words = {
        "p": F.col("pric").cast(MONEY).cast("string"), "a": F.col("_allowed").cast(MONEY).cast("string"),
        "m": F.round(F.col("markup") * 100 - 100).cast("int"), "u": F.round(F.col("usual") * 100 - 100).cast("int"),
    }  # fmt: skip
    return over.select(*LINE, "pric", "_allowed", "markup", "usual").withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": F.round(F.col("net_inscp").cast("double") * share, 2).cast(MONEY),
            "note_zh": sentence("售价{p}元, 进价{a}元, 加价{m}%, 其他药店约{u}%", **words),
            "note_en": sentence("sold at {p}, bought at {a} yuan: {m} % above; other shops about {u} %", **words),
        }
    )
