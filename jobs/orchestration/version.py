"""Which code ran: the package's version and a digest of its sources, so that a list can be traced to what made it."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("expectations", "fundwatch", "jobs", "knowledge", "models")
SUFFIXES = (".py", ".yaml", ".csv", ".j2", ".html")


@cache
def code_version() -> str:
    """`0.2.0+1a2b3c4d5e6f`: the second part changes whenever a source, a card or a shipped point changes."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            if path.suffix in SUFFIXES:
                digest.update(str(path.relative_to(root)).encode())
                digest.update(path.read_bytes())
    return f"{version('fundwatch')}+{digest.hexdigest()[:12]}"
