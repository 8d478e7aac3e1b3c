"""The timetables as Airflow reads them: no import error, the catalogue's chain, an approval nobody can sleep through."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from jobs.catalogue import STEPS

DAGS = sorted((Path(__file__).resolve().parents[2] / "dags").glob("*.py"))
HEAVY = {"pyspark", "pandas", "numpy", "mlflow", "great_expectations", "pyarrow", "sklearn"}


def test_every_file_is_read_without_an_error(bag):
    assert bag.import_errors == {}
    assert {path.stem for path in DAGS} == set(bag.dags)


def test_the_chain_is_the_catalogues(bag):
    tasks = bag.dags["score_month"].task_dict
    for step in STEPS:
        assert tasks[step.name].upstream_task_ids == (set(step.after) or {"complete"})
        assert tasks[step.name].step == step.name


def test_the_list_waits_for_a_person_and_silence_never_approves(bag):
    tasks = bag.dags["score_month"].task_dict
    approve = tasks["approve"]
    assert type(approve).__name__ == "ApprovalOperator"
    assert approve.defaults is None and approve.upstream_task_ids == {"cases"}
    assert tasks["release"].upstream_task_ids == {"approve"}
    assert tasks["release"].trigger_rule == "all_success"


def test_no_approval_anywhere_has_an_answer_of_its_own(bag):
    asked = [task for dag in bag.dags.values() for task in dag.tasks if type(task).__name__ == "ApprovalOperator"]
    assert {task.dag_id for task in asked} == {"score_month", "knowledge_update", "retrain"}
    assert all(task.defaults is None and task.response_timeout is None and task.downstream_task_ids for task in asked)


def test_points_are_tried_before_they_are_in_force(bag):
    tasks = bag.dags["knowledge_update"].task_dict
    assert tasks["tried"].trial and not tasks["in_force"].trial
    assert tasks["approve"].upstream_task_ids == {"tried"} and tasks["in_force"].upstream_task_ids == {"approve"}


def test_the_wait_holds_no_worker(bag):
    assert bag.dags["score_month"].task_dict["complete"].mode == "reschedule"


def test_a_month_is_started_by_its_arrival_and_only_one_runs(bag):
    dag = bag.dags["score_month"]
    assert type(dag.timetable).__name__ == "PartitionedAssetTimetable" and dag.max_active_runs == 1
    assert [asset.name for asset in outlets(bag, "watch_landing", "months.announce")] == ["fundwatch_landing"]


def outlets(bag, dag, task):
    return bag.dags[dag].task_dict[task].outlets


@pytest.mark.parametrize(
    ("dag", "watch", "announce"),
    [
        ("score_month", "watch_landing", "months.announce"),
        ("record_outcomes", "watch_landing", "results.announce"),
        ("retrain", "watch_models", "due.announce"),
    ],
)
def test_a_partition_event_of_its_watch_starts_a_timetable(bag, dag, watch, announce):
    timetable = bag.dags[dag].timetable
    assert type(timetable).__name__ == "PartitionedAssetTimetable"
    assert timetable.asset_condition.name in {asset.name for asset in outlets(bag, watch, announce)}


def test_the_version_a_person_saw_is_the_version_that_is_promoted(bag):
    tasks = bag.dags["retrain"].task_dict
    order = ["trained", "report", "approve", "promoted"]
    assert [(tasks[after].upstream_task_ids) for after in order[1:]] == [{before} for before in order[:-1]]
    assert tasks["promoted"].trained == "trained" and tasks["promoted"].asked == "approve"
    assert tasks["promoted"].trigger_rule == "all_success"


def test_every_run_that_people_wait_for_has_a_deadline(bag):
    from jobs.orchestration.alerts import PROMISED

    late = {
        name: [alert.interval.total_seconds() / 3600 for alert in dag.deadline or ()] for name, dag in bag.dags.items()
    }
    assert {name: hours for name, hours in late.items() if hours} == {name: [hours] for name, hours in PROMISED.items()}


@pytest.mark.parametrize("name", ["watch_landing", "watch_models"])
def test_a_watch_really_starts_by_itself(bag, name):
    from airflow.sdk import timezone

    watch = bag.dags[name]
    assert watch.start_date < timezone.utcnow() and watch.catchup is False


def test_every_dag_explains_itself_and_tells_when_a_task_fails(bag):
    for dag in bag.dags.values():
        assert len(dag.doc_md) > 200
        assert all(task.on_failure_callback for task in dag.tasks), dag.dag_id


@pytest.mark.parametrize("path", DAGS, ids=lambda path: path.stem)
def test_reading_a_file_loads_nothing_heavy(path, airflow_home):
    told = subprocess.run(
        [sys.executable, "-c", f"import runpy, sys; runpy.run_path({str(path)!r}); print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=airflow_home,
    )
    assert HEAVY.isdisjoint(told.stdout.split())


@pytest.mark.parametrize("path", DAGS, ids=lambda path: path.stem)
def test_reading_a_file_takes_less_than_a_second(path, airflow_home):
    from airflow.dag_processing.dagbag import DagBag

    began = time.process_time()  # a busy machine is slow, not the file
    assert list(DagBag(dag_folder=str(path)).dags) == [path.stem]
    assert time.process_time() - began < 1.0
