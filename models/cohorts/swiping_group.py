"""The same persons swiped one after the other, with the same purchase, again and again – in one shop or in several.

Reads: fee_list_d of pharmacies (time of day), fixmedins_b.
Grain: the fee lines of the purchases the group made together.
Why: whoever keeps a stack of cards takes the same stack from shop to shop. Persons are paired who stand in one run
(same shop and day, same basket or sum, minutes apart) on `min_days` days in whatever shops, and who are rarely seen
in a run without each other. A couple or a family is too few; a carer's round brings different baskets; colleagues at
the canteen's shop also come without each other; a vaccination day comes once, a course of it three times.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.cohorts import form
from models.cohorts.components import components, sized
from models.cohorts.picture import WHERE, WHO, Groups, Link, cohort_id
from models.rules import swiping_cluster
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import LINE

NAME, VERSION, FAMILY = "swiping_group", "1.0", "cohort"
RUN = ["fixmedins_code", "fee_date", "likeness", "run"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines bought together; params: persons (k), gap_minutes, max_run, min_days, min_together, max_persons."""
    return form.evidence(inputs, cards, _found)


def groups(inputs: RuleInputs, cards: Sequence[Card]) -> Groups:
    """Persons and the shops they came to together."""
    return form.pictures(inputs, cards, _found, lambda _: (Link("bought_at", WHO, WHERE),))


exposure, gaps = swiping_cluster.exposure, swiping_cluster.gaps


def _found(inputs: RuleInputs, card: Card) -> DataFrame:
    keep, k = form.kept_for(inputs, card), int(card.params["persons"])
    alike = swiping_cluster.runs(swiping_cluster.likenesses(inputs, card), card)
    stood = keep("runs", lambda: alike.select(*RUN, "psn_no", "mdtrt_id").distinct())
    pairs = keep("pairs", lambda: _pairs(stood, card))
    members = sized(components(pairs, keep), k, int(card.params["max_persons"]))
    chosen = members.select(F.col("member").alias("psn_no"), cohort_id(card, "label").alias("cohort_id"))
    together = stood.join(chosen, "psn_no").withColumn(
        "persons", F.size(F.collect_set("psn_no").over(Window.partitionBy(*RUN, "cohort_id")))
    )
    visits = together.where(F.col("persons") >= k).groupBy("cohort_id", "fixmedins_code", "mdtrt_id").agg(
        F.max("persons").alias("persons")
    )  # fmt: skip
    return _told(inputs.lines.select(*LINE).join(visits, ["fixmedins_code", "mdtrt_id"]))


def _pairs(stood: DataFrame, card: Card) -> DataFrame:
    """Pairs `a` < `b` in one run on enough days, mostly together, each with enough such partners."""
    once = stood.select(*RUN, "psn_no").distinct()
    own = once.groupBy("psn_no").agg(F.countDistinct("fee_date").alias("own"))
    left = once.withColumnRenamed("psn_no", "a").join(own.toDF("a", "own_a"), "a")
    right = once.withColumnRenamed("psn_no", "b").join(own.toDF("b", "own_b"), "b")
    met = left.join(right, RUN).where(F.col("a") < F.col("b"))
    counted = met.groupBy("a", "b").agg(
        F.countDistinct("fee_date").alias("days"), F.max("own_a").alias("own_a"), F.max("own_b").alias("own_b")
    )
    mostly = F.col("days") >= float(card.params["min_together"]) * F.greatest("own_a", "own_b")
    regular = counted.where((F.col("days") >= int(card.params["min_days"])) & mostly).select("a", "b")
    sides = regular.select(F.col("a").alias("who")).unionByName(regular.select(F.col("b").alias("who")))
    partners = sides.groupBy("who").agg(F.count(F.lit(1)).alias("n"))
    core = partners.where(F.col("n") >= int(card.params["persons"]) - 1)
    return regular.join(core.select(F.col("who").alias("a")), "a", "left_semi").join(
        core.select(F.col("who").alias("b")), "b", "left_semi"
    )


def _told(lines: DataFrame) -> DataFrame:
    group = Window.partitionBy("cohort_id")
    facts = lines.withColumns(
        {
            "all_persons": F.size(F.collect_set("psn_no").over(group)),
            "all_days": F.size(F.collect_set("fee_date").over(group)),
            "shops": F.size(F.collect_set("fixmedins_code").over(group)),
        }
    )
    words = {"n": F.col("persons"), "a": F.col("all_persons"), "d": F.col("all_days"), "s": F.col("shops")}
    return form.disputed(
        facts,
        sentence("本次{n}人连续刷卡且所购相同;该群体共{a}人,{d}天,{s}家药店", **words),
        sentence("{n} of the group swiped in a row; {a} persons, {d} days, {s} shops in all", **words),
    )
