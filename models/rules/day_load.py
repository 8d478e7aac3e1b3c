"""How much work a day holds against what a person or a machine can do in a day, and which part is too much.

Grain: one worker (person, institution or kind of machine) and day.
Why: sessions of a whole week are sometimes posted on one day. A day is too full only when the seven days around it are
too full as well, so that posting in batches stays innocent and a standing overload does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import Card, sentence
from models.rules.records import day_number, ratio


def overloaded_days(days: DataFrame, worker: Sequence[str], card: Card) -> DataFrame:
    """Days of `days` (worker, fee_date, `minutes` worked, `capacity` in minutes) above capacity, with `excess`.

    A day is too full when minutes > capacity x tolerance, and the minutes of the seven days around it exceed
    `week_days` full days. `excess` = (minutes - capacity x tolerance) / minutes. Workers with fewer than `min_days`
    such days are left out.
    """
    allowed = F.col("capacity") * float(card.params["tolerance"])
    around = Window.partitionBy(*worker).orderBy(day_number("fee_date")).rangeBetween(-3, 3)
    week = F.sum("minutes").over(around)
    full_week = F.col("capacity") * float(card.params["week_days"])
    measured = days.withColumns({"_allowed": allowed, "_week": week})
    full = measured.where((F.col("minutes") > F.col("_allowed")) & (F.col("_week") > full_week))
    counted = full.withColumn("full_days", F.count(F.lit(1)).over(Window.partitionBy(*worker)))
    often = counted.where(F.col("full_days") >= int(card.params["min_days"]))
    return often.withColumn("excess", ratio(F.col("minutes") - F.col("_allowed"), F.col("minutes"))).drop("_week")


def disputed(lines: DataFrame, who_zh: str, who_en: str) -> DataFrame:
    """Lines of overloaded days, the excess share of each disputed (handbook §3.4, formula 2 over the whole day)."""
    words: dict[str, Column | str] = {
        "m": F.round("minutes").cast("bigint"),
        "c": F.round("_allowed").cast("bigint"),
        "n": "full_days",
    }
    return lines.withColumns(
        {
            "violation_cnt": F.col("net_cnt") * F.col("excess"),
            "violation_amount": excess_share(F.col("net_cnt") * F.col("excess")),
            "note_zh": sentence("当日" + who_zh + "合计{m}分钟,可承担{c}分钟;此类超负荷共{n}天", **words),
            "note_en": sentence("{m} minutes that day " + who_en + ", possible {c}; {n} such days", **words),
        }
    )
