"""The anomaly: what size explains is no anomaly, tiny groups shout at nobody, points add up, nothing is refitted."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from models import anomaly
from models.anomaly.model import level

DETECTORS = ("IMG-1", "IMG-2", "IMG-3")


def area(n=200, seed=0, slope=0.0):
    rng = np.random.default_rng(seed)
    codes = [f"H{number:04d}" for number in range(n)]
    size = rng.normal(6, 1, n)
    rows = [
        {
            "fixmedins_code": code,
            "area": "imaging",
            "detector_id": detector,
            "z": slope * (size[place] - 6) + rng.normal(),
        }
        for place, code in enumerate(codes)
        for detector in DETECTORS
    ]
    return pd.DataFrame(rows), pd.DataFrame({"size": size}, index=codes)


def total_of(model, residuals, traits, code):
    found = anomaly.totals(anomaly.points(model, residuals, traits)).set_index("fixmedins_code")["anomaly"]
    return found.loc[code], found


def test_an_institution_far_from_its_peers_stands_on_top():
    residuals, traits = area()
    residuals.loc[residuals["fixmedins_code"] == "H0007", "z"] = 7.0
    mine, everybody = total_of(anomaly.fit(residuals, traits), residuals, traits, "H0007")
    assert mine == everybody.max()


def test_the_large_house_is_no_anomaly_where_size_explains_the_distance():
    residuals, traits = area(slope=2.0)
    traits.loc["H0003", "size"] = 8.5
    residuals.loc[residuals["fixmedins_code"] == "H0003", "z"] = 2.0 * 2.5
    controlled, everybody = total_of(anomaly.fit(residuals, traits), residuals, traits, "H0003")
    blind, all_blind = total_of(anomaly.fit(residuals, traits[[]]), residuals, traits[[]], "H0003")
    assert (everybody > controlled).mean() > 0.2
    assert (all_blind > blind).mean() < 0.05


def test_points_add_up_to_the_total_and_each_counts_half_of_the_one_before():
    residuals, traits = area()
    found = anomaly.points(anomaly.fit(residuals, traits), residuals, traits)
    one = found[found["fixmedins_code"] == "H0001"]
    expected = sum(surprise * 0.5**place for place, surprise in enumerate(sorted(one["surprise"], reverse=True)))
    assert one["points"].sum() == pytest.approx(expected)
    assert (found["points"] >= 0).all()


def test_the_score_of_one_does_not_depend_on_who_else_is_scored():
    residuals, traits = area()
    model = anomaly.fit(residuals, traits)
    whole = anomaly.totals(anomaly.points(model, residuals, traits)).set_index("fixmedins_code")["anomaly"]
    alone = residuals[residuals["fixmedins_code"] == "H0042"]
    assert anomaly.totals(anomaly.points(model, alone, traits))["anomaly"].iloc[0] == pytest.approx(whole["H0042"])


def test_a_tiny_group_cannot_make_its_largest_member_a_scandal():
    few = pd.DataFrame(
        {"fixmedins_code": ["a", "b", "c"], "area": "dialysis", "detector_id": "D", "z": [0.0, 0.1, 1.5]}
    )
    traits = pd.DataFrame({"size": [1.0, 2.0, 3.0]}, index=["a", "b", "c"])
    found = anomaly.totals(anomaly.points(anomaly.fit(few, traits), few, traits))
    assert found["anomaly"].max() < 1.0


def test_a_detector_and_an_institution_unknown_at_training_do_no_harm():
    residuals, traits = area()
    model = anomaly.fit(residuals, traits)
    strange = pd.DataFrame(
        {"fixmedins_code": ["new", "new"], "area": "imaging", "detector_id": ["NEW-1", "IMG-1"], "z": 9.0}
    )
    found = anomaly.points(model, strange, traits)
    assert list(found["detector_id"]) == ["IMG-1"]
    assert found["points"].iloc[0] > 1


def test_the_model_survives_the_way_through_json():
    residuals, traits = area()
    model = anomaly.fit(residuals, traits)
    again = anomaly.Anomaly.from_dict(json.loads(json.dumps(model.to_dict())))
    pd.testing.assert_frame_equal(anomaly.points(model, residuals, traits), anomaly.points(again, residuals, traits))


def test_about_one_in_twenty_honest_institutions_reaches_the_first_level():
    residuals, traits = area(n=1000)
    model = anomaly.fit(residuals, traits)
    found = anomaly.totals(anomaly.points(model, *area(n=1000, seed=9)))["anomaly"]
    assert 0.02 < np.mean([level(model, value) >= 1 for value in found]) < 0.08
