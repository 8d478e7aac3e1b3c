"""What an office needs to know of its areas, as plain values: gathered once, told as metrics and as a page.

Grain: one AreaFacts per pooling area, one Facts for the whole office.
Why: counts of institutions, rows and detectors only. Nothing here names an institution or a person, because whoever
watches machines need not see clues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Run:
    """A complete run. `finished` in UTC; `champion` is the version of the model it was scored with, None = none."""

    run_id: str
    period: str
    finished: datetime
    engine: str = ""
    code_version: str = ""
    knowledge_version: str = ""
    champion: int | None = None


@dataclass(frozen=True)
class Rows:
    """Rows of a run over all tables: `rows_in` = accepted + sum of quarantined (reason -> rows)."""

    rows_in: int = 0
    accepted: int = 0
    quarantined: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """The last attempt of a step. `outcome`: done or the kind of fault; `seconds` is how long it took."""

    period: str
    finished: datetime
    seconds: float
    outcome: str
    exit_code: int


@dataclass(frozen=True)
class AreaFacts:
    """One pooling area.

    `cases`: (clinical area, verdict_hint) -> institutions, small cells folded; `unjudged`: reason -> detectors that
    could judge nobody; `waiting`: sealed months no run has seen yet -> when they were sealed; `incomplete`: months
    still being copied -> when the last file came; `drafts`: runs nobody has released; `outdated`: layers of another
    version; `faults`: files of the home that cannot be read.
    """

    area: str
    latest: Run | None = None
    rows: Rows = Rows()
    cases: Mapping[tuple[str, str], int] = field(default_factory=dict)
    detectors: int = 0
    unjudged: Mapping[str, int] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)
    waiting: Mapping[str, datetime] = field(default_factory=dict)
    incomplete: Mapping[str, datetime] = field(default_factory=dict)
    drafts: tuple[Run, ...] = ()
    outdated: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Disk:
    """Bytes of the disk a folder lies on."""

    place: str
    free: int
    total: int


@dataclass(frozen=True)
class Facts:
    """The whole office at `now` (UTC). `services`: name -> answers; `workers`: Spark workers alive, None = not asked.

    `champions`: model -> version, as the registry names them; `backup`: when the newest backup was finished.
    """

    now: datetime
    areas: tuple[AreaFacts, ...] = ()
    disks: tuple[Disk, ...] = ()
    services: Mapping[str, bool] = field(default_factory=dict)
    workers: int | None = None
    champions: Mapping[str, int] = field(default_factory=dict)
    backup: datetime | None = None
    backups_watched: bool = False
