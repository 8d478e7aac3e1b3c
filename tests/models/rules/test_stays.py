"""Stays that cannot be what they are charged as, and the honest stays that look like them."""

from __future__ import annotations

from pyspark.sql import functions as F

from models.rules import (
    absent_from_bed,
    census_over_beds,
    exam_only_stay,
    idle_stay,
    overlapping_stays,
    readmission_split,
)
from tests.support.charged import card, charged, given
from tests.support.tables import frame, rows

PLANNED = "^(Z49|Z50|Z51|C|D0|O|P)"


def visits(spark, *lines):
    header = "mdtrt_id | psn_no | fixmedins_code | begntime | endtime | dscg_maindiag_code | dscg_way\n"
    return frame(
        spark, header + "\n".join(lines), "begntime timestamp, endtime timestamp", {"med_type": "21", "die_date": None}
    )


def beds(spark, *days, charge="01", **more):
    """One bed line per `visit | person | institution | day`."""
    text = "bkkp_sn | mdtrt_id | psn_no | fixmedins_code | fee_ocur_time\n"
    text += "\n".join(f"{visit}@{day[-2:]} | {visit} | {psn} | {at} | {day} 09:00:00" for visit, psn, at, day in days)
    return charged(spark, text, med_type="21", med_chrgitm_type=charge, med_list_codg="001109000010000", **more)


def january(visit, psn, at, first, last):
    return [(visit, psn, at, f"2023-01-{day:02d}") for day in range(first, last)]


def test_two_beds_at_once(spark):
    which = card("overlapping_stays", "inpatient", min_days=2, longest_stay=90)
    known = visits(
        spark,
        "a1 | anna | H1 | 2023-01-01 | 2023-01-10 | I10 | 1",
        "a2 | anna | H2 | 2023-01-05 | 2023-01-12 | I10 | 1",
        "b1 | bert | H1 | 2023-01-01 | 2023-01-05 | I10 | 2",
        "b2 | bert | H2 | 2023-01-05 | 2023-01-12 | I10 | 1",
        "c1 | cora | H1 | 2023-01-01 | 2023-01-07 | I10 | 2",
        "c2 | cora | H2 | 2023-01-05 | 2023-01-12 | I10 | 1",
        "d1 | dora | H1 | 2023-01-01 | 2023-01-10 | I10 | 1",
        "d2 | dora | H1 | 2023-01-03 | 2023-01-09 | I10 | 1",
    )
    lines = beds(
        spark,
        *january("a1", "anna", "H1", 1, 10), *january("a2", "anna", "H2", 5, 12), *january("b2", "bert", "H2", 5, 12),
        *january("c2", "cora", "H2", 5, 12), *january("d2", "dora", "H1", 3, 9),
    )  # fmt: skip
    drugs = beds(spark, ("a1x", "anna", "H1", "2023-01-07"), ("a1x", "anna", "H1", "2023-01-04"), charge="09")
    drugs = drugs.withColumn("mdtrt_id", F.lit("a1"))
    inputs = given(lines.unionByName(drugs), mdtrt_d=known)
    found = overlapping_stays.evaluate(inputs, [which])
    # anna: full days inside both stays are 6 to 9 January, with what was given to her on them; bert was transferred, cora's transfer was booked late
    assert rows(found, "bkkp_sn", "paired_bkkp_sn") == [
        *((f"a1@0{day}", "a2") for day in range(6, 10)),
        ("a1x@07", "a2"),
        *((f"a2@0{day}", "a1") for day in range(6, 10)),
    ]
    assert rows(overlapping_stays.exposure(inputs, [which]), "fixmedins_code", "exposure") == [("H1", 2.0), ("H2", 3.0)]


