"""What several kinds do with lines: leave out who is not meant, and say which units are above a limit.

Why: the honest exceptions (intensive care, newborns billed under their mother, certain visits) are written on the cards
as data and applied in one place, and "the later units are the excess" must mean the same in every kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from knowledge.domains import area_of
from models.rules.amounts import whole
from models.rules.kind import QUANTITY, Card, RuleInputs, exposures, stat_month, with_points
from models.rules.lines_counted import counted_lines
from models.rules.records import with_domain

DEPARTMENTS = ("acord_dept_codg", "bilg_dept_codg", "adm_dept_codg")
# Parameters every card may carry: who is left out.
COMMON_PARAMS = (
    "wide_rate",
    "skip_departments",
    "skip_diagnoses",
    "skip_visit_types",
    "only_visit_types",
    "age_from",
    "age_below",
)
OF_A_LINE = {"skip_departments", "skip_diagnoses", "age_from", "age_below"}  # those that counted lines do not tell


def matched_lines(inputs: RuleInputs, cards: Sequence[Card], side: str = "item") -> DataFrame:
    """Lines of the kind's points (of their `side`) that no exception of their card leaves out."""
    return eligible(with_points(inputs.with_own_items(), inputs.known(), side), cards)


def disputed_whole(found: DataFrame, note_zh: Column, note_en: Column) -> DataFrame:
    """The lines with their whole quantity and in-scope amount disputed, and their notes."""
    amounts = found.withColumn("violation_cnt", F.col("net_cnt")).withColumn("violation_amount", whole())
    return amounts.withColumn("note_zh", note_zh).withColumn("note_en", note_en)


def eligible(frame: DataFrame, cards: Sequence[Card]) -> DataFrame:
    """Rows (with detector_id) that no exception of their card leaves out.

    `skip_departments`, `skip_diagnoses`: patterns on the department codes and the main diagnosis of the visit;
    `skip_visit_types`, `only_visit_types`: prefixes of med_type; `age_from`, `age_below`: years. An unknown value
    (no department, no diagnosis, no age) is not an exception.
    """
    present = set(frame.columns)
    out = F.lit(False)
    for card in cards:
        reasons = _reasons(card, present)
        for reason in reasons:
            out = out | ((F.col("detector_id") == card.detector_id) & F.coalesce(reason, F.lit(False)))
    return frame.where(~out)


def _reasons(card: Card, present: set[str]) -> list[Column]:
    params, reasons = card.params, []
    if "skip_departments" in params:
        reasons += [F.col(name).rlike(params["skip_departments"]) for name in DEPARTMENTS if name in present]
    if "skip_diagnoses" in params and "main_diag" in present:
        reasons.append(F.col("main_diag").rlike(params["skip_diagnoses"]))
    if "med_type" in present:
        if "skip_visit_types" in params:
            reasons.append(visit_type_in(params["skip_visit_types"]))
        if "only_visit_types" in params:
            reasons.append(~visit_type_in(params["only_visit_types"]))
    if "age" in present:
        if "age_from" in params:
            reasons.append(F.col("age") < params["age_from"])
        if "age_below" in params:
            reasons.append(F.col("age") >= params["age_below"])
    return reasons


def visit_type_in(types: Sequence[str]) -> Column:
    """med_type is one of `types` or a finer value of it (14 covers 140104)."""
    return reduce(or_, [F.col("med_type").startswith(str(value)) for value in types])


def only_groups(frame: DataFrame, keys: Sequence[str], holds: Column, part: Sequence[str] = ()) -> DataFrame:
    """The rows of groups for which the aggregate condition `holds`, or holds for the rows of one value of `part`.

    Rows that lack a key belong to no group. Why: nearly all groups are far from any limit; adding them up is cheap,
    putting their lines in order is not. Groups are told apart by a 64-bit mark of their keys, in a third of the time of
    several texts: of ten million groups two share a mark in one of some 400,000 areas, and whoever asks looks at the
    lines of those chosen by their keys.
    """
    every_key = reduce(Column.__and__, [F.col(name).isNotNull() for name in keys])
    marked = frame.where(every_key).withColumn("_mark", F.xxhash64(*keys))
    parts = marked.withColumn("_part", F.xxhash64("_mark", *part) if part else F.col("_mark"))
    judged = parts.groupBy("_part").agg(holds.alias("_holds"), F.min("_mark").alias("_mark"))
    chosen = judged.where(F.col("_holds")).select("_mark").distinct()
    return marked.join(chosen, "_mark", "left_semi").drop("_mark")


def over_limit(frame: DataFrame, keys: Sequence[str], allowed: Column) -> DataFrame:
    """Adds `violation_cnt`: the units of each line above the `allowed` units of its `keys`, the latest units first.

    Lines are taken in the order of time and serial number, so that the same line is disputed in every run.
    """
    order = Window.partitionBy(*keys).orderBy("fee_ocur_time", "bkkp_sn").rowsBetween(Window.unboundedPreceding, 0)
    running = F.sum("net_cnt").over(order)
    above = F.least(F.col("net_cnt"), F.greatest(running - allowed, F.lit(0)))
    return frame.withColumn("violation_cnt", above.cast(QUANTITY))


def line_exposure(matched: DataFrame) -> DataFrame:
    """Exposure counted in lines (see with_points) a hit could have been among; one that matches several points counts
    once.

    Lines of a code that stands in one point alone are counted as they come; only the others are told apart, by a 64-bit
    mark.
    """
    line = F.when(~F.col("_only"), F.xxhash64("bkkp_sn"))
    told = matched.select("detector_id", "fixmedins_code", stat_month().alias("stat_month"), line.alias("_line"))
    each = told.groupBy("detector_id", "fixmedins_code", "stat_month", "_line").agg(F.count(F.lit(1)).alias("_n"))
    return exposures(each, F.when(F.col("_line").isNull(), F.col("_n")).otherwise(1))


def goods_like(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """All charged lines of the clinical areas whose items the points speak of, with detector_id and how many `lines` a
    row stands for: they come counted (see counted_lines) unless a card leaves out what only a line tells.

    What a restriction is measured by where only some visits or houses can break it: among the lines of the restricted
    item alone they break it always, and an honest house with a few of them looks worse than any other.
    """
    area = area_of("domain")
    named = with_domain(with_points(inputs.with_own_items(), inputs.known())).withColumn("_sort", area)
    one_by_one = any(OF_A_LINE & set(card.params) for card in cards)
    every = with_domain(inputs.every_line()).withColumn("lines", F.lit(1)) if one_by_one else counted_lines(inputs)
    sorts = named.select("detector_id", "_sort").distinct()
    return eligible(every.withColumn("_sort", area).join(F.broadcast(sorts), "_sort").drop("_sort"), cards)


def names_any(column: str) -> Column:
    """`column` (`|I63.900|E11.9`) names a code that begins with one of the codes of the point's `params`."""
    return F.exists(F.split("params", r"\|"), lambda one: F.col(column).contains(F.concat(F.lit("|"), one)))


def never_told(lines: DataFrame, column: str, reason: str) -> DataFrame:
    """GAP_SCHEMA: institutions none of whose lines (with detector_id) tells `column`; some blanks are no gap."""
    counted = lines.groupBy("detector_id", "fixmedins_code").agg(F.count(column).alias("_told"))
    blind = counted.where(F.col("_told") == 0).select("detector_id", "fixmedins_code")
    return blind.withColumn("reason_code", F.lit(reason))


def day_number(column: str = "fee_date") -> Column:
    """Days since 2000-01-01, for windows over days."""
    return F.datediff(F.col(column), F.lit("2000-01-01").cast("date"))
