"""Reads a mapping file (YAML) strictly: every key known, every table and column one of the contract.

Why: a misspelt key that is silently ignored loses a column, and a detector with it.
"""

from __future__ import annotations

import codecs
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from jobs.catalogue import TABLES, Table
from jobs.catalogue.landing_plan import Recipe
from jobs.landing.mapping_model import Defaults, LookupMapping, Mapping, Source, TableMapping
from jobs.landing.mapping_problems import Problems
from jobs.landing.mapping_recipes import RecipeReader

TOP = ("version", "name", "extends", "defaults", "tables", "lookups", "dictionaries", "choose")
DEFAULTS = ("encoding", "quote", "null", "date", "timestamp")
TABLE = ("files", "sources", "columns", "codes", "distinct")
DICTIONARIES = {column.dictionary for table in TABLES.values() for column in table.columns if column.dictionary}


class _Strict(yaml.BaseLoader):  # BaseLoader: 01 stays "01", `on` and `null` stay words
    """YAML without guesses about types; a key given twice is an error."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{', '.join(twice)} given twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)


def parse_yaml(text: str) -> Any:
    """The YAML text as nested dicts and lists of strings. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Strict)  # noqa: S506 - BaseLoader builds strings, lists and dicts only


def read_mapping(spec: dict[str, Any], name: str, problems: Problems) -> Mapping:
    """The mapping a YAML document stands for; every fault goes to `problems`."""
    problems.unknown_keys(spec, TOP, name)
    if spec.get("version", "1") != "1":
        problems.add(name, f"is of version {spec['version']}", "this release reads version: 1")
    lookups = {key: _lookup(key, value, problems) for key, value in _dict(spec, "lookups", name, problems).items()}
    reader = RecipeReader(problems, lookups)
    tables = _dict(spec, "tables", name, problems)
    for unknown in sorted(set(tables) - set(TABLES)):
        problems.unknown("tables", "table", unknown, TABLES)
    dictionaries = _lists(_dict(spec, "dictionaries", name, problems), "dictionaries", reader)
    for unknown in sorted(set(dictionaries) - DICTIONARIES):
        problems.unknown("dictionaries", "dictionary", unknown, DICTIONARIES)
    return Mapping(
        name=str(spec.get("name") or name),
        defaults=_defaults(_dict(spec, "defaults", name, problems), reader),
        tables={key: _table(TABLES[key], value, reader) for key, value in tables.items() if key in TABLES},
        lookups=lookups,
        dictionaries=dictionaries,
        choose=_lists(_dict(spec, "choose", name, problems), "choose", reader),
    )


def _dict(spec: dict[str, Any], key: str, where: str, problems: Problems) -> dict[str, Any]:
    value = spec.get(key) or {}
    if isinstance(value, dict):
        return value
    problems.add(f"{where}.{key}", "is not a table of keys", f"write {key}: {{NAME: …}}")
    return {}


def _lists(spec: dict[str, Any], where: str, reader: RecipeReader) -> dict[str, tuple[str, ...]]:
    return {key: reader.texts(value, f"{where}.{key}") for key, value in spec.items()}


def _defaults(spec: dict[str, Any], reader: RecipeReader) -> Defaults:
    reader.problems.unknown_keys(spec, DEFAULTS, "defaults")
    encoding, quote = spec.get("encoding"), spec.get("quote")
    if encoding is not None:
        encoding = _encoding(str(encoding), reader.problems)
    if quote is not None and quote not in ('"', "'"):
        reader.problems.add("defaults.quote", f"{quote!r} is no quote", "write '\"' or \"'\"")
    return Defaults(
        encoding=encoding,
        quote=quote,
        null=reader.texts(spec.get("null", []), "defaults.null"),
        date=reader.pattern(spec["date"], "defaults.date") if "date" in spec else None,
        timestamp=reader.pattern(spec["timestamp"], "defaults.timestamp") if "timestamp" in spec else None,
    )


