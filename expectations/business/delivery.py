"""What must hold of any delivery: it arrived, little of it was refused, and nothing was lost or multiplied on the way.

Why: a month that failed to arrive looks exactly like a month without violations. Empty is not the same as missing.
"""

from __future__ import annotations

from expectations.held import CRITICAL, WARNING, Held, Severity, reported

SPAN = ("结束不早于开始", "no interval ends before it begins", "it would cover no day, or be read backwards")
_BILL = "Look into quarantine/<table> for the reasons, have the delivery or its mapping corrected and load it again."
SOFTWARE = (
    "A step of the house wrote it so: this is a fault of the software, not of the delivery. Report it with the run."
)


def arrived() -> tuple[Held, ...]:
    """A required table has rows."""
    return (
        reported(
            "rows",
            "表中有数据",
            "the table has rows",
            "without it nothing can be judged",
            at_least=1,
            then="Hand the table over, or correct the mapping that should find its files.",
        ),
    )


def every_month(severity: Severity = CRITICAL) -> tuple[Held, ...]:
    """Each month of the period has rows."""
    return (
        reported(
            "month_rows",
            "期间内每个月都有数据",
            "every month of the period has rows",
            "an absent month would read as a month without a single clue",
            severity=severity,
            at_least=1,
            then="Hand the month over, or shorten --period to the months that were handed over.",
        ),
    )


def refused_little_each_month() -> tuple[Held, ...]:
    """Of a required table, no single month lost many rows."""
    return (
        reported(
            "month_quarantined_share",
            "拒收行占比低(单月)",
            "few rows were refused (each month)",
            "a fifth of a month missing bends every monthly series at that month",
            at_most=0.20,
            then=_BILL,
        ),
    )


def refused_little() -> tuple[Held, ...]:
    """Of a required table, few rows were refused; repeated rows are told apart, they lose nothing."""
    return (
        reported(
            "quarantined_share",
            "拒收行占比低(全期)",
            "few rows were refused (whole period)",
            "above one row in twenty, rates and peers are computed on a selection nobody chose",
            at_most=0.05,
            then=_BILL,
        ),
        *refused_hardly_any(),
    )


def refused_hardly_any() -> tuple[Held, ...]:
    """Warnings about refusals, for every table."""
    why = "an ordinary extract stays well below one in a hundred; more points at one cause worth finding"
    return (
        reported(
            "quarantined_share",
            "拒收行占比低(提示)",
            "hardly any row was refused",
            why,
            WARNING,
            at_most=0.01,
            then=_BILL,
        ),
        reported(
            "duplicate_share",
            "重复行占比低",
            "hardly any row was handed over twice",
            "repeats are removed without loss; many of them mean that a file was delivered twice",
            WARNING,
            at_most=0.01,
            then="Ask the area which delivery is the valid one; the first of each key was kept.",
        ),
    )


def conserved() -> tuple[Held, ...]:
    """Rows in = accepted + refused, and the table holds no row that was never accepted."""
    return (
        reported(
            "unaccounted_rows",
            "收入行=接收行+拒收行",
            "rows in = accepted + refused",
            "every row that came in must be found again, with its reason",
            at_most=0,
            then=SOFTWARE,
        ),
        reported(
            "rows_above_report",
            "行数不超过接收行数",
            "no more rows than were accepted",
            "a join whose right side repeats multiplies lines, and with them every amount",
            at_most=0,
            then=SOFTWARE,
        ),
    )


def required_table() -> tuple[Held, ...]:
    """Everything above that holds for a required table without months."""
    return (*arrived(), *refused_little(), *conserved())


def optional_table() -> tuple[Held, ...]:
    """Everything above that holds for a table an area may leave out: refusals are told, never a stop."""
    return (*refused_hardly_any(), *conserved())
