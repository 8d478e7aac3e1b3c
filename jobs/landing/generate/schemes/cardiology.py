"""Planted patterns of cardiology: procedures charged twice, devices too many or without procedure, impossible hours."""

from __future__ import annotations

from jobs.landing.generate.draft import UNIT, Dose, Draft
from jobs.landing.generate.schemes.helpers import first_day, moments_of_stay, stays, with_disease
from jobs.landing.generate.schemes.registry import Scheme

HEART = "T3 S2"


def stent_and_angiography(draft: Draft, dose: Dose) -> None:
    """Angiography and balloon angioplasty charged again beside the stent that contains them."""
    draft.add_like(dose, draft.hit_lines(dose, draft.lines_with("pci")), "cag ptca")


def too_many_devices(draft: Draft, dose: Dose) -> None:
    """More stents, balloons and wires charged than were used."""
    rows = draft.hit_lines(dose, draft.lines_with("c_stent c_ball c_wire c_gcath"))
    old = draft.lines["cnt"][rows]
    extra = draft.rng.integers(1, 4, len(rows)) * UNIT
    draft.lines["cnt"][rows] = old + extra
    draft.blame(dose, rows, extra / (old + extra))


def devices_alone(draft: Draft, dose: Dose) -> None:
    """Balloons and wires charged to patients who had no intervention."""
    rows = draft.hit_visits(dose, with_disease(draft, stays(draft), "chd hf htn"))
    draft.add(dose, rows, "c_ball c_wire", first_day(draft, rows))


def impossible_hours(draft: Draft, dose: Dose) -> None:
    """More than twenty-four hours of monitoring on one day."""
    rows = draft.hit_lines(dose, draft.lines_with("ecgmon spo2"))
    hours = draft.rng.integers(30, 49, len(rows))
    draft.lines["cnt"][rows] = hours * UNIT
    draft.blame(dose, rows, (hours - 24) / hours)


def monitors_for_all(draft: Draft, dose: Dose) -> None:
    """Heart and oxygen monitoring day after day for patients who need neither."""
    rows = draft.hit_visits(dose, with_disease(draft, stays(draft), "htn dm gast insom backpain chd"))
    visit, time = moments_of_stay(draft, rows)
    draft.add(dose, visit, "ecgmon spo2", time, cnt=24.0)


SCHEMES = (
    Scheme("cardiology", "stent_and_angiography", "pci", HEART, (0.25, 0.55, 0.95), stent_and_angiography, noise=0.01),
    Scheme(
        "cardiology",
        "too_many_devices",
        "c_stent c_ball c_wire",
        HEART,
        (0.15, 0.4, 0.85),
        too_many_devices,
        noise=0.003,
    ),
    Scheme(
        "cardiology",
        "devices_without_procedure",
        "stays",
        HEART,
        (0.05, 0.15, 0.4),
        devices_alone,
        noise=0.001,
        need=4.0,
    ),
    Scheme(
        "cardiology",
        "monitoring_over_24_hours",
        "stays",
        HEART + " TCM PRIV",
        (0.1, 0.3, 0.7),
        impossible_hours,
        noise=0.002,
    ),
    Scheme(
        "cardiology",
        "monitoring_for_all",
        "stays",
        HEART + " TCM PRIV",
        (0.15, 0.4, 0.9),
        monitors_for_all,
        noise=0.001,
    ),
)
