"""Reading whole tables with their months, and writing one table sorted into months and verdicts in a single job.

Why: a step that judges rows needs to know how many went where. Written into folders `_month=…/_verdict=…`, the rows are
counted from the footers of their files: no second pass over the data, and the count cannot differ from what is on disk.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from jobs.runtime.storage import Home, move_in

MONTH, VERDICT = "_month", "_verdict"
OK = "ok"
# Packed lightly: zstd costs a fifth more to write and every later step undoes it; files are half as large again.
PACKED = "lz4_raw"
# A side table up to this size is sent whole to every worker (some 100 MB at most): the large side is then not shuffled.
BROADCAST_ROWS = 300_000


def read_with_month(
    spark: SparkSession, home: Home, layer: str, name: str, months: Iterable[str], schema: str
) -> DataFrame | None:
    """The given months of a table with the name of each row's month in `_month`; None when they hold no file.

    `schema` is DDL of the columns to read; a column no file has is null. One scan: the month comes from the folder.
    """
    wanted = [month for month in months if files(home, layer, name, month)]
    if not wanted:
        return None
    frame = spark.read.schema(f"{schema}, month string").parquet(str(home.table(layer, name)))
    return frame.filter(F.col("month").isin(*wanted)).withColumnRenamed("month", MONTH)


def files(home: Home, layer: str, name: str, month: str) -> list[Path]:
    """Finished files of one month, in order of their names."""
    return sorted(home.month(layer, name, month).glob("*.parquet"))


def footer_rows(paths: Iterable[Path]) -> int:
    """Rows of Parquet files, from their footers."""
    return sum(pq.ParquetFile(path).metadata.num_rows for path in paths)


def columns(paths: Iterable[Path], names: Sequence[str]) -> pa.Table:
    """The named text columns of files, together; for tables of moderate size."""
    schema = pa.schema([(name, pa.string()) for name in names])
    return pa.concat_tables([schema.empty_table(), *(pq.read_table(path, schema=schema) for path in paths)])


def empty_columns(paths: Iterable[Path]) -> set[str] | None:
    """Columns that are null in every row of the files, by their footers; None when there is no file."""
    empty: set[str] | None = None
    for path in paths:
        handle = pq.ParquetFile(path)
        filled = {name for place, name in enumerate(handle.schema_arrow.names) if _filled(handle.metadata, place)}
        names = set(handle.schema_arrow.names) - filled
        empty = names if empty is None else (empty - filled) | (names & empty)
    return empty


def _filled(facts: pq.FileMetaData, place: int) -> bool:
    chunks = [facts.row_group(group).column(place) for group in range(facts.num_row_groups)]
    return any(
        chunk.statistics is None
        or not chunk.statistics.has_null_count
        or chunk.statistics.null_count < chunk.num_values
        for chunk in chunks
    )


@dataclass(frozen=True)
class Staged:
    """A table written beside its place, sorted into months and verdicts; nothing is visible before `publish`."""

    home: Home
    layer: str
    name: str

    @property
    def folder(self) -> Path:
        """Where the parts lie."""
        return side_folder(self.home, self.layer) / "judged" / self.name

    def write(self, frame: DataFrame) -> None:
        """Writes the frame by its columns `_month` and `_verdict` (dropped from the files)."""
        sorted_out = frame.write.mode("overwrite").partitionBy(MONTH, VERDICT)
        sorted_out.parquet(str(self.folder), compression=PACKED)

    def read(self, spark: SparkSession, schema: StructType) -> DataFrame:
        """All staged rows, whatever their verdict."""
        return spark.read.schema(schema).parquet(str(self.folder))

    def parts(self) -> dict[tuple[str, str], list[Path]]:
        """Files by month and verdict."""
        found: dict[tuple[str, str], list[Path]] = {}
        for path in sorted(self.folder.glob(f"{MONTH}=*/{VERDICT}=*/*.parquet")):
            month, verdict = (unquote(part.split("=", 1)[1]) for part in path.parts[-3:-1])
            found.setdefault((month, verdict), []).append(path)
        return found

    def publish(self, month: str) -> None:
        """Moves the accepted rows of one month into their place; no accepted rows = an empty month."""
        accepted = self.folder / f"{MONTH}={month}" / f"{VERDICT}={OK}"
        self.home.table(self.layer, self.name).mkdir(parents=True, exist_ok=True)
        move_in(accepted if accepted.is_dir() else None, self.home, self.layer, self.name, month)


def side_folder(home: Home, step: str) -> Path:
    """Where a step keeps what it needs while it runs; on the disk of the layers, so that moving is renaming."""
    return home.root / ".side" / step


class Side:
    """Small tables a step makes for itself: written once, so that every engine knows how small they are."""

    def __init__(self, spark: SparkSession, home: Home, step: str) -> None:
        self._spark, self._root = spark, side_folder(home, step)
        self.drop()

    def local(self, name: str) -> pa.Table:
        """A side table that is known to be small."""
        return pq.read_table(self._root / name)

    def column(self, name: str, column: str) -> pa.ChunkedArray:
        """One column of a side table that is known to be small."""
        return pq.read_table(self._root / name, columns=[column]).column(0)

    def write(self, name: str, frame: DataFrame) -> DataFrame | None:
        """Writes a side table and gives it back as it is read from disk; None when it has no rows."""
        frame.write.mode("overwrite").parquet(str(self._root / name), compression=PACKED)
        return self._back(name)

    def write_local(self, name: str, rows: pa.Table) -> DataFrame | None:
        """The same for rows that are at hand without the engine."""
        (self._root / name).mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, self._root / name / "part-0.parquet")
        return self._back(name)

    def _back(self, name: str) -> DataFrame | None:
        rows = footer_rows((self._root / name).glob("*.parquet"))
        if not rows:
            return None
        frame = self._spark.read.parquet(str(self._root / name))
        return frame.hint("broadcast") if rows <= BROADCAST_ROWS else frame

    def drop(self) -> None:
        """Removes all of them."""
        shutil.rmtree(self._root, ignore_errors=True)
