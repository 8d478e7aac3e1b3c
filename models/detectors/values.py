"""The value of every indicator at every institution, summed over the months of the period.

Reads: features/provider_month, the register of institutions (capacities).
Grain: one row per detector and institution that has the columns at all; `series` holds its months.
Why: numerators and denominators are summed before they are divided, so a quiet month cannot shout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from knowledge.frames import small_frame
from models.detectors.model import THRESHOLDS, Detector

SMALLEST = 0.01  # a logged value is never taken of less: a spread of nothing at all is extreme, not undefined
REGISTER = ("aprv_bed_cnt", "dr_psncnt", "tecn_psncnt", "reha_psncnt", "phar_psncnt")


@dataclass(frozen=True)
class Months:
    """The months of the period in order; growth compares its later half with its earlier one."""

    all: tuple[str, ...]

    @property
    def later(self) -> tuple[str, ...]:
        """The later half; of an odd number the middle month belongs to it."""
        return self.all[len(self.all) // 2 :]


def values(provider_month: DataFrame, register: DataFrame, detectors: Sequence[Detector], months: Months) -> DataFrame:
    """detector_id, fixmedins_code, num, den, value, volume, amount, required, months, series.

    `value` in the unit of the detector, null where it cannot be computed; `amount` in yuan (growth: later half).
    """
    monthly = _opened(_with_capacity(provider_month, register), detectors, months)
    return _valued(_summed(monthly).join(F.broadcast(settings(provider_month, detectors)), "detector_id"))


def settings(frame: DataFrame, detectors: Sequence[Detector]) -> DataFrame:
    """One row per detector with what judging needs: statistic, scale, direction, thresholds."""
    ddl = "detector_id string, statistic string, scale string, direction string, ladder string, max_strength int,"
    ddl += " has_amount boolean, " + ", ".join(f"t_{name} double" for name in THRESHOLDS)
    rows = [
        (
            *(detector.detector_id, detector.statistic, detector.scale, detector.direction, detector.ladder),
            *(detector.max_strength, bool(detector.amount)),
            *(float(detector.thresholds[name]) for name in THRESHOLDS),
        )
        for detector in detectors
    ]
    return small_frame(frame.sparkSession, rows, ddl)


def _with_capacity(provider_month: DataFrame, register: DataFrame) -> DataFrame:
    held = [name for name in REGISTER if name in register.columns]
    renamed = [F.col(name).cast("double").alias(f"register_{name}") for name in held]
    joined = provider_month.join(F.broadcast(register.select("fixmedins_code", *renamed)), "fixmedins_code", "left")
    absent = {f"register_{name}": F.lit(None).cast("double") for name in REGISTER if name not in held}
    return joined.withColumns(absent) if absent else joined


def _opened(wide: DataFrame, detectors: Sequence[Detector], months: Months) -> DataFrame:
    entries = F.array(*[_entry(detector) for detector in detectors])
    opened = wide.where(F.col("stat_month").isin(*months.all)).select(
        "fixmedins_code", "stat_month", F.explode(entries).alias("e")
    )
    flat = opened.select("fixmedins_code", "stat_month", "e.*")
    later = F.col("stat_month").isin(*months.later)
    return flat.where(F.col("num").isNotNull() & (F.col("den") > 0)).withColumn("later", later)


def _entry(detector: Detector) -> Column:
    num = _total(detector.num)
    den = _denominator(detector)
    volume = _total(detector.volume) if detector.volume else (num if detector.statistic == "level" else den)
    return F.struct(
        F.lit(detector.detector_id).alias("detector_id"),
        num.alias("num"),
        den.alias("den"),
        (F.col(detector.square) if detector.square else F.lit(0.0)).alias("square"),
        volume.alias("volume"),
        (_total(detector.amount) if detector.amount else F.lit(0.0)).alias("amount"),
        (_total(detector.requires) if detector.requires else volume).alias("required"),
        _value(detector.statistic, num, den, F.col(detector.square or detector.num[0])).alias("month_value"),
    )


def _denominator(detector: Detector) -> Column:
    if detector.statistic == "capacity":
        return F.col(f"register_{detector.capacity}")
    return _total(detector.den) if detector.den else F.lit(1.0)


def _total(names: Sequence[str]) -> Column:
    return reduce(add, [F.col(name) for name in names])


def _summed(monthly: DataFrame) -> DataFrame:
    later = F.col("later")
    sums = [F.sum(name).alias(name) for name in ("num", "den", "square", "volume", "amount", "required")]
    halves = [
        F.sum(F.when(later == F.lit(half), F.col(name))).alias(f"{label}_{name}")
        for half, label in ((True, "later"), (False, "earlier"))
        for name in ("num", "den", "amount")
    ]
    series = F.sort_array(F.collect_list(F.struct("stat_month", "month_value"))).alias("series")
    return monthly.groupBy("detector_id", "fixmedins_code").agg(
        *sums, *halves, F.count(F.lit(1)).alias("months"), series
    )


def _valued(summed: DataFrame) -> DataFrame:
    growing = F.col("statistic") == "growth"
    earlier = _value("ratio", F.col("earlier_num"), F.col("earlier_den"))
    later = _value("ratio", F.col("later_num"), F.col("later_den"))
    grown = F.when(earlier > 0, later / earlier)
    spread = _value("deviation", F.col("num"), F.col("den"), F.col("square"))
    plain = F.when(F.col("den") > 0, F.col("num") / F.col("den"))
    value = F.when(growing, grown).when(F.col("statistic") == "deviation", spread).otherwise(plain)
    amount = F.when(growing, F.col("later_amount")).otherwise(F.col("amount"))
    dropped = [f"{label}_{name}" for label in ("later", "earlier") for name in ("num", "den", "amount")]
    return summed.withColumns({"value": value, "amount": F.coalesce(amount, F.lit(0.0))}).drop(*dropped, "square")


def _value(statistic: str, num: Column, den: Column, square: Column | None = None) -> Column:
    ratio = F.when(den > 0, num / den)
    if statistic != "deviation" or square is None:
        return ratio
    # variance of logged amounts; rounding can push a spread of nothing slightly below zero
    return F.when(den > 1, F.sqrt(F.greatest(square / den - ratio * ratio, F.lit(0.0))))


def scaled(value: Column) -> Column:
    """The value on its detector's judging scale, turned so that more suspicious is always higher."""
    on_scale = (
        F.when(F.col("scale") == "log", F.log(F.greatest(value, F.lit(SMALLEST))))
        .when(F.col("scale") == "sqrt", F.sqrt(F.greatest(value, F.lit(0.0))))
        .otherwise(value)
    )
    return F.when(F.col("direction") == "low", -on_scale).otherwise(on_scale)


def unscaled(x: Column) -> Column:
    """The value a point of the judging scale stands for."""
    turned = F.when(F.col("direction") == "low", -x).otherwise(x)
    return (
        F.when(F.col("scale") == "log", F.exp(turned))
        # an unknown point stays unknown: greatest() alone would turn it into zero, and no peers into peers at zero
        .when(F.col("scale") == "sqrt", F.pow(F.when(turned < 0, F.lit(0.0)).otherwise(turned), F.lit(2.0)))
        .otherwise(turned)
    )
