"""What the report prints of a case's groups: the picture, one sentence of facts, the largest members as a table.

Why: the picture convinces, the table can be checked; both come from the same rows, and all rows stand beside the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from jobs.cases.context import DetectorText
from jobs.cases.groups import INSTITUTION, CaseGroups
from jobs.cases.report.group_drawing import called, draw
from jobs.cases.report.group_layout import layout
from jobs.cases.words import NODES, name_of

Row = dict[str, Any]
SHOWN = 4  # groups of a case that are drawn; the others are counted
ROWS = 14  # members of a group in the table


def group_views(
    groups: CaseGroups, cases: Sequence[Mapping[str, Any]], texts: Mapping[str, DetectorText]
) -> dict[str, Row]:
    """case_id -> its groups, largest amount first: `shown` with picture and rows, `more` = how many are not."""
    of_institution = {(case["fixmedins_code"], case["area"]): case for case in cases}
    own = {case["case_id"]: case["fixmedins_code"] for case in cases}
    nodes, edges = _by_group(groups.nodes, set(own)), _by_group(groups.edges, set(own))
    found: dict[str, list[Row]] = {}
    for (case, cohort), members in nodes.items():
        ties = edges.get((case, cohort), [])
        found.setdefault(case, []).append(_view(cohort, members, ties, own[case], of_institution, texts))
    return {case: _largest(views) for case, views in found.items()}


def _largest(views: list[Row]) -> Row:
    ordered = sorted(views, key=lambda view: (-view["own_amount"], view["cohort_id"]))
    for view in ordered[:SHOWN]:
        view["picture"] = draw(layout(view.pop("nodes"), view.pop("edges")), view["own"])
    return {"shown": ordered[:SHOWN], "more": max(0, len(ordered) - SHOWN)}


def _view(
    cohort: str,
    nodes: list[Row],
    edges: list[Row],
    own: str,
    of_institution: Mapping[tuple[str, str], Mapping[str, Any]],
    texts: Mapping[str, DetectorText],
) -> Row:
    held = [node for node in nodes if node["held"]]
    mine = [node for node in held if _code(node) == own]
    persons = [node for node in nodes if node["node_kind"] == "person"]
    area, detector = nodes[0]["area"], nodes[0]["detector_id"]
    others = [
        of_institution[_code(node), area]
        for node in held
        if _code(node) != own and (_code(node), area) in of_institution
    ]
    return {
        **{"cohort_id": cohort, "own": own, "nodes": nodes, "edges": edges, "others": others},
        "text": texts.get(detector, DetectorText(detector, detector)),
        "persons": len(persons),
        "institutions": len(held),
        "amount": sum(node["amount"] for node in held),
        "own_amount": sum(node["amount"] for node in mine),
        "first_day": min(node["first_day"] for node in nodes),
        "last_day": max(node["last_day"] for node in nodes),
        "rows": _rows(nodes),
        "all_rows": len(nodes),
    }


def _rows(nodes: list[Row]) -> list[Row]:
    """The largest members: institutions, then what lies between, then persons."""
    rank = {INSTITUTION: 0, "person": 2}
    ordered = sorted(nodes, key=lambda node: (rank.get(node["node_kind"], 1), -node["amount"], node["node_id"]))
    places = [node for node in ordered if node["node_kind"] != "person"][: ROWS // 2 + 1]
    people = [node for node in ordered if node["node_kind"] == "person"][: ROWS - len(places)]
    return [
        {**node, "name": called(node, 40), "kind": name_of(NODES, node["node_kind"])} for node in [*places, *people]
    ]


def _code(node: Mapping[str, Any]) -> str:
    return str(node["node_id"]).partition(":")[2] if node["node_kind"] == INSTITUTION else ""


def _by_group(frame: pd.DataFrame, cases: set[str]) -> dict[tuple[str, str], list[Row]]:
    chosen = frame[frame["case_id"].isin(cases)]
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in chosen.to_dict("records"):
        grouped.setdefault((row["case_id"], row["cohort_id"]), []).append(
            {str(name): value for name, value in row.items()}
        )
    return grouped
