"""One person's card used at two places within minutes, too far apart to travel (异地刷码、隔空刷卡).

Reads: mdtrt_d (time of the visit), fixmedins_b (lnt, lat), fee_list_d.
Grain: fee lines of the visit at the place that does it most.
Why: codes are photographed and scanned by the shop, cards lie in its drawer. Travel is reckoned as the crow flies at
`speed_km_h`, so only what cannot be remains. Of two places one is where the person was: the pair is held against the
one with the larger share of such visits, and only where `min_persons` different persons did the impossible there – one
family with a shared account is no habit. Numbers seen at more than `max_places` on a day are placeholders, nobody's.
Stays are left to the cards on buying while in bed. Formula: whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines import only_groups
from models.rules.records import LINE, at, each_card, each_exposure, each_gap, is_inpatient, seconds
from models.rules.travel import kilometres, positions

NAME, VERSION = "card_far_apart", "1.0"
DAY = ["psn_no", "_day"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such visits; params: where (pharmacy | outpatient), speed_km_h, near_km, max_places, min_persons."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the card's kind of place where its position is registered."""
    return each_exposure(inputs, cards, _placed)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`no_position` where the register tells none, `no_time_of_day` where visits begin at midnight."""
    return each_gap(inputs, cards, _silent)


def _placed(inputs: RuleInputs, card: Card) -> DataFrame:
    known = F.broadcast(positions(inputs.tables["fixmedins_b"]).select("fixmedins_code"))
    return at(inputs, str(card.params["where"])).join(known, "fixmedins_code", "left_semi")


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    visits = at(inputs, str(card.params["where"]), inputs.tables["mdtrt_d"])
    timed = F.avg((seconds("begntime") % 86400 != 0).cast("double")).alias("_timed")
    known = positions(inputs.tables["fixmedins_b"]).select("fixmedins_code", "_lat")
    told = visits.groupBy("fixmedins_code").agg(timed).join(F.broadcast(known), "fixmedins_code", "left")
    reason = F.when(F.col("_lat").isNull(), "no_position").when(F.col("_timed") < 0.5, "no_time_of_day")
    return told.withColumn("reason_code", reason).where(F.col("reason_code").isNotNull())


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    found = inputs.kept(f"far-apart-{card.detector_id}", lambda: _asked(inputs, card))
    words = {"m": F.col("_minutes"), "h": F.col("_other"), "k": F.round("_km").cast("int")}
    lines = at(inputs, str(card.params["where"])).select(*LINE)
    return lines.join(F.broadcast(found), ["mdtrt_id", "fixmedins_code"]).withColumns(
        {
            "paired_bkkp_sn": F.lit(None).cast("string"),
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("同一人{m}分钟内又在{k}公里外的{h}就诊或购药, 路程不可能", **words),
            "note_en": sentence(
                "the same person was at {h}, {k} km away, {m} minutes apart: too far to travel", **words
            ),
        }
    )


def _visits(inputs: RuleInputs, card: Card) -> DataFrame:
    """Visits with a time and a position, on days on which the person was at several places and at no crowd of them."""
    known = inputs.tables["mdtrt_d"].where(~is_inpatient() & F.col("psn_no").isNotNull())
    timed = known.where(seconds("begntime") % 86400 != 0).withColumn("_day", F.to_date("begntime"))
    moving = F.countDistinct("fixmedins_code").between(2, int(card.params["max_places"]))
    places = F.broadcast(positions(inputs.tables["fixmedins_b"]))
    kept = only_groups(timed.select(*DAY, "mdtrt_id", "fixmedins_code", "begntime"), DAY, moving)
    return kept.join(places, "fixmedins_code")


def _pairs(inputs: RuleInputs, card: Card) -> DataFrame:
    """Visits one after the other that no journey joins: both ends, with `_minutes` and `_km` between."""
    order = Window.partitionBy(*DAY).orderBy("begntime", "mdtrt_id")
    fact = F.struct("mdtrt_id", "fixmedins_code", "begntime", "_lnt", "_lat")
    before = F.col("_before")
    km = kilometres(F.col("_lnt"), F.col("_lat"), before["_lnt"], before["_lat"])
    minutes = (seconds("begntime") - F.unix_timestamp(before["begntime"])) / 60
    both = _visits(inputs, card).withColumn("_before", F.lag(fact).over(order)).where(before.isNotNull())
    far = (F.col("_km") > float(card.params["near_km"])) & (
        F.col("_km") > F.col("_gap") * F.lit(float(card.params["speed_km_h"]) / 60)
    )
    return (
        both.withColumns({"_km": km, "_gap": minutes})
        .where(far)
        .select(
            "psn_no",
            F.round("_gap").cast("int").alias("_minutes"),
            "_km",
            *_end("_b", F.col("mdtrt_id"), F.col("fixmedins_code")),
            *_end("_a", before["mdtrt_id"], before["fixmedins_code"]),
        )
    )


def _end(side: str, visit: Column, house: Column) -> list[Column]:
    return [visit.alias(f"{side}_visit"), house.alias(f"{side}_house")]


def _asked(inputs: RuleInputs, card: Card) -> DataFrame:
    """mdtrt_id, fixmedins_code, `_other`, `_minutes`, `_km`: of every pair the end where it happens most."""
    pairs = inputs.kept(f"pairs-{card.detector_id}", lambda: _pairs(inputs, card))
    ends = [pairs.select(F.col(f"{side}_house").alias("fixmedins_code"), "psn_no") for side in ("_a", "_b")]
    odd = ends[0].unionByName(ends[1]).groupBy("fixmedins_code")
    seen = (
        inputs.tables["mdtrt_d"].where(~is_inpatient()).groupBy("fixmedins_code").agg(F.count(F.lit(1)).alias("_all"))
    )
    share = odd.agg(F.count(F.lit(1)).alias("_odd")).join(seen, "fixmedins_code")
    share = share.select("fixmedins_code", (F.col("_odd") / F.col("_all")).alias("_share"))
    for side in ("_a", "_b"):
        own = share.select(F.col("fixmedins_code").alias(f"{side}_house"), F.col("_share").alias(f"{side}_share"))
        pairs = pairs.join(F.broadcast(own), f"{side}_house")
    first = F.col("_a_share") > F.col("_b_share")

    def chosen(what: str) -> Column:
        return F.when(first, F.col(f"_a_{what}")).otherwise(F.col(f"_b_{what}"))

    other = F.when(first, F.col("_b_house")).otherwise(F.col("_a_house"))
    held = pairs.select(
        chosen("visit").alias("mdtrt_id"), chosen("house").alias("fixmedins_code"), other.alias("_other"), "psn_no",
        "_minutes", "_km",
    )  # fmt: skip
    persons = held.groupBy("fixmedins_code").agg(F.countDistinct("psn_no").alias("_persons"))
    many = persons.where(F.col("_persons") >= int(card.params["min_persons"])).select("fixmedins_code")
    once = held.join(many, "fixmedins_code", "left_semi").groupBy("mdtrt_id", "fixmedins_code")
    nearest = F.min(F.struct("_minutes", "_km", "_other")).alias("_told")
    return once.agg(nearest).select("mdtrt_id", "fixmedins_code", "_told._minutes", "_told._km", "_told._other")
