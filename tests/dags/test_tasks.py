"""What a task makes of a command: exit codes, the month it is started for, the draft it releases."""

from __future__ import annotations

import sys

import pytest

AREA, MONTH = "320300", "2023-01"


@pytest.fixture
def places(monkeypatch, tmp_path):
    monkeypatch.setenv("FUNDWATCH_LANDING", str(tmp_path / "landing"))
    monkeypatch.setenv("FUNDWATCH_HOMES", str(tmp_path / "homes"))
    return tmp_path


@pytest.mark.parametrize("code", [2, 10, 11, 12])
def test_a_permanent_fault_is_never_tried_again(code):
    from airflow.sdk.exceptions import AirflowFailException

    from jobs.orchestration.tasks import judge

    with pytest.raises(AirflowFailException, match=str(code)):
        judge(code, {"what": "step raw", "wrong": "no extract"})


@pytest.mark.parametrize("code", [20, 1, -9])
def test_a_temporary_fault_or_a_killed_process_is_tried_again(code):
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    from jobs.orchestration.tasks import judge

    with pytest.raises(AirflowException) as raised:
        judge(code, None)
    assert not isinstance(raised.value, AirflowFailException)


def test_success_raises_nothing():
    from jobs.orchestration.tasks import judge

    judge(0, {"told": "done"})


def test_a_line_of_the_log_is_never_taken_for_the_result():
    from jobs.orchestration.tasks import parsed

    line = '{"time": "2026-01-05T08:00:00.000Z", "level": "INFO", "logger": "fundwatch.chain", "event": "step done"}'
    assert parsed('{"told": "5 cases"}\n') == {"told": "5 cases"}
    assert parsed(line) is None and parsed("{}") == {} and parsed("plain") is None


def test_the_month_comes_from_the_partition_key_before_the_parameters():
    from jobs.orchestration.tasks import key_of

    by_hand = {"partition_key": None, "params": {"area": "320100", "month": "2022-12"}}
    assert str(key_of(by_hand)) == "320100|2022-12"
    assert str(key_of({**by_hand, "partition_key": "320300|2023-01"})) == "320300|2023-01"


@pytest.mark.parametrize("context", [{}, {"params": {"area": None, "month": None}}, {"partition_key": "2023-01"}])
def test_a_run_without_its_month_fails_for_good(context):
    from airflow.sdk.exceptions import AirflowFailException

    from jobs.orchestration.tasks import key_of

    with pytest.raises(AirflowFailException, match="area and month"):
        key_of(context)


def test_a_step_is_started_for_its_month_in_the_home_of_its_area(places):
    from jobs.orchestration.tasks import StepOperator

    context = {"partition_key": f"{AREA}|{MONTH}"}
    home = str(places / "homes" / AREA)
    assert StepOperator(task_id="s", step="scores").command(context) == [
        "step", "scores", "--home", home, "--month", MONTH
    ]  # fmt: skip
    raw = StepOperator(task_id="r", step="raw").command(context)
    assert raw[raw.index("--landing") + 1] == str(places / "landing" / AREA / MONTH)
    assert StepOperator(task_id="c", step="cases").command(context)[-1] == "--draft"


def test_the_release_names_the_draft_of_this_run(places):
    from jobs.orchestration.tasks import ReleaseOperator

    class Instance:
        def xcom_pull(self, task_ids):
            return {"run_id": f"drafted by {task_ids}"}

    command = ReleaseOperator(task_id="x", drafted="cases").command(
        {"partition_key": f"{AREA}|{MONTH}", "ti": Instance()}
    )
    assert command == ["cases", "release", "drafted by cases", "--home", str(places / "homes" / AREA)]


def test_a_batch_of_points_is_tried_with_all_its_tables(places):
    from airflow.sdk.exceptions import AirflowFailException

    from jobs.orchestration.tasks import KnowledgeOperator

    context = {"params": {"area": AREA, "batch": "b7", "effective": "2025-07-01"}}
    tried, kept = (KnowledgeOperator(task_id=f"k{dry}", trial=dry) for dry in (True, False))
    with pytest.raises(AirflowFailException, match="no table"):
        tried.command(context)
    folder = places / "landing" / AREA / "knowledge" / "b7"
    folder.mkdir(parents=True)
    for name in ("codes.csv", "names.XLSX", "readme.txt"):
        (folder / name).touch()
    told = ["knowledge", "import", str(folder / "codes.csv"), str(folder / "names.XLSX"), "--home"]
    told += [str(places / "homes" / AREA), "--effective", "2025-07-01"]
    assert kept.command(context) == told and tried.command(context) == [*told, "--dry-run"]


