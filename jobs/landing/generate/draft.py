"""One shard of the area while it is being written: its visits and lines as columns, and the moves schemes may make.

Grain: `visits` one row per visit or stay, `lines` one row per charged line; both as `Frame`.
Why: schemes only ever choose rows and call these few moves, so each of them stays a handful of lines.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jobs.landing.generate import text
from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.frame import Frame, blank, concat
from jobs.landing.generate.items import items

if TYPE_CHECKING:
    from jobs.landing.generate.cast import Plant
    from jobs.landing.generate.world import World

UNIT = 10_000  # quantities and prices are whole numbers of 1/10 000
OUTPATIENT, EMERGENCY, CHRONIC, INPATIENT, DAY_SURGERY, SHOP = range(6)
MED_TYPE = ("11", "13", "14", "21", "28", "41")
REPORT_OK, REPORT_NONE, REPORT_EMPTY, REPORT_METHOD, REPORT_SPECIMEN, REPORT_LEFT = range(6)
VISIT_SCHEMA: dict[str, tuple[str, float]] = {
    "inst": ("i4", 0), "person": ("i4", 0), "kind": ("i1", 0), "dx": ("i1", 0), "icd": ("i1", 0), "begin": ("i8", 0),
    "end": ("i8", 0),
    "los": ("i4", 0), "doc": ("i4", -1), "dept": ("i1", 0), "cc": ("i1", 0), "claimed_cc": ("i1", -1), "died": ("?",
    0), "open": ("?", 0),
    "settled": ("?", 1), "cashless": ("?", 0), "mark": ("i2", -1), "pinned": ("?", 0), "sentinel": ("?", 0),
    "share": ("f4", 0), "disputed": ("i8", 0),
}  # fmt: skip
LINE_SCHEMA: dict[str, tuple[str, float]] = {
    "visit": ("i4", 0), "item": ("i2", 0), "cnt": ("i4", UNIT), "time": ("i8", 0), "exec": ("i4", -1),
    "report": ("i1", 0),
    "mark": ("i2", -1), "share": ("f4", 0), "unbought": ("?", 0), "trace": ("i8", 0), "split": ("?", 0), "norx": ("?",
    0),
    "markup": ("f4", 1),
}  # fmt: skip


def stream(seed: int, *tags: object) -> np.random.Generator:
    """An independent random stream named by its tags: the same for the same seed, whatever runs before or beside it."""
    return np.random.default_rng([seed, *(zlib.crc32(str(tag).encode()) for tag in tags)])


@dataclass(frozen=True)
class Dose:
    """How strongly a scheme acts at each institution (share of eligible rows) and which plant gets the blame (-1 =
    honest slip).
    """

    rate: np.ndarray
    mark: np.ndarray
    plants: tuple[Plant, ...] = ()

    def hits(self, rng: np.random.Generator, institution: np.ndarray, scale: float = 1.0) -> np.ndarray:
        """A mask of the rows the scheme acts on."""
        return rng.random(len(institution)) < self.rate[institution] * scale

    @property
    def planted(self) -> np.ndarray:
        """The institutions where the scheme is planted."""
        return np.flatnonzero(self.mark >= 0)


@dataclass
class Draft:
    """The working state of a shard."""

    world: World
    shard: int
    visits: Frame
    lines: Frame
    members: np.ndarray
    rng: np.random.Generator = field(default_factory=np.random.default_rng)
    _new: list[Frame] = field(default_factory=list)

    # --- choosing -------------------------------------------------------------------------------------------------
    def lines_with(self, keys: str) -> np.ndarray:
        """Positions of the lines of the given items (short keys separated by spaces)."""
        wanted = np.zeros(len(items()), dtype=bool)
        wanted[items().many(keys)] = True
        return np.flatnonzero(wanted[self.lines["item"]])

    def lines_in(self, *families: str) -> np.ndarray:
        """Positions of the lines of the given item families."""
        return np.flatnonzero(items().in_family(*families)[self.lines["item"]])

    def inst_of(self, rows: np.ndarray) -> np.ndarray:
        """Institutions of lines given by position."""
        return self.visits["inst"][self.lines["visit"][rows]]

    def visits_where(self, *kinds: int) -> np.ndarray:
        """Positions of the visits of the given kinds."""
        return np.flatnonzero(np.isin(self.visits["kind"], kinds))

    def hit_lines(self, dose: Dose, rows: np.ndarray, scale: float = 1.0) -> np.ndarray:
        """Of the lines given by position, those the dose acts on."""
        return rows[dose.hits(self.rng, self.inst_of(rows), scale)]

    def hit_visits(self, dose: Dose, rows: np.ndarray, scale: float = 1.0) -> np.ndarray:
        """Of the visits given by position, those the dose acts on."""
        return rows[dose.hits(self.rng, self.visits["inst"][rows], scale)]

    def day_of(self, times: np.ndarray) -> np.ndarray:
        """Day of the period of a moment."""
        return (times - self.world.calendar.epoch) // DAY

    def per_visit_day(self, rows: np.ndarray) -> np.ndarray:
        """Of the lines given by position, the first of every visit and day."""
        key = self.lines["visit"][rows].astype(np.int64) * 100_000 + self.day_of(self.lines["time"][rows])
        return rows[np.unique(key, return_index=True)[1]]

    # --- naming ---------------------------------------------------------------------------------------------------
    def number(self, rows: np.ndarray, space: int = 0) -> np.ndarray:
        """Numbers unique in the whole area for rows of this shard; negative rows stay -1."""
        return np.where(rows < 0, -1, self.shard * 10**8 + space * 3 * 10**7 + rows.astype(np.int64))

    def person_column(self, visit: np.ndarray) -> pa.Array:
        """Person numbers of visits."""
        return text.person_ids(self.visits["person"][visit], self.visits["sentinel"][visit])

    def has_order(self, lines: Frame) -> np.ndarray:
        """Does the line carry a prescription or order number? Shops: prescription drugs only; hospitals: nearly all."""
        shop = self.world.profile["pharmacy"][self.visits["inst"][lines["visit"]]]
        return np.where(shop, items().rx[lines["item"]] == 1, True) & ~lines["norx"]

    # --- changing -------------------------------------------------------------------------------------------------
    def blame(self, dose: Dose, rows: np.ndarray, share: float | np.ndarray = 1.0) -> None:
        """Book lines to the plant of their institution; `share` of their in-scope amount is disputed."""
        mark = dose.mark[self.inst_of(rows)]
        guilty = rows[mark >= 0]
        self.lines["mark"][guilty] = mark[mark >= 0]
        self.lines["share"][guilty] = share[mark >= 0] if isinstance(share, np.ndarray) else share

    def add(
        self,
        dose: Dose | None,
        visit: np.ndarray,
        keys: str | np.ndarray,
        time: np.ndarray,
        cnt: float | np.ndarray = 1.0,
        share: float = 1.0,
        **columns: Any,
    ) -> None:
        """New lines for visits at moments: every item of `keys` for every visit. They become visible after `flush`."""
        wanted = items().many(keys) if isinstance(keys, str) else keys
        if len(visit) == 0:
            return
        n, k = len(visit), len(wanted)
        new = blank(LINE_SCHEMA, n * k)
        new["visit"], new["item"] = np.repeat(visit, k).astype("i4"), np.tile(wanted, n).astype("i2")
        new["time"] = np.repeat(time, k) + np.tile(np.arange(k) * 45, n)
        new["cnt"] = np.round(np.repeat(np.broadcast_to(cnt, n), k) * UNIT).astype("i4")
        if dose is not None:
            new["mark"] = dose.mark[self.visits["inst"][new["visit"]]].astype("i2")
            new["share"] = np.where(new["mark"] >= 0, share, 0).astype("f4")
        for name, value in columns.items():
            new[name] = np.repeat(np.broadcast_to(value, n), k).astype(new[name].dtype)
        self._new.append(new)

    def add_like(
        self, dose: Dose, rows: np.ndarray, keys: str, cnt: float | np.ndarray = 1.0, share: float = 1.0, **columns: Any
    ) -> None:
        """New lines beside existing ones: same visit, a minute later."""
        self.add(dose, self.lines["visit"][rows], keys, self.lines["time"][rows] + 60, cnt, share, **columns)

    def add_visits(self, new: Frame) -> np.ndarray:
        """Append visits; returns their positions."""
        start = len(self.visits)
        self.visits = concat([self.visits, new])
        return np.arange(start, start + len(new))

    def flush(self) -> None:
        """Take the added lines in."""
        if self._new:
            self.lines = concat([self.lines, *self._new])
            self._new = []

    def drop_visits(self, rows: np.ndarray) -> None:
        """Remove visits and their lines."""
        self.flush()
        gone = np.zeros(len(self.visits), dtype=bool)
        gone[rows] = True
        self.lines = self.lines.take(~gone[self.lines["visit"]])
        position = np.cumsum(~gone) - 1
        self.lines["visit"] = position[self.lines["visit"]].astype("i4")
        self.visits = self.visits.take(~gone)


def new_visits(n: int, **columns: Any) -> Frame:
    """`n` visits with the given columns, the others at their defaults."""
    frame = blank(VISIT_SCHEMA, n)
    for name, value in columns.items():
        frame[name] = np.broadcast_to(value, n).astype(frame[name].dtype)
    return frame
