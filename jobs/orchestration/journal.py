"""How the last attempt of every step ended: `HOME/state/journal.json`; counts of seconds, never a row.

Grain: one entry per step: period, finished (UTC), seconds, outcome (done or the kind of fault), exit_code.
Why: where steps are processes of their own nobody else sees how long each took or that one failed; the office's page
and run.json both tell it from here.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging import ERROR, INFO
from typing import Any

from jobs.orchestration.request import RunRequest
from jobs.runtime.errors import FundwatchError
from jobs.runtime.log import about, get_logger, structured
from jobs.runtime.period import Period
from jobs.runtime.storage import Home

log = get_logger("chain")
FILE = "journal.json"
DONE = "done"
_AREA = re.compile(r"^\d{6}$")


@contextmanager
def attempt(step: str, request: RunRequest) -> Iterator[None]:
    """Keeps how the step inside ended, and lets every line logged meanwhile tell step, month, area and run."""
    began = time.monotonic()
    ended = {"outcome": DONE, "exit_code": 0}
    with about(**facts(step, request)):
        log.info("step started")
        try:
            yield
        except BaseException as fault:
            code = fault.exit_code if isinstance(fault, FundwatchError) else 1
            ended = {"outcome": type(fault).__name__, "exit_code": code}
            raise
        finally:
            seconds = round(time.monotonic() - began, 1)
            told = {"seconds": seconds, "exit_code": ended["exit_code"]}
            # For people the three lines of the error are enough.
            log.log(ERROR if structured() and ended["exit_code"] else INFO, "step %s", _word(ended), extra=told)
            _keep(request, step, {**ended, "seconds": seconds})


def facts(step: str, request: RunRequest) -> dict[str, str]:
    """What the step's lines tell: `month` for one month, `period` for several, `area` when the home is one."""
    period, name = request.period, request.home.root.name
    told = {"step": step, "run_id": request.run_id}
    told |= {"month": period.begin} if period.begin == period.end else {"period": str(period)}
    return told | ({"area": name} if _AREA.match(name) else {})


def entries(home: Home) -> dict[str, dict[str, Any]]:
    """The last attempt of every step that ran in the home; empty where nothing ran or the file is not readable."""
    try:
        return dict(json.loads((home.root / "state" / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def seconds(home: Home, period: Period) -> dict[str, float]:
    """Seconds of the steps whose last attempt was about this period and was done."""
    found = entries(home).items()
    return {step: one["seconds"] for step, one in found if one["period"] == str(period) and one["outcome"] == DONE}


def _word(ended: dict[str, Any]) -> str:
    return DONE if ended["outcome"] == DONE else f"failed: {ended['outcome']}"


def _keep(request: RunRequest, step: str, ended: dict[str, Any]) -> None:
    folder = request.home.root / "state"
    folder.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    held = {**entries(request.home), step: {"period": str(request.period), "finished": moment, **ended}}
    fresh = folder / f".{FILE}"
    fresh.write_text(json.dumps(held, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    fresh.replace(folder / FILE)
