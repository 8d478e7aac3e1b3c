"""Boxes with a second sale, in order of time."""

from __future__ import annotations

from models.cohorts import trace_flow
from tests.models.cohorts.company import given, shipped, shown
from tests.support.charged import charged
from tests.support.tables import frame, rows

FLOW, ROUND = shipped("PHA-93-trace-flow"), shipped("PHA-94-trace-round")
HEAD = "bkkp_sn | fixmedins_code | psn_no | fee_ocur_time | drug_trac_codg | net_cnt | cnt | trdn_flag\n"
CHAINS = "fixmedins_code | fixmedins_type | prnt_code\nH1 | 1 |\nP1 | 2 | C1\nP2 | 2 | C1\nP3 | 2 |"


def code(number):
    return f"8101227053370{number:07d}"


def sold(number, shop, who, day, cnt=1, of=1, split=0):
    """`cnt` is what stands after refunds of the `of` sold."""
    return f"{shop}{number}{who}{day} | {shop} | {who} | 2023-03-{day:02d} 09:00:00 | {code(number)} | {cnt} | {of} | {split}"


def run(spark, lines):
    kept = [line for line in lines if line]
    return given(charged(spark, HEAD + "\n".join(kept)), fixmedins_b=frame(spark, CHAINS))


def test_boxes_of_a_hospital_at_a_shop(spark):
    flow = [line for n in range(6) for line in (sold(n, "H1", f"a{n}", 1 + n), sold(n, "P3", f"b{n}", 15 + n))]
    stray = [sold(99, "P1", "x", 2), sold(99, "P3", "y", 9)]  # one slip of a scanner
    inputs = run(spark, [*flow, *stray])
    assert rows(trace_flow.evaluate(inputs, [FLOW]), "bkkp_sn", "violation_amount") == [
        (f"P3{n}b{n}{15 + n}", 100.0) for n in range(6)
    ]
    groups = trace_flow.groups(inputs, [FLOW])
    assert rows(groups.nodes.where("node_kind = 'institution'"), "label", "held") == [("H1", 0), ("P3", 1)]
    assert rows(groups.edges.where("edge_kind = 'boxes'"), "source", "target", "lines") == [
        ("institution:H1", "institution:P3", 6)
    ]
    assert set(shown(groups, "person")) == {f"b{n}" for n in range(6)}  # the first buyers are not in the picture


def test_honest_second_sights(spark):
    refunded = [x for n in range(6) for x in (sold(n, "H1", f"a{n}", 1, cnt=0), sold(n, "P3", f"b{n}", 9 + n))]
    both_bill = [x for n in range(10, 16) for x in (sold(n, "H1", f"a{n}", 2), sold(n, "P3", f"a{n}", 2 + n))]
    chain = [x for n in range(20, 26) for x in (sold(n, "P1", f"a{n}", 2), sold(n, "P2", f"b{n}", n - 10))]
    one_day = [x for n in range(30, 36) for x in (sold(n, "H1", f"a{n}", 2), sold(n, "P3", f"b{n}", 20))]
    lines = [line for line in [*refunded, *both_bill, *chain, *one_day] if " | 0 | 1 | " not in line]
    assert rows(trace_flow.evaluate(run(spark, lines), [FLOW]), "bkkp_sn") == []


def test_a_few_codes_over_and_over(spark):
    again = [sold(n, "P1", f"p{n}{day}", day) for n in range(3) for day in (3, 10, 17, 24)]
    inputs = run(spark, again)
    assert trace_flow.evaluate(inputs, [ROUND]).count() == 3 * 3  # the first sale of each is not disputed
    groups = trace_flow.groups(inputs, [ROUND])
    assert shown(groups, "trace_code") == {code(n): (3, 3, 3, 300.0) for n in range(3)}


def test_split_boxes_slips_and_rebills_are_no_round(spark):
    split = [
        sold(n, "P1", f"p{n}{day}", day, cnt="0.25", of="0.25", split=1) for n in range(4) for day in (1, 5, 9, 13)
    ]
    twice = [sold(n, "P2", f"p{n}{day}", day) for n in range(10, 15) for day in (2, 12)]
    sticker = [sold(20, "P3", f"p{day}", day) for day in range(1, 9)]
    assert rows(trace_flow.evaluate(run(spark, [*split, *twice, *sticker]), [ROUND]), "bkkp_sn") == []


def test_shops_without_codes_cannot_be_judged(spark):
    lines = charged(spark, "bkkp_sn | fixmedins_code | fee_ocur_time\na | P1 | 2023-03-01 09:00:00")
    assert rows(trace_flow.gaps(given(lines), [FLOW]), "fixmedins_code", "reason_code") == [("P1", "no_trace_codes")]
