"""A trace code stands for one box; what happens when it is settled twice."""

from __future__ import annotations

from models.rules import trace_code_reuse
from tests.support.charged import card, charged, given
from tests.support.tables import frame, rows

A, B, C = "8" + "1" * 18 + "2", "8" + "2" * 18 + "3", "8" + "3" * 18 + "4"
SAME = card("trace_code_reuse", relation="same_shop", max_institutions=5, split_tolerance=0.1)
OTHER = card("trace_code_reuse", relation="other_shop", max_institutions=5, split_tolerance=0.1)


def found(spark, text, which=SAME, **tables):
    hits = trace_code_reuse.evaluate(given(charged(spark, text), **tables), [which])
    return rows(hits, "bkkp_sn", "violation_cnt", "violation_amount")


def test_same_shop(spark):
    text = f"""
        bkkp_sn | fixmedins_code | psn_no | fee_ocur_time       | drug_trac_codg | net_cnt | cnt | net_inscp | setl_id | trdn_flag
        early   | P1             | anna   | 2023-01-05 09:00:00 | {A}            | 1       | 1   | 40        | s1      |
        again   | P1             | bert   | 2023-01-09 09:00:00 | {A}            | 1       | 1   | 40        | s2      |
        three   | P1             | cora   | 2023-01-10 09:00:00 | {A}            | 4       | 4   | 160       | s3      |
        half1   | P2             | anna   | 2023-01-05 09:00:00 | {B}            | 0.5     | 0.5 | 20        | s4      | 1
        half2   | P2             | bert   | 2023-01-06 09:00:00 | {B}            | 0.5     | 0.5 | 20        | s5      | 1
        half3   | P2             | cora   | 2023-01-07 09:00:00 | {B}            | 0.5     | 0.5 | 20        | s6      | 1
        scan1   | P3             | anna   | 2023-01-05 09:00:00 | {C}            | 1       | 1   | 40        | s7      |
        scan2   | P3             | anna   | 2023-01-05 09:00:00 | {C}            | 1       | 1   | 40        | s7      |
    """
    assert found(spark, text) == [
        ("again", 1.0, 40.0),
        ("half3", 0.5, 20.0),  # half + half = one box; the third half is more than the box held
        ("three", 1.0, 160 / 4),  # one of four boxes
    ]


def test_honest_repeats_stay_silent(spark):
    text = f"""
        bkkp_sn  | fixmedins_code | fee_ocur_time       | drug_trac_codg       | net_cnt | cnt | setl_id
        other    | P1             | 2023-01-05 09:00:00 | {A}                  | 1       | 1   | s1
        partly   | P4             | 2023-01-05 09:00:00 | {B},{C}              | 1       | 2   | s2
        returned | P4             | 2023-01-09 09:00:00 | {B}                  | 1       | 1   | s3
        typed1   | P5             | 2023-01-05 09:00:00 | 00000000000000000000 | 1       | 1   | s4
        typed2   | P5             | 2023-01-06 09:00:00 | 00000000000000000000 | 1       | 1   | s5
        short1   | P5             | 2023-01-05 09:00:00 | 8123                 | 1       | 1   | s6
        short2   | P5             | 2023-01-06 09:00:00 | 8123                 | 1       | 1   | s7
    """
    assert found(spark, text) == []


def test_another_institution_and_the_factory(spark):
    resold = f"""
        bkkp_sn | fixmedins_code | fee_ocur_time       | drug_trac_codg | setl_id | net_inscp
        first   | H1             | 2023-01-05 09:00:00 | {A}            | s1      | 40
        later   | P1             | 2023-02-01 09:00:00 | {B}, {A}       | s2      | 40
        same    | P2             | 2023-01-05 09:00:00 | {B}            | s3      | 40
    """
    # `later` takes A (sold by H1) and B (sold by P2) again: both boxes, never more than the line
    assert found(spark, resold, OTHER) == [("later", 1.0, 40.0)]
    printed = "\n".join(f"line{n} | P{n} | 2023-01-0{n} 09:00:00 | {C} | s{n}" for n in range(1, 8))
    header = "bkkp_sn | fixmedins_code | fee_ocur_time | drug_trac_codg | setl_id\n"
    assert found(spark, header + printed, OTHER) == []


def test_sold_for_cash_before(spark):
    sales = frame(
        spark,
        f"""
        sel_sn | fixmedins_code | cnt | mdtrt_setl_type | drug_trac_codg | trdn_flag | sel_time
        c1     | P1             | 1   | 2               | {A}            |           | 2023-01-03 10:00:00
        c2     | P1             | 1   | 2               | {B}            |           | 2023-01-03 10:00:00
        c3     | P1             | -1  | 2               | {B}            |           | 2023-01-04 10:00:00
        c4     | P1             | 1   | 1               | {C}            |           | 2023-01-05 09:00:00
        """,
        "cnt decimal(16,4), trdn_flag int, sel_time timestamp",
    )
    text = f"""
        bkkp_sn  | fixmedins_code | fee_ocur_time       | drug_trac_codg
        cash     | P1             | 2023-01-05 09:00:00 | {A}
        returned | P1             | 2023-01-05 09:00:00 | {B}
        itself   | P1             | 2023-01-05 09:00:00 | {C}
    """
    cash = card("trace_code_reuse", needs={"sel_d": ("drug_trac_codg",)}, relation="after_cash")
    assert found(spark, text, cash, sel_d=sales) == [("cash", 1.0, 100.0)]
    assert found(spark, text, cash) == []  # without sales nothing is said


def test_exposure_and_gap(spark):
    text = f"""
        bkkp_sn | fixmedins_code | fee_ocur_time       | drug_trac_codg
        a       | P1             | 2023-01-05 09:00:00 | {A}
        b       | P1             | 2023-01-05 09:00:00 |
        c       | P2             | 2023-01-05 09:00:00 |
    """
    inputs = given(charged(spark, text))
    exposed = trace_code_reuse.exposure(inputs, [SAME])
    assert rows(exposed, "detector_id", "fixmedins_code", "stat_month", "exposure") == [("T", "P1", "2023-01", 1.0)]
    assert rows(trace_code_reuse.gaps(inputs, [SAME]), "fixmedins_code", "reason_code") == [("P2", "no_trace_codes")]


def test_order_of_rows_does_not_matter(spark):
    lines = charged(
        spark,
        "bkkp_sn | fixmedins_code | fee_ocur_time | drug_trac_codg | setl_id | net_inscp\n"
        + "\n".join(f"l{n} | P{n % 2} | 2023-01-{10 + n} 09:00:00 | {A},{B} | s{n} | {n}0" for n in range(1, 9)),
    )
    straight = trace_code_reuse.evaluate(given(lines), [SAME, OTHER])
    shuffled = trace_code_reuse.evaluate(given(lines.orderBy("net_inscp").repartition(5, "setl_id")), [SAME, OTHER])
    columns = ("detector_id", "bkkp_sn", "paired_bkkp_sn", "violation_amount", "note_zh")
    assert rows(straight, *columns) == rows(shuffled, *columns)
