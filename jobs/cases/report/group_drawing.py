"""The picture of a group as inline SVG: columns of things, lines between them as thick as the money that went along.

Why: one look must show who stands in the middle and how closely the rest is tied to it. Persons are pseudonyms, cut to
the eight letters they are called by everywhere else in the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import sqrt
from typing import Any

from markupsafe import Markup, escape

from jobs.cases.report.group_layout import Layout, Place
from jobs.cases.words import EDGES, NODES, money_zh, name_of

WIDTH, TOP, STEP, BOTTOM = 760, 34, 19, 24  # letters in units of the picture: twelve to a line of text
SIDE = 8
LONGEST, TAIL = 13, 4  # Chinese letters of a label; kept of the end of a long one, where branches differ
THINNEST, THICKEST = 0.7, 4.5
GATHERING = ("wave", "place", "origin")


def draw(found: Layout, own: str) -> Markup:
    """The picture; `own` = code of the case's institution, which is marked. Empty when there is nothing to draw."""
    columns = found.columns
    if not columns:
        return Markup("")
    tallest = max(len(column) for column in columns)
    height = TOP + tallest * STEP + (BOTTOM if found.left_out else 6)
    at = {name: _point(place, columns, tallest) for name, place in found.places.items()}
    largest = max([float(edge["amount"] or 0.0) for edge in found.edges] + [0.01])
    parts = [_edge(edge, at, largest) for edge in found.edges]
    parts += [_node(place, at[name], len(columns), own) for name, place in found.places.items()]
    parts += [_heading(number, column, found, columns) for number, column in enumerate(columns)]
    parts += [_rest(number, found, columns, height) for number in found.left_out]
    label = "，".join(f"{name.zh}{count}" for name, count in _counts([p for column in columns for p in column]))
    head = f'<svg class="group" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
    return Markup(f"{head}{''.join(parts)}</svg>")  # noqa: S704 – numbers and escaped labels only


def _counts(places: Sequence[Place]) -> list[tuple[Any, int]]:
    kinds = sorted(place.node["node_kind"] for place in places)
    return [(name_of(NODES, kind), len(list(same))) for kind, same in groupby(kinds)]


def _x(number: int, columns: Sequence[Sequence[Place]]) -> float:
    """First and last column leave room for the labels that stand outside of them."""
    left, right = 150.0, WIDTH - 150.0
    return WIDTH / 2 if len(columns) == 1 else left + number * (right - left) / (len(columns) - 1)


def _point(place: Place, columns: Sequence[Sequence[Place]], tallest: int) -> tuple[float, float]:
    """The smaller columns are spread over the height of the tallest one."""
    share = (place.position + 0.5) / len(columns[place.column])
    return _x(place.column, columns), TOP + share * tallest * STEP


def _edge(edge: Any, at: dict[str, tuple[float, float]], largest: float) -> str:
    (x1, y1), (x2, y2) = at[edge["source"]], at[edge["target"]]
    bend = (x2 - x1) / 2
    wide = THINNEST + (THICKEST - THINNEST) * sqrt(max(float(edge["amount"] or 0.0), 0.0) / largest)
    told = _told(name_of(EDGES, edge["edge_kind"]).zh, edge)
    path = f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    return f'<path class="tie" d="{path}" stroke-width="{wide:.2f}"><title>{escape(told)}</title></path>'


def _node(place: Place, point: tuple[float, float], columns: int, own: str) -> str:
    node, (x, y) = place.node, point
    kind = node["node_kind"]
    mine = kind == "institution" and node["node_id"].partition(":")[2] == own
    marks = " ".join(["thing", kind, *(["held"] if node["held"] else []), *(["mine"] if mine else [])])
    side = "end" if place.column == 0 and columns > 1 else "start"
    shift = -SIDE if side == "end" else SIDE
    shape = (
        f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"/>'
        if kind == "institution"
        else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    )
    text = _text("name", x + shift, y + 3.6, side, _labelled(node, "人"), _labelled(node, " persons"))
    told = _told(f"{name_of(NODES, kind).zh} {called(node, 60)}", node)
    return f'<g class="{marks}"><title>{escape(told)}</title>{shape}{text}</g>'


def _labelled(node: Any, persons: str) -> str:
    """The name; of what gathers persons also how many."""
    return f"{called(node)} · {node['persons']}{persons}" if node["node_kind"] in GATHERING else called(node)


def _told(name: str, row: Any) -> str:
    return f"{name} · {row['lines']} 行 · {row['days']} 天 · {money_zh(float(row['amount'] or 0.0))}"


def called(node: Any, longest: int = LONGEST) -> str:
    """What a node is called in front of people: a person by eight letters of the pseudonym, a long name cut."""
    label = str(node["label"] or node["node_id"].partition(":")[2])
    if node["node_kind"] == "person":
        return label[:8]
    if node["node_kind"] == "trace_code":
        return f"…{label[-8:]}"
    room = longest * 2 if label.isascii() else longest
    return label if len(label) <= room else f"{label[: room - TAIL - 1]}…{label[-TAIL:]}"


def _heading(number: int, column: Sequence[Place], found: Layout, columns: Sequence[Sequence[Place]]) -> str:
    counts = {name: count for name, count in _counts(column)}
    for kind, more in found.left_out.get(number, {}).items():
        name = name_of(NODES, kind)
        counts[name] = counts.get(name, 0) + more
    zh = " · ".join(f"{name.zh} {count}" for name, count in counts.items())
    en = " · ".join(f"{name.en} {count}" for name, count in counts.items())
    return _text("head", _x(number, columns), 14, "middle", zh, en)


def _rest(number: int, found: Layout, columns: Sequence[Sequence[Place]], height: int) -> str:
    more = sum(found.left_out[number].values())
    x = _x(number, columns) if number < len(columns) else WIDTH / 2
    return _text("rest", x, height - 6, "middle", f"另有 {more} 个未画出", f"{more} more not drawn")


def _text(mark: str, x: float, y: float, anchor: str, zh: str, en: str) -> str:
    """A text once, or once per language where they differ: the style sheet shows one."""
    each = [("", zh)] if zh == en else [(' lang="zh"', zh), (' lang="en"', en)]
    place = f'class="{mark}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return "".join(f"<text {place}{language}>{escape(told)}</text>" for language, told in each)
