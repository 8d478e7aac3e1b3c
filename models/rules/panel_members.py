"""A panel and a test it already contains, same person and day (组合项目与其组成项目重复): the member is disputed.

Points: item = the panel, other = a member.
Why: a member measured again later that day is medicine, not double billing. So only as many members are disputed as
panels were billed, those nearest in time to the panel.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.duplicate_pair import exposure, pairs, said
from models.rules.kind import QUANTITY, Card, RuleInputs, hits

NAME, VERSION = "panel_members", "1.0"
READS_POINTS = True
PARAMS: tuple[str, ...] = ()
__all__ = ["NAME", "PARAMS", "VERSION", "evaluate", "exposure"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Members covered by a panel of the day; columns HIT_SCHEMA, amounts in yuan."""
    met = pairs(inputs, cards)
    panels = F.aggregate(
        "_mains", F.lit(0).cast(QUANTITY), lambda total, main: (total + main["net_cnt"]).cast(QUANTITY)
    )
    gap = F.array_min(F.transform("_mains", lambda main: F.abs(main["at"] - F.unix_timestamp("fee_ocur_time"))))
    near = Window.partitionBy("detector_id", "point_id", "fixmedins_code", "psn_no", "_bucket", "med_list_codg")
    order = near.orderBy("_gap", "fee_ocur_time", "bkkp_sn").rowsBetween(Window.unboundedPreceding, 0)
    covered = met.withColumn("_gap", gap).withColumn("_panels", panels)
    before = F.sum("net_cnt").over(order) - F.col("net_cnt")
    units = F.least(F.col("net_cnt"), F.greatest(F.col("_panels") - before, F.lit(0)))
    found = covered.withColumn("violation_cnt", units.cast(QUANTITY))
    found = found.withColumn("violation_amount", excess_share(F.col("violation_cnt")))
    return hits(
        said(found, "已包含在同日收取的组合", "内", "already contained in the panel of the same day:", "paid twice")
    )
