"""Connected components in bounded rounds."""

from __future__ import annotations

from models.cohorts.components import components, sized
from tests.support.tables import rows
from tests.support.validated import settled


def found(spark, pairs, rounds=12):
    edges = spark.createDataFrame([tuple(pair.split("-")) for pair in pairs], "a string, b string")
    return components(edges, lambda _, make: settled(make()), rounds=rounds)


def test_two_components_whatever_the_order_and_direction(spark):
    expected = [("a", "a"), ("b", "a"), ("c", "a"), ("x", "x"), ("y", "x")]
    assert rows(found(spark, ["a-b", "b-c", "x-y"]), "member", "label") == expected
    assert rows(found(spark, ["y-x", "c-b", "b-a", "a-b", "b-c"]), "member", "label") == expected


def test_a_ring_closes(spark):
    ring = [f"m{n}-m{(n + 1) % 7}" for n in range(7)]
    assert {label for (label,) in rows(found(spark, ring), "label")} == {"m0"}


def test_a_chain_is_followed_to_its_end(spark):
    chain = [f"m{n}-m{n + 1}" for n in range(6)]
    assert rows(found(spark, chain), "label") == [("m0",)] * 7


def test_a_component_wider_than_the_rounds_is_left_out_whole(spark):
    chain = [f"m{n:02d}-m{n + 1:02d}" for n in range(9)]
    assert rows(found(spark, [*chain, "x-y"], rounds=4), "member", "label") == [("x", "x"), ("y", "x")]


def test_a_hub_does_not_make_a_group(spark):
    star = [f"hub-p{n}" for n in range(9)]
    assert rows(sized(found(spark, [*star, "x-y"]), 2, 8), "member") == [("x",), ("y",)]


def test_no_edges_no_groups(spark):
    assert found(spark, ["a-b"]).where("member = 'z'").count() == 0
    assert components(spark.createDataFrame([], "a string, b string")).count() == 0
