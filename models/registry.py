"""The model registry: versions, aliases champion and challenger, who promoted what and why. The only user of MLflow.

Why: promoting and rolling back move an alias and take no training; a model is loaded only when its text has the digest
it was registered with; every decision is kept beside the version it was about, with the name of who took it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from models import artefact

logging.getLogger("mlflow").setLevel(logging.ERROR)  # it sets its own level when imported, and tells of its tables
logging.getLogger("alembic").setLevel(logging.ERROR)
NAME = "fundwatch"
CHAMPION, CHALLENGER = "champion", "challenger"
MODEL, EVALUATION = "model.json", "evaluation.json"
FOLDER = "model"
_DECISION = "decision."


class NoSuchModel(Exception):
    """No version stands behind that alias or number."""


class Registry:
    """Versions of the house's model in one tracking database; `artefacts`: folder for their files, None = server's."""

    def __init__(self, uri: str, artefacts: Path | None) -> None:
        self.client = MlflowClient(uri)
        self.experiment = self._experiment(artefacts)

    def add(self, files: Mapping[str, str], metrics: Mapping[str, float], tags: Mapping[str, str], when: str) -> int:
        """Registers the files (model.json among them) as a new version and points the challenger at it."""
        run = self.client.create_run(self.experiment, run_name=f"train-{when}")
        for name, text in files.items():
            self.client.log_text(run.info.run_id, text, f"{FOLDER}/{name}")
        for name, value in metrics.items():
            self.client.log_metric(run.info.run_id, name, value)
        self.client.set_terminated(run.info.run_id)
        told = {**tags, "digest": artefact.digest(files[MODEL]), "trained": when}
        made = self.client.create_model_version(
            NAME, source=f"{run.info.artifact_uri}/{FOLDER}", run_id=run.info.run_id, tags=told
        )
        self.client.set_registered_model_alias(NAME, CHALLENGER, made.version)
        return int(made.version)

    def version(self, alias: str) -> int | None:
        """Version behind an alias; None when there is none."""
        found = self.client.get_registered_model(NAME).aliases.get(alias)
        return int(found) if found is not None else None

    def load(self, version: int) -> artefact.Bundle:
        """The model of a version. Raises NoSuchModel, artefact.BrokenArtefact."""
        return artefact.load(self.text(version, MODEL), self._get(version).tags["digest"])

    def text(self, version: int, name: str) -> str:
        """A file of a version. Raises NoSuchModel."""
        place = self.client.download_artifacts(self._get(version).run_id, f"{FOLDER}/{name}")  # by this very server
        return Path(place).read_text(encoding="utf-8")

    def versions(self) -> list[dict[str, Any]]:
        """Every version, newest first: number, aliases, tags without the decisions."""
        aliases = self.client.get_registered_model(NAME).aliases
        found = [
            {
                "version": int(one.version),
                "aliases": sorted(name for name, number in aliases.items() if int(number) == int(one.version)),
                **{key: value for key, value in one.tags.items() if not key.startswith(_DECISION)},
            }
            for one in self.client.search_model_versions(f"name = '{NAME}'")
        ]
        return sorted(found, key=lambda one: -one["version"])

    def decide(self, version: int, decision: Mapping[str, Any]) -> None:
        """Keeps a decision (what, who, when, why) beside the version it is about; never overwritten."""
        number = len(self.decisions()) + 1
        self.client.set_model_version_tag(
            NAME, str(version), f"{_DECISION}{number:05d}", json.dumps(dict(decision), ensure_ascii=False)
        )

    def decisions(self) -> list[dict[str, Any]]:
        """Every decision ever taken, in order, with the version it was about."""
        found = [
            (key, {"version": int(one.version), **json.loads(value)})
            for one in self.client.search_model_versions(f"name = '{NAME}'")
            for key, value in one.tags.items()
            if key.startswith(_DECISION)
        ]
        return [decision for _, decision in sorted(found, key=lambda pair: pair[0])]

    def promote(self, version: int, decision: Mapping[str, Any]) -> None:
        """Makes a version champion; it stops being challenger. Raises NoSuchModel."""
        self._get(version)
        before = self.version(CHAMPION)
        self.decide(version, {"what": "promoted", "before": before, **decision})
        self.client.set_registered_model_alias(NAME, CHAMPION, str(version))
        if self.version(CHALLENGER) == version:
            self.client.delete_registered_model_alias(NAME, CHALLENGER)

    def rollback(self, decision: Mapping[str, Any]) -> int | None:
        """Puts the champion before this one back (None: no model decides any more). Raises NoSuchModel."""
        now = self.version(CHAMPION)
        if now is None:
            raise NoSuchModel("there is no champion to roll back from")
        promotions = [one for one in self.decisions() if one["what"] == "promoted" and one["version"] == now]
        before: int | None = promotions[-1]["before"] if promotions else None
        self.decide(now, {"what": "rolled back", "to": before, **decision})
        if before is None:
            self.client.delete_registered_model_alias(NAME, CHAMPION)
        else:
            self.client.set_registered_model_alias(NAME, CHAMPION, str(before))
        return before

    def _get(self, version: int) -> Any:
        try:
            return self.client.get_model_version(NAME, str(version))
        except MlflowException as fault:
            raise NoSuchModel(f"there is no version {version}") from fault

    def _experiment(self, artefacts: Path | None) -> str:
        found = self.client.get_experiment_by_name(NAME)
        if found is None:
            location = artefacts.resolve().as_uri() if artefacts else None
            number = self.client.create_experiment(NAME, artifact_location=location)
            self.client.create_registered_model(NAME)
            return str(number)
        return str(found.experiment_id)
