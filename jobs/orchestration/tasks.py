"""What the timetables are made of: one command as one process, the wait for a month.

Why: a scheduler's worker never opens an engine; it starts `fundwatch …`, reads the exit code and the last line, and
knows from the code alone whether trying again can help.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from airflow.sdk import BaseOperator, BaseSensorOperator, Param
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from jobs.orchestration.arrival import Batch, Key, Places, wanting
from jobs.runtime.errors import ContractError, ExpectationFailed, InputError, UsageError
from jobs.runtime.log import is_line

Named = TypeVar("Named", Key, Batch)
PERMANENT = frozenset(fault.exit_code for fault in (UsageError, ContractError, ExpectationFailed, InputError))
# A busy home or cluster is usually free within the hour; after five tries somebody should look.
PATIENT = {
    "retries": 5,
    "retry_delay": timedelta(seconds=float(os.environ.get("FUNDWATCH_RETRY_SECONDS", "120"))),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(hours=1),
}


def area_and_month() -> dict[str, Param]:
    """What a run started by hand is asked for; one started by an arrival has them in its partition key."""
    return {
        "area": Param(None, type=["null", "string"], pattern=r"^\d{6}$", description="pooling area, six digits"),
        "month": Param(None, type=["null", "string"], pattern=r"^\d{4}-\d{2}$", description="YYYY-MM"),
    }


def key_of(context: Mapping[str, Any]) -> Key:
    """Pooling area and month of a run: its partition key, else its parameters `area` and `month`.

    Raises AirflowFailException when neither tells: no run guesses its month from the clock.
    """
    return _told(context, Key, "month")


def batch_of(context: Mapping[str, Any]) -> Batch:
    """Pooling area and batch of a run: its partition key, else its parameters `area` and `batch`.

    Raises AirflowFailException when neither tells.
    """
    return _told(context, Batch, "batch")


def _told(context: Mapping[str, Any], kind: type[Named], word: str) -> Named:
    params = context.get("params") or {}
    text = context.get("partition_key") or f"{params.get('area')}|{params.get(word)}"
    try:
        return kind.parse(text)
    except ValueError as fault:
        raise AirflowFailException(f"the run does not say its area and {word}: {fault}") from fault


class CommandOperator(BaseOperator):
    """Starts `fundwatch ARGUMENTS` and hands on the JSON object of its last line."""

    template_fields: Sequence[str] = ("arguments",)

    def __init__(self, *, arguments: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = list(arguments)
        self.process: subprocess.Popen[str] | None = None

    def command(self, context: Mapping[str, Any]) -> list[str]:  # noqa: ARG002 – overridden with it
        """Arguments of this run."""
        return [*self.arguments]

    def execute(self, context: Any) -> Any:
        """Runs the command. Raises AirflowFailException for a permanent fault, AirflowException for one to retry."""
        arguments = [*self.command(context), "--json"]
        self.log.info("fundwatch %s", " ".join(arguments))
        self.process = subprocess.Popen(  # noqa: S603 – our own command line, no shell
            [sys.executable, "-m", "fundwatch.main", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        told: Any = None
        for line in self.process.stdout or ():
            self.log.info("%s", line.rstrip())
            told = parsed(line) or told
        judge(self.process.wait(), told)
        return told

    def on_kill(self) -> None:
        """Ends the command and everything it started; its home keeps the last good state."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)


def judge(code: int, told: Any) -> None:
    """Turns an exit code into success, a failure for good or one worth another try."""
    if code == 0:
        return
    said = f"exit code {code}: {told['what']}: {told['wrong']}" if told and "wrong" in told else f"exit code {code}"
    raise (AirflowFailException if code in PERMANENT else AirflowException)(said)


def parsed(line: str) -> Any:
    """The object a line holds, None when it is no JSON object or a line of the log."""
    try:
        found = json.loads(line) if line.startswith("{") else None
    except ValueError:
        return None
    return None if found and is_line(found) else found


class StepOperator(CommandOperator):
    """`fundwatch step NAME` for the run's month in the home of its pooling area."""

    def __init__(self, *, step: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.step = step

    def command(self, context: Mapping[str, Any]) -> list[str]:
        """The step with the run's month and places; the list is only a draft until it is released."""
        key, places = key_of(context), Places.of(os.environ)
        arguments = ["step", self.step, "--home", str(places.home_of(key)), "--month", key.month]
        if self.step == "raw":
            mapping = os.environ.get("FUNDWATCH_MAPPING", "national")
            arguments += ["--landing", str(places.landing_of(key)), "--mapping", mapping]
            if salt := os.environ.get("FUNDWATCH_SALT_FILE"):
                arguments += ["--salt-file", salt]
        return [*arguments, "--draft"] if self.step == "cases" else arguments


class ReleaseOperator(CommandOperator):
    """`fundwatch cases release` of the run that the task `drafted` told."""

    def __init__(self, *, drafted: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drafted = drafted

    def command(self, context: Mapping[str, Any]) -> list[str]:
        """The release of the draft this very run made."""
        told = context["ti"].xcom_pull(task_ids=self.drafted)
        home = Places.of(os.environ).home_of(key_of(context))
        return ["cases", "release", told["run_id"], "--home", str(home)]


class LandingSensor(BaseSensorOperator):
    """Waits, without holding a worker, until the month's landing folder is complete."""

    def poke(self, context: Any) -> bool:
        """True when every listed file is there; says what is wanting otherwise."""
        folder = Places.of(os.environ).landing_of(key_of(context))
        lacking = wanting(folder)
        self.log.info("%s: %s", folder, "complete" if not lacking else "; ".join(lacking[:5]))
        return not lacking


class KnowledgeOperator(CommandOperator):
    """`fundwatch knowledge import` of the files in `<landing>/<area>/knowledge/<batch>/`, tried or in force."""

    def __init__(self, *, trial: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.trial = trial

    def command(self, context: Mapping[str, Any]) -> list[str]:
        """The import of the batch's files. Raises AirflowFailException when there is none."""
        params, places = context["params"], Places.of(os.environ)
        folder = places.landing / params["area"] / "knowledge" / params["batch"]
        files = sorted(str(path) for path in folder.glob("*") if path.suffix.lower() in {".csv", ".xlsx"})
        if not files:
            raise AirflowFailException(f"there is no table in {folder}")
        arguments = ["knowledge", "import", *files, "--home", str(places.homes / params["area"])]
        if params.get("effective"):
            arguments += ["--effective", params["effective"]]
        return [*arguments, "--dry-run"] if self.trial else arguments
