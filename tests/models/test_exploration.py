"""The draw: the top is sent to, a tenth of the places goes to chance, every listed clue keeps the chance it had."""

from __future__ import annotations

import pandas as pd
import pytest

from models import exploration


def cases(n: int, faults: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case_id": [f"C-{place:04d}" for place in range(n + faults)],
            "rank": range(1, n + faults + 1),
            "verdict_hint": ["clue"] * n + ["data_quality"] * faults,
            "selected_by": ["tip" if place == 0 else "model" for place in range(n + faults)],
        }
    )


def test_a_tenth_of_the_places_goes_to_chance_below_the_top():
    told = exploration.draw(cases(200), 50)
    assert told["drawn"].sum() == 50
    lucky = told[told["selected_by"] == "random"]
    assert len(lucky) == 5
    assert lucky["case_id"].min() >= "C-0045"
    assert told.set_index("case_id").loc["C-0000", "selected_by"] == "tip"


def test_every_clue_has_the_chance_it_had_and_the_chances_add_up_to_the_places():
    told = exploration.draw(cases(200), 50)
    assert len(told) == 200
    assert told["propensity"].sum() == pytest.approx(50)
    assert set(told["propensity"].round(6)) == {1.0, round(5 / 155, 6)}


def test_a_rerun_draws_the_same_and_no_clue_is_drawn_for_its_rank():
    first, again = exploration.draw(cases(200), 50), exploration.draw(cases(200).sample(frac=1, random_state=1), 50)
    assert set(first[first["drawn"] == 1]["case_id"]) == set(again[again["drawn"] == 1]["case_id"])
    below = cases(2000).assign(case_id=lambda frame: "D" + frame["case_id"])
    told = exploration.draw(below, 500)
    ranks = told[told["selected_by"] == "random"].index.to_numpy()
    assert abs(ranks.mean() - (450 + 2000) / 2) < 200


@pytest.mark.parametrize(("clues", "capacity"), [(30, 50), (50, 50), (100, 4)])
def test_where_all_have_a_place_or_hardly_any_is_there_nothing_is_left_to_chance(clues, capacity):
    told = exploration.draw(cases(clues, faults=3), capacity)
    assert set(told["selected_by"]) <= {"tip", "model"}
    assert set(told["propensity"]) == {1.0}
    assert len(told) == min(clues, capacity)
