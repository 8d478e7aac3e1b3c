"""Finds the files a mapping speaks of in a landing folder and reads their heads.

Why: what is there, and with which columns, must be known before a single row is loaded; a broken file is told by name.
"""

from __future__ import annotations

import fnmatch
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

from jobs.catalogue.landing_plan import SourceFile
from jobs.landing.mapping_model import Defaults, Mapping
from jobs.landing.mapping_problems import Problems
from jobs.runtime.csv_head import HEAD, inspect
from jobs.runtime.landing_files import BrokenFile, faults_of, kind_of, open_binary, open_workbook, sheet_names

PLAIN = (".csv", ".csv.gz", ".parquet")


class Finder:
    """Looks files up below one landing folder; each file's head is read once. Faults go to `problems`."""

    def __init__(self, landing: Path, defaults: Defaults, problems: Problems) -> None:
        self.landing, self.defaults, self.problems = landing, defaults, problems
        self.ignored: list[str] = []  # files in the folder of a table that are of no kind the plain layout knows
        self._heads: dict[tuple[Path, str | None], SourceFile | None] = {}

    def plain(self, table: str) -> list[SourceFile]:
        """The plain layout of a table: `<table>/*` or `<table>.<ext>`, parquet folders included."""
        entries = sorted(entry for entry in self.landing.iterdir() if not _hidden(entry))
        folders = [entry for entry in entries if entry.is_dir() and entry.name.lower() == table]
        whole = [entry for entry in entries if entry.name.lower() in {table + suffix for suffix in PLAIN}]
        inside = [path for folder in folders for path in _files_in(folder, every=True)]
        found = [path for path in inside if path.name.lower().endswith(PLAIN)]
        self.ignored += [self._name(path, None) for path in inside if path not in found]
        found += [path for entry in whole for path in _files_in(entry)]
        return self._read((path, None) for path in found)

    def matching(self, pattern: str) -> list[SourceFile]:
        """Files a pattern of the mapping finds, in order of name."""
        return self._read(_unpacked_first(self.places(pattern)))

    def places(self, pattern: str) -> list[tuple[Path, str | None]]:
        """Path and member of everything a pattern finds; heads are not read."""
        outer, bang, inner = pattern.partition("!")
        found: list[tuple[Path, str | None]] = []
        for path in sorted(self.landing.glob(outer)):
            if _hidden(path):
                continue
            if bang or path.suffix.lower() == ".zip":
                found += [(path, member) for member in self._members(path, inner or "*.csv*")]
            else:
                found += [(file, None) for file in _files_in(path)]
        return found

    def _members(self, path: Path, pattern: str) -> list[str]:
        try:
            with faults_of(self._name(path, None)):
                if kind_of(path.name) == "xlsx":
                    names = sheet_names(str(path))
                else:
                    with zipfile.ZipFile(path) as archive:
                        names = sorted(name for name in archive.namelist() if not name.endswith("/"))
        except BrokenFile as fault:
            self.problems.add_input(str(fault), "hand the archive over again")
            return []
        seen = [name for name in names if not name.startswith("__MACOSX/")]
        return [name for name in seen if fnmatch.fnmatch(name, pattern) or fnmatch.fnmatch(Path(name).name, pattern)]

    def _read(self, places: Iterable[tuple[Path, str | None]]) -> list[SourceFile]:
        found = []
        for place in dict.fromkeys(places):
            if place not in self._heads:
                self._heads[place] = self._head(*place)
            head = self._heads[place]
            if head is not None:
                found.append(head)
        return found

    def _head(self, path: Path, member: str | None) -> SourceFile | None:
        name = self._name(path, member)
        kind = kind_of(path.name) or "csv"
        try:
            with faults_of(name):
                header = self._header(path, member, kind)
                size = path.stat().st_size
        except (BrokenFile, ValueError) as fault:
            text = str(fault) if isinstance(fault, BrokenFile) else f"{name}: {fault}"
            self.problems.add_input(text, "hand the file over again")
            return None
        encoding, quote = self.defaults.encoding, self.defaults.quote
        return SourceFile(str(path), name, kind, member, encoding, quote, header, size)

    def _header(self, path: Path, member: str | None, kind: str) -> tuple[str, ...]:
        if kind == "parquet":
            return tuple(" ".join(name.split()) for name in pq.read_schema(path).names)
        if kind == "xlsx":
            return _sheet_header(str(path), member)
        with open_binary(str(path), member) as stream:
            return inspect(stream.read(HEAD), self.defaults.encoding, self.defaults.quote).header

    def _name(self, path: Path, member: str | None) -> str:
        relative = path.relative_to(self.landing).as_posix()
        return relative if member is None else f"{relative}!{member}"


def _unpacked_first(places: list[tuple[Path, str | None]]) -> list[tuple[Path, str | None]]:
    """Leaves out archive members that lie unpacked beside their archive: they would be read twice."""
    plain = {path.name for path, member in places if member is None}
    return [(path, member) for path, member in places if member is None or Path(member).name not in plain]


def _sheet_header(path: str, sheet: str | None) -> tuple[str, ...]:
    with open_workbook(path) as book:
        page = book[sheet or book.sheetnames[0]]
        for row in page.iter_rows(values_only=True):
            if any(cell is not None for cell in row):
                return tuple(" ".join(str(cell).split()) for cell in row if cell is not None)
    raise BrokenFile(f"{Path(path).name}: empty, not even a header")


def _hidden(path: Path) -> bool:
    return path.name.startswith((".", "_"))


def _files_in(path: Path, every: bool = False) -> list[Path]:
    """The file itself, or the data files (with `every`, all files) below a folder."""
    if not path.is_dir():
        return [path]
    inside = (entry for entry in sorted(path.rglob("*")) if entry.is_file())
    return [
        entry
        for entry in inside
        if (every or kind_of(entry.name))
        and not any(part.startswith((".", "_")) for part in entry.relative_to(path).parts)
    ]


def chosen(mapping: Mapping, finder: Finder) -> dict[str, str]:
    """The value each word of `choose` takes: the first with which most tables find a file."""
    patterns = {name: [p for source in table.sources for p in source.files] for name, table in mapping.tables.items()}
    result = {}
    for word, values in mapping.choose.items():

        def found(value: str, word: str = word) -> int:
            filled = [
                [p.replace(f"{{{word}}}", value) for p in listed if f"{{{word}}}" in p] for listed in patterns.values()
            ]
            return sum(any(finder.places(pattern) for pattern in listed) for listed in filled)

        result[word] = max(values, key=found)  # max keeps the first of equals
    return result
