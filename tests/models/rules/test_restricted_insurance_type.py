"""限定保险类型: drugs of another insurance billed to the medical fund."""

import pytest

from models.rules import restricted_insurance_type
from tests.models.rules.sheet import card, inputs, run
from tests.support.tables import rows

KNOWN = """
    item    | unit
    vaccine | work_injury
    birth   | maternity
    other   | nursing_care
"""
PARAMS = {
    "paid_by": {"work_injury": [], "maternity": ["510"]},
    "visit_types": {"maternity": ["51", "52", "53"]},
    "diagnoses": {"maternity": "^(O|Z3[0-9])"},
    "skip_visit_types": ["41"],
}
CHARGED = """
    bkkp_sn | item    | at                  | insutype | med_type | main_diag | cnt | inscp
    a1      | vaccine | 2023-03-01 08:00:00 | 310      | 11       | W54       | 1   | 60
    a2      | birth   | 2023-03-01 08:00:00 | 390      | 21       | N76.0     | 1   | 25
    b1      | birth   | 2023-03-01 08:00:00 | 510      | 21       | N76.0     | 1   | 25
    b2      | birth   | 2023-03-01 08:00:00 | 310      | 52       |           | 1   | 25
    b3      | birth   | 2023-03-01 08:00:00 | 390      | 21       | O80.0     | 1   | 25
    b4      | vaccine | 2023-03-01 08:00:00 | 310      | 41       |           | 1   | 60
    b5      | vaccine | 2023-03-01 08:00:00 |          | 11       |           | 1   | 60
    b6      | other   | 2023-03-01 08:00:00 | 310      | 11       |           | 1   | 60
"""


def test_a_drug_of_another_insurance_is_disputed_whole(spark):
    assert run(spark, restricted_insurance_type, CHARGED, KNOWN, **PARAMS) == [("a1", 60.0), ("a2", 25.0)]


@pytest.mark.parametrize("key", ["visit_types", "diagnoses"])
def test_births_under_the_schemes_maternity_was_merged_into_are_honest_only_by_the_card(spark, key):
    strict = {name: value for name, value in PARAMS.items() if name != key}
    found = run(spark, restricted_insurance_type, CHARGED, KNOWN, **strict)
    assert {"visit_types": ("b2", 25.0), "diagnoses": ("b3", 25.0)}[key] in found


def test_an_institution_whose_scheme_is_never_told_is_not_judged(spark):
    charged = """
        bkkp_sn | item    | at                  | inst | insutype | cnt | inscp
        a1      | vaccine | 2023-03-01 08:00:00 | H1   |          | 1   | 60
        a2      | vaccine | 2023-03-01 08:00:00 | H2   | 310      | 1   | 60
    """
    given = inputs(spark, charged, KNOWN)
    blind = restricted_insurance_type.gaps(given, [card(restricted_insurance_type, **PARAMS)])
    assert rows(blind, "fixmedins_code", "reason_code") == [("H1", "insurance_unknown")]
    exposed = restricted_insurance_type.exposure(given, [card(restricted_insurance_type, **PARAMS)])
    assert rows(exposed, "fixmedins_code", "exposure") == [("H2", 1.0)]
