"""What an indicator is and how its declaration is read; a misspelt key or a threshold without a reason stops the load.

Grain: one detector per entry of models/detectors/<area>.yaml; thresholds it does not name come from defaults.yaml.
Why: an indicator is data – two columns, a statistic from a closed list, and thresholds with their reasons – so that a
supervisor can read what is compared with what, and nobody needs to read code for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame

from knowledge.documents import read_yaml
from models.rules.cards import AREA_PREFIX

Keep = Callable[[str, DataFrame], DataFrame]

FOLDER = Path(__file__).parent
DEFAULTS = "defaults.yaml"
# ratio: sum over sum (a mean, a share, a concentration) · level: sum per active month · capacity: sum per unit of a
# registered capacity and month · growth: later half over earlier half · deviation: spread of a logged amount.
STATISTICS = ("ratio", "level", "capacity", "growth", "deviation")
SCALES = ("log", "sqrt", "plain")
DIRECTIONS = ("high", "low")
FORMATS = ("number", "percent", "yuan")
THRESHOLDS = (
    "z", "fence", "ratio", "difference", "min_volume", "min_months", "persistence", "min_excess", "min_excess_share",
    "floor", "noise",
)  # fmt: skip


def as_it_is(name: str, frame: DataFrame) -> DataFrame:  # noqa: ARG001 – the name is for keepers that write
    """Keeps nothing: every use computes the frame again."""
    return frame


@dataclass(frozen=True)
class Beside:
    """A second ratio that must stand out together with the indicator: beyond the peers' quartile on `direction`'s side,
    and at least `ratio` times away from their median. `num`, `den` name columns of features/provider_month.
    """

    title_zh: str
    title_en: str
    num: tuple[str, ...]
    den: tuple[str, ...]
    direction: str
    ratio: float
    why: str


@dataclass(frozen=True)
class Detector:
    """One indicator. `num`, `den`, `volume`, `amount`, `requires` name columns of features/provider_month, summed.

    `amount` is the in-scope money the numerator stands for (yuan); `capacity` a column of the register; `kinds` the
    fixmedins_type it applies to; `only_without` register columns that, where known, make it superfluous.
    """

    detector_id: str
    area: str
    title_zh: str
    title_en: str
    version: str
    statistic: str
    num: tuple[str, ...]
    den: tuple[str, ...] = ()
    square: str | None = None
    volume: tuple[str, ...] = ()
    amount: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    capacity: str | None = None
    scale: str = "log"
    direction: str = "high"
    format: str = "number"
    unit_zh: str = ""
    unit_en: str = ""
    kinds: tuple[str, ...] = ("1",)
    ladder: str = "indicator"
    only_without: tuple[str, ...] = ()
    max_strength: int = 4
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)
    benign: tuple[str, ...] = ()
    beside: Beside | None = None
    blind_spots_zh: str = ""
    blind_spots_en: str = ""
    how_to_check_zh: str = ""
    how_to_check_en: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of provider_month it reads."""
        named = (*self.num, *self.den, *self.volume, *self.amount, *self.requires)
        second = (*self.beside.num, *self.beside.den) if self.beside else ()
        return tuple(dict.fromkeys((*named, *((self.square,) if self.square else ()), *second)))


_TUPLES = ("num", "den", "volume", "amount", "requires", "kinds", "only_without", "benign")
_ALLOWED = {entry.name for entry in fields(Detector)} - {"detector_id", "area", "why"} | {"id"}
_REQUIRED = {"id", "title_zh", "title_en", "version", "statistic", "num"}


@cache
def load_detectors(folder: Path = FOLDER) -> tuple[Detector, ...]:
    """All indicators, sorted by id. Raises ValueError naming file and detector on anything that breaks the form."""
    defaults = read_thresholds(load_defaults(folder)["thresholds"], DEFAULTS)
    found: list[Detector] = []
    for path in sorted(folder.glob("*.yaml")):
        content = read_yaml(path)
        found += [read_detector(raw, path.name, content["area"], defaults) for raw in content.get("detectors") or []]
    ids = [detector.detector_id for detector in found]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"detector ids stand twice: {twice}")
    return tuple(sorted(found, key=lambda detector: detector.detector_id))


