"""Reads parquet of any types as text in the contract's forms.

Why: areas export timestamps with and without UTC adjustment, amounts as decimals, integers or doubles, flags as
booleans; validation types all of them from one textual form, so a column means the same whatever file it came in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.catalogue.landing_plan import SourceFile
from jobs.raw.chunk import Chunk
from jobs.raw.coded import recoded
from jobs.raw.screen import screen
from jobs.runtime.landing_files import BrokenFile

ROWS = 1 << 19  # a row group of most files: what its values need is done once for it
SAMPLE = 4096  # rows that tell whether moments repeat, as days do
DICTIONARIES = {"RLE_DICTIONARY", "PLAIN_DICTIONARY"}


def parquet_chunks(
    file: SourceFile, wanted: frozenset[str], groups: Sequence[int] | None, before: int
) -> Iterator[Chunk]:
    """The rows of some row groups (None = all); `before` = rows of the file ahead of them."""
    footer = pq.read_metadata(file.path)
    spelt = {name: " ".join(name.split()) for name in footer.schema.to_arrow_schema().names}
    taken = [name for name, tidy in spelt.items() if tidy in wanted]
    again = [name for name in _repeating(footer) if name in taken]
    with pq.ParquetFile(file.path, metadata=footer, coerce_int96_timestamp_unit="us", read_dictionary=again) as opened:
        chosen = range(opened.num_row_groups) if groups is None else groups
        for batch in opened.iter_batches(batch_size=ROWS, row_groups=list(chosen), columns=taken):
            columns = {spelt[name]: as_text(batch.column(name), f"{file.name}: {name}") for name in taken}
            rows = np.arange(before + 1, before + batch.num_rows + 1, dtype=np.int64)
            before += batch.num_rows
            yield screen(columns, rows, "utf-8")


def _repeating(footer: pq.FileMetaData) -> Iterator[str]:
    """Columns of text whose writer found few values: they are read as codes, their values decoded once."""
    for place in range(footer.num_columns if footer.num_row_groups else 0):
        column = footer.row_group(0).column(place)
        kind = footer.schema.column(place)
        text = kind.physical_type == "BYTE_ARRAY" and kind.logical_type.type in ("STRING", "NONE")
        flat = kind.max_repetition_level == 0 and kind.max_definition_level <= 1
        if text and flat and DICTIONARIES.intersection(column.encodings):
            yield kind.path


def as_text(column: pa.Array, where: str) -> pa.Array:
    """A column as text: wall-clock day and time, whole numbers without point, decimals without exponent.

    Columns whose values repeat come back as codes. Raises BrokenFile for nested types other than lists of plain values.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return recoded(column.indices.cast(pa.int32()), _values_as_text(column.dictionary, where))
    if pa.types.is_decimal(kind) or (pa.types.is_primitive(kind) and not _seldom_repeats(column)):
        distinct = column.dictionary_encode()
        return recoded(distinct.indices, _values_as_text(distinct.dictionary, where))
    return _values_as_text(column, where)


def _seldom_repeats(column: pa.Array) -> bool:
    sample = column[:SAMPLE]
    return pa.types.is_timestamp(column.type) and 2 * pc.count_distinct(sample, mode="all").as_py() > len(sample)


def _values_as_text(column: pa.Array, where: str) -> pa.Array:
    kind = column.type
    if pa.types.is_timestamp(kind):
        # The stored instant read in UTC is the wall clock, with or without UTC adjustment; fractions of a second go.
        return column.cast(pa.timestamp("s"), safe=False).cast(pa.string())
    if pa.types.is_boolean(kind):
        return column.cast(pa.int8()).cast(pa.string())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _numbers(column)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pc.binary_join(column.cast(pa.list_(pa.string())), ",")
    if pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return column.cast(pa.binary())
    if pa.types.is_nested(kind):
        raise BrokenFile(f"{where} is of the nested type {kind}, which no column of the contract has")
    return column if pa.types.is_binary(kind) else column.cast(pa.string())


def _numbers(column: pa.Array) -> pa.Array:
    text = column.cast(pa.string())
    # A decimal keeps its zeros; a floating number that is whole loses the point it never had.
    odd = pc.match_substring_regex(text, "[eE]" if pa.types.is_decimal(column.type) else "[eE]|\\.0*$")
    if not pc.any(odd).as_py():
        return text
    coded = text.dictionary_encode()
    return pa.array(map(plain_number, coded.dictionary.to_pylist()), pa.string()).take(coded.indices)


def plain_number(text: str) -> str:
    """A number without exponent and, when whole, without point; `nan` and `inf` stay as they are."""
    value = Decimal(text)
    if not value.is_finite():
        return text
    whole = value == value.to_integral_value()
    return format(value.quantize(Decimal(1)) if whole and abs(value) < Decimal(10) ** 27 else value, "f")
