"""Dumps and restores PostgreSQL databases with PostgreSQL's own tools.

Reads: files holding an address, `postgresql+psycopg://ROLE:PASSWORD@HOST:PORT/DATABASE`.
Why: pg_dump reads one moment of a database that goes on working. The password reaches the tool by its environment, so
that it stands in no list of processes and in no message.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jobs.runtime.errors import ContractError, InputError, TemporaryFault

FORMAT = ["--format=custom", "--no-owner", "--no-privileges"]
TABLES = "select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"


@dataclass(frozen=True)
class Database:
    """A database by the name it has in a backup; `place` holds its address."""

    name: str
    place: Path

    def environment(self) -> dict[str, str]:
        """What the tools need to know to reach it. Raises InputError without a readable address."""
        try:
            parts = urlsplit(self.place.read_text(encoding="utf-8").strip())
        except OSError as fault:
            raise InputError(
                f"reading the address of {self.name}", f"{self.place} cannot be read.", "Run deploy/secrets.sh."
            ) from fault
        if not parts.scheme.startswith("postgresql") or not parts.hostname:
            raise ContractError(
                f"reading the address of {self.name}", f"{self.place} holds none.", "Write postgresql://… into it."
            )
        told = {
            "PGHOST": parts.hostname,
            "PGPORT": str(parts.port or 5432),
            "PGUSER": unquote(parts.username or ""),
            "PGPASSWORD": unquote(parts.password or ""),
            "PGDATABASE": parts.path.lstrip("/"),
        }
        return {**os.environ, **told, "PGCONNECT_TIMEOUT": "15"}

    def dump(self, file: Path) -> None:
        """Writes the database as it is at this moment."""
        self._run(["pg_dump", *FORMAT, f"--file={file}"], "dumping")

    def is_empty(self) -> bool:
        """True when it holds no table."""
        told = self._run(["psql", "--no-psqlrc", "--tuples-only", "--no-align", f"--command={TABLES}"], "looking at")
        return told.strip() == "0"

    def restore(self, file: Path) -> None:
        """Fills an empty database, all of it or nothing."""
        name = self.environment()["PGDATABASE"]
        words = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", f"--dbname={name}"]
        self._run(["pg_restore", *words, str(file)], "restoring")

    def _run(self, command: list[str], verb: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603 – PostgreSQL's tools, no shell
                command, env=self.environment(), capture_output=True, text=True, check=False
            )
        except FileNotFoundError as missing:
            raise ContractError(
                f"{verb} the database {self.name}", f"{command[0]} is not installed.",
                "Install PostgreSQL's client (Debian/Ubuntu: apt-get install postgresql-client).",
            ) from missing  # fmt: skip
        if done.returncode:
            # Only the first line: what follows quotes rows.
            said = (done.stderr.strip().splitlines() or ["it says nothing"])[0]
            raise TemporaryFault(
                f"{verb} the database {self.name}", f"{command[0]} failed: {said}.", "Is it up? Then try again."
            )
        return done.stdout
