"""Looks what has arrived or changed and starts `score_month` and `record_outcomes` for exactly that.

Every quarter of an hour the lists of files (`complete.json`) of all landing folders are compared with what was
announced before. A month that is new or not what it was is announced with its partition key `area|month`; twelve months
landed at once are a year's backfill. Results of inspections in `<landing>/<area>/outcomes/<batch>` are announced with
`area|batch`. The memory is written after the announcement: a crash between the two announces twice, which is harmless,
and never loses one.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, Asset

from jobs.orchestration.alerts import alert
from jobs.orchestration.arrival import Places, arrived, outcomes
from jobs.orchestration.watch import watch


def months() -> dict[str, str]:
    """Complete months of every area."""
    return {str(key): mark for key, mark in arrived(Places.of(os.environ)).items()}


def batches() -> dict[str, str]:
    """Complete batches of results of every area."""
    return {str(key): mark for key, mark in outcomes(Places.of(os.environ)).items()}


with DAG(
    "watch_landing",
    schedule=timedelta(minutes=15),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),  # without one the scheduler never starts it
    max_active_runs=1,
    catchup=False,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=1), "on_failure_callback": alert},
    doc_md=__doc__,
    tags=["fundwatch"],
) as dag:
    watch("months", Asset("fundwatch_landing"), months)
    watch("results", Asset("fundwatch_outcomes"), batches)
