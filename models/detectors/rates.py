"""How often a rule's hits occur at an institution, against the rate of its peers; and whether that is a clue.

Reads: counts of hits and exposure per detector and institution, the register (peers), in-scope money of the house.
Grain: one row per detector and institution with exposure or hits.
Why: every honest house has a base rate of billing mistakes. A house is a clue only where its rate stands out from the
rate of its like by more than chance and more than the differences honest peers show among each other, and where the
lines, the persons and the money are more than a handful. Where nobody else does the thing at all, what the price list
forbids is still a clue once it is plainly the house's habit; patterns that only peers can make strange are not.

The peers' rate is pooled, without the judged house, over peers that do not stand out themselves (two rounds of leaving
out those more than `clip` above). Counts are compared on the scale 2·sqrt(k + 3/8), where chance has unit variance at
every level (Anscombe 1948); the spread of honest peers on that scale (their quartiles) widens it where it is larger.
That scale flattens a few against nearly none, so fewer than ten persons are held against an exact Poisson count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models import peers
from models.detectors.model import Keep, as_it_is, load_defaults

NORMAL_IQR = 1.349
ROUNDS = 2
SMALL = 10  # persons; from here on honest houses differ by more than chance, and only the peers' spread says how far
BY = ("group_key", "detector_id")  # numbers first: they are compared, and the texts hardly ever


@dataclass(frozen=True)
class RuleLimits:
    """Thresholds of defaults.yaml, section rules; each has its reason there."""

    z: float
    ratio: float
    clip: float
    prior_hits: float
    few_chance: float
    min_persons: float
    min_exposure: float
    peer_exposure: float
    min_amount: float
    min_share: float
    wide_rate: float
    wide_share: float
    min_peers: float
    alone_persons: float
    alone_rate: float
    alone_habit: float
    absolute_lines: float
    keying_rate: float


def rule_limits() -> RuleLimits:
    """The limits as they ship. KeyError when one is missing from the file."""
    declared = load_defaults()["rules"]
    return RuleLimits(**{name: float(entry["value"]) for name, entry in declared.items()})


def judge(
    counts: DataFrame, institutions: DataFrame, limits: RuleLimits | None = None, keep: Keep = as_it_is
) -> DataFrame:
    """`counts` with rate, usual (peers' rate), limit, z, times, group_text, peers, wide, hit, why_not and strength.

    `counts`: detector_id, fixmedins_code, absolute (boolean), forbidden, same_level, same_kind and by_person (booleans,
    may be left out), exposure, lines, persons (null = no persons in it), amount (disputed yuan), house_inscp and
    area_inscp (in-scope yuan of the house, and of the detector's area there). `by_person`: the exposure is stays, whose
    lines hang together, so persons are counted against it. `wide_rate` (may be left out, null = the limit of
    defaults.yaml): the rate from which a house does the detector's thing habitually.
    """
    limits = limits or rule_limits()
    met = F.when(_said(counts, "by_person"), F.col("persons")).otherwise(F.col("lines"))
    own = F.col("wide_rate") if "wide_rate" in counts.columns else F.lit(None)
    told = counts.withColumns(
        {
            "k": F.coalesce(met, F.lit(0)).cast("double"),
            "wide_rate": F.coalesce(own.cast("double"), F.lit(limits.wide_rate)),
        }
    )
    shown = told.withColumn("n", F.greatest("exposure", "k"))
    rated = shown.withColumn("rate", F.when(F.col("n") > 0, F.col("k") / F.col("n")))
    # A peer with a few chances says little alone, and adds to the pooled rate of an item that few houses bill often.
    seen = rated.where((F.col("n") >= limits.peer_exposure) | (F.col("k") >= limits.min_persons))
    compared = keep("rule-peers", _compared(seen, institutions, limits))
    fit = rated.where(F.col("n") >= limits.min_exposure)
    joined = rated.join(compared, ["detector_id", "fixmedins_code"], "left").join(
        F.broadcast(_habits(fit, limits)), "detector_id", "left"
    )
    return _decided(_limited(joined, limits), limits)


def _compared(seen: DataFrame, institutions: DataFrame, limits: RuleLimits) -> DataFrame:
    """Peers' pooled rate and their spread on the closest rung with enough of them."""
    volume = seen.groupBy("fixmedins_code").agg(F.max("house_inscp").alias("volume"))
    ladder = peers.ladder(peers.attributes(institutions, volume), peers.RULE_LADDER)
    kept = seen.select("detector_id", "fixmedins_code", "k", "n", *[_asked(seen, name) for name in ("level", "kind")])
    opened = kept.join(peers.marked(ladder), "fixmedins_code").where(_sharing("level") & _sharing("kind"))
    opened = opened.drop("_same_level", "_same_kind")
    pooled = _pooled(opened, limits)
    spread = peers.without_self(pooled, BY, "z0", {"q1": 0.25, "middle": 0.5, "q3": 0.75})
    near = peers.worded(peers.nearest(spread, ["detector_id"], int(limits.min_peers)), ladder)
    return near.select(
        "detector_id", "fixmedins_code", "group_text", "rung", "peers", "usual", "z0", "q1", "middle", "q3"
    )


def _said(counts: DataFrame, name: str) -> Column:
    """What a card says by yes or no; nothing said = no."""
    return F.coalesce(F.col(name), F.lit(False)) if name in counts.columns else F.lit(False)


def _asked(counts: DataFrame, name: str) -> Column:
    """True where only peers of the same level (or kind) may be compared; nothing said = the ladder may widen."""
    return _said(counts, f"same_{name}").alias(f"_same_{name}")


def _sharing(name: str) -> Column:
    """The rung's peers are of the same level (or kind), where the detector asks for it."""
    own = F.col("rung").isin(*[rung.level for rung in peers.RULE_LADDER if name in rung.shared])
    return own | ~F.col(f"_same_{name}")


def _pooled(opened: DataFrame, limits: RuleLimits) -> DataFrame:
    group = Window.partitionBy(*BY)
    frame = opened.withColumn("in", F.lit(1.0))
    for _ in range(ROUNDS + 1):
        hits = F.sum(F.col("k") * F.col("in")).over(group) - F.col("k") * F.col("in")
        chances = F.sum(F.col("n") * F.col("in")).over(group) - F.col("n") * F.col("in")
        usual = F.when(chances > 0, F.least((hits + limits.prior_hits) / chances, F.lit(1.0)))
        frame = frame.withColumn("usual", usual).withColumn("z0", F.coalesce(_distance(), F.lit(0.0)))
        frame = frame.withColumn("in", F.when(F.col("z0") > limits.clip, 0.0).otherwise(1.0))
    return frame.drop("in")


def _distance() -> Column:
    return 2.0 * (F.sqrt(F.col("k") + 0.375) - F.sqrt(F.col("n") * F.col("usual") + 0.375))


def _habits(fit: DataFrame, limits: RuleLimits) -> DataFrame:
    """Detectors whose hits are a habit of more than half of all institutions they can be judged at."""
    habitual = F.avg((F.col("rate") >= F.col("wide_rate")).cast("double"))
    houses = fit.groupBy("detector_id").agg(habitual.alias("share"), F.count(F.lit(1)).alias("houses"))
    wide = (F.col("share") > limits.wide_share) & (F.col("houses") > limits.min_peers)
    return houses.select("detector_id", wide.alias("wide"))


def _limited(joined: DataFrame, limits: RuleLimits) -> DataFrame:
    spread = F.greatest((F.col("q3") - F.col("q1")) / NORMAL_IQR, F.lit(1.0))
    centre = F.greatest(F.col("middle"), F.lit(0.0))
    # The count at which the distance reaches the limit, put back as a rate.
    root = F.sqrt(F.col("n") * F.col("usual") + 0.375) + (limits.z * spread + centre) / 2.0
    by_chance = F.when(F.col("n") > 0, (root * root - 0.375) / F.col("n"))
    counted = _counted(joined, limits)
    deviance = 2.0 * (F.col("heads") * F.log(F.col("heads") / F.col("honest")) - F.col("heads") + F.col("honest"))
    small = (F.col("heads") < SMALL) & (F.col("heads") > F.col("honest")) & F.col("usual").isNotNull()
    return counted.withColumns(
        {
            "z": F.greatest((F.col("z0") - centre) / spread, F.when(small, F.sqrt(deviance))),
            "times": F.when(F.col("usual") > 0, F.col("rate") / F.col("usual")),
            "limit": F.greatest(by_chance, limits.ratio * F.col("usual")),
            "wide": F.coalesce("wide", F.lit(False)),
            "weight": F.when(F.col("area_inscp") > 0, F.col("amount") / F.col("area_inscp")),
        }
    )


def _counted(joined: DataFrame, limits: RuleLimits) -> DataFrame:
    """`heads`: persons hit, or lines where nobody is named; `honest`: how many an honest house of this size may have.

    That is `ratio` times the peers' rate, what their upper quartile reaches, and never below the error rate of keying.
    Lines of one person hang together (one order, one stay), so persons are counted, and the chances are taken to hang
    together as the hits do (design effect): so many lines to a person.
    """
    heads = F.coalesce(F.col("persons"), F.col("lines")).cast("double")
    upper = F.sqrt(F.col("n") * F.col("usual") + 0.375) + F.greatest(F.col("q3"), F.lit(0.0)) / 2.0
    usual = F.coalesce(F.greatest(F.col("n") * limits.ratio * F.col("usual"), upper * upper - 0.375), F.lit(0.0))
    per_line = F.when(F.col("k") > heads, heads / F.col("k")).otherwise(F.lit(1.0))
    honest = F.greatest(usual, F.col("n") * limits.keying_rate) * per_line
    return joined.withColumns({"heads": heads, "honest": honest})


def _decided(limited: DataFrame, limits: RuleLimits) -> DataFrame:
    absolute, compared = F.col("absolute"), F.col("usual").isNotNull()
    far = (F.col("z") >= limits.z) & (F.col("times") >= limits.ratio)
    alone = ~compared & ~F.col("wide") & (_impossible(limits) | _habit(limited, limits))
    over = F.coalesce(far, F.lit(False)) | F.coalesce(alone, F.lit(False))
    few = _few(limits)
    worth = F.least(F.lit(limits.min_amount), limits.min_share * F.coalesce("house_inscp", F.lit(float("inf"))))
    why_not = (
        F.when(F.col("lines") == 0, F.lit(None).cast("string"))
        .when(~over & F.col("wide") & (F.col("rate") >= F.col("wide_rate")), "area_wide")
        .when(~over, F.lit(None).cast("string"))
        .when(few, "few_lines")
        .when(F.col("amount") < worth, "immaterial")
    )
    hit = over & ~few & (F.col("amount") >= worth)
    unfit = F.when((F.col("n") < limits.min_exposure) & (few | (F.col("k") == 0)), "low_volume").when(
        ~compared & ~absolute & ~over, "no_peers"
    )
    told = limited.withColumns({"hit": F.coalesce(hit, F.lit(False)), "why_not": why_not, "unfit": unfit})
    level = F.when(compared | absolute, _strength()).otherwise(1 + (F.col("rate") >= limits.alone_habit).cast("int"))
    return told.withColumn("strength", F.when(F.col("hit") & F.col("unfit").isNull(), level).otherwise(0))


def _impossible(limits: RuleLimits) -> Column:
    """What cannot happen at all happens here, more often than a slip of the keyboard."""
    return F.col("absolute") & (F.col("rate") >= limits.keying_rate)


def _habit(limited: DataFrame, limits: RuleLimits) -> Column:
    """What the price list forbids is done to enough persons and often enough to need no comparison."""
    plainly = (F.col("heads") >= limits.alone_persons) & (F.col("rate") >= limits.alone_rate)
    return _said(limited, "forbidden") & plainly


def _few(limits: RuleLimits) -> Column:
    """Too few persons for a habit: so many would slip in by chance, a Poisson count of mean m reaching j with at most
    m^j / j!; of the impossible, too few lines.
    """
    heads = F.least(F.col("heads"), F.lit(float(SMALL))).cast("int")
    chance = F.pow("honest", heads) / F.factorial(heads)
    stray = (F.col("heads") < SMALL) & (chance > limits.few_chance)
    impossible = F.col("lines") < limits.absolute_lines
    return (F.col("heads") < limits.min_persons) | F.when(F.col("absolute"), impossible).otherwise(stray)


def _strength() -> Column:
    declared: Mapping[str, Any] = load_defaults()
    level, alone = F.lit(1), F.lit(2)
    for rung in sorted(declared["rule_levels"], key=lambda rung: rung["strength"]):
        reached = (
            (F.col("z") >= float(rung["z"]))
            & (F.col("times") >= float(rung["ratio"]))
            & (F.coalesce("weight", F.lit(0.0)) >= float(rung["share"]))
        )
        level = F.when(reached, rung["strength"]).otherwise(level)
    for rung in sorted(declared["absolute_levels"], key=lambda rung: rung["strength"]):
        alone = F.when(F.col("lines") >= int(rung["lines"]), rung["strength"]).otherwise(alone)
    return F.when(F.col("absolute"), F.greatest(alone, F.coalesce(level, F.lit(1)))).otherwise(level)
