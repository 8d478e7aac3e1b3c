"""What a rule kind is: its card, what it is given, and what it must return.

Grain: a hit is one charged line (or one row of another table) and one detector.
Why: a kind holds logic and never names a code; a card holds thresholds and words and never logic. Both meet the
knowledge points here, so that evidence of all kinds looks the same and no line can be disputed above what was paid in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

MONEY, QUANTITY = "decimal(16,2)", "decimal(16,4)"
HIT_SCHEMA: dict[str, str] = {
    "detector_id": "string",
    "fixmedins_code": "string",
    "area": "string",
    "table": "string",
    "bkkp_sn": "string",
    "paired_bkkp_sn": "string",
    "psn_no": "string",
    "fee_ocur_time": "timestamp",
    "med_list_codg": "string",
    "hilist_name": "string",
    "cnt": QUANTITY,
    "inscp_amt": MONEY,
    "violation_cnt": QUANTITY,
    "violation_amount": MONEY,
    "fund_share": "double",
    "note_zh": "string",
    "note_en": "string",
}
EXPOSURE_SCHEMA: dict[str, str] = {
    "detector_id": "string",
    "fixmedins_code": "string",
    "stat_month": "string",
    "exposure": "double",
}
GAP_SCHEMA: dict[str, str] = {"detector_id": "string", "fixmedins_code": "string", "reason_code": "string"}
NO_CODE = ""  # a self-made or unmapped item: no national code, told apart by its name alone


@dataclass(frozen=True)
class Card:
    """One detector of family `rule`, declared in models/rules/cards/<area>.yaml.

    `params` are its thresholds (each explained by `why` in the file); `needs` names table -> columns without which the
    detector is not evaluable; `points` are globs over point ids that say which knowledge the card reads.
    """

    detector_id: str
    kind: str
    area: str
    title_zh: str
    title_en: str
    version: str
    params: Mapping[str, Any] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    points: tuple[str, ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""
    time_window: str = ""
    scenes: tuple[str, ...] = ()
    stage: str = "after"
    hosp_lv: tuple[str, ...] = ()
    medins_type: tuple[str, ...] = ()
    result_kind: str = "suspicious"
    legal_basis: str = ""
    blind_spots_zh: str = ""
    blind_spots_en: str = ""
    how_to_check_zh: str = ""
    how_to_check_en: str = ""
    benign: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleInputs:
    """What a kind is given.

    `lines`: validated fee lines with line_kind 'charge' and net_cnt > 0, narrowed to codes that stand in a point.
    `tables`: other validated tables by contract name; an absent key means the table was not handed over.
    `points`: this kind's knowledge points resolved to items that occur (knowledge.resolve); None when it has none.
    `available`: table -> columns really handed over. `charges`: all such lines, of whatever code (None = not narrowed).
    `shelved`: the charges among which all lines of the kind's own items are (None = `lines`).
    `months`: the months whose lines are judged, YYYY-MM (none = whatever lines there are).
    `kept(name, make)` gives a frame that several functions of a kind use; whoever runs the rules may compute it once.
    """

    lines: DataFrame
    tables: Mapping[str, DataFrame] = field(default_factory=dict)
    points: DataFrame | None = None
    available: Mapping[str, frozenset[str]] = field(default_factory=dict)
    kept: Callable[[str, Callable[[], DataFrame]], DataFrame] = field(default=lambda _, make: make())
    charges: DataFrame | None = None
    shelved: DataFrame | None = None
    months: tuple[str, ...] = ()

    def every_line(self) -> DataFrame:
        """All charged lines, also those whose code stands in no point."""
        return self.lines if self.charges is None else self.charges

    def with_own_items(self) -> DataFrame:
        """Lines to be met with the kind's points, others of like items among them."""
        return self.lines if self.shelved is None else self.shelved

    def known(self) -> DataFrame:
        """The points; ValueError when the kind was given none."""
        if self.points is None:
            raise ValueError("this kind reads knowledge points and was given none")
        return self.points


def hits(
    frame: DataFrame,
    table: str = "fee_list_d",
    key: str | None = "bkkp_sn",
    cnt: str | None = "net_cnt",
    inscp: str | None = "net_inscp",
) -> DataFrame:
    """`frame` cut to HIT_SCHEMA: rows with a positive disputed amount, one per detector and line.

    `frame` must carry detector_id, area, fixmedins_code, violation_amount (yuan), note_zh and note_en; the other
    columns are empty when it has none. `cnt` and `inscp` name its quantity and in-scope amount after refunds
    (None = empty). A disputed amount above the in-scope amount is cut to it.
    """
    present = set(frame.columns)
    source = {"bkkp_sn": key, "cnt": cnt, "inscp_amt": inscp}

    def column(name: str, kind: str) -> Column:
        if name == "table":
            return F.lit(table).alias(name)
        taken = source.get(name, name)
        value = F.col(taken) if taken is not None and taken in present else F.lit(None)
        if name == "violation_amount" and inscp is not None and inscp in present:
            value = F.least(value, F.col(inscp))
        return value.cast(kind).alias(name)

    chosen = frame.select(*[column(name, kind) for name, kind in HIT_SCHEMA.items()])
    return keep_largest(chosen.where(F.col("violation_amount") > 0))


