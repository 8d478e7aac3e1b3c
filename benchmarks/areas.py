"""The areas that are measured: generated once, kept, and never begun without the disk they need.

Reads: the generator of the product, or a landing folder that is there already.
Grain: one landing folder per size and format.
Why: sixty million lines take gigabytes and a quarter of an hour; a full disk in the middle of a run measures nothing.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow.parquet as pq

from jobs.runtime.errors import InputError
from jobs.runtime.period import parse_period

MILLION = 1_000_000
# Bytes a line takes on disk, measured on generated areas: landed, and in a home with scratch and a peer's tables.
LANDED, LANDED_CSV, WORKED = 40, 330, 700
SEED = 404


@dataclass(frozen=True)
class Area:
    """A landing folder to measure on."""

    label: str
    landing: Path
    period: str
    lines: int
    format: str = "parquet"


def there(landing: Path, period: str) -> Area:
    """An area that exists already. InputError when it holds no Parquet fee lines."""
    files = sorted((landing / "fee_list_d").glob("*.parquet"))
    if not files:
        raise InputError(f"measuring on {landing}", "there is no fee_list_d/*.parquet.", "Give a landing folder.")
    lines = sum(pq.read_metadata(path).num_rows for path in files)
    return Area(label(lines), landing, period, lines)


def institutions(area: Area) -> int | None:
    """Institutions in the register of the area; None for text files."""
    files = sorted((area.landing / "fixmedins_b").glob("*.parquet"))
    return sum(pq.read_metadata(path).num_rows for path in files) if files else None


def files(folder: Path) -> dict[str, int]:
    """How many files there are in a folder and all below, and their bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {"files": len(sizes), "bytes": sum(sizes)}


def layers(home: Path) -> dict[str, dict[str, int]]:
    """Files and bytes of every layer of a home."""
    return {place.name: files(place) for place in sorted(home.iterdir()) if place.is_dir() and place.name[0] != "."}


def label(lines: int) -> str:
    """2000000 -> 2m, 200000 -> 200k: how a size is named in files and tables."""
    millions = lines / MILLION
    return f"{millions:.0f}m" if millions >= 0.95 else f"{lines / 1000:.0f}k"


def made(work: Path, millions: float, period: str, told: Callable[[str], None], fmt: str = "parquet") -> Area:
    """The generated area of a size, made now unless a finished one is there. `fmt`: parquet or csv.gz."""
    lines = int(millions * MILLION)
    place = work / "areas" / f"{label(lines)}-{fmt}"
    sign = place.with_name(f"{place.name}.json")
    if not sign.exists():
        room(work, lines, LANDED_CSV if fmt != "parquet" else LANDED, "generating")
        shutil.rmtree(place, ignore_errors=True)
        counted = _generate(place, lines, period, fmt, told)
        sign.write_text(json.dumps({"lines": counted, "period": period}), encoding="utf-8")
    known = json.loads(sign.read_text(encoding="utf-8"))
    return Area(label(known["lines"]), place, known["period"], known["lines"], fmt)


def _generate(place: Path, lines: int, period: str, fmt: str, told: Callable[[str], None]) -> int:
    from jobs.landing.generate import generate

    months = parse_period(period)
    kind: Literal["csv", "parquet"] = "parquet" if fmt == "parquet" else "csv"
    summary = generate(
        place, lines=lines, period=(months.begin, months.end), seed=SEED, fmt=kind,
        progress=lambda what, share: told(f"generating {label(lines)} {fmt}: {what} {share:.0%}"),
    )  # fmt: skip
    if fmt == "csv.gz":
        for path in sorted(place.rglob("*.csv")):
            told(f"packing {path.parent.name}/{path.name}")
            with path.open("rb") as plain, gzip.open(f"{path}.gz", "wb", compresslevel=3) as packed:
                shutil.copyfileobj(plain, packed, 1 << 20)
            path.unlink()
    return int(getattr(summary, "lines", lines))


def room(where: Path, lines: int, each: int, what: str) -> None:
    """InputError when the disk has not room for `lines` times `each` bytes."""
    where.mkdir(parents=True, exist_ok=True)
    free, needed = shutil.disk_usage(where).free, lines * each
    if free < needed:
        raise InputError(
            f"{what} {lines:,} lines",
            f"{where} has {free >> 30} GiB free and about {(needed >> 30) + 1} GiB are needed.",
            "Give another folder with --work, or smaller --sizes.",
        )