def test_seen_elsewhere_while_in_bed(spark):
    which = card("absent_from_bed", "inpatient", domains=["physio"], min_days=2, longest_stay=60)
    known = visits(
        spark,
        "a1 | anna | H1 | 2023-01-01 | 2023-01-10 | I10 | 1",
        "b1 | bert | H1 | 2023-01-01 | 2023-01-10 | I10 | 1",
    )
    ward = beds(spark, *january("a1", "anna", "H1", 1, 10), *january("b1", "bert", "H1", 1, 10))
    clinic = charged(
        spark,
        """
        bkkp_sn   | psn_no | fixmedins_code | fee_ocur_time       | med_list_codg   | med_chrgitm_type
        admission | anna   | H2             | 2023-01-01 09:00:00 | 003401000010000 | 05
        third     | anna   | H2             | 2023-01-03 09:00:00 | 003401000010000 | 05
        fifth     | anna   | H2             | 2023-01-05 09:00:00 | 003401000010000 | 05
        fetched   | anna   | H2             | 2023-01-06 09:00:00 |                 | 09
        lent      | bert   | H2             | 2023-01-05 09:00:00 | 003401000010000 | 05
        """,
        med_type="11",
    )
    found = absent_from_bed.evaluate(given(ward.unionByName(clinic), mdtrt_d=known), [which])
    assert rows(found, "bkkp_sn", "paired_bkkp_sn", "fixmedins_code") == [
        ("a1@03", "third", "H1"),
        ("a1@05", "fifth", "H1"),
    ]


def test_more_persons_than_beds(spark):
    which = card("census_over_beds", "inpatient", tolerance=1.5, min_days=2, longest_stay=90, skip_diagnoses="^(Z38|P)")
    known = [f"v{n} | p{n} | H1 | 2023-01-01 | 2023-01-04 | I10 | 1" for n in range(6)]
    newborn = [f"n{n} | q{n} | H2 | 2023-01-01 | 2023-01-04 | Z38 | 1" for n in range(6)]
    register = frame(spark, "fixmedins_code | aprv_bed_cnt\nH1 | 2\nH2 | 2\nH3 |", "aprv_bed_cnt int")
    lines = beds(
        spark, *january("v0", "p0", "H1", 1, 5), *january("n0", "q0", "H2", 1, 5), ("x", "z", "H3", "2023-01-01")
    )
    inputs = given(lines, mdtrt_d=visits(spark, *known, *newborn), fixmedins_b=register)
    # 6 persons in 2 beds, more than half of them above the licence: two thirds of every bed-day line; the day of discharge (4 January) is no bed day
    assert rows(census_over_beds.evaluate(inputs, [which]), "bkkp_sn", "violation_amount") == [
        (f"v0@0{day}", round(100 * (6 - 2) / 6, 2)) for day in (1, 2, 3)
    ]
    assert rows(census_over_beds.gaps(inputs, [which]), "fixmedins_code", "reason_code") == [("H3", "no_bed_register")]
    added = card("census_over_beds", "inpatient", **{**which.params, "tolerance": 3})
    assert rows(census_over_beds.evaluate(inputs, [added]), "bkkp_sn") == []


def test_examinations_only(spark):
    which = card(
        "exam_only_stay", "inpatient", min_exam_share=0.85, longest_stay=7, min_exam_yuan=300, skip_diagnoses="^(G47|C)"
    )
    stays_of = {
        # visit: (way of leaving, diagnosis, examinations, drugs, operation)
        "checkup": ("1", "I10", 900, 50, 0),
        "treated": ("1", "I10", 900, 500, 0),
        "angio": ("1", "I25", 900, 0, 60),
        "left": ("4", "I10", 900, 50, 0),
        "sleep": ("1", "G47", 900, 50, 0),
        "small": ("1", "I10", 200, 0, 0),
    }
    text = "bkkp_sn | mdtrt_id | dscg_way | main_diag | med_chrgitm_type | net_inscp\n"
    for visit, (way, diag, exams, drugs, operation) in stays_of.items():
        for charge, yuan in (("01", 200), ("04", exams), ("09", drugs), ("06", operation)):
            if yuan:
                text += f"{visit}-{charge} | {visit} | {way} | {diag} | {charge} | {yuan}\n"
    lines = charged(
        spark, text, med_type="21", fixmedins_code="H1", fee_ocur_time="2023-01-02 09:00:00", visit_begin="2023-01-02",
        visit_end="2023-01-05",
    )  # fmt: skip
    found = exam_only_stay.evaluate(given(lines), [which])
    # 900 of 950 yuan besides the bed are examinations: the whole stay is in doubt
    assert rows(found, "bkkp_sn", "violation_amount") == [
        ("checkup-01", 200.0),
        ("checkup-04", 900.0),
        ("checkup-09", 50.0),
    ]


