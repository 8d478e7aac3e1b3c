"""A shop that settled more than it ever had over nearly all its goods, a few packages of each (空刷、进销存不符).

Reads: fee_list_d, purc_d, inv_d, sel_d (sales outside insurance), fixmedins_b (chains).
Grain: the fee lines of the short items: first those without a scanned trace code (a swipe without goods has no box to
scan), then the latest.
Why: cards swiped without handing anything over are spread over the shelf, so no item alone is short by more than
miscounts explain. Miscounts fall both ways and cancel out over a shop; a shop that is short in nearly everything, month
after month, handed out less than it settled. The balance of an item is that of stock_balance. Looked at are shops with

* a net shortage (surpluses taken off) above `tolerance` of what was there,
* at least `short_items` short items, and `times_surplus` times as many short items as items left over,
* a shortage between consecutive counts in at least `min_month_share` of the months (a delivery note that was never
  uploaded leaves one month short), and purchases in every month with sales.

Disputed quantity of a line = min(net_cnt, shortage of the item x net / gross shortage of the shop - quantity of later
lines); amount = that / net_cnt x net_inscp (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import EXPOSURE_SCHEMA, GAP_SCHEMA, Card, RuleInputs, exposures, sentence
from models.rules.records import LINE, at_pharmacies, day_number, each_card, nothing_of, ready
from models.rules.stock_balance import balance, balanced, goods, ledger_of, silent, units_agree, within
from models.rules.stock_ledger import CASH, CLAIM, COUNT, ITEM, PURCHASE, houses, only

NAME, VERSION = "stock_emptied", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such shops; params: tolerance (share), short_items, times_surplus, min_month_share, and those of
    stock_ledger.windows (domains, late_days, min_coverage, min_price_share).
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of items that can be balanced."""
    found = nothing_of(inputs, EXPOSURE_SCHEMA)
    for card in ready(inputs, cards):
        found = found.unionByName(exposures(at_pharmacies(inputs, balanced(inputs, [card])), F.col("lines")))
    return found


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`no_stock_reports` (no purchases at all), `no_stock_count`, `stock_upload_gap` (months without purchases)."""
    found = nothing_of(inputs, GAP_SCHEMA)
    shops = at_pharmacies(inputs).select("fixmedins_code").distinct()
    for card in ready(inputs, cards):
        blind = silent(inputs, [card]).select(*GAP_SCHEMA)
        found = found.unionByName(blind.join(F.broadcast(shops), "fixmedins_code", "left_semi").select(*GAP_SCHEMA))
    return found


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    items = inputs.kept(f"stock-items-{card.detector_id}", lambda: balance(inputs, [card]).where(units_agree(card)))
    shops = _emptied(items, card).join(_steady(inputs, card), "fixmedins_code", "left_semi")
    lasting = shops.join(_lasting(inputs, items.join(shops, "fixmedins_code", "left_semi"), card), "fixmedins_code")
    short = items.where(F.col("shortage") > 0).join(F.broadcast(lasting), "fixmedins_code")
    named = short.withColumn("due", F.col("shortage") * F.col("net") / F.col("gross"))
    due = inputs.kept(f"stock-due-{card.detector_id}", lambda: named)
    sold = goods(inputs, [card], at_pharmacies(inputs))
    scanned = F.length("drug_trac_codg") > 0 if "drug_trac_codg" in sold.columns else F.lit(False)
    lines = within(sold.select(*LINE, F.coalesce(scanned, F.lit(False)).alias("_scanned")), F.broadcast(due))
    order = [F.col("_scanned"), F.col("fee_ocur_time").desc(), F.col("bkkp_sn").desc()]
    latest = Window.partitionBy(*ITEM).orderBy(*order)
    later = F.coalesce(F.sum("net_cnt").over(latest.rowsBetween(Window.unboundedPreceding, -1)), F.lit(0))
    disputed = F.least(F.col("net_cnt").cast("double"), F.col("due") - F.col("_later"))
    words: dict[str, Column | str] = {
        "n": F.col("shorts").cast("int"), "m": F.col("overs").cast("int"), "p": F.round(F.col("net")).cast("int"),
        "h": F.round(F.col("had")).cast("int"),
    }  # fmt: skip
    return (
        lines.withColumn("_later", later)
        .where(disputed > 0)
        .withColumns(
            {
                "violation_cnt": disputed,
                "violation_amount": excess_share(disputed),
                "note_zh": sentence("{n}个品种短缺、仅{m}个品种有余;全店净缺{p}盒(可供{h}盒)", **words),
                "note_en": sentence("{n} items short, {m} left over; {p} packages short in all, of {h} there", **words),
            }
        )
    )


def _emptied(items: DataFrame, card: Card) -> DataFrame:
    """Shops short over nearly all goods: fixmedins_code, net, gross (packages short), had, shorts, overs (items)."""
    sums = items.groupBy("fixmedins_code").agg(
        F.sum("shortage").alias("net"),
        F.sum(F.greatest("shortage", F.lit(0.0))).alias("gross"),
        F.sum(F.col("opening") + F.col("bought") - F.col("left")).alias("had"),
        F.sum((F.col("shortage") > 0).cast("int")).alias("shorts"),
        F.sum((F.col("shortage") < 0).cast("int")).alias("overs"),
    )
    many = F.col("shorts") >= int(card.params["short_items"])
    one_way = F.col("shorts") >= F.col("overs") * float(card.params["times_surplus"])
    return sums.where((F.col("net") > F.col("had") * float(card.params["tolerance"])) & many & one_way)


def _steady(inputs: RuleInputs, card: Card) -> DataFrame:
    """Shops with purchases in every month in which they sell."""
    told = houses(ledger_of(inputs, [card])).where(F.col("buy_months") >= F.col("sale_months"))
    return told.select("fixmedins_code")


def _lasting(inputs: RuleInputs, items: DataFrame, card: Card) -> DataFrame:
    """Shops short between consecutive counts in enough of the months that are counted; two months at least."""
    moved = ledger_of(inputs, [card]).join(items.select(*ITEM), ITEM, "left_semi")
    since = Window.partitionBy(*ITEM).orderBy(day_number("day")).rangeBetween(Window.unboundedPreceding, -1)
    numbered = moved.withColumn("_span", F.count(only(COUNT, "cnt")).over(since))
    spans = numbered.groupBy(*ITEM, "_span").agg(
        F.max(only(COUNT, "day")).alias("counted"),
        F.max(only(COUNT, "cnt")).alias("closing"),
        F.sum(F.when(F.col("source").isin(CLAIM, CASH), F.col("cnt")).otherwise(0.0)).alias("sold"),
        F.sum(F.coalesce(only(PURCHASE, "cnt"), F.lit(0.0))).alias("bought"),
    )
    opening = F.lag("closing").over(Window.partitionBy(*ITEM).orderBy("_span"))
    each = spans.withColumn("short", F.col("sold") - (opening + F.col("bought") - F.col("closing")))
    monthly = each.where(F.col("short").isNotNull()).groupBy(
        "fixmedins_code", F.date_format("counted", "yyyy-MM").alias("_month")
    )
    months = monthly.agg(F.sum("short").alias("short")).groupBy("fixmedins_code")
    told = months.agg(F.sum((F.col("short") > 0).cast("int")).alias("_bad"), F.count(F.lit(1)).alias("_all"))
    enough = (F.col("_bad") >= 2) & (F.col("_bad") >= F.col("_all") * float(card.params["min_month_share"]))
    return told.where(enough).select("fixmedins_code")
