"""The tables of an evaluation: lists of neighbouring periods, fairness by group."""

from __future__ import annotations

import pandas as pd
import pytest

from models.evaluation import compare


def ranked(order: str) -> pd.DataFrame:
    return pd.DataFrame({"fixmedins_code": list(order), "area": "imaging", "ranking": range(len(order), 0, -1)})


def test_two_lists_are_compared_by_their_tops_and_by_what_stands_in_both():
    same = compare.between(ranked("abcdef"), ranked("abcdef"), 3)
    assert same == {"same_at_capacity": 1.0, "rank_correlation": pytest.approx(1.0)}
    turned = compare.between(ranked("abcdef"), ranked("fedcba"), 3)
    assert turned == {"same_at_capacity": 0.0, "rank_correlation": pytest.approx(-1.0)}
    newcomer = compare.between(ranked("abcd"), ranked("xabc"), 2)
    assert newcomer == {"same_at_capacity": 0.5, "rank_correlation": pytest.approx(1.0)}


def test_a_baseline_is_compared_on_the_same_inspections_and_one_that_is_not_there_is_left_out():
    held_out = pd.DataFrame(
        {"fixmedins_code": [f"H{n}" for n in range(40)], "money": range(40), "champion": float("nan")}
    )
    held_out["target"] = [1.0] * 10 + [0.0] * 30
    held_out["ranking"] = held_out["target"]
    others = {"sort by money": "money", "last champion": "champion", "outcome alone": "outcome"}
    told = compare.below(held_out, "ranking", others, 10)
    assert told == {"sort by money": {"pr_auc": 0.0, "precision_at_capacity": 0.0}}


def test_a_group_treated_harder_than_inspections_found_it_shows_and_a_small_one_is_not_judged():
    held_out = pd.DataFrame(
        {
            "target": [1.0] * 6 + [0.0] * 6 + [0.0] * 12 + [1.0],
            "outcome": [0.5] * 12 + [0.6] * 12 + [0.9],
            "ownership": ["1"] * 12 + ["2"] * 12 + [None],
        }
    )
    told = {row["group"]: row for row in compare.fairness(held_out, "outcome", ["ownership"])}
    assert (told["1"]["confirmed"], told["1"]["probability"]) == (0.5, 0.5)
    assert told["2"]["probability"] - told["2"]["confirmed"] == pytest.approx(0.6)
    assert (told["unknown"]["inspections"], told["unknown"]["probability"]) == (1, None)
