"""One logger for the whole house, configured once. Lines carry counts and names of tables, never a person.

FUNDWATCH_LOG is the level (default WARNING). FUNDWATCH_LOG_FORMAT=json makes one JSON object per line for a log store,
with the keys of KEYS that are known; without it a line is for people.
Why: a log store joins lines by step, month, area and run; and what a library puts into the message of an exception may
be a value of a person, so a JSON line tells the kind of an exception and where it arose, not its words.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

QUIET = (
    "py4j",
    "pyspark",
    "great_expectations",
    "great_expectations.data_context.types.base",
    "matplotlib",
    "numexpr",
    "mlflow",
    "alembic",
)
# `time` is UTC, as in run.json and in run ids; `exit_code` and `error` come with a command that failed.
FACTS = ("step", "period", "month", "area", "run_id", "seconds", "exit_code", "error")
KEYS = ("time", "level", "logger", "event", *FACTS, "exception", "where")
_about: dict[str, str] = {}


def get_logger(name: str) -> logging.Logger:
    """Logger `fundwatch.<name>`."""
    return logging.getLogger(f"fundwatch.{name}")


def configure(level: str | None = None) -> None:
    """Sends the house's log to stderr. `level` defaults to the environment's FUNDWATCH_LOG, else WARNING."""
    chosen = (level or os.environ.get("FUNDWATCH_LOG") or "WARNING").upper()
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    if structured():
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines())
    logging.getLogger("fundwatch").setLevel(chosen)
    quiet()


def structured() -> bool:
    """True when the environment asks for JSON lines."""
    return os.environ.get("FUNDWATCH_LOG_FORMAT", "").lower() == "json"


@contextmanager
def about(**facts: str) -> Iterator[None]:
    """Every line logged inside, by whatever thread, carries these facts: step, month, area, run_id …

    For the whole process, not for one thread: a process works on one run, and its pools log for that run.
    """
    before = dict(_about)
    _about.update(facts)
    try:
        yield
    finally:
        _about.clear()
        _about.update(before)


class JsonLines(logging.Formatter):
    """A record as one JSON object on one line, its keys in the order of KEYS."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        moment = datetime.fromtimestamp(record.created, UTC)
        told: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
            **_about,
            **{key: vars(record)[key] for key in FACTS if key in vars(record)},
            **_exception(record),
        }
        return json.dumps({key: told[key] for key in KEYS if key in told}, ensure_ascii=False, default=str)


def _exception(record: logging.LogRecord) -> dict[str, Any]:
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    frames = traceback.extract_tb(record.exc_info[2])
    return {
        "exception": record.exc_info[0].__name__,
        "where": [f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],  # noqa: PTH119
    }


def is_line(told: dict[str, Any]) -> bool:
    """True for an object that is a line of this log and not the result of a command."""
    return {"time", "level", "logger", "event"} <= told.keys()


def quiet() -> None:
    """Lets the libraries report errors only."""
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
