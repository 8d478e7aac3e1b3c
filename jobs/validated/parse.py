"""Reads the text of the raw layer as numbers, dates, times and flags, as the conventions of the contract say.

Why: one way of reading for every table and every engine. A text that cannot be read becomes null, never an error; who
asked for it compares it with the text and says so. Dates are brought into dashed form by cutting, not by formats.
The raw layer has trimmed every text and left nothing empty.
"""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
OPEN_END = ("9999-12-31", "99991231")  # how registers write "until further notice"
_EXPONENT = r"^[+-]?[0-9.]+[eE][+-]?[0-9]{1,2}$"
_WHOLE = "decimal(24,10)"


def typed(value: Column, kind: str) -> Column:
    """`value` (text) as the catalogue's type `kind`; null when it cannot be read."""
    if kind == "string":
        return value
    if kind == "int":
        return whole(value)
    if kind == "bool01":
        return flag(value)
    if kind == "timestamp":
        return moment(value)
    if kind == "date":
        return moment(value).cast("date")
    return number(value, kind)


def number(value: Column, kind: str) -> Column:
    """A number as `kind`, also `1.5E3` (float columns are written so). Separators and full-width digits are refused."""
    plain = F.when(F.octet_length(value) == F.length(value), value.try_cast(kind))
    return F.coalesce(plain, F.when(value.rlike(_EXPONENT), value.try_cast("double").try_cast(kind)))


def whole(value: Column) -> Column:
    """A whole number; `3.0` is one (an int column with gaps becomes float on its way), `3.5` is not."""
    exact = number(value, _WHOLE)
    return F.when(exact == F.floor(exact), exact.try_cast("int"))


def flag(value: Column) -> Column:
    """0 or 1 from 0/1, true/false or 0.0/1.0."""
    plain = F.when(value == "1", F.lit(1)).when(value == "0", F.lit(0))
    lower = F.lower(value)  # only looked at when neither holds
    return plain.when(lower.isin("true", "1.0"), F.lit(1)).when(lower.isin("false", "0.0"), F.lit(0))


def moment(value: Column) -> Column:
    """A timestamp from yyyy-MM-dd, yyyyMMdd, yyyy-MM-dd HH:mm:ss[.fff] (blank or T between) or yyyyMMddHHmmss.

    Null for any other form, a day that does not exist and a year outside 1900..2100. Never shifted by a zone.
    """
    read = _dashed(value).try_cast("timestamp")
    first, after = (F.lit(f"{year}-01-01").cast("timestamp") for year in (EARLIEST_YEAR, LATEST_YEAR + 1))
    return F.when((read >= first) & (read < after), read)  # looking up the year of every moment costs more


def _dashed(value: Column) -> Column:
    length = F.length(value)
    dashes = (F.substring(value, 5, 1) == "-") & (F.substring(value, 8, 1) == "-")
    day = F.concat_ws("-", F.substring(value, 1, 4), F.substring(value, 5, 2), F.substring(value, 7, 2))
    time = F.concat_ws(":", F.substring(value, 9, 2), F.substring(value, 11, 2), F.substring(value, 13, 2))
    rest = F.substring(value, 21, 9)
    fraction = (F.substring(value, 20, 1) == ".") & (F.translate(rest, "0123456789", "") == "")
    return (
        F.when(length.isin(10, 19) & dashes, value)
        .when(length == 14, F.concat_ws(" ", day, time))
        .when(length == 8, day)
        .when(length.between(21, 29) & dashes & fraction, value)
    )


def is_open_end(value: Column) -> Column:
    """True for the day registers write for "no end"."""
    return F.coalesce(F.substring(value, 1, 10).isin(*OPEN_END), F.lit(False))
