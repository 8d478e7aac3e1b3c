"""Features: items, visits, stays and institution months, the denominators everything is judged against."""

from jobs.features.step import build

__all__ = ["build"]
