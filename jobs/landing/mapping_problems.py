"""Collects everything wrong with a mapping and a landing folder, so that people hear of all of it at once.

Why: an extract of twenty tables is handed over by another office; one fault per try would take twenty tries.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from jobs.runtime.errors import ContractError, InputError


class Problems:
    """Faults found so far: `contract` ones (mapping or columns) and `input` ones (files missing or unreadable)."""

    def __init__(self) -> None:
        self.contract: list[str] = []
        self.input: list[str] = []

    def add(self, where: str, wrong: str, then: str) -> None:
        """A fault of the mapping or of the columns: what is wrong and what to write."""
        self.contract.append(f"{where} {wrong}; {then}.")

    def add_input(self, wrong: str, then: str) -> None:
        """A file that is missing or cannot be read."""
        self.input.append(f"{wrong}; {then}.")

    def unknown(self, where: str, what: str, name: str, known: Iterable[str]) -> None:
        """A name nobody knows, with the nearest one that is known."""
        names = sorted(known)
        near = difflib.get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]}" if near else f"known: {', '.join(names) or 'none'}"
        self.add(where, f"names the unknown {what} {name!r}", hint)

    def unknown_keys(self, spec: Mapping[str, Any], known: Iterable[str], where: str) -> None:
        """Every key of `spec` that is not among the known ones."""
        allowed = tuple(known)
        for key in spec:
            if key not in allowed:
                self.unknown(where, "key", str(key), allowed)

    def raise_any(self, what: str) -> None:
        """Raises what was found: ContractError when the mapping or the columns are wrong, else InputError for files."""
        found = [*self.contract, *self.input]
        if not found:
            return
        listed = f"{len(found)} problem{'s' if len(found) > 1 else ''}:" + "".join(f"\n  - {line}" for line in found)
        kind = ContractError if self.contract else InputError
        raise kind(what, listed, "\nNothing was loaded.")
