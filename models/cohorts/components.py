"""Connected components by the smallest label, in a bounded number of rounds, on a small table of edges.

Reads: edges `a`, `b` (strings, in any direction, any number of times).
Grain: one row per member of a component.
Why: who acts together is found by pairs; a group is what the pairs connect. The engine does it with joins alone. Rounds
are bounded: a component wider than that is a chain of acquaintances and no company, and is left out whole, as is one
with more members than anybody could lead – a canteen's pharmacy must not join a city.
"""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

Kept = Callable[[str, Callable[[], DataFrame]], DataFrame]
ROUNDS = 12  # members further apart than twelve handshakes do not know each other


def as_made(_: str, make: Callable[[], DataFrame]) -> DataFrame:
    """Keeps nothing: a frame is computed again at every use."""
    return make()


def components(edges: DataFrame, kept: Kept = as_made, name: str = "edges", rounds: int = ROUNDS) -> DataFrame:
    """member, label: the smallest member of its component. Components wider than `rounds` steps are left out.

    `kept` holds on to the labels of each round under `name`, so that a round reads the one before and not its history.
    """
    near = kept(f"{name}-near", lambda: _neighbours(edges))
    labels = near.select(F.col("a").alias("member"), F.col("a").alias("label")).distinct()
    for number in range(rounds):
        before = labels
        labels = kept(f"{name}-labels-{number}", lambda before=before: _spread(near, before))  # type: ignore[misc]
        if not _crossing(near, labels).take(1):
            return labels
    return labels.join(_unsettled(near, labels), "label", "left_anti").select("member", "label")


def sized(members: DataFrame, fewest: int, most: int) -> DataFrame:
    """The members of components with `fewest` to `most` members."""
    group = Window.partitionBy("label")
    counted = members.withColumn("_size", F.count(F.lit(1)).over(group))
    return counted.where(F.col("_size").between(fewest, most)).drop("_size")


def _neighbours(edges: DataFrame) -> DataFrame:
    """Every edge in both directions, and every member beside itself."""
    there = edges.select("a", "b")
    back = edges.select(F.col("b").alias("a"), F.col("a").alias("b"))
    both = there.unionByName(back)
    return both.unionByName(both.select("a", F.col("a").alias("b"))).distinct()


def _spread(near: DataFrame, labels: DataFrame) -> DataFrame:
    known = labels.select(F.col("member").alias("b"), "label")
    return near.join(known, "b").groupBy(F.col("a").alias("member")).agg(F.min("label").alias("label"))


def _crossing(near: DataFrame, labels: DataFrame) -> DataFrame:
    """Edges whose ends do not yet agree, with both labels."""
    here = labels.select(F.col("member").alias("a"), F.col("label").alias("here"))
    there = labels.select(F.col("member").alias("b"), F.col("label").alias("there"))
    return near.join(here, "a").join(there, "b").where(F.col("here") != F.col("there"))


def _unsettled(near: DataFrame, labels: DataFrame) -> DataFrame:
    """Labels that would still change; both sides of a crossing edge stand in it, once in each direction."""
    return _crossing(near, labels).select(F.col("here").alias("label")).distinct()
