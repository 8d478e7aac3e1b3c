"""Cards of several persons swiped one after the other at one pharmacy, for the same goods or the same sum.

Reads: fee_list_d (time of day), fixmedins_b.
Grain: the fee lines of the purchases in such a run of cards.
Why: a collector brings a stack of cards. A queue at opening time or beside a hospital also brings many persons
within minutes, but with different baskets, and not the same company again on another day. Two modes:
`same_persons`: at least k persons with the same basket or sum, each gap at most `gap_minutes`, of whom at least k
meet again in the same company on `min_days` days; `same_basket`: the shared basket has several items, is bought
mostly in such runs and hardly anywhere else (a promoted package sells all day and all over town).
Formula: whole in-scope amount (handbook §3.4, formula 1): goods of a collected card serve nobody who is insured.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines import only_groups
from models.rules.records import LINE, at_pharmacies, each_card, each_exposure, each_gap, ratio, seconds

NAME, VERSION = "swiping_cluster", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines in runs of cards; params: mode, persons (k), gap_minutes, min_days, max_run and, for `same_basket`,
    min_items, min_share, max_shops.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """All lines of pharmacies."""
    return each_exposure(inputs, cards, lambda given, _: at_pharmacies(given), reads=())


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Pharmacies whose lines carry a date and no time of day: `no_time_of_day`."""
    return each_gap(inputs, cards, _dateless, reads=())


def _dateless(inputs: RuleInputs, _: Card) -> DataFrame:
    timed = F.avg(F.when(seconds("fee_ocur_time") % 86400 != 0, 1.0).otherwise(0.0))
    shops = at_pharmacies(inputs).groupBy("fixmedins_code").agg(timed.alias("_timed"))
    return shops.where(F.col("_timed") < 0.5).withColumn("reason_code", F.lit("no_time_of_day"))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    visits = likenesses(inputs, card)
    members = runs(visits, card)
    chosen = (
        _same_company(members, card) if card.params["mode"] == "same_persons" else _same_basket(members, visits, card)
    )
    visit_of_run = chosen.groupBy("fixmedins_code", "mdtrt_id").agg(
        F.max("persons").alias("persons"), F.min("run_start").alias("run_start"), F.max("days").alias("days")
    )
    lines = inputs.lines.select(*LINE).join(visit_of_run, ["fixmedins_code", "mdtrt_id"], "inner")
    words = {"n": F.col("persons"), "t": F.date_format("run_start", "HH:mm"), "d": F.col("days")}
    return lines.withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("自{t}起连续{n}人刷卡,所购相同;同样情形共{d}天", **words),
            "note_en": sentence("{n} persons in a row from {t} with the same purchase; the same on {d} days", **words),
        }
    )


def likenesses(inputs: RuleInputs, card: Card) -> DataFrame:
    """A purchase and what it may share with another (`likeness`): its basket, in mode `same_persons` also its sum."""
    bought = inputs.kept("pharmacy-visits", lambda: _purchases(at_pharmacies(inputs)))
    if card.params["mode"] == "same_basket":
        return bought.where(F.col("items") >= int(card.params["min_items"])).withColumnRenamed("basket", "likeness")
    by_sum = bought.withColumn("likeness", F.concat(F.lit("="), F.col("total").cast("string")))
    return bought.withColumnRenamed("basket", "likeness").unionByName(by_sum.drop("basket"))


