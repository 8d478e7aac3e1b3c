"""What came out of holding the suites: held, failed or not evaluable – never two of them.

Why: "could not look" must not read as "looked and found nothing"; and a stop tells everything that is wrong at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from expectations.held import CRITICAL, Held
from jobs.runtime.errors import ExpectationFailed

Status = Literal["held", "failed", "not_evaluable"]
FAULT = "could_not_compute"


@dataclass(frozen=True)
class Result:
    """One expectation of one table. `observed`: month (or `all`) -> value in words, never of a person."""

    layer: str
    table: str
    name: str
    severity: str
    status: Status
    zh: str
    en: str
    limit: str
    why: str
    then: str
    observed: dict[str, str]
    reason: str = ""
    detail: str = ""

    @property
    def where(self) -> str:
        """`validated.fee_list_d`."""
        return f"{self.layer}.{self.table}"

    def sentence(self) -> str:
        """What is expected, what was seen and what to do, on one line."""
        seen = "; ".join(f"{month}: {value}" for month, value in self.observed.items()) or self.reason
        named = f" [{self.detail}]" if self.detail else ""
        return f"{self.where}: {self.zh} · {self.en} ({self.limit}); found {seen}{named}. {self.then}"


@dataclass(frozen=True)
class Checked:
    """One table: its results in words, and the validation result of the library they were read from."""

    layer: str
    table: str
    results: tuple[Result, ...]
    validation: Any

    @property
    def name(self) -> str:
        """`validated.fee_list_d`."""
        return f"{self.layer}.{self.table}"


@dataclass(frozen=True)
class Outcome:
    """All results of one step, in the order of the tables."""

    results: tuple[Result, ...]

    @property
    def failed_critical(self) -> tuple[Result, ...]:
        """Breaches that stop the run."""
        return tuple(r for r in self.results if r.status == "failed" and r.severity == CRITICAL)

    @property
    def failed_warning(self) -> tuple[Result, ...]:
        """Breaches that are told and let pass."""
        return tuple(r for r in self.results if r.status == "failed" and r.severity != CRITICAL)

    @property
    def not_evaluable(self) -> tuple[Result, ...]:
        """Expectations nobody could judge, each with its reason."""
        return tuple(r for r in self.results if r.status == "not_evaluable")

    @property
    def stopping(self) -> tuple[Result, ...]:
        """Critical breaches, and critical expectations the engine failed to compute: unchecked is not checked."""
        broken = tuple(r for r in self.not_evaluable if r.severity == CRITICAL and r.reason == FAULT)
        return self.failed_critical + broken

    @property
    def told(self) -> str:
        """One sentence for people and logs."""
        return (
            f"{len(self.results)} expectations: {len(self.failed_critical)} critical and {len(self.failed_warning)} "
            f"warnings failed, {len(self.not_evaluable)} not evaluable"
        )

    def records(self) -> list[dict[str, Any]]:
        """The results as plain dicts for reports and files."""
        return [asdict(result) for result in self.results]

    def require(self) -> None:
        """Raises ExpectationFailed (exit code 11) listing every critical breach in words and what to do about it."""
        if self.stopping:
            raise ExpectationFailed(
                "holding the data against its expectations",
                f"{len(self.stopping)} critical expectation(s) do not hold; nothing is published.\n"
                + "\n".join(f"  - {result.sentence()}" for result in self.stopping),
                "Details: data_docs/index.html of this run.",
            )


def failed(held: Held, value: float) -> bool:
    """True when a value lies outside the limits."""
    return (held.at_least is not None and value < held.at_least) or (held.at_most is not None and value > held.at_most)


def key_of(found: Any) -> tuple[str, str]:
    """Measure and severity of a validation result: what tells the expectations of a suite apart."""
    config = found.expectation_config
    return config.kwargs["column"], str(getattr(config.severity, "value", config.severity))


def merge(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcomes of several steps as one."""
    return Outcome(tuple(result for outcome in outcomes for result in outcome.results))
