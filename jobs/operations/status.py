"""Everything an office needs to know, gathered now from its homes, landing folders, disks and services."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jobs.operations import services
from jobs.operations.area import gather as gather_area
from jobs.operations.area import moment
from jobs.operations.facts import AreaFacts, Disk, Facts
from jobs.operations.manifest import newest
from jobs.runtime.log import get_logger
from jobs.runtime.storage import Home

log = get_logger("operations")
AREA = "[0-9][0-9][0-9][0-9][0-9][0-9]"


@dataclass(frozen=True)
class Watched:
    """What is watched: the folder of homes, the landing zone and the folder of backups, where there is one."""

    homes: Path
    landing: Path | None = None
    backups: Path | None = None


def gather(watched: Watched, now: datetime, environ: Mapping[str, str] | None = None) -> Facts:
    """Facts of all areas that have a home or a landing folder. Nothing raises: what does not answer is told as such."""
    env = os.environ if environ is None else environ
    up, workers = services.ask(env)
    backup = newest(watched.backups) if watched.backups else None
    return Facts(
        now=now,
        areas=tuple(_areas(watched)),
        disks=tuple(_disks(watched)),
        services=up,
        workers=workers,
        champions=services.champions(env),
        backup=moment(backup) if backup else None,
        backups_watched=watched.backups is not None,
    )


def _areas(watched: Watched) -> list[AreaFacts]:
    folders = [*watched.homes.glob(AREA), *(watched.landing.glob(AREA) if watched.landing else ())]
    return [_area(watched, name) for name in sorted({folder.name for folder in folders if folder.is_dir()})]


def _area(watched: Watched, name: str) -> AreaFacts:
    try:
        return gather_area(name, Home(watched.homes / name), watched.landing / name if watched.landing else None)
    except Exception as fault:  # one broken home must not hide the others
        log.warning("area %s cannot be read: %s", name, type(fault).__name__)
        return AreaFacts(name, faults=(f"home ({type(fault).__name__})",))


def _disks(watched: Watched) -> list[Disk]:
    places = {"homes": watched.homes, "landing": watched.landing, "backups": watched.backups}
    told = {name: shutil.disk_usage(path) for name, path in places.items() if path and path.is_dir()}
    return [Disk(name, usage.free, usage.total) for name, usage in told.items()]
