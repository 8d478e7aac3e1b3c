"""Code lists (字典): which values a coded column may take, nationally and in one area.

Reads: knowledge/dictionaries/*.csv – one file per dictionary, named after its column.
Grain: one row = one code of one dictionary in one region.
Why: codes differ by province, so they are data with a region; an area adds its own through its mapping file.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "dictionaries"
NATIONAL = "000000"


@dataclass(frozen=True)
class Code:
    """One value of a coded column. `region` is an administrative division; 000000 holds everywhere."""

    dictionary: str
    code: str
    name_zh: str
    name_en: str
    region: str
    source: str


@cache
def names() -> tuple[str, ...]:
    """Names of the dictionaries that ship with the product."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.csv")))


@cache
def read(name: str) -> tuple[Code, ...]:
    """All codes of a dictionary in file order. KeyError when there is no such dictionary."""
    path = FOLDER / f"{name}.csv"
    if not path.is_file():
        raise KeyError(f"no dictionary {name}; there are {', '.join(names())}")
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(Code(name, **row) for row in csv.DictReader(handle))


def codes(name: str, region: str = NATIONAL) -> frozenset[str]:
    """Values a column may take in a region: the national ones and those of the region and what it lies in."""
    within = {NATIONAL, region, f"{region[:4]}00", f"{region[:2]}0000"}
    return frozenset(entry.code for entry in read(name) if entry.region in within)


def with_local(extras: Mapping[str, frozenset[str]], region: str = NATIONAL) -> dict[str, frozenset[str]]:
    """Every dictionary with the extra values an area uses. An extra for an unknown dictionary makes a new one."""
    found = {name: codes(name, region) for name in names()}
    for name, more in extras.items():
        found[name] = found.get(name, frozenset()) | frozenset(more)
    return found


def label(name: str, code: str) -> str:
    """`住院 · in-patient stay` for people; the code itself when no dictionary knows it."""
    for entry in read(name):
        if entry.code == code:
            return f"{entry.name_zh} · {entry.name_en}"
    return code
