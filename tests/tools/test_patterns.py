"""The audit of patterns: what counts as fired, silent, off in its amount, or not built."""

from __future__ import annotations

import pandas as pd
import pytest

from tools.patterns import Truth, markdown, summary, table

SCHEMES = pd.DataFrame(
    [("h1", "imaging", "caught"), ("h2", "imaging", "quiet"), ("h3", "dialysis", "unseen"), ("h4", "imaging", "dear")],
    columns=["fixmedins_code", "area", "scheme"],
)
LINES = pd.DataFrame(
    [("1", "caught", "10"), ("2", "caught", "10"), ("3", "quiet", "5"), ("4", "unseen", "5"), ("5", "dear", "10")],
    columns=["bkkp_sn", "scheme", "disputed_amount"],
).assign(table="fee_list_d")
EVIDENCE = pd.DataFrame(
    [
        ("A", "h1", "1", 10.0),
        ("A", "h1", "2", 8.0),
        ("B", "h1", "2", 10.0),
        ("C", "h2", "3", 5.0),
        ("D", "h4", "5", 90.0),
        ("A", "h1", "7", 1.0),
        ("A", "h8", "8", 1.0),
        ("A", "h8", "9", 1.0),
    ],
    columns=["detector_id", "fixmedins_code", "bkkp_sn", "violation_amount"],
).assign(table="fee_list_d")
FINDINGS = pd.DataFrame(
    [
        ("A", "h1", "imaging", "rule", "hit"), ("A", "h9", "imaging", "rule", "hit"), ("B", "h1", "imaging", "rule", "no_hit"),
        ("C", "h2", "imaging", "rule", "no_hit"), ("D", "h4", "imaging", "rule", "hit"),
    ],
    columns=["detector_id", "fixmedins_code", "area", "family", "outcome"],
)  # fmt: skip
CASES = pd.DataFrame([("h1", "imaging")], columns=["fixmedins_code", "area"])


@pytest.fixture
def audited():
    return table(FINDINGS, EVIDENCE, CASES, Truth(SCHEMES, LINES)).set_index("scheme")


def test_verdicts(audited):
    assert audited["verdict"].to_dict() == {
        "unseen": "not_built", "caught": "fires", "dear": "amount_error", "quiet": "silent",
    }  # fmt: skip


def test_a_line_counts_once_and_honest_houses_are_told(audited):
    row = audited.loc["caught"]
    assert (row["detectors"], row["caught"], row["found_amount"], row["amount_error"]) == ("A", 2, 18.0, -0.1)
    assert (row["honest_houses_hit"], row["listed_in_area"]) == (1, 1)


def test_as_markdown(audited):
    assert markdown(audited.reset_index()).count("\n") == 5


def test_precision_and_recall_of_the_evidence_lines(audited):
    row = audited.loc["caught"]
    # A holds lines 1, 2 (planted), 7 (a false one at a hit house) and 8, 9 at a house it does not hit
    assert (row["recall"], row["precision"], row["precision_at_hits"]) == (1.0, 0.4, 0.67)
    assert audited.loc[["quiet", "unseen"], ["recall", "precision", "precision_at_hits"]].isna().all(axis=None)


def test_one_line_per_area(audited):
    said = summary(audited.reset_index())
    assert said == [
        "dialysis: 0 of 1 schemes fire, 0% of 1 planted lines caught, median precision –, precision_at_hits –, "
        "0 honest houses hit",
        "imaging: 2 of 3 schemes fire, 75% of 4 planted lines caught, median precision 0.70, precision_at_hits 0.83, "
        "1 honest houses hit",
    ]


def test_evidence_at_the_other_line_of_a_pair_sees_the_planted_one():
    lines = [("2", "pair", "10"), ("3", "pair", "10"), ("4", "pair", "10")]
    planted = pd.DataFrame(lines, columns=["bkkp_sn", "scheme", "disputed_amount"])
    schemes = pd.DataFrame([("h1", "imaging", "pair")], columns=["fixmedins_code", "area", "scheme"])
    rows = [("P", "h1", "1", "2", 9.0), ("P", "h1", "5", "6", 9.0), ("P", "h1", "3", "4", 8.0)]
    names = ["detector_id", "fixmedins_code", "bkkp_sn", "paired_bkkp_sn", "violation_amount"]
    hit = pd.DataFrame([("P", "h1", "imaging", "rule", "hit")], columns=FINDINGS.columns)
    truth = Truth(schemes, planted.assign(table="fee_list_d"))
    row = table(hit, pd.DataFrame(rows, columns=names).assign(table="fee_list_d"), CASES, truth).iloc[0]
    # line 2 is seen from line 1; line 3 is seen itself, which says nothing of line 4 beside it
    assert (row["verdict"], row["caught"], row["found_amount"], row["recall"]) == ("fires", 2, 17.0, 0.67)
    assert row["precision"] == 0.67  # the pair of lines 5 and 6 was not planted


def test_evidence_at_the_settlement_sees_the_planted_lines_of_it_and_counts_once():
    lines = [("1", "gaming", "10"), ("2", "gaming", "10"), ("3", "gaming", "10")]
    planted = pd.DataFrame(lines, columns=["bkkp_sn", "scheme", "disputed_amount"]).assign(table="fee_list_d")
    settled = pd.DataFrame([("1", "s1"), ("2", "s1"), ("3", "s2")], columns=["bkkp_sn", "setl_id"])
    schemes = pd.DataFrame([("h1", "drg_dip", "gaming")], columns=["fixmedins_code", "area", "scheme"])
    rows = [("G", "h1", "s1", "drg_setl_d", None, 18.0), ("G", "h1", "s9", "drg_setl_d", None, 5.0)]
    names = ["detector_id", "fixmedins_code", "bkkp_sn", "table", "paired_bkkp_sn", "violation_amount"]
    hit = pd.DataFrame([("G", "h1", "drg_dip", "rule", "hit")], columns=FINDINGS.columns)
    row = table(hit, pd.DataFrame(rows, columns=names), CASES, Truth(schemes, planted, settled)).iloc[0]
    assert (row["verdict"], row["caught"], row["found_amount"], row["recall"]) == ("fires", 2, 18.0, 0.67)
    assert row["precision"] == 0.5
