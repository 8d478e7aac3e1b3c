"""Planted patterns of rehabilitation and physiotherapy: pairs, courses, assessments, capacity, templates."""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.draft import UNIT, Dose, Draft
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.schemes.helpers import last_day, moments_of_stay, stays, with_disease
from jobs.landing.generate.schemes.registry import Scheme

REHAB_PLACES = "REHAB TCM PRIV S2"
NOT_REHAB = "pneum copd htn chd dm gast hf insom gall append"


def motor_and_limb(draft: Draft, dose: Dose) -> None:
    """Motor therapy beside paralysed-limb training on one day: only one of them is payable."""
    rows = draft.hit_lines(dose, draft.lines_with("r_hemi r_cp r_para"))
    draft.add_like(dose, rows, "r_move")
    lone = draft.hit_lines(dose, draft.lines_with("r_move"), 0.7)
    lone = lone[dose.mark[draft.inst_of(lone)] >= 0]
    draft.add_like(dose, lone, "r_hemi", share=0.6)


def over_course(draft: Draft, dose: Dose) -> None:
    """Wheelchair, standing-bed and weight-support training far beyond the thirty days paid for."""
    rows = draft.hit_visits(dose, stays(draft))
    rows = rows[(dose.mark[draft.visits["inst"][rows]] >= 0) & (draft.visits["los"][rows] > 30)]
    visit, time = moments_of_stay(draft, rows)
    late = (time - draft.visits["begin"][visit]) // DAY >= 30
    draft.add(dose, visit[~late], "r_wheel r_stand", time[~late], share=0.0)
    draft.add(dose, visit[late], "r_wheel r_stand", time[late])


def early_assessments(draft: Draft, dose: Dose) -> None:
    """Assessments every few days although fourteen days must lie between two."""
    rows = draft.hit_visits(dose, stays(draft))
    has = np.zeros(len(draft.visits), dtype=bool)
    has[draft.lines["visit"][draft.lines_with("r_eval")]] = True
    visit, time = moments_of_stay(draft, rows[has[rows]], first=4, step=4)
    draft.add(dose, visit, "r_eval r_adl", time)


def over_daily(draft: Draft, dose: Dose) -> None:
    """Three and more units of a once-a-day therapy on one day."""
    rows = draft.hit_lines(dose, draft.lines_with("r_move r_hemi ph_mf ph_air t_eacu ph_ir"))
    units = draft.rng.integers(3, 6, len(rows))
    draft.lines["cnt"][rows] = (units * UNIT).astype("i4")
    draft.blame(dose, rows, (units - 1) / units)


def therapist_overload(draft: Draft, dose: Dose) -> None:
    """More booked minutes than the few therapists have."""
    visit, time = moments_of_stay(draft, draft.hit_visits(dose, stays(draft)))
    draft.add(dose, visit, "r_balt r_joint r_ot r_spt r_handt ph_air", time)


def non_rehab_patients(draft: Draft, dose: Dose) -> None:
    """Rehabilitation items for inpatients who have nothing to rehabilitate."""
    rows = draft.hit_visits(dose, with_disease(draft, stays(draft), NOT_REHAB))
    visit, time = moments_of_stay(draft, rows)
    draft.add(dose, visit, "r_joint ph_air", time)
    draft.add(dose, rows, "r_adl", draft.visits["begin"][rows] + 7200)


def template(draft: Draft, dose: Dose) -> None:
    """One and the same bundle of therapies for every inpatient, every day."""
    visit, time = moments_of_stay(draft, draft.hit_visits(dose, stays(draft)))
    draft.add(dose, visit, "ph_mf ph_ir t_iont t_moxa", time)


def discharge_day(draft: Draft, dose: Dose) -> None:
    """A full day of therapy charged on the day of discharge."""
    rows = stays(draft)
    rows = draft.hit_visits(dose, rows[~draft.visits["open"][rows]])
    treated = np.zeros(len(draft.visits), dtype=bool)
    treated[draft.lines["visit"][draft.lines_in("rehab", "physio", "tcm")]] = True
    rows = rows[treated[rows]]
    draft.add(dose, rows, "r_move ph_mf t_eacu r_balt", last_day(draft, rows))


def current_and_iontophoresis(draft: Draft, dose: Dose) -> None:
    """Medium-frequency current beside the iontophoresis that uses it."""
    draft.add_like(dose, draft.hit_lines(dose, draft.lines_with("ph_mf t_eacu")), "t_iont")


def _long_stays(profile: Frame, place: int, strength: int) -> None:
    profile["los"][place] *= (1.4, 1.8, 2.3)[strength]


def _few_therapists(profile: Frame, place: int, strength: int) -> None:
    profile["therapists"][place] = (0.5, 0.35, 0.2)[strength]


SCHEMES = (
    Scheme(
        "rehabilitation",
        "motor_and_limb_training",
        "r_hemi r_cp r_move",
        REHAB_PLACES,
        (0.15, 0.4, 0.9),
        motor_and_limb,
        noise=0.004,
        need=3.0,
    ),
    Scheme(
        "rehabilitation", "over_course_days", "stays", "REHAB ELDER", (0.3, 0.6, 0.95), over_course, tune=_long_stays
    ),
    Scheme(
        "rehabilitation", "early_assessments", "r_eval", REHAB_PLACES, (0.2, 0.5, 0.95), early_assessments, noise=0.002
    ),
    Scheme(
        "rehabilitation",
        "over_daily_units",
        "r_move r_hemi ph_mf ph_air t_eacu",
        REHAB_PLACES,
        (0.06, 0.2, 0.55),
        over_daily,
        noise=0.0015,
    ),
    Scheme(
        "rehabilitation",
        "therapist_overload",
        "r_move r_hemi ph_mf t_eacu",
        "REHAB TCM",
        (0.2, 0.5, 0.9),
        therapist_overload,
        need=15.0,
        tune=_few_therapists,
    ),
    Scheme(
        "rehabilitation",
        "non_rehab_patients",
        "stays",
        "S2 TCM PRIV CHC",
        (0.1, 0.3, 0.7),
        non_rehab_patients,
        noise=0.0006,
    ),
    Scheme("rehabilitation", "template_bundle", "stays", "REHAB TCM PRIV", (0.3, 0.6, 0.97), template),
    Scheme(
        "rehabilitation",
        "therapy_on_discharge_day",
        "r_move r_hemi ph_mf t_eacu",
        "REHAB TCM PRIV",
        (0.25, 0.6, 0.97),
        discharge_day,
        noise=0.004,
    ),
    Scheme(
        "rehabilitation",
        "current_and_iontophoresis",
        "ph_mf t_eacu",
        REHAB_PLACES,
        (0.12, 0.35, 0.85),
        current_and_iontophoresis,
        noise=0.003,
    ),
)
