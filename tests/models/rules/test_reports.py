"""What was billed against the reports of it: none, an impossible one, another method, another person's tube."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.rules import method_mismatch, report_days, report_fault, report_missing, specimen_reuse
from tests.support.charged import card, charged, given
from tests.support.tables import frame, rows

CT, LAB = "002103000010003", "002503100010000"
EXAMS = {"reports": "clnc_exam_rpot_d", "domains": ["ct", "mr", "xray", "ultrasound"]}
TESTS = {"reports": "clnc_test_rpot_d", "domains": ["lab"]}
MISSING = card("report_missing", "imaging", outage_lines=5, outage_share=0.8, outage_days=0.1, **EXAMS)
PARTS = {"head": "头|颅|脑", "chest": "胸|肺", "abdomen": "腹|肝|胆|肾"}


def scanned(spark, text, **more):
    return charged(
        spark, text, fixmedins_code="H1", med_list_codg=CT, hilist_name="CT平扫(胸部)", med_chrgitm_type="03",
        med_type="11", **more,
    )  # fmt: skip


def assayed(spark, text, **more):
    ordinary = {"hilist_name": "甲胎蛋白测定(化学发光法)", "pric": "60", **more}
    return charged(
        spark, text, fixmedins_code="H1", med_list_codg=LAB, med_chrgitm_type="04", med_type="11", **ordinary
    )


def exams(spark, text):
    return frame(
        spark,
        text,
        "exam_date timestamp, img_cnt int",
        {"fixmedins_code": "H1", "exam_item_code": CT, "exam_part": "胸部", "img_cnt": "40", "rpt_dr_code": "D1"},
    )


def results(spark, text):
    return frame(
        spark,
        text,
        "rpt_time timestamp",
        {"fixmedins_code": "H1", "exam_item_code": LAB, "exam_mtd": "化学发光", "spcm_no": None},
    )


def test_billed_and_never_reported(spark):
    text = """
        bkkp_sn  | mdtrt_id | setl_id | fixmedins_code | med_list_codg | fee_ocur_time       | etip_flag
        reported | v1       | s1      | H1             |               | 2023-01-05 09:00:00 |
        next_day | v2       | s2      | H1             |               | 2023-01-05 23:00:00 |
        missing  | v3       | s3      | H1             |               | 2023-01-05 09:00:00 |
        week     | v1       | s1      | H1             |               | 2023-01-07 09:00:00 |
        outage   | v4       | s4      | H1             |               | 2023-02-05 09:00:00 |
        mr       | v5       | s5      | H1             | 002102000010000 | 2023-01-05 09:00:00 |
        outside  | v6       | s6      | H1             |               | 2023-01-05 09:00:00 | 1
        silent   | v7       | s7      | H2             |               | 2023-01-05 09:00:00 |
    """
    reports = exams(
        spark,
        """
        rpotc_no | mdtrt_id | exam_date
        r1       | v1       | 2023-01-05 10:00:00
        r2       | v2       | 2023-01-06 01:00:00
        r3       | v9       | 2023-01-07 01:00:00
        """,
    )
    inputs = given(scanned(spark, text), clnc_exam_rpot_d=reports)
    # the week-old line has a report two days away; magnetic resonance is not connected at H1; February had no interface
    assert rows(report_missing.evaluate(inputs, [MISSING]), "bkkp_sn", "violation_amount") == [
        ("missing", 100.0),
        ("week", 100.0),
    ]
    assert rows(report_missing.exposure(inputs, [MISSING]), "fixmedins_code", "exposure") == [("H1", 4.0)]
    assert rows(report_missing.gaps(inputs, [MISSING]), "fixmedins_code", "reason_code") == [("H2", "no_reports")]


def test_the_first_and_last_day_of_a_broken_interface_are_not_judged(spark):
    days = "\n".join(f"d{day:02d} | v{day} | s{day} | 2023-01-{day:02d} 09:00:00" for day in (3, 4, 5, 8, 9))
    text = "bkkp_sn | mdtrt_id | setl_id | fee_ocur_time\n" + days
    reports = exams(
        spark,
        """
        rpotc_no | mdtrt_id | exam_date
        r1       | x1       | 2023-01-02 10:00:00
        r2       | x2       | 2023-01-04 10:00:00
        r3       | x3       | 2023-01-09 10:00:00
        """,
    )
    inputs = given(scanned(spark, text), clnc_exam_rpot_d=reports)
    assert rows(report_missing.evaluate(inputs, [MISSING]), "bkkp_sn") == [("d03",), ("d04",), ("d09",)]


def test_reports_of_the_days_beside_a_month_still_answer_for_its_lines(spark):
    text = """
        bkkp_sn | mdtrt_id | setl_id | fee_ocur_time
        first   | v1       | s1      | 2023-01-01 09:00:00
        last    | v2       | s2      | 2023-01-31 23:00:00
        missing | v3       | s3      | 2023-01-31 09:00:00
    """
    reports = exams(
        spark,
        """
        rpotc_no | mdtrt_id | exam_date
        r1       | v1       | 2022-12-31 23:59:59
        r2       | v2       | 2023-02-01 23:59:59
        r3       | v3       | 2023-02-02 00:00:00
        r4       | x4       | 2023-01-31 10:00:00
        """,
    )
    inputs = replace(given(scanned(spark, text), clnc_exam_rpot_d=reports), months=("2023-01",))
    assert rows(report_missing.evaluate(inputs, [MISSING]), "bkkp_sn") == [("missing",)]


def test_only_reports_near_the_months_are_looked_at(spark):
    reports = exams(
        spark,
        """
        rpotc_no | mdtrt_id | exam_date
        before   | v1       | 2022-12-30 23:59:59
        first    | v1       | 2022-12-31 00:00:00
        last     | v2       | 2024-03-01 23:59:59
        after    | v2       | 2024-03-02 00:00:00
        """,
    )
    lines = scanned(spark, "bkkp_sn | fee_ocur_time\nl1 | 2023-01-05 09:00:00")
    inputs = replace(given(lines, clnc_exam_rpot_d=reports), months=("2023-01", "2024-02"))
    assert rows(report_days.reports(inputs, MISSING, "rpotc_no"), "rpotc_no") == [("first",), ("last",)]


def of_twenty_days(spark, silent_days):
    """A scan with its report on each of twenty days; on `silent_days` six scans and no report at all."""
    lines, told = [], []
    for day in range(1, 21):
        count = 6 if day in silent_days else 1
        lines += [f"d{day:02d}-{n} | v{day}-{n} | s{day}-{n} | 2023-01-{day:02d} 09:00:00" for n in range(count)]
        told += [] if day in silent_days else [f"r{day} | v{day}-0 | 2023-01-{day:02d} 10:00:00"]
    text = (
        "bkkp_sn | mdtrt_id | setl_id | fee_ocur_time\n"
        + "\n".join(lines)
        + "\nmade-up | v0 | s0 | 2023-01-15 11:00:00"
    )
    reports = exams(spark, "rpotc_no | mdtrt_id | exam_date\n" + "\n".join(told))
    return given(scanned(spark, text), clnc_exam_rpot_d=reports)


def test_a_day_on_which_the_interface_was_down_is_no_day_of_made_up_examinations(spark):
    assert rows(report_missing.evaluate(of_twenty_days(spark, {10}), [MISSING]), "bkkp_sn") == [("made-up",)]
    habit = rows(report_missing.evaluate(of_twenty_days(spark, {4, 8, 12}), [MISSING]), "bkkp_sn")
    assert len(habit) == 3 * 6 + 1  # one day in seven: nobody's interface fails that often


@pytest.fixture
def three_scans(spark):
    return scanned(
        spark,
        "bkkp_sn | mdtrt_id | fee_ocur_time\n"
        + "\n".join(f"{name} | v-{name} | 2023-01-05 09:00:00" for name in ("good", "bad", "unknown", "twice")),
    )


def test_no_images(spark, three_scans):
    reports = exams(
        spark,
        """
        rpotc_no | mdtrt_id  | exam_date  | img_cnt
        r1       | v-good    | 2023-01-05 | 40
        r2       | v-bad     | 2023-01-05 | 0
        r3       | v-unknown | 2023-01-05 |
        r4       | v-twice   | 2023-01-05 | 0
        r5       | v-twice   | 2023-01-05 | 12
        """,
    )
    which = card("report_fault", "imaging", fault="no_images", **EXAMS)
    found = report_fault.evaluate(given(three_scans, clnc_exam_rpot_d=reports), [which])
    assert rows(found, "bkkp_sn", "paired_bkkp_sn") == [("bad", "r2")]
    blank = given(three_scans, clnc_exam_rpot_d=reports.where("img_cnt = 0 or img_cnt is null"))
    assert rows(report_fault.evaluate(blank, [which]), "bkkp_sn") == []
    assert rows(report_fault.gaps(blank, [which]), "fixmedins_code", "reason_code") == [("H1", "no_image_counts")]


def test_another_body_part(spark, three_scans):
    reports = exams(
        spark,
        """
        rpotc_no | mdtrt_id  | exam_date  | exam_part
        r1       | v-good    | 2023-01-05 | 双肺
        r2       | v-bad     | 2023-01-05 | 颅脑
        r3       | v-unknown | 2023-01-05 | 见报告
        r4       | v-twice   | 2023-01-05 | 颅脑
        r5       | v-twice   | 2023-01-05 | 胸部
        """,
    )
    which = card("report_fault", "imaging", fault="other_part", parts=PARTS, **EXAMS)
    found = report_fault.evaluate(given(three_scans, clnc_exam_rpot_d=reports), [which])
    assert rows(found, "bkkp_sn", "note_en") == [
        ("bad", "billed part differs from the report: billed “CT平扫(胸部)”, reported “颅脑”")
    ]


def test_signed_by_someone_who_had_left(spark, three_scans):
    staff = frame(
        spark,
        """
        dr_code | main_fixmedins_code | mul_prac_flag | nemp_time
        gone    | H1                  | 0             | 2022-06-30
        lately  | H1                  | 0             | 2022-12-20
        shared  | H1                  | 1             | 2022-06-30
        """,
        "mul_prac_flag int, nemp_time date",
    )
    reports = exams(
        spark,
        """
        rpotc_no | mdtrt_id  | exam_date  | rpt_dr_code
        r1       | v-good    | 2023-01-05 | here
        r2       | v-bad     | 2023-01-05 | gone
        r3       | v-unknown | 2023-01-05 | lately
        r4       | v-twice   | 2023-01-05 | shared
        """,
    )
    which = card("report_fault", "imaging", fault="signer_left", grace_days=30, **EXAMS)
    found = report_fault.evaluate(given(three_scans, clnc_exam_rpot_d=reports, dr_info_b=staff), [which])
    assert rows(found, "bkkp_sn") == [("bad",)]


METHODS = {"luminescence": "发光", "elisa": "酶联|酶免", "gold": "胶体金"}
USUAL = {"usual_houses": 5, "usual_share": 0.8, "own_use_share": 0.1}
METHOD = card("method_mismatch", "laboratory", methods=METHODS, min_price_gap=1, **USUAL, **TESTS)


def test_another_method(spark):
    text = """
        bkkp_sn | mdtrt_id | fee_ocur_time       | hilist_name              | pric | net_inscp
        right   | v1       | 2023-01-05 09:00:00 |                          | 60   | 60
        cheaper | v2       | 2023-01-05 09:00:00 |                          | 60   | 60
        unknown | v3       | 2023-01-05 09:00:00 |                          | 60   | 60
        plain   | v4       | 2023-01-05 09:00:00 | 甲胎蛋白测定             | 60   | 60
        whole   | v5       | 2023-01-05 09:00:00 |                          | 60   | 60
        own     | v6       | 2023-01-05 09:00:00 | 甲胎蛋白测定(酶联免疫法) | 25   | 25
    """
    reports = results(
        spark,
        """
        rpotc_no | mdtrt_id | rpt_time   | exam_mtd
        r1       | v1       | 2023-01-05 | 电化学发光法
        r2       | v2       | 2023-01-05 | ELISA酶联
        r3       | v3       | 2023-01-05 | 仪器法
        r4       | v4       | 2023-01-05 | 酶联
        r5       | v5       | 2023-01-06 | 胶体金
        r6       | v6       | 2023-01-05 | 酶联
        """,
    )
    inputs = given(assayed(spark, text), clnc_test_rpot_d=reports)
    # the house bills the enzyme method at 25: the difference; the gold strip it never bills: the whole line
    assert rows(method_mismatch.evaluate(inputs, [METHOD]), "bkkp_sn", "violation_amount") == [
        ("cheaper", 60 - 25.0),
        ("whole", 60.0),
    ]


def test_a_method_only_the_code_tells(spark):
    text = """
        bkkp_sn | mdtrt_id | fixmedins_code | fee_ocur_time       | hilist_name
        swapped | w1       | H6             | 2023-01-05 09:00:00 | 乙肝表面抗原测定
        right   | w2       | H6             | 2023-01-05 09:00:00 | 乙肝表面抗原测定
        own     | x1       | H7             | 2023-01-05 09:00:00 | 乙肝表面抗原测定
    """
    others = "\n".join(f"u{n} | u{n} | H{n} | 2023-01-05 | 化学发光" for n in [*range(1, 6), 8, 9, 10, 11])
    reports = results(
        spark,
        f"""
        rpotc_no | mdtrt_id | fixmedins_code | rpt_time   | exam_mtd
        w1       | w1       | H6             | 2023-01-05 | 酶联
        w2       | w2       | H6             | 2023-01-05 | 化学发光
        x1       | x1       | H7             | 2023-01-05 | 酶联
        {others}
        """,
    )
    inputs = given(assayed(spark, text), clnc_test_rpot_d=reports)
    # nearly all houses report luminescence for this code; H6 uses it too, H7 has a method of its own throughout
    assert rows(method_mismatch.evaluate(inputs, [METHOD]), "bkkp_sn") == [("swapped",)]


def test_one_default_method_for_everything(spark):
    lines = assayed(spark, "bkkp_sn | mdtrt_id | fee_ocur_time\na | v1 | 2023-01-05 09:00:00")
    reports = results(
        spark,
        f"rpotc_no | mdtrt_id | rpt_time | exam_mtd | exam_item_code\nr1 | v1 | 2023-01-05 | 胶体金 | {LAB}\nr2 | v2 | 2023-01-05 | 胶体金 | 002503100020000",
    )
    inputs = given(lines, clnc_test_rpot_d=reports)
    assert rows(method_mismatch.evaluate(inputs, [METHOD]), "bkkp_sn") == []
    assert rows(method_mismatch.gaps(inputs, [METHOD]), "reason_code") == [("method_field_constant",)]


TUBES = {"max_days": 7, "max_collisions": 0.2, "max_persons": 5, "exclude_name": "核酸", **TESTS}
PERSONS = card("specimen_reuse", "laboratory", relation="persons", **TUBES)
DATES = card("specimen_reuse", "laboratory", relation="dates", **TUBES)
TUBE_REPORTS = """
    rpotc_no | mdtrt_id | psn_no | rpt_time            | spcm_no | exam_item_code
    r1       | v1       | anna   | 2023-01-05 10:00:00 | T-7     | 002503100010000
    r2       | v2       | bert   | 2023-01-05 11:00:00 | T-7     | 002503100010000
    r3       | v3       | cora   | 2023-01-05 11:00:00 | T-7     | 002504000010000
    r4       | v4       | dora   | 2023-01-06 11:00:00 | T-7     | 002503100010000
    r5       | v5       | anna   | 2023-02-20 11:00:00 | T-7     | 002503100010000
    r6       | v6       | emil   | 2023-01-06 11:00:00 | T-8     | 002503100010000
    r7       | v6       | emil   | 2023-01-08 11:00:00 | T-8     | 002503100010000
