"""One specimen number answers for several persons, or for one person on dates too far apart.

Reads: fee_list_d, clnc_test_rpot_d (spcm_no, rpt_time).
Grain: the fee line of the later report.
Why: one tube gives one person's result. Laboratories that number tubes anew every day may use a number at every
analyser, so there several persons count only with the same item on the same day; where many numbers collide the
numbering is to blame and the laboratory is not judged; a number with very many persons is a placeholder. Pooled
screening is left out by name.
Formula: whole in-scope amount of the later line (handbook §3.4, formula 1); the first result stays undisputed.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import day_number, each_card, each_exposure, each_gap
from models.rules.report_days import BILLED_BY, DAY, ITEM, VISIT, billed, told, without_reports

NAME, VERSION = "specimen_reuse", "1.0"
TUBE = ["fixmedins_code", "spcm_no", "exam_item_code"]
# Share of numbers that come back for other persons on other days, above which a laboratory starts its numbers again.
RESTARTS = 0.02


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Later results of a tube; params: relation persons | dates, max_days, max_collisions (share), max_persons."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Test lines of institutions that number their specimens."""
    return each_exposure(inputs, cards, _numbered_lines, BILLED_BY)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`no_reports`, `no_specimen_numbers`, `specimen_numbers_recycled` (too many collisions to tell)."""
    return each_gap(inputs, cards, _silent)


def _numbered_lines(inputs: RuleInputs, card: Card) -> DataFrame:
    numbered = _tubes(inputs).select("fixmedins_code").distinct()
    return billed(inputs, card).join(F.broadcast(numbered), "fixmedins_code", "left_semi")


def _tests(inputs: RuleInputs) -> DataFrame:
    """Reported tests with a specimen number, one per report and item, and their day."""
    told_of = inputs.tables["clnc_test_rpot_d"].where(F.length(F.coalesce("spcm_no", F.lit(""))) > 0)
    return told_of.select(*TUBE, "psn_no", "mdtrt_id", "rpt_time", "rpotc_no", F.to_date("rpt_time").alias("day"))


def _tubes(inputs: RuleInputs) -> DataFrame:
    """One row per institution, specimen number and day: its first and last person by number (equal = one person)."""

    def summed() -> DataFrame:
        persons = (F.min("psn_no").alias("_a"), F.max("psn_no").alias("_b"))
        return _tests(inputs).groupBy(*TUBE[:2], "day").agg(*persons)

    return inputs.kept("specimen-tubes", summed)


def _numbers(inputs: RuleInputs) -> DataFrame:
    """One row per institution and specimen number: first and last person, first and last day."""
    days = (F.min("day").alias("_from"), F.max("day").alias("_to"))
    return _tubes(inputs).groupBy(*TUBE[:2]).agg(F.min("_a").alias("_a"), F.max("_b").alias("_b"), *days)


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    silent = without_reports(inputs, card).select("fixmedins_code", "reason_code")
    senders = inputs.tables["clnc_test_rpot_d"].select("fixmedins_code").distinct()
    unnumbered = senders.join(_tubes(inputs).select("fixmedins_code").distinct(), "fixmedins_code", "left_anti")
    recycled = _recycling(inputs, card).withColumn("reason_code", F.lit("specimen_numbers_recycled"))
    return silent.unionByName(unnumbered.withColumn("reason_code", F.lit("no_specimen_numbers"))).unionByName(recycled)


def _recycling(inputs: RuleInputs, card: Card) -> DataFrame:
    """Institutions where so many numbers stand for several tubes that the number alone tells nothing."""
    tubes = _numbers(inputs) if card.params["relation"] == "dates" else _tubes(inputs)
    shared = F.avg(F.when(F.col("_a") != F.col("_b"), 1.0).otherwise(0.0))
    houses = tubes.groupBy("fixmedins_code").agg(shared.alias("_shared"), F.count(F.lit(1)).alias("_tubes"))
    too_many = (F.col("_shared") > float(card.params["max_collisions"])) & (F.col("_tubes") >= 20)
    return houses.where(too_many).select("fixmedins_code")


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    persons = card.params["relation"] == "persons"
    later = _second_persons(inputs, card) if persons else _second_dates(inputs, card)
    own = later.join(F.broadcast(_recycling(inputs, card)), "fixmedins_code", "left_anti")
    keys = (F.col("mdtrt_id").alias(VISIT), F.col("exam_item_code").alias(ITEM), F.col("day").alias(DAY))
    found = own.select(*keys, F.struct("first_report", "spcm_no", "first_day").alias("_earlier"))
    lines = told(billed(inputs, card), found, [F.min("_earlier").alias("first")])
    words = {"s": F.col("first.spcm_no"), "d": F.col("first.first_day")}
    return lines.withColumns(
        {
            "paired_bkkp_sn": F.col("first.first_report"),
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("标本号{s}已于{d}用于" + ("他人" if persons else "本人同一项目"), **words),
            "note_en": sentence(
                "specimen {s} was reported on {d} for " + ("another person" if persons else "the same person and item"),
                **words,
            ),
        }
    )


def _second_persons(inputs: RuleInputs, card: Card) -> DataFrame:
    """Results of a tube after the first person's on the same day; up to `max_persons` persons on one tube.

    Where numbers start again, two analysers may give one number to two tubes: there only the same item counts.
    """
    shared = _tubes(inputs).where(F.col("_a") != F.col("_b"))
    tests = _tests(inputs).join(shared, [*TUBE[:2], "day"], "left_semi")
    restarts = F.broadcast(_restarting(inputs))
    restarting = tests.join(restarts, "fixmedins_code", "left_semi")
    lasting = tests.join(restarts, "fixmedins_code", "left_anti")
    per_item = _after_the_first(restarting, [*TUBE, "day"], card)
    return _after_the_first(lasting, [*TUBE[:2], "day"], card).unionByName(per_item)


def _restarting(inputs: RuleInputs) -> DataFrame:
    again = ((F.col("_a") != F.col("_b")) & (F.col("_from") != F.col("_to"))).cast("int")
    houses = _numbers(inputs).groupBy("fixmedins_code").agg(F.avg(F.coalesce(again, F.lit(0))).alias("_again"))
    return houses.where(F.col("_again") > RESTARTS).select("fixmedins_code")


def _after_the_first(tests: DataFrame, tube_keys: list[str], card: Card) -> DataFrame:
    tube = Window.partitionBy(*tube_keys)
    order = tube.orderBy("rpt_time", "rpotc_no")
    since = order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    read = tests.withColumns(
        {
            "_first_person": F.first("psn_no").over(since),
            "first_report": F.first("rpotc_no").over(since),
            "first_day": F.col("day"),
            "_persons": F.size(F.collect_set("psn_no").over(tube)),
        }
    )
    few = F.col("_persons") <= int(card.params["max_persons"])
    return read.where((F.col("psn_no") != F.col("_first_person")) & few)


def _second_dates(inputs: RuleInputs, card: Card) -> DataFrame:
    """Results of a tube for the same person and item more than `max_days` days after its first."""
    days = int(card.params["max_days"])
    apart = _numbers(inputs).where(F.datediff("_to", "_from") > days)
    tests = _tests(inputs).join(apart, TUBE[:2], "left_semi")
    order = Window.partitionBy(*TUBE, "psn_no").orderBy("rpt_time", "rpotc_no")
    since = order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    read = tests.withColumns({"first_report": F.first("rpotc_no").over(since), "first_day": F.first("day").over(since)})
    return read.where(day_number("day") - day_number("first_day") > days)
