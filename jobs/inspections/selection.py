"""inspections/selection: how the list of a period chose, and the chance it gave every clue.

Reads: cases/case_list of the period.
Grain: one listed clue, institution and area.
Why: a label can only be weighed when the chance of its inspection was written down while the list was made.
"""

from __future__ import annotations

from jobs.runtime.period import Period
from jobs.runtime.small import read_small, write_small
from jobs.runtime.storage import Home
from models import exploration

CASE = ["case_id", "fixmedins_code", "area", "rank", "verdict_hint", "selected_by"]


def write(home: Home, period: Period, capacity: int) -> int:
    """Writes the table of the period from its list; returns how many places went to chance."""
    listed = read_small(home, "cases", "case_list", period.folder, CASE)
    if listed is None or listed.empty:
        return 0
    drawn = exploration.draw(listed, capacity)
    whole = drawn.merge(listed[["case_id", "fixmedins_code", "area"]], on="case_id", validate="one_to_one")
    write_small(whole, home, "inspections", "selection", period.folder)
    return int((drawn["selected_by"] == exploration.RANDOM).sum())
