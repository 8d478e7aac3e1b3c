"""The office in small, every time: PostgreSQL and Airflow with the commands of the compose file, a month, an approval.

The steps run on the embedded engine and without a registry, so that it takes minutes; `make stack` runs the whole.
The tests follow one month's life, so their order is part of them.
"""

from __future__ import annotations

import json
import time

import pandas as pd
import pytest

from tests.stack.month import AREA, MONTH, WATCHES, Ear, Office, land
from tests.stack.native import Stack, may_start

pytestmark = pytest.mark.skipif(not may_start(), reason="PostgreSQL is not installed: apt-get install postgresql")
PATIENCE = 900  # seconds for a whole chain: a busy machine is slow, not broken


@pytest.fixture(scope="module")
def ear():
    return Ear()


@pytest.fixture(scope="module")
def stack(tmp_path_factory, ear):
    made = Stack(
        tmp_path_factory.mktemp("office"), FUNDWATCH_ENGINE="sail", FUNDWATCH_REGISTRY="", FUNDWATCH_ALERT_URL=ear.url,
        FUNDWATCH_PROMISED="score_month=0.001",
    )  # fmt: skip
    land(made.root)
    try:
        made.postgres()
        made.finish("airflow-migrate")
        for name in ("airflow-api-server", "airflow-scheduler", "airflow-dag-processor"):
            made.start(name)
        for name in ("airflow-api-server", "airflow-scheduler"):
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
    return lead.stack.until("arrival", lambda: lead.runs("score_month"))[0]


def test_every_timetable_is_read_without_an_error(lead, run):
    assert lead.ask("/importErrors")["total_entries"] == 0
    seconds = {one["dag_id"]: one["last_parse_duration"] for one in lead.ask("/dags")["dags"]}
    print("parse seconds", seconds)
    assert len(seconds) == 6 and all(0 < taken < 30 for taken in seconds.values())  # < 1 s on a quiet machine


def test_an_arriving_month_is_published_after_an_approval_and_not_before(stack, lead, run):
    began = time.monotonic()
    assert run["partition_key"] == f"{AREA}|{MONTH}"
    tasks = lead.until_task("score_month", run["dag_run_id"], "approve", "awaiting_input", seconds=PATIENCE)
    home = stack.root / "data" / "homes" / AREA
    assert not (home / "runs" / "latest").exists(), "nothing is released before somebody approves"
    question = f"/dags/score_month/dagRuns/{run['dag_run_id']}/taskInstances/approve/-1/hitlDetails"
    assert Office(stack, "analyst").status(question, "PATCH", {"chosen_options": ["Approve"]}) == 403
    lead.answer("score_month", run["dag_run_id"])
    tasks = lead.until_task("score_month", run["dag_run_id"], "release", "success", seconds=PATIENCE)
    told = json.loads((home / "runs" / "latest" / "run.json").read_text())
    assert told["period"] == f"{MONTH}..{MONTH}" and told["engine"] == "sail"
    for name, one in tasks.items():
        print(f"{name:14} {one['state']:8} {one['duration'] or 0:7.1f} s")
    print(f"ready {stack.seconds}; arrival to release {time.monotonic() - began:.0f} s")


def test_somebody_is_told_that_a_question_waits_and_that_a_run_is_late(ear, run, stack):
    stack.until("alerts", lambda: len({one["alert"] for one in ear.heard}) >= 2)
    facts = {one["alert"]: (one["dag"], one["partition"]) for one in ear.heard}
    month = ("score_month", f"{AREA}|{MONTH}")
    assert facts == {"fundwatch waits for an answer": month, "fundwatch run later than promised": month}


def test_what_was_concluded_of_its_cases_becomes_labels(stack, lead, run):
    from jobs.orchestration.arrival import seal

    home = stack.root / "data" / "homes" / AREA
    first = pd.read_parquet(home / "runs" / "latest" / "case_list.parquet").iloc[0]
    folder = stack.root / "data" / "landing" / AREA / "outcomes" / "2023-q1"
    folder.mkdir(parents=True)
    sheet = pd.DataFrame({"case_id": [first["case_id"], "gone"], "verdict": "confirmed", "concluded_on": "2023-06-01"})
    sheet.to_csv(folder / "reviewed.csv", index=False)
    seal(folder)
    lead.start("watch_landing")
    entered = stack.until("batch", lambda: lead.runs("record_outcomes"))[0]
    assert entered["partition_key"] == f"{AREA}|2023-q1"
    lead.until_task("record_outcomes", entered["dag_run_id"], "recorded", "success")
    labels = pd.read_parquet(home / "labels" / "verdict" / "month=all")
    assert labels["fixmedins_code"].tolist() == [first["fixmedins_code"]]
    assert len(lead.runs("score_month")) == 1, "a batch of results runs no month again"


def test_a_corrected_file_runs_exactly_its_month_again(stack, lead, run):
    from jobs.orchestration.arrival import seal

    folder = stack.root / "data" / "landing" / AREA / MONTH
    (folder / "late.txt").write_text("late")
    seal(folder)
    lead.start("watch_landing")
    runs = stack.until("again", lambda: found if len(found := lead.runs("score_month")) > 1 else None)
    assert [one["partition_key"] for one in runs] == [f"{AREA}|{MONTH}"] * 2
    assert len(lead.runs("record_outcomes")) == 1


def test_a_years_backfill_runs_month_after_month(stack, lead, run):
    from jobs.catalogue import contract_tables
    from jobs.orchestration.arrival import seal

    year = [f"2022-{month:02d}" for month in range(1, 13)]
    for month in reversed(year):
        folder = stack.root / "data" / "landing" / "320500" / month
        folder.mkdir(parents=True)
        for one in contract_tables():
            if one.required:
                (folder / f"{one.name}.csv").write_text("nothing of this is ever read\n")
        seal(folder)
    lead.start("watch_landing")
    made = stack.until("year", lambda: found if len(found := lead.runs("score_month")) >= 2 + len(year) else None)
    lead.ask("/dags/score_month?update_mask=is_paused", "PATCH", {"is_paused": True})
    assert [one["partition_key"] for one in made[-12:]] == [f"320500|{month}" for month in year]
    assert sum(one["state"] == "running" for one in made) <= 1
