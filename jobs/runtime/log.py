"""One logger for the whole house, configured once. Lines carry counts and names of tables, never a person."""

from __future__ import annotations

import logging
import os
import sys

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


def get_logger(name: str) -> logging.Logger:
    """Logger `fundwatch.<name>`."""
    return logging.getLogger(f"fundwatch.{name}")


def configure(level: str | None = None) -> None:
    """Sends the house's log to stderr. `level` defaults to the environment's FUNDWATCH_LOG, else WARNING."""
    chosen = (level or os.environ.get("FUNDWATCH_LOG") or "WARNING").upper()
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("fundwatch").setLevel(chosen)
    quiet()


def quiet() -> None:
    """Lets the libraries report errors only."""
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
