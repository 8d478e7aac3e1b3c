"""限定性别、年龄、就医方式、机构等级: items restricted to some persons, visits or institutions."""

from pyspark.sql import functions as F

from models.rules import restricted_age, restricted_institution_level, restricted_sex, restricted_visit_type
from models.rules.kind import RuleInputs
from tests.models.rules.sheet import card, found, inputs, run
from tests.support.tables import frame, rows

WOMEN = """
    item   | limit | unit
    smear  | 2     | gend
    semen  | 1     | gend
"""
LEVELS = {3: ["01", "02", "03", "04"], 2: ["05", "06", "07"], 1: ["08", "09", "10"], 0: ["11"]}


def test_an_item_of_the_other_sex_is_disputed_whole(spark):
    charged = """
        bkkp_sn | item  | at                  | gend | cnt | inscp
        a1      | smear | 2023-03-01 08:00:00 | 1    | 1   | 40
        a2      | smear | 2023-03-01 08:00:00 | 2    | 1   | 40
        a3      | semen | 2023-03-01 08:00:00 | 2    | 1   | 30
    """
    assert run(spark, restricted_sex, charged, WOMEN) == [("a1", 40.0), ("a3", 30.0)]


def test_an_unknown_sex_and_a_newborn_under_its_mother_are_left_alone(spark):
    charged = """
        bkkp_sn | item  | at                  | gend | main_diag | med_type | cnt | inscp
        a1      | smear | 2023-03-01 08:00:00 | 9    | N76.0     | 11       | 1   | 40
        a2      | semen | 2023-03-01 08:00:00 | 2    | O80.0     | 21       | 1   | 30
        a3      | semen | 2023-03-01 08:00:00 | 2    |           | 52       | 1   | 30
    """
    out = {"skip_diagnoses": "^(O|P|Z3[4-9])", "skip_visit_types": ["51", "52"]}
    assert run(spark, restricted_sex, charged, WOMEN, **out) == []


def test_a_childrens_item_for_a_grown_person(spark):
    known = """
        item  | limit | unit
        child | 18    | years_below
        work  | 16    | years_from
    """
    charged = """
        bkkp_sn | item  | at                  | age | med_type | cnt | inscp
        a1      | child | 2023-03-01 08:00:00 | 18  | 11       | 1   | 15
        a2      | child | 2023-03-01 08:00:00 | 17  | 11       | 1   | 15
        a3      | child | 2023-03-01 08:00:00 | 40  | 41       | 1   | 15
        a4      | work  | 2023-03-01 08:00:00 | 15  | 21       | 1   | 35
    """
    assert run(spark, restricted_age, charged, known, skip_visit_types=["41"]) == [("a1", 15.0), ("a4", 35.0)]
    notes = rows(found(spark, restricted_age, charged, known, skip_visit_types=["41"]), "bkkp_sn", "note_zh", "note_en")
    assert notes[0] == ("a1", "18岁, 限18岁以下", "age 18, for persons younger than 18")


def test_a_bedside_charge_outside_a_stay(spark):
    known = """
        item    | unit
        bedside | inpatient
    """
    charged = """
        bkkp_sn | item    | at                  | med_type | cnt | inscp
        a1      | bedside | 2023-03-01 08:00:00 | 11       | 1   | 60
        a2      | bedside | 2023-03-01 08:00:00 | 2101     | 1   | 60
        a3      | bedside | 2023-03-01 08:00:00 | 13       | 1   | 60
    """
    stays = {"visit_types": ["2", "52", "13", "71"]}  # emergency observation and home sickbeds have a bed too
    assert run(spark, restricted_visit_type, charged, known, **stays) == [("a1", 60.0)]


