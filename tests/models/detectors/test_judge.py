"""Indicators against peers: far, beyond the fence, large enough, lasting and worth money – all five, or no hit."""

from __future__ import annotations

import pytest

from tests.models.detectors import world
from tests.support.tables import rows

LIKE = {f"h{index:02d}": 1.0 + 0.04 * index for index in range(12)}  # twelve like houses, 1.00 … 1.44


def _stays(factor: float, stays: float = 100.0) -> dict[str, float]:
    return {
        "visits": stays, "inscp": stays * 5000, "discharges": stays, "bed_days": stays * 8 * factor,
        "stay_inscp": stays * 5000 * factor, "stay_persons": stays,
    }  # fmt: skip


def _area(**more: float) -> dict[str, dict[str, float]]:
    return {**{code: _stays(factor) for code, factor in LIKE.items()}, **{k: _stays(v) for k, v in more.items()}}


def _cost(spark, houses, **kwargs):
    return world.judge(
        spark, "INP-81-cost-per-stay", world.months(spark, houses), world.register(spark, list(houses)), **kwargs
    )


def test_a_house_three_times_as_dear_as_its_peers_is_a_hit_with_its_numbers(spark):
    found = _cost(spark, _area(dear=3.6)).where("outcome = 'hit'").collect()
    assert [row["fixmedins_code"] for row in found] == ["dear"]
    row = found[0]
    assert row["value"] == pytest.approx(5000 * 3.6)
    assert row["median"] == pytest.approx(5000 * 1.22, rel=1e-3)  # middle of two on the log scale
    assert row["peers"] == 12
    assert row["group_text"] == "二级综合医院·公立·各种规模·全统筹区" or row["group_text"].startswith("二级综合医院")
    assert 0 < row["excess_amount"] <= 4 * 100 * 5000 * 3.6
    assert row["excess_amount"] == pytest.approx(4 * 100 * (5000 * 3.6 - row["limit"]), rel=1e-6)
    assert row["strength"] in (2, 3, 4)


def test_honest_spread_makes_no_hit(spark):
    assert rows(_cost(spark, _area()).where("outcome <> 'no_hit'"), "fixmedins_code") == []


def test_three_dear_houses_do_not_hide_each_other(spark):
    found = _cost(spark, _area(a=3.6, b=3.8, c=4.0))
    assert rows(found.where("outcome = 'hit'"), "fixmedins_code") == [("a",), ("b",), ("c",)]


def test_one_dear_month_is_not_lasting(spark):
    houses = {code: [_stays(factor)] * 4 for code, factor in LIKE.items()}
    houses["burst"] = [_stays(1.0), _stays(1.0), _stays(1.0), _stays(9.0)]
    found = _cost(spark, houses).where("fixmedins_code = 'burst'")
    assert rows(found, "outcome", "reason_code", "excess_amount") == [("no_hit", "not_lasting", 0.0)]


def test_few_stays_are_not_evaluable(spark):
    houses = {**_area(), "tiny": _stays(4.0, stays=3)}
    found = _cost(spark, houses).where("fixmedins_code = 'tiny'")
    assert rows(found, "outcome", "reason_code", "strength") == [("not_evaluable", "low_volume", 0)]


def test_a_house_without_stays_is_not_evaluable(spark):
    houses = {**_area(), "shop": {"visits": 100.0, "inscp": 100.0}}
    found = _cost(spark, houses).where("fixmedins_code = 'shop'")
    assert rows(found, "outcome", "reason_code") == [("not_evaluable", "no_volume")]


def test_a_house_of_another_kind_has_no_peers(spark):
    houses = _area(reha=3.6)
    institutions = world.register(spark, list(LIKE)).unionByName(
        world.register(spark, ["reha"], medins_type="rehab", fixmedins_name="康复医院")
    )
    found = world.judge(spark, "INP-82-length-of-stay", world.months(spark, houses), institutions)
    assert rows(found.where("fixmedins_code = 'reha'"), "outcome", "reason_code") == [("not_evaluable", "no_peers")]


