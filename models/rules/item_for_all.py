"""One item ordered for nearly everybody, whatever the illness (套餐化、批量开单): far more than the illnesses explain.

Reads: fee_list_d, fixmedins_b (level of the institution).
Grain: fee lines of an item at an institution whose patients get it several times as often as patients of the same
diagnosis at other institutions of the level; stays and out-patient visits are judged apart.
Why: packages, template orders and the "batch abnormality" of one dear test show in no single bill. Expected visits with
the item are standardised by diagnosis (see ordered). A single campaign is no habit: the item must be ordered in at
least half of the months. Nobody can tell which order was needed, so every line carries the
share above the expected: (observed - expected) / observed x net_inscp (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import of_line
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.ordered import HOUSE, ITEM, above_expected, lasting, ordered, scene_lines, standardised, visits
from models.rules.records import LINE, each_card, each_exposure

NAME, VERSION = "item_for_all", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such items; params: domains, scene (inpatient | outpatient | any), min_visits, min_share, times,
    times_top, min_elsewhere (visits), min_houses, min_compared (share), min_lasting (share of months),
    rare_share, rare_times (optional: instead of min_share and times for what is ordered next to nowhere), among
    (optional: only visits with a line of these domains count, such as dialysis sessions of a general hospital).
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the card's items."""
    return each_exposure(inputs, cards, scene_lines)


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = scene_lines(inputs, card)
    counted = ordered(inputs, card, lines)
    found = lines.join(F.broadcast(_habits(inputs, counted, card)), ITEM)
    percent, usual = (F.round(F.col(name) * 100).cast("int") for name in ("_share", "_usual"))
    part = above_expected()
    return found.select(*LINE, "_share", "_usual", "_expected", "_observed").withColumns(
        {
            "violation_cnt": F.col("net_cnt").cast("double") * part,
            "violation_amount": of_line(part),
            "note_zh": sentence("{p}%的就诊开此项目, 同诊断病人在同级机构约{u}%", p=percent, u=usual),
            "note_en": sentence(
                "ordered at {p} % of visits; {u} % for the same diagnoses elsewhere", p=percent, u=usual
            ),
        }
    )


def _habits(inputs: RuleInputs, counted: DataFrame, card: Card) -> DataFrame:
    """ITEM with `_share`, `_usual`, `_observed`, `_expected`: what stands out on every count the card asks for."""
    seen = visits(inputs, card)
    params = {name: float(card.params[name]) for name in _NUMBERS}
    totals = seen.groupBy(*HOUSE).agg(F.sum("n").alias("_all"))
    shares = counted.groupBy(*ITEM).agg(F.sum("v").alias("_own")).join(totals, HOUSE)
    shares = shares.withColumn("_raw", F.col("_own") / F.col("_all"))
    lowest = min(params["min_share"], float(card.params.get("rare_share", 1.0)))
    often = shares.where((F.col("_own") >= params["min_visits"]) & (F.col("_raw") >= lowest))
    standing = often.join(_top(shares, params), ["_group", "med_list_codg"])
    standing = standing.where(F.col("_raw") >= params["times_top"] * F.col("_top"))
    chosen = standing.join(lasting(counted, params["min_lasting"]), ITEM, "left_semi")
    steady = inputs.kept(f"steady-{card.detector_id}", lambda: chosen)  # few, and asked for several times
    judged = standardised(steady, counted, seen, params["min_elsewhere"])
    # A dear test at one visit in twenty stands out too where it is ordered next to nowhere for these illnesses.
    common = F.col("_observed") >= params["min_share"] * F.col("_compared")
    times = F.when(common, params["times"]).otherwise(float(card.params.get("rare_times", params["times"])))
    far = F.col("_observed") >= times * F.greatest(F.col("_expected"), F.lit(1.0))
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
