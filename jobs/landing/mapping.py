"""The mapping language: how a local extract becomes the landing contract, without code.

A YAML file of `version: 1`. Tables and columns it does not name map to themselves. Per contract column one of

    COLUMN                              rename; names are compared without case and surrounding blanks
    {from: COLUMN}                      the same, to be finished as below
    {value: "390"}                      constant; {value: ""} = known to be empty, counts as not handed over
    {concat: [COLUMN, "-", row_number]} joined; punctuation is text, other text is {value: …}; row_number = row in file
    {sum: [COLUMN, COLUMN]}             added as decimals, an empty part counts as nothing
    {ratio: [COLUMN, COLUMN]}           divided, six digits; empty where the divisor is empty or 0
    {given: COLUMN, then: "0", else: "1"}   by whether the column has a value
    {lookup: NAME, on: {COLUMN: KEY}, take: COLUMN}

finished, in this order, by `null: [texts read as empty]`, `date:` / `timestamp:` (pattern of the value, for example
dd/MM/yyyy or `yyyy-MM-dd EEEE`; `excel` = serial day number), `scale: factor`, the table's `codes`, `empty: value that
stands for an empty one`.

A pattern that finds a zip archive without `!member` reads its CSV members. Beside `files` a table may list
`sources: [{files, columns}]` where files need columns of their own. `choose: {word: [values]}` fills `{word}` in file
patterns with the first value that finds files for most tables; `extends: NAME` starts from another mapping.
A column that names a person (source of psn_no or of a personal column) enters other columns only as its pseudonym.

Reads: the mapping file; the heads of the files in the landing folder.
Why: every area hands over its own layout; an engineer writes a page of YAML instead of a script nobody else can check.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from jobs.catalogue.landing_plan import LandingPlan
from jobs.landing.mapping_model import Mapping
from jobs.landing.mapping_plan import make_plan
from jobs.landing.mapping_problems import Problems
from jobs.landing.mapping_read import merged, parse_yaml, read_mapping, shipped
from jobs.runtime.errors import ContractError

__all__ = ["Mapping", "load_mapping", "plan"]


def load_mapping(name_or_path: str | Path) -> Mapping:
    """The mapping of a shipped name or of a file. Raises ContractError listing everything wrong with it."""
    name, spec = _document(str(name_or_path), ())
    problems = Problems()
    mapping = read_mapping(spec, name, problems)
    problems.raise_any(f"reading the mapping {name_or_path}")
    return mapping


def plan(mapping: Mapping, landing: Path) -> LandingPlan:
    """Which file of the landing folder feeds which table, and how.

    Raises ContractError for columns that are missing or a mapping that does not fit, InputError for files that are
    missing or unreadable; either names everything that is wrong.
    """
    return make_plan(mapping, Path(landing))


def _document(name: str, within: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    known = shipped()
    path = known.get(name, Path(name))
    what = f"reading the mapping {name}"
    if not path.is_file():
        raise ContractError(
            what, "there is no such mapping.", f"Give a YAML file or one of {', '.join(sorted(known))}."
        )
    try:
        spec = parse_yaml(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise ContractError(what, f"it is not YAML in UTF-8: {fault}.", "Correct the file.") from None
    if not isinstance(spec, dict):
        raise ContractError(what, "it is empty or no table of keys.", "Begin with version: 1 and tables: …")
    base = spec.get("extends")
    if not base:
        return path.stem, spec
    inherited = base if base in known else str(path.parent / base)
    if inherited in (name, *within):
        raise ContractError(what, f"it extends itself through {base}.", "Remove extends.")
    held = _document(inherited, (*within, name))[1]
    return path.stem, merged({key: value for key, value in held.items() if key != "name"}, spec)