def test_a_trifle_is_immaterial(spark):
    houses = {code: {**_stays(factor), "stay_inscp": 10 * factor, "inscp": 1e7} for code, factor in LIKE.items()}
    houses["dear"] = {**_stays(1.0), "stay_inscp": 50, "inscp": 1e7}
    found = _cost(spark, houses).where("fixmedins_code = 'dear'")
    assert rows(found, "outcome", "reason_code") == [("no_hit", "immaterial")]


def test_the_low_side_is_judged_where_low_is_suspicious(spark):
    houses = {
        code: {"visits": 100.0, "inscp": 1e6, "imaging_inscp": 1e5, "judged_reports": 100.0, "positive_reports": 60 + i}
        for i, code in enumerate(LIKE)
    }
    houses["blind"] = {**houses["h00"], "positive_reports": 15.0}
    wide, institutions = world.months(spark, houses), world.register(spark, list(houses))
    found = world.judge(spark, "IMG-86-few-positive", wide, institutions).where("outcome = 'hit'")
    assert rows(found, "fixmedins_code", "value") == [("blind", 0.15)]


def test_growth_compares_the_later_half_with_the_earlier(spark):
    periods = tuple(f"2023-0{month}" for month in range(1, 7))
    houses = {code: [_stays(1.0 + 0.01 * i)] * 6 for i, code in enumerate(LIKE)}
    houses["grown"] = [_stays(1.0)] * 3 + [_stays(3.0)] * 3
    wide = world.months(spark, houses, periods)
    found = world.judge(spark, "INP-91-growth", wide, world.register(spark, list(houses)), periods)
    assert rows(found.where("outcome = 'hit'"), "fixmedins_code", "value") == [("grown", 3.0)]


def test_copies_of_one_bill_are_too_alike(spark):
    def bills(spread: float) -> dict[str, float]:
        return {
            **_stays(1.0),
            "cost_known_stays": 100.0,
            "log_cost": 850.0,
            "log_cost_square": 100 * (8.5**2 + spread**2),
        }

    houses = {code: bills(0.6 + 0.02 * i) for i, code in enumerate(LIKE)} | {"copied": bills(0.05)}
    wide = world.months(spark, houses)
    found = world.judge(spark, "INP-87-uniform-bills", wide, world.register(spark, list(houses)))
    assert rows(found.where("outcome = 'hit'"), "fixmedins_code") == [("copied",)]


def test_what_was_not_handed_over_is_not_evaluable_for_anybody(spark):
    found = _cost(spark, _area(dear=3.6), needs={"setl_d": ("cash_payamt",)}, available={"setl_d": frozenset()})
    assert rows(found.select("outcome", "reason_code").distinct(), "outcome", "reason_code") == [
        ("not_evaluable", "missing_column:setl_d.cash_payamt")
    ]


def test_size_is_only_judged_where_no_capacity_is_registered(spark):
    houses = _area() | {"huge": {k: v * 20 for k, v in _stays(1.0).items()}}
    wide = world.months(spark, houses)
    known = world.judge(spark, "INP-90-money-per-month", wide, world.register(spark, list(houses)))
    assert rows(known.select("reason_code").distinct(), "reason_code") == [("capacity_known",)]
    unknown = world.register(spark, list(houses), aprv_bed_cnt=None, dr_psncnt=None, hosp_lv=None, medins_type=None)
    found = world.judge(spark, "INP-90-money-per-month", wide, unknown).where("outcome = 'hit'")
    assert rows(found, "fixmedins_code") == [("huge",)]


def test_a_pharmacy_detector_in_an_area_without_pharmacies_is_not_evaluable_for_all(spark):
    houses = {code: {**row, "shop_inscp": 0.0, "shop_visits": 0.0} for code, row in _area().items()}
    found = world.judge(
        spark, "PHA-81-amount-per-sale", world.months(spark, houses), world.register(spark, list(houses))
    )
    assert rows(found.groupBy("outcome", "reason_code").count(), "outcome", "reason_code", "count") == [
        ("not_evaluable", "no_such_institution", 12)
    ]


def test_a_short_period_caps_the_strength(spark):
    houses = _area(dear=40.0)
    wide = world.months(spark, houses, ("2023-01",))
    found = world.judge(spark, "INP-81-cost-per-stay", wide, world.register(spark, list(houses)), ("2023-01",))
    assert rows(found.where("outcome = 'hit'"), "fixmedins_code", "strength") == [("dear", 2)]
