"""分身两处: a performer who cannot have travelled, and the honest ways a code shows up in two places."""

from __future__ import annotations

import pytest
from pyspark.sql import functions as F

from models.rules import two_places_at_once
from models.rules.cards import load_cards
from models.rules.kind import RuleInputs
from tests.models.rules.sheet import lines
from tests.support.tables import frame, rows

CARD = next(card for card in load_cards() if card.detector_id == "OUT-14-performer-at-two-places")
REGISTER = """
    dr_code | main_fixmedins_code
    carer   | H1
    honest  | H1
    twice   | H1
    twice   | H2
    guest   | H9
"""
# H2 lies 30 km north of H1, H3 next door, H4 nobody knows where
PLACES = """
    fixmedins_code | lnt       | lat
    H1             | 120.00000 | 32.000000
    H2             | 120.00000 | 32.270000
    H3             | 120.00500 | 32.000000
    H4             |           |
"""


def given(spark, charged: str) -> RuleInputs:
    table = lines(spark, charged).withColumns({"domain": F.lit("rehab"), "med_type": F.lit("61")})
    return RuleInputs(table, {"dr_info_b": frame(spark, REGISTER), "fixmedins_b": frame(spark, PLACES)})


def days(*pairs: str) -> str:
    """The same pairs `performer place time` on three days."""
    made = ["bkkp_sn | item | at | psn | inst | acord_dr_code | cnt | inscp"]
    for day in (1, 2, 3):
        for number, pair in enumerate(pairs):
            who, place, time = pair.split()
            made.append(f"{day}{number} | care | 2023-03-0{day} {time}:00 | p{number} | {place} | {who} | 1 | 50")
    return "\n".join(made)


def hits(spark, charged: str):
    return rows(two_places_at_once.evaluate(given(spark, charged), [CARD]), "bkkp_sn", "violation_amount")


@pytest.mark.parametrize("order", [("09:00", "09:10"), ("09:10", "09:00")])
def test_the_place_he_is_not_registered_at_is_asked(spark, order):
    found = hits(spark, days(f"carer H1 {order[0]}", f"carer H2 {order[1]}"))
    assert found == [("11", 50.0), ("21", 50.0), ("31", 50.0)]


def test_where_neither_place_is_his_own_the_later_one_is_asked(spark):
    assert hits(spark, days("guest H1 09:00", "guest H2 09:10")) == [("11", 50.0), ("21", 50.0), ("31", 50.0)]


@pytest.mark.parametrize(
    "pairs",
    [
        ("honest H1 09:00", "honest H2 10:30"),  # time enough to drive
        ("honest H1 09:00", "honest H3 09:01"),  # next door
        ("honest H1 09:00", "honest H4 09:01"),  # nobody knows how far
        ("twice H1 09:00", "twice H2 09:01"),  # two people may share the code
        ("stranger H1 09:00", "stranger H2 09:01"),  # numbered by the houses themselves
        ("honest H1 00:00", "honest H2 00:00"),  # no time of day
    ],
)
def test_honest_ways_to_stand_in_two_places(spark, pairs):
    assert hits(spark, days(*pairs)) == []


def test_charges_of_many_patients_in_one_minute_are_a_posting(spark):
    posted = ["honest H2 09:01" for _ in range(6)]
    assert hits(spark, days("honest H1 09:00", *posted)) == []


def test_once_is_a_slip_of_the_clock(spark):
    once = "\n".join(days("carer H1 09:00", "carer H2 09:10").splitlines()[:3])
    assert hits(spark, once) == []


def test_who_cannot_be_judged_says_so(spark):
    told = two_places_at_once.gaps(given(spark, days("stranger H1 09:00", "carer H2 00:00")), [CARD])
    assert rows(told, "fixmedins_code", "reason_code") == [("H1", "performer_unknown"), ("H2", "no_time_of_day")]
