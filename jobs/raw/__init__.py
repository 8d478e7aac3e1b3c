"""Writes the raw layer: landing files read row by row, pseudonymised, nothing lost."""

from jobs.raw.load import load, read_report
from jobs.raw.pseudonym import read_salt

__all__ = ["load", "read_report", "read_salt"]
