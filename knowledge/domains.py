"""What a charged item is (its domain) and under which clinical area it is filed.

Reads: knowledge/domains.yaml – ordered rules on code prefix, name pattern and charge category.
Why: rules, indicators and the case list must agree on what counts as an imaging exam or a rehabilitation session; one
list of prefixes, reviewed as data, is the only place that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import and_
from pathlib import Path

from pyspark.sql import Column
from pyspark.sql import functions as F

from knowledge.documents import read_yaml

SOURCE = Path(__file__).with_name("domains.yaml")

# Nine-digit price items without the leading 00 of the national fifteen-digit form, with an optional variant letter.
SHORT_SERVICE_CODE = "^[1-4][0-9]{8}[a-z0-9]{0,2}$"
# The last four digits of an imaging item that mark an add-on when no name is there to tell.
ADDON_VARIANT = "^(00|33)2[123].*000[1-9]$"


@dataclass(frozen=True)
class DomainRule:
    """One rule: it holds when every condition that is set holds (codes and charge are prefixes, name is a pattern)."""

    domain: str
    codes: tuple[str, ...] = ()
    name: str | None = None
    charge: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def domain_rules() -> tuple[DomainRule, ...]:
    """The rules in the order they are tried."""
    return tuple(
        DomainRule(rule["domain"], tuple(rule.get("codes", ())), rule.get("name"), tuple(rule.get("charge", ())))
        for rule in _document()["domains"]
    )


@lru_cache(maxsize=1)
def areas_of_domains() -> Mapping[str, str]:
    """Area of every domain."""
    return {domain: area for area, domains in _document()["areas"].items() for domain in domains}


def domains_of_area(area: str) -> tuple[str, ...]:
    """Domains filed under an area; empty for an area that owns no items (cross_region, drg_dip)."""
    return tuple(_document()["areas"].get(area, ()))


def domain_of(code: Column | str, name: Column | str, charge: Column | str) -> Column:
    """Domain of an item from med_list_codg, hilist_name and med_chrgitm_type; `other` when nothing tells."""
    code_col, name_col, charge_col = _text(code), _text(name), _text(charge)
    long_code = F.when(code_col.rlike(SHORT_SERVICE_CODE), F.concat(F.lit("00"), code_col)).otherwise(code_col)
    nameless_addon = (name_col == "") & long_code.rlike(ADDON_VARIANT)
    chosen = F.when(nameless_addon, "imaging_addon")
    for rule in domain_rules()[:-1]:
        chosen = chosen.when(reduce(and_, _conditions(rule, long_code, name_col, charge_col)), rule.domain)
    return chosen.otherwise(domain_rules()[-1].domain)


def domain_of_text(code: str, name: str, charge: str = "") -> str:
    """Domain of one item, the same rules as `domain_of` without an engine (for lists of points, not for lines)."""
    long_code = f"00{code}" if re.match(SHORT_SERVICE_CODE, code) else code
    if not name and re.match(ADDON_VARIANT, long_code):
        return "imaging_addon"
    for rule in domain_rules()[:-1]:
        coded = not rule.codes or long_code.startswith(rule.codes)
        charged = not rule.charge or charge.startswith(rule.charge)
        if coded and charged and (not rule.name or re.search(rule.name, name)):
            return rule.domain
    return domain_rules()[-1].domain


def area_of(domain: Column | str) -> Column:
    """Area a domain is filed under; out-patient for a domain nobody owns."""
    value = _column(domain)
    areas = sorted(set(areas_of_domains().values()))
    chosen = F.when(value.isin(*domains_of_area(areas[0])), areas[0])
    for area in areas[1:]:
        chosen = chosen.when(value.isin(*domains_of_area(area)), area)
    return chosen.otherwise("outpatient")


def is_any(domain: Column | str, names: Iterable[str]) -> Column:
    """True when the domain is one of `names`."""
    return _column(domain).isin(*names)


def rehabilitation_diagnosis(diagnosis: Column | str) -> Column:
    """True when rehabilitation is usual for the main diagnosis (ICD-10); false for an unknown one."""
    return _starts(_text(diagnosis), tuple(_document()["rehabilitation_diagnoses"]))


def _conditions(rule: DomainRule, code: Column, name: Column, charge: Column) -> list[Column]:
    holds = []
    if rule.codes:
        holds.append(_starts(code, rule.codes))
    if rule.charge:
        holds.append(_starts(charge, rule.charge))
    if rule.name:
        holds.append(name.rlike(rule.name))
    return holds


def _starts(value: Column, prefixes: tuple[str, ...]) -> Column:
    # One pattern instead of one test per prefix: the expression is planned for every table that asks for a domain.
    return value.startswith(prefixes[0]) if len(prefixes) == 1 else value.rlike(f"^({'|'.join(prefixes)})")


def _text(value: Column | str) -> Column:
    return F.trim(F.coalesce(_column(value), F.lit("")))


def _column(value: Column | str) -> Column:
    return F.col(value) if isinstance(value, str) else value


@lru_cache(maxsize=1)
def _document() -> dict:
    return read_yaml(SOURCE)
