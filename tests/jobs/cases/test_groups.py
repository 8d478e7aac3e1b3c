"""The group behind a case: which case it stands in, where its members are drawn, what people read of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from jobs.cases.context import DetectorText
from jobs.cases.groups import EDGE, NODE, CaseGroups, of_cases
from jobs.cases.report.group_drawing import called, draw
from jobs.cases.report.group_layout import MOST, TALLEST, layout
from jobs.cases.report.groups import group_views
from jobs.catalogue import derived
from jobs.runtime.storage import Home
from tests.jobs.cases.world import PERIOD, write

RING = "PHA-92-resale-ring"
DAY = {"first_day": date(2023, 1, 4), "last_day": date(2023, 6, 28)}


def node(name: str, amount: float = 100.0, held: int = 0, cohort: str = "G-1", **more: Any) -> dict[str, Any]:
    kind, _, label = name.partition(":")
    whole = {"cohort_id": cohort, "detector_id": RING, "area": "pharmacy", "node_id": name, "node_kind": kind}
    return {**whole, "label": label, "held": held, "lines": 3, "persons": 1, "days": 2, "amount": amount, **DAY, **more}


def edge(source: str, target: str, kind: str = "bought_at", cohort: str = "G-1") -> dict[str, Any]:
    whole = {"cohort_id": cohort, "detector_id": RING, "area": "pharmacy", "source": source, "target": target}
    return {**whole, "edge_kind": kind, "lines": 3, "persons": 1, "days": 2, "amount": 50.0, **DAY}


PERSONS = [f"person:{n:032x}" for n in range(1, 4)]
NODES = [
    *[node(name) for name in PERSONS],
    node("institution:P1", 300.0, held=1),
    node("institution:P2", 200.0, held=1),
    node("drug:insulin", 250.0),
]
EDGES = [
    *[edge(name, shop) for name in PERSONS for shop in ("institution:P1", "institution:P2")],
    edge("institution:P1", "drug:insulin", "sold"),
    edge("institution:P2", "drug:insulin", "sold"),
]


def test_columns_lead_from_persons_over_shops_to_drugs() -> None:
    found = layout(NODES, EDGES)
    assert [[place.node["node_kind"] for place in column] for column in found.columns] == [
        ["person"] * 3, ["institution"] * 2, ["drug"],
    ]  # fmt: skip
    assert found.left_out == {}


def test_the_picture_does_not_depend_on_the_order_of_the_rows() -> None:
    assert draw(layout(NODES, EDGES), "P1") == draw(layout(NODES[::-1], EDGES[::-1]), "P1")


def test_two_institutions_that_sell_to_each_other_end_somewhere() -> None:
    pair = [node("institution:A"), node("institution:B")]
    ties = [edge("institution:A", "institution:B"), edge("institution:B", "institution:A")]
    assert set(layout(pair, ties).places) == {"institution:A", "institution:B"}


def test_of_a_crowd_the_largest_are_drawn_and_the_rest_is_counted() -> None:
    crowd = [node(f"person:{n:032x}", amount=float(n)) for n in range(100)]
    found = layout([*crowd, node("institution:P1", held=1)], [edge(one["node_id"], "institution:P1") for one in crowd])
    assert len(found.places) == TALLEST + 1 <= MOST
    assert found.left_out == {0: {"person": 100 - TALLEST}}
    assert f"person:{99:032x}" in found.places
    drawn = str(draw(found, "P1"))
    assert f"另有 {100 - TALLEST} 个未画出" in drawn
    assert "参保人 100" in drawn


def test_a_picture_shows_pseudonyms_cut_and_escapes_names() -> None:
    shop = node("institution:P1", held=1, label="<b>康宁</b>")
    drawn = str(draw(layout([shop, node(PERSONS[0])], [edge(PERSONS[0], "institution:P1")]), "P1"))
    assert "<b>" not in drawn
    assert PERSONS[0].partition(":")[2] not in drawn
    assert 'class="thing institution held mine"' in drawn
    assert "http" not in drawn
    assert str(draw(layout([], []), "P1")) == ""


def test_a_long_name_keeps_the_end_that_tells_branches_apart() -> None:
    long = {"node_kind": "institution", "node_id": "institution:H1", "label": "安北区社区卫生服务中心分站(27)"}
    assert called(long) == "安北区社区卫生服…(27)"
    assert (
        called({"node_kind": "trace_code", "node_id": "trace_code:x", "label": "81012270533700609610"}) == "…00609610"
    )


def test_a_group_stands_in_the_cases_its_institutions_are_held_in(tmp_path) -> None:
    home = Home(tmp_path)
    source = node("institution:H9", 40.0)
    silent = [node("institution:P7", held=1, cohort="G-2"), node("person:z", cohort="G-2")]
    stray = edge("person:z", "institution:P7", cohort="G-2")
    for name, given in (("cohort_node", [*NODES, source, *silent]), ("cohort_edge", [*EDGES, stray])):
        exact = [{**row, "amount": Decimal(str(row["amount"]))} for row in given]
        write(home, "scores", name, PERIOD.folder, exact)
    levels = pd.DataFrame(
        [("P1", "pharmacy", RING, "C-1"), ("P2", "pharmacy", RING, "C-2"), ("H9", "pharmacy", RING, "C-9"),
         ("P7", "pharmacy", "PHA-04-supply", "C-7")],
        columns=["fixmedins_code", "area", "detector_id", "case_id"],
    )  # fmt: skip
    register = pd.DataFrame([("P1", "康宁药店"), ("P2", None)], columns=["fixmedins_code", "fixmedins_name"])
    found = of_cases(home, PERIOD, levels, register)
    assert set(found.nodes["case_id"]) == {"C-1", "C-2"}  # a source is not held; P7's case rests on something else
    assert len(found.nodes) == 2 * 7
    assert list(found.nodes.columns) == list(NODE.names)
    assert list(found.edges.columns) == list(EDGE.names)
    labels = found.nodes.set_index(["case_id", "node_id"])["label"]
    assert labels["C-1", "institution:P1"] == "康宁药店"
    assert labels["C-1", "institution:P2"] == "P2"


def test_a_table_of_groups_without_a_row_is_no_fault(tmp_path) -> None:
    """An engine that writes an empty file for no rows leaves a table, another leaves none: both mean no groups."""
    home = Home(tmp_path)
    for name, given in (("cohort_node", NODES[:1]), ("cohort_edge", EDGES[:1])):
        exact = [{**row, "amount": Decimal(str(row["amount"]))} for row in given]
        write(home, "scores", name, PERIOD.folder, exact)
        file = next(home.month("scores", name, PERIOD.folder).glob("*.parquet"))
        pq.write_table(pq.read_table(file).slice(0, 0), file)
    levels = pd.DataFrame(columns=["fixmedins_code", "area", "detector_id", "case_id"], dtype=object)
    register = pd.DataFrame(columns=["fixmedins_code", "fixmedins_name"], dtype=object)
    found = of_cases(home, PERIOD, levels, register)
    assert (len(found.nodes), len(found.edges)) == (0, 0)
    assert list(found.nodes.columns) == list(NODE.names)


def test_a_period_without_groups_has_none(tmp_path) -> None:
    found = of_cases(Home(tmp_path), PERIOD, pd.DataFrame(), pd.DataFrame())
    assert (len(found.nodes), len(found.edges)) == (0, 0)


def test_the_view_tells_the_share_of_the_house_and_where_else_the_group_stands() -> None:
    groups = CaseGroups(
        pd.DataFrame([{"case_id": "C-1", **one} for one in NODES]),
        pd.DataFrame([{"case_id": "C-1", **one} for one in EDGES]),
    )
    cases = [
        {"case_id": "C-1", "fixmedins_code": "P1", "area": "pharmacy", "fixmedins_name": "one"},
        {"case_id": "C-2", "fixmedins_code": "P2", "area": "pharmacy", "fixmedins_name": "two"},
    ]
    view = group_views(groups, cases, {RING: DetectorText("倒卖", "ring")})["C-1"]
    (group,) = view["shown"]
    assert (group["persons"], group["institutions"], group["amount"], group["own_amount"]) == (3, 2, 500.0, 300.0)
    assert [other["case_id"] for other in group["others"]] == ["C-2"]
    assert [row["node_kind"] for row in group["rows"]] == ["institution"] * 2 + ["drug"] + ["person"] * 3
    assert all(len(row["name"]) == 8 for row in group["rows"] if row["node_kind"] == "person")
    assert view["more"] == 0


def test_case_tables_carry_the_columns_of_the_scores_and_the_case() -> None:
    for name in ("cohort_node", "cohort_edge"):
        assert derived("cases", name).names == ("case_id", *derived("scores", name).names)