def _encoding(name: str, problems: Problems) -> str | None:
    probe = "a,'\"\n"
    try:
        if probe.encode(name) == probe.encode("ascii") or name.lower() == "utf-8-sig":
            found = codecs.lookup(name).name
            return {"utf-8-sig": "utf-8", "gbk": "gb18030", "gb2312": "gb18030"}.get(found, found)
    except LookupError:
        pass
    problems.add("defaults.encoding", f"{name!r} cannot be read", "write utf-8 or gb18030")
    return None


def _lookup(name: str, spec: Any, problems: Problems) -> LookupMapping:
    where = f"lookups.{name}"
    spec = spec if isinstance(spec, dict) else {}
    problems.unknown_keys(spec, ("files", "key"), where)
    key = RecipeReader(problems, {}).texts(spec.get("key", []), f"{where}.key")
    if not key:
        problems.add(where, "has no key", "write key: [COLUMN]")
    return LookupMapping(name, _files(spec.get("files"), where, problems), key)


def _files(patterns: Any, where: str, problems: Problems) -> tuple[str, ...]:
    listed = [patterns] if isinstance(patterns, str) else patterns
    if not isinstance(listed, list) or not listed or not all(isinstance(entry, str) and entry for entry in listed):
        problems.add(f"{where}.files", "names no file", 'write files: ["PATTERN"], below --landing')
        return ()
    for pattern in listed:
        path = PurePosixPath(pattern.partition("!")[0])
        if path.is_absolute() or ".." in path.parts:
            problems.add(f"{where}.files", f"{pattern!r} leaves the landing folder", "write it relative to --landing")
    return tuple(listed)


def _table(table: Table, spec: Any, reader: RecipeReader) -> TableMapping:
    where = f"tables.{table.name}"
    if not isinstance(spec, dict):
        reader.problems.add(where, "is not a table of keys", f"write one of {', '.join(TABLE)}")
        return TableMapping(table.name)
    reader.problems.unknown_keys(spec, TABLE, where)
    distinct = reader.texts(spec.get("distinct", []), f"{where}.distinct")
    codes = _dict(spec, "codes", where, reader.problems)
    for column in (*distinct, *codes):
        if column not in table.names:
            reader.problems.unknown(where, "column", column, table.names)
    return TableMapping(
        table.name,
        sources=_sources(table, spec, where, reader),
        columns=_columns(table, spec, where, reader),
        codes={column: _pairs(value, f"{where}.codes.{column}", reader) for column, value in codes.items()},
        distinct=distinct,
    )


def _sources(table: Table, spec: dict[str, Any], where: str, reader: RecipeReader) -> tuple[Source, ...]:
    sources = []
    if "files" in spec:
        sources.append(Source(_files(spec["files"], where, reader.problems)))
    for index, entry in enumerate(spec.get("sources") or []):
        inner = f"{where}.sources[{index}]"
        entry = entry if isinstance(entry, dict) else {}
        reader.problems.unknown_keys(entry, ("files", "columns"), inner)
        columns = _columns(table, entry, inner, reader)
        sources.append(Source(_files(entry.get("files"), inner, reader.problems), columns))
    return tuple(sources)


def _columns(table: Table, spec: dict[str, Any], where: str, reader: RecipeReader) -> dict[str, Recipe]:
    recipes = {}
    for column, value in _dict(spec, "columns", where, reader.problems).items():
        if column not in table.names:
            reader.problems.unknown(f"{where}.columns", "column", column, table.names)
            continue
        recipe = reader.read(value, f"{where}.columns.{column}")
        if recipe is not None:
            recipes[column] = recipe
    return recipes


def _pairs(value: Any, where: str, reader: RecipeReader) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict) and all(isinstance(entry, str) for entry in value.values()):
        return tuple(value.items())
    reader.problems.add(where, "is not a table of values", 'write {"LOCAL": "CONTRACT"}')
    return ()


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`base` with the keys of `over` on top, tables of keys merged, everything else replaced."""
    result = dict(base)
    for key, value in over.items():
        held = result.get(key)
        result[key] = merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return result


def shipped() -> dict[str, Path]:
    """Mappings that come with the product, by name."""
    return {path.stem: path for path in sorted((Path(__file__).parent / "mappings").glob("*.yaml"))}
