"""Looks which months have arrived or changed and starts `score_month` for exactly these.

Every quarter of an hour the lists of files (`complete.json`) of all landing folders are compared with what was
announced before; a month that is new or not what it was is announced with its partition key `area|month`. Twelve months
landed at once are a year's backfill. The memory is written after the announcement: a crash between the two announces a
month twice, which is harmless, and never loses one.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, Asset, Variable, task

from jobs.orchestration.arrival import Places, arrived, news
from jobs.orchestration.tasks import alert

LANDING = Asset("fundwatch_landing")
SEEN = "fundwatch_landing_seen"


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

    @task.short_circuit
    def look() -> dict[str, str]:
        """Months to announce with their fingerprints; the run ends here when there is none."""
        now = arrived(Places.of(os.environ))
        return {str(key): now[key] for key in news(Variable.get(SEEN, default={}, deserialize_json=True), now)}

    @task(outlets=[LANDING])
    def announce(months: dict[str, str], **context) -> dict[str, str]:  # type: ignore[no-untyped-def]
        """One event per month."""
        context["outlet_events"][LANDING].add_partitions(list(months))
        return months

    @task
    def remember(months: dict[str, str]) -> None:
        """What was announced is not announced again until it changes."""
        Variable.set(SEEN, {**Variable.get(SEEN, default={}, deserialize_json=True), **months}, serialize_json=True)

    remember(announce(look()))  # type: ignore[arg-type]
