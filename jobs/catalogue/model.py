"""The words the catalogue is written in: a table, its columns, and the small text form they are declared with.

Why: a table is described once; readers, typing, expectation suites, the data dictionary and drift tests derive from it.
"""

from __future__ import annotations

from dataclasses import dataclass

FLAGS = {"R": "required", "D": "dictionary", "P": "personal", "E": "may be empty"}


@dataclass(frozen=True)
class Column:
    """One column. `type` is string | int | date | timestamp | bool01 | double | decimal(p,s).

    `personal` columns never leave the landing zone; `psn_no` is the one exception: it is kept as a keyed pseudonym.
    `dictionary` names the code list whose values the column may take (None = free). `may_be_empty` marks a required
    column whose value may be empty: the column must be there, a blank in it means something of its own.
    """

    name: str
    type: str
    required: bool
    personal: bool
    dictionary: str | None
    may_be_empty: bool
    meaning_zh: str
    meaning_en: str


@dataclass(frozen=True)
class Table:
    """One table of one layer. `month_column` None = the table has no month and stands under `month=all`."""

    name: str
    layer: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    month_column: str | None
    required: bool
    meaning_zh: str
    meaning_en: str

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError names the table when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.layer}.{self.name} has no column {name}")

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in declared order."""
        return tuple(column.name for column in self.columns)

    @property
    def ddl(self) -> str:
        """Columns and types as the engine reads them, for a frame without rows."""
        return ", ".join(f"`{column.name}` {column.type}" for column in self.columns)

    @property
    def kept(self) -> tuple[Column, ...]:
        """The columns that may enter the house: all but the personal ones."""
        return tuple(column for column in self.columns if not column.personal)


def columns(text: str) -> tuple[Column, ...]:
    """Parses lines `name | type | flags | meaning zh | meaning en`.

    Flags: R required, E required but possibly empty, D takes values of the dictionary of its own name, P personal. Raises ValueError on a malformed line.
    """
    return tuple(_column(line) for line in text.strip().splitlines())


def _column(line: str) -> Column:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 5 or set(parts[2]) - set(FLAGS):
        raise ValueError(f"malformed column declaration: {line!r}")
    name, kind, flags, zh, en = parts
    return Column(
        name=name,
        type=kind,
        required="R" in flags,
        personal="P" in flags,
        dictionary=name if "D" in flags else None,
        may_be_empty="E" in flags,
        meaning_zh=zh,
        meaning_en=en,
    )
