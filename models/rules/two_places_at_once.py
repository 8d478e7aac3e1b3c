"""One therapist, nurse or carer at two places with no time to travel between them (同一人员分身两处).

Reads: fee_list_d (acord_dr_code, time of the charge), dr_info_b, fixmedins_b (lnt, lat).
Grain: fee lines of the performer at the place that is not the one he is registered at (else the later of the two).
Why: home visits, long-term care and therapy need the person. Travel is reckoned as the crow flies at `speed_km_h`,
which no road allows, so only what cannot be remains. A code counts as a person only when the register knows it once.
Charges of many patients in one minute are a posting, not a presence, and say nothing about where anybody was; and a
journey that is impossible once is a slip of the clock, so it must come back on `min_days` days.
Formula: the whole line (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines import only_groups, visit_type_in
from models.rules.records import LINE, each_card, each_exposure, each_gap, of_domains, seconds
from models.rules.travel import kilometres, positions

NAME, VERSION = "two_places_at_once", "1.0"
MINUTE = ["performer", "_minute"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of impossible journeys; params: domains, visit_types, speed_km_h, near_km, posting_persons, min_days."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of known performers at places whose position is known."""
    return each_exposure(inputs, cards, _placed)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`performer_unknown` where no line names a registered performer, `no_time_of_day` where charges carry none."""
    return each_gap(inputs, cards, _silent)


def _meant(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines of work that needs the person, with `performer` (empty when the register does not know the code once)."""
    register = (
        inputs.tables["dr_info_b"]
        .groupBy("dr_code")
        .agg(F.count(F.lit(1)).alias("_times"), F.max("main_fixmedins_code").alias("_home"))
    )
    known = register.where(F.col("_times") == 1).select(F.col("dr_code").alias("performer"), "_home")
    lines = of_domains(inputs.lines, card).where(visit_type_in(card.params["visit_types"]))
    chosen = lines.select(*LINE, F.trim("acord_dr_code").alias("_code"))
    return chosen.join(F.broadcast(known), F.col("_code") == F.col("performer"), "left").drop("_code")


def _timed() -> Column:
    return seconds("fee_ocur_time") % 86400 != 0


def _placed(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines of a known performer at a known time and position."""
    known = positions(inputs.tables["fixmedins_b"])
    lines = _meant(inputs, card).where(F.col("performer").isNotNull() & _timed())
    return lines.join(F.broadcast(known), "fixmedins_code", "inner")


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    told = (
        _meant(inputs, card)
        .groupBy("fixmedins_code")
        .agg(F.count("performer").alias("_known"), F.max(_timed().cast("int")).alias("_timed"))
    )
    reason = F.when(F.col("_known") == 0, "performer_unknown").when(F.col("_timed") == 0, "no_time_of_day")
    return told.withColumn("reason_code", reason).where(F.col("reason_code").isNotNull())


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = _placed(inputs, card).withColumn("_minute", F.floor(seconds("fee_ocur_time") / 60))
    # Start from the few performers who are seen at two places on one day.
    seen = only_groups(lines, ["performer", "fee_date"], F.countDistinct("fixmedins_code") > 1)
    here = inputs.kept(f"moving-{card.detector_id}", lambda: seen)
    crowded = here.groupBy(*MINUTE).agg(F.countDistinct("psn_no").alias("_persons"))
    posted = crowded.where(F.col("_persons") >= int(card.params["posting_persons"])).select(*MINUTE)
    journeys = _impossible(here.join(posted, MINUTE, "left_anti"), card)
    often = journeys.groupBy("performer").agg(F.countDistinct("fee_date").alias("_days"))
    kept = often.where(F.col("_days") >= int(card.params["min_days"])).select("performer")
    return _said(journeys.join(kept, "performer", "left_semi"))


def _impossible(lines: DataFrame, card: Card) -> DataFrame:
    """Lines whose performer was farther away, before or after, than the time allows; at the place not his own."""
    order = Window.partitionBy("performer", "fee_date").orderBy("fee_ocur_time", "bkkp_sn")
    fact = F.struct("bkkp_sn", "fixmedins_code", "_minute", "_lnt", "_lat")
    beside = lines.withColumns({"_before": F.lag(fact).over(order), "_after": F.lead(fact).over(order)})
    before, after = _too_far("_before", card), _too_far("_after", card)
    at_home = F.col("fixmedins_code") == F.col("_home")
    home_before = F.col("_before")["fixmedins_code"] == F.col("_home")
    home_after = F.col("_after")["fixmedins_code"] == F.col("_home")
    # Of the two places the one he is not registered at is asked; where neither is his own, the later one.
    asked_before = before & ~F.coalesce(at_home, F.lit(False))
    asked_after = after & F.coalesce(home_after, F.lit(False)) & ~F.coalesce(home_before & before, F.lit(False))
    other = F.when(asked_before, F.col("_before")).otherwise(F.col("_after"))
    return beside.withColumn("_other", other).where(asked_before | asked_after)


def _too_far(other: str, card: Card) -> Column:
    """The neighbouring charge stands at another place, farther than `near_km` and than the minutes between allow."""
    there = F.col(other)
    apart = there["fixmedins_code"] != F.col("fixmedins_code")
    km = kilometres(F.col("_lnt"), F.col("_lat"), there["_lnt"], there["_lat"])
    minutes = F.abs(F.col("_minute") - there["_minute"])
    reach = minutes * F.lit(float(card.params["speed_km_h"]) / 60)
    return F.coalesce(apart & (km > float(card.params["near_km"])) & (km > reach), F.lit(False))


def _said(found: DataFrame) -> DataFrame:
    minutes = F.abs(F.col("_minute") - F.col("_other")["_minute"]).cast("int")
    words = {"m": minutes, "h": F.col("_other")["fixmedins_code"]}
    return found.withColumns(
        {
            "paired_bkkp_sn": F.col("_other")["bkkp_sn"],
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("同一执行人员{m}分钟前后在{h}服务, 路程不可能", **words),
            "note_en": sentence("the same performer was at {h} {m} minutes apart, too far to travel", **words),
        }
    )
