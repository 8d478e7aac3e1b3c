"""cases/cohort_node and cases/cohort_edge: the groups behind the cases, as the tables they are drawn from.

Reads: scores/cohort_node, scores/cohort_edge; levels of the cases; names of the institutions.
Grain: one node, one edge per case and group; a group that several institutions share stands in the case of each.
Why: a group belongs to a case when one of its detectors speaks there and the case's institution is held in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from jobs.cases.case_list import KEY
from jobs.cases.inputs import cohorts
from jobs.catalogue import derived
from jobs.runtime.period import Period
from jobs.runtime.storage import Home

INSTITUTION = "institution"
NODE, EDGE = derived("cases", "cohort_node"), derived("cases", "cohort_edge")


@dataclass(frozen=True)
class CaseGroups:
    """Nodes and edges of the groups behind cases, in the columns of their tables and in a fixed order."""

    nodes: pd.DataFrame
    edges: pd.DataFrame


def no_groups() -> CaseGroups:
    """No groups at all."""
    return CaseGroups(pd.DataFrame(columns=list(NODE.names)), pd.DataFrame(columns=list(EDGE.names)))


def of_cases(home: Home, period: Period, levels: pd.DataFrame, register: pd.DataFrame) -> CaseGroups:
    """The groups of the period that stand in a case. `levels` carry case_id; `register`: names of institutions."""
    nodes, edges = cohorts(home, period, "cohort_node"), cohorts(home, period, "cohort_edge")
    if nodes is None or edges is None:
        return no_groups()
    links = _links(nodes, levels)
    return CaseGroups(
        _placed(_named(nodes, register), links, list(NODE.names), ["node_kind", "node_id"]),
        _placed(edges, links, list(EDGE.names), ["source", "target", "edge_kind"]),
    )


def _links(nodes: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """case_id, cohort_id: the institution is held in the group, and the group's detector is a level of the case."""
    held = nodes[(nodes["node_kind"] == INSTITUTION) & (nodes["held"] == 1)]
    keyed = held.assign(fixmedins_code=held["node_id"].str.split(":", n=1).str[1])
    joined = keyed.merge(levels[[*KEY, "detector_id", "case_id"]], on=[*KEY, "detector_id"])
    return joined[["case_id", "cohort_id"]].drop_duplicates()


def _named(nodes: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Institutions under their names; every other thing keeps its label."""
    names = register.set_index("fixmedins_code")["fixmedins_name"].dropna().to_dict()
    own = [
        names.get(label, label) if kind == INSTITUTION else label
        for kind, label in zip(nodes["node_kind"], nodes["label"], strict=True)
    ]
    return nodes.assign(label=own)


def _placed(rows: pd.DataFrame, links: pd.DataFrame, columns: list[str], order: list[str]) -> pd.DataFrame:
    joined = rows.merge(links, on="cohort_id")[columns]
    return joined.sort_values(["case_id", "cohort_id", *order], ignore_index=True)
