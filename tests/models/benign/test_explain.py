"""Data faults and benign explanations: each must explain the signal itself, or it does not explain it.

Every scenario has houses and detectors of its own; all are tried in one go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from jobs.catalogue import derived
from knowledge.policy_calendar import PolicyEntry
from models.benign import CHECKS, BenignInputs, explain
from models.benign.model import limits
from tests.models.detectors import world
from tests.support.tables import frame

MONTHS = tuple(f"2023-0{month}" for month in range(1, 7))
LATE = '{"2023-04":20.0,"2023-05":22.0,"2023-06":19.0}'
ALWAYS = '{"2023-01":20.0,"2023-02":20.0,"2023-03":20.0,"2023-04":20.0,"2023-05":20.0,"2023-06":20.0}'
REFORM = PolicyEntry(date(2023, 4, 1), "320000", ("imaging",), "价格调整", "price reform", "文件")

FINDINGS = f"""
    detector_id  | fixmedins_code | area           | family    | outcome | observed | peer_median | peer_limit | months
    IMG-switch   | d1             | imaging        | rule      | hit     | 0.2      | 0.01        | 0.02       | {LATE}
    IMG-switch   | d2             | imaging        | rule      | hit     | 0.2      | 0.01        | 0.02       | {LATE}
    IMG-switch   | d3             | imaging        | rule      | hit     | 0.2      | 0.01        | 0.02       | {LATE}
    IMG-switch   | d4             | imaging        | rule      | no_hit  | 0.0      | 0.01        | 0.02       | {LATE}
    IMG-switch   | e1             | imaging        | rule      | no_hit  | 0.0      | 0.01        | 0.02       | {LATE}
    IMG-switch   | e2             | imaging        | rule      | no_hit  | 0.0      | 0.01        | 0.02       | {LATE}
    IMG-ring     | d1             | imaging        | rule      | hit     | 0.2      | 0.01        | 0.02       | {LATE}
    IMG-ring     | d2             | imaging        | rule      | no_hit  | 0.0      | 0.01        | 0.02       | {LATE}
    IMG-ring     | d3             | imaging        | rule      | no_hit  | 0.0      | 0.01        | 0.02       | {LATE}
    SEX-swap     | w1             | inpatient      | rule      | hit     | 0.2      | 0.01        | 0.02       | {LATE}
    SEX-swap     | w2             | inpatient      | rule      | hit     | 0.2      | 0.01        | 0.02       | {LATE}
    SEX-upcode   | w3             | inpatient      | rule      | hit     | 0.2      | 0.01        | 0.02       | {LATE}
    PSN-nobody   | w4             | outpatient     | rule      | hit     | 0.2      | 0.01        | 0.02       | {ALWAYS}
    DOC-blank    | blank          | inpatient      | indicator | hit     | 0.9      | 0.3         | 0.5        | {ALWAYS}
    DOC-blank    | named          | inpatient      | indicator | hit     | 0.9      | 0.3         | 0.5        | {ALWAYS}
    OUT-nobody   | w4             | outpatient     | indicator | hit     | 0.3      | 0.05        | 0.1        | {ALWAYS}
    OUT-nobody   | w1             | outpatient     | indicator | hit     | 0.3      | 0.05        | 0.1        | {ALWAYS}
    OUT-dialysis | dialysis       | outpatient     | indicator | hit     | 9.0      | 2.0         | 3.0        | {ALWAYS}
    OUT-dialysis | named          | outpatient     | indicator | hit     | 9.0      | 2.0         | 3.0        | {ALWAYS}
    INP-referral | centre         | inpatient      | indicator | hit     | 9000.0   | 5000.0      | 8000.0     | {ALWAYS}
    INP-referral | plain          | inpatient      | indicator | hit     | 9000.0   | 5000.0      | 8000.0     | {ALWAYS}
    INP-growth   | young          | inpatient      | indicator | hit     | 3.0      | 1.0         | 1.5        | {ALWAYS}
    INP-growth   | plain          | inpatient      | indicator | hit     | 3.0      | 1.0         | 1.5        | {ALWAYS}
    IMG-machine  | machine        | imaging        | indicator | hit     | 0.3      | 0.1         | 0.25       | {LATE}
    IMG-machine  | plain          | imaging        | indicator | hit     | 0.3      | 0.1         | 0.25       | {ALWAYS}
    IMG-reform   | machine        | imaging        | rule      | hit     | 0.3      | 0.1         | 0.25       | {LATE}
    LAB-reform   | machine        | laboratory     | rule      | hit     | 0.3      | 0.1         | 0.25       | {LATE}
    PHA-near     | near           | pharmacy       | indicator | hit     | 200.0    | 100.0       | 150.0      | {ALWAYS}
    PHA-near     | far            | pharmacy       | indicator | hit     | 200.0    | 100.0       | 150.0      | {ALWAYS}
    PHA-near     | huge           | pharmacy       | indicator | hit     | 900.0    | 100.0       | 150.0      | {ALWAYS}
    PHA-dear     | near           | pharmacy       | indicator | hit     | 200.0    | 100.0       | 150.0      | {ALWAYS}
    PHA-dear     | far            | pharmacy       | indicator | hit     | 200.0    | 100.0       | 150.0      | {ALWAYS}
    REH-82-x     | staffed        | rehabilitation | indicator | hit     | 0.4      | 0.1         | 0.2        | {ALWAYS}
    REH-82-x     | plain          | rehabilitation | indicator | hit     | 0.4      | 0.1         | 0.2        | {ALWAYS}
    RPT-missing  | silent         | imaging        | rule      | hit     | 0.2      | 0.01        | 0.02       | {LATE}
    RPT-missing  | plain          | imaging        | rule      | hit     | 0.2      | 0.01        | 0.02       | {LATE}
    DUP-twice    | twice          | imaging        | rule      | hit     | 0.2      | 0.01        | 0.02       | {LATE}
    DUP-twice    | plain          | imaging        | rule      | hit     | 0.2      | 0.01        | 0.02       | {LATE}
    RPT-leak     | leaky          | laboratory     | rule      | hit     | 0.05     | 0.01        | 0.02       | {LATE}
    RPT-leak     | sticky         | laboratory     | rule      | hit     | 0.05     | 0.01        | 0.02       | {LATE}
    LAB-campaign | young          | laboratory     | rule      | hit     | 0.5      | 0.05        | 0.1        | {LATE}
    LAB-campaign | plain          | laboratory     | rule      | hit     | 0.5      | 0.05        | 0.1        | {LATE}
    LAB-share    | young          | laboratory     | indicator | hit     | 0.5      | 0.05        | 0.1        | {LATE}
    PHA-dear     | dual           | pharmacy       | indicator | hit     | 400      | 60          | 100        | {ALWAYS}
    PHA-dear     | crowd          | pharmacy       | indicator | hit     | 400      | 60          | 100        | {ALWAYS}
