"""Backup and restore of a whole office, and its page, on real services: the commands are those of the compose file.

A month is run into a home, a model is champion in the registry, the timetable's database holds a run and a variable.
The data go to one place, the keys to another; a second, empty office is made of both and must know the same.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from urllib.request import urlopen

import pyarrow.parquet as pq
import pytest

from tests.stack.native import ROOT, Stack, may_start

AREA, MONTH = "320300", "2023-01"
pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(not may_start(), reason="PostgreSQL is missing: apt-get install postgresql"),
]


def product(stack, service, *words):
    """Runs the product with the environment of a service; what it printed."""
    command = [sys.executable, "-m", "fundwatch.main", *words]
    done = subprocess.run(command, env=stack.environment(service), cwd=stack.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def airflow(stack, *words):
    done = subprocess.run(
        ["airflow", *words], env=stack.environment("airflow-scheduler"), cwd=stack.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


def started(stack):
    """The database with its tables and the registry's server, as `docker compose up` brings them up."""
    stack.postgres()
    stack.finish("airflow-migrate")
    stack.finish("mlflow-migrate")
    stack.start("mlflow")
    stack.healthy("mlflow")


def registry(stack):
    from models.registry import Registry

    return Registry(stack.native("http://mlflow:5000"), None)


def champion(stack):
    found = registry(stack)
    version = found.version("champion")
    return version, found.text(version, "model.json"), found.decisions()


def timetable(stack):
    """What the timetable's database knows: runs, and a variable that only the right Fernet key opens."""
    told = airflow(stack, "dags", "list-runs", "score_month", "--output", "json")
    runs = json.loads(re.findall(r"^\[\s*\{.*\]$", told, re.S | re.M)[0])  # its log lines come before
    return sorted((run["run_id"], run["state"]) for run in runs), variable(stack)


def variable(stack):
    return airflow(stack, "variables", "get", "seen").strip().splitlines()[-1]


def listed(stack):
    return pq.read_table(stack.root / "data" / "homes" / AREA / "runs" / "latest" / "case_list.parquet")


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    from jobs.landing.generate import generate
    from jobs.orchestration.arrival import seal

    made = Stack(tmp_path_factory.mktemp("office"))
    folder = made.root / "data" / "landing" / AREA / MONTH
    generate(folder, lines=3_000, period=(MONTH, MONTH), seed=11, fmt="parquet", workers=1)
    seal(folder)
    try:
        started(made)
        home, key = made.root / "data" / "homes" / AREA, made.root / "data" / "keys" / "pseudonym.salt"
        words = ("--home", str(home), "--period", MONTH, "--salt-file", str(key), "--engine", "sail")
        product(made, "backup", "run", "--landing", str(folder), *words)
        held = registry(made)
        version = held.add(
            {"model.json": '{"weights": [1.5]}'}, {"pr_auc": 0.5}, {"labels": "12"}, "2026-01-05T08:00:00"
        )
        held.promote(version, {"by": "Li Na", "when": "2026-01-05T09:00:00"})
        airflow(made, "dags", "reserialize")
        airflow(
            made,
            "dags",
            "trigger",
            "score_month",
            "--run-id",
            "by-hand",
            "--conf",
            json.dumps({"area": AREA, "month": MONTH}),
        )
        airflow(made, "variables", "set", "seen", "320300|2023-01")
        yield made
    finally:
        made.close()


def test_an_office_comes_back_from_its_backup_and_its_keys(office, tmp_path_factory):
    began = time.monotonic()
    office.finish("backup")
    secrets = [str(path) for path in (office.root / "secrets").iterdir() if path.name.startswith("airflow_fernet")]
    safe = tmp_path_factory.mktemp("safe")
    key = str(office.root / "data" / "keys" / "pseudonym.salt")
    homes = str(office.root / "data" / "homes")
    product(office, "backup", "backup", "--keys-to", str(safe), "--homes", homes, "--salt-file", key, "--key", *secrets)
    taken = time.monotonic() - began

    other = Stack(tmp_path_factory.mktemp("other"))
    try:
        shutil.copytree(office.root / "data" / "backups", other.root / "data" / "backups")
        kept = next(safe.iterdir())
        (other.root / "secrets" / "airflow_fernet_key").unlink()
        shutil.copyfile(kept / "secrets" / "airflow_fernet_key", other.root / "secrets" / "airflow_fernet_key")
        other.postgres()
        words = [*other.command("restore")[1:], "--keys-from", str(kept)]
        began = time.monotonic()
        product(other, "restore", *words)
        restored = time.monotonic() - began
        other.finish("airflow-migrate")
        other.finish("mlflow-migrate")
        other.start("mlflow")
        other.healthy("mlflow")
        assert listed(other).equals(listed(office)) and listed(other).num_rows > 0
        assert champion(other) == champion(office) and champion(other)[0] == 1
        runs, seen = timetable(other)
        assert (runs, seen) == timetable(office) and runs[0][0] == "by-hand" and seen == "320300|2023-01"
        salt = other.root / "data" / "keys" / "pseudonym.salt"
        assert salt.read_bytes() == (office.root / "data" / "keys" / "pseudonym.salt").read_bytes()
        again = subprocess.run(
            [sys.executable, "-m", "fundwatch.main", *words],
            env=other.environment("restore"),
            capture_output=True,
            text=True,
        )
        assert (
            again.returncode == 10 and "nothing is overwritten" in again.stderr and "database airflow" in again.stderr
        )
        told = json.loads((next((office.root / "data" / "backups").iterdir()) / "backup.json").read_text())
        print(f"backup {taken:.1f} s, restore {restored:.1f} s; databases {told['databases']}")
    finally:
        other.close()


