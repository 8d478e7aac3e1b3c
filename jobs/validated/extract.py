"""The landed extract as the step sees it: which months of which tables are there and how to open them.

Why: claims are judged for the months asked for, but a repeated key, a refund or the visit of a line may stand in any
month of the extract; visits and settlements are therefore always taken whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pyspark.sql import DataFrame, SparkSession

from jobs.catalogue import Table, contract_tables
from jobs.runtime import staging
from jobs.runtime.storage import UNKNOWN, Home
from jobs.validated import duplicates
from jobs.validated.rows import raw_ddl
from knowledge.frames import small_frame

RAW = "raw"
LOOKED_AT_HERE = 1_000_000  # rows whose keys are compared without the engine: some 100 MB
BY_MONTH = "fee_list_d"  # the one table cut to the months asked for


@dataclass(frozen=True)
class Extract:
    """What landed. `available` names the tables that were handed over (empty = all that lie in raw).

    `kept` names tables that stay as they were judged before.
    """

    spark: SparkSession
    home: Home
    months: tuple[str, ...]
    available: Mapping[str, frozenset[str]]
    kept: frozenset[str] = frozenset()

    @cached_property
    def tables(self) -> list[Table]:
        """Contract tables to judge: those with at least one landed row that do not stay as they are."""
        handed = [table for table in contract_tables() if not self.available or table.name in self.available]
        asked = [table for table in handed if table.name not in self.kept]
        return [table for table in asked if any(self.rows(table, month) for month in self.landed(table))]

    def landed(self, table: Table) -> list[str]:
        """Months of a table that lie in raw."""
        return self.home.months(RAW, table.name)

    def judged(self, table: Table) -> list[str]:
        """Months of a table this step writes: lines those asked for and `unknown`, everything else all that landed."""
        if table.name != BY_MONTH:
            return self.landed(table)
        landed = set(self.landed(table))
        return sorted({*self.months, *([UNKNOWN] if UNKNOWN in landed else [])})

    def rows(self, table: Table, month: str) -> int:
        """Raw rows of one month, from the footers."""
        return staging.footer_rows(staging.files(self.home, RAW, table.name, month))

    def empty(self, table: Table) -> set[str]:
        """Optional columns without a single value in the months to judge: not worth reading."""
        paths = [path for month in self.judged(table) for path in staging.files(self.home, RAW, table.name, month)]
        return (staging.empty_columns(paths) or set()) & {c.name for c in table.kept if not c.required}

    def may_repeat(self, table: Table) -> bool:
        """False when the table surely holds no key twice; True also for one too large to tell without the engine."""
        paths = [p for month in self.landed(table) for p in staging.files(self.home, RAW, table.name, month)]
        if staging.footer_rows(paths) > LOOKED_AT_HERE:
            return True
        return duplicates.may_repeat(staging.columns(paths, table.key), table)

    def nothing(self, table: Table) -> DataFrame:
        """Raw rows of a table that did not land."""
        return small_frame(self.spark, [], f"{raw_ddl(table)}, {staging.MONTH} string")

    def raw(self, table: Table, months: list[str], names: tuple[str, ...] | None = None) -> DataFrame | None:
        """Raw rows of the months, all columns or the named ones; None when there are none."""
        ddl = raw_ddl(table, names)
        return staging.read_with_month(self.spark, self.home, RAW, table.name, months, ddl)
