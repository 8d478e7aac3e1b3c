"""Planted patterns of orthopaedics: steps charged beside the operation, implants too many or without operation."""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.draft import UNIT, Dose, Draft
from jobs.landing.generate.schemes.helpers import first_day, stays, with_disease
from jobs.landing.generate.schemes.registry import Scheme

BONES = "ORTHO T3 S2"


def process_steps(draft: Draft, dose: Dose) -> None:
    """Clearing, synovectomy and decompression charged beside the replacement or fusion that contains them."""
    draft.add_like(dose, draft.hit_lines(dose, draft.lines_with("s_knee")), "s_debr s_syno")
    draft.add_like(dose, draft.hit_lines(dose, draft.lines_with("s_fus")), "s_decomp")


def too_many_implants(draft: Draft, dose: Dose) -> None:
    """More screws and plates charged than were implanted, or ever bought."""
    rows = draft.hit_lines(dose, draft.lines_with("c_screw c_pscrew c_plate c_cage"))
    old = draft.lines["cnt"][rows]
    extra = np.maximum(1, old // UNIT) * draft.rng.integers(1, 3, len(rows)) * UNIT
    draft.lines["cnt"][rows] = old + extra
    draft.blame(dose, rows, extra / (old + extra))


def implants_alone(draft: Draft, dose: Dose) -> None:
    """Plates and screws charged to patients who were not operated."""
    rows = draft.hit_visits(dose, with_disease(draft, stays(draft), "trauma backpain spine"))
    operated = np.zeros(len(draft.visits), dtype=bool)
    operated[draft.lines["visit"][draft.lines_in("surg")]] = True
    rows = rows[~operated[rows]]
    draft.add(dose, rows, "c_plate c_screw", first_day(draft, rows), cnt=2.0)


def second_operation(draft: Draft, dose: Dose) -> None:
    """A second operation through the same incision at the full price instead of half."""
    rows = draft.hit_lines(dose, draft.lines_with("s_hip s_orif s_knee"))
    draft.add_like(dose, rows, "s_orifl", share=0.5)


SCHEMES = (
    Scheme("orthopaedics", "process_steps", "s_knee s_fus", BONES, (0.2, 0.5, 0.95), process_steps, noise=0.008),
    Scheme(
        "orthopaedics",
        "too_many_implants",
        "c_screw c_pscrew c_plate c_cage",
        BONES,
        (0.2, 0.45, 0.9),
        too_many_implants,
        noise=0.004,
    ),
    Scheme(
        "orthopaedics",
        "implants_without_operation",
        "stays",
        BONES,
        (0.08, 0.2, 0.5),
        implants_alone,
        noise=0.001,
        need=6.0,
    ),
    Scheme(
        "orthopaedics",
        "second_operation_full_price",
        "s_hip s_orif s_knee",
        BONES,
        (0.15, 0.4, 0.85),
        second_operation,
        noise=0.006,
    ),
)
