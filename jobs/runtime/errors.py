"""Errors people meet, each with its exit code: what was tried, what is wrong, what to do next.

Why: a scheduler must know whether trying again can help; permanent and temporary faults never share a code.
"""

from __future__ import annotations


class FundwatchError(Exception):
    """Base of every error told without a traceback: `what` was tried, `wrong` is the fault, `then` the way out."""

    exit_code = 1

    def __init__(self, what: str, wrong: str, then: str) -> None:
        super().__init__(f"{what}: {wrong} {then}".strip())
        self.what, self.wrong, self.then = what, wrong, then


class UsageError(FundwatchError):
    """The command was called wrongly."""

    exit_code = 2


class ContractError(FundwatchError):
    """Configuration, mapping or landing contract is broken (missing column, bad mapping, unknown table)."""

    exit_code = 10


class ExpectationFailed(FundwatchError):
    """A critical expectation does not hold; nothing is published."""

    exit_code = 11


class InputError(FundwatchError):
    """An input is missing or unreadable."""

    exit_code = 12


class TemporaryFault(FundwatchError):
    """Something outside is not there right now (engine, disk, database); trying again may help."""

    exit_code = 20
