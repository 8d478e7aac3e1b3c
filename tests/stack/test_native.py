"""The whole stack, natively: a month arrives, runs on the Spark cluster, waits for a person and is published."""

from __future__ import annotations

import json
import time

import pytest

from tests.stack.native import PASSWORDS, Stack

AREA, MONTH = "320300", "2023-01"
SERVICES = ("airflow-scheduler", "airflow-dag-processor", "airflow-triggerer")

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    from jobs.landing.generate import generate
    from jobs.orchestration.arrival import seal

    made = Stack(tmp_path_factory.mktemp("stack"))
    folder = made.root / "data" / "landing" / AREA / MONTH
    generate(folder, lines=3_000, period=(MONTH, MONTH), seed=11, fmt="parquet", workers=1)
    seal(folder)
    try:
        made.postgres()
        made.finish("airflow-migrate")
        for name in ("spark-master", "mlflow", "airflow-api-server"):
            made.start(name)
        made.healthy("spark-master")
        for name in ("spark-worker-1", "spark-worker-2", *SERVICES):
            made.start(name)
        for name in ("spark-worker-1", "spark-worker-2", "mlflow", "airflow-api-server", "airflow-scheduler"):
            made.healthy(name)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def lead(stack):
    body = {"username": "lead", "password": PASSWORDS["lead"]}
    return stack.call("POST", "/auth/token", body)["access_token"]


def test_an_arriving_month_is_published_after_an_approval_and_not_before(stack, lead):
    began = time.monotonic()

    def ask(path, method="GET", body=None):
        return stack.call(method, f"/api/v2{path}", body, lead)

    stack.until("dags", lambda: len(ask("/dags")["dags"]) >= 2)
    assert ask("/importErrors")["total_entries"] == 0
    for dag in ("score_month", "watch_landing"):
        ask(f"/dags/{dag}?update_mask=is_paused", "PATCH", {"is_paused": False})
    run = stack.until("arrival", lambda: ask("/dags/score_month/dagRuns")["dag_runs"])[0]
    assert run["partition_key"] == f"{AREA}|{MONTH}"
    tasks = f"/dags/score_month/dagRuns/{run['dag_run_id']}/taskInstances"

    def state(task):
        return next(one for one in ask(tasks)["task_instances"] if one["task_id"] == task)

    def waiting():
        failed = [one["task_id"] for one in ask(tasks)["task_instances"] if one["state"] == "failed"]
        assert not failed, f"{failed}\n{stack.tail('airflow-scheduler')}"
        return state("approve")["state"] == "awaiting_input"

    stack.until("chain", waiting, 1800)
    home = stack.root / "data" / "homes" / AREA
    assert not (home / "runs" / "latest").exists(), "nothing is released before somebody approves"
    ask(f"{tasks}/approve/-1/hitlDetails", "PATCH", {"chosen_options": ["Approve"]})
    stack.until("release", lambda: state("release")["state"] == "success", 600)
    told = json.loads((home / "runs" / "latest" / "run.json").read_text())
    assert told["period"] == f"{MONTH}..{MONTH}" and told["engine"].startswith("spark://")
    for one in ask(tasks)["task_instances"]:
        print(f"{one['task_id']:14} {one['state']:8} {one['duration'] or 0:7.1f} s")
    print(f"seconds to be ready: {stack.seconds}; arrival to release {time.monotonic() - began:.0f} s")
