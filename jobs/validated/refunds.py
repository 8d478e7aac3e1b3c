"""Ties refunds to the rows they take back, over every landed month: lines and settlements alike.

Grain of `marks`: one row = one key of one table that is either a good refund (`good` true) or an original with what all
its refunds took back (`back_*`, positive). No key is both.
Why: a refund may land months after its original and there may be several of one original. Refunds are about one row in
a hundred, so everything here stays small beside the lines.

A refund of a refund is a further refund of the first row of the chain (up to four links; a longer chain or a ring has
no original). A refund row nets even when it is quarantined for another reason: the money went back.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import Table, table
from jobs.runtime.storage import union
from jobs.validated.duplicates import TABLE, marked, not_repeated
from jobs.validated.rows import opened

LONGEST_CHAIN = 4


@dataclass(frozen=True)
class Refunding:
    """How refunds stand in a table: who points at whom, and the amounts that go back."""

    table: Table
    key: str
    original: str
    amounts: tuple[str, str, str]
    flag: str | None = None

    @property
    def is_refund(self) -> Column:
        """True for a row that takes something back: a negative amount, or the flag of refund settlements."""
        negative = F.greatest(*[F.coalesce(F.col(name) < 0, F.lit(False)) for name in self.amounts])
        return negative | F.coalesce(F.col(self.flag) == 1, F.lit(False)) if self.flag else negative

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns needed to tie refunds."""
        flags = (self.flag,) if self.flag else ()
        return (self.key, "mdtrt_id", self.original, *self.amounts, "vali_flag", *flags)


LINES = Refunding(table("fee_list_d"), "bkkp_sn", "init_feedetl_sn", ("cnt", "det_item_fee_sumamt", "inscp_amt"))
SETTLEMENTS = Refunding(
    table("setl_d"), "setl_id", "init_setl_id", ("medfee_sumamt", "inscp_amt", "fund_pay_sumamt"), "refd_setl_flag"
)
BACK = ("back_1", "back_2", "back_3")


def candidates(
    raw: DataFrame, how: Refunding, repeated: DataFrame | None, wanted: DataFrame | None = None
) -> DataFrame:
    """Rows that may be a refund or an original: first of their key, not void, reduced to what tying needs.

    `wanted`: TABLE and `key` of the only rows asked for (None = all); they are picked before numbers are read.
    """
    if wanted is not None:
        own = wanted.filter(F.col(TABLE) == how.table.name).select(F.col("key").alias(how.key))
        raw = raw.join(own, how.key, "left_semi")
    rows = not_repeated(marked(opened(raw, how.table, how.columns), how.table, repeated))
    counted = rows.filter(F.coalesce(F.col("vali_flag") == 1, F.lit(False)))
    return counted.select(
        F.lit(how.table.name).alias(TABLE),
        F.col(how.key).alias("key"),
        F.col("mdtrt_id").alias("visit"),
        F.col(how.original).alias("original"),
        how.is_refund.alias("refund"),
        *[F.abs(F.col(name)).cast("decimal(18,4)").alias(back) for name, back in zip(how.amounts, BACK, strict=True)],
    )


def refund_rows(both: list[DataFrame]) -> DataFrame:
    """Refunds that name an original and whose amounts can be read."""
    named = F.col("refund") & F.col("key").isNotNull() & F.col("original").isNotNull()
    readable = F.col("back_1").isNotNull() & F.col("back_2").isNotNull() & F.col("back_3").isNotNull()
    return union(both).filter(named & readable)


def wanted(refunds: DataFrame) -> DataFrame:
    """TABLE and key of the rows that refunds point at."""
    return refunds.select(TABLE, F.col("original").alias("key")).distinct()


def originals(both: list[DataFrame]) -> DataFrame:
    """Of the rows that refunds point at: table, key, visit, and the next link where the row is a refund itself."""
    return union([frame.select(TABLE, "key", "visit", "original", "refund") for frame in both])


def marks(refunds: DataFrame, found: DataFrame, links: int = LONGEST_CHAIN) -> DataFrame:
    """Good refunds and refunded originals; see the grain above. `found` is what `originals` found.

    `links`: how long a chain of refunds is followed (1 = no refund points at a refund).
    """
    tied = refunds.select(TABLE, "key", "visit", *BACK, F.col("original").alias("root"))
    link = found.select(
        TABLE, F.col("key").alias("root"), F.col("refund").alias("is_refund"), F.col("original").alias("next")
    )
    for _ in range(links - 1):
        step = tied.join(link, [TABLE, "root"], "left")
        tied = step.withColumn("root", F.when(F.col("is_refund"), F.col("next")).otherwise(F.col("root"))).drop(
            "is_refund", "next"
        )
    ends = found.filter(~F.col("refund")).select(TABLE, F.col("key").alias("root"), F.col("visit").alias("root_visit"))
    good = tied.join(ends, [TABLE, "root"], "inner")
    sums = good.groupBy(TABLE, F.col("root").alias("key"), F.col("root_visit").alias("visit")).agg(
        *[F.sum(name).cast("decimal(18,4)").alias(name) for name in BACK]
    )
    none = [F.lit(0).cast("decimal(18,4)").alias(name) for name in BACK]
    refunding = good.select(TABLE, "key", "visit", F.lit(True).alias("good"), *none)
    return sums.select(TABLE, "key", "visit", F.lit(False).alias("good"), *BACK).unionByName(refunding)


def left(amount: str, taken: Column) -> Column:
    """What is left of a column after `taken` went back; never below zero."""
    rest = F.col(amount) - F.coalesce(taken, F.lit(0))
    return F.greatest(rest, F.lit(0))
