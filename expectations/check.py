"""Holds tables against their suites: profile each, validate each profile in one call, collect what came out.

Reads: frames by (layer, table); `facts` as `reports` describes them.
Why: all breaches are collected before anything stops, so that an area corrects its delivery once and not ten times.
Great Expectations is imported when the first table is held: it takes seconds that other commands should not wait for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from pyspark.sql import DataFrame

from expectations import profile as profiles
from expectations.held import Held
from expectations.outcome import Checked, Outcome, Result, Status, failed, key_of
from expectations.reports import own_columns, reports_of
from jobs.catalogue import Table, contract_tables
from jobs.runtime.log import get_logger

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.core.batch_definition import BatchDefinition

log = get_logger("expectations")

# True or false is all that is asked: what was seen stands in the profile, and each further metric of the library costs
# a multiple of the comparison itself.
RESULT_FORMAT: Final = "BOOLEAN_ONLY"


def hold(
    frames: Mapping[tuple[str, str], DataFrame | None], facts: Mapping[str, Any], out: Path | None, run_name: str
) -> Outcome:
    """Holds every table against its suite and writes data docs to `out` (None = none).

    `frames`: (layer, table) -> frame; None, or a required table of the contract left out = the table is not there.
    `run_name` stands on the pages. Raises nothing about the data: see Outcome.require.
    """
    door = open_door()
    checked = [hold_table(*key, frame, facts, door) for key, frame in with_required(frames).items()]
    outcome = Outcome(tuple(result for table in checked for result in table.results))
    log.info("%s", outcome.told)
    if out is not None:
        from expectations import data_docs

        data_docs.write(checked, out, run_name)
    return outcome


def with_required(frames: Mapping[tuple[str, str], DataFrame | None]) -> dict[tuple[str, str], DataFrame | None]:
    """The frames; where validated tables are held, also the required ones nobody handed over, as None."""
    made = dict(frames)
    if any(layer == "validated" for layer, _ in made):
        for table in contract_tables():
            if table.required:
                made.setdefault(("validated", table.name), None)
    return made


def open_door() -> BatchDefinition:
    """Where profiles enter the library: a context in memory, without progress bars, files or usage statistics."""
    from great_expectations.data_context.types.base import ProgressBarsConfig

    from expectations.suite import gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    source = context.data_sources.add_pandas("profiles")
    return source.add_dataframe_asset("profile").add_batch_definition_whole_dataframe("whole")


def hold_table(
    layer: str, name: str, frame: DataFrame | None, facts: Mapping[str, Any], door: BatchDefinition | None = None
) -> Checked:
    """Profiles one table and holds its whole suite against the profile in one call."""
    from expectations.suite import build, catalogue_table, checklist, held_of

    table = catalogue_table(layer, name)
    held = held_of(table, layer, facts.get("dictionaries")) if table else checklist(layer, name)
    reports = reports_of(facts, name, layer, own_columns(table))
    made = profiles.take(frame, table, layer, held, reports, month_column(frame, table))
    batch = (door or open_door()).get_batch(batch_parameters={"dataframe": made.frame})
    validation = batch.validate(build(f"{layer}.{name}", held), result_format=RESULT_FORMAT)
    return Checked(layer, name, tuple(_results(layer, name, held, made, validation)), validation)


def month_column(frame: DataFrame | None, table: Table | None) -> str | None:
    """The column that tells the month of a row; None for a table without months."""
    if table is not None and table.month_column:
        return table.month_column
    return "stat_month" if frame is not None and "stat_month" in frame.columns else None


def _results(
    layer: str, name: str, held: Sequence[Held], made: profiles.Profile, validation: ExpectationSuiteValidationResult
) -> Iterator[Result]:
    """One result per declared expectation; KeyError if the library lost one."""
    by_key = {key_of(found): found for found in validation.results}
    for item in held:
        found = by_key[item.name, item.severity]
        reason = _reason(item, made, found)
        status: Status = "not_evaluable" if reason else "held" if found.success else "failed"
        yield Result(
            layer=layer,
            table=name,
            name=item.name,
            severity=item.severity,
            status=status,
            zh=item.zh,
            en=item.en,
            limit=item.limit,
            why=item.why,
            then=item.then,
            observed={} if reason else _observed(item, made.frame, breaches_only=status == "failed"),
            reason=reason,
            detail=made.details.get(item.measure.sql, "") if status == "failed" else "",
        )


def _reason(item: Held, made: profiles.Profile, found: Any) -> str:
    """Why an expectation could not be evaluated; empty when it could. An exception of the library is not a breach."""
    if item.name in made.missing:
        return made.missing[item.name]
    info = found.exception_info or {}
    raised = info.get("raised_exception") or any(
        isinstance(v, dict) and v.get("raised_exception") for v in info.values()
    )
    return profiles.FAULT if raised else ""


def _observed(item: Held, frame: pd.DataFrame, breaches_only: bool) -> dict[str, str]:
    """Month -> value in words: the breaches, or the value of the whole table when all is well."""
    values = frame.set_index(profiles.MONTH)[item.name].dropna()
    if breaches_only:
        return {str(month): item.told(value) for month, value in values.items() if failed(item, value)}
    shown = values[values.index == profiles.ALL]
    return {str(month): item.told(value) for month, value in (shown if len(shown) else values).items()}
