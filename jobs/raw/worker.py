"""What happens inside a worker: a task's files are read, translated, pseudonymised and written; only counts come back.

Reads: the files of a task.
Grain: rows of `raw/<table>` and of `quarantine/<table>`.
Why: no line of a claim passes through the engine here; personal columns end inside this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.catalogue import Table, table
from jobs.catalogue.landing_plan import Recipe, TableSource, columns_of
from jobs.raw.chunk import Broken, Chunk
from jobs.raw.coded import coded, constant, written_out
from jobs.raw.cook import Cook
from jobs.raw.lookup import LookupTable
from jobs.raw.pseudonym import Pseudonyms
from jobs.raw.read import chunks
from jobs.raw.task import Piece, Task
from jobs.raw.write import MonthFiles, by_month, cut
from jobs.runtime.landing_files import BrokenFile, faults_of

ALL = "all"
FILE, ROW = "_file", "_row"
BROKEN_FILE = "broken_file"
KEY_SEPARATOR = "|"
Count = tuple[str, str, str | None, str]  # table, month, reason (None = written), file
QUARANTINE = pa.schema(
    [(name, pa.string()) for name in ("table", "reason", "column", "key_text", "value", "file")]
    + [("row_number", pa.int64()), ("month", pa.string())]
)


def raw_schema(described: Table) -> pa.Schema:
    """Columns of a raw table: the contract's, personal ones left out, as text; then file and row."""
    names = [(column.name, pa.string()) for column in described.kept]
    return pa.schema([*names, (FILE, pa.string()), (ROW, pa.int64())])


class Worker:
    """Carries out tasks below `folder` (raw/ and quarantine/ inside)."""

    def __init__(self, folder: Path, lookups: Mapping[str, LookupTable], pseudonyms: Pseudonyms) -> None:
        self.folder = folder
        self.cook = Cook(lookups, pseudonyms)

    def run(self, task: Task) -> Counter[Count]:
        """Reads and writes one task; returns the rows by table, month, reason and file. Raises BrokenFile."""
        described = table(task.table)
        part = f"part-{task.number:05d}"
        kept = MonthFiles(self.folder / "raw" / task.table, part, raw_schema(described), _unique(described))
        aside = MonthFiles(self.folder / "quarantine" / task.table, part, QUARANTINE)
        counts: Counter[Count] = Counter()
        seen: set[str] = set()
        for piece in task.pieces:
            for chunk in _chunks(piece):
                rows = _distinct(self._cooked(described, piece.source, chunk), task.distinct, seen)
                self._keep(described, piece.source, rows, kept, counts)
                self._set_aside(described, piece.source, chunk.broken, aside, counts)
        kept.close()
        aside.close()
        return counts

    def _cooked(self, described: Table, source: TableSource, chunk: Chunk) -> pa.RecordBatch:
        kept = {column.name for column in described.kept}
        recipes = {name: recipe for name, recipe in source.recipes if name in kept}
        unique = _unique(described)
        made: dict[Recipe | None, pa.Array] = {None: constant(None, chunk.size)}  # columns made alike are made once
        for name, recipe in recipes.items():
            values = made[recipe] if recipe in made else self.cook.column(chunk, recipe)
            made[recipe] = values if name in unique else coded(values)
        arrays = [made[recipes.get(column.name)] for column in described.kept]
        file = constant(source.file.name, chunk.size)
        return pa.RecordBatch.from_arrays([*arrays, file, pa.array(chunk.rows)], raw_schema(described).names)

    def _keep(
        self, described: Table, source: TableSource, rows: pa.RecordBatch, kept: MonthFiles, counts: Counter[Count]
    ) -> None:
        if not rows.num_rows:
            return
        months = by_month(rows.column(described.month_column)) if described.month_column else [(ALL, None)]
        for month, held in cut(rows, months):
            kept.add(month, held)
            counts[described.name, month, None, source.file.name] += held.num_rows

    def _set_aside(
        self, described: Table, source: TableSource, broken: list[Broken], aside: MonthFiles, counts: Counter[Count]
    ) -> None:
        if not broken:
            return
        rest = self._cooked(described, source, _as_chunk(broken, source))
        months = _months(described, rest)
        for row, month, key in zip(broken, months, _keys(described, rest), strict=True):
            values = [described.name, row.reason, _contract_name(source, row.column), key, row.value]
            arrays = [pa.array([value], pa.string()) for value in (*values, source.file.name)]
            arrays += [pa.array([row.row], pa.int64()), pa.array([month], pa.string())]
            aside.add(month, pa.RecordBatch.from_arrays(arrays, schema=QUARANTINE))
            counts[described.name, month, row.reason, source.file.name] += 1


def _unique(described: Table) -> set[str]:
    """Columns whose values hardly repeat: codes of them would cost time and save nothing."""
    return {*described.key, described.month_column or ROW, ROW}


def _chunks(piece: Piece) -> Iterator[Chunk]:
    """The chunks of a piece; faults of reading become BrokenFile, faults of writing stay what they are."""
    file = piece.source.file
    wanted = frozenset().union(*(columns_of(recipe) for _, recipe in piece.source.recipes))
    reading = chunks(file, wanted, piece.groups, piece.before)
    while True:
        try:
            with faults_of(file.name):
                chunk = next(reading, None)
        except ValueError as fault:
            raise BrokenFile(f"{file.name}: {type(fault).__name__} while reading") from None
        if chunk is None:
            return
        yield chunk


def _distinct(rows: pa.RecordBatch, names: Sequence[str], seen: set[str]) -> pa.RecordBatch:
    """Rows whose key was not seen before; `seen` grows."""
    if not names:
        return rows
    parts = [written_out(rows.column(name)).fill_null("") for name in names]
    keys = pc.binary_join_element_wise(*parts, "\x1f").to_pylist()
    fresh = []
    for key in keys:
        fresh.append(key not in seen)
        seen.add(key)
    return rows.filter(pa.array(fresh, pa.bool_()))


def _as_chunk(broken: list[Broken], source: TableSource) -> Chunk:
    names = frozenset().union(*(columns_of(recipe) for _, recipe in source.recipes))
    columns = {name: pa.array([row.fields.get(name) or None for row in broken], pa.string()) for name in names}
    return Chunk(columns, np.array([row.row for row in broken], dtype=np.int64), [])


def _months(described: Table, rows: pa.RecordBatch) -> list[str]:
    if not described.month_column:
        return [ALL] * rows.num_rows
    months = [""] * rows.num_rows
    for month, places in by_month(rows.column(described.month_column)):
        for at in range(rows.num_rows) if places is None else places:
            months[at] = month
    return months


def _keys(described: Table, rows: pa.RecordBatch) -> list[str | None]:
    """Key of each row, its columns joined by `|` (a person only as pseudonym); None when nothing of it can be read."""
    parts = zip(*(rows.column(name).to_pylist() for name in described.key), strict=True)
    return [KEY_SEPARATOR.join(value or "" for value in key) if any(key) else None for key in parts]


def _contract_name(source: TableSource, column: str | None) -> str | None:
    return next((name for name, recipe in source.recipes if column in columns_of(recipe)), column)
