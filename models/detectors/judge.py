"""Indicators judged against peers: far from their median, beyond their fence, large enough, lasting, and worth money.

Reads: values of indicators (models.detectors.values), peer ladder (models.peers).
Grain: one row per detector and institution: every pair that applies to its kind, judged or with the reason why not.
Why: five conditions must hold together, because each alone flags honest houses – a tight group, a skewed one, a small
one, a single campaign, or a trifle. The thresholds and their reasons stand in defaults.yaml and beside each detector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from knowledge.frames import small_frame
from models import peers
from models.detectors.beside import companions, together
from models.detectors.measures import with_measures
from models.detectors.model import Detector, Keep, as_it_is, load_defaults, load_detectors
from models.detectors.values import Months, scaled, unscaled, values

NORMAL_MAD, NORMAL_IQR = 1.4826, 1.349  # spread of a normal distribution in terms of its MAD and quartile distance
NARROW = {  # ladder of a detector -> the rungs its peers may come from; the others take every rung
    "sizeless": tuple(rung.level for rung in peers.SIZELESS_LADDER),
    "level": tuple(rung.level for rung in peers.INDICATOR_LADDER if "level" in rung.shared),
}


@dataclass(frozen=True)
class Inputs:
    """What indicators are judged on. `available`: table -> columns that were handed over; absent table = not given.

    `keep(name, frame)` may hold on to a frame (write it and read it back); every frame it is given is used repeatedly.
    """

    provider_month: DataFrame
    institutions: DataFrame
    months: Months
    available: Mapping[str, frozenset[str]]
    detectors: Sequence[Detector] = field(default_factory=load_detectors)
    minimum: int = peers.MIN_PEERS
    keep: Keep = as_it_is


def evaluate(inputs: Inputs) -> DataFrame:
    """All indicators over all institutions: outcome, reason_code, value, median, limit, z, strength, excess_amount …"""
    seen = [detector for detector in inputs.detectors if _gap(detector, inputs.available) is None]
    asked = applicable(inputs)
    if not seen:
        return _finished(asked, inputs)
    measured = (*seen, *companions(seen))
    valued = values(inputs.provider_month, inputs.institutions, measured, inputs.months)
    rated = inputs.keep("indicator-values", valued.withColumns({"x": scaled(F.col("value")), "unfit": _unfit()}))
    fit = rated.where(F.col("unfit").isNull())
    compared = inputs.keep("indicator-peers", _compared(fit, _ladder(inputs), inputs.minimum))
    judged = together(_judged(rated.join(compared, ["detector_id", "fixmedins_code"], "left"), _money(inputs)), seen)
    return _finished(asked.join(judged, ["detector_id", "fixmedins_code"], "left"), inputs)


def applicable(inputs: Inputs) -> DataFrame:
    """detector_id, fixmedins_code, absent: every detector at every institution of its kind, with a reason known before.

    A detector of a kind of institution that nowhere occurs is asked of all of them and is not evaluable for any.
    """
    rows = [
        (detector.detector_id, kind, _gap(detector, inputs.available), bool(detector.only_without))
        for detector in inputs.detectors
        for kind in detector.kinds
    ]
    told = small_frame(
        inputs.provider_month.sparkSession, rows, "detector_id string, kind string, absent string, superfluous boolean"
    )
    houses = inputs.institutions.select("fixmedins_code", _house().alias("kind"), _capacity_known(inputs))
    own = houses.join(F.broadcast(told), "kind")
    foreign = _without_house(houses, told)
    reason = F.coalesce("absent", F.when(F.col("superfluous") & F.col("capacity"), "capacity_known"))
    return own.unionByName(foreign).select("detector_id", "fixmedins_code", reason.alias("absent"))


def _without_house(houses: DataFrame, told: DataFrame) -> DataFrame:
    kinds = houses.select("kind").distinct().withColumn("there", F.lit(True))
    checked = told.join(kinds, "kind", "left").groupBy("detector_id").agg(F.max("there").alias("there"))
    homeless = checked.where(F.col("there").isNull()).select("detector_id")
    crossed = houses.crossJoin(F.broadcast(homeless))
    return crossed.withColumns({"absent": F.lit("no_such_institution"), "superfluous": F.lit(False)})


def _house() -> Column:
    return F.when(F.col("fixmedins_type") == "2", "2").otherwise("1")


def _capacity_known(inputs: Inputs) -> Column:
    names = sorted({name for detector in inputs.detectors for name in detector.only_without})
    known = [F.col(name).cast("double") > 0 for name in names if name in inputs.institutions.columns]
    return F.coalesce(F.greatest(F.lit(False), *known) if known else F.lit(False), F.lit(False)).alias("capacity")


def _gap(detector: Detector, available: Mapping[str, frozenset[str]]) -> str | None:
    for table, columns in sorted(detector.needs.items()):
        if table not in available:
            return f"missing_table:{table}"
        lacking = sorted(set(columns) - available[table])
        if lacking:
            return f"missing_column:{table}.{lacking[0]}"
    return None


def _unfit() -> Column:
    return (
        F.when(~(F.coalesce("required", F.lit(0.0)) > 0), "no_volume")
        .when(F.col("volume") < F.col("t_min_volume"), "low_volume")
        .when(F.col("months") < F.col("t_min_months"), "few_months")
        .when(F.col("value").isNull(), "no_value")
    )


def _ladder(inputs: Inputs) -> DataFrame:
    volume = inputs.provider_month.groupBy("fixmedins_code").agg(F.sum("visits").alias("volume"))
    return peers.ladder(peers.attributes(inputs.institutions, volume))


def _money(inputs: Inputs) -> DataFrame:
    months = inputs.provider_month.where(F.col("stat_month").isin(*inputs.months.all))
    return months.groupBy("fixmedins_code").agg(F.sum("inscp").alias("house_inscp"))


def _compared(rated: DataFrame, ladder: DataFrame, minimum: int) -> DataFrame:
    """Quartiles and spread of the others on the closest rung of the ladder that has enough of them."""
    opened = rated.select("detector_id", "fixmedins_code", "x", "ladder").join(peers.marked(ladder), "fixmedins_code")
    kept = opened.where(reduce(and_, [(F.col("ladder") != n) | F.col("rung").isin(*r) for n, r in NARROW.items()]))
    by = ["group_key", "detector_id"]  # numbers first: they are compared, and the texts hardly ever
    placed = peers.without_self(kept.drop("ladder"), by, "x", {"q1": 0.25, "middle": 0.5, "q3": 0.75})
    spread = peers.spread_without_self(placed.drop("peers"), by, "x")
    near = peers.worded(peers.nearest(spread, ["detector_id"], minimum), ladder)
    return near.select("detector_id", "fixmedins_code", "group_text", "rung", "peers", "q1", "middle", "q3", "mad")


def _judged(rated: DataFrame, money: DataFrame) -> DataFrame:
    error = F.col("t_noise") / F.sqrt(F.greatest(F.col("volume"), F.lit(1.0)))
    width = F.greatest(NORMAL_MAD * F.col("mad"), (F.col("q3") - F.col("q1")) / NORMAL_IQR, F.col("t_floor"))
    sigma = F.sqrt(width * width + error * error)
    fenced = F.col("q3") + F.col("t_fence") * (F.col("q3") - F.col("q1"))
    edge = F.greatest(fenced, F.col("middle") + F.col("t_z") * sigma)
    measured = rated.withColumns(
        {
            "z": (F.col("x") - F.col("middle")) / sigma,
            "median": unscaled(F.col("middle")),
            "edge": unscaled(edge),
            "usual": unscaled(F.col("q3")),
        }
    )
    limited = measured.withColumn("limit", _limit())
    joined = limited.join(money, "fixmedins_code", "left")
    return _decided(joined.withColumns({"excess": _excess(), "times": _times(), "lasting": _lasting()}))


def _low() -> Column:
    return F.col("direction") == "low"


def _limit() -> Column:
    """The most (least) that still passes: the fence, the distance, the ratio and the difference all exceeded."""
    high = F.greatest("edge", F.col("t_ratio") * F.col("median"), F.col("median") + F.col("t_difference"))
    low = F.least("edge", F.col("median") / F.col("t_ratio"), F.col("median") - F.col("t_difference"))
    return F.when(_low(), F.greatest(low, F.lit(0.0))).otherwise(high)


def _excess() -> Column:
    """Yuan of the numerator above the limit, at the institution's own mean price; within 0..amount."""
    above = F.when(F.col("value") > 0, F.lit(1.0) - F.col("limit") / F.col("value"))
    below = F.when(F.col("limit") > 0, F.lit(1.0) - F.col("value") / F.col("limit"))
    part = F.when(_low(), below).otherwise(above)
    return F.round(F.col("amount") * F.least(F.greatest(F.coalesce(part, F.lit(0.0)), F.lit(0.0)), F.lit(1.0)), 2)


