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
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.goods_sold import sold_by_day
from models.rules.kind import EXPOSURE_SCHEMA, GAP_SCHEMA, Card, RuleInputs, exposures, hits, sentence, stat_month
from models.rules.records import LINE, no_hits, nothing_of, ratio, ready, with_domain
from models.rules.stock_ledger import (
    CASH,
    CLAIM,
    ITEM,
    PURCHASE,
    houses,
    ledger,
    only,
    sold_inside,
    upload_hole,
    windows,
)

NAME, VERSION = "stock_balance", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines beyond the balance; params: domains, tolerance (share), min_units (packages), min_price_share, and those of
    stock_ledger.windows: late_days, min_month_share, min_coverage. Cards with the same thresholds share one pass.
    """
    found = [hits(_group_hits(inputs, group)) for group in _groups(inputs, cards)]
    return reduce(DataFrame.unionByName, found, no_hits(inputs))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of items that can be balanced."""
    found = [exposures(balanced(inputs, group), F.col("lines")) for group in _groups(inputs, cards)]
    return reduce(DataFrame.unionByName, found, nothing_of(inputs, EXPOSURE_SCHEMA))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`no_stock_reports` (no purchases at all), `no_stock_count`, `stock_upload_gap` (months without purchases)."""
    found = [silent(inputs, group).select(*GAP_SCHEMA) for group in _groups(inputs, cards)]
    return reduce(DataFrame.unionByName, found, nothing_of(inputs, GAP_SCHEMA))


def _groups(inputs: RuleInputs, cards: Sequence[Card]) -> list[list[Card]]:
    """Cards with the same thresholds and goods: they share one ledger."""
    grouped: dict[str, list[Card]] = {}
    for card in ready(inputs, cards):
        grouped.setdefault(repr(sorted(card.params.items())), []).append(card)
    return list(grouped.values())


def goods(inputs: RuleInputs, group: Sequence[Card], among: DataFrame | None = None) -> DataFrame:
    """Coded lines (`among` these, else all) of the cards' goods, each with the detector and area of its card."""
    lines = inputs.lines if among is None else among
    return _watched(with_domain(lines.where(F.length("med_list_codg") > 0)), group)


def charged_by_day(inputs: RuleInputs, group: Sequence[Card]) -> DataFrame:
    """The same lines added up by item, price and day (see goods_sold)."""
    return _watched(sold_by_day(inputs, {domain for card in group for domain in card.params["domains"]}), group)


def _watched(coded: DataFrame, group: Sequence[Card]) -> DataFrame:
    detector, area = F.lit(None).cast("string"), F.lit(None).cast("string")
    for card in group:
        own = F.col("domain").isin(*card.params["domains"])
        detector = F.when(own, card.detector_id).otherwise(detector)
        area = F.when(own, card.area).otherwise(area)
    return coded.withColumns({"detector_id": detector, "area": area}).where(F.col("detector_id").isNotNull())


def silent(inputs: RuleInputs, group: Sequence[Card]) -> DataFrame:
    """detector_id, fixmedins_code, reason_code of institutions whose goods cannot be balanced."""
    charged = charged_by_day(inputs, group)
    told = houses(ledger_of(inputs, group)).where(F.col("sale_months") > 0)
    reason = (
        F.when(F.col("buy_months") == 0, "no_stock_reports")
        .when(F.col("counts") == 0, "no_stock_count")
        .when(upload_hole(float(group[0].params["min_month_share"])), "stock_upload_gap")
    )
    named = told.withColumn("reason_code", reason).where(F.col("reason_code").isNotNull())
    return charged.select("detector_id", "fixmedins_code").distinct().join(named, "fixmedins_code", "inner")


def balanced(inputs: RuleInputs, group: Sequence[Card]) -> DataFrame:
    """The `lines` of items that can be balanced, by item, price and day, with stat_month."""
    return within(charged_by_day(inputs, group), _windows(inputs, group)).withColumn("stat_month", stat_month())


