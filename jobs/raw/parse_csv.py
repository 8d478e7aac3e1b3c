"""Reads a dirty CSV file in blocks of whole lines, every column as bytes; rows that break the form are told apart.

Grain: one chunk per block (some tens of thousands of rows).
Why: decoding comes after cutting. Commas, quotes and line ends never occur inside a character of UTF-8 or GB18030, so a
file is cut as bytes and only columns with characters beyond ASCII are decoded, which makes both encodings equally fast.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from jobs.catalogue.landing_plan import SourceFile
from jobs.raw.chunk import Broken, Chunk
from jobs.raw.csv_repair import split_records
from jobs.raw.screen import screen
from jobs.runtime.csv_head import HEAD, Layout, guess_encoding, guess_quote, inspect
from jobs.runtime.landing_files import BrokenFile, open_binary

BLOCK = 8 << 20
LONGEST_LINE = 64 << 20
MASK = bytes(range(128)) + b"x" * 128


def csv_chunks(file: SourceFile, wanted: frozenset[str]) -> Iterator[Chunk]:
    """The rows of a CSV file, only the wanted columns. Raises BrokenFile or what the decompressor raises."""
    with open_binary(file.path, file.member) as stream:
        head = stream.read(HEAD)
        layout = inspect(head, file.encoding, file.quote)
        reader = _Reader(layout, wanted, file.name)
        carry = b""
        for block, final in blocks(stream, head[layout.offset :]):
            chunk, carry = reader.read(carry + block, final)
            yield chunk


def blocks(stream: IO[bytes], rest: bytes, size: int = BLOCK) -> Iterator[tuple[bytes, bool]]:
    """Blocks of whole lines and whether each is the last; the last line may lack its line end."""
    while more := stream.read(size):
        cut = more.rfind(b"\n") + 1
        if cut:
            yield rest + more[:cut], False
            rest = more[cut:]
        else:
            rest += more
        if len(rest) > LONGEST_LINE:
            raise BrokenFile("a line of more than 64 MiB; this is no CSV file")
    yield rest, True


class _Reader:
    """Reads the blocks of one file in order; knows how many rows came before."""

    def __init__(self, layout: Layout, wanted: frozenset[str], name: str) -> None:
        self.encoding, self.quote, self.name = layout.encoding, layout.quote, name
        self.width = len(layout.fields)
        self.places = {column: at for at, column in reversed(list(enumerate(layout.fields))) if column in wanted}
        self.before = 0

    def read(self, block: bytes, final: bool) -> tuple[Chunk, bytes]:
        """The rows of one block, and the bytes at its end that belong to the next."""
        self._decide(block)
        lines = block.count(b"\n") + (not block.endswith(b"\n") and bool(block))
        parsed = self._parse(block, lines, lambda: block.split(b"\n"))
        if parsed is None:
            return self._repair(block, final)
        table, bad = parsed
        broken: list[tuple[int, str, bytes]] = []
        if bad:
            texts = block.split(b"\n")
            broken = [(number, "truncated_row", texts[number - 1]) for number in bad]
        return self._chunk(table, np.arange(1, lines + 1), broken, lines), b""

    def _decide(self, block: bytes) -> None:
        if self.encoding is None:
            self.encoding = guess_encoding(block)
        if self.quote is None:
            self.quote = guess_quote(block)

    def _repair(self, block: bytes, final: bool) -> tuple[Chunk, bytes]:
        """The slow way, for a block in which records and lines do not match."""
        for strict in (False, True):
            found = split_records(block, self.quote or '"', self.width, final, strict)
            clean = b"\n".join(found.kept) + b"\n" if found.kept else b""
            parsed = self._parse(clean, len(found.kept), found.records)
            if parsed is not None:
                table, bad = parsed
                late = [(found.numbers[number - 1], "truncated_row", found.kept[number - 1]) for number in bad]
                broken = sorted([*found.broken, *late])
                numbers = np.array(found.numbers, dtype=np.int64)
                return self._chunk(table, numbers, broken, found.count), found.carry
        raise BrokenFile(f"{self.name}: rows after row {self.before} cannot be told apart")

    def _parse(
        self, block: bytes, records: int, texts: Callable[[], Sequence[bytes]]
    ) -> tuple[pa.Table, list[int]] | None:
        """Table of the block and the numbers of the rows left out; None when it does not hold `records` records."""
        try:
            table, bad = self._tokenise(block, list(self.places.values()))
        except pa.ArrowInvalid:
            # The reader cannot report a bad row whose text is not UTF-8: find the bad ones with such bytes masked.
            held, bad = self._tokenise(block.translate(MASK), [0])
            if held.num_rows + len(bad) != records:
                return None
            left_out = set(bad)
            kept = [text for number, text in enumerate(texts(), 1) if number not in left_out]
            table, _ = self._tokenise(b"\n".join(kept), list(self.places.values()))
        return (table, bad) if table.num_rows + len(bad) == records else None

    def _tokenise(self, block: bytes, places: list[int]) -> tuple[pa.Table, list[int]]:
        bad: list[int] = []

        def skip(row: pacsv.InvalidRow) -> str:
            bad.append(row.number)
            return "skip"

        names = [str(at) for at in range(self.width)]
        taken = [str(at) for at in places] or ["0"]
        if not block:
            return pa.table({name: pa.array([], pa.binary()) for name in taken}), bad
        table = pacsv.read_csv(
            pa.BufferReader(block),
            read_options=pacsv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
            parse_options=pacsv.ParseOptions(
                quote_char=self.quote or '"', newlines_in_values=True, invalid_row_handler=skip
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.binary() for name in taken},
                include_columns=taken,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
        return table, bad

    def _chunk(self, table: pa.Table, numbers: np.ndarray, broken: list[tuple[int, str, bytes]], count: int) -> Chunk:
        if broken:
            numbers = numbers[~np.isin(numbers, [number for number, _, _ in broken])]
        columns = {name: _whole(table.column(str(at))) for name, at in self.places.items()}
        rows = numbers.astype(np.int64) + self.before
        chunk = screen(columns, rows, self.encoding or "utf-8")
        chunk.broken += [self._broken(number + self.before, reason, text) for number, reason, text in broken]
        self.before += count
        return chunk

    def _broken(self, row: int, reason: str, text: bytes) -> Broken:
        line = text.rstrip(b"\r").decode(self.encoding or "utf-8", errors="replace").replace("\0", "")
        try:
            fields = next(csv.reader(io.StringIO(line, newline=""), quotechar=self.quote or '"'), [])
        except csv.Error:
            fields = []
        # The last field of a row that is too short may itself be cut: it is not believed.
        sure = fields[:-1] if len(fields) < self.width else fields
        held = {name: sure[at].strip() for name, at in self.places.items() if at < len(sure)}
        return Broken(row, reason, None, f"{len(fields)} of {self.width} fields", held)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
