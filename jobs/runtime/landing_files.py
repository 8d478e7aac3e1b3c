"""Opens the files of a landing folder: plain or gzipped CSV, a member of a zip archive, parquet, a sheet of a workbook.

Why: the mapping reads heads, the loader reads everything; both must open a file, and fail on a broken one, alike.
"""

from __future__ import annotations

import gzip
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

SUFFIXES = {".csv": "csv", ".csv.gz": "csv", ".parquet": "parquet", ".xlsx": "xlsx"}
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, zipfile.LargeZipFile)


class BrokenFile(Exception):
    """A file that cannot be read as what its name says. The message names file and fault, never a value in it."""


def kind_of(name: str) -> str | None:
    """csv, parquet or xlsx by the end of the name; None for anything else."""
    lowered = name.lower()
    return next((kind for suffix, kind in SUFFIXES.items() if lowered.endswith(suffix)), None)


@contextmanager
def faults_of(name: str) -> Iterator[None]:
    """Turns whatever a damaged file raises inside the block into BrokenFile."""
    try:
        yield
    except DAMAGED as fault:
        raise BrokenFile(f"{name}: the compressed file is damaged or cut off ({type(fault).__name__})") from None
    except (pa.ArrowException, RuntimeError) as fault:
        raise BrokenFile(f"{name}: not readable as its suffix says ({type(fault).__name__})") from None
    except OSError as fault:
        raise BrokenFile(f"{name}: {fault.strerror or type(fault).__name__}") from None


@contextmanager
def open_binary(path: str, member: str | None = None) -> Iterator[IO[bytes]]:
    """The bytes of a CSV file, decompressed. Raises what the operating system or the decompressor raises."""
    if member is not None:
        with zipfile.ZipFile(path) as archive, archive.open(member) as inner:
            if member.lower().endswith(".gz"):
                with gzip.open(inner) as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                yield inner
    elif path.lower().endswith(".gz"):
        with gzip.open(path) as unpacked:
            yield cast("IO[bytes]", unpacked)
    else:
        with Path(path).open("rb") as plain:
            yield plain


def sheet_names(path: str) -> list[str]:
    """Names of the sheets of a workbook."""
    with open_workbook(path) as book:
        return list(book.sheetnames)


@contextmanager
def open_workbook(path: str) -> Iterator[Any]:
    """A workbook, values only. Raises BrokenFile when it is none."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns about styles and extensions that values do not depend on
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, openpyxl.utils.exceptions.InvalidFileException):
            raise BrokenFile(f"{Path(path).name}: not a readable workbook") from None
        try:
            yield book
        finally:
            book.close()
