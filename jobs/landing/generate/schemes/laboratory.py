"""Planted patterns of the clinical laboratory: panels with members, pairs, intervals, wrong sex, methods, specimens."""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.draft import CHRONIC, OUTPATIENT, REPORT_METHOD, REPORT_SPECIMEN, SHOP, UNIT, Dose, Draft
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.schemes.helpers import clone_visits, first_day, inside_period, last_day, stays, with_disease
from jobs.landing.generate.schemes.registry import HOSPITALS, Scheme

LABS = HOSPITALS + " CHC"


def panel_members(draft: Draft, dose: Dose) -> None:
    """Single tests charged beside the panel that contains them."""
    for panel, members in (
        ("p_liver", "alt ast tbil alb"),
        ("p_renal", "urea crea"),
        ("p_elec", "k na cl"),
        ("p_lipid", "chol tg"),
    ):
        draft.add_like(dose, draft.hit_lines(dose, draft.lines_with(panel)), members)


def gas_and_bicarbonate(draft: Draft, dose: Dose) -> None:
    """Bicarbonate charged again beside the blood gas analysis that yields it."""
    rows = draft.hit_lines(dose, draft.lines_with("bga"))
    draft.add_like(dose, rows, "hco3")
    more = draft.hit_lines(dose, draft.lines_with("p_elec"), 0.5)
    more = more[dose.mark[draft.inst_of(more)] >= 0]
    draft.add_like(dose, more, "bga", share=0.0)
    draft.add_like(dose, more, "hco3")


def early_hba1c(draft: Draft, dose: Dose) -> None:
    """Glycated haemoglobin repeated within days, though it mirrors two to three months."""
    patients = with_disease(draft, np.flatnonzero(draft.visits["kind"] != SHOP), "dm htn chd")
    ward = np.isin(draft.visits["kind"][patients], (3,))
    staying = draft.hit_visits(dose, patients[ward])
    staying = staying[(draft.visits["los"][staying] >= 4) & ~draft.visits["open"][staying]]
    draft.add(dose, staying, "hba1c", first_day(draft, staying), share=0.0)
    draft.add(dose, staying, "hba1c", last_day(draft, staying))
    walking = draft.hit_visits(dose, patients[~ward], 0.5)
    later = draft.visits["begin"][walking] + draft.rng.integers(5, 13, len(walking)) * DAY
    walking, later = walking[inside_period(draft, later)], later[inside_period(draft, later)]
    draft.add(dose, walking, "hba1c", first_day(draft, walking), share=0.0)
    again = clone_visits(draft, walking, later, OUTPATIENT)
    draft.add(None, again, "reg", later + 60)
    draft.add(dose, again, "hba1c", later + 900)


def wrong_sex(draft: Draft, dose: Dose) -> None:
    """Tests of one sex charged for the other."""
    rows = draft.hit_visits(dose, np.flatnonzero(draft.visits["kind"] != SHOP))
    people = draft.world.persons
    rows = rows[people.age_group[draft.visits["person"][rows]] > 0]
    female = people.female[draft.visits["person"][rows]]
    draft.add(dose, rows[female], "tpsa", first_day(draft, rows[female]))
    draft.add(dose, rows[~female], "ovab", first_day(draft, rows[~female]))


def method_swap(draft: Draft, dose: Dose) -> None:
    """The dear method charged, the report shows the cheap one."""
    rows = draft.hit_lines(dose, draft.lines_with("cea afp tsh ft3 ft4 ca125 ca199 bnp pct hbsag tni hcv hiv"))
    draft.lines["report"][rows] = REPORT_METHOD
    draft.blame(dose, rows, 0.4)


def specimen_reuse(draft: Draft, dose: Dose) -> None:
    """One specimen number behind the tests of many patients."""
    rows = draft.hit_lines(dose, draft.lines_in("lab"))
    draft.lines["report"][rows] = REPORT_SPECIMEN
    draft.blame(dose, rows)


