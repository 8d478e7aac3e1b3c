"""Reads a published run: its list, one case with everything known of it, its evidence. Never the home folder's tables.

Reads: runs/<run_id>/case_list, case_level, findings, evidence, cohort_node, cohort_edge, case_model, case_model_part,
detectors.json, run.json.
Why: the terminal, the console and other offices see exactly what was published.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from jobs.cases.context import DetectorText
from jobs.cases.groups import CaseGroups, no_groups
from jobs.cases.modelled import CaseModel, no_model
from jobs.cases.texts import read_texts
from jobs.runtime.errors import InputError
from jobs.runtime.storage import Home


@dataclass(frozen=True)
class Run:
    """A published run."""

    folder: Path

    def cases(self) -> pd.DataFrame:
        """The list, by rank."""
        return pq.read_table(self.folder / "case_list.parquet").to_pandas()

    def manifest(self) -> dict[str, Any]:
        """run.json."""
        return dict(json.loads((self.folder / "run.json").read_text(encoding="utf-8")))

    def texts(self) -> dict[str, DetectorText]:
        """Words of the run's detectors."""
        return read_texts(self.folder)

    def levels(self, case: str) -> pd.DataFrame:
        """Levels of a case's score, strongest first."""
        return self._where("case_level", [("case_id", "==", case)]).sort_values("position", ignore_index=True)

    def findings(self, institution: str, area: str) -> pd.DataFrame:
        """What every detector of an area said of an institution."""
        return self._where("findings", [("fixmedins_code", "==", institution), ("area", "==", area)])

    def peers(self, detector: str, group: str) -> list[float]:
        """Values observed in a peer group, the institution's own among them."""
        found = self._where("findings", [("detector_id", "==", detector), ("peer_group", "==", group)])
        return [float(value) for value in found["observed"].dropna()]

    def evidence(self, case: str) -> pd.DataFrame:
        """All evidence rows of a case, largest amount first."""
        return self._where("evidence", [("case_id", "==", case)])

    def groups(self, case: str) -> CaseGroups:
        """Nodes and edges of the groups behind a case; a run published before there were any has none."""
        if not (self.folder / "cohort_node.parquet").exists():
            return no_groups()
        own = [("case_id", "==", case)]
        return CaseGroups(self._where("cohort_node", own), self._where("cohort_edge", own))

    def model(self, case: str) -> CaseModel:
        """What the promoted model said of a case; nothing in a run without one."""
        if not (self.folder / "case_model.parquet").exists():
            return no_model()
        own = [("case_id", "==", case)]
        return CaseModel(self._where("case_model", own), self._where("case_model_part", own))

    def _where(self, name: str, filters: list[tuple[str, str, str]]) -> pd.DataFrame:
        return pq.read_table(self.folder / f"{name}.parquet", filters=filters).to_pandas()


def open_run(home: Home, run_id: str = "latest") -> Run:
    """A published run of a home. Raises InputError saying what to run when there is none."""
    folder = home.runs / run_id
    if (folder / "case_list.parquet").exists():
        return Run(folder.resolve())
    known = sorted(path.parent.name for path in home.runs.glob("[!.]*/run.json") if not path.parent.is_symlink())
    if known:
        raise InputError(f"reading run {run_id}", "there is no such run.", f"There are {', '.join(known[-5:])}.")
    raise InputError(
        f"reading the cases of {home.root}",
        "no complete run stands there yet.",
        f"Run `fundwatch run --landing DIR --home {home.root} --period 2023-01..2023-12`, or try `fundwatch demo`.",
    )


def find_case(cases: pd.DataFrame, wanted: str) -> dict[str, Any]:
    """The case with that id or rank. Raises InputError when the list holds none."""
    by = "rank" if wanted.isdigit() else "case_id"
    found = cases[cases[by].astype(str) == (str(int(wanted)) if by == "rank" else wanted.upper())]
    if found.empty:
        raise InputError(
            f"looking for case {wanted}",
            f"the list holds {len(cases)} cases, none of that {'rank' if by == 'rank' else 'id'}.",
            "Run `fundwatch cases list` for their ids.",
        )
    return {str(name): value for name, value in found.iloc[0].items()}
