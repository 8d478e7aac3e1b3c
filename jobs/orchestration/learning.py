"""What the timetables of learning are made of: results entered, a model trained, shown to a person and promoted.

Why: as for a month, every act is one command as one process; a version is named in all of them, so that what was
approved is what is promoted, whatever was registered since.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from airflow.sdk import BaseSensorOperator
from airflow.sdk.exceptions import AirflowFailException

from jobs.orchestration.arrival import Places, wanting
from jobs.orchestration.tasks import CommandOperator, batch_of, key_of

SHEETS = {".csv", ".xlsx", ".parquet"}


class OutcomesSensor(BaseSensorOperator):
    """Waits, without holding a worker, until the batch's folder is complete."""

    def poke(self, context: Any) -> bool:
        """True when every listed file is there; says what is wanting otherwise."""
        folder = Places.of(os.environ).outcomes_of(batch_of(context))
        lacking = wanting(folder)
        self.log.info("%s: %s", folder, "complete" if not lacking else "; ".join(lacking[:5]))
        return not lacking


class RecordOperator(CommandOperator):
    """`fundwatch labels enter` of every sheet of the run's batch."""

    def command(self, context: Mapping[str, Any]) -> list[str]:
        """The sheets in order of their names. Raises AirflowFailException when there is none."""
        batch, places = batch_of(context), Places.of(os.environ)
        folder = places.outcomes_of(batch)
        sheets: Sequence[Path] = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SHEETS)
        if not sheets:
            raise AirflowFailException(f"there is no sheet in {folder}")
        return ["labels", "enter", *map(str, sheets), "--home", str(places.home_of(batch))]


class ModelOperator(CommandOperator):
    """A command about the models of the run's home; `arguments` may name what an earlier task told."""

    def command(self, context: Mapping[str, Any]) -> list[str]:
        """The arguments, in the home of the run's area."""
        return [*self.arguments, "--home", str(Places.of(os.environ).home_of(key_of(context)))]


class PromoteOperator(ModelOperator):
    """`fundwatch models promote` of the version `trained` told, as `asked` answered."""

    def __init__(self, *, trained: str, asked: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.trained, self.asked = trained, asked

    def command(self, context: Mapping[str, Any]) -> list[str]:
        """The promotion; against the gate only with the reason that was given, in the name of who answered."""
        version = context["ti"].xcom_pull(task_ids=self.trained)["version"]
        answer = context["ti"].xcom_pull(task_ids=self.asked)
        self.arguments = ["models", "promote", "--version", str(version)]
        if reason := str((answer.get("params_input") or {}).get("reason") or "").strip():
            name = str((answer.get("responded_by_user") or {}).get("name") or "")
            self.arguments += ["--override-by", name, "--reason", reason]
        return super().command(context)
