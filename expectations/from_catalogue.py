"""What the catalogue already promises of a table, as expectations: columns, types, required values, keys, code lists.

Why: a table is described once; a column added to the catalogue is held from then on without touching this package.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from expectations.held import CRITICAL, WARNING, Held, Measure, Severity, never, reported
from jobs.catalogue import Column, Table
from jobs.catalogue.derived_tables import FEE_LINE_CONTEXT, SETTLEMENT_CONTEXT, VISIT_CONTEXT

CONTEXT: dict[str, tuple[Column, ...]] = {
    "fee_list_d": FEE_LINE_CONTEXT,
    "setl_d": SETTLEMENT_CONTEXT,
    "mdtrt_d": VISIT_CONTEXT,
}
LINEAGE = ("_file", "_row")
PERSON = "psn_no"
PSEUDONYM_LENGTH = (
    32  # 128 bits of a keyed digest in hexadecimal; person numbers of the platform have at most 30 characters
)
FIRST_YEAR, LAST_YEAR = 1900, 2100  # outside, a date is a placeholder (0001-01-01, 9999-12-31) or a misread number
_STEP = "A step of the house wrote it so: this is a fault of the software, not of the delivery. Report it with the run."


def expected_columns(table: Table, layer: str) -> tuple[Column, ...]:
    """Columns the table has in that layer: the kept ones, in `validated` also those the step adds."""
    return (*table.kept, *CONTEXT.get(table.name, ())) if layer == "validated" else table.kept


def lineage(table: Table, layer: str) -> tuple[str, ...]:
    """Columns that lead a row back to its file."""
    return LINEAGE if layer in ("raw", "validated") and table.layer == "contract" else ()


def promised(table: Table, layer: str, dictionaries: Mapping[str, Collection[str]] | None = None) -> tuple[Held, ...]:
    """All expectations that follow from the catalogue. `dictionaries`: name of a code list -> its values.

    Layer `raw` holds text exactly as it was handed over, so there only the columns are promised.
    """
    held = [*_schema(typed=layer != "raw")]
    if layer != "raw":
        columns = expected_columns(table, layer)
        held += [*_missing(columns), *_values(columns), *_codes(columns, dictionaries or {}), *_key(table)]
    return tuple(held)


def _schema(typed: bool) -> Iterable[Held]:
    yield reported(
        "absent_columns", "应有的列都在", "no declared column is absent", "a later step would read it", at_most=0
    )
    why = "names, documents, telephones and addresses stay in the landing zone"
    yield reported("personal_columns", "无个人信息列", "no personal column is there", why, at_most=0, then=_STEP)
    if typed:
        why = "a number kept as text compares as text and sums to nothing"
        yield reported("mistyped_columns", "列类型正确", "no column has another type", why, at_most=0, then=_STEP)


def _missing(columns: Iterable[Column]) -> Iterable[Held]:
    for column in columns:
        if column.required and not column.may_be_empty:
            yield Held(
                name=f"{column.name}.missing",
                measure=Measure("missing", column.name),
                severity=CRITICAL,
                zh=f"{column.meaning_zh}不为空",
                en=f"{column.name} is never missing",
                why="required by the contract: rows without it belong in quarantine, not here",
                then=_STEP,
                at_most=0,
            )


def _values(columns: Iterable[Column]) -> Iterable[Held]:
    for column in columns:
        zh, en, name = column.meaning_zh, column.name, column.name
        if column.name == PERSON:
            breaks = f"length({name}) <> {PSEUDONYM_LENGTH}"
            why = "a person number in clear must never get past the load"
            yield never(f"{name}.not_a_pseudonym", breaks, f"{zh}均为假名", f"{en} is a pseudonym", why, then=_STEP)
        elif column.type == "bool01":
            why = "the flag decides whether a row counts"
            yield never(
                f"{name}.not_0_or_1", f"{name} not in (0, 1)", f"{zh}只取0或1", f"{en} is 0 or 1", why, then=_STEP
            )
        elif column.type in ("date", "timestamp"):
            breaks = f"year({name}) not between {FIRST_YEAR} and {LAST_YEAR}"
            why = "placeholders such as 0001-01-01 make intervals of centuries"
            yield never(f"{name}.out_of_calendar", breaks, f"{zh}在合理年份内", f"{en} is a real date", why, WARNING)


def _codes(columns: Iterable[Column], dictionaries: Mapping[str, Collection[str]]) -> Iterable[Held]:
    for column in columns:
        codes = dictionaries.get(column.dictionary or "")
        if codes:
            values = ", ".join("'" + code.replace("'", "''") + "'" for code in sorted(codes))
            severity: Severity = CRITICAL if column.required else WARNING
            yield never(
                f"{column.name}.unknown_code",
                f"{column.name} not in ({values})",
                f"{column.meaning_zh}在字典内",
                f"{column.name} is in the dictionary",
                "an unknown code falls through every rule that asks for a known one",
                severity,
            )


def _key(table: Table) -> Iterable[Held]:
    why = "a repeated key doubles amounts wherever the table is joined"
    zh, en = f"主键不重复({'+'.join(table.key)})", f"the key {' + '.join(table.key)} never repeats"
    yield reported("repeated_keys", zh, en, why, at_most=0, then=_STEP)
