"""The anomaly as a labelled level of an open case: how rare the institution is among its like, all indicators together.

Reads: anomaly_level and model_version per institution and area, as a promoted model scored them.
Grain: one level per case.
Why: it joins the score as one more witness and never opens a case: an anomaly without a clue gives an inspector nothing
to look for. Its weights are those of the two weakest rungs of a clue, because like them it is only a distance.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

DETECTOR = "MOD-01-anomaly"
# level: weight, label_zh, label_en; level 1 is one training case in twenty, level 2 one in a hundred
RUNGS: dict[int, tuple[float, str, str]] = {
    1: (0.15, "同组中少见", "unusual among its peers"),
    2: (0.35, "同组中罕见", "very unusual among its peers"),
}


def of_cases(anomalies: pd.DataFrame) -> list[dict[str, Any]]:
    """A row of case_level for every institution and area that reaches a level; nothing is disputed by it."""
    reached = anomalies[anomalies["anomaly_level"] > 0]
    return [_level(row) for row in reached.to_dict("records")]


def _level(row: dict[Any, Any]) -> dict[str, Any]:
    level = min(int(row["anomaly_level"]), max(RUNGS))
    weight, label_zh, label_en = RUNGS[level]
    return {
        **{"fixmedins_code": row["fixmedins_code"], "area": row["area"], "verdict_hint": "clue", "family": "model"},
        **{"detector_id": DETECTOR, "detector_version": str(row["model_version"]), "level": level},
        **{"label_zh": label_zh, "label_en": label_en, "weight": weight, "belief": weight},
        **{"suspected_amount": 0.0, "excess_amount": 0.0, "above_peers": 1.0},
    }
