"""Reads layouts.yaml: which heading means what, which word names which subject, which limit a word stands for.

Reads: knowledge/published/layouts.yaml.
Why: a new batch must be a change of data; anything misspelt in it stops the load instead of being passed over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.documents import read_yaml

SOURCE = Path(__file__).with_name("layouts.yaml")
SHAPES = {
    "value": ("item_name",),
    "duration": ("item_name",),
    "group": ("item_code", "value"),
    "codes": ("item_name", "value"),
    "pair": ("main_code", "sub_code", "window"),
    "frequency": ("item_code", "limit", "unit"),
    "period": ("item_code", "limit", "period"),
    "note": ("item_code", "note"),
}
HEEDS = {"age_range", "adults_too", "first_prescription", "specialised", "course", "interval"}
LIMITS = {"limit_value", "limit_unit", "window", "effective_from", "effective_to"}
_NUMERALS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")} | {"两": 2}
_BATCH = re.compile(r"第([0-9一二三四五六七八九十]+)批(?:-(\d+))?")


@dataclass(frozen=True)
class Subject:
    """What a table restricts and how its rows say it; `needs` = meanings without which no row can be read."""

    name: str
    kind: str
    shape: str
    words: tuple[str, ...]
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    heed: tuple[str, ...] = ()
    or_note: bool = False
    together: str = ""
    code: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """Meanings every row of this shape must have a column for."""
        return SHAPES[self.shape]


@dataclass(frozen=True)
class Layouts:
    """The document, checked."""

    meanings: Mapping[str, str]
    subjects: tuple[Subject, ...]
    remarks: tuple[str, ...]
    working_age: tuple[Mapping[str, Any], ...]
    lenient: Mapping[str, Any]

    def bind(self, header: Sequence[str]) -> dict[str, int]:
        """Meaning → column of a header; the first column wins where a meaning stands twice."""
        found: dict[str, int] = {}
        for place, heading in enumerate(header):
            meaning = self.meanings.get(squeezed(heading))
            if meaning is not None:
                found.setdefault(meaning, place)
        return found

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether a row holds headings: an item and at least one more known heading, and no cell is a code."""
        bound = self.bind(cells)
        return len(bound) > 1 and bool({"item_name", "item_code", "main_code"} & set(bound))

    def subject(self, *told: str) -> Subject | None:
        """The subject named by the first text that names one."""
        for text in map(squeezed, told):
            for subject in self.subjects:
                if any(word in text for word in subject.words):
                    return subject
        return None


@lru_cache(maxsize=4)
def load_layouts(path: Path = SOURCE) -> Layouts:
    """The layouts. ValueError names what is unknown or missing in the file."""
    raw = read_yaml(path)
    meanings = {squeezed(word): meaning for meaning, words in raw["headings"].items() for word in words}
    if len(meanings) != sum(len(words) for words in raw["headings"].values()):
        raise ValueError(f"{path.name}: a heading has two meanings")
    subjects = tuple(_subject(entry, path.name) for entry in raw["subjects"])
    ages = tuple(_limits(entry, f"{path.name}: working_age") for entry in raw["working_age"])
    return Layouts(meanings, subjects, tuple(raw["remarks"]), ages, raw["lenient"])


def _subject(raw: Mapping[str, Any], file: str) -> Subject:
    where = f"{file}: {raw.get('id', '?')}"
    unknown = set(raw) - {
        *(
            "id",
            "words",
            "kind",
            "shape",
            "values",
            "units",
            "windows",
            "defaults",
            "heed",
            "or_note",
            "together",
            "code",
        )
    }
    if unknown or raw.get("shape") not in SHAPES or set(raw.get("heed", ())) - HEEDS or not raw.get("words"):
        raise ValueError(f"{where}: unknown keys {sorted(unknown)}, or shape, words or heed are wrong")
    values = {**raw.get("values", {}), **raw.get("units", {})}
    values |= {word: {"window": window} for word, window in raw.get("windows", {}).items()}
    return Subject(
        name=raw["id"],
        kind=raw["kind"],
        shape=raw["shape"],
        words=tuple(map(squeezed, raw["words"])),
        values={squeezed(str(word)): _limits(limits, where) for word, limits in values.items()},
        defaults=_limits(raw.get("defaults", {}), where),
        heed=tuple(raw.get("heed", ())),
        or_note=bool(raw.get("or_note")),
        together=raw.get("together", ""),
        code=raw.get("code", ""),
    )


def _limits(raw: Mapping[str, Any], where: str) -> dict[str, Any]:
    if set(raw) - LIMITS:
        raise ValueError(f"{where}: unknown limits {sorted(set(raw) - LIMITS)}")
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in raw.items()}


def tidy(text: str) -> str:
    """Text with full-width characters made plain and runs of blanks made one."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u200b", "").split())


@lru_cache(maxsize=50_000)
def squeezed(text: str) -> str:
    """Text as it is compared: plain characters, no blanks at all."""
    return re.sub(r"\s+", "", tidy(text))


def batch_of(*told: str) -> str:
    """The batch a title or file name speaks of (第八批-1 → 8-1); empty when none does."""
    for text in map(squeezed, told):
        found = _BATCH.search(text)
        if found:
            part = f"-{found.group(2)}" if found.group(2) else ""
            return f"{number_of(found.group(1))}{part}"
    return ""


def number_of(text: str) -> int | None:
    """A whole number in digits or in Chinese numerals up to 99; None when it is neither."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not text or any(part and part not in _NUMERALS for part in (tens, ones)) or (not ten and len(tens) != 1):
        return None
    if not ten:
        return _NUMERALS[tens]
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)
