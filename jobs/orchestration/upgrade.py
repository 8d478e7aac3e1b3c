"""Brings a home written by another version into this version's layout, from what lies in raw.

Reads: raw, state/layout.json. Published runs are never touched: an approved list stays what was approved.
Why: raw keeps every landed row, so nothing has to be handed over again; only what is not in this version's layout is
computed, step by step in order of time, and an upgrade that was killed goes on where it stopped.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from pyspark.sql import SparkSession

from jobs.catalogue import step
from jobs.orchestration.chain import run_step
from jobs.orchestration.request import Notify, RunRequest, silent
from jobs.runtime import layout
from jobs.runtime.errors import InputError
from jobs.runtime.period import Period, shift
from jobs.runtime.storage import Home


class Task(NamedTuple):
    """One step for one period."""

    step: str
    period: Period


def plan(home: Home) -> list[Task]:
    """What is to be computed again, in order. Raises InputError when raw no longer holds what that takes."""
    old = set(layout.stale(home, "validated"))
    _in_raw(home, old)
    tasks = [Task("validated", period) for period in stretches(old)]
    features, scores = set(layout.stale(home, "features")), set(layout.stale(home, "scores"))
    covered: set[str] = set()
    for period in periods(home):
        names = {*period.months, period.folder}
        again = bool(names & features) or bool(set(period.months) & old)
        if again:
            tasks += [Task("expectations", period), Task("features", period)]
            covered |= set(period.months)
        if again or period.folder in scores:
            tasks.append(Task("scores", period))
    left = {name for name in features - covered if "_" not in name}
    return tasks + [Task("features", period) for period in stretches(left)]


def upgrade(request: RunRequest, spark: SparkSession, engine: str, notify: Notify = silent) -> list[Task]:
    """Carries out the plan; gives what was done. Raises as the steps do; what was done until then is kept."""
    tasks = plan(request.home)
    _drop_old_visits(request.home)
    for one in tasks:
        run_step(one.step, replace(request, period=one.period), spark, engine, notify)
    return tasks


def periods(home: Home) -> list[Period]:
    """Periods features or scores were made for, earliest end first: the list of the last one is the last to be made."""
    names = {*layout.present(home, "scores"), *layout.present(home, "features")}
    found = [Period(*name.split("_")) for name in names if "_" in name]
    return sorted(found, key=lambda period: (period.end, period.begin))


def stretches(months: Iterable[str]) -> list[Period]:
    """Months as the fewest periods without a gap."""
    found: list[Period] = []
    for month in sorted(months):
        if found and shift(found[-1].end, 1) == month:
            found[-1] = Period(found[-1].begin, month)
        else:
            found.append(Period(month, month))
    return found


def describe(tasks: Iterable[Task]) -> list[str]:
    """The tasks in words."""
    return [f"{one.step:<12} {one.period}  {step(one.step).meaning_en}" for one in tasks]


def _drop_old_visits(home: Home) -> None:
    """Visits are read together with those of the months around, which must not be of another layout."""
    for month in layout.stale(home, "features"):
        shutil.rmtree(home.month("features", "visit", month), ignore_errors=True)


def _in_raw(home: Home, months: set[str]) -> None:
    gone = sorted(months - set(home.months("raw", "fee_list_d")))
    if gone:
        raise InputError(
            f"upgrading {home.root}",
            f"raw no longer holds {', '.join(gone)}.",
            "Land these months again (`fundwatch step raw --landing`), or move their folders out of validated.",
        )
