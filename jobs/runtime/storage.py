"""The home folder: where every table of every layer lies, and the only way to write one.

Grain: one folder per table, `month=YYYY-MM` inside (`all` for tables without a month, `BEGIN_END` for a whole period).
Why: partition overwrite modes are wrong both ways (a stale month survives or its neighbours vanish); here each month is
written beside its place and moved in whole, so a killed step leaves the last good state.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

ALL = "all"
UNKNOWN = "unknown"
_SPLIT = "_month"
# Rows a file of one of many folders collects before they go to disk. All folders of a write are open at once, so this
# times the folders is what the write holds; the embedded engine's own million would be every line of a large area.
# Apache Spark knows no such option and counts bytes.
ROWS_HELD = 131_072


@dataclass(frozen=True)
class Home:
    """The folder given with --home."""

    root: Path

    def table(self, layer: str, name: str) -> Path:
        """Folder of a table."""
        return self.root / layer / name

    def month(self, layer: str, name: str, month: str) -> Path:
        """Folder of one month of a table; a month moved aside by a killed step is put back first."""
        place = self.table(layer, name) / f"month={month}"
        aside = _aside(place)
        if aside.exists() and not place.exists():
            aside.rename(place)
        return place

    def months(self, layer: str, name: str) -> list[str]:
        """Months on disk, sorted."""
        folder = self.table(layer, name)
        found = {entry.name.split("=", 1)[1] for entry in folder.glob("month=*")} if folder.is_dir() else set()
        for aside in folder.glob(".old-month=*"):
            self.month(layer, name, aside.name.split("=", 1)[1])
            found.add(aside.name.split("=", 1)[1])
        return sorted(found)

    @property
    def runs(self) -> Path:
        """Folder of the runs."""
        return self.root / "runs"


def _aside(place: Path) -> Path:
    return place.parent / f".old-{place.name}"


def read(
    spark: SparkSession, home: Home, layer: str, name: str, months: Iterable[str], schema: StructType | None = None
) -> DataFrame | None:
    """The given months of a table as one frame; None when none of them holds a file. Never lists other months."""
    folders = [home.month(layer, name, month) for month in months]
    paths = [str(folder) for folder in folders if any(folder.glob("*.parquet"))]
    if not paths:
        return spark.createDataFrame([], schema) if schema is not None else None
    reader = spark.read if schema is None else spark.read.schema(schema)
    return reader.parquet(*paths)


def write_month(frame: DataFrame, home: Home, layer: str, name: str, month: str) -> None:
    """Writes one month whole: an empty frame clears that month and only that month."""
    place = home.month(layer, name, month)
    fresh = _fresh(place)
    write_folder(frame, fresh)
    _move_in(fresh, place)


def write_folder(frame: DataFrame, folder: Path, by: str | None = None, codec: str | None = None) -> None:
    """Writes a frame into a folder, which is there afterwards also where an engine writes no file for no rows.

    `by`: a column whose values get a folder each, so that who asks for some of them reads no others. `codec`: how
    the files are compressed (None: as the engine does).
    """
    writer = frame.write.mode("overwrite")
    if codec is not None:
        writer = writer.option("compression", codec)
    if by is not None:
        writer = writer.option("max_row_group_size", str(ROWS_HELD)).partitionBy(by)
    writer.parquet(str(folder))
    folder.mkdir(parents=True, exist_ok=True)


def write_months(frame: DataFrame, home: Home, layer: str, name: str, months: Sequence[str], month: str) -> None:
    """Writes several months in one job. `month` names the column of `frame` that holds YYYY-MM (kept in the files).

    Months without a row end up as empty folders. Rows of other months raise ValueError and nothing is moved.
    """
    folder = home.table(layer, name)
    fresh = folder / ".new-months"
    shutil.rmtree(fresh, ignore_errors=True)
    frame.withColumn(_SPLIT, F.col(month)).write.mode("overwrite").partitionBy(_SPLIT).parquet(str(fresh))
    written = {entry.name.split("=", 1)[1]: entry for entry in fresh.glob(f"{_SPLIT}=*")}
    stray = sorted(set(written) - set(months))
    if stray:
        raise ValueError(f"{layer}.{name}: rows of months that were not asked for: {stray}")
    for value in months:
        move_in(written.get(value), home, layer, name, value)
    shutil.rmtree(fresh, ignore_errors=True)


def write_whole(path: Path, text: str) -> None:
    """Writes a small file whole or not at all: nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def move_in(fresh: Path | None, home: Home, layer: str, name: str, month: str) -> None:
    """Puts a folder of finished files in the place of a month; None stands for "no rows"."""
    place = home.month(layer, name, month)
    if fresh is None:
        fresh = _fresh(place)
        fresh.mkdir(parents=True)
    _move_in(fresh, place)


def _fresh(place: Path) -> Path:
    fresh = place.parent / f".new-{place.name}"
    shutil.rmtree(fresh, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    return fresh


def _move_in(fresh: Path, place: Path) -> None:
    aside = _aside(place)
    shutil.rmtree(aside, ignore_errors=True)
    if place.exists():
        place.rename(aside)
    fresh.rename(place)
    shutil.rmtree(aside, ignore_errors=True)


def count_rows(home: Home, layer: str, name: str, month: str) -> int:
    """Rows of one month, from the footers of its files (no engine needed)."""
    return sum(pq.ParquetFile(path).metadata.num_rows for path in home.month(layer, name, month).glob("*.parquet"))


def union(frames: Sequence[DataFrame]) -> DataFrame:
    """All rows of frames with the same columns."""
    return reduce(lambda left, right: left.unionByName(right), frames)
