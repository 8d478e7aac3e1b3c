"""The whole stack, natively: a month arrives, runs on the Spark cluster, loses a worker, waits for a person, is published.

The tests follow one month's life, so their order is part of them.
"""

from __future__ import annotations

import json
import subprocess
import time

import pytest

from tests.stack.month import AREA, MONTH, WATCHES, Office, land, run_month, same_list
from tests.stack.native import Stack

pytestmark = pytest.mark.stack
AIRFLOW = ("airflow-scheduler", "airflow-dag-processor", "airflow-triggerer")
WORKERS = ("spark-worker-1", "spark-worker-2")
SMALL = {"FUNDWATCH_DRIVER_MEMORY": "2048", "FUNDWATCH_EXECUTOR_MEMORY": "1024", "FUNDWATCH_RETRY_SECONDS": "10"}
PATIENCE = 3_600
DEEP = 20  # frames of rule kinds written: both workers are at work


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    made = Stack(tmp_path_factory.mktemp("stack"), **SMALL)
    land(made.root)
    try:
        made.postgres()
        made.finish("airflow-migrate")
        for name in ("spark-master", "mlflow", "airflow-api-server"):
            made.start(name)
        made.healthy("spark-master")
        for name in (*WORKERS, *AIRFLOW):
            made.start(name)
        for name in (*WORKERS, "mlflow", "airflow-api-server", "airflow-scheduler"):
            made.healthy(name)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def lead(stack):
    return Office(stack)


@pytest.fixture(scope="module")
def run(lead):
    lead.open(*WATCHES)
    return lead.stack.until("arrival", lambda: lead.runs("score_month"))[0]["dag_run_id"]


def test_no_timetable_has_an_import_error(stack, lead, run):
    assert lead.ask("/importErrors")["total_entries"] == 0
    command = [stack.command("airflow-scheduler")[0], "dags", "list-import-errors", "-o", "json"]
    environment = stack.environment("airflow-scheduler")
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=stack.root, check=True)
    assert done.stdout.strip().splitlines()[-1] in {"[]", "No data found"}, done.stdout
    print("parse seconds", {one["dag_id"]: one["last_parse_duration"] for one in lead.ask("/dags")["dags"]})


def test_the_month_outlives_a_dying_worker_and_is_published_after_an_approval(stack, lead, run):
    began = time.monotonic()
    scratch = stack.root / "data" / "homes" / AREA / ".scratch"
    lead.until_task("score_month", run, "scores", "running", seconds=PATIENCE)
    stack.until("rules", lambda: scratch.is_dir() and len(list(scratch.iterdir())) >= DEEP, PATIENCE)
    stack.kill("spark-worker-2")
    time.sleep(20)
    stack.start("spark-worker-2")
    lead.until_task("score_month", run, "approve", "awaiting_input", seconds=PATIENCE)
    home = stack.root / "data" / "homes" / AREA
    assert not (home / "runs" / "latest").exists(), "nothing is released before somebody approves"
    lead.answer("score_month", run)
    tasks = lead.until_task("score_month", run, "release", "success", seconds=PATIENCE)
    told = json.loads((home / "runs" / "latest" / "run.json").read_text())
    assert told["period"] == f"{MONTH}..{MONTH}" and told["engine"].startswith("spark://")
    for name, one in tasks.items():
        print(f"{name:14} {one['state']:8} {one['duration'] or 0:7.1f} s, try {one['try_number']}")
    print(f"seconds to be ready: {stack.seconds}; arrival to release {time.monotonic() - began:.0f} s")


def test_the_clusters_list_is_the_laptops(stack, run):
    laptop, seconds = run_month(stack, "sail", "laptop")
    said = same_list(laptop, stack.root / "data" / "homes" / AREA / "runs" / "latest")
    print(f"PARITY cluster and embedded engine: {said}; the embedded engine took {seconds} s in one command")
