"""Finds what two finished programs left behind and holds it together; counts evidence rows of a run.

Reads: scores/evidence and features/provider_month of a home; evidence.parquet and provider_month.parquet of a peer.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.peers import compare


def rows_by_detector(home: Path) -> dict[str, int]:
    """Evidence rows of every detector of a run."""
    counted: dict[str, int] = {}
    for path in _of(home, "scores/evidence"):
        for entry in pq.read_table(path, columns=["detector_id"]).column(0).value_counts().to_pylist():
            counted[entry["values"]] = counted.get(entry["values"], 0) + int(entry["counts"])
    return dict(sorted(counted.items()))


def peer_facts(folder: Path) -> dict[str, Any]:
    """What a peer says of itself: seconds of its parts, the detectors it computes."""
    return dict(json.loads((folder / "peer.json").read_text(encoding="utf-8")))


def both(home: Path, folder: Path, detectors: list[str]) -> dict[str, Any]:
    """Evidence and indicators of both sides, compared row by row."""
    found: dict[str, Any] = {
        "evidence": compare.evidence(_of(home, "scores/evidence"), [folder / "evidence.parquet"], detectors)
    }
    if (folder / "provider_month.parquet").exists():
        ours = _of(home, "features/provider_month")
        found["indicators"] = compare.indicators(ours, folder / "provider_month.parquet")
    return found


def keep(home: Path, place: Path) -> None:
    """Copies evidence and list of a finished run to `place`, for comparing later."""
    shutil.rmtree(place, ignore_errors=True)
    for number, path in enumerate(_of(home, "scores/evidence")):
        (place / "evidence").mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place / "evidence" / f"{number}.parquet")
    shutil.copy(home / "runs" / "latest" / "case_list.parquet", place / "case_list.parquet")


def runs(ours: Path, theirs: Path) -> dict[str, Any]:
    """What two engines found of the same area, row by row; `ours` and `theirs` are kept runs."""
    mine, other = (sorted((place / "evidence").glob("*.parquet")) for place in (ours, theirs))
    detectors = sorted({name for paths in (mine, other) for name in _detectors(paths)})
    evidence = compare.evidence(mine, other, detectors)
    cases = compare.lists(ours / "case_list.parquet", theirs / "case_list.parquet")
    unequal = evidence["only_ours"] + evidence["only_theirs"] + evidence["amount"] + cases["differ"]
    unequal += cases["only_ours"] + cases["only_theirs"]
    told = f"{evidence['same']:,} evidence lines and {cases['same']:,} cases equal, {unequal:,} not"
    return {"evidence": evidence, "cases": cases, "equal": unequal == 0, "told": told}


def _detectors(paths: list[Path]) -> set[str]:
    return {str(name) for path in paths for name in pq.read_table(path, columns=["detector_id"]).column(0).unique()}


def _of(home: Path, table: str) -> list[Path]:
    return sorted((home / table).rglob("*.parquet"))
