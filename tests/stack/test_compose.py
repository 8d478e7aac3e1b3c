"""The compose file keeps its rules: health, limits, pinned images, no root, no secret, one door to the outside."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
ALL = {
    "postgres", "airflow-migrate", "airflow-api-server", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer",
    "spark-master", "spark-worker-1", "spark-worker-2", "spark-connect", "mlflow-migrate", "mlflow",
    "operations", "backup", "restore", "proxy",
}  # fmt: skip
SECRET_NAMES = re.compile(r"PASSWORD|SECRET|TOKEN|FERNET|CONN\b|_KEY\b", re.I)
each = pytest.mark.parametrize("name", sorted(SERVICES))


def test_podman_compose_reads_the_file_as_we_do():
    command = [
        Path(sys.executable).with_name("podman-compose"),
        "--dry-run",
        "-f",
        ROOT / "docker-compose.yml",
        "config",
    ]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    read = yaml.safe_load(done.stdout)
    standing = {name for name, service in SERVICES.items() if "profiles" not in service}  # the others run when called
    assert read["services"].keys() == standing and read["volumes"].keys() == COMPOSE["volumes"].keys()
    given = {name: service["environment"] for name, service in read["services"].items() if "environment" in service}
    assert given["airflow-scheduler"]["FUNDWATCH_ENGINE"] == "spark://spark-master:7077"


def test_every_part_of_the_stack_is_there():
    assert set(SERVICES) == ALL


@each
def test_a_service_says_whether_it_is_well_and_how_much_it_may_take(name):
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    limits = service["deploy"]["resources"]["limits"]
    assert float(limits["cpus"]) > 0 and re.fullmatch(r"\d+[mg]", limits["memory"])


@each
def test_a_service_is_pinned_and_runs_as_nobody_with_a_read_only_root(name):
    service = SERVICES[name]
    assert re.fullmatch(r"[a-z0-9/._-]+:\d+\.\d+(\.\d+)?[a-z0-9.-]*", service["image"])
    assert int(service["user"].split(":")[0]) > 0
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert not service.get("privileged")


@each
def test_no_secret_stands_in_the_file(name):
    for key, value in (SERVICES[name].get("environment") or {}).items():
        if SECRET_NAMES.search(key):
            assert value.startswith(("/run/secrets/", "cat /run/secrets/", "/var/lib/airflow/")), key
    assert all("://" not in part or "@" not in part for part in SERVICES[name]["command"])


def test_every_secret_comes_from_a_file_that_is_not_kept():
    assert all(entry["file"].startswith("deploy/secrets/") for entry in COMPOSE["secrets"].values())
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    assert not re.search(r"://[^/\s:]+:[^@\s/]+@", TEXT)


def test_only_the_proxy_can_be_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert [name for name, service in SERVICES.items() if "outside" in service["networks"]] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_telemetry_is_off_wherever_it_could_be_on():
    for name, service in SERVICES.items():
        if service["image"].startswith("fundwatch:"):
            environment = service["environment"]
            assert environment["SCARF_ANALYTICS"] == "false" and environment["MLFLOW_DISABLE_TELEMETRY"] == "true", name
        if name.startswith("airflow-"):
            assert environment["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"


def test_a_step_may_take_hours_before_its_token_expires():
    assert int(SERVICES["airflow-scheduler"]["environment"]["AIRFLOW__EXECUTION_API__JWT_EXPIRATION_TIME"]) >= 43_200


def test_every_volume_and_dependency_is_declared():
    for service in SERVICES.values():
        named = [
            volume.split(":")[0] for volume in service.get("volumes", ()) if not volume.startswith((".", "/", "$"))
        ]
        assert set(named) <= set(COMPOSE["volumes"])
        assert set(service.get("depends_on", ())) <= set(SERVICES)


def test_the_reports_are_behind_a_login_and_nothing_else_of_a_home_is_served():
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    pattern = re.compile(re.findall(r"path_regexp report (\S+)", caddy)[0])
    block = caddy[caddy.index("handle @report") :]
    assert block.index("basic_auth") < block.index("file_server") and "tls /run/secrets/" in caddy
    assert pattern.match("/reports/320300/latest/report.html")
    assert pattern.match("/reports/320300/2023-01_2023-01-20230205T080000/data_docs/index.html")
    for path in ("pseudonym.salt", "latest/evidence.parquet", "../raw/setl_d/x.parquet", "runs/latest/report.html"):
        assert not pattern.match(f"/reports/320300/{path}")


def test_the_secrets_are_written_once_into_a_folder_of_the_owner_and_every_service_can_read_its_own(tmp_path):
    script = ["sh", str(ROOT / "deploy" / "secrets.sh"), str(tmp_path)]
    subprocess.run(script, check=True, capture_output=True)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(COMPOSE["secrets"]) - set(written) == {"proxy_users"}
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o444 for path in tmp_path.iterdir())
    subprocess.run(script, check=True, capture_output=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == written


def test_the_image_runs_as_nobody_on_the_lock():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert re.fullmatch(
        r"FROM python:3\.11\.\d+-slim-bookworm", next(line for line in lines if line.startswith("FROM"))
    )
    assert "USER 10001:10001" in lines
    assert any("--require-hashes -r requirements-stack.lock" in line for line in lines)
