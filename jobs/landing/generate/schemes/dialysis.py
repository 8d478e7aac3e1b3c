"""Planted patterns of dialysis: double procedures, kits charged twice, sessions nobody had, other people's drugs."""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.draft import CHRONIC, UNIT, Dose, Draft
from jobs.landing.generate.schemes.helpers import clone_visits, first_day, inside_period, with_disease
from jobs.landing.generate.schemes.registry import Scheme

CENTRES = "HD T3 S2"


def _sessions(draft: Draft, dose: Dose) -> np.ndarray:
    return draft.hit_visits(dose, with_disease(draft, draft.visits_where(CHRONIC), "esrd"))


def two_procedures(draft: Draft, dose: Dose) -> None:
    """Filtration charged beside the dialysis of the same session."""
    draft.add_like(dose, draft.hit_lines(dose, draft.lines_with("hd")), "hf")


def second_kit(draft: Draft, dose: Dose) -> None:
    """Two dialysers and two lines for one session."""
    rows = draft.hit_lines(dose, draft.lines_with("c_dialyzer c_bloodline"))
    draft.lines["cnt"][rows] = 2 * UNIT
    draft.blame(dose, rows, 0.5)


def extra_sessions(draft: Draft, dose: Dose) -> None:
    """Sessions on the days between: five and six a week for patients who come three times."""
    rows = _sessions(draft, dose)
    begin = draft.visits["begin"][rows] + DAY
    rows, begin = rows[inside_period(draft, begin)], begin[inside_period(draft, begin)]
    new = clone_visits(draft, rows, begin, CHRONIC, end=begin + 4 * 3600)
    draft.add(dose, new, "hd c_dialyzer c_bloodline c_fistula heparin", begin + 600)


def perfusion_for_all(draft: Draft, dose: Dose) -> None:
    """Blood perfusion with its dear cartridge in nearly every session."""
    rows = _sessions(draft, dose)
    draft.add(dose, rows, "hp c_hp", first_day(draft, rows))


def others_drugs(draft: Draft, dose: Dose) -> None:
    """Drugs of other diseases drawn on the well-paid dialysis card."""
    rows = _sessions(draft, dose)
    draft.add(dose, rows, "insg nxt ator", first_day(draft, rows), cnt=3.0)


SCHEMES = (
    Scheme("dialysis", "dialysis_and_filtration", "hd", CENTRES, (0.1, 0.3, 0.7), two_procedures, noise=0.0015),
    Scheme("dialysis", "second_kit", "c_dialyzer c_bloodline", CENTRES, (0.15, 0.4, 0.9), second_kit, noise=0.003),
    Scheme("dialysis", "extra_sessions", "hd", CENTRES, (0.08, 0.2, 0.5), extra_sessions, noise=0.001, stage="visits"),
    Scheme("dialysis", "perfusion_for_all", "hd", CENTRES, (0.2, 0.45, 0.9), perfusion_for_all),
    Scheme("dialysis", "others_drugs_on_card", "hd", CENTRES, (0.05, 0.12, 0.3), others_drugs, noise=0.0005),
)
