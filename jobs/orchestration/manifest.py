"""run.json: what ran on what, and how many rows of every table and month went where.

Grain: one per published run.
Why: a list without its origin is a rumour; rows in = accepted + quarantined is stated here and can be recounted.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jobs.cases.context import RunContext
from jobs.catalogue import table
from jobs.catalogue.raw_report import RawReport
from jobs.orchestration.request import RunRequest
from jobs.orchestration.version import code_version
from jobs.runtime.period import Period
from jobs.runtime.storage import UNKNOWN, Home
from knowledge.points import knowledge_version
from knowledge.store import points_in_force

Tables = dict[str, dict[str, dict[str, Any]]]
DOCS = "data_docs"


def tables(report: RawReport, checked: dict[str, Any], period: Period) -> Tables:
    """Rows per table and month as run.json states them: those of the period, those without a readable month, `all`."""
    months = {*period.months, UNKNOWN}
    counted: Tables = {}
    for name, found in report.tables.items():
        wanted = months if table(name).month_column else set(found)
        rows = {month: _rows(entry, checked, name, month) for month, entry in sorted(found.items()) if month in wanted}
        if rows:
            counted[name] = rows
    return counted


def _rows(entry: Any, checked: dict[str, Any], name: str, month: str) -> dict[str, Any]:
    later = checked["tables"].get(name, {}).get(month, {"rows_accepted": 0, "rows_void": 0, "rows_quarantined": {}})
    reasons = dict(entry.quarantined)
    for reason, rows in later["rows_quarantined"].items():
        reasons[reason] = reasons.get(reason, 0) + rows
    return {
        "rows_in": entry.rows_in,
        "rows_accepted": later["rows_accepted"],
        "rows_void": later["rows_void"],
        "rows_quarantined": dict(sorted(reasons.items())),
    }


def totals(counted: Tables) -> tuple[int, int]:
    """Rows accepted and rows quarantined over all tables."""
    every = [month for months in counted.values() for month in months.values()]
    return sum(m["rows_accepted"] for m in every), sum(sum(m["rows_quarantined"].values()) for m in every)


def run_context(
    request: RunRequest,
    engine: str,
    counted: Tables,
    checked: dict[str, Any],
    models: Mapping[str, int] | None = None,
) -> RunContext:
    """What the case list must know of its run."""
    return RunContext(
        run_id=request.run_id,
        code_version=code_version(),
        knowledge_version=knowledge_version(points_in_force(request.home.root)),
        engine=engine,
        started=request.started,
        tables=counted,
        warnings=warnings(checked, request.period),
        capacity=request.capacity,
        model_versions={"fundwatch": str(models["champion"])} if models and "champion" in models else {},
    )


def warnings(checked: dict[str, Any], period: Period) -> dict[str, dict[str, int]]:
    """Rows kept with a counted warning, per table, over the months of the period."""
    found: dict[str, dict[str, int]] = {}
    for name, months in checked["tables"].items():
        for month, entry in months.items():
            if table(name).month_column and month not in period.months:
                continue
            for warning, rows in entry.get("warnings", {}).items():
                counts = found.setdefault(name, {})
                counts[warning] = counts.get(warning, 0) + rows
    return found


def manifest(
    request: RunRequest,
    run: RunContext,
    counted: Tables,
    report: RawReport,
    held: dict[str, Any],
    seconds: dict[str, float],
) -> dict[str, Any]:
    """The content of run.json."""
    return {
        "run_id": run.run_id,
        "period": str(request.period),
        "started": request.started,
        "finished": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "engine": run.engine,
        "code_version": run.code_version,
        "knowledge_version": run.knowledge_version,
        "model_versions": dict(run.model_versions),
        "mapping": report.mapping,
        "tables": counted,
        "warnings": run.warnings,
        "not_handed_over": list(report.missing),
        "unmapped_columns": report.unmapped,
        "ignored_columns": report.extra,
        "expectations": {key: value for key, value in held.items() if key != "results"},
        "seconds": seconds,
    }


def take_data_docs(home: Home, folder: Path) -> None:
    """Copies the validation report of the period into the run, so that the run's folder stands alone."""
    source = home.root / "state" / DOCS
    if source.exists():
        shutil.rmtree(folder / DOCS, ignore_errors=True)
        shutil.copytree(source, folder / DOCS)


def summary(place: Path, counted: Tables, draft: bool = False) -> dict[str, Any]:
    """What a run says last."""
    listed = pq.read_table(place / "case_list.parquet", columns=["verdict_hint", "suspected_amount"]).to_pydict()
    accepted, quarantined = totals(counted)
    return {
        "told": f"{len(listed['verdict_hint'])} cases",
        "folder": str(place if draft else place.parent / "latest"),
        "run_id": place.name,
        "cases": len(listed["verdict_hint"]),
        "data_quality": sum(hint == "data_quality" for hint in listed["verdict_hint"]),
        "suspected_amount": round(float(sum(listed["suspected_amount"])), 2),
        "rows_in": accepted + quarantined,
        "rows_quarantined": quarantined,
    }
