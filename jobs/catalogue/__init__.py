"""What exists: layers, tables, columns, steps and areas. Pure data, standard library only, so that anybody may import it."""

from jobs.catalogue.model import Column, Table
from jobs.catalogue.steps import STEPS, Step, step
from jobs.catalogue.tables import AREAS, DERIVED, LAYERS, TABLES, contract_tables, derived, table

__all__ = [
    "AREAS",
    "DERIVED",
    "LAYERS",
    "STEPS",
    "TABLES",
    "Column",
    "Step",
    "Table",
    "contract_tables",
    "derived",
    "step",
    "table",
]
