"""How findings become scores, money and ranks. Arithmetic is left unsolved so that the reason can be read."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import ranking
from tests.support.tables import cells

NUMBERS = ("strength", "observed", "peer_median", "suspected_amount", "excess_amount")
DEFAULTS = {
    "area": "imaging",
    "detector_version": "1.0+k1",
    "family": "rule",
    "outcome": "hit",
    "strength": "3",
    "observed": None,
    "peer_median": None,
    "suspected_amount": "1000",
    "excess_amount": "0",
    "data_fault": None,
    "benign_checks": None,
}


def table(text: str, defaults: dict[str, str | None] | None = None) -> pd.DataFrame:
    header, lines = cells(text)
    rows = [{**(defaults or {}), **dict(zip(header, line, strict=True))} for line in lines]
    made = pd.DataFrame(rows, columns=list({**(defaults or {}), **dict.fromkeys(header)}), dtype=object)
    for name in set(NUMBERS) & set(made.columns):
        made[name] = pd.to_numeric(made[name])
    return made


def findings(text: str) -> pd.DataFrame:
    return table(text, DEFAULTS)


NO_TIPS = pd.DataFrame(columns=["fixmedins_code", "area", "verified"], dtype=object)


def ranked(text: str, tips: pd.DataFrame = NO_TIPS, probabilities: pd.DataFrame | None = None) -> pd.DataFrame:
    given_findings = findings(text)
    found = ranking.levels(given_findings, tips)
    amounts = found.groupby(ranking.KEY)["suspected_amount"].sum().reset_index().assign(fund_loss=0.0)
    return ranking.rank(found, amounts, probabilities)


def one(text: str, tips: pd.DataFrame = NO_TIPS) -> pd.Series:
    cases = ranked(text, tips)
    assert len(cases) == 1
    return cases.iloc[0]


def test_an_indicator_a_little_above_its_peers_opens_no_case_and_adds_to_one():
    weak = """
        fixmedins_code | detector_id | family    | strength
        H1             | IMG-87      | indicator | 1
    """
    assert ranked(weak).empty
    both = weak + "        H1             | IMG-02      | rule      | 1\n"
    assert one(both)["detectors"] == "IMG-02@1.0+k1;IMG-87@1.0+k1"
    assert one(weak.replace("| 1\n", "| 2\n"))["score"] == 100 * 0.35 * 0.6


# --- score -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("strength", "score"), [(1, 15), (2, 35), (3, 60), (4, 85)])
def test_one_detector_scores_its_level(strength: int, score: float) -> None:
    assert (
        one(f"""
        fixmedins_code | detector_id | strength
        H1             | A           | {strength}
    """)["score"]
        == score
    )


def test_the_same_findings_score_the_same_in_every_area() -> None:
    cases = ranked("""
        fixmedins_code | area     | detector_id | strength
        H1             | imaging  | A           | 3
        H1             | pharmacy | B           | 3
    """)
    assert set(cases["score"]) == {60}


def test_a_second_rule_of_the_same_area_counts_half_and_an_indicator_as_a_witness_of_its_own() -> None:
    case = one("""
        fixmedins_code | detector_id | family    | strength
        H1             | A           | rule      | 3
        H1             | B           | rule      | 3
        H1             | C           | indicator | 2
    """)
    assert case["score"] == pytest.approx(100 * (1 - (1 - 0.60) * (1 - 0.60 / 2) * (1 - 0.35 * 0.6)), abs=0.01)
    assert case["detectors"] == "A@1.0+k1;B@1.0+k1;C@1.0+k1"


def test_points_of_the_levels_add_up_to_the_score() -> None:
    found = ranking.levels(
        findings("""
            fixmedins_code | detector_id | family | strength
            H1             | A           | rule   | 4
            H1             | B           | cohort | 2
            H1             | C           | rule   | 1
        """),
        NO_TIPS,
    )
    assert list(zip(found["position"], found["detector_id"], found["label_en"], strict=True)) == [
        (1, "A", "overwhelming"),
        (2, "B", "clearly above its peers"),
        (3, "C", "somewhat above its peers"),
    ]
    assert found["points"].sum() == pytest.approx(
        100 * (1 - (1 - 0.85) * (1 - 0.35 / 2) * (1 - 0.15 / 4))  # a cohort is seen in the lines of the rules
    )


def test_what_most_houses_do_leaves_a_fifth() -> None:
    case = one("""
        fixmedins_code | detector_id | strength | benign_checks
        H1             | A           | 3        | [{"check": "area_wide_habit", "result": "explains"}]
    """)
    assert case["score"] == 60 * 0.2


def test_a_hit_that_a_benign_explanation_accounts_for_opens_no_case_and_adds_a_fifth_to_one() -> None:
    explained = """
        fixmedins_code | detector_id | strength | benign_checks
        H1             | A           | 3        | [{"check": "specialist", "result": "explains"}]
    """
    assert ranked(explained).empty
    case = one(explained + "        H1             | B           | 3        |\n")
    assert case["score"] == pytest.approx(100 * (1 - (1 - 0.60) * (1 - 0.60 * 0.2 / 2)), abs=0.01)


def test_a_benign_explanation_that_fails_changes_nothing() -> None:
    case = one("""
        fixmedins_code | detector_id | strength | benign_checks
        H1             | A           | 3        | [{"check": "specialist", "result": "does_not_explain"}]
    """)
    assert case["score"] == 60


# --- what opens a case -----------------------------------------------------------------------------------------------


def test_only_hits_open_cases() -> None:
    assert ranked("""
        fixmedins_code | detector_id | outcome       | strength
        H1             | A           | no_hit        | 0
        H2             | A           | not_evaluable | 0
        H3             | A           | error         | 0
        H4             | A           | hit           | 0
    """).empty


def test_a_tip_opens_a_case_unless_it_is_unfounded() -> None:
    tips = table("""
        fixmedins_code | area    | verified
        H1             | imaging | confirmed
        H2             | imaging | open
        H3             | imaging | unfounded
    """)
    cases = ranked(
        """
        fixmedins_code | detector_id | outcome | strength | suspected_amount
        H1             | A           | no_hit  | 0        | 80
        H9             | A           | hit     | 4        | 100
    """,
        tips,
    ).set_index("fixmedins_code")
    assert dict(cases["score"]) == {"H1": 50, "H2": 15, "H9": 85}
    assert dict(cases["selected_by"]) == {"H1": "tip", "H2": "tip", "H9": "model"}
    assert cases.loc["H1", "detectors"] == f"{ranking.TIP_DETECTOR}@1.0;A@1.0+k1", "lines within peers come along"
    assert cases.loc["H2", "detectors"] == f"{ranking.TIP_DETECTOR}@1.0"


def test_a_tip_strengthens_a_clue_and_repeated_tips_count_once() -> None:
    tips = table("""
        fixmedins_code | area    | verified
        H1             | imaging | open
        H1             | imaging | confirmed
        H1             | imaging | confirmed
    """)
    case = one(
        """
        fixmedins_code | detector_id | strength
        H1             | A           | 3
    """,
        tips,
    )
    assert case["score"] == 100 * (1 - (1 - 0.60) * (1 - 0.50))
    assert case["selected_by"] == "model"


def test_a_tip_without_an_area_goes_where_the_suspected_money_is() -> None:
    tips = table("""
        fixmedins_code | area | verified
        H1             |      | confirmed
        H2             |      | confirmed
    """)
    cases = ranked(
        """
        fixmedins_code | area     | detector_id | outcome | strength | suspected_amount
        H1             | imaging  | A           | no_hit  | 0        | 10
        H1             | pharmacy | B           | no_hit  | 0        | 90
    """,
        tips,
    )
    assert list(zip(cases["fixmedins_code"], cases["area"], strict=True)) == [("H1", "pharmacy")]


# --- data faults -----------------------------------------------------------------------------------------------------


def test_data_faults_come_after_every_clue_whatever_their_amounts() -> None:
    cases = ranked("""
        fixmedins_code | detector_id | data_fault   | strength | suspected_amount
        H1             | A           | blank_doctor | 4        | 9000000
        H2             | A           |              | 1        | 10
    """)
    assert list(zip(cases["rank"], cases["fixmedins_code"], cases["verdict_hint"], strict=True)) == [
        (1, "H2", "clue"),
        (2, "H1", "data_quality"),
    ]
    assert cases["score"].iloc[1] == pytest.approx(85 * 0.1)


def test_a_faulty_signal_neither_helps_nor_hurts_a_sound_one() -> None:
    case = one("""
        fixmedins_code | detector_id | data_fault | strength
        H1             | A           | code_map   | 4
        H1             | B           |            | 2
    """)
    assert (case["verdict_hint"], case["score"], case["detectors"]) == ("clue", 35, "B@1.0+k1")


# --- money and rank --------------------------------------------------------------------------------------------------


def test_expected_recovery_counts_only_what_the_peers_do_not_explain() -> None:
    case = one("""
        fixmedins_code | detector_id | family    | strength | observed | peer_median | suspected_amount | excess_amount
        H1             | A           | rule      | 3        | 0.40     | 0.10        | 8000             | 0
        H1             | B           | indicator | 1        | 3        | 1           | 0                | 5000
    """)
    score = 1 - (1 - 0.60) * (1 - 0.15 * 0.6)
    assert case["expected_recovery"] == pytest.approx((8000 * (1 - 0.10 / 0.40) + 5000 * 0.3) * score, rel=1e-3)


def test_overlapping_estimates_are_not_added() -> None:
    assert (
        one("""
        fixmedins_code | detector_id | family    | suspected_amount | excess_amount
        H1             | A           | indicator | 0                | 5000
        H1             | B           | indicator | 0                | 4000
    """)["excess_amount"]
        == 5000
    )


def test_a_known_probability_takes_the_place_of_the_score() -> None:
    known = table("""
        fixmedins_code | area    | probability
        H1             | imaging | 0.9
    """)
    cases = ranked(
        """
        fixmedins_code | detector_id | strength | suspected_amount
        H1             | A           | 1        | 1000
    """,
        probabilities=known,
    )
    assert (cases["probability"].iloc[0], cases["expected_recovery"].iloc[0]) == (0.9, 900)


def test_ties_go_by_score_then_amount_then_institution_and_area() -> None:
    cases = ranked("""
        fixmedins_code | area       | detector_id | family    | strength | suspected_amount
        H3             | pharmacy   | A           | rule      | 3        | 0
        H2             | pharmacy   | A           | rule      | 2        | 0
        H2             | imaging    | A           | rule      | 2        | 0
        H1             | laboratory | A           | rule      | 2        | 0
    """)
    assert list(zip(cases["fixmedins_code"], cases["area"], strict=True)) == [
        ("H3", "pharmacy"),
        ("H1", "laboratory"),
        ("H2", "imaging"),
        ("H2", "pharmacy"),
    ]


# --- laws ------------------------------------------------------------------------------------------------------------

FINDING = st.fixed_dictionaries(
    {
        "fixmedins_code": st.sampled_from(["H1", "H2", "H3"]),
        "area": st.sampled_from(["imaging", "pharmacy"]),
        "detector_id": st.sampled_from(["A", "B", "C", "D"]),
        "family": st.sampled_from(list(ranking.FAMILIES)),
        "outcome": st.sampled_from(["hit", "hit", "no_hit", "not_evaluable"]),
        "strength": st.integers(0, 4),
        "suspected_amount": st.sampled_from([0.0, 10.0, 10.0, 5000.0]),
        "data_fault": st.sampled_from([None, None, "fault"]),
    }
)
MANY = st.lists(FINDING, max_size=12, unique_by=lambda row: (row["fixmedins_code"], row["area"], row["detector_id"]))


@settings(max_examples=40, deadline=None)
@given(rows=MANY, shuffle=st.randoms(use_true_random=False))
def test_ranks_have_no_gaps_and_do_not_depend_on_the_order_of_the_findings(rows, shuffle) -> None:
    full = [{**DEFAULTS, "excess_amount": 0.0, **row} for row in rows]
    columns = [*DEFAULTS, "fixmedins_code", "detector_id"]
    shuffled = shuffle.sample(full, len(full))

    def run(given_rows: list[dict]) -> pd.DataFrame:
        found = ranking.levels(pd.DataFrame(given_rows, columns=columns), NO_TIPS)
        amounts = found.groupby(ranking.KEY)["suspected_amount"].sum().reset_index().assign(fund_loss=0.0)
        return ranking.rank(found, amounts)

    cases = run(full)
    pd.testing.assert_frame_equal(cases, run(shuffled))
    assert list(cases["rank"]) == list(range(1, len(cases) + 1))
    assert cases["score"].between(0, 100).all()
    assert list(cases["verdict_hint"]) == sorted(cases["verdict_hint"]), "clue before data_quality"
    assert not cases.duplicated(ranking.KEY).any()


def test_every_weight_says_why() -> None:
    assert all(level.why_zh and level.why_en for level in [*ranking.STRENGTHS.values(), *ranking.TIPS.values()])
    assert [level.weight for level in ranking.STRENGTHS.values()] == sorted(
        {v.weight for v in ranking.STRENGTHS.values()}
    )


def test_without_a_model_levels_are_what_they_were():
    given_findings = findings("fixmedins_code | detector_id\nH1 | A")
    pd.testing.assert_frame_equal(
        ranking.levels(given_findings, NO_TIPS), ranking.levels(given_findings, NO_TIPS, None)
    )


def test_an_anomaly_adds_a_labelled_level_to_an_open_case_and_opens_none():
    given_findings = findings(
        "fixmedins_code | detector_id | strength | outcome\nH1 | A | 3 | hit\nH2 | A | 0 | no_hit"
    )
    anomalies = pd.DataFrame(
        {"fixmedins_code": ["H1", "H2"], "area": "imaging", "anomaly_level": [2, 2], "model_version": "4"}
    )
    found = ranking.levels(given_findings, NO_TIPS, anomalies)
    assert list(found["fixmedins_code"]) == ["H1", "H1"]
    assert list(found["family"]) == ["rule", "model"]
    assert found["points"].sum() == pytest.approx(100 * (1 - (1 - 0.60) * (1 - 0.35)))


def test_an_expected_recovery_learnt_from_inspections_replaces_the_formula():
    told = pd.DataFrame({"fixmedins_code": ["H1"], "area": "imaging", "probability": [0.5], "recovery": [8000.0]})
    assert ranked("fixmedins_code | detector_id\nH1 | A", probabilities=told)["expected_recovery"].iloc[0] == 0.5 * 8000
