"""Writes the features layer: item, provider_item_month, visit, stay, provider_month and peer_group.

Reads: validated.fee_list_d, mdtrt_d, setl_d, fixmedins_b, clnc_exam_rpot_d, drg_setl_d.
Why: the lines are read once per grain; everything wider is counted on the visit table just written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.catalogue import derived
from jobs.features import item, peer_group, provider_item_month, provider_month, stay, visit
from jobs.runtime.errors import InputError
from jobs.runtime.period import Period, shift
from jobs.runtime.storage import ALL, Home, count_rows, read, write_month, write_months
from knowledge.frames import small_frame

MONTHLY = ("provider_item_month", "visit", "stay", "provider_month")
PERIODIC = ("item", "peer_group")
LINES_AT_ONCE = 6_000_000  # lines counted in one job: their visits and items are held in some two GiB
LOOK_BACK, LOOK_AHEAD = 3, 1  # months around: the stay before, the settlement after
Available = Mapping[str, frozenset[str]]


def build(
    spark: SparkSession, home: Home, months: Sequence[str], period: Period, available: Available
) -> dict[str, dict[str, int]]:
    """Writes item of `period`, the tables of `months`, then peer_group of `period`; gives rows by table and month.

    Raises InputError when a required validated table of these months is missing.
    """
    read_from = _Validated(spark, home, months)
    institutions = read_from.institutions
    items = _items(spark, home, months, period)
    for portion in portions(home, months):
        lines = read_from.lines(portion)
        _write(provider_item_month.build(lines, institutions), home, "provider_item_month", portion)
        _write(visit.build(lines, items, read_from.around("mdtrt_d"), institutions), home, "visit", portion)
    around = _feature(spark, home, "visit", read_from.near("features", "visit"))
    stays = stay.build(read_from.around("mdtrt_d"), read_from.around("setl_d"), institutions, around)
    _write(stays.where(F.col("stat_month").isin(*months)), home, "stay", months)
    wide = provider_month.build(_month_tables(spark, home, months, read_from), available)
    _write(wide.where(F.col("stat_month").isin(*months)), home, "provider_month", months)
    _period_tables(spark, home, period)
    written = {name: {month: count_rows(home, "features", name, month) for month in months} for name in MONTHLY}
    whole = {name: {period.folder: count_rows(home, "features", name, period.folder)} for name in PERIODIC}
    return {**written, **whole}


def portions(home: Home, months: Sequence[str]) -> list[list[str]]:
    """The months in runs whose lines fit together; a month with more of them stands alone.

    No group of lines crosses a month, so months counted apart are the same, in a fraction of the memory.
    """
    found: list[list[str]] = []
    held = 0
    for month in months:
        rows = count_rows(home, "validated", "fee_list_d", month)
        if not found or held + rows > LINES_AT_ONCE:
            found.append([])
            held = 0
        found[-1].append(month)
        held += rows
    return found


class _Validated:
    """The validated tables of the months asked for, and of the months around them."""

    def __init__(self, spark: SparkSession, home: Home, months: Sequence[str]) -> None:
        self._spark, self._home, self._months = spark, home, months
        self._every = _there(read(spark, home, "validated", "fee_list_d", months), "fee_list_d")
        self.institutions = _there(read(spark, home, "validated", "fixmedins_b", [ALL]), "fixmedins_b")

    def lines(self, months: Sequence[str]) -> DataFrame:
        """Lines of some of the months; none, with their columns, where these months are empty."""
        found = read(self._spark, self._home, "validated", "fee_list_d", months)
        return self._every.where(F.lit(False)) if found is None else found

    def near(self, layer: str, name: str) -> list[str]:
        """Months on disk from LOOK_BACK before the first to LOOK_AHEAD after the last month asked for."""
        first, last = shift(min(self._months), -LOOK_BACK), shift(max(self._months), LOOK_AHEAD)
        return [month for month in self._home.months(layer, name) if first <= month <= last]

    def around(self, name: str) -> DataFrame:
        """A validated table with the months around, for what crosses a month."""
        return _there(read(self._spark, self._home, "validated", name, self.near("validated", name)), name)

    def optional(self, name: str) -> DataFrame | None:
        """A table that may be missing; it has months or stands under `all`."""
        months = self._home.months("validated", name)
        return read(self._spark, self._home, "validated", name, months)


def _month_tables(
    spark: SparkSession, home: Home, months: Sequence[str], validated: _Validated
) -> dict[str, DataFrame]:
    tables = {name: _feature(spark, home, name, months) for name in ("visit", "stay", "provider_item_month")}
    given = {name: validated.optional(name) for name in ("clnc_exam_rpot_d", "drg_setl_d")}
    extra = {name: frame for name, frame in given.items() if frame is not None}
    return {**tables, **extra, "setl_d": validated.around("setl_d"), "fixmedins_b": validated.institutions}


def _items(spark: SparkSession, home: Home, months: Sequence[str], period: Period) -> DataFrame:
    every = sorted({*months, *period.months})
    lines = _there(read(spark, home, "validated", "fee_list_d", every), "fee_list_d")
    write_month(item.build(lines), home, "features", "item", period.folder)
    return _feature(spark, home, "item", [period.folder])


def _period_tables(spark: SparkSession, home: Home, period: Period) -> None:
    wide = _feature(spark, home, "provider_month", period.months)
    institutions = _there(read(spark, home, "validated", "fixmedins_b", [ALL]), "fixmedins_b")
    write_month(peer_group.build(wide, institutions), home, "features", "peer_group", period.folder)


def _feature(spark: SparkSession, home: Home, name: str, months: Sequence[str]) -> DataFrame:
    """A table this step has just written. It may hold no row at all: an area of pharmacies has no stay."""
    found = read(spark, home, "features", name, months)
    if found is not None:
        return found
    declared = derived("features", name).columns
    return small_frame(spark, [], ", ".join(f"`{column.name}` {column.type}" for column in declared))


def _write(frame: DataFrame, home: Home, name: str, months: Sequence[str]) -> None:
    write_months(frame, home, "features", name, months, "stat_month")


def _there(frame: DataFrame | None, name: str) -> DataFrame:
    if frame is None:
        raise InputError(f"reading {name}", "there is nothing of these months.", "Run the step before this one first.")
    return frame
