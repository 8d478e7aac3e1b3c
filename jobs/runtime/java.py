"""Finds a Java that Spark runs on, also when the one on the PATH is another version.

Why: Spark 4.1 needs Java 17 or 21; a machine with a newer default would fail in the middle of start-up.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

SUPPORTED = (17, 21)
PLACES = ("/usr/lib/jvm/*17*", "/usr/lib/jvm/*21*", "/Library/Java/JavaVirtualMachines/*17*/Contents/Home")


def java_version(java: str) -> int | None:
    """Major version a java program prints of itself; None when it does not run."""
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False).stderr  # noqa: S603
    except OSError:
        return None
    found = re.search(r'version "(\d+)', told)
    return int(found.group(1)) if found else None


def find_java() -> tuple[str, int] | None:
    """Path and major version of a Java that fits: JAVA_HOME, the PATH, the usual places; None when there is none."""
    for java in _candidates():
        version = java_version(java)
        if version in SUPPORTED:
            return java, version
    return None


def point_spark_to_java() -> None:
    """Sets JAVA_HOME when the default Java does not fit but another does."""
    found = find_java()
    if found:
        os.environ["JAVA_HOME"] = str(Path(found[0]).resolve().parent.parent)


def _candidates() -> list[str]:
    home = os.environ.get("JAVA_HOME")
    first = [str(Path(home) / "bin" / "java")] if home else []
    on_path = shutil.which("java")
    usual = [str(java) for place in PLACES for java in Path("/").glob(place.lstrip("/") + "/bin/java")]
    return [*first, *([on_path] if on_path else []), *sorted(usual)]