"""
ASKED = {
    "OUT-nobody": ("sentinel_visits",),
    "DOC-blank": ("blank_doctor",), "OUT-dialysis": ("dialysis_centre", "emergency_ward"),
    "INP-referral": ("referral_centre",), "INP-growth": ("ramp_up",), "IMG-machine": ("new_machine",),
    "IMG-reform": ("price_reform",), "LAB-reform": ("price_reform",), "PHA-near": ("near_hospital",),
    "PHA-dear": ("special_drug_shop",), "REH-82-x": ("speciality",), "RPT-missing": ("upload_gap",),
    "DUP-twice": ("data_duplicated_upload",), "LAB-campaign": ("health_campaign",), "LAB-share": ("health_campaign",),
    "RPT-leak": ("leaking_upload",),
}  # fmt: skip
HOUSES = [
    *(
        "blank",
        "named",
        "dialysis",
        "centre",
        "plain",
        "machine",
        "staffed",
        "silent",
        "twice",
        "young",
        "leaky",
        "sticky",
    ),
    *("w1", "w2", "w3", "w4", "d1", "d2", "d3", "d4", "e1", "e2"),
]
SHOPS = {"near": ("117.1000", "34.2000"), "far": ("117.2000", "34.3000"), "huge": ("117.1000", "34.2001")}
SHOPS |= {"dual": ("117.4000", "34.5000"), "crowd": ("117.5000", "34.6000")}


@dataclass
class Answers:
    rows: dict[tuple[str, str, str], object]

    def of(self, code: str, detector: str, check: str) -> str:
        return self.rows[code, detector, check]["result"]  # type: ignore[index]


@pytest.fixture(scope="module")
def answers(spark) -> Answers:
    found = explain(
        BenignInputs(
            findings=_findings(spark), institutions=_register(spark), provider_month=_months(spark), months=MONTHS,
            asked=ASKED, evidence=_evidence(spark), items=_items(spark), visits=_visits(spark), calendar=(REFORM,),
            keep=world.kept,
        )
    )  # fmt: skip
    return Answers({(row["fixmedins_code"], row["detector_id"], row["check"]): row for row in found.collect()})


def _findings(spark):
    declared = {column.name: column.type for column in derived("scores", "finding").columns}
    types = ", ".join(f"{name} {kind}" for name, kind in declared.items() if kind != "string")
    given = (
        "detector_id",
        "fixmedins_code",
        "area",
        "family",
        "outcome",
        "observed",
        "peer_median",
        "peer_limit",
        "months",
    )
    missing: dict[str, str | None] = {name: None for name in declared if name not in given}
    return frame(spark, FINDINGS, types, {**missing, "excess_amount": "300"})


def _register(spark):
    columns = {"lnt": None, "lat": None, "begntime": "2019-01-01"}
    parts = []
    for code in HOUSES:
        district = (
            "320303" if code in ("e1", "e2", "w3") else "320302" if code[0] == "d" and code[1:].isdigit() else "320301"
        )
        more = {"reha_psncnt": "8"} if code == "staffed" else {"begntime": "2022-11-01"} if code == "young" else {}
        if code == "plain":
            more = {"lnt": "117.1010", "lat": "34.2005"}
        parts.append(world.register(spark, [code], fix_blng_admdvs=district, **{**columns, **more}))
    for code, (lnt, lat) in SHOPS.items():
        shop = {"fixmedins_type": "2", "medins_type": None, "hosp_lv": None, "lnt": lnt, "lat": lat}
        parts.append(world.register(spark, [code], **{**columns, **shop}))
    united = parts[0]
    for part in parts[1:]:
        united = united.unionByName(part)
    return united.withColumn("begntime", united["begntime"].cast("date"))


def _months(spark):
    plain = {
        "visits": 500.0, "inscp": 1e5, "doctor_lines": 900.0, "doctor_blank": 9.0, "discharges": 100.0,
        "outside_stays": 4.0, "severe_stays": 10.0, "ct_mr": 50.0, "rehabs": 9000.0, "exams": 100.0, "reports": 95.0,
        "doctors": 40.0,
    }  # fmt: skip
    houses = {code: [dict(plain) for _ in MONTHS] for code in [*HOUSES, *SHOPS]}
    given = {
        "blank": {"doctor_blank": 700.0}, "dialysis": {"dialysis_inscp": 6e4}, "staffed": {"rehabs": 1500.0},
        "centre": {"outside_stays": 30.0, "severe_stays": 25.0},
        # half of the buyers of both come from elsewhere
        "dual": {"outside_inscp": 5e4, "registered_inscp": 1e5}, "crowd": {"outside_inscp": 5e4},
    }  # fmt: skip
    for code, facts in given.items():
        for row in houses[code]:
            row |= facts
    for row in houses["machine"][:3]:
        row["ct_mr"] = 0.0
    for row in houses["silent"][3:]:
        row["reports"] = 2.0
    for rows in houses.values():  # the reform of April moved everybody's money by two fifths
        for row in rows[3:]:
            row["inscp"] = 1.4e5
    return world.months(spark, houses, MONTHS, ("outside_inscp", "dialysis_inscp", "refund_setls", "registered_inscp"))


def _evidence(spark):
    made = []
    for code, detector, item in (
        ("w1", "SEX-swap", "A"), ("w2", "SEX-swap", "A"), ("w3", "SEX-upcode", "C"), ("w4", "PSN-nobody", "Z"),
        ("silent", "RPT-missing", "CT"), ("plain", "RPT-missing", "CT"), ("plain", "DUP-twice", "CT"),
    ):  # fmt: skip
        for line in range(30):
            person = "nobody" if code == "w4" else f"p{line}"
            month = (
                1 + line % 6 if (code, detector) in (("plain", "RPT-missing"), ("plain", "DUP-twice")) else 4 + line % 3
            )
            made.append((code, detector, item, person, f"2023-0{month}", _at(month, 1 + line % 28, line), 10.0))
    twin = [("twice", "DUP-twice", "CT", f"p{line}", "2023-04", _at(4, 3, line), 10.0) for line in range(15)]
    made += [*twin, *twin]  # the same fifteen lines, sent twice
    for number in range(30):  # five reports of each of six tests are missing; the same thirty are all of one test
        at = _at(4, 1 + number % 28, number)
        made.append(("leaky", "RPT-leak", f"T{number % 6}", f"p{number}", "2023-04", at, 10.0))
        made.append(
            ("sticky", "RPT-leak", "T0" if number < 24 else f"T{number % 6}", f"p{number}", "2023-04", at, 10.0)
        )
    for line in range(90):  # thirty people on the tenth of each month, and one a day all through the half-year
        month, person = 1 + line // 30, f"q{line % 30}"
        made.append(("young", "LAB-campaign", "U", person, f"2023-0{month}", _at(month, 10, line % 30), 10.0))
        made.append(("plain", "LAB-campaign", "U", person, f"2023-0{month}", _at(month, 1 + line % 28, 0), 10.0))
    ddl = (
        "fixmedins_code string, detector_id string, med_list_codg string, psn_no string, stat_month string,"
        " fee_ocur_time string, inscp_amt double"
    )
    made_frame = spark.createDataFrame(made, ddl)
    return made_frame.withColumn("fee_ocur_time", made_frame["fee_ocur_time"].cast("timestamp"))


def _items(spark):
    """w1, w2: code B gives way to A from April at an unchanged price; w3: B gives way to a C four times as dear."""
    made = []
    for house, risen, price in (("w1", "A", 100.0), ("w2", "A", 100.0), ("w3", "C", 400.0)):
        for index, month in enumerate(MONTHS):
            old, new = (40, 1) if index < 3 else (0, 41)
            made += [
                (house, month, "B", old, float(old), old * 100.0),
                (house, month, risen, new, float(new), new * price),
            ]
            made.append((house, month, "steady", 50, 50.0, 500.0))
    made += [(house, MONTHS[3], f"T{test}", 100, 100.0, 1000.0) for house in ("leaky", "sticky") for test in range(6)]
    for month in MONTHS:
        made += [(shop, month, "dear", 10, 10.0, 9000.0) for shop in ("near", "dual", "crowd")]
        made.append(("near", month, "cheap", 100, 100.0, 2000.0))
        made.append(
            ("far", month, "dear", 10, 10.0 if month < "2023-04" else 90.0, 9000.0 if month < "2023-04" else 81000.0)
        )
    made = [row for row in made if row[3] > 0]
    ddl = "fixmedins_code string, stat_month string, med_list_codg string, lines bigint, cnt double, inscp double"
    return spark.createDataFrame(made, ddl)


def _visits(spark):
    made = [("w4", "nobody", f"d{line}", _at(1, 5, line), 10.0, "320301") for line in range(25)]
    made += [("named", f"p{line}", "d1", _at(1, 5 + line, 0), 10.0, "320301") for line in range(20)]
    ddl = "fixmedins_code string, psn_no string, doctor string, first_time string, inscp double, insu_admdvs string"
    seen = spark.createDataFrame(made, ddl)
    return seen.withColumn("first_time", seen["first_time"].cast("timestamp"))


def _at(month, day, minute):
    return f"2023-{month:02d}-{day:02d} 09:{minute:02d}:00"


def test_a_district_that_switches_in_one_month_is_a_data_fault(answers):
    for code in ("d1", "d2", "d3"):
        assert answers.of(code, "IMG-switch", "district_jump") == "explains"


def test_one_house_of_a_district_is_not_the_district(answers):
    assert answers.of("d1", "IMG-ring", "district_jump") == "does_not_explain"


def test_a_code_that_stands_for_a_vanished_one_is_a_data_fault(answers):
    assert answers.of("w1", "SEX-swap", "code_swap") == "explains"
    assert answers.of("w2", "SEX-swap", "code_swap") == "explains"


def test_giving_way_to_a_dearer_code_at_one_house_is_no_fault(answers):
    assert answers.of("w3", "SEX-upcode", "code_swap") == "does_not_explain"


def test_an_identity_seen_twenty_five_times_a_day_is_nobody(answers):
    assert answers.of("w4", "PSN-nobody", "sentinel_person") == "explains"
    assert answers.of("w1", "SEX-swap", "sentinel_person") == "does_not_explain"


def test_what_an_impossible_identity_was_charged_explains_an_indicator(answers):
    assert answers.of("w4", "OUT-nobody", "sentinel_visits") == "explains"
    assert answers.of("w1", "OUT-nobody", "sentinel_visits") == "does_not_explain"


def test_concentration_among_few_named_doctors_is_explained_by_blank_ones(answers):
    assert answers.of("blank", "DOC-blank", "blank_doctor") == "explains"
    assert answers.of("named", "DOC-blank", "blank_doctor") == "does_not_explain"


def test_a_dialysis_centre_sees_the_same_persons_often(answers):
    assert answers.of("dialysis", "OUT-dialysis", "dialysis_centre") == "explains"
    assert answers.of("named", "OUT-dialysis", "dialysis_centre") == "does_not_explain"


def test_what_data_cannot_tell_is_said_to_be_untestable(answers):
    assert answers.of("named", "OUT-dialysis", "emergency_ward") == "not_testable"


def test_a_referral_centre_has_sicker_patients_from_elsewhere(answers):
    assert answers.of("centre", "INP-referral", "referral_centre") == "explains"
    assert answers.of("plain", "INP-referral", "referral_centre") == "does_not_explain"


def test_growth_of_a_young_house_is_its_opening(answers):
    assert answers.of("young", "INP-growth", "ramp_up") == "explains"
    assert answers.of("plain", "INP-growth", "ramp_up") == "does_not_explain"


def test_a_new_machine_raises_examinations_to_what_peers_do(answers):
    assert answers.of("machine", "IMG-machine", "new_machine") == "explains"
    assert answers.of("plain", "IMG-machine", "new_machine") == "does_not_explain"


def test_a_reform_explains_what_began_with_it_in_its_own_area_only(answers):
    assert answers.of("machine", "IMG-reform", "policy_date") == "explains"
    assert answers.of("machine", "LAB-reform", "policy_date") == "does_not_explain"


def test_a_shop_at_the_door_of_a_hospital_sells_more_but_not_nine_times_as_much(answers):
    assert answers.of("near", "PHA-near", "hospital_neighbour") == "explains"
    assert answers.of("far", "PHA-near", "hospital_neighbour") == "does_not_explain"
    assert answers.of("huge", "PHA-near", "hospital_neighbour") == "does_not_explain"


def test_a_special_drug_shop_is_steady_an_explosion_is_not(answers):
    assert answers.of("near", "PHA-dear", "special_drug_shop") == "explains"
    assert answers.of("far", "PHA-dear", "special_drug_shop") == "does_not_explain"


def test_a_designated_shop_has_buyers_from_everywhere_whose_disease_is_registered(answers):
    assert answers.of("dual", "PHA-dear", "special_drug_shop") == "explains"
    assert answers.of("crowd", "PHA-dear", "special_drug_shop") == "does_not_explain"


def test_a_chronic_disease_day_is_no_standing_order(answers):
    assert answers.of("young", "LAB-campaign", "health_campaign") == "explains"
    assert answers.of("plain", "LAB-campaign", "health_campaign") == "does_not_explain"


def test_whether_an_indicator_is_a_campaign_has_to_be_asked_on_site(answers):
    assert answers.of("young", "LAB-share", "health_campaign") == "not_testable"


def test_enough_therapists_explain_a_large_share_of_rehabilitation(answers):
    assert answers.of("staffed", "REH-82-x", "speciality") == "explains"
    assert answers.of("plain", "REH-82-x", "speciality") == "does_not_explain"


def test_missing_reports_in_months_without_any_upload_are_a_data_fault(answers):
    assert answers.of("silent", "RPT-missing", "upload_gap") == "explains"
    assert answers.of("plain", "RPT-missing", "upload_gap") == "does_not_explain"


def test_an_interface_that_loses_some_of_every_test_is_nobodys_choice_of_work(answers):
    assert answers.of("leaky", "RPT-leak", "leaking_upload") == "explains"
    assert answers.of("sticky", "RPT-leak", "leaking_upload") == "does_not_explain"


def test_a_batch_sent_twice_is_a_data_fault(answers):
    assert answers.of("twice", "DUP-twice", "data_duplicated_upload") == "explains"
    assert answers.of("plain", "DUP-twice", "data_duplicated_upload") == "does_not_explain"


def test_every_answer_is_told_in_both_languages_without_a_verdict(answers):
    for row in answers.rows.values():
        assert row["detail_zh"]
        assert row["detail_en"]
        assert not any(word in row["detail_zh"] + row["detail_en"] for word in ("骗", "欺诈", "fraud"))


def test_only_data_faults_are_marked_as_faults(answers):
    marked = {check.name: check.fault for check in CHECKS}
    assert all(row["fault"] == marked.get(name, False) for (_, _, name), row in answers.rows.items())


def test_every_threshold_says_why():
    for name in ("district_jump", "code_swap", "sentinel_person", "upload_gap", "referral_centre", "staffed"):
        assert limits(name)
