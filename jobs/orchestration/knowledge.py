"""Knowledge of a home: importing published files and keeping what they say as a version.

Why: the command line and a scheduler ask the same; no engine is needed for it (trying points on history is a module of
its own, knowledge_trial).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from jobs.runtime.errors import InputError
from jobs.runtime.storage import Home
from knowledge.points import Point
from knowledge.published.outcome import Outcome, Terms
from knowledge.published.read import read_files
from knowledge.store import Store


def read(home: Home, files: Sequence[Path], terms: Terms) -> Outcome:
    """What the files say, carried on from the version in force. InputError for a file that cannot be opened."""
    gone = [str(path) for path in files if not path.is_file()]
    if gone:
        raise InputError("importing knowledge", f"there is no file {', '.join(gone)}.", "Check the path and try again.")
    try:
        return read_files(files, terms, points_of(home))
    except OSError as fault:
        raise InputError(
            "importing knowledge", f"{fault.filename} cannot be opened.", "Check its permissions and try again."
        ) from fault


def keep(home: Home, outcome: Outcome, terms: Terms, at: str) -> str:
    """Writes the import as a new version; returns its name. It is not in force yet."""
    files = [
        {**asdict(report), "sha256": hashlib.sha256(Path(report.file).read_bytes()).hexdigest()}
        for report in outcome.files
    ]
    effective = terms.effective.isoformat() if terms.effective else None
    told = {"at": at, "region": terms.region, "effective": effective, "points": len(outcome.points), "files": files}
    return Store(home.root).add(outcome.points, told)


def points_of(home: Home, version: str | None = None) -> tuple[Point, ...]:
    """Imported points of a version (default: in force). InputError when there is no such version or it was damaged."""
    try:
        return Store(home.root).points(version)
    except LookupError as fault:
        raise InputError(
            "reading the knowledge", f"{fault.args[0]}.", "`fundwatch knowledge list --versions` shows them."
        ) from fault
    except (ValueError, OSError) as fault:
        raise InputError(
            f"reading the knowledge of {home.root}", f"{fault}.", "Put an older version in force: knowledge activate."
        ) from fault
