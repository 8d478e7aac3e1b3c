"""Suites: complete, typed, and impossible to lose an expectation from."""

from __future__ import annotations

from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pytest

from expectations import suite as suites
from expectations.business import CHECKLIST
from expectations.from_catalogue import expected_columns
from expectations.held import CRITICAL, Held, Measure, never, seldom
from jobs.catalogue import DERIVED, TABLES, table

ALL_TABLES = [*(("validated", name) for name in TABLES), *DERIVED]


def made(layer: str, name: str) -> gx.ExpectationSuite:
    found = suites.catalogue_table(layer, name)
    assert found is not None
    return suites.derive(found, layer)


def by_column(suite: gx.ExpectationSuite) -> dict[str, Any]:
    return {item.configuration.kwargs["column"]: item for item in suite.expectations}


def columns_of(suite: gx.ExpectationSuite) -> set[str]:
    return set(by_column(suite))


@pytest.mark.parametrize(("layer", "name"), ALL_TABLES, ids=lambda value: value)
def test_every_table_has_a_suite_that_keeps_what_was_declared(layer, name):
    suite = made(layer, name)
    found = suites.catalogue_table(layer, name)
    assert found is not None
    declared = suites.held_of(found, layer)
    assert len(suite.expectations) == len(declared) > 0
    assert suite.name == f"{layer}.{name}"


def test_the_catalogue_is_held():
    held = columns_of(made("validated", "fee_list_d"))
    assert {"absent_columns", "mistyped_columns", "personal_columns", "repeated_keys"} <= held
    assert {
        "bkkp_sn.missing",
        "psn_no.not_a_pseudonym",
        "vali_flag.not_0_or_1",
        "fee_ocur_time.out_of_calendar",
    } <= held
    assert "med_list_codg.missing" not in held, "an empty code is a self-made item, not a missing value"
    assert "bilg_dr_code.missing" not in held, "optional"


def test_raw_promises_columns_only():
    assert columns_of(suites.derive(table("tip_d"), "raw")) == {"absent_columns", "personal_columns"}


def test_code_lists_become_value_sets():
    suite = suites.derive(table("setl_d"), "validated", {"gend": {"1", "2"}, "hi_paymtd": {"1", "o'clock"}})
    held = by_column(suite)
    assert held["gend.unknown_code"].severity == CRITICAL, "required: rows with an unknown code were refused"
    assert held["hi_paymtd.unknown_code"].severity == "warning"
    assert held["hi_paymtd.unknown_code"].meta["measure"] == "hi_paymtd not in ('1', 'o''clock')"


def test_a_misspelt_expectation_raises():
    with pytest.raises(AttributeError):
        gxe.ExpectColumnValuesToBeBetwen(column="rows", min_value=1)  # type: ignore[attr-defined]


def test_a_misspelt_parameter_raises():
    with pytest.raises(ValueError, match="minimum"):
        gxe.ExpectColumnValuesToBeBetween(column="rows", minimum=1)  # type: ignore[call-arg]


def test_an_expectation_the_suite_drops_raises(monkeypatch):
    monkeypatch.setattr(
        suites.gx, "ExpectationSuite", lambda name, expectations: gx.core.ExpectationSuite(name, expectations[1:])
    )
    with pytest.raises(ValueError, match="2 expectations declared, 1 kept"):
        suites.build("validated.tip_d", [never("a", "x = 1", "甲", "a", "why"), never("b", "x = 2", "乙", "b", "why")])


def test_an_expectation_declared_twice_raises():
    once = never("a", "x = 1", "甲", "a", "why")
    with pytest.raises(ValueError, match="declared twice"):
        suites.build("validated.tip_d", [once, once])


@pytest.mark.parametrize("limits", [{}, {"at_least": 1, "at_most": 2}], ids=["none", "two"])
def test_an_expectation_has_one_limit(limits):
    with pytest.raises(ValueError, match="one limit"):
        suites.expectation(Held("a", Measure("count", "x = 1"), CRITICAL, "甲", "a", "why", **limits))


@pytest.mark.parametrize(("layer", "name"), list(CHECKLIST), ids=lambda value: value)
class TestLaws:
    """Laws over all checklists."""

    def test_reads_only_columns_the_table_has(self, layer, name):
        found = suites.catalogue_table(layer, name)
        assert found is not None
        there = {column.name for column in expected_columns(found, layer)}
        assert {held.name: held.measure.columns - there for held in CHECKLIST[layer, name]} == {
            held.name: frozenset() for held in CHECKLIST[layer, name]
        }

    def test_tells_what_why_and_what_then_in_both_languages(self, layer, name):
        for held in CHECKLIST[layer, name]:
            assert held.en and held.why and held.then
            assert any("\u4e00" <= letter <= "\u9fff" for letter in held.zh)

    def test_calls_nobody_a_fraud(self, layer, name):
        for held in CHECKLIST[layer, name]:
            assert "骗" not in held.zh.replace("不称骗保", "")
            assert "fraud" not in held.en.replace("calls no clue a fraud", "").lower()

    def test_shares_are_shares(self, layer, name):
        assert all(0 < (held.at_most or 0) < 1 for held in CHECKLIST[layer, name] if held.measure.kind == "share")


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("abs(cnt * pric - fee) > 0.02", {"cnt", "pric", "fee"}),
        ("kind not in ('charge', 'refund')", {"kind"}),
        ("cast(setl_time as date) < date_sub(enddate, 1)", {"setl_time", "enddate"}),
        ("max(case when hint = 'clue' then rank end)", {"hint", "rank"}),
        ("not (diag_code rlike '^[A-Z][0-9]{2}')", {"diag_code"}),
    ],
)
def test_columns_of_a_condition(sql, columns):
    assert seldom("x", sql, 0.1, "甲", "x", "why").measure.columns == columns
