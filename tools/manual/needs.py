"""What a detector must be given, in words, and what it answers where that is missing.

Reads: `needs` of cards and indicators, the contract's tables, the reasons a kind knows (constants of its module).
Why: missing data is never innocence, so each detector says which gap it answers with which words.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from functools import cache

from jobs.cases import words as names
from jobs.catalogue import Table, contract_tables
from models.rules import load_kind
from tools.manual.words import Words, document

# Reasons every detector may give; the others belong to single kinds.
COMMON = ("missing_table", "missing_column", "no_such_items", "no_exposure")


@cache
def contract() -> Mapping[str, Table]:
    """The tables of the landing contract by name."""
    return {table.name: table for table in contract_tables()}


def needed(words: Words, needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """One line per table: its name, its columns, and whether the contract asks for it at all."""
    return [_one(words, contract()[name], columns) for name, columns in sorted(needs.items())]


def _one(words: Words, table: Table, columns: tuple[str, ...]) -> str:
    meaning = {column.name: words.of(column, "meaning") for column in table.columns}
    told = words.listed(words.say("named", name=name, meaning=meaning[name]) for name in columns)
    must = words.say("required_table" if table.required else "optional_table")
    head = words.say("named", name=table.name, meaning=words.of(table, "meaning"))
    return f"  - {head}{words.say('colon')}{told} {must}"


def without(words: Words, kind: str | None) -> str:
    """What the detector says when its data is missing."""
    own = [] if kind is None else [name for name in reasons(kind) if name not in COMMON]
    told = [words.say("coded", code=name, meaning=words.name(names.GAPS, name)) for name in (*COMMON[:2], *own)]
    return words.say("without", reasons=words.listed(told))


@cache
def reasons(kind: str) -> tuple[str, ...]:
    """The reasons for `not_evaluable` a kind gives: words of names.yaml that stand in its module or a helper of it."""
    module = load_kind(kind)
    helpers = document("kinds")["helpers"].get(kind, [])
    sources = [inspect.getsource(module), *[inspect.getsource(__import__(name, fromlist=["_"])) for name in helpers]]
    found = {
        node.value
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names.GAPS
    }
    return tuple(sorted(found))
