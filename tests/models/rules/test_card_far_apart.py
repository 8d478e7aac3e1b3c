"""异地刷码: cards at two places at once, and the people who may look as if they were."""

from __future__ import annotations

import pytest

from models.rules import card_far_apart
from tests.models.cohorts.company import given, shipped
from tests.support.charged import charged
from tests.support.tables import frame, rows
from tests.support.validated import settled

CARD = shipped("PHA-08-card-too-far-apart")
PLACES = {"TOWN": 117.00, "NEAR": 117.03, "FAR": 117.60, "ROAD": 117.50, "CLINIC": 117.00, "OTHER": 117.60}
KIND = {"CLINIC": "11", "TOWN": "41"}


def seen(who, *stops, day=2):
    """Visits of a person on a day: (place, time) one after the other."""
    return [
        (f"{who}-{place}-{time}", who, place, KIND.get(place, "41"), f"2023-01-{day:02d} {time}:00")
        for place, time in stops
    ]


def area(spark, *made):
    flat = [visit for some in made for visit in some]
    flat += [v for place in ("TOWN", "CLINIC") for at in range(60) for v in seen(f"q{at}", (place, "08:00"), day=9)]
    text = "mdtrt_id | psn_no | fixmedins_code | med_type | begntime\n" + "\n".join(" | ".join(visit) for visit in flat)
    head = "bkkp_sn | mdtrt_id | psn_no | fixmedins_code | med_type | fee_ocur_time\n"
    lines = charged(spark, head + "\n".join(f"l-{visit[0]} | {' | '.join(visit)}" for visit in flat))
    places = "fixmedins_code | fixmedins_type | lnt | lat\n" + "\n".join(
        f"{code} | {1 if code == 'CLINIC' else 2} | {lnt} | 34.0" for code, lnt in PLACES.items()
    )
    return given(
        settled(lines),
        mdtrt_d=frame(spark, text, "begntime timestamp"),
        fixmedins_b=frame(spark, places, "lnt double, lat double"),
    )


@pytest.fixture(scope="module")
def mixed(spark):
    return area(
        spark,
        *[seen(f"a{at}", ("CLINIC", "09:00"), ("FAR", "09:10")) for at in range(3)],  # scanned from afar, after
        *[seen(f"b{at}", ("FAR", "14:00"), ("TOWN", "14:15")) for at in range(3)],  # and before the person was seen
        *[seen(f"c{at}", ("CLINIC", "09:00"), ("NEAR", "09:05")) for at in range(6)],  # round the corner
        *[seen(f"d{at}", ("CLINIC", "09:00"), ("ROAD", "10:00")) for at in range(6)],  # an hour on the road
        *[seen(f"e{at}", ("TOWN", "09:00"), ("OTHER", "09:05")) for at in range(4)],  # four families
        seen("0000", *[(place, f"09:0{at}") for at, place in enumerate(PLACES)], ("TOWN", "10:00")),
    )


def test_the_place_that_does_it_is_asked_whichever_came_first(mixed):
    found = card_far_apart.evaluate(mixed, [CARD])
    assert {shop for (shop,) in rows(found, "fixmedins_code")} == {"FAR"}
    assert {who for (who,) in rows(found, "psn_no")} >= {f"{letter}{at}" for letter in "ab" for at in range(3)}


def test_the_sentence_tells_minutes_and_kilometres(mixed):
    notes = {row["psn_no"]: row["note_en"] for row in card_far_apart.evaluate(mixed, [CARD]).collect()}
    assert notes["a0"] == "the same person was at CLINIC, 55 km away, 10 minutes apart: too far to travel"


def test_exposure_is_every_line_of_a_shop_whose_position_is_known(mixed):
    counted = dict(rows(card_far_apart.exposure(mixed, [CARD]), "fixmedins_code", "exposure"))
    assert "CLINIC" not in counted
    assert counted["TOWN"] > 60


def test_a_number_at_every_place_is_nobodys(spark):
    crowd = [
        seen("0000", *[(place, f"09:0{at}") for at, place in enumerate(PLACES)], ("TOWN", "10:00"), day=day)
        for day in range(2, 9)
    ]
    assert card_far_apart.evaluate(area(spark, *crowd), [CARD]).count() == 0
