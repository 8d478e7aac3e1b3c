"""What one run was asked to do. Time is in here as text; nothing below reads the clock.

Why: the command line, a scheduler and a test all hand over the same small record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jobs.runtime.period import Period
from jobs.runtime.storage import Home

Notify = Callable[[str, str], None]  # (step, event): "start", "done", or a short fact in words


def silent(_step: str, _event: str) -> None:
    """The listener of those who do not listen."""


@dataclass(frozen=True)
class RunRequest:
    """One run: which landing zone into which home, for which whole months, read through which mapping."""

    home: Home
    period: Period
    started: str
    landing: Path | None = None
    mapping: str = "national"
    engine: str = "auto"
    salt_file: Path | None = None
    capacity: int | None = None
    draft: bool = False  # the run is kept, runs/latest stays as it was until somebody releases it

    @property
    def run_id(self) -> str:
        """Name of the run: its period and the moment it was started."""
        return f"{self.period.folder}-{self.started.replace('-', '').replace(':', '')}"

    @property
    def salt(self) -> Path:
        """Where the key of the pseudonyms lies."""
        return self.salt_file or self.home.root / "pseudonym.salt"
