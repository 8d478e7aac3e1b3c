"""The planted patterns, area by area. `SCHEMES` lists them all; a scheme works on the columns of a `Draft`."""

from jobs.landing.generate.schemes import imaging, laboratory, pharmacy, pharmacy_flows, rehabilitation
from jobs.landing.generate.schemes.registry import Scheme

SCHEMES: tuple[Scheme, ...] = (
    *imaging.SCHEMES,
    *laboratory.SCHEMES,
    *rehabilitation.SCHEMES,
    *pharmacy.SCHEMES,
    *pharmacy_flows.SCHEMES,
)

__all__ = ["SCHEMES", "Scheme"]
