"""What a backup says of itself: `backup.json`, written last, and `SHA256SUMS`, which `sha256sum -c` also reads.

Grain: one backup = one folder named by its moment, `20260105T080000Z`; without backup.json it is not complete.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from jobs.runtime.errors import InputError

FILE, SUMS = "backup.json", "SHA256SUMS"
HOMES, ARTEFACTS, DATABASES = "homes", "artefacts", "databases"
NAMED = "[0-9]*T[0-9]*Z"


@dataclass
class Manifest:
    """`links`: place -> what it points at; `empty`: folders without a file; `keys`: place -> fingerprint of the key of
    its pseudonyms (the key itself is never in here); `busy`: areas in which a step was writing meanwhile.
    """

    finished: str = ""
    code_version: str = ""
    databases: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    busy: list[str] = field(default_factory=list)

    def save(self, folder: Path) -> None:
        """Writes it; the backup is complete from then on."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")


def load(folder: Path) -> Manifest:
    """The manifest of a complete backup. Raises InputError when there is none."""
    try:
        told: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Manifest(**told)
    except (OSError, ValueError, TypeError) as fault:
        raise InputError(
            f"reading the backup {folder}", f"it is not complete ({type(fault).__name__}).", "Choose another one."
        ) from fault


def complete(backups: Path) -> list[Path]:
    """Complete backups in a folder, oldest first."""
    return sorted(path.parent for path in backups.glob(f"{NAMED}/{FILE}"))


def newest(backups: Path) -> str | None:
    """When the newest complete backup was finished (UTC); None without one."""
    found = complete(backups)
    try:
        return load(found[-1]).finished if found else None
    except InputError:
        return None


def write_sums(folder: Path, sums: dict[str, str]) -> None:
    """Writes SHA256SUMS: one line per file, relative to the backup."""
    lines = "".join(f"{digest}  {place}\n" for place, digest in sorted(sums.items()))
    (folder / SUMS).write_text(lines, encoding="utf-8")


def read_sums(folder: Path) -> dict[str, str]:
    """File -> digest. Raises InputError when the list is not there."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except OSError as fault:
        raise InputError(f"reading {folder / SUMS}", "it is not there.", "Choose another backup.") from fault
    return {place: digest for digest, _, place in (line.partition("  ") for line in lines)}


def damage(folder: Path) -> Iterator[str]:
    """What is wrong with a backup, file by file: changed, missing, or not in the list."""
    sums = read_sums(folder)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    yield from (f"{place}: missing" for place in sorted(sums.keys() - there))
    yield from (f"{place}: not in {SUMS}" for place in sorted(there - sums.keys() - {FILE, SUMS}))
    for place in sorted(sums.keys() & there):
        if digest(folder / place) != sums[place]:
            yield f"{place}: changed"


def digest(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def fingerprint(key: Path) -> str:
    """Tells two keys apart without telling anything of them; they are 32 random bytes."""
    return hashlib.sha256(b"fundwatch key " + key.read_bytes()).hexdigest()[:16]