@cache
def load_defaults(folder: Path = FOLDER) -> Mapping[str, Any]:
    """The document defaults.yaml: thresholds by scale, strength levels, judgement of rules."""
    return read_yaml(folder / DEFAULTS)


def read_detector(
    raw: Mapping[str, Any], file: str, area: str, defaults: Mapping[str, Mapping[str, tuple[float, str]]]
) -> Detector:
    """One entry as a Detector, its thresholds completed by the defaults of its scale. ValueError on a wrong key."""
    name = f"{file}:{raw.get('id', '?')}"
    unknown, missing = set(raw) - _ALLOWED, _REQUIRED - set(raw)
    if unknown or missing or not str(raw.get("id", "")).startswith(f"{AREA_PREFIX[area]}-"):
        raise ValueError(f"{name}: unknown keys {sorted(unknown)}, missing {sorted(missing)}, or an id of another area")
    scale = raw.get("scale", "log")
    own = read_thresholds({scale: raw.get("thresholds") or {}}, name).get(scale, {})
    merged = {**defaults.get("all", {}), **defaults.get(scale, {}), **own}
    taken = {key: raw[key] for key in raw if key not in {"id", "thresholds", "needs", "beside"}}
    for key in _TUPLES:
        if key in taken:
            taken[key] = _tuple(taken[key])
    taken["version"] = str(taken["version"])
    detector = Detector(
        detector_id=str(raw["id"]),
        area=area,
        beside=_beside(raw["beside"], name) if "beside" in raw else None,
        needs={table: tuple(columns) for table, columns in (raw.get("needs") or {}).items()},
        thresholds={key: value for key, (value, _) in merged.items()},
        why={key: reason for key, (_, reason) in merged.items()},
        **taken,
    )
    _check(detector, name)
    return detector


def read_thresholds(raw: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, dict[str, tuple[float, str]]]:
    """Thresholds by scale as (value, reason). ValueError on an unknown threshold or one without a reason."""
    found: dict[str, dict[str, tuple[float, str]]] = {}
    for scale, entries in raw.items():
        for key, entry in entries.items():
            if key not in THRESHOLDS or not isinstance(entry, Mapping) or not str(entry.get("why", "")).strip():
                raise ValueError(f"{name}: threshold {key} must be one of {THRESHOLDS}, {{value: …, why: …}}")
            found.setdefault(scale, {})[key] = (float(entry["value"]), str(entry["why"]))
    return found


def _check(detector: Detector, name: str) -> None:
    chosen = (
        (detector.statistic, STATISTICS), (detector.scale, SCALES), (detector.direction, DIRECTIONS),
        (detector.format, FORMATS), (detector.ladder, ("indicator", "sizeless", "level")),
    )  # fmt: skip
    wrong = [value for value, allowed in chosen if value not in allowed]
    bare = (detector.statistic in ("ratio", "deviation") and not detector.den) or (
        detector.statistic == "capacity" and not detector.capacity
    )
    lacking = [key for key in THRESHOLDS if key not in detector.thresholds]
    if wrong or bare or lacking:
        raise ValueError(f"{name}: not allowed {wrong}; without denominator: {bare}; thresholds missing {lacking}")


def _beside(raw: Mapping[str, Any], name: str) -> Beside:
    wanted = {entry.name for entry in fields(Beside)}
    bad = set(raw) != wanted or raw["direction"] not in DIRECTIONS or not str(raw["why"]).strip()
    if bad:
        raise ValueError(f"{name}: beside must give {sorted(wanted)}, a direction of {DIRECTIONS} and a reason")
    lists = {key: _tuple(raw[key]) for key in ("num", "den")}
    return Beside(**{**raw, **lists, "ratio": float(raw["ratio"])})


def _tuple(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(entry) for entry in value)
