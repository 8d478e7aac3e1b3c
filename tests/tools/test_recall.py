"""Recall at k: counted on institution-areas, each once, against what was planted."""

from __future__ import annotations

import pandas as pd

from tools.recall import measure

PLANTED = pd.DataFrame(
    [("H1", "imaging", "split_ct", "strong"), ("H1", "imaging", "films", "weak"), ("H2", "pharmacy", "ring", "weak")],
    columns=["fixmedins_code", "area", "scheme", "strength"],
)
DECOYS = pd.DataFrame(
    [("H9", "imaging", "referral"), ("H8", "pharmacy", "rush")], columns=["fixmedins_code", "area", "decoy"]
)


def listed(*places):
    rows = [(rank, code, area, "clue") for rank, (code, area) in enumerate(places, start=1)]
    return pd.DataFrame(rows, columns=["rank", "fixmedins_code", "area", "verdict_hint"])


def test_an_area_planted_twice_counts_once_with_its_strongest_scheme():
    found = measure(listed(("H1", "imaging"), ("H9", "imaging"), ("H2", "pharmacy")), PLANTED, DECOYS)
    assert (found["planted"], found["recall_at_k"], found["listed_anywhere"]) == (2, 0.5, 1.0)
    assert found["by_strength"] == {"strong": 1.0, "weak": 0.0}


def test_a_decoy_above_the_median_planted_case_is_counted():
    early = measure(listed(("H9", "imaging"), ("H1", "imaging"), ("H2", "pharmacy")), PLANTED, DECOYS)
    late = measure(listed(("H1", "imaging"), ("H2", "pharmacy"), ("H9", "imaging")), PLANTED, DECOYS)
    assert (early["decoys_above_median_planted"], late["decoys_above_median_planted"]) == (1, 0)
