"""The catalogue: what it promises about every table, checked once for all of them."""

from __future__ import annotations

import re

import pytest

from jobs.catalogue import DERIVED, STEPS, TABLES, contract_tables, step, table
from jobs.catalogue.model import columns

TYPES = re.compile(r"^(string|int|bigint|boolean|double|date|timestamp|bool01|decimal\(\d+,\d+\))$")
REQUIRED = {"fee_list_d", "setl_d", "mdtrt_d", "fixmedins_b"}
ALL = [*TABLES.values(), *DERIVED.values()]


def test_the_contract_has_its_twenty_tables_and_four_are_required():
    assert len(TABLES) == 20
    assert {found.name for found in contract_tables() if found.required} == REQUIRED
    assert [found.required for found in contract_tables()] == [True] * 4 + [False] * 16


@pytest.mark.parametrize("found", ALL, ids=lambda found: f"{found.layer}.{found.name}")
def test_every_table_is_well_described(found):
    names = found.names
    assert len(names) == len(set(names))
    assert set(found.key) <= set(names)
    assert found.month_column is None or found.column(found.month_column).type in ("timestamp", "string")
    assert all(TYPES.match(column.type) for column in found.columns)
    assert all(column.meaning_zh and column.meaning_en for column in found.columns)


def test_personal_columns_are_known_and_dropped():
    personal = {(found.name, column.name) for found in TABLES.values() for column in found.columns if column.personal}
    assert personal == {("setl_d", "psn_name"), ("setl_d", "certno"), ("mdtrt_d", "tel"), ("mdtrt_d", "addr")}
    assert "psn_name" not in [column.name for column in table("setl_d").kept]


def test_a_malformed_declaration_is_refused():
    with pytest.raises(ValueError, match="malformed"):
        columns("cnt | decimal(16,4) | X | 数量 | quantity")


def test_an_unknown_table_or_step_lists_what_there_is():
    with pytest.raises(KeyError, match="fee_list_d"):
        table("fee_list")
    with pytest.raises(KeyError, match="validated"):
        step("validate")


def test_steps_follow_only_steps_before_them():
    seen: set[str] = set()
    for found in STEPS:
        assert set(found.after) <= seen
        seen.add(found.name)
