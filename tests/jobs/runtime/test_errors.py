"""Permanent and temporary faults never share an exit code."""

from __future__ import annotations

from jobs.runtime import errors

CODES = {"UsageError": 2, "ContractError": 10, "ExpectationFailed": 11, "InputError": 12, "TemporaryFault": 20}


def test_every_error_has_the_code_of_the_interface():
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.FundwatchError)
    ]
    assert {kind.__name__: kind.exit_code for kind in kinds if kind is not errors.FundwatchError} == CODES


def test_an_error_says_what_was_tried_what_is_wrong_and_what_to_do():
    told = errors.InputError("reading setl_d", "the folder is empty.", "Put the settlements there.")
    assert str(told) == "reading setl_d: the folder is empty. Put the settlements there."
