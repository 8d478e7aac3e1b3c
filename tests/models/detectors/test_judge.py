"""Indicators against peers: far, beyond the fence, large enough, lasting and worth money – all five, or no hit.

Every scenario is a kind of house of its own, so none is another's peer and all of them are judged in one go.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

from tests.models.detectors import world

COST, STAY, POSITIVE, GROWTH, BILLS, MONEY, SALE, CASH = (
    "INP-81-cost-per-stay", "INP-82-length-of-stay", "IMG-86-few-positive", "INP-91-growth", "INP-87-uniform-bills",
    "INP-90-money-per-month", "PHA-81-amount-per-sale", "INP-85-zero-cash",
)  # fmt: skip
PERIODS = tuple(f"2023-0{month}" for month in range(1, 7))
LIKE = [1.0 + 0.04 * index for index in range(12)]  # twelve like houses, 1.00 … 1.44


def _stays(factor: float, stays: float = 100.0, **more: float) -> dict[str, float]:
    return {
        "visits": stays, "inscp": stays * 5000, "discharges": stays, "bed_days": stays * 8,
        "stay_inscp": stays * 5000 * factor, "stay_persons": stays, **more,
    }  # fmt: skip


def _reports(positive: float) -> dict[str, float]:
    return {"visits": 100.0, "inscp": 1e6, "imaging_inscp": 1e5, "judged_reports": 100.0, "positive_reports": positive}


def _bills(spread: float) -> dict[str, float]:
    return _stays(1.0, cost_known_stays=100.0, log_cost=850.0, log_cost_square=100 * (8.5**2 + spread**2))


def _like(make):
    return [make(index, factor) for index, factor in enumerate(LIKE)]


# scenario -> (its twelve like houses, the houses it is about)
SCENARIOS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "dear": (_like(lambda _, factor: _stays(factor)), {"dear": _stays(3.6)}),
    "three": (_like(lambda _, factor: _stays(factor)), {"a": _stays(3.6), "b": _stays(3.8), "c": _stays(4.0)}),
    "burst": (_like(lambda _, factor: _stays(factor)), {"burst": [*[_stays(1.0)] * 5, _stays(9.0)]}),
    "tiny": (
        _like(lambda _, factor: _stays(factor)),
        {"tiny": _stays(4.0, stays=3), "none": {"visits": 9.0, "inscp": 9.0}},
    ),
    "alone": ([], {"rehab": _stays(4.0)}),
    "trifle": (
        _like(lambda _, factor: _stays(1.0) | {"stay_inscp": 10 * factor, "inscp": 1e7}),
        {"trifle": _stays(1.0) | {"stay_inscp": 50.0, "inscp": 1e7}},
    ),
    "blind": (_like(lambda index, _: _reports(60.0 + index)), {"blind": _reports(15.0)}),
    "grown": (_like(lambda index, _: _stays(1.0 + 0.01 * index)), {"grown": [*[_stays(1.0)] * 3, *[_stays(3.0)] * 3]}),
    "copied": (_like(lambda index, _: _bills(0.6 + 0.02 * index)), {"copied": _bills(0.05)}),
    "size": (_like(lambda _, factor: _stays(factor)), {"huge": _stays(1.0, stays=2000.0)}),
    "unsized": (_like(lambda _, factor: _stays(factor)), {"vast": _stays(1.0, stays=2000.0)}),
}
ASKED = (COST, STAY, POSITIVE, GROWTH, BILLS, MONEY, SALE, CASH)


@pytest.fixture(scope="module")
def judged(spark):
    """(detector, house) -> row, over all scenarios; the like houses are called <scenario>00 … <scenario>11."""
    houses: dict[str, Any] = {}
    parts = []
    for name, (like, others) in SCENARIOS.items():
        mine = {f"{name}{index:02d}": row for index, row in enumerate(like)} | others
        houses |= mine
        capacity = {"aprv_bed_cnt": None, "dr_psncnt": None} if name == "unsized" else {}
        parts.append(world.register(spark, list(mine), medins_type=f"kind {name}", **capacity))
    register = reduce(lambda left, right: left.unionByName(right), parts)
    needed = {name for detector in ASKED for name in world.detector(detector).columns}
    wide = world.months(spark, houses, PERIODS, needed)
    available = {"clnc_exam_rpot_d": frozenset({"exam_rslt_poit_flag"}), "setl_d": frozenset({"setl_id"})}
    found = world.judge_all(spark, ASKED, wide, register, PERIODS, available)
    return {(row["detector_id"], row["fixmedins_code"]): row for row in found.collect()}


def _hits(judged, detector, scenario):
    mine = {f"{scenario}{index:02d}" for index in range(12)} | set(SCENARIOS[scenario][1])
    return sorted(
        code for (name, code), row in judged.items() if (name, row["outcome"]) == (detector, "hit") and code in mine
    )


def _said(judged, detector, code):
    row = judged[detector, code]
    return row["outcome"], row["reason_code"], row["strength"], row["excess_amount"]


def test_a_house_three_times_as_dear_as_its_peers_is_a_hit_with_its_numbers(judged):
    assert _hits(judged, COST, "dear") == ["dear"]
    row = judged[COST, "dear"]
    assert row["value"] == pytest.approx(5000 * 3.6)
    assert row["median"] == pytest.approx(5000 * 1.22, rel=1e-3)  # middle of two on the log scale
    assert (row["peers"], row["group_text"].split("·")[-1]) == (12, "全统筹区")
    assert row["excess_amount"] == pytest.approx(6 * 100 * (5000 * 3.6 - row["limit"]), rel=1e-6)
    assert row["strength"] == 1  # what patients have decides what they cost: the indicator only adds to a case


def test_honest_spread_makes_no_hit(judged):
    assert {judged[COST, f"dear{index:02d}"]["outcome"] for index in range(12)} == {"no_hit"}


def test_three_dear_houses_do_not_hide_each_other(judged):
    assert _hits(judged, COST, "three") == ["a", "b", "c"]


def test_one_dear_month_is_not_lasting(judged):
    assert _said(judged, COST, "burst") == ("no_hit", "not_lasting", 0, 0.0)


def test_little_or_no_volume_is_not_evaluable(judged):
    assert _said(judged, COST, "tiny") == ("not_evaluable", "low_volume", 0, 0.0)
    assert _said(judged, COST, "none") == ("not_evaluable", "no_volume", 0, 0.0)


def test_a_house_that_is_alone_of_its_kind_has_no_peers(judged):
    assert _said(judged, COST, "rehab") == ("not_evaluable", "no_peers", 0, 0.0)


def test_a_trifle_is_immaterial(judged):
    assert _said(judged, COST, "trifle") == ("no_hit", "immaterial", 0, 0.0)


def test_the_low_side_is_judged_where_low_is_suspicious(judged):
    assert _hits(judged, POSITIVE, "blind") == ["blind"]
    row = judged[POSITIVE, "blind"]
    assert row["value"] == pytest.approx(0.15)
    assert row["value"] < row["limit"] < row["median"]
    assert 0 < row["excess_amount"] <= 6 * 1e5


def test_growth_compares_the_later_half_with_the_earlier(judged):
    assert _hits(judged, GROWTH, "grown") == ["grown"]
    assert judged[GROWTH, "grown"]["value"] == pytest.approx(3.0)


def test_copies_of_one_bill_are_too_alike(judged):
    assert _hits(judged, BILLS, "copied") == ["copied"]


def test_what_was_not_handed_over_is_not_evaluable_for_anybody(judged):
    said = {(row["outcome"], row["reason_code"]) for (name, _), row in judged.items() if name == CASH}
    assert said == {("not_evaluable", "missing_column:setl_d.cash_payamt")}


def test_size_is_only_judged_where_no_capacity_is_registered(judged):
    assert _said(judged, MONEY, "huge")[:2] == ("not_evaluable", "capacity_known")
    assert _hits(judged, MONEY, "unsized") == ["vast"]


def test_a_pharmacy_detector_in_an_area_without_pharmacies_is_not_evaluable_for_all(judged):
    said = {(row["outcome"], row["reason_code"]) for (name, _), row in judged.items() if name == SALE}
    assert said == {("not_evaluable", "no_such_institution")}


def test_every_pair_has_exactly_one_of_the_outcomes(judged):
    houses = {code for _, code in judged}
    assert len(judged) == len(houses) * len(ASKED)
    assert {row["outcome"] for row in judged.values()} <= {"hit", "no_hit", "not_evaluable"}
