"""From working arrays to Arrow columns of the contract's types, without touching single values in Python.

Why: hundreds of millions of cells are written; everything here is one vectorised call per column.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Number spaces of the identifiers: readable prefixes that never collide.
PREFIX = {
    "line": 3291001 * 10**11,
    "visit": 3291002 * 10**11,
    "settlement": 3291003 * 10**11,
    "sale": 3291004 * 10**11,
    "purchase": 3291005 * 10**11,
    "report": 3291006 * 10**11,
    "specimen": 3291007 * 10**11,
    "order": 3291008 * 10**11,
}
PERSON_SPACE = 3291 * 10**12
SENTINEL_PERSON = "9999999999999999"


def ids(space: str, number: np.ndarray) -> pa.Array:
    """Identifiers of a number space; negative numbers become null."""
    values = pa.array(number.astype(np.int64) + PREFIX[space], mask=number < 0)
    return pc.cast(values, pa.string())


def person_ids(person: np.ndarray, sentinel: np.ndarray | None = None) -> pa.Array:
    """Person numbers in no telling order; rows of a sentinel share one placeholder."""
    scattered = (person.astype(np.uint64) * np.uint64(2654435761)) % np.uint64(2**32)
    values = pc.cast(pa.array(scattered.astype(np.int64) + PERSON_SPACE), pa.string())
    if sentinel is None or not sentinel.any():
        return values
    return pc.if_else(pa.array(sentinel), SENTINEL_PERSON, values)


def pick(codes: np.ndarray, texts: Sequence[str] | np.ndarray) -> pa.Array:
    """`texts[code]` per row, as a dictionary column; negative codes and empty texts become null."""
    values = [str(t) for t in texts]
    unique = {value: number for number, value in enumerate(dict.fromkeys(values))}  # a repeated entry is not allowed
    place = np.array([unique[value] for value in values], dtype=np.int32)
    empty = np.array([not value for value in values])
    safe = np.maximum(codes, 0)
    indices = pa.array(place[safe], mask=(codes < 0) | empty[safe])
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(unique), pa.string()))


def words(values: np.ndarray) -> pa.Array:
    """A numpy text column as it is."""
    return pa.array([str(value) for value in values], pa.string())


def decimal(values: np.ndarray, precision: int, scale: int, held: int) -> pa.Array:
    """A decimal column from whole numbers of 10^-held."""
    wide = np.empty((len(values), 2), dtype=np.int64)
    wide[:, 0] = values.astype(np.int64) * 10 ** (scale - held)
    wide[:, 1] = wide[:, 0] >> 63
    return pa.Array.from_buffers(pa.decimal128(precision, scale), len(values), [None, pa.py_buffer(wide)])


def money(fen: np.ndarray) -> pa.Array:
    """An amount column in yuan (two places) from whole fen."""
    return decimal(fen, 16, 2, 2)


def quantity(units: np.ndarray) -> pa.Array:
    """Whole 1/10 000 as decimal(16,4)."""
    return decimal(units, 16, 4, 4)


def price(units: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Whole 1/10 000 yuan as decimal(16,6)."""
    values = decimal(units, 16, 6, 4)
    return values if missing is None else pc.if_else(pa.array(missing), pa.scalar(None, values.type), values)


def moment(seconds: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Seconds since 1970 (wall clock) as a timestamp."""
    return pa.array(seconds.astype(np.int64), mask=missing).cast(pa.timestamp("s"))


def date(days: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """`datetime64[D]` or days since 1970 as a date."""
    return pa.array(days.astype("datetime64[D]").astype(np.int64).astype(np.int32), mask=missing).cast(pa.date32())


def date_of(seconds: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """The date of a moment."""
    return date(seconds // 86_400, missing)


def flag(values: np.ndarray) -> pa.Array:
    """A flag column of 0 and 1."""
    return pa.array(values.astype(np.int32))


def number(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """A whole number."""
    return pa.array(values.astype(np.int32), mask=missing)


def labelled(prefix: str, values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Obviously synthetic text: a prefix and a number."""
    text = pc.cast(pa.array(values.astype(np.int64), mask=missing), pa.string())
    return pc.binary_join_element_wise(prefix, text, "")


def trace_codes(trace: np.ndarray, boxes: np.ndarray) -> pa.Array:
    """Trace codes of 20 digits starting with 8: product (6), serial (9), check (4); `boxes` consecutive serials
    joined by ','.

    `trace` = product · 10^9 + serial of the first box, 0 for none.
    """
    count = np.where(trace > 0, np.maximum(boxes, 1), 0).astype(np.int64)
    owner = np.repeat(np.arange(len(trace)), count)
    turn = np.arange(len(owner)) - (np.cumsum(count) - count)[owner]
    serial = trace[owner].astype(np.int64) + turn
    check = (serial * 7919 + serial // 1000 * 31) % 9000 + 1000
    codes = pc.binary_join_element_wise("8", pc.cast(pa.array(serial * 10_000 + check), pa.string()), "")
    offsets = pa.array(np.r_[0, np.cumsum(count)].astype(np.int32))
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, codes), ",")
    return pc.if_else(pa.array(count > 0), joined, pa.scalar(None, pa.string()))


def nulled(values: pa.Array, missing: np.ndarray) -> pa.Array:
    """The column with some rows set to null."""
    return pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), values)
