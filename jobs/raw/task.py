"""Cuts a landing plan into tasks and packs the tasks into as many equal bins as there are workers.

Grain: one task per file, per group of row groups of a large parquet file, per table when rows must be distinct.
Why: files differ by orders of magnitude; the largest go first so that no worker is left alone at the end.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow.parquet as pq

from jobs.catalogue.landing_plan import LandingPlan, SourceFile, TableSource

LARGE_PARQUET = 64 << 20  # bytes; smaller files are not worth cutting
ROWS_IN_TASK = 2_000_000


@dataclass(frozen=True)
class Piece:
    """Rows of one file: all of them, or those of some row groups with `before` rows ahead of them."""

    source: TableSource
    groups: tuple[int, ...] | None = None
    before: int = 0


@dataclass(frozen=True)
class Task:
    """What one worker does at a time. `number` names its files; `size` is in bytes."""

    number: int
    table: str
    distinct: tuple[str, ...]
    pieces: tuple[Piece, ...]
    size: int


def make_tasks(plan: LandingPlan, tables: Sequence[str]) -> list[Task]:
    """The tasks of the given tables, numbered in the order of plan and files."""
    tasks: list[Task] = []
    for table in plan.tables:
        if table.name not in tables:
            continue
        pieces = [piece for source in table.sources for piece in _pieces(source)]
        together = [pieces] if table.distinct else [[piece] for piece in pieces]
        for held in together:
            size = sum(_size(piece) for piece in held)
            tasks.append(Task(len(tasks), table.name, table.distinct, tuple(held), size))
    return tasks


def _pieces(source: TableSource) -> Iterator[Piece]:
    file = source.file
    if file.kind != "parquet" or file.size < LARGE_PARQUET:
        yield Piece(source)
        return
    groups: list[int] = []
    first = rows = 0
    for group, count in enumerate(_group_rows(file)):
        groups.append(group)
        rows += count
        if rows >= ROWS_IN_TASK:
            yield Piece(source, tuple(groups), first)
            first, rows, groups = first + rows, 0, []
    if groups:
        yield Piece(source, tuple(groups), first)


def _group_rows(file: SourceFile) -> list[int]:
    footer = pq.read_metadata(file.path)
    return [footer.row_group(group).num_rows for group in range(footer.num_row_groups)]


def _size(piece: Piece) -> int:
    file = piece.source.file
    if piece.groups is not None:
        return file.size * len(piece.groups) // max(1, len(_group_rows(file)))
    return file.size * (6 if file.kind == "csv" and (file.member or file.path.endswith(".gz")) else 1)


def pack(tasks: Sequence[Task], bins: int) -> list[list[Task]]:
    """The tasks in at most `bins` lists of about the same size, each with its largest task first."""
    heap: list[tuple[int, int]] = [(0, at) for at in range(min(bins, len(tasks)))]
    packed: list[list[Task]] = [[] for _ in heap]
    for task in sorted(tasks, key=lambda task: (-task.size, task.number)):
        load, at = heapq.heappop(heap)
        packed[at].append(task)
        heapq.heappush(heap, (load + task.size + 1, at))
    return packed
