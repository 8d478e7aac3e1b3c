"""Planted patterns of medical imaging: split scans, add-ons, films, exams without report, packages.

Why: published lists of inspections name these for CT, X-ray and ultrasound; amounts follow the rule each breaks.
"""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.draft import OUTPATIENT, REPORT_EMPTY, REPORT_LEFT, REPORT_NONE, SHOP, UNIT, Dose, Draft
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.schemes.helpers import clone_visits, first_day, moments_of_stay, stays
from jobs.landing.generate.schemes.registry import HOSPITALS, Scheme

NEGATIVE = 6  # report of an exam nobody needed: no finding


def split_abdomen(draft: Draft, dose: Dose) -> None:
    """One abdomen charged as upper, middle and lower scan instead of one whole-abdomen scan."""
    rows = draft.hit_lines(dose, draft.per_visit_day(draft.lines_with("ct_uabd ct_abd ct_labd us_abd")))
    draft.add_like(dose, rows, "ct_uabd", share=0.0)
    draft.add_like(dose, rows, "ct_mabd ct_labd")


def addon_excess(draft: Draft, dose: Dose) -> None:
    """Reconstruction and spiral add-ons more often than there are main scans."""
    rows = draft.hit_lines(dose, draft.lines_in("ct"))
    draft.add_like(dose, rows, "ct_3d", cnt=2.0, share=0.5)
    draft.add_like(dose, rows, "ct_spiral", cnt=2.0, share=0.5)


def addon_alone(draft: Draft, dose: Dose) -> None:
    """CT add-ons for patients who had no CT that day."""
    rows = draft.hit_lines(dose, draft.per_visit_day(draft.lines_in("dr", "us")))
    draft.add_like(dose, rows, "ct_3d ct_enhadd")


def plain_and_enhanced(draft: Draft, dose: Dose) -> None:
    """The same part charged plain and enhanced, both at full price, instead of the enhancement add-on."""
    for plain, enhanced in (("ct_chest", "cte_chest"), ("ct_uabd", "cte_uabd"), ("ct_head", "cte_head")):
        draft.add_like(dose, draft.hit_lines(dose, draft.lines_with(plain)), enhanced, share=0.75)


def film_excess(draft: Draft, dose: Dose) -> None:
    """More films charged than an exam yields."""
    rows = draft.hit_lines(dose, draft.lines_with("film"))
    extra = draft.rng.integers(4, 9, len(rows))
    old = draft.lines["cnt"][rows]
    draft.lines["cnt"][rows] = old + extra * UNIT
    draft.blame(dose, rows, extra * UNIT / (old + extra * UNIT))
    bare = draft.hit_lines(dose, draft.lines_in("ct", "dr"), 0.6)
    draft.add_like(dose, bare, "film", cnt=draft.rng.integers(4, 8, len(bare)).astype(float), share=0.7)


def phantom_exams(draft: Draft, dose: Dose) -> None:
    """Exams charged that nobody made: no report, or a report without a single image."""
    rows = draft.hit_visits(dose, np.flatnonzero(draft.visits["kind"] != 5))
    how = np.where(draft.rng.random(len(rows)) < 0.6, REPORT_NONE, REPORT_EMPTY)
    draft.add(dose, rows, "us_neck ct_chest", first_day(draft, rows), report=how)


def multi_part_ultrasound(draft: Draft, dose: Dose) -> None:
    """Every further part of one ultrasound session at full price instead of the add-on."""
    rows = draft.hit_lines(dose, draft.per_visit_day(draft.lines_in("us")))
    draft.add_like(dose, rows, "us_uro us_thy us_limb", share=0.64)


def beyond_machines(draft: Draft, dose: Dose) -> None:
    """Days with far more CT exams than the one registered machine can make in its hours."""
    calendar = draft.world.calendar
    for place in dose.planted:
        known = np.flatnonzero((draft.visits["inst"] == place) & (draft.visits["kind"] != SHOP))
        days = draft.rng.choice(calendar.days, size=max(3, int(calendar.days * dose.rate[place])), replace=False)
        for day in days:
            rows = draft.rng.choice(known, size=min(len(known), int(draft.rng.integers(40, 70))), replace=False)
            begin = calendar.epoch + int(day) * DAY + draft.rng.integers(8 * 3600, 17 * 3600, len(rows))
            visit = clone_visits(draft, rows, begin, OUTPATIENT)
            draft.add(dose, visit, "ct_head ct_chest", begin + 300, report=REPORT_NONE)


