"""The year's remaining quota swiped away in December (年底突击刷卡): far more than the buyers usually take.

Reads: fee_list_d, fixmedins_b.
Grain: fee lines of such buyers at a retail pharmacy in December.
Why: what is left of a year's quota lapses, so shops swipe it for members' accounts and gifts. People use up a quota by
right as well, and December is a month of colds: so a buyer counts only with `min_yuan` and `times` what he takes in a
usual month at all pharmacies, and a shop only when such buyers are many, a good part of its December and a multiple of
that part at the other shops. Formula: the part above the usual month, (spent - usual) / spent x net_inscp (handbook
§3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import of_line
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import LINE, at_pharmacies, each_card, each_exposure, each_gap

NAME, VERSION = "year_end_rush", "1.0"
LAST = 12
BUYER = ["fixmedins_code", "psn_no", "_year"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such buyers; params: usual_months (before December), min_yuan, times, min_persons, min_share (of the
    shop's December), times_median (of other shops), min_shops.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of December at pharmacies, where the months before it are known."""
    return each_exposure(inputs, cards, _december)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Pharmacies of an extract without a December, or without the months before it: `no_year_end`."""
    return each_gap(inputs, cards, _unseen)


def _sold(inputs: RuleInputs) -> DataFrame:
    known = at_pharmacies(inputs).where(F.col("psn_no").isNotNull())
    return known.withColumns({"_year": F.year("fee_date"), "_month": F.month("fee_date")})


def _usual_months(card: Card) -> Column:
    return F.col("_month").between(LAST - int(card.params["usual_months"]), LAST - 1)


def _years(inputs: RuleInputs, card: Card) -> DataFrame:
    """Years whose December and usual months are in the extract: `_year`."""
    months = _sold(inputs).select("_year", "_month").distinct()
    counted = months.groupBy("_year").agg(
        F.sum(_usual_months(card).cast("int")).alias("_before"),
        F.max((F.col("_month") == LAST).cast("int")).alias("_last"),
    )
    enough = (F.col("_before") == int(card.params["usual_months"])) & (F.col("_last") == 1)
    return inputs.kept(f"years-{card.detector_id}", lambda: counted.where(enough).select("_year"))


def _december(inputs: RuleInputs, card: Card) -> DataFrame:
    return _sold(inputs).where(F.col("_month") == LAST).join(F.broadcast(_years(inputs, card)), "_year")


def _unseen(inputs: RuleInputs, card: Card) -> DataFrame:
    shops = at_pharmacies(inputs).select("fixmedins_code").distinct()
    counted = _years(inputs, card).agg(F.count(F.lit(1)).alias("_n")).where(F.col("_n") == 0)
    return shops.crossJoin(counted).withColumn("reason_code", F.lit("no_year_end"))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = _december(inputs, card)
    buyers = inputs.kept(f"december-{card.detector_id}", lambda: _buyers(inputs, card, lines))
    chosen = buyers.where("_rush").join(_habits(buyers, card), "fixmedins_code")
    part = F.greatest(F.lit(1.0) - F.col("_usual") / F.col("_spent"), F.lit(0.0))
    percent = {"p": F.round(F.col("_share") * 100).cast("int"), "u": F.round(F.col("_median") * 100).cast("int")}
    words = {"y": F.round("_spent").cast("bigint"), "m": F.round("_usual").cast("bigint"), **percent}
    return (
        lines.select(*LINE, "_year")
        .join(F.broadcast(chosen), BUYER)
        .withColumns(
            {
                "violation_cnt": F.col("net_cnt").cast("double") * part,
                "violation_amount": of_line(part),
                "note_zh": sentence("12月在本店购药{y}元, 平常月{m}元; 此类购药占本店12月{p}%, 别店{u}%", **words),
                "note_en": sentence(
                    "{y} yuan here in December, {m} in a usual month; such buyers are {p} % of the shop's December,"
                    " {u} % elsewhere",
                    **words,
                ),
            }
        )
    )


def _buyers(inputs: RuleInputs, card: Card, lines: DataFrame) -> DataFrame:
    """BUYER with `_spent` in December here, `_usual` yuan a month anywhere and `_rush` (true = far above it)."""
    spent = lines.groupBy(*BUYER).agg(F.sum("net_inscp").cast("double").alias("_spent"))
    before = _sold(inputs).where(_usual_months(card)).groupBy("psn_no", "_year")
    usual = before.agg((F.sum("net_inscp").cast("double") / int(card.params["usual_months"])).alias("_usual"))
    both = spent.join(usual, ["psn_no", "_year"], "left").withColumn("_usual", F.coalesce("_usual", F.lit(0.0)))
    much = F.col("_spent") >= float(card.params["min_yuan"])
    return both.withColumn("_rush", much & (F.col("_spent") >= float(card.params["times"]) * F.col("_usual")))


def _habits(buyers: DataFrame, card: Card) -> DataFrame:
    """fixmedins_code, `_share`, `_median`: shops where such buyers are many and far more of December than elsewhere."""
    rush = F.when(F.col("_rush"), F.col("_spent")).otherwise(F.lit(0.0))
    shops = buyers.groupBy("fixmedins_code").agg(
        (F.sum(rush) / F.sum("_spent")).alias("_share"), F.sum(F.col("_rush").cast("int")).alias("_persons")
    )
    usual = shops.agg(F.median("_share").alias("_median"), F.count(F.lit(1)).alias("_shops"))
    many = (F.col("_persons") >= int(card.params["min_persons"])) & (F.col("_shops") >= int(card.params["min_shops"]))
    far = (F.col("_share") >= float(card.params["min_share"])) & (
        F.col("_share") >= float(card.params["times_median"]) * F.col("_median")
    )
    return shops.crossJoin(F.broadcast(usual)).where(many & far).select("fixmedins_code", "_share", "_median")
