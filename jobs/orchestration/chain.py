"""The chain: every step in order, each through the same door whether a person, a scheduler or a test starts it.

Why: a step reads what the steps before it left in the home folder and writes exactly the months it was asked for; so a
run that was killed anywhere is finished by running it again, and a scheduler may run the steps hours apart.
"""

from __future__ import annotations

import time
from typing import Any

from pyspark.sql import SparkSession

from jobs.catalogue import STEPS
from jobs.orchestration import journal, perform, written
from jobs.orchestration.request import Notify, RunRequest, silent
from jobs.runtime.engine import suit
from jobs.runtime.log import get_logger

log = get_logger("chain")


def run_chain(request: RunRequest, spark: SparkSession, engine: str, notify: Notify = silent) -> dict[str, Any]:
    """Runs all steps for the period and publishes the list. Returns the summary of the run.

    Raises ContractError, ExpectationFailed, InputError or TemporaryFault; the last complete run then stays as it was.
    """
    seconds: dict[str, float] = {}
    facts: dict[str, Any] = {}
    for step in STEPS:
        began = time.monotonic()
        facts = run_step(step.name, request, spark, engine, notify, seconds)
        seconds[step.name] = round(time.monotonic() - began, 1)
    return facts


def run_step(
    name: str,
    request: RunRequest,
    spark: SparkSession,
    engine: str,
    notify: Notify = silent,
    seconds: dict[str, float] | None = None,
) -> dict[str, Any]:
    """Runs one step and returns its facts; `told` is the sentence for people. Raises as run_chain does."""
    notify(name, "start")
    known = journal.seconds(request.home, request.period) if seconds is None else dict(seconds)
    with journal.attempt(name, request):
        written.readable(name, request)
        context = perform.Context(request, spark, engine, known)
        suit(spark, None if name == "raw" else perform.lines(context))  # what landed is counted by loading it
        facts = perform.STEPS[name](context)
        written.mark(name, request)
        log.info("%s", facts.get("told", ""))
    notify(name, f"done {facts.get('told', '')}")
    return facts
