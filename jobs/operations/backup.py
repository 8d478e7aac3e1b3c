"""Backs an office up while it works: databases, then homes and model artefacts; keys go to another place or nowhere.

Reads: databases, homes, the registry's artefacts.
Why: databases first – a home that knows more than the timetable's database is released or run again, which changes
nothing; a database that knows more than the home would believe a month done that is gone. The key of the pseudonyms
opens every backup there ever was, so it never lies beside one (docs/decisions/0010).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.operations import manifest, snapshot
from jobs.operations.database import Database
from jobs.operations.manifest import ARTEFACTS, DATABASES, HOMES, Manifest
from jobs.operations.snapshot import Copy
from jobs.runtime.errors import InputError, UsageError
from jobs.runtime.log import get_logger

log = get_logger("operations")


@dataclass(frozen=True)
class Office:
    """What is backed up and restored: homes by name, artefacts of the registry, databases; `key` of the pseudonyms.

    `key` None = each home holds its own.
    """

    homes: Mapping[str, Path]
    artefacts: Path | None = None
    databases: Sequence[Database] = ()
    key: Path | None = None

    def key_of(self, name: str) -> Path:
        """Where the key of a home's pseudonyms lies."""
        return self.key or self.homes[name] / snapshot.KEYS[0]


def backup(office: Office, to: Path, moment: str, code: str, full: bool = False) -> Path:
    """Writes a backup named by its `moment` (UTC, `2026-01-05T08:00:00`) below `to`; gives its folder.

    Files that an earlier backup there already holds are linked to it unless `full`. Raises InputError without anything
    to back up, TemporaryFault when a database or a home does not stand still long enough.
    """
    if not office.homes and not office.databases:
        raise InputError("backing up", "there is no home and no database.", "Check --homes and --database.")
    os.umask(0o077)
    name = named(moment)
    fresh, place = to / f".new-{name}", to / name
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    copy = _copy(office, to, fresh, full)
    told = Manifest(finished=moment, code_version=code)
    _databases(office, copy, told)
    _files(office, copy, told)
    told.links, told.empty = copy.links, sorted(copy.empty)
    manifest.write_sums(fresh, copy.sums)
    told.save(fresh)
    os.sync()
    fresh.rename(place)
    log.info(
        "backup %s: %d files, %d areas, %d databases", name, len(copy.sums), len(office.homes), len(told.databases)
    )
    return place


def named(moment: str) -> str:
    """Name of the backup of a moment: `20260105T080000Z`."""
    return moment.replace("-", "").replace(":", "") + "Z"


def prune(to: Path, keep: int) -> list[Path]:
    """Takes all but the newest `keep` complete backups away, and what a killed one left; gives what went."""
    gone = manifest.complete(to)[:-keep] if keep > 0 else []
    for folder in [*gone, *to.glob(".new-*")]:
        shutil.rmtree(folder)
    return gone


def backup_keys(office: Office, others: Sequence[Path], to: Path, moment: str, data: Path | None) -> Path:
    """Copies the keys of the pseudonyms and `others` (the stack's secrets) to a place apart from the data.

    Raises UsageError when that place and the backups of the data lie in one another.
    """
    if data and (_within(to, data) or _within(data, to)):
        raise UsageError(
            f"--keys-to {to}",
            "it lies together with the data; whoever finds both can name every person.",
            "Choose another medium, kept by another person.",
        )
    os.umask(0o077)
    place = to / named(moment)
    place.mkdir(parents=True)
    found = {name: office.key_of(name) for name in office.homes}
    for name, key in {**found, **({"": office.key} if office.key else {})}.items():
        if key.is_file():
            goal = place / "pseudonym.salt" if office.key else place / HOMES / name / key.name
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(key, goal)
    for path in others:
        (place / "secrets").mkdir(exist_ok=True)
        shutil.copyfile(path, place / "secrets" / path.name)
    return place


def _within(inner: Path, outer: Path) -> bool:
    return inner.resolve().is_relative_to(outer.resolve())


def _copy(office: Office, to: Path, fresh: Path, full: bool) -> Copy:
    before, keys = manifest.complete(to), frozenset(office.key_of(name).resolve() for name in office.homes)
    if full or not before:
        return Copy(fresh, keys=keys)
    return Copy(fresh, before[-1], manifest.read_sums(before[-1]), keys)


def _databases(office: Office, copy: Copy, told: Manifest) -> None:
    for database in office.databases:
        place = f"{DATABASES}/{database.name}.dump"
        (copy.target / DATABASES).mkdir(exist_ok=True)
        database.dump(copy.target / place)
        copy.sums[place] = manifest.digest(copy.target / place)
        told.databases.append(database.name)


def _files(office: Office, copy: Copy, told: Manifest) -> None:
    for name, home in sorted(office.homes.items()):
        was_busy = snapshot.busy(home)
        copy.home(home, f"{HOMES}/{name}")
        if was_busy or snapshot.busy(home):
            told.busy.append(name)
        if (key := office.key_of(name)).is_file():
            told.keys[name] = manifest.fingerprint(key)
    if office.artefacts and office.artefacts.is_dir():
        copy.folder(office.artefacts, ARTEFACTS)
