"""Which services of the stack answer, how many Spark workers are alive, which models the registry names champions.

Reads: FUNDWATCH_SERVICES, `NAME ADDRESS` separated by `;`, and FUNDWATCH_REGISTRY; both may be absent.
Why: each is asked what its own health check is asked; an answer that does not come is a fact, never an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.request import urlopen

from jobs.runtime.log import get_logger

log = get_logger("operations")
SECONDS = 4
SERVICES, REGISTRY = "FUNDWATCH_SERVICES", "FUNDWATCH_REGISTRY"


def ask(environ: Mapping[str, str]) -> tuple[dict[str, bool], int | None]:
    """Service -> answers and is well; Spark workers alive, None when no Spark master was asked or answered."""
    up: dict[str, bool] = {}
    workers = None
    for entry in filter(None, (part.strip() for part in environ.get(SERVICES, "").split(";"))):
        name, address = entry.split(maxsplit=1)
        told = answer(address)
        up[name] = told is not None
        parts = told if isinstance(told, dict) else {}
        if "aliveworkers" in parts:
            workers = int(parts["aliveworkers"])
        for part, state in parts.items():  # Airflow's answer tells of its parts; a part nobody started has no status
            if isinstance(state, dict) and state.get("status"):
                up[f"{name}/{part}"] = state["status"] == "healthy"
    return up, workers


def champions(environ: Mapping[str, str]) -> dict[str, int]:
    """Model -> version the registry names its champion; empty without one or when the registry does not answer."""
    address = environ.get(REGISTRY, "")
    told = answer(f"{address}/api/2.0/mlflow/registered-models/search?max_results=100") if address else None
    found = {}
    for model in told.get("registered_models", ()) if isinstance(told, dict) else ():
        for alias in model.get("aliases", ()):
            if model["name"].startswith("fundwatch") and alias["alias"] == "champion":
                found[model["name"]] = int(alias["version"])
    return found


def answer(address: str) -> Any:
    """What an address answers: its JSON, else its text; None when it does not answer well."""
    if not address.startswith(("http://", "https://")):
        return None
    try:
        with urlopen(address, timeout=SECONDS) as held:  # noqa: S310 – the scheme was checked
            text = held.read().decode("utf-8", errors="replace")
    except (OSError, ValueError) as fault:
        log.info("no answer: %s", type(fault).__name__)
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
