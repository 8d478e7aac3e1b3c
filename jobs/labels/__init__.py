"""Labels: what analysts concluded of cases, as training reads it."""

from jobs.labels.verdict import Entered, enter

__all__ = ["Entered", "enter"]
