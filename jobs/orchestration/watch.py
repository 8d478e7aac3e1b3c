"""Looking, announcing, remembering: how a timetable notices what is new and starts exactly what it touches.

Why: one way for months, batches of results and models that are due. The memory is written after the announcement: a
crash between the two announces a key twice, which is harmless, and never loses one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.sdk import Asset, TaskGroup, Variable, task

from jobs.orchestration.arrival import news


def watch(group: str, outlet: Asset, found: Callable[[], dict[str, str]]) -> None:
    """Adds a task group to the DAG around: every key of `found` that is new or changed becomes one partition event.

    `found` gives every key there is with its fingerprint; the memory is the Airflow variable `<asset>_seen`.
    """
    memory = f"{outlet.name}_seen"

    @task.short_circuit
    def look() -> dict[str, str]:
        """Keys to announce with their fingerprints; the group ends here when there is none."""
        now = found()
        return {key: now[key] for key in news(Variable.get(memory, default={}, deserialize_json=True), now)}

    @task(outlets=[outlet])
    def announce(keys: dict[str, str], **context: Any) -> dict[str, str]:
        """One event per key, oldest month first: runs are made in the order of their events."""
        events = context["outlet_events"][outlet]
        events.add_partitions(list(keys))
        events.partition_keys = dict.fromkeys(keys)  # Airflow 3.3 keeps them in a set, which would shuffle a year
        return keys

    @task
    def remember(keys: dict[str, str]) -> None:
        """What was announced is not announced again until it changes."""
        Variable.set(memory, {**Variable.get(memory, default={}, deserialize_json=True), **keys}, serialize_json=True)

    with TaskGroup(group):
        remember(announce(look()))  # type: ignore[arg-type]
