"""Where the members of a group stand in its picture: in columns from cause to effect, neighbours side by side.

Why: the same group must give the same picture in every run, on paper and on screen, without a drawing library; so the
places are computed here from the table alone. At most MOST things are drawn, the rest is counted under its column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 40  # things drawn of one group
TALLEST = 22  # of them in one column
SWEEPS = 4  # times the order of the columns is improved
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """A node with its column and its position in it, both from 0."""

    node: Row
    column: int
    position: int


@dataclass(frozen=True)
class Layout:
    """Places of the nodes that are drawn, the edges between them, and per column and kind how many are left out."""

    places: Mapping[str, Place]
    edges: Sequence[Row]
    left_out: Mapping[int, Mapping[str, int]]

    @property
    def columns(self) -> list[list[Place]]:
        """Places column by column, from the top."""
        count = max((place.column for place in self.places.values()), default=-1) + 1
        found: list[list[Place]] = [[] for _ in range(count)]
        for place in self.places.values():
            found[place.column].append(place)
        return [sorted(column, key=lambda place: place.position) for column in found]


def layout(nodes: Sequence[Row], edges: Sequence[Row]) -> Layout:
    """Places for one group. An edge leads from a column to a later one; a loop is drawn as if it were cut."""
    column = _columns(nodes, edges)
    drawn = _drawn(nodes, column)
    kept = sorted((edge for edge in edges if edge["source"] in drawn and edge["target"] in drawn), key=_edge_key)
    order = _ordered(drawn, kept, column)
    left_out: dict[int, dict[str, int]] = {}
    for node in nodes:
        if node["node_id"] not in drawn:
            counts = left_out.setdefault(column[node["node_id"]], {})
            counts[node["node_kind"]] = counts.get(node["node_kind"], 0) + 1
    places = {
        name: Place(drawn[name], number, position)
        for number, names in enumerate(order)
        for position, name in enumerate(names)
    }
    return Layout(places, kept, left_out)


def _edge_key(edge: Row) -> tuple[str, str, str]:
    return edge["source"], edge["target"], edge["edge_kind"]


def _columns(nodes: Sequence[Row], edges: Sequence[Row]) -> dict[str, int]:
    """The column of a node: one behind its furthest source, counted at most as often as there are kinds of things."""
    column = {node["node_id"]: 0 for node in nodes}
    for _ in range(len({node["node_kind"] for node in nodes}) + 1):
        before = dict(column)
        for edge in edges:
            if edge["source"] in column and edge["target"] in column:
                column[edge["target"]] = max(column[edge["target"]], before[edge["source"]] + 1)
        if column == before:
            break
    used = {number: at for at, number in enumerate(sorted(set(column.values())))}
    return {name: used[number] for name, number in column.items()}


def _drawn(nodes: Sequence[Row], column: Mapping[str, int]) -> dict[str, Row]:
    """The things that are drawn: institutions first, then small columns whole, of the others the largest amounts."""
    sizes: dict[int, int] = {}
    for number in column.values():
        sizes[number] = sizes.get(number, 0) + 1

    def first(node: Row) -> tuple[Any, ...]:
        at = column[node["node_id"]]
        return node["node_kind"] != "institution", sizes[at], at, -float(node["amount"] or 0.0), node["node_id"]

    drawn: dict[str, Row] = {}
    taken: dict[int, int] = {}
    for node in sorted(nodes, key=first):
        at = column[node["node_id"]]
        if len(drawn) < MOST and taken.get(at, 0) < TALLEST:
            drawn[node["node_id"]] = node
            taken[at] = taken.get(at, 0) + 1
    return drawn


def _ordered(drawn: Mapping[str, Row], edges: Sequence[Row], column: Mapping[str, int]) -> list[list[str]]:
    """Names column by column; each sweep puts a thing at the mean height of those it is linked with."""
    order: list[list[str]] = [[] for _ in range(max((column[name] for name in drawn), default=-1) + 1)]
    for name in sorted(drawn, key=lambda name: (-float(drawn[name]["amount"] or 0.0), name)):
        order[column[name]].append(name)
    near: dict[str, list[str]] = {name: [] for name in drawn}
    for edge in edges:
        near[edge["source"]].append(edge["target"])
        near[edge["target"]].append(edge["source"])
    for _ in range(SWEEPS):
        height = {name: (at + 0.5) / len(names) for names in order for at, name in enumerate(names)}
        for names in order:
            names.sort(key=lambda name: (_mean([height[other] for other in near[name]], height[name]), name))
    return order


def _mean(values: Sequence[float], otherwise: float) -> float:
    return round(sum(values) / len(values), 9) if values else otherwise
