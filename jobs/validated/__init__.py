"""Writes the validated layer: typed, checked, netted rows."""

from jobs.validated.build import build
from jobs.validated.report import MonthReport, ValidatedReport

__all__ = ["MonthReport", "ValidatedReport", "build"]
