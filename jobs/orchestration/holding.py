"""Holding tables against their expectations: validated ones before anything is derived, results before a list appears.

Reads: validated, features and scores tables of the period, the list about to be published, what the steps reported.
Why: a gate is only a gate when it stands before the thing it protects; so there are two.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from expectations.check import hold
from expectations.outcome import Outcome
from jobs.catalogue import contract_tables
from jobs.catalogue.raw_report import RawReport
from jobs.orchestration import manifest
from jobs.orchestration.request import RunRequest
from jobs.runtime.storage import ALL, read
from knowledge import dictionaries

RESULTS = (
    ("features", "provider_month"),
    ("features", "provider_item_month"),
    ("features", "peer_group"),
    ("scores", "evidence"),
    ("scores", "finding"),
    ("scores", "cohort_node"),
    ("scores", "cohort_edge"),
)
PUBLISHED = ("case_list", "evidence")  # files of the run's folder, held as cases.*
WHOLE_PERIOD = ("peer_group", "finding", "cohort_node", "cohort_edge")
Frames = dict[tuple[str, str], DataFrame | None]


def validated(request: RunRequest, spark: SparkSession, report: RawReport, checked: dict[str, Any]) -> dict[str, Any]:
    """Holds the validated tables, writes Data Docs to state/data_docs. Raises ExpectationFailed when critical."""
    frames: Frames = {}
    for one in contract_tables():
        if one.name in report.available:
            months = request.period.months if one.month_column else [ALL]
            frames["validated", one.name] = read(spark, request.home, "validated", one.name, months)
    docs = request.home.root / "state" / manifest.DOCS
    shutil.rmtree(docs, ignore_errors=True)
    return told(hold(frames, facts(request, report, checked), docs, str(request.period)))


def results(request: RunRequest, spark: SparkSession, folder: Path) -> dict[str, Any]:
    """Holds features, scores and the list in `folder` (of the run), adds their pages to its data docs.

    Raises ExpectationFailed when critical.
    """
    period = request.period
    frames: Frames = {}
    for layer, name in RESULTS:
        months = [period.folder] if name in WHOLE_PERIOD else period.months
        frames[layer, name] = read(spark, request.home, layer, name, months)
    for name in PUBLISHED:
        frames["cases", name] = spark.read.parquet(str(folder / f"{name}.parquet"))
    return told(hold(frames, {"months": period.months}, folder / manifest.DOCS, str(period)))


def facts(request: RunRequest, report: RawReport, checked: dict[str, Any]) -> Mapping[str, Any]:
    """What the expectations must know beside the rows: months asked for, counts, columns handed over, code lists."""
    local = {name: frozenset(values) for name, values in report.dictionaries.items()}
    return {
        "months": request.period.months,
        "tables": manifest.tables(report, checked, request.period),
        "available": {name: frozenset(columns) for name, columns in report.available.items()},
        "dictionaries": dictionaries.with_local(local),
    }


def told(outcome: Outcome) -> dict[str, Any]:
    """Counts and records of an outcome that may go on. Raises ExpectationFailed on a critical breach."""
    outcome.require()
    return {
        "held": sum(result.status == "held" for result in outcome.results),
        "warnings": len(outcome.failed_warning),
        "not_evaluable": len(outcome.not_evaluable),
        "results": outcome.records(),
    }