def keep_largest(found: DataFrame) -> DataFrame:
    """One row per detector and line, the one with the largest amount; ties by the paired line, so runs never differ."""
    settled = [F.col(name).asc_nulls_last() for name in ("paired_bkkp_sn", "violation_cnt", "note_zh", "note_en")]
    line = Window.partitionBy("detector_id", "table", "bkkp_sn")
    order = line.orderBy(F.col("violation_amount").desc(), *settled)
    return found.withColumn("_rank", F.row_number().over(order)).where(F.col("_rank") == 1).drop("_rank")


def per_card(cards: Sequence[Card], name: str, kind: str = "double", default: Any = None) -> Column:
    """The parameter `name` of the card a row belongs to (by its column detector_id), as a Spark expression."""
    chosen = F.lit(default).cast(kind)
    for card in cards:
        value = card.params.get(name, default)
        chosen = F.when(F.col("detector_id") == card.detector_id, F.lit(value).cast(kind)).otherwise(chosen)
    return chosen


def sentence(template: str, **columns: Column | str) -> Column:
    """A note: `sentence("已收{n}次", n=F.col("n"))`. An empty value shows as nothing, never as an empty note."""
    parts: list[Column] = []
    for part in re.split(r"(\{\w+\})", template):
        if part.startswith("{"):
            value = columns[part[1:-1]]
            parts.append(F.coalesce((F.col(value) if isinstance(value, str) else value).cast("string"), F.lit("")))
        elif part:
            parts.append(F.lit(part))
    return F.concat(*parts)


def stat_month(column: str = "fee_date") -> Column:
    """First day of the month of a date column: months are told apart as days, and written YYYY-MM once they are few.

    Counted back by whole days: cutting a date to its month takes an engine three times as long.
    """
    day = F.col(column).cast("date")
    return day - (F.dayofmonth(day) - F.lit(1))


def exposures(frame: DataFrame, amount: Column | None = None) -> DataFrame:
    """Sums `amount` (default: rows) per detector, institution and `stat_month` (see there), as EXPOSURE_SCHEMA."""
    total = (F.count(F.lit(1)) if amount is None else F.sum(amount)).cast("double").alias("exposure")
    counted = frame.groupBy("detector_id", "fixmedins_code", "stat_month").agg(total)
    return counted.withColumn("stat_month", F.date_format("stat_month", "yyyy-MM")).select(*EXPOSURE_SCHEMA)


def one_side(points: DataFrame, side: str = "item") -> DataFrame:
    """The points with one side only, as item_code and item_name, each once: what a line is joined with.

    `_only`: the code stands in no other point of the detector.
    """
    sides = {f"{side}_code": "item_code", f"{side}_name": "item_name"}
    kept = [F.col(name) for name in points.columns if not name.startswith(("item_", "other_"))]
    taken = points.where(F.col(f"{side}_code").isNotNull())
    each = taken.select(*kept, *[F.col(old).alias(new) for old, new in sides.items()]).distinct()
    alike = Window.partitionBy("detector_id", "item_code")
    return each.withColumn("_only", F.count(F.lit(1)).over(alike) == 1)


def with_points(lines: DataFrame, points: DataFrame, side: str = "item") -> DataFrame:
    """Lines joined with the points whose `side` ('item' or 'other') they are: same code, same name where one is named.

    Adds the points' columns (see one_side). A line stands once for every point it matches; a point holds only where its
    region covers the institution and its dates (`effective_from`, `effective_to`, empty = open) cover the day.
    """
    sided = one_side(points, side)
    code = F.coalesce(F.col("_l.med_list_codg"), F.lit(NO_CODE)) == F.col("_p.item_code")
    named = F.col("_p.item_name").isNull() | (F.col("_p.item_name") == F.col("_l.hilist_name"))
    joined = lines.alias("_l").join(F.broadcast(sided.alias("_p")), code & named, "inner")
    return joined.select("_l.*", "_p.*").where(_in_force({*lines.columns, *sided.columns}))


def _in_force(present: set[str]) -> Column:
    """A point holds on the day of the line and in the institution's region; what is not known does not limit it."""
    holds = F.lit(True)
    if {"effective_from", "effective_to"} <= present:
        since = F.col("effective_from").isNull() | (F.col("fee_date") >= F.col("effective_from"))
        holds = holds & since & (F.col("effective_to").isNull() | (F.col("fee_date") <= F.col("effective_to")))
    if "region" in present:
        holds = holds & _in_region("fix_blng_admdvs" in present)
    return holds


def _in_region(placed: bool) -> Column:
    """The institution lies in the point's region and in none of those left out (`000000-3203`: all but 3203)."""
    region = F.substring_index("region", "-", 1)
    everywhere = region == "000000"
    if not placed:
        return everywhere
    covered = F.col("fix_blng_admdvs").startswith(F.regexp_replace(region, "(0000|00)$", ""))
    others = F.slice(F.split("region", "-"), 2, 99)
    left_out = F.exists(others, lambda one: F.col("fix_blng_admdvs").startswith(one))
    speaks_for_itself = F.col("region").contains("-") & F.coalesce(left_out, F.lit(False))
    return (everywhere | F.coalesce(covered, F.lit(False))) & ~speaks_for_itself
