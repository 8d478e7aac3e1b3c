"""分解门诊: one visit cut into several, and the people who are seen twice for good reason."""

from __future__ import annotations

from models.rules import split_visits
from tests.models.cohorts.company import given, shipped
from tests.support.charged import charged
from tests.support.tables import frame, rows
from tests.support.validated import settled

CARD = shipped("OUT-15-one-visit-cut-in-several")
FEE, DRUG, PHYSIO = "001102000010000", "XC08CAA111A001", "003401000010000"
CHARGE = {FEE: "02", DRUG: "09", PHYSIO: "05"}


def seen(who, *times, house="H1", dept="A03", diag="I10.x00", kind="11", items=(FEE, DRUG), day=5):
    """Visits of a person at these times, each with the same items."""
    return [(f"{who}-{at}", who, house, kind, f"2023-01-{day:02d} {at}:00", dept, diag, items) for at in times]


def clinic(spark, *visits):
    flat = [visit for some in visits for visit in some]
    head = "mdtrt_id | psn_no | fixmedins_code | med_type | begntime | adm_dept_codg | dscg_maindiag_code\n"
    table = frame(spark, head + "\n".join(" | ".join(visit[:7]) for visit in flat), "begntime timestamp")
    head = (
        "bkkp_sn | mdtrt_id | psn_no | fixmedins_code | med_type | fee_ocur_time | med_list_codg | med_chrgitm_type\n"
    )
    lines = [
        f"{visit[0]}-{CHARGE[item]} | {' | '.join(visit[:5])} | {item} | {CHARGE[item]}"
        for visit in flat
        for item in visit[7]
    ]
    return given(settled(charged(spark, head + "\n".join(lines))), mdtrt_d=table)


def cut(house="H1", n=5, **how):
    return [visit for at in range(n) for visit in seen(f"p{house}{at}", "09:00", "09:10", house=house, **how)]


def found(inputs):
    return rows(split_visits.evaluate(inputs, [CARD]), "bkkp_sn")


def test_what_the_later_visit_charges_again(spark):
    inputs = clinic(spark, cut(), seen("x", "10:00"))
    hits = split_visits.evaluate(inputs, [CARD])
    assert rows(hits, "bkkp_sn", "paired_bkkp_sn", "violation_amount") == [
        (f"pH1{at}-09:10-{charge}", f"pH1{at}-09:00-{charge}", 100.0) for at in range(5) for charge in ("02", "09")
    ]
    assert rows(split_visits.exposure(inputs, [CARD]), "fixmedins_code", "exposure") == [("H1", 22.0)]


def test_honest_visits(spark):
    visits = [
        cut("H2", n=4),  # slips at the desk
        cut("H3", kind="13"),  # the emergency room
        cut("H4", diag="Z51.100"),  # courses
        [v for at in range(6) for v in seen(f"a{at}", "09:00", "10:30", house="H5")],  # back with the results
        [v for at in range(6) for v in seen(f"b{at}", "09:00", house="H6") + seen(f"b{at}", "09:20", house="H6", dept="A10")],
        [v for at in range(6) for v in seen(f"c{at}", "09:00", house="H7") + seen(f"c{at}", "09:20", house="H7", diag="K29.500")],
        [v for at in range(6) for v in seen(f"d{at}", "09:00", house="H8") + seen(f"d{at}", "09:20", house="H8", day=6)],
        cut("H9", items=(PHYSIO,)),  # therapy twice a day
        [v for at in range(6) for v in seen(f"e{at}", "09:00", house="H10", items=(FEE,)) + seen(f"e{at}", "09:20", house="H10", items=(DRUG,))],
        [v for at in range(6) for v in seen(f"f{at}", "09:00", house="H11") + seen(f"g{at}", "09:01", house="H11")],  # a couple
    ]  # fmt: skip
    assert found(clinic(spark, *visits)) == []


def test_three_in_a_row_are_one_chain(spark):
    row = [visit for at in range(5) for visit in seen(f"p{at}", "09:00", "09:50", "10:40", items=(FEE,))]
    assert len(found(clinic(spark, row))) == 2 * 5


def test_houses_without_the_time_or_the_department_are_not_judged(spark):
    midnight = [visit for at in range(5) for visit in seen(f"m{at}", "00:00", house="H2")]
    twice = [(f"{visit[0]}b", *visit[1:]) for visit in midnight]
    inputs = clinic(spark, cut(), midnight, twice, cut("H3", dept=""))
    assert {name for (name,) in found(inputs)} == {f"pH1{at}-09:10-{c}" for at in range(5) for c in ("02", "09")}
    assert rows(split_visits.gaps(inputs, [CARD]), "fixmedins_code", "reason_code") == [
        ("H2", "no_time_of_day"),
        ("H3", "no_department"),
    ]