def within(lines: DataFrame, judged: DataFrame) -> DataFrame:
    """Lines of the judged items between their two counts."""
    return lines.join(judged, ITEM, "inner").where(sold_inside("fee_date"))


def ledger_of(inputs: RuleInputs, group: Sequence[Card]) -> DataFrame:
    """The ledger of the group's goods, computed once for evidence, exposure and gaps."""
    domains = {domain for card in group for domain in card.params["domains"]}
    name = "-".join(["stock-ledger", *sorted({card.area for card in group}), *sorted(domains)])
    return inputs.kept(name, lambda: ledger(inputs, charged_by_day(inputs, group)))


def _windows(inputs: RuleInputs, group: Sequence[Card]) -> DataFrame:
    name = f"stock-windows-{group[0].detector_id}"
    return inputs.kept(name, lambda: windows(ledger_of(inputs, group), group[0]))


def _group_hits(inputs: RuleInputs, group: Sequence[Card]) -> DataFrame:
    missing = _explained_by_sisters(inputs, balance(inputs, group)).where(_material(group[0]))
    short = inputs.kept(f"stock-short-{group[0].detector_id}", lambda: missing)
    lines = within(goods(inputs, group).select(*LINE, "detector_id", "area"), F.broadcast(short))
    latest = Window.partitionBy(*ITEM).orderBy(F.col("fee_ocur_time").desc(), F.col("bkkp_sn").desc())
    later = F.coalesce(F.sum("net_cnt").over(latest.rowsBetween(Window.unboundedPreceding, -1)), F.lit(0))
    disputed = F.least(F.col("net_cnt").cast("double"), F.col("shortage") - F.col("_later"))
    zh, en = _notes("sel_d" in inputs.tables)
    words = {
        name: F.col(name).cast("decimal(16,2)") for name in ("shortage", "claimed", "cash", "opening", "bought", "left")
    }
    return (
        lines.withColumn("_later", later)
        .where(disputed > 0)
        .withColumns(
            {
                "violation_cnt": disputed,
                "violation_amount": excess_share(disputed),
                "note_zh": sentence(zh, **words),
                "note_en": sentence(en, **words),
            }
        )
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
    return above & (had >= 0) & units_agree(card)


def units_agree(card: Card) -> Column:
    """Claims are not far cheaper than purchases, unit by unit."""
    floor = F.col("bought_price") * float(card.params["min_price_share"])
    return F.col("bought_price").isNull() | (F.col("claimed_price") >= floor)


def balance(inputs: RuleInputs, group: Sequence[Card]) -> DataFrame:
    """One row per institution and item: quantities in packages and `shortage`, mean prices in yuan per package."""
    inside = (
        ledger_of(inputs, group)
        .join(_windows(inputs, group), ITEM, "inner")
        .where(
            F.when(F.col("source") == PURCHASE, F.col("day").between(F.col("begin"), F.col("end"))).otherwise(
                sold_inside("day")
            )
        )
    )
    sums = inside.groupBy(*ITEM, "begin", "end", "closing", F.coalesce("opening", F.lit(0.0)).alias("opening")).agg(
        _total(CLAIM).alias("claimed"),
        _total(PURCHASE).alias("bought"),
        F.greatest(_total(CASH), F.lit(0.0)).alias("cash"),
        ratio(F.sum(only(CLAIM, "amount")), F.sum(only(CLAIM, "cnt"))).alias("claimed_price"),
        ratio(F.sum(only(PURCHASE, "amount")), F.sum(only(PURCHASE, "cnt"))).alias("bought_price"),
    )
    full = sums.withColumn("left", F.coalesce("closing", F.lit(0.0)))
    return full.withColumn(
        "shortage", F.col("claimed") + F.col("cash") - (F.col("opening") + F.col("bought") - F.col("left"))
    )


def _total(source: str) -> Column:
    return F.coalesce(F.sum(only(source, "cnt")), F.lit(0.0))


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