def package_testing(draft: Draft, dose: Dose) -> None:
    """The same set of tests for every patient, tumour markers and thyroid included."""
    rows = draft.hit_visits(dose, stays(draft))
    draft.add(dose, rows, "p_thy afp cea ca199 p_hepb ferr", first_day(draft, rows))
    walking = draft.hit_visits(dose, draft.visits_where(OUTPATIENT, CHRONIC), 0.15)
    draft.add(dose, walking, "p_thy afp cea ca199", first_day(draft, walking))


def vitamin_batch(draft: Draft, dose: Dose) -> None:
    """One dear test ordered for nearly everybody."""
    rows = draft.hit_visits(dose, draft.visits_where(OUTPATIENT, CHRONIC, 3))
    draft.add(dose, rows, "vitd", first_day(draft, rows))


def urine_stool_parts(draft: Draft, dose: Dose) -> None:
    """Parts of the urine and stool routine charged beside the routine."""
    draft.add_like(dose, draft.hit_lines(dose, draft.lines_with("urine")), "ur_sed ur_sg")
    draft.add_like(dose, draft.hit_lines(dose, draft.lines_with("stool")), "stool_p")


def blood_count_parts(draft: Draft, dose: Dose) -> None:
    """Single counts and reticulocytes beside every blood count."""
    draft.add_like(dose, draft.hit_lines(dose, draft.lines_with("cbc")), "rbc1 wbc1 retic")


def over_daily(draft: Draft, dose: Dose) -> None:
    """Heart markers more often than twice a day."""
    rows = draft.hit_lines(dose, draft.lines_with("bnp tni"))
    draft.lines["cnt"][rows] = 5 * UNIT
    draft.blame(dose, rows, 0.6)
    more = draft.hit_lines(dose, draft.lines_with("p_card p_lipid"), 0.4)
    more = more[dose.mark[draft.inst_of(more)] >= 0]
    draft.add_like(dose, more, "tni", cnt=4.0, share=0.5)


def _reporting(profile: Frame, place: int, _strength: int) -> None:
    profile["reports"][place] = True


SCHEMES = (
    Scheme(
        "laboratory",
        "panel_plus_members",
        "p_liver p_renal p_elec p_lipid",
        LABS,
        (0.08, 0.25, 0.7),
        panel_members,
        noise=0.0015,
    ),
    Scheme(
        "laboratory",
        "blood_gas_bicarbonate",
        "bga p_elec",
        HOSPITALS,
        (0.2, 0.5, 0.95),
        gas_and_bicarbonate,
        noise=0.006,
    ),
    Scheme(
        "laboratory", "early_hba1c", "metf acar", LABS, (0.06, 0.18, 0.45), early_hba1c, noise=0.0015, stage="visits"
    ),
    Scheme("laboratory", "wrong_sex_tests", "visits", LABS, (0.01, 0.03, 0.09), wrong_sex, noise=0.0002),
    Scheme(
        "laboratory",
        "method_swap",
        "cea afp tsh ft3 ft4 ca125 ca199 bnp pct hbsag tni hcv hiv",
        "T3 S2 TCM PRIV ONC",
        (0.15, 0.4, 0.9),
        method_swap,
        noise=0.002,
        tune=_reporting,
    ),
    Scheme(
        "laboratory",
        "specimen_reuse",
        "FAM lab",
        LABS,
        (0.06, 0.18, 0.45),
        specimen_reuse,
        noise=0.0004,
        tune=_reporting,
    ),
    Scheme("laboratory", "package_testing", "stays", LABS, (0.3, 0.6, 0.95), package_testing),
    Scheme("laboratory", "vitamin_d_batch", "visits", LABS, (0.1, 0.3, 0.7), vitamin_batch),
    Scheme("laboratory", "urine_stool_parts", "urine stool", LABS, (0.15, 0.45, 0.95), urine_stool_parts, noise=0.004),
    Scheme("laboratory", "blood_count_parts", "cbc", LABS, (0.12, 0.35, 0.9), blood_count_parts, noise=0.003),
    Scheme(
        "laboratory",
        "heart_marker_over_daily",
        "bnp tni p_card",
        "T3 S2 TCM PRIV",
        (0.2, 0.5, 0.95),
        over_daily,
        noise=0.003,
    ),
)
