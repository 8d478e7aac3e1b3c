"""Records as measurements leave them, small and made up."""

from __future__ import annotations

from typing import Any

MACHINE = {
    "at": "2026-01-02 03:04", "cores": 2, "memory_gib": 16.0, "cpu": "a processor", "kernel": "Linux 6", "python": "3.11.1",
    "versions": {"pyspark": "4.1", "duckdb": "2.0"}, "code_version": "0.1.0", "load": 0.1,
}  # fmt: skip


OTHER = {**MACHINE, "cpu": "another processor"}


def used(wall: float) -> dict[str, Any]:
    return {"wall": wall, "cpu": 2 * wall, "peak_mib": 3000, "read": 5 << 20, "written": 3 << 20}


def run(engine: str, lines: int, wall: float, **more: Any) -> dict[str, Any]:
    label = f"{lines // 1_000_000}m"
    steps = {"raw": used(wall / 4), "validated": used(wall / 2), "cases": used(wall / 4)}
    return {
        "name": f"run-{engine}-{label}", "what": "run", "engine": engine, "lines": lines, "label": label,
        "period": "2023-01..2023-12", "format": "parquet", "institutions": 600, "machine": MACHINE, "told": "",
        "whole": used(wall), "steps": steps, **more,
    }  # fmt: skip


def race(lines: int, ours: float, theirs: float, detectors: list[str]) -> dict[str, Any]:
    told = {"same": 90, "only_ours": 1, "only_theirs": 2, "amount": 3}
    differing = [{"detector_id": "IMG-01", "examples": [], **told}]
    return {
        **run("sail", lines, ours), "name": "race", "what": "race", "peer": "duckdb", "detectors": detectors,
        "of_detectors": 4, "ours": {"whole": used(ours), "steps": {}}, "theirs": {"whole": used(theirs), "steps": {}},
        "parts": {"claims": 1.5}, "compared": {"evidence": {**told, "differing": differing}},
    }  # fmt: skip
