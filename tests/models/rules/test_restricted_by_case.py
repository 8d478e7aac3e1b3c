"""限定诊断、限定科室: items paid for some diagnoses or in some departments only."""

from models.rules import restricted_department, restricted_diagnosis
from tests.models.rules.sheet import card, inputs
from tests.support.tables import frame, rows

STROKE = """
    item | params
    drug | I63|G45
"""
LISTED = """
    setl_id | diag_code | diag_type | maindiag_flag
    s1      | J18.900   | 1         | 1
    s1      | E11.900   | 2         | 0
    s2      | J18.900   | 1         | 1
    s2      | G45.901   | 2         | 0
    s4      | EI63.0    | 1         | 1
"""
CHARGED = """
    bkkp_sn | item | at                  | setl_id | inst | cnt | inscp
    a1      | drug | 2023-03-01 08:00:00 | s1      | H1   | 1   | 90
    a4      | drug | 2023-03-01 08:00:00 | s4      | H1   | 1   | 90
    b2      | drug | 2023-03-01 08:00:00 | s2      | H1   | 1   | 90
    b3      | drug | 2023-03-01 08:00:00 | s3      | H2   | 1   | 90
    b4      | drug | 2023-03-01 08:00:00 |         | H1   | 1   | 90
"""


def known(text):
    """A pipe stands between the codes of a point, so the points are written with a comma here."""
    return text.replace("I63|G45", "I63,G45").replace("A19|A03", "A19,A03")


def given(spark, charged, text, **tables):
    from dataclasses import replace

    from pyspark.sql import functions as F

    made = inputs(spark, charged, known(text), **tables)
    return replace(made, points=made.known().withColumn("params", F.regexp_replace("params", ",", "|")))


def test_a_drug_without_any_of_its_diagnoses(spark):
    sheet = given(spark, CHARGED, STROKE, setl_list_diag_d=frame(spark, LISTED))
    one = [card(restricted_diagnosis)]
    found = rows(restricted_diagnosis.evaluate(sheet, one), "bkkp_sn", "violation_amount", "note_zh")
    assert found == [
        ("a1", 90.0, "限诊断I63|G45, 本次诊断E11.900|J18.900"), ("a4", 90.0, "限诊断I63|G45, 本次诊断EI63.0")
    ]  # fmt: skip
    assert rows(restricted_diagnosis.exposure(sheet, one), "fixmedins_code", "exposure") == [("H1", 3.0)]
    assert rows(restricted_diagnosis.gaps(sheet, one), "fixmedins_code", "reason_code") == [("H2", "no_diagnosis_list")]


def test_an_item_of_another_department(spark):
    eye = """
        item | params
        lens | A19|A03
    """
    charged = """
        bkkp_sn | item | at                  | inst | bilg_dept_codg | acord_dept_codg | adm_dept_codg | cnt | inscp
        a1      | lens | 2023-03-01 08:00:00 | H1   | A04            | A02.01          | A04           | 1   | 90
        b1      | lens | 2023-03-01 08:00:00 | H1   | A04            | A19             | A04           | 1   | 90
        b2      | lens | 2023-03-01 08:00:00 | H1   |                |                 | A03.02        | 1   | 90
        b3      | lens | 2023-03-01 08:00:00 | H2   | 0312           |                 |               | 1   | 90
        b4      | lens | 2023-03-01 08:00:00 | H1   |                |                 |               | 1   | 90
    """
    sheet, one = given(spark, charged, eye), [card(restricted_department, code_pattern="^A[0-9]{2}")]
    assert rows(restricted_department.evaluate(sheet, one), "bkkp_sn", "note_zh") == [
        ("a1", "限科室A19|A03, 本次科室A02.01|A04|A04")
    ]  # fmt: skip
    assert rows(restricted_department.exposure(sheet, one), "fixmedins_code", "exposure") == [("H1", 3.0)]
    assert rows(restricted_department.gaps(sheet, one), "fixmedins_code", "reason_code") == [
        ("H2", "department_unknown")
    ]
