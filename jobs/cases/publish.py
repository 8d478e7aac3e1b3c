"""A run's folder: filled under a name nobody reads, then put in place whole; `runs/latest` switches in one move.

Why: whoever reads runs/latest sees the last complete run or the new complete run, never half of one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs.runtime.errors import ContractError, InputError
from jobs.runtime.storage import Home

ARTEFACTS = ("case_list.csv", "case_list.xlsx", "case_list.parquet", "evidence.parquet", "data_docs", "report.html")
LATEST = "latest"


def staging(home: Home, run_id: str) -> Path:
    """Folder a run is filled in before it is published; the validation report goes there too (`data_docs`)."""
    aside, place = home.runs / f".old-{run_id}", home.runs / run_id
    if aside.exists() and not place.exists():
        aside.rename(place)  # a publishing was killed between its two moves
    folder = home.runs / f".new-{run_id}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def publish(home: Home, run_id: str, manifest: Mapping[str, Any], released: bool = True) -> Path:
    """Writes run.json, moves the run into place and points runs/latest at it. Returns the run's folder.

    A run that is not `released` stays beside the latest one until `release` names it. Raises ContractError when an
    artefact is missing; the last complete run then stays the latest.
    """
    fresh, place = staging(home, run_id), home.runs / run_id
    missing = [name for name in ARTEFACTS if not (fresh / name).exists()]
    if missing:
        raise ContractError(
            f"publishing run {run_id}",
            f"it lacks {', '.join(missing)}.",
            "Run the steps before `cases` again; the last complete run stays in place.",
        )
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True, default=str)
    (fresh / "run.json").write_text(text + "\n", encoding="utf-8")
    aside = home.runs / f".old-{run_id}"
    shutil.rmtree(aside, ignore_errors=True)
    if place.exists():
        place.rename(aside)
    fresh.rename(place)
    if released:
        _point(home.runs, run_id)
    shutil.rmtree(aside, ignore_errors=True)
    return place


def release(home: Home, run_id: str) -> Path:
    """Makes a complete run the latest; a second time changes nothing. Raises InputError when there is no such run."""
    place = home.runs / run_id
    if run_id == LATEST or place.parent != home.runs or not (place / "run.json").is_file():
        raise InputError(
            f"releasing run {run_id}",
            f"there is no complete run of that name in {home.runs}.",
            "Name the run_id that `fundwatch step cases --draft` told.",
        )
    _point(home.runs, run_id)
    return place


def _point(runs: Path, run_id: str) -> None:
    link = runs / f".{LATEST}-{run_id}"
    link.unlink(missing_ok=True)
    link.symlink_to(run_id, target_is_directory=True)
    os.replace(link, runs / LATEST)  # noqa: PTH105 – replaces a link, in one move
