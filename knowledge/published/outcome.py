"""What an import says of itself: the terms it was asked for, and what became of every file and row.

Grain: one Outcome per import, one FileReport per file, one Refusal per row that became no point.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from knowledge.points import NATIONAL, Point


@dataclass(frozen=True)
class Terms:
    """From when and where the imported points hold, and the version that brings them in."""

    region: str = NATIONAL
    effective: date | None = None
    version: str = ""


@dataclass(frozen=True)
class Refusal:
    """A row that became no point. `row` counts those below the headings (0 = the whole file), `line` is its line."""

    row: int
    line: int
    reason: str


@dataclass
class FileReport:
    """What became of one file. `kinds` = points per rule kind; `repeated`, `contradicted` = (row, what it meets);
    `ignored` = headings nobody reads. A row ends in points or in `refused`, never in both.
    """

    file: str
    rows: int = 0
    points: int = 0
    batch: str = ""
    kinds: dict[str, int] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    repeated: list[tuple[int, str]] = field(default_factory=list)
    contradicted: list[tuple[int, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """`imported` = points of these files; `points` = all that hold now, earlier imports included; `files` = reports."""

    imported: tuple[Point, ...]
    points: tuple[Point, ...]
    files: tuple[FileReport, ...]
