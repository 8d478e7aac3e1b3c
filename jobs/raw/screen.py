"""Turns columns of bytes into text and takes out rows that may not pass: NUL bytes, undecodable or over-long text.

Why: these three break tools further down in ways nobody can trace back; after this every value is clean, trimmed text.
What a column's bytes hold as a whole (only ASCII, no blank, no NUL) is looked at first: that spares most columns work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.raw.chunk import Broken, Chunk
from jobs.raw.coded import is_coded, recoded

LONGEST = 4000  # characters; conventions of the landing contract, over_long_field
BLANKS = " \t"


@dataclass(frozen=True)
class Bytes:
    """What the bytes of a column hold. `longest` in bytes; `empty` = there is text of length 0, which is no value."""

    ascii: bool
    nul: bool
    blank: bool
    longest: int
    empty: bool


def bytes_of(column: pa.Array) -> Bytes:
    """Looks through the bytes of a column of text or bytes."""
    if len(column) == 0 or column.null_count == len(column):
        return Bytes(ascii=True, nul=False, blank=False, longest=0, empty=False)
    _, offsets, data = column.buffers()
    edges = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    held = data.slice(edges[0], edges[-1] - edges[0]).to_pybytes() if data is not None else b""
    lengths = np.diff(edges)
    return Bytes(
        ascii=held.isascii(),
        nul=b"\0" in held,
        blank=b" " in held or b"\t" in held,
        longest=int(lengths.max()),
        empty=int((lengths == 0).sum()) != column.null_count,  # a null takes no room
    )


def screen(columns: Mapping[str, pa.Array], rows: np.ndarray, encoding: str) -> Chunk:
    """A chunk of trimmed text from columns of bytes in the encoding, or of text; coded columns by their values."""
    found: dict[int, tuple[str, str, str]] = {}
    texts: dict[str, pa.Array] = {}
    for name, column in columns.items():
        values = column.dictionary if is_coded(column) else column
        text, faults = _screened(values, encoding)
        texts[name] = _as_before(column, values, text)
        for at, (reason, value) in faults.items():
            for row in _rows_of(column, at):
                found.setdefault(row, (reason, name, value))
    if not found:
        return Chunk(texts, rows, [])
    broken = [_broken(int(rows[at]), *found[at], texts, at) for at in sorted(found)]
    keep = np.ones(len(rows), dtype=bool)
    keep[list(found)] = False
    mask = pa.array(keep)
    return Chunk({name: text.filter(mask) for name, text in texts.items()}, rows[keep], broken)


def _screened(values: pa.Array, encoding: str) -> tuple[pa.Array, dict[int, tuple[str, str]]]:
    """Trimmed text, and reason and description of what is wrong at which places."""
    held = bytes_of(values)
    text, unreadable = as_text(values, encoding, held.ascii)
    faults = {at: ("unreadable_row", f"bytes that are not {encoding}") for at in unreadable}
    for at in _places(pc.match_substring(text, "\0")) if held.nul else ():
        faults.setdefault(at, ("nul_byte", "NUL byte"))
    for at, length in _over_long(text) if held.longest > LONGEST else ():
        faults.setdefault(at, ("over_long_field", f"{length} characters"))
    return trimmed(text) if held.blank or held.empty else text, faults


def _as_before(column: pa.Array, values: pa.Array, text: pa.Array) -> pa.Array:
    if not is_coded(column):
        return text
    return column if text is values else recoded(column.indices, text)


def _rows_of(column: pa.Array, place: int) -> list[int]:
    return _places(pc.equal(column.indices, place)) if is_coded(column) else [place]


def _broken(row: int, reason: str, column: str, value: str, texts: Mapping[str, pa.Array], at: int) -> Broken:
    held = {name: text[at].as_py() for name, text in texts.items() if name != column}
    return Broken(row, reason, column, value, {name: text for name, text in held.items() if text})


def as_text(column: pa.Array, encoding: str, ascii_only: bool) -> tuple[pa.Array, list[int]]:
    """The column as strings, and the places whose bytes are not of the encoding (null there)."""
    if pa.types.is_string(column.type):
        return column, []
    if ascii_only:
        return column.view(pa.string()), []
    if encoding == "utf-8":
        try:
            return column.cast(pa.string()), []
        except pa.ArrowInvalid:
            pass
    return _decoded(column, encoding)


def _decoded(column: pa.Array, encoding: str) -> tuple[pa.Array, list[int]]:
    coded = column.dictionary_encode()
    values = [_decode(value, encoding) for value in coded.dictionary.to_pylist()]
    text = pa.array(values, pa.string()).take(coded.indices)
    if None not in values:
        return text, []
    return text, _places(pc.and_(pc.is_null(text), pc.is_valid(column)))


def _decode(value: bytes, encoding: str) -> str | None:
    try:
        return value.decode(encoding)
    except UnicodeDecodeError:
        return None


def _places(mask: pa.Array) -> list[int]:
    return np.flatnonzero(mask.fill_null(False).to_numpy(zero_copy_only=False)).tolist()


def _over_long(text: pa.Array) -> list[tuple[int, int]]:
    lengths = pc.utf8_length(text)
    return [(at, lengths[at].as_py()) for at in _places(pc.greater(lengths, LONGEST))]


def trimmed(text: pa.Array) -> pa.Array:
    """Without surrounding spaces and tabs; nothing left = null."""
    cut = pc.ascii_trim(text, characters=BLANKS)
    empty = pc.equal(pc.binary_length(cut), 0)
    return pc.if_else(empty, pa.scalar(None, pa.string()), cut) if pc.any(empty).as_py() else cut
