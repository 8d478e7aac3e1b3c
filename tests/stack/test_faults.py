"""Parts of the stack die in the middle of a month: the month completes, once and whole, or says why it does not.

Every service that ends is started again, as the compose file's `restart: unless-stopped` does; the steps run on the
embedded engine (a dying Spark worker is looked at in test_native). `make stack` prints the table.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pandas as pd
import pytest

from tests.stack.month import MONTH, land

pytestmark = pytest.mark.stack
LINES, PATIENCE = 1_500, 1_800
AREAS = {"airflow-scheduler": "320301", "postgres": "320302", "mlflow": "320303"}
AT = {"airflow-scheduler": "validated", "postgres": "features", "mlflow": "cases"}


@pytest.fixture
def lead(office):
    return office


@pytest.fixture
def stack(office):
    return office.stack


def started(lead, area):
    """A run of the month by hand, its files landed just now."""
    land(lead.stack.root, LINES, area)
    return lead.start("score_month", conf={"area": area, "month": MONTH})


def released(stack, area):
    """The released run and the complete runs beside it, of a home."""
    runs = stack.root / "data" / "homes" / area / "runs"
    latest = runs / "latest"
    return (latest.resolve().name if latest.exists() else None), sorted(
        path.parent.name for path in runs.glob("*/run.json") if path.parent.name != "latest"
    )


def whole(stack, area):
    """Every landed line is in the released list's account: accepted, void or quarantined with its reason."""
    landed = stack.root / "data" / "landing" / area / MONTH
    rows = sum(len(pd.read_parquet(path)) for path in landed.glob("fee_list_d*/**/*.parquet"))
    rows += sum(len(pd.read_parquet(path)) for path in landed.glob("fee_list_d*.parquet"))
    told = json.loads((stack.root / "data" / "homes" / area / "runs" / "latest" / "run.json").read_text())
    assert told["period"] == f"{MONTH}..{MONTH}"
    return rows > 0 and rows == sum(one["rows_in"] for one in told["tables"]["fee_list_d"].values())


@pytest.mark.parametrize("dying", list(AREAS))
def test_a_service_dies_in_the_middle_and_the_month_is_published_once_and_whole(stack, lead, dying):
    area, task = AREAS[dying], AT[dying]
    run = started(lead, area)
    lead.until_task("score_month", run, task, "running", seconds=PATIENCE)
    time.sleep(2)
    began = time.monotonic()
    stack.kill(dying)
    time.sleep(20)
    stack.start(dying)
    tasks = lead.until_task("score_month", run, "approve", "awaiting_input", seconds=PATIENCE)
    assert released(stack, area)[0] is None, "nothing is released before somebody approves"
    lead.answer("score_month", run)
    tasks = lead.until_task("score_month", run, "release", "success", seconds=PATIENCE)
    latest, complete = released(stack, area)
    assert complete == [latest]
    assert whole(stack, area)
    tries = {name: one["try_number"] for name, one in tasks.items() if one["try_number"] > 1}
    print(
        f"FAULT {dying} killed in {task}: published, {time.monotonic() - began:.0f} s, tries {tries}, restarts {stack.restarts}"
    )


def test_two_runs_of_one_month_at_once_one_waits_and_a_third_hand_is_refused(stack, lead):
    area = "320304"
    first = started(lead, area)
    second = lead.start("score_month", conf={"area": area, "month": MONTH})
    home = stack.root / "data" / "homes" / area
    stack.until("rules", lambda: (home / ".scratch").is_dir() and any((home / ".scratch").iterdir()), PATIENCE)
    states = {one["dag_run_id"]: one["state"] for one in lead.runs("score_month")}
    assert (states[first], states[second]) == ("running", "queued")
    by_hand = ["step", "features", "--home", str(home), "--month", MONTH, "--engine", "sail", "--json"]
    refused = subprocess.run(
        [sys.executable, "-m", "fundwatch.main", *by_hand], capture_output=True, text=True, env=os.environ, check=False
    )
    assert refused.returncode == 20 and "another run is writing" in refused.stdout
    for run in (first, second):
        lead.until_task("score_month", run, "approve", "awaiting_input", seconds=PATIENCE)
        lead.answer("score_month", run)
        lead.until_task("score_month", run, "release", "success", seconds=PATIENCE)
    latest, complete = released(stack, area)
    assert len(complete) == 2 and latest == complete[-1] and whole(stack, area)
    lists = [pd.read_parquet(home / "runs" / name / "case_list.parquet").drop(columns="run_id") for name in complete]
    pd.testing.assert_frame_equal(*lists)
    print(
        "FAULT two runs at once: the second waited and made the same list; a step by hand was refused with exit code 20"
    )
