"""Tables that need not be made again: what each was made from and became, in `HOME/state/unchanged_<layer>.json`.

Grain: one entry per table without months: a digest of everything it was made from, its files, what its step told of it.
Why: registers, reports and purchases are handed over whole with every month, mostly as they were; at a month's end they
are many times the month. An entry goes before the files of its table are touched and comes back when all is in place:
a step that is killed between leaves none, and the table is made again. So is one whose files are no longer those.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.runtime import staging
from jobs.runtime.storage import ALL, Home, write_whole


@dataclass(frozen=True)
class Unchanged:
    """The entries of one layer of a home."""

    home: Home
    layer: str

    @property
    def _path(self) -> Path:
        return self.home.root / "state" / f"unchanged_{self.layer}.json"

    def told(self, name: str, made_from: str) -> Any:
        """What was told of a table made from the very same that lies there as it was written; None for others."""
        entry = self._entries().get(name)
        if entry is None or entry["made_from"] != made_from or entry["files"] != files(self.home, self.layer, name):
            return None
        return entry["told"]

    def forget(self, names: Iterable[str]) -> None:
        """Before the files of these tables are touched."""
        gone = set(names)
        entries = self._entries()
        if gone & set(entries):
            self._write({name: entry for name, entry in entries.items() if name not in gone})

    def note(self, made_from: Mapping[str, str], told: Mapping[str, Any]) -> None:
        """After the tables of `made_from` are in place; `told`: what is to be known of each again."""
        fresh = {
            name: {"made_from": digest, "files": files(self.home, self.layer, name), "told": told[name]}
            for name, digest in made_from.items()
        }
        self._write({**self._entries(), **fresh})

    def _entries(self) -> dict[str, Any]:
        return dict(json.loads(self._path.read_text(encoding="utf-8"))) if self._path.exists() else {}

    def _write(self, entries: Mapping[str, Any]) -> None:
        write_whole(self._path, json.dumps(entries, indent=1, sort_keys=True))


def files(home: Home, layer: str, name: str) -> list[list[Any]]:
    """Name, size and time of change (ns) of the files of a table without months."""
    found = [(path.name, path.stat()) for path in staging.files(home, layer, name, ALL)]
    return [[place, facts.st_size, facts.st_mtime_ns] for place, facts in found]
