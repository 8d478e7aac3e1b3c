"""The command line: help answers, errors become a sentence and an exit code, faults never show a value."""

from __future__ import annotations

import json

import pytest

from fundwatch.main import guarded, main
from jobs.runtime.errors import ContractError, TemporaryFault


def fail(fault):
    def call():
        raise fault

    return call


@pytest.mark.parametrize(
    ("fault", "code"), [(ContractError("a", "b", "c"), 10), (TemporaryFault("a", "b", "c"), 20), (ValueError("p1"), 1)]
)
def test_every_fault_has_its_exit_code(fault, code):
    assert guarded(fail(fault), as_json=False) == code


def test_an_expected_error_says_what_to_do(capsys):
    guarded(fail(ContractError("reading the mapping", "column cnt is missing.", "Add it.")), as_json=False)
    assert capsys.readouterr().err.splitlines() == ["✗ reading the mapping", "  column cnt is missing.", "  → Add it."]


def test_an_expected_error_for_machines_is_one_object(capsys):
    guarded(fail(ContractError("a", "b", "c")), as_json=True)
    assert json.loads(capsys.readouterr().out)["exit_code"] == 10


def test_an_unexpected_fault_never_shows_what_a_library_said(capsys):
    guarded(fail(ValueError("430101199001011234")), as_json=False)
    assert "430101199001011234" not in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["doctor", "--help"], ["generate", "--help"]])
def test_help_answers_with_an_example(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 0
    assert "fundwatch" in capsys.readouterr().out


def test_a_wrong_option_is_a_usage_error():
    with pytest.raises(SystemExit) as left:
        main(["generate", "--nonsense"])
    assert left.value.code == 2
