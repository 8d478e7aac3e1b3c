"""Puts a backup back into an office that is empty: checked to the last byte before, nothing is ever overwritten.

Reads: a backup's folder.
Why: whoever restores is in a hurry. So the one thing that could make it worse – writing over something that is still
there, or putting half of a backup back – is refused.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from jobs.operations import manifest
from jobs.operations.backup import Office
from jobs.operations.manifest import ARTEFACTS, DATABASES, HOMES, Manifest
from jobs.runtime.errors import ContractError, InputError
from jobs.runtime.log import get_logger

log = get_logger("operations")


def chosen(folder: Path) -> Path:
    """The backup itself, or the newest complete one in a folder of backups. Raises InputError without one."""
    if (folder / manifest.FILE).is_file():
        return folder
    found = manifest.complete(folder)
    if not found:
        raise InputError(f"restoring from {folder}", "there is no complete backup.", "Name the folder backups lie in.")
    return found[-1]


def areas(source: Path) -> list[str]:
    """Homes a backup holds."""
    return sorted(path.name for path in (source / HOMES).glob("*") if path.is_dir())


def restore(source: Path, office: Office, keys: Path | None = None, without_key: bool = False) -> Manifest:
    """Restores homes, artefacts and databases of `office` from a backup; `keys`: a backup of keys to take them from.

    Raises InputError for a damaged backup, ContractError when something would be overwritten or the key of the
    pseudonyms is not the one the data were written with; nothing was written then.
    """
    told = manifest.load(source)
    wrong = list(manifest.damage(source))
    if wrong:
        shown = "; ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        raise InputError(f"checking the backup {source}", f"it is damaged: {shown}.", "Choose another one.")
    _nothing_in_the_way(office, told)
    found = _keys(office, told, keys, without_key)
    os.umask(0o077)
    try:
        _put(source, office, found, told)
    except BaseException:
        for place in _places(office):  # they were empty: the next try must find them so
            for entry in place.glob("*"):
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        raise
    log.info("restored %s", source.name)
    return told


def _put(source: Path, office: Office, keys: dict[Path, Path], told: Manifest) -> None:
    for name, home in sorted(office.homes.items()):
        _folder(source, f"{HOMES}/{name}", home, told)
    if office.artefacts:
        _folder(source, ARTEFACTS, office.artefacts, told)
    for key, goal in keys.items():
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(key, goal)
        goal.chmod(0o600)
    for database in office.databases:
        database.restore(source / DATABASES / f"{database.name}.dump")


def _places(office: Office) -> list[Path]:
    return [*office.homes.values(), *([office.artefacts] if office.artefacts else [])]


def _nothing_in_the_way(office: Office, told: Manifest) -> None:
    keys = {office.key_of(name) for name in office.homes}
    taken = [str(place) for place in _places(office) if place.is_dir() and set(place.iterdir()) - keys]
    missing = sorted({one.name for one in office.databases} - set(told.databases))
    if missing:
        raise ContractError("restoring", f"the backup has no database {', '.join(missing)}.", "Leave it out.")
    taken += [f"database {one.name}" for one in office.databases if not one.is_empty()]
    if taken:
        raise ContractError(
            "restoring",
            f"there is something already: {', '.join(taken)}; nothing is overwritten.",
            "Move it away (a folder) or make it anew (a database), then try again.",
        )


def _keys(office: Office, told: Manifest, keys: Path | None, without: bool) -> dict[Path, Path]:
    """Keys to put back: from -> to. Raises ContractError unless every home will have the key it was written with."""
    found: dict[Path, Path] = {}
    for name in office.homes:
        goal = office.key_of(name)
        kept = None if keys is None else keys / ("pseudonym.salt" if office.key else f"{HOMES}/{name}/{goal.name}")
        source = kept if kept and kept.is_file() and not goal.is_file() else goal
        wanted = told.keys.get(name)
        if wanted is None or without:
            continue
        if not source.is_file() or manifest.fingerprint(source) != wanted:
            seen = "is another one" if source.is_file() else "is not there"
            raise ContractError(
                f"restoring {name}",
                f"the key its pseudonyms were made with {seen}; new months would not meet the old ones.",
                "Give the backup of the keys with --keys-from, or --without-key and put it back before the next run.",
            )
        if source != goal:
            found[source] = goal
    return found


def _folder(source: Path, place: str, goal: Path, told: Manifest) -> None:
    """One folder of the backup, built beside its place or, where that is a mount, moved in entry by entry."""
    if not (source / place).is_dir():
        return
    goal.mkdir(parents=True, exist_ok=True)
    fresh = goal / ".restoring"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(source / place, fresh)
    for hollow in told.empty:
        if hollow == place or hollow.startswith(f"{place}/"):
            (fresh / hollow.removeprefix(place).lstrip("/")).mkdir(parents=True, exist_ok=True)
    for link, target in told.links.items():
        if link.startswith(f"{place}/"):
            (fresh / link.removeprefix(f"{place}/")).symlink_to(target, target_is_directory=True)
    for entry in sorted(fresh.iterdir()):
        entry.rename(goal / entry.name)
    fresh.rmdir()