def _times() -> Column:
    high = F.when(F.col("median") > 0, F.col("value") / F.col("median"))
    low = F.when(F.col("value") > 0, F.col("median") / F.col("value"))
    # Peers at zero (or a value of zero on the low side) leave no ratio: it is as large as the largest level asks for.
    return F.coalesce(F.when(_low(), low).otherwise(high), F.lit(99.0))


def _lasting() -> Column:
    """Share of the active months beyond the peers' upper quartile; growth has no months of its own."""
    beyond = F.size(
        F.filter(
            "series",
            lambda month: F.when(F.col("direction") == "low", month["month_value"] < F.col("usual")).otherwise(
                month["month_value"] > F.col("usual")
            ),
        )
    )
    return F.when(F.col("statistic") == "growth", F.lit(1.0)).otherwise(beyond / F.col("months"))


def _decided(measured: DataFrame) -> DataFrame:
    over = F.when(_low(), F.col("value") < F.col("limit")).otherwise(F.col("value") > F.col("limit"))
    worth = F.least(
        F.col("t_min_excess"), F.col("t_min_excess_share") * F.coalesce(F.col("house_inscp"), F.lit(float("inf")))
    )
    material = ~F.col("has_amount") | (F.col("excess") >= worth)
    why_not = (
        F.when(~over, F.lit(None).cast("string"))
        .when(F.col("lasting") < F.col("t_persistence"), "not_lasting")
        .when(~material, "immaterial")
    )
    hit = over & (F.col("lasting") >= F.col("t_persistence")) & material
    return measured.withColumns({"hit": F.coalesce(hit, F.lit(False)), "why_not": why_not})


