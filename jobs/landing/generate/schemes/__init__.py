"""The planted patterns, area by area. `SCHEMES` lists them all; a scheme works on the columns of a `Draft`."""

from jobs.landing.generate.schemes import (
    cardiology,
    dialysis,
    goods,
    imaging,
    inpatient,
    laboratory,
    orthopaedics,
    payment,
    pharmacy,
    pharmacy_afar,
    pharmacy_flows,
    rehabilitation,
)
from jobs.landing.generate.schemes.registry import Scheme

_AREAS = (
    imaging,
    laboratory,
    rehabilitation,
    pharmacy,
    pharmacy_afar,
    pharmacy_flows,
    dialysis,
    cardiology,
    orthopaedics,
    inpatient,
    payment,
    goods,
)
SCHEMES: tuple[Scheme, ...] = tuple(scheme for area in _AREAS for scheme in area.SCHEMES)

__all__ = ["SCHEMES", "Scheme"]
