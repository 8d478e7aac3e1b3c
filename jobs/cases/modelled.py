"""cases/case_model and case_model_part: what the promoted model says of each case, and what it is made of.

Reads: scores/probability, the ranked list, words of the detectors.
Grain: one case; one detector or feature of one part of it.
Why: a probability nobody can take apart decides about nobody; every part stands with its name and its share, and the
shares add up. Without a promoted model both tables are empty and the list is what rules and indicators make it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobs.cases.context import DetectorText
from jobs.catalogue import derived
from models import outcome
from models.ranking import KEY

MODEL, PART = (list(derived("cases", name).names) for name in ("case_model", "case_model_part"))
BASE = "base"
Texts = Mapping[str, DetectorText]


@dataclass(frozen=True)
class CaseModel:
    """What the model says of the cases, in the columns of the two tables."""

    cases: pd.DataFrame
    parts: pd.DataFrame


def no_model() -> CaseModel:
    """No promoted model."""
    return CaseModel(pd.DataFrame(columns=MODEL), pd.DataFrame(columns=PART))


def of_cases(listed: pd.DataFrame, modelled: pd.DataFrame | None, texts: Texts) -> CaseModel:
    """The champion on the cases of the list. `listed`: the case list; `modelled`: rows of scores/probability."""
    if modelled is None:
        return no_model()
    own = [*KEY, "case_id", "expected_recovery"]
    said = listed[own].merge(modelled, on=KEY, validate="one_to_one")
    rows = [part for row in said.to_dict("records") for part in _parts(row, texts)]
    return CaseModel(said[MODEL], pd.DataFrame(rows, columns=PART))


def _parts(row: Mapping[Any, Any], texts: Texts) -> list[dict[str, Any]]:
    """Parts of one case: points of the anomaly, log-odds of the outcome, each largest first."""
    found = []
    for part, column in (("anomaly", "anomaly_points"), ("outcome", "contributions")):
        values = sorted(json.loads(row[column]).items(), key=lambda item: (-abs(item[1]), item[0]))
        for position, (name, value) in enumerate(values, start=1):
            title_zh, title_en = _title(part, name, texts)
            found.append(
                {
                    **{"case_id": row["case_id"], "part": part, "position": position, "name": name},
                    **{"title_zh": title_zh, "title_en": title_en, "value": float(value)},
                }
            )
    return found


def _title(part: str, name: str, texts: Texts) -> tuple[str, str]:
    if part == "outcome":
        return outcome.BASE if name == BASE else outcome.FEATURES.get(name, (name, name))
    text = texts.get(name, DetectorText(name, name))
    return text.title_zh, text.title_en
