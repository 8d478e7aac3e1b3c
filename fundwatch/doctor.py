"""`fundwatch doctor`: can this machine run the chain, and if not, what to do about it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sqlite3
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from jobs.runtime.engine import open_engine
from jobs.runtime.errors import FundwatchError
from jobs.runtime.java import SUPPORTED, find_java
from jobs.runtime.settings import read_settings, total_memory

GIB = 1 << 30
MEMORY_NEEDED = 4 * 1024  # MiB; local Spark with its Python workers on a small area
DISK_NEEDED = 5  # GiB; raw + validated + features of a few million lines


@dataclass(frozen=True)
class Finding:
    """One check: is it well, what was seen, what to do if not."""

    check: str
    well: bool
    seen: str
    then: str = ""


@click.command()
@click.option(
    "--home", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Where the home folder will be."
)
@click.option("--engine", default="auto", show_default=True, help="Engine to try.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def doctor(home: Path, engine: str, as_json: bool) -> int:
    """Checks Python, Java, memory, disk, engine, database and model registry of this machine.

    Example: fundwatch doctor --engine spark
    """
    findings = [check_python(), check_java(), check_memory(), check_disk(home), check_engine(engine), check_database()]
    findings.append(check_registry())
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            mark = click.style("✓", fg="green") if finding.well else click.style("✗", fg="red")
            click.echo(f"{mark} {finding.check:<10} {finding.seen}" + (f"\n  → {finding.then}" if finding.then else ""))
    faults = sum(not finding.well for finding in findings)
    if not as_json:
        click.echo("this machine is ready" if not faults else f"{faults} of {len(findings)} checks need attention")
    return 10 if faults else 0


def check_python() -> Finding:
    """Python 3.11 is what the lock file is made for."""
    well = sys.version_info[:2] == (3, 11)
    return Finding(
        "python", well, platform.python_version(), "" if well else "Use Python 3.11: `make setup` builds .venv with it."
    )


def check_java() -> Finding:
    """A Java that Spark runs on."""
    found = find_java()
    if found:
        return Finding("java", True, f"{found[1]} at {found[0]}")
    wanted = " or ".join(str(version) for version in SUPPORTED)
    return Finding(
        "java",
        False,
        "none that fits",
        f"Install Java {wanted} (Debian/Ubuntu: apt-get install openjdk-17-jre-headless).",
    )


def check_memory() -> Finding:
    """Memory of the machine."""
    well = total_memory() >= MEMORY_NEEDED
    then = (
        ""
        if well
        else f"At least {MEMORY_NEEDED // 1024} GiB are needed for local Spark; use --engine sail or a cluster."
    )
    return Finding("memory", well, f"{total_memory() / 1024:.1f} GiB", then)


def check_disk(home: Path) -> Finding:
    """Room where the home folder will be."""
    place = next(folder for folder in [home.resolve(), *home.resolve().parents] if folder.exists())
    free = shutil.disk_usage(place).free / GIB
    well = free >= DISK_NEEDED and os.access(place, os.W_OK)
    then = "" if well else f"Make {DISK_NEEDED} GiB free in a folder you may write, or choose another --home."
    return Finding("disk", well, f"{free:.0f} GiB free in {place.name or place}", then)


def check_engine(name: str) -> Finding:
    """Opens the engine and counts to ten on it."""
    try:
        engine = open_engine(name, read_settings())
        counted = engine.spark.range(10).count()
        engine.close()
    except FundwatchError as fault:
        return Finding("engine", False, f"{name}: {fault.wrong}", fault.then)
    return Finding("engine", counted == 10, f"{engine.name} answers")


def check_database() -> Finding:
    """The embedded database."""
    return Finding("database", True, f"SQLite {sqlite3.sqlite_version} (embedded)")


def check_registry() -> Finding:
    """The model registry: rules and indicators need none; it matters once models are trained."""
    try:
        import mlflow
    except ImportError:
        return Finding("registry", True, "not installed; rules and indicators run without it")
    return Finding("registry", True, f"MLflow {mlflow.__version__}")
