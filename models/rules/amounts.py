"""How much of a line is disputed: the amount formulas all kinds share.

Grain: one amount in yuan per hit, to the cent, within what the line has in scope.
Why: evidence of all kinds counts money in the same way, on every engine.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from models.rules.kind import MONEY

HAIR = 1e-7  # yuan; the error of floating numbers is a hundredth of it in amounts of ten million


def whole() -> Column:
    """Duplicate or exclusive pair: the whole in-scope amount of the line, in yuan (handbook §3.4, formula 1)."""
    return F.col("net_inscp").cast(MONEY)


def excess_share(excess: Column, quantity: Column | None = None) -> Column:
    """Quantity above a limit: net_inscp x excess / quantity in yuan, within 0..net_inscp (handbook §3.4, formula 2)."""
    total = (F.col("net_cnt") if quantity is None else quantity).cast("double")
    share = F.when(total > 0, F.greatest(excess.cast("double"), F.lit(0.0)) / total).otherwise(F.lit(0.0))
    return of_line(F.least(share, F.lit(1.0)))


def of_line(share: Column) -> Column:
    """A share (0..1) of the line's in-scope amount, in yuan to the cent."""
    return to_cent(F.col("net_inscp").cast("double") * share)


def to_cent(yuan: Column) -> Column:
    """A floating amount, not below 0, as yuan to the cent; half a cent goes up.

    A product of floating numbers may lie a hair below the half it stands for (0.285 x 100 = 28.49…), and engines
    differ in seeing it: the hair is added back.
    """
    return F.round(yuan + F.lit(HAIR), 2).cast(MONEY)


def mean(amount: str) -> Column:
    """Mean of a decimal column to six decimals, as a double; null without a value.

    The decimals are added exactly and the hair a division leaves is cut off: the mean of equal amounts is that amount,
    and no order of rows shows in it.
    """
    some = F.nullif(F.count(amount), F.lit(0))  # the embedded engine divides nothing by nought and fails
    return F.round(F.sum(amount).cast("double") / some, 6)
