"""Nodes and edges of cohorts, ready to be drawn, from the lines the cohorts point at.

Reads: disputed lines with `cohort_id` and whatever columns name the ends of a link.
Grain: nodes one row per cohort and thing; edges one row per cohort and pair of things.
Why: a group is believed when it is seen: who stood where with whom, on how many days, for how much. Everything drawn is
counted on exactly the lines in evidence. Persons are pseudonyms here as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import MONEY, Card

MEASURES = {
    "lines": "bigint",
    "persons": "bigint",
    "days": "bigint",
    "amount": MONEY,
    "first_day": "date",
    "last_day": "date",
}
NODE_SCHEMA: dict[str, str] = {
    "cohort_id": "string",
    "detector_id": "string",
    "area": "string",
    "node_id": "string",
    "node_kind": "string",
    "label": "string",
    "held": "int",
    **MEASURES,
}
EDGE_SCHEMA: dict[str, str] = {
    "cohort_id": "string",
    "detector_id": "string",
    "area": "string",
    "source": "string",
    "target": "string",
    "edge_kind": "string",
    **MEASURES,
}
PERSON, INSTITUTION = "person", "institution"


@dataclass(frozen=True)
class End:
    """One end of a link: what it is, the column that names it and the column people read (default: the name)."""

    kind: str
    column: str
    label: str | None = None


@dataclass(frozen=True)
class Link:
    """An edge from one end to another, called `kind`."""

    kind: str
    source: End
    target: End


@dataclass(frozen=True)
class Groups:
    """What cohorts look like: nodes (NODE_SCHEMA) and edges (EDGE_SCHEMA)."""

    nodes: DataFrame
    edges: DataFrame


WHO, WHERE = End(PERSON, "psn_no"), End(INSTITUTION, "fixmedins_code")


def cohort_id(card: Card, *key: Column | str) -> Column:
    """`G-` and 12 hexadecimal digits from the detector and what the cohort is about: the same in every run."""
    parts = [F.lit(card.detector_id), *[F.col(part) if isinstance(part, str) else part for part in key]]
    digest = F.sha2(F.concat_ws("|", *[part.cast("string") for part in parts]), 256)
    return F.concat(F.lit("G-"), F.upper(F.substring(digest, 1, 12)))


def picture(found: DataFrame, links: Sequence[Link], card: Card) -> Groups:
    """Nodes and edges of the disputed lines `found` (cohort_id, psn_no, fixmedins_code, fee_date, violation_amount, …).

    An institution whose lines are disputed is `held`; a link one end of which is unknown is left out.
    """
    named = {"detector_id": F.lit(card.detector_id), "area": F.lit(card.area)}
    found = found.where(F.col("violation_amount") > 0)  # exactly the lines that become evidence
    edges = reduce(DataFrame.unionByName, [_edges(found, link) for link in links])
    ends = dict.fromkeys(end for link in links for end in (link.source, link.target))
    nodes = reduce(DataFrame.unionByName, [_nodes(found, end) for end in ends])
    kinds = nodes.groupBy("cohort_id", "node_id", "node_kind").agg(*[_widest(name) for name in ("label", *MEASURES)])
    held = found.select("cohort_id", _name(WHERE).alias("node_id"), F.lit(1).alias("held")).distinct()
    told = kinds.join(held, ["cohort_id", "node_id"], "left").withColumn("held", F.coalesce("held", F.lit(0)))
    return Groups(_shaped(told.withColumns(named), NODE_SCHEMA), _shaped(edges.withColumns(named), EDGE_SCHEMA))


def nothing(like: DataFrame) -> Groups:
    """No cohorts at all."""
    none = like.where(F.lit(False))
    frames = [
        none.select(*[F.lit(None).cast(kind).alias(name) for name, kind in schema.items()])
        for schema in (NODE_SCHEMA, EDGE_SCHEMA)
    ]
    return Groups(*frames)


def united(parts: Sequence[Groups]) -> Groups:
    """All of them in one."""
    nodes = reduce(DataFrame.unionByName, [part.nodes for part in parts])
    return Groups(nodes, reduce(DataFrame.unionByName, [part.edges for part in parts]))


def _name(end: End) -> Column:
    return F.concat(F.lit(f"{end.kind}:"), F.col(end.column).cast("string"))


def _edges(found: DataFrame, link: Link) -> DataFrame:
    ends = {"source": _name(link.source), "target": _name(link.target), "edge_kind": F.lit(link.kind)}
    known = found.withColumns(ends).where(F.col("source").isNotNull() & F.col("target").isNotNull())
    return known.groupBy("cohort_id", "source", "target", "edge_kind").agg(*_measures())


def _nodes(found: DataFrame, end: End) -> DataFrame:
    label = F.max(F.col(end.label or end.column).cast("string")).alias("label")
    known = found.withColumn("node_id", _name(end)).where(F.col("node_id").isNotNull())
    counted = known.groupBy("cohort_id", "node_id").agg(label, *_measures())
    return counted.withColumn("node_kind", F.lit(end.kind))


def _measures() -> list[Column]:
    return [
        F.count(F.lit(1)).alias("lines"),
        F.countDistinct("psn_no").alias("persons"),
        F.countDistinct("fee_date").alias("days"),
        F.sum("violation_amount").cast(MONEY).alias("amount"),
        F.min("fee_date").alias("first_day"),
        F.max("fee_date").alias("last_day"),
    ]


def _widest(name: str) -> Column:
    """One thing may be an end of several links (a source that is also held): the larger measure stands."""
    return (F.min(name) if name == "first_day" else F.max(name)).alias(name)


def _shaped(frame: DataFrame, schema: Mapping[str, str]) -> DataFrame:
    return frame.select(*[F.col(name).cast(kind).alias(name) for name, kind in schema.items()])
