"""An item ordered for illnesses hardly anybody else orders it for (无指征医嘱), time and again.

Reads: fee_list_d, fixmedins_b (level of the institution).
Grain: fee lines of the item in stays of such illnesses at an institution.
Why: what is ordered for nearly everybody does not stand out beside a house with many severe patients: heart monitoring
of every second patient is right on one ward and a habit on another. So only quiet illnesses are looked at: those for
which at most `quiet` of the patients of like houses get the item, operated patients and intensive care left out on both
sides. A house that orders it for them several times as often as others, for several such illnesses and in most months,
has a template. One illness alone may be a special clinic. Nobody can tell which order was needed, so every line carries
the share above the expected: (observed - expected) / observed x net_inscp (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import of_line
from models.rules.kind import Card, RuleInputs, sentence, stat_month
from models.rules.lines import eligible
from models.rules.ordered import HOUSE, ITEM, above_expected, compared, lasting, placed, summed
from models.rules.records import LINE, each_card, each_exposure, is_inpatient, of_domains

NAME, VERSION = "item_against_need", "1.0"
OPERATION_CHARGES = ("06",)


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such orders; params: domains, skip_departments and skip_diagnoses (patterns), quiet (share of like
    patients), min_share (of the quiet stays), min_visits, times, min_illnesses, min_elsewhere (stays), min_houses,
    min_lasting (share of months).
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the card's items in stays without an operation."""
    return each_exposure(inputs, cards, lambda given, card: _items(given, card))


def _in_bed(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines of stays with a diagnosis that no exception of the card leaves out."""
    lines = inputs.lines.where(is_inpatient() & F.col("main_diag").isNotNull())
    return eligible(lines.withColumn("detector_id", F.lit(card.detector_id)), [card]).drop("detector_id")


def _stays(inputs: RuleInputs, card: Card) -> DataFrame:
    """HOUSE, `_diag`, mdtrt_id of those stays in which nothing was operated."""
    operated = F.max(F.col("med_chrgitm_type").isin(*OPERATION_CHARGES).cast("int")).alias("_operated")
    level = ["fixmedins_code", "mdtrt_id", "main_diag", "med_type"]

    def counted() -> DataFrame:
        each = _in_bed(inputs, card).groupBy(*level).agg(operated)
        return placed(inputs, each.where(F.coalesce("_operated", F.lit(0)) == 0)).select(*HOUSE, "_diag", "mdtrt_id")

    return inputs.kept(f"stays-{card.detector_id}", counted)


def _items(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines of the card's items in those stays, with HOUSE and `_diag`."""
    lines = of_domains(_in_bed(inputs, card), card).where(F.length("med_list_codg") > 0)
    charged = lines.select(*LINE).join(_stays(inputs, card), ["fixmedins_code", "mdtrt_id"])
    return inputs.kept(f"items-{card.detector_id}", lambda: charged)


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = _items(inputs, card)
    cells = inputs.kept(f"quiet-{card.detector_id}", lambda: _quiet(inputs, card, lines))
    told = _habits(cells, card)
    asked = cells.select(*ITEM, "_diag").join(told, ITEM)
    percent, usual = (F.round(F.col(name) * 100, 1) for name in ("_share", "_usual"))
    part = above_expected()
    found = lines.join(F.broadcast(asked), [*ITEM, "_diag"])
    return found.select(*LINE, "_share", "_usual", "_expected", "_observed", "_illnesses").withColumns(
        {
            "violation_cnt": F.col("net_cnt").cast("double") * part,
            "violation_amount": of_line(part),
            "note_zh": sentence(
                "{n}种很少需要此项目的疾病中{p}%的住院开了此项目, 同级机构{u}%", n="_illnesses", p=percent, u=usual
            ),
            "note_en": sentence(
                "ordered at {p} % of stays for {n} illnesses that seldom call for it; {u} % elsewhere",
                n="_illnesses",
                p=percent,
                u=usual,
            ),
        }
    )


def _quiet(inputs: RuleInputs, card: Card, lines: DataFrame) -> DataFrame:
    """ITEM by diagnosis (see ordered.compared) where hardly any patient of the other houses gets the item."""
    params = card.params
    seen = _stays(inputs, card).groupBy(*HOUSE, "_diag").agg(F.count(F.lit(1)).alias("n"))
    counted = inputs.kept(f"ordered-{card.detector_id}", lambda: _ordered(lines))
    totals = seen.groupBy(*HOUSE).agg(F.sum("n").alias("_all"))
    own = counted.groupBy(*ITEM).agg(F.sum("v").alias("_n")).where(F.col("_n") >= params["min_visits"])
    offered = (
        counted.select(*ITEM).distinct().groupBy("_group", "med_list_codg").agg(F.count(F.lit(1)).alias("_houses"))
    )
    common = offered.where(F.col("_houses") > params["min_houses"]).select("_group", "med_list_codg")
    chosen = own.join(common, ["_group", "med_list_codg"]).join(totals, HOUSE).select(*ITEM, "_all")
    steady = chosen.join(lasting(counted, float(params["min_lasting"])), ITEM, "left_semi")
    cells = compared(steady, counted, seen, float(params["min_elsewhere"]))
    return cells.where(F.col("_rate") <= float(params["quiet"]))


def _ordered(lines: DataFrame) -> DataFrame:
    """Stays with an item per institution, group, item, diagnosis and month of the first order: `v`."""
    month = stat_month().alias("_month")
    each = lines.select(*ITEM, "_diag", "mdtrt_id", month).groupBy(*ITEM, "_diag", "mdtrt_id")
    first = each.agg(F.min("_month").alias("_month"))
    return first.groupBy(*ITEM, "_diag", "_month").agg(F.count(F.lit(1)).alias("v"))


def _habits(cells: DataFrame, card: Card) -> DataFrame:
    """ITEM with `_observed`, `_expected`, `_share`, `_usual`, `_illnesses`: what stands out among quiet illnesses."""
    params = card.params
    treated = cells.where(F.col("_own") > 0).groupBy(*ITEM).agg(F.countDistinct("_diag").alias("_illnesses"))
    judged = summed(cells).join(treated, ITEM)
    often = (F.col("_observed") >= params["min_visits"]) & (
        F.col("_observed") >= params["min_share"] * F.col("_compared")
    )
    far = F.col("_observed") >= params["times"] * F.greatest(F.col("_expected"), F.lit(1.0))
    several = F.col("_illnesses") >= params["min_illnesses"]
    shares = {"_share": F.col("_observed") / F.col("_compared"), "_usual": F.col("_expected") / F.col("_compared")}
    kept = [*ITEM, "_observed", "_expected", "_share", "_usual", "_illnesses"]
    return judged.where(often & far & several).withColumns(shares).select(*kept)
