"""What has arrived: `<landing>/<area>/<YYYY-MM>/`, complete once `complete.json` lists files that are all there.

Reads: file names and sizes of landing folders, never a row.
Grain: one Key per pooling area and month; it travels through a scheduler as the text `320300|2023-01`. Results of
inspections arrive in `<landing>/<area>/outcomes/<batch>/`, their keys are `320300|batch`.
Why: an extract takes hours to copy, and a late or corrected file must re-run its month and no other; the list of files
the sender writes last tells both – that everything is here, and whether it is what was seen before.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from jobs.catalogue import contract_tables

MARKER = "complete.json"
OUTCOMES = "outcomes"
BATCHES = (OUTCOMES, "knowledge")  # folders of batches, which are no extract: no table is required in them


class _OfArea:
    """What is named by a pooling area and one word more: `AREA|WORD`."""

    PATTERN: ClassVar[re.Pattern[str]]  # its groups are the fields
    SHAPE: ClassVar[str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """The text taken apart. Raises ValueError on anything of another shape."""
        found = cls.PATTERN.match(text)
        if not found:
            raise ValueError(f"{text!r} is not {cls.SHAPE}")
        return cls(**found.groupdict())

    def __str__(self) -> str:
        return "|".join(vars(self).values())


@dataclass(frozen=True, order=True)
class Key(_OfArea):
    """One pooling area (its six digits) and one month (YYYY-MM): `320300|2023-01`."""

    PATTERN = re.compile(r"^(?P<area>\d{6})\|(?P<month>\d{4}-(0[1-9]|1[0-2]))$")
    SHAPE = "AREA|YYYY-MM, such as 320300|2023-01"
    area: str
    month: str


@dataclass(frozen=True, order=True)
class Batch(_OfArea):
    """One pooling area and one batch of results that arrived for it: `320300|2023-q1`."""

    PATTERN = re.compile(r"^(?P<area>\d{6})\|(?P<name>[\w-]+)$")
    SHAPE = "AREA|BATCH, such as 320300|2023-q1"
    area: str
    name: str


@dataclass(frozen=True)
class Places:
    """Where extracts arrive and where homes live, one home per pooling area."""

    landing: Path
    homes: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Places:
        """From FUNDWATCH_LANDING and FUNDWATCH_HOMES. Raises KeyError naming the one that is not set."""
        return cls(Path(environ["FUNDWATCH_LANDING"]), Path(environ["FUNDWATCH_HOMES"]))

    def landing_of(self, key: Key) -> Path:
        """Folder the month's extract arrives in."""
        return self.landing / key.area / key.month

    def outcomes_of(self, batch: Batch) -> Path:
        """Folder the batch of results arrives in."""
        return self.landing / batch.area / OUTCOMES / batch.name

    def home_of(self, key: Key | Batch) -> Path:
        """Home folder of the pooling area."""
        return self.homes / key.area


def seal(folder: Path) -> Path:
    """Writes the list of files of a finished transfer; the last thing its sender does. Returns the list's path."""
    files = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MARKER
    }
    beside = folder / f".{MARKER}"
    beside.write_text(json.dumps({"files": files}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(beside, folder / MARKER)  # noqa: PTH105 – in one move, never half a list
    return folder / MARKER


def wanting(folder: Path) -> list[str]:
    """What still keeps a folder from being complete, in words; empty when nothing does."""
    try:
        listed = json.loads((folder / MARKER).read_text(encoding="utf-8"))["files"]
        sizes = {str(name): int(size) for name, size in listed.items()}
    except FileNotFoundError:
        return [f"no {MARKER} yet"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [f"{MARKER} is not a list of files with their sizes"]
    missing = [name for name, size in sorted(sizes.items()) if _size(folder / name) != size]
    handed = {name.split("/")[0].split(".")[0] for name in sizes}
    tables = () if folder.absolute().parent.name in BATCHES else contract_tables()
    required = [one.name for one in tables if one.required and one.name not in handed]
    return [f"{name}: not whole" for name in missing] + [f"table {name}: not in the list" for name in required]


def fingerprint(folder: Path) -> str:
    """Changes whenever a listed file was added, replaced or taken away since (sizes and times of change)."""
    digest = hashlib.sha256((folder / MARKER).read_bytes())
    for name in sorted(json.loads((folder / MARKER).read_text(encoding="utf-8"))["files"]):
        digest.update(f"{name} {(folder / name).stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def arrived(places: Places) -> dict[Key, str]:
    """Every complete month of every area with its fingerprint."""
    found = {}
    for folder in sorted(places.landing.glob("*/*")):
        text = f"{folder.parent.name}|{folder.name}"
        if Key.PATTERN.match(text) and not wanting(folder):
            found[Key.parse(text)] = fingerprint(folder)
    return found


def outcomes(places: Places) -> dict[Batch, str]:
    """Every complete batch of results of every area with its fingerprint."""
    found = {}
    for folder in sorted(places.landing.glob(f"*/{OUTCOMES}/*")):
        text = f"{folder.parent.parent.name}|{folder.name}"
        if Batch.PATTERN.match(text) and not wanting(folder):
            found[Batch.parse(text)] = fingerprint(folder)
    return found


def news(seen: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Keys that are new or not what was seen before, oldest month first: these and no others are run again."""
    changed = [key for key, print_ in now.items() if seen.get(key) != print_]
    return sorted(changed, key=lambda key: key.split("|")[::-1])


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1
