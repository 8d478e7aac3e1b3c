"""More examinations in a day than the registered machines can take in their hours.

Reads: fee_list_d, equip_b (unit_cnt, daily_hours).
Grain: the fee lines of an overloaded day of one kind of machine.
Why: a machine has so many minutes. One person on one day counts as one session of the shortest usual time however many
parts are scanned, outside laboratories do not use the house's machines, and emergencies run at night: the tolerance is
wide and hours that are not registered count as `default_hours`. Formula: see day_load.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.day_load import disputed, overloaded_days
from models.rules.kind import Card, RuleInputs
from models.rules.records import LINE, each_card, each_exposure, each_gap, looked_up, with_domain

NAME, VERSION = "machine_capacity", "1.0"
MACHINE = ["fixmedins_code", "equip_type"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of overloaded days; params: machines (domain -> equip_type), minutes (equip_type -> minutes per session),
    default_hours, tolerance, week_days, min_days.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Examination lines of institutions whose machines of that kind are registered."""
    return each_exposure(inputs, cards, _judged)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions that bill examinations and register no machine of any kind: `no_equipment_register`."""
    return each_gap(inputs, cards, _silent)


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    registered = inputs.tables["equip_b"].select("fixmedins_code").distinct()
    billed = _examined(inputs, card).select("fixmedins_code").distinct()
    return billed.join(registered, "fixmedins_code", "left_anti").withColumn(
        "reason_code", F.lit("no_equipment_register")
    )


def _examined(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines of examinations made in the house, with the kind of machine they need."""
    inside = inputs.lines.where(F.coalesce(F.col("etip_flag"), F.lit(0)) != 1)
    return (
        with_domain(inside)
        .withColumn("equip_type", looked_up("domain", card.params["machines"]))
        .where(F.col("equip_type").isNotNull())
    )


def _judged(inputs: RuleInputs, card: Card) -> DataFrame:
    hours = F.coalesce(F.col("daily_hours").cast("double"), F.lit(float(card.params["default_hours"])))
    machines = (
        inputs.tables["equip_b"]
        .groupBy(*MACHINE)
        .agg(F.max(F.col("unit_cnt") * hours * 60).alias("capacity"), F.max("unit_cnt").alias("units"))
    )
    held = machines.where(F.col("capacity") > 0)
    return _examined(inputs, card).select(*LINE, "equip_type").join(F.broadcast(held), MACHINE, "inner")


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    lines = _judged(inputs, card)
    sessions = lines.groupBy(*MACHINE, "fee_date").agg(
        F.countDistinct("psn_no").alias("sessions"), F.max("capacity").alias("capacity")
    )
    days = sessions.withColumn(
        "minutes", (F.col("sessions") * looked_up("equip_type", card.params["minutes"])).cast("double")
    )
    full = overloaded_days(days, MACHINE, card).drop("capacity", "sessions")
    joined = lines.join(full, [*MACHINE, "fee_date"], "inner")
    return disputed(joined, "该类设备检查", "on machines of this kind")
