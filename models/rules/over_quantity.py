"""Far more packages of a drug in one sale, or pieces of a device in one stay, than anybody usually needs (超量、多记).

Reads: fee_list_d; fixmedins_b (who is a pharmacy).
Grain: the fee lines of the sale (person and day at a pharmacy) or of the stay.
Why: a pile of boxes for one person is bought for others or was never handed over, and the fifth stent of one stay was
hardly placed. What is usual differs from item to item, so a sale is measured by all sales of the same item in the area:
it counts from `times` the number that `usual_share` of the sales stay within. Drugs for chronic illness (usually sold
for `chronic_days` or more) may be prescribed for twelve weeks, so a sale of up to `long_days` of supply of such a drug
is honest however many packages that takes; an item without enough sales has no usual number. A centre that takes the
heavy cases is told from a habit by the rate of its peers.
Formula: (packages - usual) / packages x net_inscp (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import LINE, at, each_card, each_exposure, of_domains, ratio

NAME, VERSION = "over_quantity", "1.0"
SALE = ["fixmedins_code", "psn_no", "med_list_codg"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such sales; params: where (pharmacy | inpatient), domains, usual_share, times, min_sales,
    min_houses, and where supply is told: chronic_days, long_days.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of items with a usual number."""
    return each_exposure(inputs, cards, lambda given, card: _sold(given, card).join(
        F.broadcast(_usual(given, card)), "med_list_codg"
    ))  # fmt: skip


def _sold(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = of_domains(at(inputs, str(card.params["where"])).where(F.length("med_list_codg") > 0), card)
    if card.params["where"] == "pharmacy":
        return lines
    return inputs.kept(f"pieces-{card.detector_id}", lambda: lines.select(*LINE, "prd_days"))


def _sale(card: Card) -> list[str]:
    """What tells one sale: the day at a counter, the stay in a hospital."""
    return [*SALE, "fee_date" if card.params["where"] == "pharmacy" else "mdtrt_id"]


def _sales(inputs: RuleInputs, card: Card) -> DataFrame:
    """One row per sale and item: `packages` and `days` of supply (empty when not told)."""
    return (
        _sold(inputs, card)
        .groupBy(*_sale(card))
        .agg(F.sum("net_cnt").cast("double").alias("packages"), F.sum("prd_days").cast("double").alias("days"))
    )


def _usual(inputs: RuleInputs, card: Card) -> DataFrame:
    """Per item: `usual` packages (what nearly all sales stay within) and `usual_days` of a sale."""
    sizes = _sales(inputs, card).groupBy("med_list_codg", "fixmedins_code", "packages")
    counted = sizes.agg(F.count(F.lit(1)).alias("n"), F.sum("days").alias("_days"), F.count("days").alias("_told"))
    held = inputs.kept(f"sales-by-size-{card.detector_id}", lambda: counted)
    return inputs.kept(f"usual-{card.detector_id}", lambda: _counted(held, card))


def _counted(sizes: DataFrame, card: Card) -> DataFrame:
    # A histogram per drug is small; an exact quantile of all sales would put every line in order.
    held = sizes.groupBy("med_list_codg", "packages").agg(F.sum("n").alias("n"))
    upward = Window.partitionBy("med_list_codg").orderBy("packages")
    share = F.sum("n").over(upward.rowsBetween(Window.unboundedPreceding, 0)) / F.sum("n").over(
        Window.partitionBy("med_list_codg")
    )
    within = held.withColumn("_share", share).where(F.col("_share") >= float(card.params["usual_share"]))
    usual = within.groupBy("med_list_codg").agg(F.min("packages").alias("usual"))
    many = sizes.groupBy("med_list_codg").agg(
        F.sum("n").alias("_sales"),
        F.count_distinct("fixmedins_code").alias("_shops"),
        ratio(F.sum("_days"), F.sum("_told")).alias("usual_days"),
    )
    enough = (F.col("_sales") >= int(card.params["min_sales"])) & (F.col("_shops") >= int(card.params["min_houses"]))
    return usual.join(many.where(enough), "med_list_codg").select("med_list_codg", "usual", "usual_days")


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    sales = _sales(inputs, card).join(F.broadcast(_usual(inputs, card)), "med_list_codg")
    course = F.lit(False)
    if "chronic_days" in card.params:
        chronic = F.col("usual_days") >= float(card.params["chronic_days"])
        course = chronic & (F.col("days") <= float(card.params["long_days"]))
    far = F.col("packages") >= F.col("usual") * float(card.params["times"])
    found = sales.where(far & ~F.coalesce(course, F.lit(False)))
    large = F.broadcast(inputs.kept(f"large-sales-{card.detector_id}", lambda: found))
    excess = F.col("packages") - F.col("usual")
    words = {"n": F.col("packages").cast("int"), "u": F.col("usual").cast("int")}
    lines = _sold(inputs, card).select(*LINE).join(large, _sale(card))
    return lines.withColumns(
        {
            "violation_cnt": F.col("net_cnt").cast("double") * excess / F.col("packages"),
            "violation_amount": excess_share(excess, F.col("packages")),
            "note_zh": sentence("一次{n}件, 全区同一品种一次通常不超过{u}件", **words),
            "note_en": sentence("{n} at once; in the area hardly anyone gets more than {u}", **words),
        }
    )
