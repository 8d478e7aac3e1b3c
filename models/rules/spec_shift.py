"""A cheap specification was bought and a dear one charged (规格调换、串换规格).

Reads: fee_list_d, purc_d, inv_d, sel_d (sales outside insurance), fixmedins_b.
Grain: the fee lines of the dear item that the shifted quantity is put on, latest first.
Why: of one product the dear size or brand is short by what is left over of a cheaper one: the cheap one was used. Both
are told by the balance between two counts (see stock_balance); a sister item that was never charged counts only when a
count after its last purchase shows what is still on the shelf. A code that was changed on one date leaves the price as
it was, and a miscount moves a few pieces: a gain of `min_gain` and `min_share` of the shortage are asked for.
Formula: shifted quantity / quantity of the line x (price charged - price of the cheap one) / price charged x net_inscp
(handbook §3.4, formulas 2 and 4).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules import stock_balance
from models.rules.amounts import of_line
from models.rules.kind import MONEY, Card, RuleInputs, sentence
from models.rules.records import LINE, each_card, ratio
from models.rules.stock_balance import balance, goods, ledger_of, units_agree, within
from models.rules.stock_ledger import CASH, CLAIM, COUNT, ITEM, PURCHASE, only

NAME, VERSION = "spec_shift", "1.0"
PRODUCT = ["fixmedins_code", "product"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the dear item; params: generic_chars (of the code that name the product), min_gain (share of the cheap
    price), min_share (of the shortage), min_units (packages), and those of stock_ledger.windows.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of items that can be balanced."""
    return stock_balance.exposure(inputs, cards)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """What keeps an institution's goods from being balanced (see stock_balance)."""
    return stock_balance.gaps(inputs, cards)


def _product(card: Card) -> Column:
    return F.substring("med_list_codg", 1, int(card.params["generic_chars"]))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    shifted = inputs.kept(f"shifted-{card.detector_id}", lambda: _shifted(inputs, card))
    sold = within(goods(inputs, [card]).select(*LINE), F.broadcast(shifted))
    latest = Window.partitionBy(*ITEM).orderBy(F.col("fee_ocur_time").desc(), F.col("bkkp_sn").desc())
    later = F.coalesce(F.sum("net_cnt").over(latest.rowsBetween(Window.unboundedPreceding, -1)), F.lit(0))
    disputed = F.least(F.col("net_cnt").cast("double"), F.col("shifted") - F.col("_later"))
    dearer = (F.col("claimed_price") - F.col("cheap_price")) / F.col("claimed_price")
    share = ratio(F.col("_disputed"), F.col("net_cnt"))
    words: dict[str, Column | str] = {
        "c": "cheap", "n": F.col("shifted").cast("decimal(16,2)"), "p": F.col("cheap_price").cast(MONEY),
        "d": F.col("claimed_price").cast(MONEY),
    }  # fmt: skip
    lines = sold.withColumn("_later", later).withColumn("_disputed", disputed).where(F.col("_disputed") > 0)
    return lines.withColumns(
        {
            "violation_cnt": F.col("_disputed"),
            "violation_amount": of_line(share * dearer),
            "note_zh": sentence("本品短缺{n}, 同品种{c}多余{n}; 进价{p}元, 按{d}元收费", **words),
            "note_en": sentence(
                "{n} short while {n} of {c} are left over; bought at {p} yuan, charged at {d}", **words
            ),
        }
    )


def _shifted(inputs: RuleInputs, card: Card) -> DataFrame:
    """Balances of short items that cheaper ones of the same product make up for: `shifted`, `cheap`, `cheap_price`."""
    full = inputs.kept(f"spec-balance-{card.detector_id}", lambda: balance(inputs, [card]))
    short = full.where((F.col("shortage") > 0) & units_agree(card)).withColumn("product", _product(card))
    spare = _charged_too_little(full, card).unionByName(_never_charged(inputs, card))
    gain = F.col("claimed_price") >= F.col("price") * (1.0 + float(card.params["min_gain"]))
    pairs = short.join(spare, PRODUCT).where(gain & (F.col("cheap") != F.col("med_list_codg")))
    made_up = pairs.groupBy(*ITEM).agg(
        F.sum("spare").alias("_spare"),
        ratio(F.sum(F.col("spare") * F.col("price")), F.sum("spare")).alias("cheap_price"),
        F.max_by("cheap", F.struct("spare", "cheap")).alias("cheap"),
    )
    judged = short.join(made_up, ITEM).withColumn("shifted", F.least("shortage", "_spare"))
    enough = F.col("shifted") >= F.greatest(
        F.col("shortage") * float(card.params["min_share"]), F.lit(float(card.params["min_units"]))
    )
    return judged.where(enough).drop("product", "_spare")


def _charged_too_little(full: DataFrame, card: Card) -> DataFrame:
    """Items left over between their counts: PRODUCT, `cheap` (its code), `spare` (packages), `price` (yuan)."""
    over = full.where((F.col("shortage") < 0) & F.col("closing").isNotNull() & (F.col("bought_price") > 0))
    named = over.withColumn("product", _product(card))
    spare = (-F.col("shortage")).alias("spare")
    return named.select(*PRODUCT, F.col("med_list_codg").alias("cheap"), spare, F.col("bought_price").alias("price"))


def _never_charged(inputs: RuleInputs, card: Card) -> DataFrame:
    """The same of items that were bought, never sold, and are no longer on the shelf when it is counted."""
    count_day, bought_day = only(COUNT, "day"), only(PURCHASE, "day")
    items = ledger_of(inputs, [card]).groupBy(*ITEM).agg(
        F.sum(only(PURCHASE, "cnt")).alias("bought"),
        ratio(F.sum(only(PURCHASE, "amount")), F.sum(only(PURCHASE, "cnt"))).alias("price"),
        F.count(F.when(F.col("source").isin(CLAIM, CASH), 1)).alias("_sold"),
        F.max(bought_day).alias("_last_bought"),
        F.max(count_day).alias("_counted"),
        F.max_by("cnt", count_day).alias("left"),
    )  # fmt: skip
    gone = items.where((F.col("_sold") == 0) & (F.col("_counted") >= F.col("_last_bought")) & (F.col("price") > 0))
    named = gone.withColumn("product", _product(card)).withColumn("spare", F.col("bought") - F.col("left"))
    kept = named.select(*PRODUCT, F.col("med_list_codg").alias("cheap"), "spare", "price")
    return kept.where(F.col("spare") > 0)
