"""Columns of text as codes into their distinct values, carried from the file read to the file written.

Grain: one code per row; the distinct values of a column appear once, null is a row without code.
Why: the columns of claims repeat their values. Work is done once per value, rows change place as small numbers, and no
station hashes every row anew.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

CODED = pa.dictionary(pa.int32(), pa.string())
FEW = 256  # values not worth counting out, whatever the rows


def is_coded(column: pa.Array) -> bool:
    """Whether the column holds codes."""
    return pa.types.is_dictionary(column.type)


def coded(column: pa.Array) -> pa.DictionaryArray:
    """The column as codes."""
    return column if is_coded(column) else column.dictionary_encode()


def written_out(column: pa.Array) -> pa.Array:
    """The column with every value written out."""
    return column.dictionary.take(column.indices) if is_coded(column) else column


def recoded(codes: pa.Array, values: pa.Array) -> pa.DictionaryArray:
    """Rows whose value is the one at the place of their code; the values may repeat and may be null."""
    own = values.dictionary_encode()
    if len(own.dictionary) < len(values):
        codes, values = own.indices.take(codes), own.dictionary
    return pa.DictionaryArray.from_arrays(codes, values, safe=False)


def constant(value: str | None, rows: int) -> pa.DictionaryArray:
    """The same value in every row."""
    return recoded(pa.array(np.zeros(rows, np.int32)), pa.array([value], pa.string()))


def joined(parts: Sequence[pa.Array]) -> pa.DictionaryArray:
    """Runs of rows one after the other, with one list of values for all."""
    if not any(is_coded(part) for part in parts):
        return pa.concat_arrays(parts).dictionary_encode()
    return pa.concat_arrays([used(coded(part)) for part in parts])


def used(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """The column without values no row has: a file's persons are not written again with each of its months."""
    values, codes = column.dictionary, column.indices
    if len(values) <= max(FEW, len(column) // 8):
        return column
    nulls = codes.is_null().to_numpy(zero_copy_only=False) if codes.null_count else None
    places = codes.fill_null(0).to_numpy()
    there = np.zeros(len(values), dtype=bool)
    there[places] = True
    if there.all():
        return column
    moved = np.cumsum(there, dtype=np.int32) - 1
    kept = values.take(pa.array(np.flatnonzero(there)))
    return pa.DictionaryArray.from_arrays(pa.array(moved[places], pa.int32(), mask=nulls), kept, safe=False)
