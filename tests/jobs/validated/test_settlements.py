"""Which settlements name a visit that never landed, however many there are."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

from jobs.validated.judge import LANDED_VISIT
from jobs.validated.settlements import Unvisited, unvisited
from tests.support.tables import frame, rows

SETTLEMENTS = """
    setl_id | mdtrt_id
    s1      | v1
    s2      | gone
    s3      | gone
    s4      |
    s5      | v5
"""


def test_visits_that_never_landed_are_told_once_each(spark):
    landed = frame(spark, "mdtrt_id\nv1\nv1\nv5\nv9")
    assert rows(unvisited(frame(spark, SETTLEMENTS), landed), "mdtrt_id") == [("gone",)]


@pytest.mark.parametrize("few", [True, False])
def test_settlements_of_unknown_visits_are_told_alike_however_many_there_are(spark, few):
    lost = Unvisited(listed=("gone",)) if few else Unvisited(table=frame(spark, "mdtrt_id\ngone"))
    marked = lost.marked(frame(spark, SETTLEMENTS)).withColumn("landed", F.col(LANDED_VISIT).isNotNull())
    assert rows(marked, "setl_id", "landed") == [
        ("s1", True), ("s2", False), ("s3", False), ("s4", False), ("s5", True),
    ]  # fmt: skip


def test_where_every_visit_landed_only_those_that_name_none_are_left(spark):
    marked = Unvisited().marked(frame(spark, SETTLEMENTS))
    assert rows(marked.where(F.col(LANDED_VISIT).isNull()), "setl_id") == [("s4",)]
