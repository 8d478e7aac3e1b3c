"""Homes for tests: folders of months without an engine."""

from __future__ import annotations

from jobs.runtime.storage import Home


def present(home: Home, *months: str) -> None:
    """Makes `layer/table/month` a written (empty) month."""
    for told in months:
        layer, table, month = told.split("/")
        home.month(layer, table, month).mkdir(parents=True)
