"""What a table is loaded from, as one digest: its files to the last byte, what is made of them, the salt, the code.

Reads: the files of a landing plan, as bytes.
Grain: one digest per table without months.
Why: a file handed over again under its old name is told from a corrected one by nothing but its bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from jobs.catalogue import table
from jobs.catalogue.landing_plan import LandingPlan, SourceFile
from jobs.raw.lookup import takes_of


def digests(plan: LandingPlan, names: Iterable[str], salt: bytes, code: str) -> dict[str, str]:
    """Of the named tables those without months. `code`: version of the program, of which every change loads again."""
    return {name: _digest(plan, name, salt, code) for name in names if table(name).month_column is None}


def _digest(plan: LandingPlan, name: str, salt: bytes, code: str) -> str:
    planned = plan.table(name)
    asked = takes_of(plan, [name])
    lookups = [one for one in plan.lookups if one.name in asked]
    made = hashlib.blake2b(digest_size=32)
    _add(made, [code.encode(), salt, repr((name, planned.distinct, asked)).encode()])
    for source in planned.sources:
        _add(made, [repr(source.recipes).encode(), repr(source.guarded).encode(), *_file(source.file)])
    for lookup in lookups:
        _add(made, [repr((lookup.name, lookup.key)).encode(), *(part for file in lookup.files for part in _file(file))])
    return made.hexdigest()


def _add(made: hashlib.blake2b, parts: Sequence[bytes]) -> None:
    """Adds parts with their lengths, so that no two lists of parts look the same."""
    for part in parts:
        made.update(len(part).to_bytes(8, "big"))
        made.update(part)


def _file(file: SourceFile) -> Iterator[bytes]:
    """The file as the plan describes it, wherever the landing folder lies this time, and its bytes."""
    yield repr(replace(file, path="")).encode()
    with Path(file.path).open("rb") as opened:
        yield hashlib.file_digest(opened, "sha256").digest()
