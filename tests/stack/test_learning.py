"""A home that is due is trained by the timetable, and a person promotes exactly the version that was shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.stack
AREA = "320400"


@pytest.fixture(scope="module")
def home(office):
    """A scored home with inspections held: it has labels and was never trained."""
    from tests.jobs.training import world

    return world.build(office.stack.root / "data" / "homes" / AREA).root


def listed(office, home):
    command = [sys.executable, "-m", "fundwatch.main", "models", "list", "--home", str(home), "--json"]
    environment = {**os.environ, **office.stack.environment("airflow-scheduler")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return {alias: one["version"] for one in found["versions"] for alias in one["aliases"]}, found["decisions"]


def test_a_home_that_is_due_is_trained_and_promoted_by_a_person(office, home):
    office.start("watch_models")
    run = office.stack.until("due", lambda: office.runs("retrain"))[0]
    assert run["partition_key"].startswith(f"{AREA}|20")
    office.until_task("retrain", run["dag_run_id"], "approve", "awaiting_input", seconds=900)
    assert listed(office, home)[0] == {"challenger": 1}, "a trained model decides nothing"
    office.answer("retrain", run["dag_run_id"], reason="pilot in one district")
    office.until_task("retrain", run["dag_run_id"], "promoted", "success", seconds=300)
    aliases, decisions = listed(office, home)
    assert aliases == {"champion": 1}
    assert decisions[-1]["what"] == "promoted" and decisions[-1]["by"] == "lead"


def test_it_is_not_due_again_and_a_rejection_leaves_the_champion(office, home):
    office.start("watch_models")
    by_hand = office.start("retrain", conf={"area": AREA, "month": "2026-11"})
    office.until_task("retrain", by_hand, "approve", "awaiting_input", seconds=900)
    office.answer("retrain", by_hand, "Reject", reason="")
    office.until_task("retrain", by_hand, "promoted", "skipped", seconds=300)
    assert listed(office, home)[0] == {"champion": 1, "challenger": 2}
    assert len(office.runs("retrain")) == 2, "the same reasons are not announced twice"


def test_the_gate_refuses_for_good_a_model_that_is_no_better(office, home):
    """Trained on a home without labels it was measured on nothing: exit code 10, and no second try."""
    from tests.jobs.training import world

    empty = world.build(office.stack.root / "data" / "homes" / "320500", n=60, labelled=False).root
    run = office.start("retrain", conf={"area": "320500", "month": "2026-11"})
    office.until_task("retrain", run, "approve", "awaiting_input", seconds=900)
    office.answer("retrain", run, reason="")
    tasks = office.until_task("retrain", run, "promoted", "failed", seconds=300)
    assert tasks["promoted"]["try_number"] == 1 and "exit code 10" in office.log("retrain", run, "promoted")
    assert listed(office, empty)[0] == {"challenger": 1}, "another area's champion decides nothing here"
