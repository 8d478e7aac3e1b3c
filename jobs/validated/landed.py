"""What is known of the whole extract before any table is judged: repeated keys, refunds, institutions.

Reads: key and amount columns of raw, all landed months.
Why: each is small beside the claims and is written once, so the large tables meet them without being sorted for it.
What an item is gets told once per item, not once per line and detector.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import table
from jobs.runtime import staging
from jobs.runtime.staging import Side
from jobs.validated import duplicates, refunds
from jobs.validated.extract import RAW, Extract
from jobs.validated.rows import opened
from knowledge.domains import domain_of

ITEM = ("med_list_codg", "hilist_name", "med_chrgitm_type")


@dataclass(frozen=True)
class Landed:
    """Side tables; None = there is no such row. `repeated_in` names the tables that repeat a key.

    named: the repeated keys of each table once more, one by one, when they are few.
    institutions: fixmedins_code, fix_blng_admdvs. items: the columns of item_key and `domain`.
    """

    repeated: DataFrame | None
    repeated_in: frozenset[str]
    named: Mapping[str, duplicates.Named]
    marks: DataFrame | None
    institutions: DataFrame | None
    items: DataFrame | None


def gather(extract: Extract, side: Side) -> Landed:
    """Looks through the extract once for repeated keys, once for refunds and once for items."""
    repeated, names = _repeated(extract, side)
    marks = _marks(extract, side, repeated, names)
    named = duplicates.named(side.local("repeated")) if names else {}
    return Landed(repeated, names, named, marks, _institutions(extract, side), _items(extract, side))


def _repeated(extract: Extract, side: Side) -> tuple[DataFrame | None, frozenset[str]]:
    keys = []
    for one in filter(extract.may_repeat, extract.tables):
        raw = extract.raw(one, extract.landed(one), one.key)
        if raw is not None:
            keys.append(duplicates.keys(raw, one))
    candidates = side.write("hashes", duplicates.repeated_hashes(keys)) if keys else None
    if candidates is None:
        return None, frozenset()
    found = side.write("repeated", duplicates.first_rows(keys, candidates))
    return found, frozenset() if found is None else frozenset(side.column("repeated", duplicates.TABLE).to_pylist())


def _marks(extract: Extract, side: Side, repeated: DataFrame | None, names: frozenset[str]) -> DataFrame | None:
    both = _candidates(extract, repeated, names)
    found = side.write("refunds", refunds.refund_rows(both)) if both else None
    wanted = None if found is None else side.write("wanted", refunds.wanted(found))
    if found is None or wanted is None:
        return None
    ends = side.write("originals", refunds.originals(_candidates(extract, repeated, names, wanted)))
    if ends is None:
        return None
    chained = pc.any(side.column("originals", "refund")).as_py()
    return side.write("marks", refunds.marks(found, ends, refunds.LONGEST_CHAIN if chained else 1))


def _candidates(
    extract: Extract, repeated: DataFrame | None, names: frozenset[str], wanted: DataFrame | None = None
) -> list[DataFrame]:
    both = []
    for how in (refunds.LINES, refunds.SETTLEMENTS):
        raw = extract.raw(how.table, extract.landed(how.table), how.columns)
        if raw is not None:
            both.append(refunds.candidates(raw, how, repeated if how.table.name in names else None, wanted))
    return both


def _institutions(extract: Extract, side: Side) -> DataFrame | None:
    register = table("fixmedins_b")
    paths = [
        path for month in extract.landed(register) for path in staging.files(extract.home, RAW, register.name, month)
    ]
    told = staging.columns(paths, ["fixmedins_code", "fix_blng_admdvs"])
    known = told.filter(pc.is_valid(told["fixmedins_code"])).group_by("fixmedins_code", use_threads=False)
    places = known.aggregate([("fix_blng_admdvs", "first")])
    named = {"fixmedins_code": places["fixmedins_code"], "fix_blng_admdvs": places["fix_blng_admdvs_first"]}
    return side.write_local("institutions", pa.table(named))


def _items(extract: Extract, side: Side) -> DataFrame | None:
    charges = table("fee_list_d")
    raw = extract.raw(charges, extract.judged(charges), ITEM)
    if raw is None:
        return None
    key = item_key()
    told = opened(raw, charges, ITEM).select(*[value.alias(name) for name, value in key.items()]).distinct()
    return side.write("items", told.withColumn("domain", domain_of(*key)))


def item_key() -> dict[str, Column]:
    """What tells items apart: code, name and kind of charge of a line, empty text where there is none."""
    return {f"_{name}": F.coalesce(F.col(name), F.lit("")) for name in ITEM}
