"""Planted patterns of consumables (stock, price, gifts, devices without operation) and of plain out-patient billing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from jobs.landing.generate.draft import INPATIENT, OUTPATIENT, Dose, Draft
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.schemes.helpers import clone_visits, first_day, stays
from jobs.landing.generate.schemes.registry import HOSPITALS, Scheme

GENERAL = "c_ivc c_dress c_suture c_inf c_cvc c_lens c_staple"
CAPPED = "c_lens c_stent c_joint c_hipj c_pscrew c_cage c_plate c_screw c_staple"


def device_shortage(draft: Draft, dose: Dose) -> None:
    """Consumables charged that never came into the house."""
    rows = draft.lines_with(GENERAL)
    extra = draft.hit_visits(dose, stays(draft))
    draft.add(dose, extra, "c_ivc c_dress c_cvc", first_day(draft, extra), cnt=4.0, unbought=True)
    rows = draft.hit_lines(dose, rows, 0.5)
    draft.lines["unbought"][rows] = True
    draft.blame(dose, rows)


def _book(share: float) -> Callable[[Draft, Dose], None]:
    def apply(draft: Draft, dose: Dose) -> None:
        rows = draft.hit_lines(
            dose, draft.lines_with(GENERAL + " c_stent c_ball c_wire c_joint c_hipj c_screw c_plate")
        )
        draft.blame(dose, rows, share)

    return apply


def over_cap(draft: Draft, dose: Dose) -> None:
    """Implants and devices billed above the selected price."""
    rows = draft.hit_lines(dose, draft.lines_with(CAPPED))
    draft.lines["markup"][rows] = 1.45
    draft.blame(dose, rows, 0.17)


def without_operation(draft: Draft, dose: Dose) -> None:
    """Staplers, sutures and catheters for patients nobody operated."""
    operated = np.zeros(len(draft.visits), dtype=bool)
    operated[draft.lines["visit"][draft.lines_in("surg")]] = True
    rows = draft.hit_visits(dose, stays(draft))
    rows = rows[~operated[rows]]
    draft.add(dose, rows, "c_suture c_staple", first_day(draft, rows))


def split_visits(draft: Draft, dose: Dose) -> None:
    """One visit written as three or four on the same day, each with its own fee."""
    rows = draft.hit_visits(dose, draft.visits_where(OUTPATIENT))
    for turn in (1, 2, 3):
        begin = draft.visits["begin"][rows] + turn * 900
        visit = clone_visits(draft, rows, begin, OUTPATIENT)
        draft.add(dose, visit, "reg", begin + 60)
        draft.add(dose, visit, "omep amox", begin + 120)


def infusions(draft: Draft, dose: Dose) -> None:
    """An infusion for nearly everybody who comes, whatever the reason."""
    rows = draft.hit_visits(dose, draft.visits_where(OUTPATIENT))
    draft.add(dose, rows, "iv iv2 nacl gs citi", first_day(draft, rows))


def under_a_gone_name(draft: Draft, dose: Dose) -> None:
    """The rooms of a doctor who left long ago are still worked in his name."""
    rows = draft.hit_visits(dose, draft.visits_where(OUTPATIENT, INPATIENT))
    draft.visits["doc"][rows] = len(draft.world.staff.institution) + draft.visits["inst"][rows]
    named = np.zeros(len(draft.visits), dtype=bool)
    named[rows] = True
    draft.blame(dose, np.flatnonzero(named[draft.lines["visit"]]))


def _stocked(profile: Frame, place: int, _strength: int) -> None:
    profile["stock"][place] = True


SCHEMES = (
    Scheme("consumables", "device_shortage", "stays", HOSPITALS, (0.15, 0.35, 0.8), device_shortage, tune=_stocked),
    Scheme(
        "consumables",
        "above_platform_price",
        "stays",
        HOSPITALS,
        (0.3, 0.6, 0.95),
        _book(0.3),
        traits=("over_platform",),
        tune=_stocked,
    ),
    Scheme(
        "consumables",
        "gifts_booked",
        "stays",
        HOSPITALS,
        (0.1, 0.25, 0.5),
        _book(0.25),
        traits=("gifts",),
        tune=_stocked,
    ),
    Scheme(
        "consumables",
        "off_platform",
        "stays",
        HOSPITALS,
        (0.25, 0.5, 0.9),
        _book(0.1),
        traits=("off_platform",),
        tune=_stocked,
    ),
    Scheme(
        "consumables",
        "over_price_cap",
        "c_stent c_joint c_hipj c_pscrew c_cage c_plate c_screw c_lens",
        HOSPITALS + " EYE",
        (0.2, 0.5, 0.95),
        over_cap,
        noise=0.002,
    ),
    Scheme(
        "consumables",
        "devices_without_operation",
        "stays",
        HOSPITALS,
        (0.1, 0.25, 0.6),
        without_operation,
        noise=0.0008,
    ),
    Scheme(
        "outpatient",
        "split_visits",
        "visits",
        "CLIN CHC VILL PRIV",
        (0.03, 0.08, 0.2),
        split_visits,
        noise=0.0003,
        stage="visits",
    ),
    Scheme(
        "outpatient",
        "orders_of_a_gone_doctor",
        "visits",
        "PRIV CLIN CHC TCM",
        (0.04, 0.1, 0.25),
        under_a_gone_name,
        noise=0.0003,
        stage="visits",
    ),
    Scheme("outpatient", "infusions_for_all", "visits", "CLIN CHC VILL", (0.2, 0.45, 0.9), infusions),
)
