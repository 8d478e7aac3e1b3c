"""What each step does: fetch what the steps before left, call the job of its layer, keep the facts for the next.

Why: jobs know nothing of each other; the only place that knows in which order whose result is handed to whom is here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from jobs.catalogue.raw_report import RawReport
from jobs.orchestration import manifest, scoring, state
from jobs.orchestration.request import RunRequest
from jobs.orchestration.version import code_version
from jobs.runtime.errors import UsageError
from jobs.runtime.log import get_logger

log = get_logger("chain")
Facts = dict[str, Any]


@dataclass
class Context:
    """What a step may use: the request, an open session, the engine's name and how long the steps before took (s)."""

    request: RunRequest
    spark: SparkSession
    engine: str
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def months(self) -> list[str]:
        """Months asked for."""
        return self.request.period.months


def raw(context: Context) -> Facts:
    """Landing → raw. Raises UsageError without --landing, ContractError and InputError for what landed."""
    from jobs.landing import mapping
    from jobs.raw import load, read_salt

    request = context.request
    if request.landing is None:
        raise UsageError("step raw", "it does not know where the extract lies.", "Give --landing DIR.")
    plan = mapping.plan(mapping.load_mapping(request.mapping), request.landing)
    salt = read_salt(request.salt)
    report = load(plan, request.home, context.spark, salt, months=context.months, code=code_version())
    for note in report.notes:
        log.warning("%s", note)
    rows = sum(month.rows_in for months in report.tables.values() for month in months.values())
    return {"told": f"{rows:,} rows in", "landing": request.landing.name, "mapping": report.mapping}


def validated(context: Context) -> Facts:
    """raw → validated and quarantine."""
    from jobs.validated import build

    report = raw_report(context)
    local = {name: frozenset(values) for name, values in report.dictionaries.items()}
    built = build(context.spark, context.request.home, context.months, local, available(report), code_version())
    facts = state.merge_months(context.request.home, "validated", {"tables": built.as_dict()})
    state.save(context.request.home, "validated", facts)
    kept, refused = manifest.totals(manifest.tables(report, facts, context.request.period))
    return {"told": f"{kept:,} rows kept, {refused:,} quarantined"}


def expectations(context: Context) -> Facts:
    """Holds the validated tables against their suites. Raises ExpectationFailed on a critical breach."""
    from jobs.orchestration import holding

    outcome = holding.validated(
        context.request, context.spark, raw_report(context), state.load(context.request.home, "validated")
    )
    state.save(context.request.home, "expectations", outcome)
    return {"told": f"{outcome['held']} held, {outcome['warnings']} warnings"}


def features(context: Context) -> Facts:
    """validated → features."""
    from jobs.features import build

    home, period = context.request.home, context.request.period
    written = build(context.spark, home, context.months, period, available(raw_report(context)))
    return {"told": f"{sum(written['provider_month'].values()):,} institution-months"}


def scores(context: Context) -> Facts:
    """features and validated → evidence and findings."""
    return scoring.score(context.spark, context.request.home, context.request.period, available(raw_report(context)))


def cases(context: Context) -> Facts:
    """scores → the published list, or a draft beside it. Returns the summary of the run."""
    from jobs.cases.build import build
    from jobs.cases.publish import publish
    from jobs.inspections import selection
    from jobs.orchestration import holding
    from jobs.training import scoring as scoring_models

    request, report = context.request, raw_report(context)
    checked = state.load(request.home, "validated")
    tables = manifest.tables(report, checked, request.period)
    scored = scoring_models.apply(request.home, request.period)
    run = manifest.run_context(request, context.engine, tables, checked, scored.get("versions", {}))
    folder = build(context.spark, request.home, request.period, run)
    if request.capacity is not None:
        selection.write(request.home, request.period, request.capacity)
    held = state.load(request.home, "expectations")
    manifest.take_data_docs(request.home, folder)
    held["of_results"] = holding.results(request, context.spark, folder)
    told = manifest.manifest(request, run, tables, report, held, context.seconds)
    if scored:
        told["models"] = scored
        state.save(request.home, "models", {**scored, "when": request.started})
    place = publish(request.home, request.run_id, told, released=not request.draft)
    return manifest.summary(place, tables, request.draft)


def raw_report(context: Context) -> RawReport:
    """What the load brought in."""
    path: Path = context.request.home.root / "raw" / "report.json"
    if not path.exists():
        state.load(context.request.home, "raw")  # raises, naming the step to run
    return RawReport.from_json(path.read_text(encoding="utf-8"))


def lines(context: Context) -> int:
    """Fee lines the home holds, all months together."""
    return sum(month.rows_in for month in raw_report(context).tables.get("fee_list_d", {}).values())


def available(report: RawReport) -> dict[str, frozenset[str]]:
    """Table → columns that were really handed over."""
    return {name: frozenset(columns) for name, columns in report.available.items()}


STEPS: dict[str, Callable[[Context], Facts]] = {
    "raw": raw,
    "validated": validated,
    "expectations": expectations,
    "features": features,
    "scores": scores,
    "cases": cases,
}