def test_one_stay_cut_in_two(spark):
    which = card(
        "readmission_split",
        "inpatient",
        max_gap=7,
        diagnosis_chars=3,
        interim_stay=28,
        skip_diagnoses=PLANNED,
        staged_diagnoses="^S",
    )
    known = visits(
        spark,
        "a1 | anna | H1 | 2023-01-01 | 2023-01-08 | J18.9 | 1",
        "a2 | anna | H1 | 2023-01-10 | 2023-01-15 | J18.0 | 1",
        "b1 | bert | H1 | 2023-01-01 | 2023-01-08 | J18.9 | 1",
        "b2 | bert | H1 | 2023-01-10 | 2023-01-15 | J18.9 | 1",
        "c1 | cora | H1 | 2023-01-01 | 2023-01-08 | Z51.1 | 1",
        "c2 | cora | H1 | 2023-01-10 | 2023-01-15 | Z51.1 | 1",
        "d1 | dora | H1 | 2023-01-01 | 2023-01-08 | J18.9 | 1",
        "d2 | dora | H2 | 2023-01-10 | 2023-01-15 | J18.9 | 1",
        "e1 | emil | H1 | 2023-01-01 | 2023-01-08 | J18.9 | 4",
        "e2 | emil | H1 | 2023-01-10 | 2023-01-15 | J18.9 | 1",
        "f1 | fred | H1 | 2022-12-20 | 2022-12-31 | J18.9 | 1",
        "f2 | fred | H1 | 2023-01-01 | 2023-01-15 | J18.9 | 1",
        "g1 | gina | H1 | 2023-01-01 | 2023-02-15 | F20.0 | 1",
        "g2 | gina | H1 | 2023-02-15 | 2023-03-15 | F20.0 | 1",
        "h1 | hugo | H1 | 2023-01-01 | 2023-01-08 | J18.9 | 1",
        "h2 | hugo | H1 | 2023-01-20 | 2023-01-25 | J18.9 | 1",
        "i1 | iris | H1 | 2023-01-01 | 2023-01-08 | J18.9 | 1",
        "i2 | iris | H1 | 2023-01-10 | 2023-01-15 | I10 | 1",
        "j1 | jana | H1 | 2023-01-01 | 2023-01-08 | J15.9 | 1",
        "j2 | jana | H1 | 2023-01-10 | 2023-01-15 | J18.9 | 1",
        "k1 | kurt | H1 | 2023-01-01 | 2023-01-08 | S72.0 | 1",
        "k2 | kurt | H1 | 2023-01-10 | 2023-01-15 | S72.0 | 1",
        "l1 | lena | H1 | 2023-01-01 | 2023-01-08 | S72.0 | 1",
        "l2 | lena | H1 | 2023-01-10 | 2023-01-15 | S72.0 | 1",
    )
    text = "bkkp_sn | mdtrt_id | hi_paymtd | med_list_codg | med_chrgitm_type\n"
    for visit in "abcdefghijkl":
        payment = "4" if visit == "a" else "1"
        text += f"{visit}1-ct | {visit}1 | {payment} | 002103 | 03\n{visit}2-ct | {visit}2 | {payment} | 002103 | 03\n"
        text += f"{visit}2-mr | {visit}2 | {payment} | 002102 | 03\n{visit}2-drug | {visit}2 | {payment} | XA | 09\n"
    text += "l2-op | l2 | 1 | 0033 | 06\n"  # lena's second stay was the second stage of her operation
    lines = charged(spark, text, med_type="21", fixmedins_code="H1", fee_ocur_time="2023-01-11 09:00:00")
    settled = "setl_id | mdtrt_id\n" + "\n".join(f"{one}{n} | {one}{n}" for one in "abcdefghijkl" for n in (1, 2))
    bills = frame(spark, settled, "net_medfee decimal(16,2)", {"net_medfee": "900"})
    groups = frame(spark, "setl_id | adrg_code\nj1 | ES2\nj2 | ES2\ni1 | ES2\ni2 | FV2")
    inputs = given(lines, mdtrt_d=known, setl_d=bills, drg_setl_d=groups)
    found = readmission_split.evaluate(inputs, [which])
    # anna's group was paid twice: the whole second stay; bert's is paid by item: only the scan that was made again;
    # jana's second coder chose another pneumonia of the same group
    assert rows(found, "bkkp_sn", "paired_bkkp_sn") == [
        ("a2-ct", "a1-ct"),
        ("a2-drug", "a1"),
        ("a2-mr", "a1"),
        ("b2-ct", "b1-ct"),
        ("j2-ct", "j1-ct"),
        ("k2-ct", "k1-ct"),
    ]
    assert rows(readmission_split.exposure(inputs, [which]), "exposure") == [(24.0,)]  # stays, not their lines


