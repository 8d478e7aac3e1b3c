"""What all feature tables share: which lines count, what kind of visit they belong to, sums that never wobble.

Reads: validated.fee_list_d, validated.fixmedins_b.
Why: one definition of "a charged line"; amounts are added as whole cents, so that a re-run gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

PHARMACY_TYPE = "2"
# Written where a person's code should stand but none was known; all of them count as blank.
BLANK_CODES = ("", "0", "-", "--", "NA", "N/A", "NULL", "NONE", "UNKNOWN", "无", "未知", "不详", "其他", "默认医师")
CENTS, PARTS = 100, 10_000  # amounts are added as whole cents, quantities as whole ten-thousandths
BLANK_DIGITS = "^[0Xx9*]+$"  # 000000, 9999, XXXX: fillers of every length


def med_type_group(med_type: Column, fixmedins_type: Column) -> Column:
    """The large kind of a visit: inpatient, outpatient or pharmacy.

    National kinds 2x and 52 are stays; a retail pharmacy only sells. Local kinds keep the national first digit (2101,
    2105); what is neither a stay nor a pharmacy is out-patient.
    """
    kind = F.coalesce(med_type, F.lit(""))
    pharmacy = (F.coalesce(fixmedins_type, F.lit("")) == PHARMACY_TYPE) | kind.startswith("41")
    stay = kind.startswith("2") | kind.startswith("52")
    return F.when(pharmacy, "pharmacy").when(stay, "inpatient").otherwise("outpatient")


def with_group(frame: DataFrame, institutions: DataFrame) -> DataFrame:
    """`frame` with `med_type_group` (from its med_type and the register's fixmedins_type)."""
    kinds = institutions.select("fixmedins_code", F.col("fixmedins_type").alias("_type"))
    joined = frame.join(F.broadcast(kinds), "fixmedins_code", "left")
    return joined.withColumn("med_type_group", med_type_group(F.col("med_type"), F.col("_type"))).drop("_type")


def standing(lines: DataFrame) -> DataFrame:
    """Lines that stand after refunds."""
    return lines.where((F.col("line_kind") == "charge") & (F.col("net_cnt") > 0))


def charged(lines: DataFrame, items: DataFrame) -> DataFrame:
    """Lines that stand after refunds, with `month` (first day of the month of the charge), `item` and `domain`.

    `items` is features/item: what an item is was told once for the item, not once for every line.
    """
    code = F.coalesce(F.trim("med_list_codg"), F.lit(""))
    item = F.when(code != "", code).otherwise(F.concat(F.lit("="), F.trim("hilist_name")))
    dated = standing(lines).withColumns({"month": first_day("fee_date"), "item": item})
    known = items.select(item.alias("item"), "domain")
    joined = dated.drop("domain").join(F.broadcast(known), "item", "left")
    return joined.withColumn("domain", F.coalesce("domain", F.lit("other")))


def first_day(column: str) -> Column:
    """First day of a date's month: lines are grouped by days, and months written YYYY-MM (see month_name) once few."""
    return F.col(column) - (F.dayofmonth(column) - F.lit(1))


def month_name(column: str) -> Column:
    """A first day as `stat_month`, YYYY-MM."""
    return F.date_format(column, "yyyy-MM")


def named(code: Column | str) -> Column:
    """The code, or null when it is blank or a filler such as 000000 or UNKNOWN."""
    value = F.trim(F.col(code) if isinstance(code, str) else code)
    blank = F.upper(value).isin(*BLANK_CODES) | value.rlike(BLANK_DIGITS)
    return F.when(~blank, value)


def yuan(value: Column | str, when: Column | None = None) -> Column:
    """Sum in yuan, added as whole cents. Null adds nothing."""
    return _whole(value, when, CENTS)


def count_of(value: Column | str, when: Column | None = None) -> Column:
    """Sum of a quantity with four decimals, added as whole ten-thousandths."""
    return _whole(value, when, PARTS)


def rows_where(holds: Column) -> Column:
    """Number of rows for which the condition holds."""
    return F.sum(F.when(holds, 1).otherwise(0))


def missing_columns(frame: DataFrame, columns: Mapping[str, str]) -> DataFrame:
    """`frame` with every named column it lacks added as null of the given type."""
    absent = {name: F.lit(None).cast(kind) for name, kind in columns.items() if name not in frame.columns}
    return frame.withColumns(absent) if absent else frame


def cents(value: Column | str) -> Column:
    """An amount as whole cents, for `summed`."""
    return _scaled(value, CENTS)


def ten_thousandths(value: Column | str) -> Column:
    """A quantity with four decimals as whole ten-thousandths, for `summed`."""
    return _scaled(value, PARTS)


def summed(whole: str, scale: int, when: Column | None = None) -> Column:
    """Sum of a column of whole cents (`scale` CENTS) or parts (PARTS), as yuan or quantity. Null adds nothing."""
    return _total(F.col(whole), scale, when)


def _whole(value: Column | str, when: Column | None, scale: int) -> Column:
    return _total(_scaled(value, scale), scale, when)


def _scaled(value: Column | str, scale: int) -> Column:
    # As doubles: these hold cents of ninety thousand billion yuan to the unit, at half the cost of decimals.
    number = (F.col(value) if isinstance(value, str) else value).cast("double")
    return F.round(number * F.lit(float(scale))).cast("bigint")


def _total(whole: Column, scale: int, when: Column | None) -> Column:
    kept = whole if when is None else F.when(when, whole)
    return F.coalesce(F.sum(kept), F.lit(0)) / F.lit(float(scale))
