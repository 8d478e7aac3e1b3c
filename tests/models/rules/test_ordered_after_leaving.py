"""离职后开单: codes of people who left, and the accounts that are still theirs by right."""

from __future__ import annotations

import pytest

from models.rules import ordered_after_leaving
from tests.models.cohorts.company import given, shipped
from tests.models.rules.sheet import lines
from tests.support.tables import frame, rows
from tests.support.validated import settled

CARD = shipped("OUT-08-ordered-after-leaving")
STAFF = """
    dr_code | main_fixmedins_code | nemp_time  | mul_prac_flag
    gone    | H1                  | 2022-11-01 | 0
    lately  | H2                  | 2023-02-20 | 0
    several | H3                  | 2022-11-01 | 1
    moved   | H4                  | 2022-11-01 | 0
    moved   | H5                  |            | 0
    closing | H6                  | 2022-11-01 | 0
    series  | H7                  | 2022-11-01 | 0
    here    | H8                  |            |
"""


def visits(doctor, house, days=range(1, 8), persons=7, kind="11", performer="here"):
    return [
        f"{doctor}{house}{kind}{day} | pill | 2023-03-{day:02d} 09:00:00 | 1 | 40 | {house}p{day % persons}"
        f" | v{doctor}{house}{kind}{day} | {house} | {kind} | {doctor} | {performer}"
        for day in days
    ]


def clinic(spark, *made):
    head = "bkkp_sn | item | at | cnt | inscp | psn | visit | inst | med_type | bilg_dr_code | acord_dr_code\n"
    staff = frame(spark, STAFF, "nemp_time date, mul_prac_flag int")
    return given(settled(lines(spark, head + "\n".join(sum(made, [])))), dr_info_b=staff)


@pytest.fixture(scope="module")
def mixed(spark):
    return clinic(
        spark,
        visits("gone", "H1"),
        visits("here", "H1", performer="gone", days=range(8, 15)),  # performed, not ordered
        visits("gone", "H1", kind="21"),  # stays have their own card
        visits("lately", "H2"),  # the register may be late
        visits("several", "H3"),
        visits("moved", "H4"),  # a code the register knows twice is nobody's
        visits("closing", "H6", days=range(1, 4)),
        visits("series", "H7", persons=1),
        visits("gone", "H8"),  # he works there now
    )


def test_only_habits_under_a_name_that_is_gone(mixed):
    found = ordered_after_leaving.evaluate(mixed, [CARD])
    assert rows(found, "fixmedins_code", "violation_amount") == [("H1", 40.0)] * 14


def test_stays_are_told_by_their_own_card(mixed):
    stays = shipped("INP-08-ordered-after-leaving")
    found = ordered_after_leaving.evaluate(mixed, [stays])
    assert {name[:6] for (name,) in rows(found, "bkkp_sn")} == {"goneH1"}
    assert found.count() == 7


def test_without_the_flag_of_several_places_nobody_has_one(mixed):
    plain = given(mixed.lines, dr_info_b=mixed.tables["dr_info_b"].drop("mul_prac_flag"))
    assert {house for (house,) in rows(ordered_after_leaving.evaluate(plain, [CARD]), "fixmedins_code")} == {"H1", "H3"}


def test_houses_whose_codes_nobody_knows_cannot_be_judged(spark):
    inputs = clinic(spark, visits("0001", "H1", performer="0002"), visits("here", "H8"))
    assert rows(ordered_after_leaving.gaps(inputs, [CARD]), "fixmedins_code", "reason_code") == [
        ("H1", "performer_unknown")
    ]
    assert rows(ordered_after_leaving.exposure(inputs, [CARD]), "fixmedins_code", "exposure") == [("H8", 7.0)]