IDLE = card(
    "idle_stay", "inpatient", min_idle_days=3, min_idle_share=0.5, min_active_days=2, batch_share=0.8, longest_stay=60,
    skip_diagnoses="^F",
)  # fmt: skip


def in_bed(spark, drugs):
    """Stays of 1 to 9 January with a bed line every day and drugs on the days given; diagnosis after a slash."""
    days, text = range(2, 9), "bkkp_sn | mdtrt_id | main_diag | fee_ocur_time | med_chrgitm_type | fixmedins_code\n"
    for visit, (on, diag, at) in drugs.items():
        text += "".join(f"{visit}@{day} | {visit} | {diag} | 2023-01-0{day} 09:00:00 | 01 | {at}\n" for day in days)
        text += "".join(f"{visit}-d{day} | {visit} | {diag} | 2023-01-0{day} 09:00:00 | 09 | {at}\n" for day in on)
    return charged(spark, text, med_type="21", visit_begin="2023-01-01", visit_end="2023-01-09")


def test_days_with_nothing_but_a_bed(spark):
    lines = in_bed(
        spark,
        {
            "idle": ([2, 8], "I10", "H1"),  # five of seven full days are empty
            "treated": ([2, 3, 4, 5, 6], "I10", "H1"),
            "posted": ([8], "I10", "H1"),  # everything on one day: the posting, not the patient
            "mind": ([2, 8], "F20", "H1"),
            "never": ([], "I10", "H2"),
            "others": (list(range(2, 9)), "I10", "H2"),
        },
    )
    found = rows(idle_stay.evaluate(given(lines), [IDLE]), "bkkp_sn")
    assert found == [*((f"idle@{day}",) for day in (3, 4, 5, 6, 7)), *((f"never@{day}",) for day in range(2, 9))]


def test_an_institution_that_posts_in_batches(spark):
    lines = in_bed(spark, {"one": ([8], "I10", "H1"), "two": ([], "I10", "H1"), "three": ([2, 8], "I10", "H1")})
    assert rows(idle_stay.evaluate(given(lines), [IDLE]), "bkkp_sn") == []
    assert rows(idle_stay.gaps(given(lines), [IDLE]), "fixmedins_code", "reason_code") == [("H1", "posted_in_batches")]