def test_the_next_month_meets_the_restored_ones(office, tmp_path):
    """A restored home works on: the same month runs again to the same list, with the key that came back."""
    home = tmp_path / AREA
    words = ("--from", str(office.root / "data" / "backups"), "--home", str(home))
    key = str(office.root / "data" / "keys" / "pseudonym.salt")
    product(office, "backup", "restore", *words, "--salt-file", key)
    before = pq.read_table(home / "runs" / "latest" / "case_list.parquet").drop_columns(["run_id"])
    landing = str(office.root / "data" / "landing" / AREA / MONTH)
    product(
        office,
        "backup",
        "run",
        "--landing",
        landing,
        "--home",
        str(home),
        "--period",
        MONTH,
        "--salt-file",
        key,
        "--engine",
        "sail",
    )
    after = pq.read_table(home / "runs" / "latest" / "case_list.parquet").drop_columns(["run_id"])
    assert after.equals(before)


def test_the_page_starts_with_the_command_of_the_file_and_tells_of_the_month(office):
    (office.root / "data" / "backups").mkdir(exist_ok=True)
    office.start("operations")
    office.healthy("operations")
    address = office.native("http://127.0.0.1:9808")
    with urlopen(f"{address}/metrics") as answer:
        metrics = answer.read().decode()
    assert f'fundwatch_last_run_info{{area="{AREA}"' in metrics
    assert 'fundwatch_service_up{service="mlflow"} 1.0' in metrics
    assert 'fundwatch_service_up{service="airflow"} 0.0' in metrics, "nobody started it"
    assert 'fundwatch_champion_version{model="fundwatch"} 1.0' in metrics
    assert f'fundwatch_months_waiting{{area="{AREA}"}} 0.0' in metrics
    with urlopen(f"{address}/operations/") as answer:
        page = answer.read().decode()
    assert "airflow does not answer" in page and AREA in page


def test_an_older_registry_is_brought_up_to_date_without_its_password_in_the_list_of_processes(office):
    done = subprocess.run(
        ["sh", "-x", str(ROOT / "deploy" / "registry-migrate.sh"), str(office.root / "secrets" / "mlflow_database")],
        env=office.environment("mlflow-migrate"), cwd=office.root, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    password = (office.root / "secrets" / "mlflow_database").read_text().split(":")[2].split("@")[0]
    command = next(line for line in done.stderr.splitlines() if "exec mlflow" in line)
    assert password not in command and "mlflow@127.0.0.1" in command
    assert champion(office)[0] == 1 and os.environ.get("PGPASSWORD") is None


def test_the_fernet_key_is_rotated_as_the_runbook_says(office):
    place = office.root / "secrets" / "airflow_fernet_key"
    old, new = place.read_text(), "dGhlLW5ldy1rZXktaXMtMzItYnl0ZXMtbG9uZy0wMTI="
    place.chmod(0o600)
    place.write_text(f"{new},{old}")
    airflow(office, "rotate-fernet-key")
    place.write_text(new)
    assert variable(office) == "320300|2023-01"


OLDER = """
import sqlalchemy, sys
from alembic import command
from alembic.script import ScriptDirectory
from mlflow.store.db import utils
engine = sqlalchemy.create_engine(open(sys.argv[1]).read())
utils.InitialBase.metadata.create_all(engine)
config = utils._get_alembic_config(str(engine.url))
older = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()][8]
with engine.begin() as connection:
    config.attributes["connection"] = connection
    command.upgrade(config, older)
"""


def up_to_date(stack):
    """Whether MLflow's own check accepts the registry's database."""
    code = "import sys, sqlalchemy; from mlflow.store.db import utils; utils._verify_schema(sqlalchemy.create_engine(open(sys.argv[1]).read()))"
    address = str(stack.root / "secrets" / "mlflow_database")
    return subprocess.run([sys.executable, "-c", code, address], capture_output=True, cwd=stack.root).returncode == 0


def test_databases_of_older_versions_are_brought_up_before_anything_uses_them(tmp_path_factory):
    """Airflow 3.2's tables and a registry eight migrations back; the file's migrations bring both to this version."""
    older = Stack(tmp_path_factory.mktemp("older"))
    try:
        older.postgres()
        older.finish("airflow-migrate")
        airflow(older, "variables", "set", "seen", "320300|2023-01")
        airflow(older, "db", "downgrade", "--to-version", "3.2.0", "--yes")
        address = str(older.root / "secrets" / "mlflow_database")
        subprocess.run([sys.executable, "-c", OLDER, address], check=True, capture_output=True, cwd=older.root)
        assert not up_to_date(older)
        older.finish("airflow-migrate")
        older.finish("mlflow-migrate")
        assert up_to_date(older)
        older.start("mlflow")
        older.healthy("mlflow")
        assert registry(older).version("champion") is None
        airflow(older, "db", "check-migrations", "--migration-wait-timeout", "5")
        assert variable(older) == "320300|2023-01"
    finally:
        older.close()
