"""What the report prints of a model's word on a case: estimates, and its parts as bars that add up.

Why: the template lays out; sums, widths and what is left out are decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs.cases.modelled import CaseModel
from jobs.cases.report.view import records

Row = dict[str, Any]
SIDES = {
    "outcome": ("查实概率的对数几率", "Log-odds of the probability", "合计（对数几率）", "sum (log-odds)"),
    "anomaly": ("异常分（相对同组）", "Anomaly among its peers", "合计（异常分）", "sum (anomaly)"),
}
SHOWN = 0.005  # a part that prints as 0.00 says nothing
MOST = 6  # parts with a line of their own; the rest of them stand as one, so that the sum still holds


def chance(probability: float | None) -> str | None:
    """A probability in words for people: whole per cents, never 0 or 100 – no inspection is certain."""
    if probability is None:
        return None
    return "> 99 %" if probability > 0.99 else "< 1 %" if probability < 0.01 else f"{100 * probability:.0f} %"


def model_views(said: CaseModel, shown: set[str]) -> dict[str, Row]:
    """By case_id: the row of case_model, `chance` as text and `sides`, one per part that has anything to say."""
    parts: dict[tuple[str, str], list[Row]] = {}
    for row in records(said.parts[said.parts["case_id"].isin(shown)]):
        parts.setdefault((row["case_id"], row["part"]), []).append(row)
    return {
        (case := row["case_id"]): {
            **row,
            "chance": chance(row["probability"]),
            "sides": [_side(n, parts[case, n]) for n in SIDES if (case, n) in parts],
        }
        for row in records(said.cases[said.cases["case_id"].isin(shown)])
    }


def _side(name: str, parts: Sequence[Row]) -> Row:
    title_zh, title_en, sum_zh, sum_en = SIDES[name]
    told = [part for part in parts[:MOST] if abs(part["value"]) >= SHOWN] or list(parts[:1])
    first, rest = list(told), parts[len(told) :]
    if rest:
        other = {"title_zh": f"其余 {len(rest)} 项", "title_en": f"{len(rest)} other{'s' if len(rest) > 1 else ''}"}
        first.append({**other, "value": sum(part["value"] for part in rest)})
    largest = max(abs(part["value"]) for part in first) or 1.0
    drawn = [{**part, "width": 100 * abs(part["value"]) / largest} for part in first]
    words = {"title_zh": title_zh, "title_en": title_en, "sum_zh": sum_zh, "sum_en": sum_en}
    return {**words, "parts": drawn, "sum": sum(part["value"] for part in parts)}
