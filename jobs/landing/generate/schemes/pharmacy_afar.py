"""Planted pattern of retail pharmacies: codes of people who are somewhere else."""

from __future__ import annotations

import numpy as np

from jobs.landing.generate.diseases import disease_index
from jobs.landing.generate.draft import OUTPATIENT, SHOP, Dose, Draft
from jobs.landing.generate.schemes.helpers import visit_rows, visits_of
from jobs.landing.generate.schemes.registry import SHOPS, Scheme
from jobs.landing.generate.staff import DEPT_INDEX

DISTRICTS_AWAY = 3  # neighbours go shopping next door
SOON = (60, 300)  # seconds between the owner's visit and the scan


def cards_scanned_from_afar(draft: Draft, dose: Dose) -> None:
    """Codes photographed by customers of far districts are scanned while their owners are seen at home."""
    district = draft.world.profile["district"].astype(int)
    for place in dose.planted:
        away = draft.visits_where(OUTPATIENT, SHOP)
        away = away[np.abs(district[draft.visits["inst"][away]] - district[place]) >= DISTRICTS_AWAY]
        n = max(20, int(len(visits_of(draft, int(place))) * dose.rate[place]))
        chosen = draft.rng.choice(away, size=min(n, len(away)), replace=False)
        begin = draft.visits["begin"][chosen] + draft.rng.integers(*SOON, len(chosen))
        person = draft.visits["person"][chosen]
        shop = {"inst": place, "kind": SHOP, "dx": disease_index()["htn"], "dept": DEPT_INDEX["shop"]}
        rows = draft.add_visits(visit_rows(len(person), person=person, begin=begin, end=begin, **shop))
        draft.add(dose, rows, "amlo vals ator", begin, cnt=3.0)


SCHEMES = (
    Scheme(
        "pharmacy",
        "cards_scanned_from_afar",
        "visits",
        SHOPS,
        (0.02, 0.05, 0.12),
        cards_scanned_from_afar,
        stage="visits",
    ),
)
