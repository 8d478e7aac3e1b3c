"""More treatment days than a course, a visit or a year may have (限疗程): the days beyond the limit are disputed.

Points: `limit_value` days per `window`: course (default), visit, year or person (the whole period); points with one
`group_id` count as one treatment. `limit_unit` = days (of treatment, default) or elapsed days (of the calendar, from
the first day of the course on: 总时间不超过90天, 支付不超过12个月).
Card: `new_course_after_days` = days without treatment after which a new illness and a new course are assumed.
Why: days are counted per person across institutions, because a course moves with the person; only the excess days are
disputed, each at the institution that billed it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs, hits, per_card, sentence
from models.rules.lines import day_number, disputed_whole, line_exposure, matched_lines, only_groups

NAME, VERSION = "course_days", "1.0"
READS_POINTS = True
PARAMS = ("new_course_after_days",)
KEYS = ["detector_id", "_item", "psn_no", "_bucket"]
ELAPSED = "elapsed days"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines on days beyond the limit; columns HIT_SCHEMA, amounts in yuan."""
    spanned = F.max("_day_no") - F.min("_day_no") + F.lit(1)
    treated = F.count_distinct("_day_no")
    long = F.when(F.max("limit_unit") == ELAPSED, spanned).otherwise(treated) > F.min("limit_value")
    matched = only_groups(_matched(inputs, cards), KEYS, long)
    found = matched.join(_day_ranks(matched, cards), [*KEYS, "_day_no"], "inner")
    limit = F.col("limit_value").cast("int")
    elapsed = F.coalesce(F.col("limit_unit") == ELAPSED, F.lit(False))
    zh = sentence("第{rank}{day}, 上限{limit}日", rank="_rank", limit=limit, day=_one_of(elapsed, "天", "个治疗日"))
    en = sentence(
        "{day} {rank} of a course limited to {limit}",
        rank="_rank",
        limit=limit,
        day=_one_of(elapsed, "day", "treatment day"),
    )
    return hits(disputed_whole(found.where(F.col("_rank") > F.col("limit_value")), zh, en))


def _one_of(holds: Column, yes: str, no: str) -> Column:
    return F.when(holds, F.lit(yes)).otherwise(F.lit(no))


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the treatments with a course limit."""
    return line_exposure(_matched(inputs, cards))


def _matched(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    matched = matched_lines(inputs, cards).where(F.col("psn_no").isNotNull())
    same = F.when(F.coalesce(F.col("group_id"), F.lit("")) == "", F.col("point_id")).otherwise(F.col("group_id"))
    return matched.withColumn("_item", same).withColumn("_bucket", _bucket()).withColumn("_day_no", day_number())


def _bucket() -> Column:
    by_year = F.when(F.col("window") == "year", F.year("fee_date").cast("string")).otherwise(F.lit(""))
    return F.when(F.col("window") == "visit", F.col("mdtrt_id")).otherwise(by_year)


def _day_ranks(matched: DataFrame, cards: Sequence[Card]) -> DataFrame:
    """One row per treatment day with its number within the course."""
    days = matched.groupBy(*KEYS, "_day_no").agg(F.max("window").alias("window"), F.max("limit_unit").alias("_unit"))
    by_day = Window.partitionBy(*KEYS).orderBy("_day_no")
    is_course = ~F.coalesce(F.col("window"), F.lit("")).isin("visit", "year", "person")
    pause = F.col("_day_no") - F.lag("_day_no").over(by_day) > per_card(cards, "new_course_after_days", "int", 90)
    starts = F.when(is_course & F.coalesce(pause, F.lit(False)), 1).otherwise(0)
    courses = days.withColumn("_starts", starts).withColumn("_course", F.sum("_starts").over(by_day))
    in_course = Window.partitionBy(*KEYS, "_course").orderBy("_day_no")
    since = F.col("_day_no") - F.min("_day_no").over(in_course) + F.lit(1)
    rank = F.when(F.col("_unit") == ELAPSED, since).otherwise(F.row_number().over(in_course))
    return courses.withColumn("_rank", rank).select(*KEYS, "_day_no", "_rank")
