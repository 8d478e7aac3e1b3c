"""One item ordered for nearly everybody, whatever the illness (套餐化、批量开单): far more than the illnesses explain.

Reads: fee_list_d, fixmedins_b (level of the institution).
Grain: fee lines of an item at an institution whose patients get it several times as often as patients of the same
diagnosis at other institutions of the level; stays and out-patient visits are judged apart.
Why: packages, template orders and the "batch abnormality" of one dear test show in no single bill. Expected visits with
the item are standardised by diagnosis (indirect standardisation, Breslow & Day 1987): a kidney ward is measured by
kidney patients elsewhere, and illnesses seen almost nowhere else are not compared at all. Only houses that offer the
item are a yardstick: the one with a new machine is no clue beside those without. A single campaign is no habit: the
item must be ordered in at least half of the months. Nobody can tell which order was needed, so every line carries the
share above the expected: (observed - expected) / observed x net_inscp (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models import peers
from models.rules.kind import MONEY, Card, RuleInputs, sentence
from models.rules.records import LINE, each_card, each_exposure, is_inpatient, of_domains

NAME, VERSION = "item_for_all", "1.0"
HOUSE, CELL = ["fixmedins_code", "_group"], ["_group", "_diag"]
ITEM = [*HOUSE, "med_list_codg"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such items; params: domains, scene (inpatient | outpatient | any), min_visits, min_share, times,
    times_top, min_elsewhere (visits), min_houses, min_compared (share), min_lasting (share of months).
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the card's items."""
    return each_exposure(inputs, cards, _lines)


def _placed(inputs: RuleInputs, lines: DataFrame) -> DataFrame:
    """Lines with `_group` (level and kind of visit) and `_diag` (category of the main diagnosis); shops left out."""
    register = inputs.tables["fixmedins_b"].dropDuplicates(["fixmedins_code"])
    sized = register.select("fixmedins_code", F.lit(0.0).alias("volume"))
    level = peers.attributes(register, sized).where(F.col("type") != "pharmacy").select("fixmedins_code", "level")
    scene = F.when(is_inpatient(), "inpatient").otherwise("outpatient")
    return lines.join(F.broadcast(level), "fixmedins_code").withColumns(
        {"_group": F.concat_ws("|", "level", scene), "_diag": F.coalesce(F.substring("main_diag", 1, 3), F.lit(""))}
    )