def test_a_batch_of_results_is_entered_with_all_its_sheets(places):
    from airflow.sdk.exceptions import AirflowFailException

    from jobs.orchestration.learning import RecordOperator

    recorded, context = RecordOperator(task_id="r"), {"partition_key": f"{AREA}|2023-q1"}
    with pytest.raises(AirflowFailException, match="no sheet"):
        recorded.command(context)
    folder = places / "landing" / AREA / "outcomes" / "2023-q1"
    folder.mkdir(parents=True)
    for name in ("b.csv", "a.XLSX", "complete.json"):
        (folder / name).touch()
    home = str(places / "homes" / AREA)
    assert recorded.command(context) == [
        "labels",
        "enter",
        str(folder / "a.XLSX"),
        str(folder / "b.csv"),
        "--home",
        home,
    ]
    with pytest.raises(AirflowFailException, match="area and batch"):
        recorded.command({"params": {}})


@pytest.mark.parametrize(
    ("reason", "more"), [("", []), (" ", []), ("pilot", ["--override-by", "Li Na", "--reason", "pilot"])]
)
def test_a_promotion_names_its_version_and_overrides_only_with_a_reason(places, reason, more):
    from jobs.orchestration.learning import PromoteOperator

    told = {
        "trained": {"version": 7},
        "approve": {"params_input": {"reason": reason}, "responded_by_user": {"id": "1", "name": "Li Na"}},
    }

    class Instance:
        def xcom_pull(self, task_ids):
            return told[task_ids]

    command = PromoteOperator(task_id="p", trained="trained", asked="approve").command(
        {"partition_key": f"{AREA}|2026-11", "ti": Instance()}
    )
    home = str(places / "homes" / AREA)
    assert command == ["models", "promote", "--version", "7", *more, "--home", home]


def test_an_office_may_promise_other_hours(monkeypatch):
    from jobs.orchestration.alerts import promised

    assert promised("score_month").total_seconds() == 240 * 3600
    monkeypatch.setenv("FUNDWATCH_PROMISED", "score_month=0.5,retrain=200")
    assert promised("score_month").total_seconds() == 1800 and promised("record_outcomes").total_seconds() == 86400


def test_a_late_run_is_told_without_a_value_of_a_person(monkeypatch):
    from jobs.orchestration import alerts

    told: list[dict[str, object]] = []
    monkeypatch.setattr(alerts, "post", told.append)
    alerts.late({"dag_run": {"dag_id": "score_month", "dag_run_id": "r1", "partition_key": f"{AREA}|{MONTH}"}}, 240.0)
    assert told == [
        {"alert": "fundwatch run later than promised", "dag": "score_month", "run": "r1",
         "partition": f"{AREA}|{MONTH}", "promised_hours": 240.0}
    ]  # fmt: skip


def test_a_real_command_tells_its_facts_and_its_fault(places):
    from airflow.sdk.exceptions import AirflowFailException

    from jobs.orchestration.tasks import CommandOperator

    home = str(places / "home")
    told = CommandOperator(task_id="k", arguments=["knowledge", "list", "--versions", "--home", home]).execute({})
    assert told is None or isinstance(told, dict)
    with pytest.raises(AirflowFailException, match="exit code 12: releasing run gone"):
        CommandOperator(task_id="c", arguments=["cases", "release", "gone", "--home", home]).execute({})


def test_a_killed_task_ends_its_process(places, monkeypatch):
    from airflow.sdk.exceptions import AirflowException

    from jobs.orchestration import tasks

    operator = tasks.CommandOperator(task_id="k")
    started = tasks.subprocess.Popen

    def slow(_command, **how):
        process = started([sys.executable, "-c", "import time; print('{}', flush=True); time.sleep(60)"], **how)
        process.stdout = iter([process.stdout.readline()])  # type: ignore[assignment,union-attr]
        operator.process = process
        operator.on_kill()
        return process

    monkeypatch.setattr(tasks.subprocess, "Popen", slow)
    with pytest.raises(AirflowException, match="exit code -15"):
        operator.execute({})