"""


def test_one_tube_for_several_persons_or_dates(spark):
    text = "bkkp_sn | mdtrt_id | psn_no | fee_ocur_time\n" + "\n".join(
        f"l{v} | v{v} | {who} | {day} 09:00:00"
        for v, who, day in [
            (1, "anna", "2023-01-05"), (2, "bert", "2023-01-05"), (4, "dora", "2023-01-06"), (5, "anna", "2023-02-20"),
            (6, "emil", "2023-01-08"),
        ]
    )  # fmt: skip
    inputs = given(assayed(spark, text), clnc_test_rpot_d=results(spark, TUBE_REPORTS))
    # bert's result is of anna's tube; another analyser (cora) and another day (dora) number their own tubes
    assert rows(specimen_reuse.evaluate(inputs, [PERSONS]), "bkkp_sn", "paired_bkkp_sn") == [("l2", "r1")]
    assert rows(specimen_reuse.evaluate(inputs, [DATES]), "bkkp_sn", "paired_bkkp_sn") == [("l5", "r1")]
    pooled = given(
        assayed(spark, text, hilist_name="新型冠状病毒核酸检测"), clnc_test_rpot_d=inputs.tables["clnc_test_rpot_d"]
    )
    assert rows(specimen_reuse.evaluate(pooled, [PERSONS]), "bkkp_sn") == []


def test_numbers_that_never_come_back(spark):
    header = "rpotc_no | mdtrt_id | psn_no | rpt_time | spcm_no | exam_item_code\n"
    single = "\n".join(f"s{n} | s{n} | p{n} | 2023-01-05 10:00:00 | L{n} | {LAB}" for n in range(20))
    shared = "\na1 | a1 | anna | 2023-01-05 10:00:00 | L99 | 002504000010000\n"
    shared += f"b1 | b1 | bert | 2023-01-05 11:00:00 | L99 | {LAB}"
    lines = assayed(spark, "bkkp_sn | mdtrt_id | psn_no | fee_ocur_time\nx | b1 | bert | 2023-01-05 09:00:00")
    inputs = given(lines, clnc_test_rpot_d=results(spark, header + single + shared))
    # numbers of this laboratory are given once: one number, two persons, whatever was tested
    assert rows(specimen_reuse.evaluate(inputs, [PERSONS]), "bkkp_sn", "paired_bkkp_sn") == [("x", "a1")]


def test_numbers_that_start_again(spark):
    header = "rpotc_no | mdtrt_id | psn_no | rpt_time | spcm_no\n"
    again = "\n".join(f"r{n}{who} | v{n}{who} | {who} | 2023-01-05 10:00:00 | {n}" for n in range(25) for who in "ab")
    lines = assayed(spark, "bkkp_sn | mdtrt_id | fee_ocur_time\nx | v1b | 2023-01-05 09:00:00")
    inputs = given(lines, clnc_test_rpot_d=results(spark, header + again))
    assert rows(specimen_reuse.evaluate(inputs, [PERSONS]), "bkkp_sn") == []
    assert rows(specimen_reuse.gaps(inputs, [PERSONS]), "reason_code") == [("specimen_numbers_recycled",)]
