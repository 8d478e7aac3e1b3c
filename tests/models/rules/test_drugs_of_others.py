"""冒用门特: drugs of an illness the holder of a dialysis card has not got, and the patients who have it."""

from __future__ import annotations

import pytest

from models.rules import drugs_of_others
from tests.models.cohorts.company import given, shipped
from tests.support.charged import charged
from tests.support.tables import frame, rows
from tests.support.validated import settled

CARD = shipped("HD-08-others-drugs-on-the-card")
INSULIN, PRESSURE, BINDER, STOMACH = "XA10AEG034B001", "XC08CAA111A001", "XV03AES001A001", "XA02BCA001A001"
HEAD = (
    "bkkp_sn | mdtrt_id | psn_no | fixmedins_code | med_type | main_diag | med_list_codg | fee_ocur_time | net_inscp\n"
)


def line(name, who, house, diag, drug, kind="14", yuan=78):
    return f"{name} | v-{name} | {who} | {house} | {kind} | {diag} | {drug} | 2023-01-05 09:00:00 | {yuan}"


def session(who, house, *drugs, kind="14"):
    """A visit on the dialysis card: the binder everybody takes and `drugs`."""
    return [line(f"{who}-{drug}", who, house, "N18.001", drug, kind) for drug in (BINDER, *drugs)]


def centre(house, people, *drugs, n=12, some=4):
    return [one for at in range(n) for one in session(f"{people}{at}", house, *(drugs if at < some else ()))]


def area():
    """What the drugs are for: forty visits of each illness at other houses, and two centres with nothing odd."""
    own = {INSULIN: "E11.900", PRESSURE: "I10.x00", STOMACH: "K29.500"}
    visits = [line(f"o{drug}{at}", f"o{at}", "H9", diag, drug, "11") for drug, diag in own.items() for at in range(40)]
    return [*visits, *centre("H7", "q", PRESSURE, some=8), *centre("H8", "r", PRESSURE, some=8)]


def told(spark, lines, diagnoses=()):
    listed = frame(spark, "psn_no | diag_code\n" + "\n".join(diagnoses or ["nobody | Z00"]))
    return put(spark, [*area(), *lines], listed)


def put(spark, lines, listed):
    """The lines with their visits and the lists of diagnoses."""
    made = settled(charged(spark, HEAD + "\n".join(lines)))
    visits = made.selectExpr("psn_no", "mdtrt_id", "main_diag AS dscg_maindiag_code").distinct()
    return given(made, setl_list_diag_d=listed, mdtrt_d=settled(visits))


def hits(inputs):
    return sorted({who for (who,) in rows(drugs_of_others.evaluate(inputs, [CARD]), "psn_no")})


@pytest.fixture(scope="module")
def mixed(spark):
    lines = [
        *centre("H1", "a", INSULIN),  # four patients, none of whom was ever found to have diabetes
        *centre("H2", "b", INSULIN),  # four with diabetes in the diagnosis list of some stay
        *centre("H3", "c", PRESSURE),  # patients elsewhere take it too, and nobody wrote it down
        *centre("H4", "d", STOMACH),  # anybody may have had a stomach ache
        *[one for at in range(12) for one in session(f"e{at}", "H5", *([INSULIN] if at < 2 else []))],  # two
        *centre("H6", "f", INSULIN),  # four who get it from another doctor as well
        *[line(f"g{at}", f"f{at}", "H9", "R73.900", INSULIN, "11") for at in range(4)],
        *[one for at in range(4) for one in session(f"s{at}", "H1", INSULIN, kind="21")],  # in bed, not on the card
    ]
    return told(spark, lines, [f"b{at} | E11.400x301" for at in range(4)])


def test_only_those_without_the_illness_at_a_house_with_several_of_them(mixed):
    assert hits(mixed) == [f"a{at}" for at in range(4)]


def test_the_whole_line_is_asked_about_and_the_sentence_names_the_illness(mixed):
    found = drugs_of_others.evaluate(mixed, [CARD]).collect()
    assert {float(row["violation_amount"]) for row in found} == {78.0}
    assert {row["med_list_codg"] for row in found} == {INSULIN}
    assert all("E11" in row["note_zh"] and "E11" in row["note_en"] for row in found)


def test_exposure_is_the_drugs_of_the_cards(mixed):
    counted = dict(rows(drugs_of_others.exposure(mixed, [CARD]), "fixmedins_code", "exposure"))
    assert counted["H1"] == 12 + 4
    assert "H9" not in counted


def test_what_nobody_prescribes_off_the_card_tells_nothing(spark):
    assert hits(told(spark, centre("H1", "a", "XB03XAE001B001"))) == []


def test_the_only_dialysis_centre_has_no_yardstick(spark):
    alone = [one for one in [*area(), *centre("H1", "a", INSULIN)] if "| H7 |" not in one and "| H8 |" not in one]
    listed = frame(spark, "psn_no | diag_code\nnobody | Z00")
    assert hits(put(spark, alone, listed)) == []


def test_the_illness_on_any_other_visit_is_enough(spark):
    seen = [line(f"d{at}", f"a{at}", "H9", "E11.900", STOMACH, "11") for at in range(4)]
    assert hits(told(spark, [*centre("H1", "a", INSULIN), *seen])) == []
