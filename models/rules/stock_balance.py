"""More of an item settled than can have been in the house between two stock counts.

Reads: fee_list_d, purc_d, inv_d, sel_d (sales outside insurance), fixmedins_b (chains).
Grain: the fee lines that the missing quantity is put on, latest first.
Why: goods claimed and never bought cannot have been handed over. Per institution and item, between the first count
and the last:  shortage = claimed + sold outside insurance - (opening count + purchases - returns - closing count).
Sales on the two count days are left out and purchases on them are counted in, both in favour of the institution.
Without a closing count nothing is taken as left. An item without any count starts from zero only where counts and
purchases cover nearly all items the institution charges. Disputed quantity of a line = min(net_cnt, shortage -
quantity of later lines); amount = that / net_cnt x net_inscp (handbook §3.4, formula 2).

Left out on purpose: shortages a sister shop of the chain has a surplus for; items whose counts show more than was
ever there (purchases not uploaded); items charged far below their purchase price per unit (another pack size); sales
after the last uploaded purchase of an institution that uploads late.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from knowledge.domains import area_of
from models.rules.kind import Card, RuleInputs, excess_share, sentence
from models.rules.records import LINE, domain, each_card, each_exposure, each_gap, ratio
from models.rules.stock_windows import counted_windows, goods, silent_months

NAME, VERSION = "stock_balance", "1.0"
ITEM = ["fixmedins_code", "med_list_codg"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines beyond the balance; params: domains, tolerance (share), min_units (packages), min_price_share, and those of
    stock_windows: late_days, min_month_share, min_coverage.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of items that can be balanced."""
    return each_exposure(inputs, cards, _balanced_lines)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`no_stock_reports` (no purchases at all), `no_stock_count`, `stock_upload_gap` (months without purchases)."""
    return each_gap(inputs, cards, _silent)


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    purchases, counts = inputs.tables["purc_d"], inputs.tables["inv_d"]
    sellers = _charged(inputs, card).select("fixmedins_code").distinct()
    buys = purchases.select("fixmedins_code").distinct().withColumn("_buys", F.lit(True))
    counts_stock = counts.select("fixmedins_code").distinct().withColumn("_counts", F.lit(True))
    holes = silent_months(inputs, float(card.params["min_month_share"])).withColumn("_holes", F.lit(True))
    told = sellers.join(buys, "fixmedins_code", "left").join(counts_stock, "fixmedins_code", "left")
    told = told.join(holes, "fixmedins_code", "left")
    reason = (
        F.when(F.col("_buys").isNull(), "no_stock_reports")
        .when(F.col("_counts").isNull(), "no_stock_count")
        .when(F.col("_holes").isNotNull(), "stock_upload_gap")
    )
    return told.withColumn("reason_code", reason).where(reason.isNotNull())


def _charged(inputs: RuleInputs, card: Card) -> DataFrame:
    """Coded lines of the card's goods that are filed under the card's area."""
    kind = domain()
    mine = kind.isin(*card.params["domains"]) & (area_of(kind) == card.area)
    return inputs.lines.where(mine & (F.length("med_list_codg") > 0))


def _windows(inputs: RuleInputs, card: Card) -> DataFrame:
    windows = counted_windows(inputs, _charged(inputs, card), card)
    holes = silent_months(inputs, float(card.params["min_month_share"]))
    return windows.join(holes, "fixmedins_code", "left_anti")


def _balanced_lines(inputs: RuleInputs, card: Card) -> DataFrame:
    return _within(_charged(inputs, card), _windows(inputs, card))


def _within(lines: DataFrame, windows: DataFrame) -> DataFrame:
    return lines.join(windows, ITEM, "inner").where(_sold_inside(F.col("fee_date")))


def _sold_inside(day: Column) -> Column:
    """Sales between the counts; the count days themselves do not tell whether a sale came before or after."""
    before_close = F.when(F.col("closing").isNotNull(), day < F.col("end")).otherwise(day <= F.col("end"))
    return (day > F.col("begin")) & before_close


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    windows = _windows(inputs, card)
    lines = _within(_charged(inputs, card), windows)
    short = _explained_by_sisters(inputs, _balance(inputs, lines, windows)).where(_material(card))
    latest = Window.partitionBy(*ITEM).orderBy(F.col("fee_ocur_time").desc(), F.col("bkkp_sn").desc())
    later = F.coalesce(F.sum("net_cnt").over(latest.rowsBetween(Window.unboundedPreceding, -1)), F.lit(0))
    kept = [*ITEM, "shortage", "claimed", "cash", "opening", "bought", "left"]
    placed = lines.select(*LINE).join(short.select(*kept), ITEM, "inner").withColumn("_later", later)
    disputed = F.least(F.col("net_cnt").cast("double"), F.col("shortage") - F.col("_later"))
    zh, en = _notes("sel_d" in inputs.tables)
    words = {name: F.col(name).cast("decimal(16,2)") for name in kept[2:]}
    return placed.where(disputed > 0).withColumns(
        {
            "violation_cnt": disputed,
            "violation_amount": excess_share(disputed),
            "note_zh": sentence(zh, **words),
            "note_en": sentence(en, **words),
        }
    )


def _notes(cash_known: bool) -> tuple[str, str]:
    """The balance as a sentence in both languages, saying so when sales for cash were not handed over."""
    zh = "结算{claimed}+自费{cash}>期初{opening}+购进{bought}-期末{left},缺{shortage}"
    en = "claimed {claimed} + cash {cash} > opening {opening} + bought {bought} - closing {left}: {shortage} missing"
    if cash_known:
        return zh, en
    return zh + ";未提供自费销售,缺口只会更大", en + "; sales for cash not handed over, they could only add to it"


def _material(card: Card) -> Column:
    """The shortage exceeds the tolerance, the counts are possible and the units of claim and purchase are the same."""
    had = F.col("opening") + F.col("bought") - F.col("left")
    above = F.col("shortage") > F.greatest(
        had * float(card.params["tolerance"]), F.lit(float(card.params["min_units"]))
    )
    same_unit = F.col("bought_price").isNull() | (
        F.col("claimed_price") >= F.col("bought_price") * float(card.params["min_price_share"])
    )
    return above & (had >= 0) & same_unit


def _balance(inputs: RuleInputs, lines: DataFrame, windows: DataFrame) -> DataFrame:
    """One row per institution and item: quantities in packages and `shortage`, prices in yuan per package."""
    price = ratio(F.sum("net_fee"), F.sum("net_cnt"))
    claimed = lines.groupBy(*ITEM).agg(_sum("net_cnt").alias("claimed"), price.cast("double").alias("claimed_price"))
    purchases = goods(inputs.tables["purc_d"], "purc_time").join(windows, ITEM, "inner")
    stocked = purchases.where(F.col("day").between(F.col("begin"), F.col("end")))
    paid = ratio(F.sum(F.col("cnt") * F.col("pric")), F.sum("cnt"))
    bought = stocked.groupBy(*ITEM).agg(_sum("cnt").alias("bought"), paid.cast("double").alias("bought_price"))
    sums = windows.join(claimed, ITEM, "inner").join(bought, ITEM, "left").join(_cash(inputs, windows), ITEM, "left")
    full = sums.withColumns(
        {
            "opening": F.coalesce(F.col("opening").cast("double"), F.lit(0.0)),
            "left": F.coalesce(F.col("closing").cast("double"), F.lit(0.0)),
            "bought": F.coalesce("bought", F.lit(0.0)),
            "cash": F.coalesce("cash", F.lit(0.0)),
        }
    )
    return full.withColumn(
        "shortage", F.col("claimed") + F.col("cash") - (F.col("opening") + F.col("bought") - F.col("left"))
    )


def _cash(inputs: RuleInputs, windows: DataFrame) -> DataFrame:
    """Sales outside insurance inside the window, returns taken off; never below zero."""
    sales = inputs.tables.get("sel_d")
    if sales is None:
        return windows.select(*ITEM).withColumn("cash", F.lit(0.0))
    outside = F.coalesce(F.col("mdtrt_setl_type") == "2", F.col("setl_id").isNull())
    sold = goods(sales.where(outside), "sel_time").join(windows, ITEM, "inner").where(_sold_inside(F.col("day")))
    return sold.groupBy(*ITEM).agg(F.greatest(_sum("cnt"), F.lit(0.0)).alias("cash"))


def _explained_by_sisters(inputs: RuleInputs, balance: DataFrame) -> DataFrame:
    """Balances without those for which another shop of the same chain has unexplained goods left over."""
    register = inputs.tables.get("fixmedins_b")
    if register is None:
        return balance
    chain = register.where(F.col("prnt_code").isNotNull()).select("fixmedins_code", "prnt_code").distinct()
    same_chain = Window.partitionBy(F.coalesce("prnt_code", "fixmedins_code"), "med_list_codg")
    joined = balance.join(F.broadcast(chain), "fixmedins_code", "left")
    spare = F.sum(F.greatest(-F.col("shortage"), F.lit(0.0))).over(same_chain)
    return joined.withColumn("_spare", spare).where(F.col("_spare") < F.col("shortage")).drop("prnt_code", "_spare")


def _sum(column: str) -> Column:
    return F.sum(column).cast("double")
