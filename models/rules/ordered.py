"""How often an item is ordered at an institution, and how often the illnesses of its patients explain it.

Reads: fee_list_d, fixmedins_b (level of the institution).
Grain: institution, group (level and kind of visit), item and category of the main diagnosis; the unit is the visit.
Why: expected visits with an item are standardised by diagnosis (indirect standardisation, Breslow & Day 1987): a kidney
ward is measured by kidney patients elsewhere, and illnesses seen almost nowhere else are not compared at all. Only
houses that offer the item are a yardstick: the one with a new machine is no clue beside those without.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models import peers
from models.rules.kind import Card, RuleInputs, stat_month
from models.rules.records import is_inpatient, of_domains, with_domain

HOUSE, CELL = ["fixmedins_code", "_group"], ["_group", "_diag"]
ITEM = [*HOUSE, "med_list_codg"]
FULL_MONTH = 3  # a month counts with a third of the mean month's orders


def placed(inputs: RuleInputs, lines: DataFrame) -> DataFrame:
    """Lines with `_group` (level and kind of visit) and `_diag` (category of the main diagnosis); shops left out."""
    register = inputs.tables["fixmedins_b"].dropDuplicates(["fixmedins_code"])
    sized = register.select("fixmedins_code", F.lit(0.0).alias("volume"))
    level = peers.attributes(register, sized).where(F.col("type") != "pharmacy").select("fixmedins_code", "level")
    scene = F.when(is_inpatient(), "inpatient").otherwise("outpatient")
    return lines.join(F.broadcast(level), "fixmedins_code").withColumns(
        {"_group": F.concat_ws("|", "level", scene), "_diag": F.coalesce(F.substring("main_diag", 1, 3), F.lit(""))}
    )


def scene_lines(inputs: RuleInputs, card: Card) -> DataFrame:
    """Placed lines of the card's `domains` and `scene` (inpatient | outpatient | any)."""
    lines = placed(inputs, of_domains(inputs.lines.where(F.length("med_list_codg") > 0), card))
    scene = str(card.params["scene"])
    return lines if scene == "any" else lines.where(F.col("_group").endswith(f"|{scene}"))


def visits(inputs: RuleInputs, card: Card) -> DataFrame:
    """Visits per institution, group and diagnosis: `n`; with `among`, those with a line of these domains alone."""
    among = [str(domain) for domain in card.params.get("among", [])]

    def counted() -> DataFrame:
        lines = with_domain(inputs.lines).where(F.col("domain").isin(*among)) if among else inputs.lines
        # What a visit is told by is looked up once a visit, not once a line.
        visit = lines.select("fixmedins_code", "med_type", "main_diag", _visit()).distinct()
        seen = placed(inputs, visit).select(*HOUSE, "_diag", "_visit").distinct()
        return seen.groupBy(*HOUSE, "_diag").agg(F.count(F.lit(1)).alias("n"))

    return inputs.kept("-".join(["visits-by-diagnosis", *among]), counted)


def _visit() -> Column:
    """64 bits tell visits apart in a fraction of the time their numbers take."""
    return F.xxhash64("mdtrt_id").alias("_visit")


def ordered(inputs: RuleInputs, card: Card, lines: DataFrame) -> DataFrame:
    """Visits with an item per institution, group, item, diagnosis and month of the first order: `v`."""

    def counted() -> DataFrame:
        month = stat_month().alias("_month")
        each = lines.select(*ITEM, "_diag", _visit(), month).groupBy(*ITEM, "_diag", "_visit")
        first = each.agg(F.min("_month").alias("_month"))
        return first.groupBy(*ITEM, "_diag", "_month").agg(F.count(F.lit(1)).alias("v"))

    return inputs.kept("-".join(["ordered", *card.params["domains"], str(card.params["scene"])]), counted)


def lasting(counted: DataFrame, share: float) -> DataFrame:
    """Items ordered in `share` of the months of the extract: a month counts with a third of the mean month's orders."""
    months = counted.select("_month").distinct().agg(F.count(F.lit(1)).alias("_months"))
    each = counted.groupBy(*ITEM, "_month").agg(F.sum("v").alias("v"))
    sums = each.groupBy(*ITEM).agg(F.sum("v").alias("_sum")).crossJoin(F.broadcast(months))
    busy = each.join(sums, ITEM).where(F.col("v") * F.col("_months") * FULL_MONTH >= F.col("_sum"))
    counted_months = busy.groupBy(*ITEM, "_months").agg(F.count(F.lit(1)).alias("_busy"))
    return counted_months.where(F.col("_busy") >= share * F.col("_months")).select(*ITEM)


def standardised(chosen: DataFrame, counted: DataFrame, seen: DataFrame, min_elsewhere: float) -> DataFrame:
    """`chosen` (ITEM, `_all`) with `_observed`, `_expected`, `_compared` visits over diagnoses seen often elsewhere."""
    return summed(compared(chosen, counted, seen, min_elsewhere))


def summed(cells: DataFrame) -> DataFrame:
    """Compared diagnoses summed up: ITEM, `_all` with `_observed`, `_expected` and `_compared` visits."""
    return cells.groupBy(*ITEM, "_all").agg(
        F.sum("_own").cast("double").alias("_observed"),
        F.sum(F.col("n") * F.col("_rate")).cast("double").alias("_expected"),
        F.sum("n").cast("double").alias("_compared"),
    )


def compared(chosen: DataFrame, counted: DataFrame, seen: DataFrame, min_elsewhere: float) -> DataFrame:
    """`chosen` (ITEM, `_all`) by diagnosis seen often elsewhere: `n` visits, `_own` of them with the item, `_rate` of
    such visits at the other houses that offer it.
    """
    here = counted.groupBy(*ITEM, "_diag").agg(F.sum("v").alias("_v"))
    area = here.groupBy(*CELL, "med_list_codg").agg(F.sum("_v").alias("_area_v"))
    asked = chosen.select("_group", "med_list_codg").distinct()
    offered = here.select(*ITEM).distinct().join(asked, ["_group", "med_list_codg"])
    cells = offered.join(seen, HOUSE).groupBy(*CELL, "med_list_codg").agg(F.sum("n").alias("_area_n"))
    opened = chosen.join(seen, HOUSE).join(cells, [*CELL, "med_list_codg"])
    opened = opened.join(here, [*ITEM, "_diag"], "left").join(area, [*CELL, "med_list_codg"], "left")
    own, everywhere = F.coalesce("_v", F.lit(0)), F.coalesce("_area_v", F.lit(0))
    elsewhere = F.col("_area_n") - F.col("n")
    kept = opened.where(elsewhere >= min_elsewhere)
    rate: Column = (everywhere - own) / elsewhere
    return kept.select(*ITEM, "_all", "_diag", "n", own.alias("_own"), rate.alias("_rate"))


def above_expected() -> Column:
    """The share of the observed visits with an item that the illnesses do not explain."""
    return F.greatest(F.lit(1.0) - F.col("_expected") / F.col("_observed"), F.lit(0.0))
