"""Telling somebody: a task that failed, a run that is later than promised, a question that waits for an answer.

Why: a month nobody looks at is worse than one that fails loudly. FUNDWATCH_ALERT_URL gets a small JSON object – which
timetable, task and partition – and never a value of a person; what was promised stands here and in FUNDWATCH_PROMISED.
"""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk.definitions.callback import SyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

# Hours from the start of a run to its end, people's answers included: an extract of the month before is worked on
# within the ten days an area gets for its monthly settlement check; a batch of results is entered within a day.
PROMISED = {"score_month": 240.0, "record_outcomes": 24.0, "retrain": 336.0, "knowledge_update": 240.0}


def promised(dag: str) -> timedelta:
    """How long a run may take; FUNDWATCH_PROMISED (`score_month=72,retrain=200`, hours) overrides."""
    own = dict(pair.split("=", 1) for pair in os.environ.get("FUNDWATCH_PROMISED", "").split(",") if "=" in pair)
    return timedelta(hours=float(own.get(dag, PROMISED[dag])))


def deadline(dag: str) -> DeadlineAlert:
    """The alert of a run that is still going when its time is over, counted from when it was queued."""
    within = promised(dag)
    told = {"promised_hours": within.total_seconds() / 3600}
    return DeadlineAlert(DeadlineReference.DAGRUN_QUEUED_AT, within, SyncCallback(late, told))


def late(context: Mapping[str, Any], promised_hours: float) -> None:
    """Posts which run is later than promised."""
    run = context.get("dag_run") or {}
    facts = {"dag": run.get("dag_id"), "run": run.get("dag_run_id"), "partition": run.get("partition_key")}
    post({"alert": "fundwatch run later than promised", **facts, "promised_hours": promised_hours})


def alert(context: Any) -> None:
    """Posts which task of which month failed; the log keeps the rest."""
    ti = context["ti"]
    facts = {"dag": ti.dag_id, "task": ti.task_id, "run": ti.run_id, "partition": context.get("partition_key")}
    post({"alert": "fundwatch task failed", **facts})


def waiting(context: Any) -> None:
    """Posts that a question waits for a person."""
    ti = context["ti"]
    facts = {"dag": ti.dag_id, "task": ti.task_id, "run": ti.run_id, "partition": context.get("partition_key")}
    post({"alert": "fundwatch waits for an answer", **facts})


def post(facts: Mapping[str, Any]) -> None:
    """Sends the facts to FUNDWATCH_ALERT_URL, when one is set."""
    url = os.environ.get("FUNDWATCH_ALERT_URL", "")
    if not url.startswith(("http://", "https://")):
        return
    body = json.dumps(dict(facts)).encode()
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 – the scheme was checked
