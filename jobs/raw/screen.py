"""Turns columns of bytes into text and takes out rows that may not pass: NUL bytes, undecodable or over-long text.

Why: these three break tools further down in ways nobody can trace back; after this every value is clean, trimmed text.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.raw.chunk import Broken, Chunk

LONGEST = 4000  # characters; conventions of the landing contract, over_long_field
BLANKS = " \t"


def screen(columns: Mapping[str, pa.Array], rows: np.ndarray, encoding: str, nul: bool, ascii_only: bool) -> Chunk:
    """A chunk of trimmed text from columns of bytes or text. `nul`, `ascii_only`: what is known of all bytes."""
    found: dict[int, tuple[str, str, str]] = {}
    texts: dict[str, pa.Array] = {}
    for name, column in columns.items():
        text, unreadable = as_text(column, encoding, ascii_only)
        for at in unreadable:
            found.setdefault(at, ("unreadable_row", name, f"bytes that are not {encoding}"))
        if nul:
            for at in _places(pc.match_substring(text, "\0")):
                found.setdefault(at, ("nul_byte", name, "NUL byte"))
        for at, length in _over_long(text):
            found.setdefault(at, ("over_long_field", name, f"{length} characters"))
        texts[name] = text
    if not found:
        return Chunk({name: trimmed(text) for name, text in texts.items()}, rows, [])
    broken = [_broken(int(rows[at]), *found[at], texts, at) for at in sorted(found)]
    keep = np.ones(len(rows), dtype=bool)
    keep[list(found)] = False
    mask = pa.array(keep)
    return Chunk({name: trimmed(text.filter(mask)) for name, text in texts.items()}, rows[keep], broken)


def _broken(row: int, reason: str, column: str, value: str, texts: Mapping[str, pa.Array], at: int) -> Broken:
    held = {name: text[at].as_py() for name, text in texts.items() if name != column}
    return Broken(row, reason, column, value, {name: text.strip(BLANKS) for name, text in held.items() if text})


def as_text(column: pa.Array, encoding: str, ascii_only: bool) -> tuple[pa.Array, list[int]]:
    """The column as strings, and the places whose bytes are not of the encoding (null there)."""
    if pa.types.is_string(column.type):
        return column, []
    if ascii_only or _is_ascii(column):
        return column.view(pa.string()), []
    if encoding == "utf-8":
        try:
            return column.cast(pa.string()), []
        except pa.ArrowInvalid:
            pass
    return _decoded(column, encoding)


def _is_ascii(column: pa.Array) -> bool:
    data = column.buffers()[2]
    return data is None or not len(data) or bytes(data).isascii()


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
    longest = pc.max(pc.binary_length(text)).as_py()
    if longest is None or longest <= LONGEST:
        return []
    lengths = pc.utf8_length(text)
    return [(at, lengths[at].as_py()) for at in _places(pc.greater(lengths, LONGEST))]


def trimmed(text: pa.Array) -> pa.Array:
    """Without surrounding spaces and tabs; nothing left = null."""
    cut = pc.ascii_trim(text, characters=BLANKS)
    empty = pc.equal(pc.binary_length(cut), 0)
    return pc.if_else(empty, pa.scalar(None, pa.string()), cut) if pc.any(empty).as_py() else cut
