"""The states of a label, and the words that mean them.

Why: named here, without a learning library, because whoever enters verdicts needs them and nothing else.
"""

UNREVIEWED, CONFIRMED = "unreviewed", "confirmed"
REVIEWED = (CONFIRMED, "legitimate", "data_fault", "unprovable")
STATES = (UNREVIEWED, *REVIEWED)
# Verdicts of inspections (contract) and states analysts enter; an unknown word teaches nothing.
OF_VERDICT = {
    "fraud": "confirmed", "violation": "confirmed", "compliant": "legitimate", "data_quality": "data_fault",
    **{state: state for state in STATES},
}  # fmt: skip
# What a state teaches about "an inspection confirms a violation": a data fault is a visit that confirmed none;
# unprovable and unreviewed say nothing either way.
TARGET = {CONFIRMED: 1.0, "legitimate": 0.0, "data_fault": 0.0}
