"""A small home as the chain leaves it, made without an engine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.catalogue.layout import layout

AREA = "320300"
SALT = bytes(range(32))


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def run(home: Path, run_id: str, period: str, finished: str, cases=(), latest=True, champion=None) -> Path:
    """A complete run. `cases`: (clinical area, hint) of every case."""
    months = {
        "2023-01": {"rows_in": 12, "rows_accepted": 9, "rows_void": 0, "rows_quarantined": {"bad_date": 2, "no_key": 1}}
    }
    told = {
        "run_id": run_id, "period": period, "finished": finished, "started": finished, "engine": "sail",
        "code_version": "0.2.0+abc", "knowledge_version": "k1", "tables": {"fee_list_d": months, "setl_d": months},
        "model_versions": {"fundwatch": champion} if champion else {},
    }  # fmt: skip
    place = home / "runs" / run_id
    write(place / "run.json", json.dumps(told))
    columns = {"area": [area for area, _ in cases], "verdict_hint": [hint for _, hint in cases]}
    pq.write_table(
        pa.table(columns, schema=pa.schema([("area", pa.string()), ("verdict_hint", pa.string())])),
        place / "case_list.parquet",
    )
    if latest:
        (home / "runs" / "latest").unlink(missing_ok=True)
        (home / "runs" / "latest").symlink_to(run_id, target_is_directory=True)
    return place


def findings(home: Path, period: str, rows) -> None:
    """scores/finding of a period; rows: (detector, outcome, reason)."""
    names = ("detector_id", "outcome", "reason_code")
    table = pa.table({name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)})
    place = home / "scores" / "finding" / f"month={period}"
    place.mkdir(parents=True)
    pq.write_table(table, place / "part-0.parquet")


def marked(home: Path, **layers) -> None:
    """Says the months of these layers are in this version's layout."""
    held = {
        layer: {name: {"layout": layout(layer), "code": "now"} for name in names} for layer, names in layers.items()
    }
    write(home / "state" / "layout.json", json.dumps(held))


def journal(home: Path, **steps) -> None:
    """How steps ended: name -> (seconds, outcome, exit code)."""
    told = {
        name: {
            "period": "2023-01..2023-01",
            "finished": "2023-02-10T08:00:00",
            "seconds": taken,
            "outcome": outcome,
            "exit_code": code,
        }
        for name, (taken, outcome, code) in steps.items()
    }
    write(home / "state" / "journal.json", json.dumps(told))


def sealed(landing: Path, month: str, moment: float) -> None:
    """A complete landing folder, sealed at `moment` (seconds since 1970)."""
    folder = landing / month
    sizes = {}
    for name in ("fee_list_d", "setl_d", "mdtrt_d", "fixmedins_b"):
        sizes[f"{name}.csv"] = write(folder / f"{name}.csv", "a").stat().st_size
    marker = write(folder / "complete.json", json.dumps({"files": sizes}))
    os.utime(marker, (moment, moment))
