"""PostgreSQL's tools get the password by their environment; without them or without an address it is said what to do."""

from __future__ import annotations

import os

import pytest

from jobs.operations.database import Database
from jobs.runtime.errors import ContractError, InputError, TemporaryFault

ADDRESS = "postgresql+psycopg://airflow:s%3Acret@db.example:5433/flow\n"


@pytest.fixture
def database(tmp_path):
    (tmp_path / "address").write_text(ADDRESS)
    return Database("airflow", tmp_path / "address")


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """A folder of scripts that stand in for PostgreSQL's tools."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def make(name, script):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "bin" / name).chmod(0o755)

    return make


def test_the_address_becomes_the_tools_environment(database):
    told = database.environment()
    assert {key: told[key] for key in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")} == {
        "PGHOST": "db.example", "PGPORT": "5433", "PGUSER": "airflow", "PGPASSWORD": "s:cret", "PGDATABASE": "flow",
    }  # fmt: skip
    assert "PATH" in told or "PATH" not in os.environ


def test_the_password_stands_in_no_list_of_processes(database, tools, tmp_path):
    tools("pg_dump", f'echo "$@" > {tmp_path}/words; echo "$PGPASSWORD" > {tmp_path}/password')
    database.dump(tmp_path / "out.dump")
    words = (tmp_path / "words").read_text()
    assert "cret" not in words and "--format=custom" in words and "--no-owner" in words
    assert (tmp_path / "password").read_text() == "s:cret\n"


@pytest.mark.parametrize(("tables", "empty"), [("0", True), ("41", False)])
def test_a_database_without_tables_is_empty(database, tools, tables, empty):
    tools("psql", f"echo {tables}")
    assert database.is_empty() is empty


def test_a_database_that_is_down_is_worth_another_try_and_quotes_no_row(database, tools, tmp_path):
    tools("pg_restore", 'echo "pg_restore: error: connection refused" >&2; echo "DETAIL: Key (x)=(person)" >&2; exit 1')
    with pytest.raises(TemporaryFault, match="connection refused") as told:
        database.restore(tmp_path / "x.dump")
    assert "person" not in str(told.value) and told.value.exit_code == 20


def test_a_restore_is_all_or_nothing(database, tools, tmp_path):
    tools("pg_restore", f'echo "$@" > {tmp_path}/words')
    database.restore(tmp_path / "x.dump")
    assert {"--single-transaction", "--exit-on-error"} <= set((tmp_path / "words").read_text().split())


def test_missing_tools_and_addresses_say_what_to_do(database, tools, tmp_path):
    with pytest.raises(ContractError, match="postgresql-client"):
        database.dump(tmp_path / "x")
    with pytest.raises(InputError, match=r"secrets\.sh"):
        Database("mlflow", tmp_path / "none").environment()
    (tmp_path / "other").write_text("sqlite:///x.db")
    with pytest.raises(ContractError, match="holds none"):
        Database("mlflow", tmp_path / "other").environment()
