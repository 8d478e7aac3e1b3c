"""The register of all tables: those of the landing contract and those the house derives from them.

Why: one place to ask "what is `purc_d`" or "which tables does the `features` layer hold".
"""

from jobs.catalogue import (
    case_tables,
    claims,
    clinical,
    cohort_tables,
    derived_tables,
    feature_tables,
    model_tables,
    outcomes,
    provider_tables,
    registers,
    stock,
)
from jobs.catalogue.model import Table

LAYERS = ("raw", "quarantine", "validated", "features", "scores", "cases", "inspections", "labels")
AREAS = (
    "imaging",
    "laboratory",
    "rehabilitation",
    "pharmacy",
    "dialysis",
    "cardiology",
    "orthopaedics",
    "inpatient",
    "drg_dip",
    "cross_region",
    "consumables",
    "outpatient",
)

_MODULES = (claims, clinical, registers, stock, outcomes)
TABLES: dict[str, Table] = {
    value.name: value for module in _MODULES for value in vars(module).values() if isinstance(value, Table)
}
DERIVED: dict[tuple[str, str], Table] = {
    (value.layer, value.name): value
    for module in (derived_tables, feature_tables, provider_tables, case_tables, cohort_tables, model_tables)
    for value in vars(module).values()
    if isinstance(value, Table)
}


def contract_tables() -> tuple[Table, ...]:
    """The tables a pooling area hands over, required ones first."""
    return tuple(sorted(TABLES.values(), key=lambda table: not table.required))


def table(name: str) -> Table:
    """The contract table called `name`; KeyError lists what there is."""
    if name not in TABLES:
        raise KeyError(f"no contract table {name}; there are {', '.join(sorted(TABLES))}")
    return TABLES[name]


def derived(layer: str, name: str) -> Table:
    """The derived table `layer`.`name`; KeyError lists what the layer holds."""
    if (layer, name) not in DERIVED:
        known = ", ".join(sorted(n for held, n in DERIVED if held == layer))
        raise KeyError(f"no table {layer}.{name}; {layer} holds {known or 'nothing'}")
    return DERIVED[layer, name]
