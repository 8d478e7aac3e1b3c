"""What each step must find in this version's layout before it reads, and what it has written in it afterwards.

Why: which months a step reads is known to the chain and not to the file the layouts are kept in.
"""

from __future__ import annotations

from jobs.features.step import LOOK_AHEAD, LOOK_BACK
from jobs.orchestration.request import RunRequest
from jobs.orchestration.version import code_version
from jobs.runtime import layout
from jobs.runtime.period import Period, shift


def readable(step: str, request: RunRequest) -> None:
    """Raises ContractError naming `fundwatch upgrade` when the step would read months of another layout.

    Features and scores look at every validated month; features also at the visits of the months around.
    """
    home, period = request.home, request.period
    names = {*period.months, period.folder}
    what = f"step {step} in {home.root}"
    if step in ("expectations", "features", "scores"):
        layout.require(home, what, "validated", None if step != "expectations" else names)
    if step == "features":
        seen = {place.name.removeprefix("month=") for place in home.table("features", "visit").glob("month=*")}
        layout.require(home, what, "features", _around(period) & seen)
    if step in ("scores", "cases"):
        layout.require(home, what, "features", names)
    if step == "cases":
        layout.require(home, what, "scores", names)


def _around(period: Period) -> set[str]:
    """Months whose visits the features of a period look at, without its own."""
    return {shift(period.begin, -back) for back in range(1, LOOK_BACK + 1)} | {
        shift(period.end, ahead) for ahead in range(1, LOOK_AHEAD + 1)
    }


def mark(step: str, request: RunRequest) -> None:
    """Notes the layout of the months the step has just written."""
    period = request.period
    names = {
        "raw": period.months,
        "validated": period.months,
        "features": [*period.months, period.folder],
        "scores": [period.folder],
    }
    if step in names:
        layout.mark(request.home, step, names[step], code_version())
