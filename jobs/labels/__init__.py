"""Labels: what analysts concluded of cases and inspectors of institutions, as training reads it."""

from jobs.labels.record import Entered, enter

__all__ = ["Entered", "enter"]
