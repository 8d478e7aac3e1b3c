"""Where the registry is, and which model decides: opened here, for training, for the command line and for the chain.

Reads: FUNDWATCH_REGISTRY (a tracking address, PostgreSQL in the stack), else HOME/mlflow/mlflow.db.
Why: a home in which nothing was ever trained has no registry, opens none and needs none of its libraries. A server is
shared by all pooling areas of an office; the model of each carries the name of its home.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jobs.runtime.errors import ContractError, InputError, TemporaryFault
from jobs.runtime.storage import Home

if TYPE_CHECKING:
    from models.artefact import Bundle
    from models.registry import Registry

ADDRESS = "FUNDWATCH_REGISTRY"


def open_registry(home: Home, create: bool = False) -> Registry | None:
    """The registry of the home, None when it has none and `create` is False.

    Raises ContractError without MLflow, TemporaryFault when a tracking server does not answer.
    """
    address, folder = os.environ.get(ADDRESS), home.root / "mlflow"
    database = folder / "mlflow.db"
    if not address and not database.exists() and not create:
        return None
    try:
        from models.registry import NAME, Registry, RegistryAway
    except ImportError as missing:
        raise ContractError(
            "opening the model registry", "MLflow is not installed.", "Run `make setup`, then try again."
        ) from missing
    if address:
        try:
            return Registry(address, None, f"{NAME}-{home.root.resolve().name}")
        except RegistryAway as away:
            raise TemporaryFault("opening the model registry", f"{away}.", "Start it, then try again.") from away
    folder.mkdir(parents=True, exist_ok=True)
    return Registry(f"sqlite:///{database}", folder / "artefacts")


def the_registry(home: Home) -> Registry:
    """The registry, which must be there. Raises InputError."""
    registry = open_registry(home)
    if registry is None:
        raise InputError("opening the model registry", "no model was trained in this home.", "Run `fundwatch train`.")
    return registry


def behind(registry: Registry, alias: str) -> tuple[int, Bundle] | None:
    """Number and model behind an alias; None without one. Raises ContractError as `checked` does."""
    version = registry.version(alias)
    return None if version is None else (version, checked(registry, version))


def checked(registry: Registry, version: int) -> Bundle:
    """The model of a version. Raises ContractError when its file is not the registered one, InputError without it."""
    from models.artefact import BrokenArtefact
    from models.registry import NoSuchModel

    try:
        return registry.load(version)
    except BrokenArtefact as broken:
        raise ContractError(
            f"loading model version {version}", f"{broken}.", "Roll back, or train again; do not use this file."
        ) from broken
    except NoSuchModel as none:
        raise InputError(f"loading model version {version}", f"{none}.", "See `fundwatch models list`.") from none
