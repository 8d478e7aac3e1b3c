"""Honest houses that look strange: each beside its like, none of them a hit – and the one that is not honest is."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

from tests.models.detectors import world

PERIODS = tuple(f"2023-{month:02d}" for month in range(1, 13))
COST, STAY, EXAMS, PERSONS, DOCTOR, LABS, SALE = (
    "INP-81-cost-per-stay", "INP-82-length-of-stay", "IMG-81-exams-per-stay", "OUT-82-visits-per-person",
    "INP-88-one-doctor", "LAB-85-visits-tested", "PHA-82-amount-per-person",
)  # fmt: skip
ASKED = (COST, STAY, EXAMS, PERSONS, DOCTOR, LABS, SALE)
SPREAD = [0.8 + 0.035 * index for index in range(12)]  # what like houses differ by
FLU = [1.0, 1.0, 1.1, 1.0, 0.9, 0.8, 0.8, 0.8, 0.9, 1.1, 1.6, 1.9]  # a children's year


def _general(factor=1.0, days=8.0, exams=1.5, outp=2000.0, tested=0.25, top=0.2, stays=100.0):
    return {
        "visits": stays + outp, "inscp": stays * 5000 * factor + outp * 200, "discharges": stays, "inp_visits": stays,
        "bed_days": stays * days * factor, "stay_inscp": stays * 5000 * factor, "inp_exams": stays * exams * factor,
        "inp_imaging_inscp": stays * exams * factor * 200, "outp_visits": outp, "outp_persons": outp / (1.5 * factor),
        "outp_inscp": outp * 200, "outp_labs": outp * tested * 6, "outp_lab_visits": outp * tested * factor,
        "outp_lab_inscp": outp * tested * 60, "doctor_visits": outp, "doctor_inscp": outp * 200,
        "top_doctor_inscp": outp * 200 * top * factor,
    }  # fmt: skip


def _flu(factor):
    return [_general(factor, days=5.0, tested=0.3 * wave, stays=100.0 * wave) for wave in FLU]


def _shop(factor, per_person=110.0):
    sold = 600.0 * per_person * factor
    return {"visits": 900.0, "inscp": sold, "persons": 600.0, "shop_visits": 900.0, "shop_inscp": sold}


# kind -> (register, like houses, the houses the kind is about)
KINDS: dict[str, tuple[dict[str, Any], list[Any], dict[str, Any]]] = {
    "general": (
        {"medins_type": "general"},
        [_general(factor) for factor in SPREAD],
        {
            "trauma": _general(1.1, exams=2.2),  # many examinations, as a trauma ward needs
            "referral": _general(1.25, days=9.5, exams=1.9),
            "blank": {**_general(), "doctor_visits": 20.0, "doctor_inscp": 4000.0, "top_doctor_inscp": 3900.0},
            "padded": _general(1.0, exams=6.0),  # not honest
        },
    ),
    "rehab": ({"medins_type": "rehab"}, [_general(factor, days=28.0) for factor in SPREAD], {"rehab_long": _general(1.3, days=28.0)}),
    "lonely": ({"medins_type": "dialysis"}, [], {"dialysis": {**_general(), "outp_persons": 150.0}}),
    "children": ({"medins_type": "specialist", "fixmedins_name": "儿童医院"}, [_flu(f) for f in SPREAD], {"flu": _flu(1.2)}),
    "clinic": (
        {"medins_type": "clinic", "hosp_lv": None},
        [_general(factor, stays=0.0, outp=120.0) for factor in SPREAD],
        {"three": {"visits": 3.0, "inscp": 900.0, "outp_visits": 3.0, "outp_persons": 1.0, "outp_inscp": 900.0}},
    ),
    "shop": (
        {"fixmedins_type": "2", "medins_type": None, "hosp_lv": None},
        [_shop(factor) for factor in SPREAD],
        {"beside": _shop(1.25), "drained": _shop(1.0, per_person=700.0)},  # the last is not honest
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def judged(spark):
    houses: dict[str, Any] = {}
    parts = []
    for name, (register, like, others) in KINDS.items():
        mine = {f"{name}{index:02d}": row for index, row in enumerate(like)} | others
        houses |= mine
        parts.append(world.register(spark, list(mine), **register))
    united = reduce(lambda left, right: left.unionByName(right), parts)
    columns = {name for detector in ASKED for name in world.detector(detector).columns}
    found = world.judge_all(spark, ASKED, world.months(spark, houses, PERIODS, columns), united, PERIODS)
    return {(row["fixmedins_code"], row["detector_id"]): row for row in found.collect()}


def _hit_by(judged, code):
    return sorted(name for (house, name), row in judged.items() if house == code and row["outcome"] == "hit")


@pytest.mark.parametrize("code", ["trauma", "referral", "rehab_long", "dialysis", "flu", "three", "beside"])
def test_an_honest_house_that_looks_strange_is_no_hit(judged, code):
    assert _hit_by(judged, code) == []


def test_none_of_the_like_houses_is_a_hit(judged):
    strangers = {code for _, _, others in KINDS.values() for code in others}
    assert {code for (code, _), row in judged.items() if row["outcome"] == "hit"} <= strangers


def test_the_houses_that_are_not_honest_are_hit_where_they_should_be(judged):
    assert _hit_by(judged, "padded") == [EXAMS]
    assert _hit_by(judged, "drained") == [SALE]


def test_where_hardly_any_doctor_is_named_only_the_doctor_indicator_speaks(judged):
    """It is a signal of the data, not of the house: the blank-doctor test of models.benign turns it into a data fault."""
    assert _hit_by(judged, "blank") == [DOCTOR]
    assert "blank_doctor" in world.detector(DOCTOR).benign


def test_a_tiny_clinic_and_a_lonely_centre_are_not_called_innocent_either(judged):
    assert judged["three", PERSONS]["reason_code"] == "low_volume"
    assert judged["dialysis", STAY]["reason_code"] == "no_peers"


def test_long_stays_of_a_rehabilitation_hospital_are_judged_among_its_like(judged):
    row = judged["rehab_long", STAY]
    assert row["outcome"] == "no_hit"
    assert "康复医院" in row["group_text"]