def package_imaging(draft: Draft, dose: Dose) -> None:
    """The same set of exams for every inpatient whatever the disease; hardly a finding."""
    rows = draft.hit_visits(dose, stays(draft))
    draft.add(dose, rows, "us_heart us_neck us_abd ct_chest ct_head", first_day(draft, rows), report=NEGATIVE)


def echo_duplicates(draft: Draft, dose: Dose) -> None:
    """M-mode and ventricular function charged beside the colour echo that contains them."""
    draft.add_like(dose, draft.hit_lines(dose, draft.lines_with("us_heart")), "us_m us_lv")


def reports_of_the_absent(draft: Draft, dose: Dose) -> None:
    """Reports signed by a doctor who had left: exams charged without a competent reader."""
    rows = draft.hit_lines(dose, draft.lines_in("ct", "mr", "dr"))
    draft.lines["report"][rows] = REPORT_LEFT
    draft.blame(dose, rows)


def repeated_scans(draft: Draft, dose: Dose) -> None:
    """The same scan every other day of a stay."""
    rows = draft.hit_visits(dose, stays(draft))
    visit, time = moments_of_stay(draft, rows, first=2, step=2)
    draft.add(dose, visit, "ct_chest", time, report=NEGATIVE)


def _few_machines(profile: Frame, place: int, _strength: int) -> None:
    profile["reports"][place] = True


SCHEMES = (
    Scheme(
        "imaging",
        "split_abdomen_ct",
        "ct_uabd ct_abd ct_labd us_abd",
        HOSPITALS,
        (0.12, 0.3, 0.7),
        split_abdomen,
        noise=0.0008,
    ),
    Scheme("imaging", "ct_addon_excess", "FAM ct", HOSPITALS, (0.12, 0.35, 0.8), addon_excess, noise=0.002),
    Scheme("imaging", "ct_addon_without_main", "FAM dr us", HOSPITALS, (0.05, 0.14, 0.35), addon_alone, noise=0.0006),
    Scheme(
        "imaging",
        "plain_and_enhanced",
        "ct_chest ct_uabd ct_head",
        HOSPITALS,
        (0.1, 0.3, 0.7),
        plain_and_enhanced,
        noise=0.004,
    ),
    Scheme("imaging", "film_excess", "film", HOSPITALS, (0.25, 0.55, 0.95), film_excess, noise=0.003),
    Scheme(
        "imaging",
        "phantom_exams",
        "visits",
        HOSPITALS,
        (0.03, 0.08, 0.2),
        phantom_exams,
        noise=0.0003,
        tune=_few_machines,
    ),
    Scheme(
        "imaging",
        "multi_part_ultrasound",
        "FAM us",
        HOSPITALS + " CHC",
        (0.1, 0.3, 0.65),
        multi_part_ultrasound,
        noise=0.004,
    ),
    Scheme(
        "imaging",
        "beyond_machine_hours",
        "visits",
        "T3 S2",
        (0.04, 0.1, 0.25),
        beyond_machines,
        stage="visits",
        traits=("few_machines",),
        tune=_few_machines,
    ),
    Scheme("imaging", "package_imaging", "stays", "S2 TCM PRIV ORTHO", (0.3, 0.6, 0.95), package_imaging),
    Scheme("imaging", "echo_duplicates", "us_heart", "T3 S2 TCM PRIV", (0.2, 0.5, 0.95), echo_duplicates, noise=0.004),
    Scheme(
        "imaging",
        "reports_of_absent_doctor",
        "FAM ct mr dr",
        "S2 TCM PRIV ORTHO",
        (0.1, 0.3, 0.8),
        reports_of_the_absent,
        tune=_few_machines,
    ),
    Scheme("imaging", "repeated_scans", "stays", "S2 PRIV TCM", (0.08, 0.2, 0.5), repeated_scans, noise=0.001),
)
