"""The knowledge of a home: every version that was ever imported, and which of them is in force.

Reads and writes: HOME/knowledge/versions/NNNN/{points.csv, import.json} and HOME/knowledge/active.json.
Grain: a version holds all points of all imports up to it; a version is never written twice.
Why: a list must be traceable to the points it was judged by, so an import adds a version beside the older ones, and
going back is naming an older one.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.localise import localised
from knowledge.points import COLUMNS, Point, load_points, point_of

FOLDER, VERSIONS, ACTIVE = "knowledge", "versions", "active.json"
POINTS, REPORT = "points.csv", "import.json"


class NoSuchVersion(LookupError):
    """There is no such version; the message lists those there are."""


@dataclass(frozen=True)
class Store:
    """The knowledge folder of a home (`root` = the home's folder). Nothing is created by looking."""

    root: Path

    @property
    def folder(self) -> Path:
        """Folder of the versions."""
        return self.root / FOLDER / VERSIONS

    def versions(self) -> list[str]:
        """Names of the versions, oldest first."""
        return sorted(place.name for place in self.folder.glob("[0-9]*") if (place / POINTS).is_file())

    def next_name(self) -> str:
        """Name the next version will have."""
        held = self.versions()
        return f"{int(held[-1]) + 1 if held else 1:04d}"

    def active(self) -> str | None:
        """The version in force; None before the first activation."""
        place = self.root / FOLDER / ACTIVE
        return str(_json(place)["version"]) if place.is_file() else None

    def points(self, version: str | None = None) -> tuple[Point, ...]:
        """Imported points of a version, of the one in force by default; none before the first activation.

        ValueError names file and row when the stored file was altered into something unreadable.
        """
        name = self.resolve(version) if version else self.active()
        return _read(self.folder / name / POINTS) if name else ()

    def report(self, version: str) -> dict[str, Any]:
        """What was said when the version was imported."""
        return _json(self.folder / self.resolve(version) / REPORT)

    def resolve(self, version: str) -> str:
        """The version named `3`, `0003`, `active` or `latest`. NoSuchVersion when there is none."""
        held = self.versions()
        wanted = {"active": self.active() or "", "latest": held[-1] if held else ""}.get(version, version)
        name = f"{int(wanted):04d}" if wanted.isdecimal() else wanted
        if name not in held:
            raise NoSuchVersion(f"there is no version {version!r}; there are: {', '.join(held) or 'none yet'}")
        return name

    def add(self, points: Iterable[Point], report: Mapping[str, Any]) -> str:
        """Writes a new version whole or not at all; returns its name. It is not in force yet."""
        name = self.next_name()
        fresh = self.folder / f".new-{name}"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        with (fresh / POINTS).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows({key: _text(value) for key, value in asdict(point).items()} for point in points)
        _write(fresh / REPORT, {"version": name, **report})
        fresh.rename(self.folder / name)
        return name

    def activate(self, version: str, at: str) -> str:
        """Puts a version in force from now (`at`, a timestamp) on; returns its name. The history is kept."""
        name = self.resolve(version)
        place = self.root / FOLDER / ACTIVE
        before = _json(place) if place.is_file() else {}
        history = [*before.get("history", []), {"version": name, "at": at}]
        _write(place, {"version": name, "at": at, "history": history})
        return name


def points_in_force(root: Path) -> tuple[Point, ...]:
    """All points a run in this home is judged by: the starter knowledge and the version in force, localised."""
    return (*load_points(), *localised(Store(root).points()))


def _read(path: Path) -> tuple[Point, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(point_of(row, f"{path.name} row {number}") for number, row in enumerate(csv.DictReader(file), 1))


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _write(path: Path, content: Mapping[str, Any]) -> None:
    fresh = path.with_name(f".{path.name}")
    fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(path)
