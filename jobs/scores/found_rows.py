"""Everything a kind found as rows of one frame, and the tables these rows go into.

Grain: one row = one row of evidence, exposure, gap, cohort_node or cohort_edge; `_what` says of which.
Why: an engine's cost for a small job is the job, not its rows: whatever a kind found is written in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import derived
from models.cohorts.picture import EDGE_SCHEMA, NODE_SCHEMA, Groups
from models.rules.kind import EXPOSURE_SCHEMA, GAP_SCHEMA

WHAT, EVIDENCE, EXPOSURE, GAP, NODE, EDGE = "_what", "evidence", "exposure", "gap", "node", "edge"


@dataclass(frozen=True)
class Scored:
    """What the rules found: evidence, exposure (EXPOSURE_SCHEMA), gaps (GAP_SCHEMA) and the groups behind it."""

    evidence: DataFrame
    exposure: DataFrame
    gaps: DataFrame
    groups: Groups


def ddl(schema: Mapping[str, str]) -> str:
    """Columns and types as DDL."""
    return ", ".join(f"`{name}` {kind}" for name, kind in schema.items())


@cache
def _schemas() -> dict[str, dict[str, str]]:
    """Column -> type of every table a kind may add to."""
    own = {column.name: column.type for column in derived("scores", "evidence").columns}
    return {EVIDENCE: own, EXPOSURE: EXPOSURE_SCHEMA, GAP: GAP_SCHEMA, NODE: NODE_SCHEMA, EDGE: EDGE_SCHEMA}


def labelled(what: str, frame: DataFrame) -> DataFrame:
    """`frame` as rows of everything found: the columns of its table, those of the other tables empty.

    The columns are known from the table: asking the frame would have its whole plan analysed once more.
    """
    own = _schemas()[what]
    every = {name: kind for schema in _schemas().values() for name, kind in schema.items()}
    told = [(F.col(name) if name in own else F.lit(None)).cast(kind).alias(name) for name, kind in every.items()]
    return frame.select(F.lit(what).alias(WHAT), *told)


def sorted_out(found: DataFrame) -> Scored:
    """The rows of everything found, table by table."""
    evidence, exposure, gap, nodes, edges = (
        found.where(F.col(WHAT) == what).select(*schema) for what, schema in _schemas().items()
    )
    return Scored(evidence, exposure, gap, Groups(nodes, edges))