def _finished(asked: DataFrame, inputs: Inputs) -> DataFrame:
    """Every pair with one of the four outcomes; what was not measured is null."""
    full = with_measures(asked)
    unfit = F.coalesce(
        F.col("absent"),
        F.when(F.col("value").isNull() & F.col("unfit").isNull(), "no_volume"),
        F.col("unfit"),
        F.when(F.col("median").isNull(), "no_peers"),
    )
    outcome = F.when(F.col("unfit_for").isNotNull(), "not_evaluable").when(F.col("hit"), "hit").otherwise("no_hit")
    told = full.withColumn("unfit_for", unfit).withColumn("outcome", outcome)
    hit = F.col("outcome") == "hit"
    return told.withColumns(
        {
            "reason_code": F.coalesce("unfit_for", F.when(~hit, F.col("why_not"))),
            "strength": F.when(hit, _strength(len(inputs.months.all))).otherwise(0),
            "excess_amount": F.when(hit, F.col("excess")).otherwise(0.0),
        }
    ).drop("unfit_for", "unfit", "absent", "why_not", "hit")


def _strength(months: int) -> Column:
    defaults: Mapping[str, Any] = load_defaults()
    level = F.lit(1)
    for rung in sorted(defaults["levels"], key=lambda rung: rung["strength"]):
        reached = (F.col("z") >= float(rung["z"])) & (F.col("times") >= float(rung["ratio"]))
        level = F.when(reached, rung["strength"]).otherwise(level)
    short = defaults["short_period"]
    cap = F.least("max_strength", F.lit(short["max_strength"])) if months < short["months"] else F.col("max_strength")
    return F.least(level, cap)