def _purchases(lines: DataFrame) -> DataFrame:
    """One row per purchase: its moment, number of items, sum (yuan) and `basket`, equal for equal goods."""
    item = F.xxhash64(F.coalesce("med_list_codg", "hilist_name"), F.col("net_cnt").cast("double"))
    # A sum of hashes does not depend on the order of the lines; reduced, so that no basket overflows it.
    mark = F.sum(F.pmod(item, F.lit(1_000_000_007)))
    visit = ("fixmedins_code", "mdtrt_id", "psn_no", "fee_date")
    # Two steps: a set of codes kept for every purchase would take more memory than all of its lines.
    per_code = lines.groupBy(*visit, "med_list_codg").agg(
        F.min("fee_ocur_time").alias("moment"),
        F.count(F.lit(1)).alias("lines"),
        mark.alias("mark"),
        F.sum("net_inscp").alias("total"),
    )
    return per_code.groupBy(*visit).agg(
        F.min("moment").alias("moment"),
        F.concat_ws("/", F.sum("lines").cast("string"), F.sum("mark").cast("string")).alias("basket"),
        F.count("med_list_codg").alias("items"),
        F.sum("total").alias("total"),
    )


def runs(visits: DataFrame, card: Card) -> DataFrame:
    """Members of runs: alike, same shop and day, no gap above `gap_minutes`, k to `max_run` persons."""
    alike = ["fixmedins_code", "fee_date", "likeness"]
    k = int(card.params["persons"])
    order = Window.partitionBy(*alike).orderBy("moment", "mdtrt_id")
    gap = seconds("moment") - F.lag(seconds("moment")).over(order)
    starts = F.when(gap <= int(card.params["gap_minutes"]) * 60, 0).otherwise(1)
    numbered = only_groups(visits, alike, F.count(F.lit(1)) >= k).withColumn("_start", starts)
    numbered = numbered.withColumn(
        "run", F.sum("_start").over(order.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    )
    run = Window.partitionBy(*alike, "run")
    return (
        numbered.withColumn("persons", F.size(F.collect_set("psn_no").over(run)))
        .withColumn("run_start", F.min("moment").over(run))
        .where(F.col("persons").between(k, int(card.params["max_run"])))
        .drop("_start")
    )


def _same_company(members: DataFrame, card: Card) -> DataFrame:
    """Members of runs who meet at least k - 1 others of the same run on `min_days` days or more."""
    k, days = int(card.params["persons"]), int(card.params["min_days"])
    run = ["fixmedins_code", "fee_date", "likeness", "run"]
    once = members.select(*run, "psn_no").distinct()
    pairs = once.alias("a").join(once.withColumnRenamed("psn_no", "other").alias("b"), run, "inner")
    regular = (
        pairs.where(F.col("psn_no") != F.col("other"))
        .groupBy("fixmedins_code", "psn_no", "other")
        .agg(F.countDistinct("fee_date").alias("days"))
        .where(F.col("days") >= days)
        .groupBy("fixmedins_code", "psn_no")
        .agg(F.count(F.lit(1)).alias("_company"), F.max("days").alias("days"))
        .where(F.col("_company") >= k - 1)
    )
    core = members.join(regular, ["fixmedins_code", "psn_no"], "inner")
    together = Window.partitionBy(*run)
    return core.withColumn("persons", F.size(F.collect_set("psn_no").over(together))).where(F.col("persons") >= k)


def _same_basket(members: DataFrame, visits: DataFrame, card: Card) -> DataFrame:
    """Members of runs whose basket recurs in runs on `min_days` days, is mostly bought in runs, and in few shops."""
    here = visits.groupBy("fixmedins_code", "likeness").agg(F.count(F.lit(1)).alias("_bought"))
    bought = here.groupBy("likeness").agg(F.count(F.lit(1)).alias("_shops"))
    in_runs = members.groupBy("fixmedins_code", "likeness").agg(
        F.count(F.lit(1)).alias("_in_runs"), F.countDistinct("fee_date").alias("days")
    )
    judged = in_runs.join(here, ["fixmedins_code", "likeness"], "inner").join(bought, "likeness", "inner")
    share = ratio(F.col("_in_runs"), F.col("_bought"))
    odd = judged.where(
        (F.col("days") >= int(card.params["min_days"]))
        & (share >= float(card.params["min_share"]))
        & (F.col("_shops") <= int(card.params["max_shops"]))
    )
    return members.join(odd.select("fixmedins_code", "likeness", "days"), ["fixmedins_code", "likeness"], "inner")