def _lines(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = _placed(inputs, of_domains(inputs.lines.where(F.length("med_list_codg") > 0), card))
    scene = str(card.params["scene"])
    return lines if scene == "any" else lines.where(F.col("_group").endswith(f"|{scene}"))


def _visits(inputs: RuleInputs) -> DataFrame:
    """Visits per institution, group and diagnosis: `n`."""
    seen = _placed(inputs, inputs.lines).select(*HOUSE, "_diag", "mdtrt_id").distinct()
    return seen.groupBy(*HOUSE, "_diag").agg(F.count(F.lit(1)).alias("n"))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = _lines(inputs, card)
    visits = inputs.kept("visits-by-diagnosis", lambda: _visits(inputs))
    month = F.date_format("fee_date", "yyyy-MM").alias("_month")
    ordered = lines.select(*ITEM, "_diag", "mdtrt_id", month).groupBy(*ITEM, "_diag", "mdtrt_id")
    first = ordered.agg(F.min("_month").alias("_month"))
    monthly = first.groupBy(*ITEM, "_diag", "_month").agg(F.count(F.lit(1)).alias("v"))
    counted = inputs.kept(f"ordered-{card.detector_id}", lambda: monthly)
    found = lines.join(F.broadcast(_habits(counted, visits, card)), ITEM)
    percent, usual = (F.round(F.col(name) * 100).cast("int") for name in ("_share", "_usual"))
    part = F.greatest(F.lit(1.0) - F.col("_expected") / F.col("_observed"), F.lit(0.0))
    return found.select(*LINE, "_share", "_usual", "_expected", "_observed").withColumns(
        {
            "violation_cnt": F.col("net_cnt").cast("double") * part,
            "violation_amount": F.round(F.col("net_inscp").cast("double") * part, 2).cast(MONEY),
            "note_zh": sentence("{p}%的就诊开此项目, 同诊断病人在同级机构约{u}%", p=percent, u=usual),
            "note_en": sentence(
                "ordered at {p} % of visits; {u} % for the same diagnoses elsewhere", p=percent, u=usual
            ),
        }
    )


def _habits(counted: DataFrame, visits: DataFrame, card: Card) -> DataFrame:
    """ITEM with `_share`, `_usual`, `_observed`, `_expected`: what stands out on every count the card asks for."""
    params = {name: float(card.params[name]) for name in _NUMBERS}
    totals = visits.groupBy(*HOUSE).agg(F.sum("n").alias("_all"))
    shares = counted.groupBy(*ITEM).agg(F.sum("v").alias("_own")).join(totals, HOUSE)
    shares = shares.withColumn("_raw", F.col("_own") / F.col("_all"))
    often = shares.where((F.col("_own") >= params["min_visits"]) & (F.col("_raw") >= params["min_share"]))
    standing = often.join(_top(shares, params), ["_group", "med_list_codg"])
    standing = standing.where(F.col("_raw") >= params["times_top"] * F.col("_top"))
    lasting = standing.join(_lasting(counted, params), ITEM, "left_semi")
    judged = _standardised(lasting, counted, visits, params)
    far = F.col("_observed") >= params["times"] * F.greatest(F.col("_expected"), F.lit(1.0))
    known = F.col("_compared") >= params["min_compared"] * F.col("_all")
    told = judged.where(far & known & (F.col("_observed") >= params["min_visits"]))
    usual = {"_share": F.col("_observed") / F.col("_compared"), "_usual": F.col("_expected") / F.col("_compared")}
    return told.withColumns(usual).select(*ITEM, "_share", "_usual", "_observed", "_expected")


_NUMBERS = (
    "min_visits", "min_share", "times", "times_top", "min_elsewhere", "min_houses", "min_compared", "min_lasting",
)  # fmt: skip


def _top(shares: DataFrame, params: dict[str, float]) -> DataFrame:
    """Per group and item: `_top`, the share that nine of ten houses offering it stay below."""
    held = shares.where(F.col("_all") >= params["min_visits"]).groupBy("_group", "med_list_codg")
    ranked = held.agg(F.sort_array(F.collect_list("_raw"), asc=False).alias("_raws"))
    joined = ranked.withColumn("_houses", F.size("_raws")).where(F.col("_houses") > params["min_houses"])
    place = F.floor(F.col("_houses") * 0.1).cast("int") + 1  # 1 = the highest; one in ten lies above it
    top = F.when(F.size("_raws") > place, F.element_at("_raws", place + 1)).otherwise(F.lit(0.0))
    return joined.select("_group", "med_list_codg", top.alias("_top"))


def _lasting(counted: DataFrame, params: dict[str, float]) -> DataFrame:
    """Items ordered in many of the months of the extract: a month counts with a third of the mean month's orders."""
    months = counted.select("_month").distinct().agg(F.count(F.lit(1)).alias("_months"))
    each = counted.groupBy(*ITEM, "_month").agg(F.sum("v").alias("v"))
    sums = each.groupBy(*ITEM).agg(F.sum("v").alias("_sum")).crossJoin(F.broadcast(months))
    busy = each.join(sums, ITEM).where(F.col("v") * F.col("_months") * 3 >= F.col("_sum"))
    counted_months = busy.groupBy(*ITEM, "_months").agg(F.count(F.lit(1)).alias("_busy"))
    return counted_months.where(F.col("_busy") >= params["min_lasting"] * F.col("_months")).select(*ITEM)


def _standardised(chosen: DataFrame, counted: DataFrame, visits: DataFrame, params: dict[str, float]) -> DataFrame:
    """`chosen` with `_observed`, `_expected`, `_compared` visits over the diagnoses seen often enough elsewhere."""
    here = counted.groupBy(*ITEM, "_diag").agg(F.sum("v").alias("_v"))
    area = here.groupBy(*CELL, "med_list_codg").agg(F.sum("_v").alias("_area_v"))
    asked = chosen.select("_group", "med_list_codg").distinct()
    offered = here.select(*ITEM).distinct().join(asked, ["_group", "med_list_codg"])
    cells = offered.join(visits, HOUSE).groupBy(*CELL, "med_list_codg").agg(F.sum("n").alias("_area_n"))
    opened = chosen.join(visits, HOUSE).join(cells, [*CELL, "med_list_codg"])
    opened = opened.join(here, [*ITEM, "_diag"], "left").join(area, [*CELL, "med_list_codg"], "left")
    own, everywhere = F.coalesce("_v", F.lit(0)), F.coalesce("_area_v", F.lit(0))
    elsewhere = F.col("_area_n") - F.col("n")
    kept = opened.where(elsewhere >= params["min_elsewhere"])
    expected: Column = F.col("n") * (everywhere - own) / elsewhere
    return kept.groupBy(*ITEM, "_all").agg(
        F.sum(own).cast("double").alias("_observed"),
        F.sum(expected).cast("double").alias("_expected"),
        F.sum("n").cast("double").alias("_compared"),
    )
