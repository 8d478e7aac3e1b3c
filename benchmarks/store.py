"""Finished measurements, one JSON file each: what is there is not measured again.

Grain: one file per measurement and kind of machine, named `<what>-<engine>-<lines>@<machine>`; written whole or not at
all.
Why: a bench over 60 million lines takes hours; whoever stops it in the middle goes on where it stopped. They lie with
the code: what took hours on one machine can be shown, with that machine, from any other.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Store:
    """The folder of results."""

    root: Path

    def path(self, name: str) -> Path:
        """File of one measurement."""
        return self.root / f"{name}.json"

    def get(self, name: str) -> Record | None:
        """A finished measurement, or None."""
        try:
            return dict(json.loads(self.path(name).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def put(self, name: str, record: Record) -> None:
        """Keeps a finished measurement."""
        self.root.mkdir(parents=True, exist_ok=True)
        beside = self.path(f".{name}")
        beside.write_text(_told(record), encoding="utf-8")
        os.replace(beside, self.path(name))  # noqa: PTH105 – in one move, never half a record

    def all(self) -> list[Record]:
        """Every finished measurement, by size and name."""
        found = [dict(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(self.root.glob("[!.]*.json"))]
        return sorted(found, key=lambda record: (record.get("lines", 0), record.get("name", "")))


def _told(record: Record) -> str:
    """The record as JSON, a fact a line: short enough to be read, and to show in a comparison what changed."""
    facts = [
        f" {json.dumps(name)}: {json.dumps(fact, ensure_ascii=False, default=str)}" for name, fact in record.items()
    ]
    return "{\n" + ",\n".join(facts) + "\n}\n"
