"""Groups and flows: who acts together, and where persons, boxes and money move in company. One module per kind.

Why: a kind here is run like a rule kind (`evaluate`, `exposure`, `gaps`: same evidence, same findings, same amounts)
and besides draws what it saw: `groups` gives the nodes and edges of every cohort.
"""

from __future__ import annotations

COHORTS: dict[str, str] = {
    "ghost_stays": "models.cohorts.ghost_stays",
    "inbound_alike": "models.cohorts.inbound_alike",
    "inbound_flow": "models.cohorts.inbound_flow",
    "resale_ring": "models.cohorts.resale_ring",
    "swiping_group": "models.cohorts.swiping_group",
    "trace_flow": "models.cohorts.trace_flow",
}
