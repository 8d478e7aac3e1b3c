"""Goods that belong to a procedure, charged without one or more of them than it takes (有耗材无手术, 耗材多于手术).

Points: those of one `group_id` belong together; `limit_unit` = `procedure` marks what uses the goods, `per procedure`
the goods, of which one procedure takes `limit_value`; `window` = day or visit (default).
Card: `days_around` (a procedure so many days before or after still explains the goods of a day).
Reads: fee_list_d; setl_list_oprn_d where it was handed over.
Why: a stent without an intervention, or a second dialyser in one session, was not used. What the operation list of the
settlement names happened, even where its fee is missing; a visit that began before the first day of the extract may
have been operated before it. Formula: surplus units / quantity x net_inscp (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import Card, RuleInputs, hits, per_card, sentence
from models.rules.lines import line_exposure, matched_lines, only_groups, over_limit
from models.rules.records import LINE

NAME, VERSION = "goods_per_procedure", "1.0"
READS_POINTS = True
PARAMS = ("days_around",)
PROCEDURE = "procedure"
GROUP = ("detector_id", "group_id", "fixmedins_code", "psn_no")
EACH = (*GROUP, "point_id", "_bucket")


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Units of the goods above what the procedures of the visit or day take; columns HIT_SCHEMA, amounts in yuan."""
    goods = _goods(inputs, cards)
    done = _procedures(inputs, cards)
    met = goods.join(done, [*GROUP, "_bucket"], "left").join(_near(inputs, cards), [*GROUP, "_bucket"], "left")
    beside = F.col("_done").isNull() & (F.col("_near").isNotNull() | F.col("_listed"))
    allowed = F.coalesce(F.col("limit_value"), F.lit(1.0)) * F.coalesce(F.col("_done"), F.lit(0)).cast("double")
    needed = dict.fromkeys((*LINE, *EACH, "area", "_done", "_allowed"))  # each column once
    judged = met.where(~beside).withColumn("_allowed", allowed).select(*needed)
    asked = inputs.kept("goods-and-procedures", lambda: judged)
    over = only_groups(asked, EACH, F.sum("net_cnt") > F.min("_allowed"))
    found = over_limit(over, EACH, F.col("_allowed"))
    return hits(_said(found.withColumn("violation_amount", excess_share(F.col("violation_cnt")))))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the goods."""
    return line_exposure(_goods(inputs, cards))


def _sided(inputs: RuleInputs, cards: Sequence[Card], procedures: bool) -> DataFrame:
    own = F.col("limit_unit") == PROCEDURE
    matched = matched_lines(inputs, cards).where(own if procedures else ~own)
    return matched.withColumn("_bucket", _bucket())


def _bucket() -> Column:
    return F.when(F.col("window") == "day", F.col("fee_date").cast("string")).otherwise(F.col("mdtrt_id"))


def _goods(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the goods whose visit lies inside the extract, with `_listed`: its operation list names something."""
    first = inputs.lines.agg(F.min("fee_date").alias("_first"))
    inside = F.coalesce(F.col("visit_begin") >= F.col("_first"), F.lit(True)) | (F.col("window") == "day")
    goods = _sided(inputs, cards, False).crossJoin(F.broadcast(first)).where(inside)
    listed = inputs.tables.get("setl_list_oprn_d")
    if listed is None:
        return goods.withColumn("_listed", F.lit(False))
    named = listed.select("setl_id").distinct().withColumn("_named", F.lit(True))
    own = F.coalesce(F.col("_named"), F.lit(False)) & (F.col("window") != "day")
    return goods.join(named, "setl_id", "left").withColumn("_listed", F.coalesce(own, F.lit(False)))


def _procedures(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Units of the procedures per visit or day; an item that stands in several points of a group counts once."""
    lines = _sided(inputs, cards, True).groupBy(*GROUP, "_bucket", "bkkp_sn").agg(F.max("net_cnt").alias("net_cnt"))
    return lines.groupBy(*GROUP, "_bucket").agg(F.sum("net_cnt").alias("_done"))


def _near(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Days with a procedure on a neighbouring day."""
    last = max([int(card.params.get("days_around", 0)) for card in cards] or [0])
    days = _sided(inputs, cards, True).where(F.col("window") == "day").select(*GROUP, "fee_date").distinct()
    shifts = F.array(*[F.lit(shift) for shift in range(-last, last + 1)])
    spread = days.withColumn("_shift", F.explode(shifts))
    reached = spread.where((F.col("_shift") != 0) & (F.abs("_shift") <= per_card(cards, "days_around", "int", 0)))
    moved = reached.withColumn("_bucket", F.expr("date_add(fee_date, _shift)").cast("string"))
    return moved.groupBy(*GROUP, "_bucket").agg(F.max(F.lit(1)).alias("_near"))


def _said(found: DataFrame) -> DataFrame:
    done = F.coalesce(F.col("_done"), F.lit(0)).cast("double").cast("int")
    alone = done == 0
    zh = F.when(alone, F.lit("收取耗材而未见相应手术或治疗")).otherwise(
        sentence("相应手术或治疗{n}次, 耗材数量超出所需", n=done)
    )
    en = F.when(alone, F.lit("charged without the procedure that uses it")).otherwise(
        sentence("more than {n} procedures take", n=done)
    )
    return found.withColumn("note_zh", zh).withColumn("note_en", en)
