"""Copies a home while steps may be writing in it, and every copied month and run is whole.

Reads: every finished folder and file of a home; never a key.
Why: months, runs and knowledge versions are folders moved in whole and never changed afterwards, and state files are
replaced in one move. So a copy needs no lock: a folder that was replaced while it was copied is copied again, and one
that stands aside between two moves is taken from there. What a step was half through is what a killed step leaves, and
running it again mends that (docs/decisions/0010).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path

from jobs.operations.manifest import digest
from jobs.runtime.errors import TemporaryFault

KEYS = ("pseudonym.salt",)  # never beside the data they unlock
TRIES, PAUSE = 8, 0.25  # seconds; between two renames lie microseconds
PIECE = 1 << 20


@dataclass
class Copy:
    """Copies folders into `target` and notes what it wrote, by place below `target`.

    `before`: an earlier backup; a file that has the same place, size and time of change there is linked, not copied,
    and keeps the digest it had (`known`). `keys`: files to leave out wherever they lie.
    """

    target: Path
    before: Path | None = None
    known: dict[str, str] = field(default_factory=dict)
    keys: frozenset[Path] = frozenset()
    sums: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)

    def home(self, source: Path, place: str) -> None:
        """A whole home below `place`; runs/latest last, so that the run it names is among those copied."""
        self.folder(source, place)
        latest = source / "runs" / "latest"
        for _ in range(TRIES):
            name = latest.readlink().name if latest.is_symlink() else None
            if name is None or f"{place}/runs/{name}/run.json" in self.sums:
                break
            self.whole(source / "runs" / name, f"{place}/runs/{name}")
        if name:
            self.links[f"{place}/runs/latest"] = name

    def folder(self, source: Path, place: str) -> None:
        """Everything finished in a folder: hidden names are work in progress, links are noted by `home`."""
        names = _finished(source)
        if not names:
            self._hollow(place)
        for name in names:
            path, inner = source / name, f"{place}/{name}"
            if path.is_symlink() or name in KEYS or path in self.keys:
                continue
            if _moved_whole(path):
                self.whole(path, inner)
            elif path.is_dir():
                self.folder(path, inner)
            elif path.suffix == ".db":
                self._database(path, inner)
            elif path.exists():
                self._file(path, inner)

    def whole(self, source: Path, place: str) -> None:
        """A folder that is only ever replaced whole. Raises TemporaryFault when it never stood still."""
        aside = source.parent / f".old-{source.name}"
        for attempt in range(TRIES):
            chosen = aside if attempt == TRIES - 1 and not source.exists() and aside.exists() else source
            if self._tried(chosen, place):
                return
            time.sleep(PAUSE)
            if not source.exists() and not aside.exists():
                return  # taken away for good
        raise TemporaryFault(f"copying {source}", "it is replaced again and again.", "Try again in a few minutes.")

    def _tried(self, source: Path, place: str) -> bool:
        sums, empty = dict(self.sums), list(self.empty)
        try:
            before = _identity(source)
            self._everything(source, place)
            if _identity(source) == before:
                return True
        except FileNotFoundError:
            pass
        self.sums, self.empty = sums, empty
        shutil.rmtree(self.target / place, ignore_errors=True)
        return False

    def _everything(self, source: Path, place: str) -> None:
        entries = sorted(os.scandir(source), key=lambda entry: entry.name)
        if not entries:
            self._hollow(place)
        for entry in entries:
            inner = f"{place}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                self._everything(Path(entry.path), inner)
            else:
                self._file(Path(entry.path), inner)

    def _hollow(self, place: str) -> None:
        (self.target / place).mkdir(parents=True, exist_ok=True)
        self.empty.append(place)

    def _file(self, source: Path, place: str) -> None:
        goal = self.target / place
        goal.parent.mkdir(parents=True, exist_ok=True)
        if self.before and place in self.known and _linked(source, self.before / place, goal):
            self.sums[place] = self.known[place]
            return
        seen = hashlib.sha256()
        with source.open("rb") as read, goal.open("xb") as write:
            while piece := read.read(PIECE):
                seen.update(piece)
                write.write(piece)
            held = os.fstat(read.fileno())
        os.utime(goal, ns=(held.st_atime_ns, held.st_mtime_ns))
        self.sums[place] = seen.hexdigest()

    def _database(self, source: Path, place: str) -> None:
        """An embedded database, as it stands between two transactions."""
        goal = self.target / place
        goal.parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as held, sqlite3.connect(goal) as kept:
            held.backup(kept)
        held.close()
        kept.close()
        self.sums[place] = digest(goal)


def _finished(folder: Path) -> list[str]:
    """Names to copy. A name that only stands aside (`.old-…`) is told by its own name: it is being moved."""
    names = {entry.name for entry in os.scandir(folder)}
    aside = {name.removeprefix(".old-") for name in names if name.startswith(".old-")}
    shown = {name for name in names if not name.startswith(".")}
    return sorted(shown | {name for name in aside if _moved_whole(folder / name)})


def _moved_whole(path: Path) -> bool:
    return path.name.startswith("month=") or (path.parent.name == "runs" and path.name[:1].isdigit())


def _identity(folder: Path) -> tuple[int, int, int]:
    """Changes whenever another folder takes the place: numbers alone are given out again, times are not."""
    seen = folder.stat()
    return seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns


def _linked(source: Path, before: Path, goal: Path) -> bool:
    """Links `goal` to an earlier backup's file where that is the same as `source`; False where it is to be copied."""
    try:
        one, other = source.stat(), before.stat()
        if (one.st_size, one.st_mtime_ns) != (other.st_size, other.st_mtime_ns):
            return False
        os.link(before, goal)
    except OSError:  # it was not there then, or the medium knows no links
        return False
    return True


def busy(home: Path) -> bool:
    """True while a command holds one of the home's locks, which the system frees when it ends or is killed."""
    return any(_held(path) for path in home.glob(".*lock"))


def _held(lock: Path) -> bool:
    try:
        with lock.open("r") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
