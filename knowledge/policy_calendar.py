"""Dates on which something changed for everybody: price reforms, benefit rules, systems.

Reads: knowledge/policy_calendar.yaml.
Why: a rise that begins with a policy is first of all the policy's; the dates are reviewed data with their sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from knowledge.documents import read_yaml

SOURCE = Path(__file__).with_name("policy_calendar.yaml")


@dataclass(frozen=True)
class PolicyEntry:
    """One change. `region` is admdvs, '000000' nation-wide; empty `areas` means all clinical areas."""

    day: date
    region: str
    areas: tuple[str, ...]
    what_zh: str
    what_en: str
    source: str

    @property
    def month(self) -> str:
        """Month it takes effect, YYYY-MM."""
        return self.day.strftime("%Y-%m")

    @property
    def place(self) -> str:
        """Prefix of the districts it holds in; empty = everywhere."""
        return self.region.removesuffix("00").removesuffix("00").removesuffix("00")


@cache
def load_calendar(source: Path = SOURCE) -> tuple[PolicyEntry, ...]:
    """All entries in order of their dates. ValueError on an entry without source or with an unreadable date."""
    entries = read_yaml(source)["entries"]
    return tuple(sorted((_entry(raw) for raw in entries), key=lambda entry: (entry.day, entry.region)))


def _entry(raw: dict[str, object]) -> PolicyEntry:
    areas = raw.get("areas") or []
    if not str(raw.get("source") or "").strip() or not isinstance(areas, list):
        raise ValueError(f"{SOURCE.name}: an entry needs a source and a list of areas: {raw}")
    return PolicyEntry(
        day=date.fromisoformat(str(raw["date"])),
        region=str(raw["region"]),
        areas=tuple(str(area) for area in areas),
        what_zh=str(raw["what_zh"]),
        what_en=str(raw["what_en"]),
        source=str(raw["source"]),
    )
