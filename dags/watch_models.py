"""Looks once a day which pooling area is due for a new model and starts `retrain` for it.

Due is a home with labels whose last list says that the world has moved (features, score or confirmed share), or whose
last model was trained a quarter ago or never. A home is announced once for the same reasons; training, or new reasons,
make it news again. The partition key is `area|month`, the month in which it fell due.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, Asset

from jobs.orchestration.alerts import alert
from jobs.orchestration.arrival import Places
from jobs.orchestration.due import homes_due
from jobs.orchestration.watch import watch


def homes() -> dict[str, str]:
    """Homes that are due today: a watch is the one thing that must read the clock."""
    return {str(key): mark for key, mark in homes_due(Places.of(os.environ), datetime.now(UTC).date()).items()}


with DAG(
    "watch_models",
    schedule=timedelta(days=1),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    max_active_runs=1,
    catchup=False,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=1), "on_failure_callback": alert},
    doc_md=__doc__,
    tags=["fundwatch"],
) as dag:
    watch("due", Asset("fundwatch_due"), homes)