def test_a_drug_of_the_second_level_in_a_small_house(spark):
    known = """
        item | limit | unit
        drug | 2     | level
    """
    charged = """
        bkkp_sn | item | at                  | inst | cnt | inscp
        a1      | drug | 2023-03-01 08:00:00 | H1   | 1   | 90
        a2      | drug | 2023-03-01 08:00:00 | H2   | 1   | 90
        a3      | drug | 2023-03-01 08:00:00 | P1   | 1   | 90
        a4      | drug | 2023-03-01 08:00:00 | H4   | 1   | 90
        a5      | drug | 2023-03-01 08:00:00 | H5   | 1   | 90
    """
    houses = frame(
        spark,
        """
        fixmedins_code | fixmedins_type | hosp_lv | aprv_bed_cnt
        H1             | 1              | 09      | 50
        H2             | 1              | 06      | 200
        P1             | 2              | 11      |
        H4             | 1              |         | 20
        H5             | 1              | 11      | 300
        """,
        "aprv_bed_cnt int",
    )
    given = inputs(spark, charged, known, fixmedins_b=houses)
    one = card(restricted_institution_level, levels=LEVELS, large_from_beds=100)
    hit = restricted_institution_level.evaluate(given, [one])
    assert rows(hit, "bkkp_sn", "violation_amount", "note_zh") == [("a1", 90.0, "限2级及以上医疗机构, 本机构1级")]
    blind = restricted_institution_level.gaps(given, [one])
    assert rows(blind, "fixmedins_code", "reason_code") == [("H4", "level_unknown"), ("H5", "level_unknown")]


def test_small_houses_are_measured_by_small_houses(spark):
    known = """
        item | limit | unit
        Zdrug | 2     | level
    """
    charged = """
        bkkp_sn | item    | at                  | inst | cnt | inscp
        a1      | Zdrug   | 2023-03-01 08:00:00 | H1   | 1   | 90
        a2      | Xplain  | 2023-03-02 08:00:00 | H1   | 1   | 10
        a3      | Xplain  | 2023-03-02 09:00:00 | H1   | 1   | 10
        a4      | Zdrug   | 2023-03-01 08:00:00 | H2   | 1   | 90
        a5      | Xplain  | 2023-03-01 08:00:00 | H3   | 1   | 10
        a6      | 0031xxx | 2023-03-01 08:00:00 | H3   | 1   | 10
    """
    houses = frame(
        spark,
        """
        fixmedins_code | fixmedins_type | hosp_lv | aprv_bed_cnt
        H1             | 1              | 09      | 50
        H2             | 1              | 06      | 200
        H3             | 1              | 11      | 20
        """,
        "aprv_bed_cnt int",
    )
    given = inputs(spark, charged, known, fixmedins_b=houses)
    narrowed = given.lines.where("med_list_codg = 'Zdrug'")  # the lines of points apart, the rest told beside them
    wide = RuleInputs(coded(narrowed), given.tables, given.points, charges=coded(given.lines))
    one = card(restricted_institution_level, levels=LEVELS)
    # the large house cannot break the limit and is no measure; the small ones count all they dispense
    counted = restricted_institution_level.exposure(wide, [one])
    assert rows(counted, "fixmedins_code", "exposure") == [("H1", 3.0), ("H3", 1.0)]


def test_a_clinic_is_measured_by_out_patients_elsewhere(spark):
    known = """
        item  | unit
        Xdrip | inpatient
    """
    charged = """
        bkkp_sn | item   | at                  | inst | med_type | cnt | inscp
        a1      | Xdrip  | 2023-03-01 08:00:00 | H1   | 11       | 1   | 60
        a2      | Xother | 2023-03-01 08:00:00 | H1   | 11       | 1   | 60
        a3      | Xdrip  | 2023-03-01 08:00:00 | H2   | 21       | 1   | 60
        a4      | Xother | 2023-03-01 08:00:00 | H2   | 11       | 1   | 60
    """
    given = inputs(spark, charged, known)
    wide = RuleInputs(coded(given.lines), given.tables, given.points)
    one = card(restricted_visit_type, visit_types=["2"])
    counted = restricted_visit_type.exposure(wide, [one])
    assert rows(counted, "fixmedins_code", "exposure") == [("H1", 2.0), ("H2", 1.0)]


def coded(lines):
    """Lines with a charge category, from which their domain can be told."""
    return lines.withColumn("med_chrgitm_type", F.lit("09"))
