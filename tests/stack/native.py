"""The services of docker-compose.yml as processes of this machine: the same commands, other places and ports.

Why: where no container engine runs, the commands themselves can still be proven; only host names, folders and ports of
the file are replaced, word by word, so a command that is wrong in the file is wrong here.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
POSTGRES_BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
HOSTS = ("postgres", "spark-master", "airflow-api-server", "mlflow")
PASSWORDS = {"lead": "lead-of-the-test", "analyst": "analyst-of-the-test"}


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def answers(port: int) -> bool:
    socket.create_connection(("127.0.0.1", port), 1).close()
    return True


class Stack:
    """Services of the file, started one by one below `root`; `close` ends them and nothing else."""

    def __init__(self, root: Path, **changed: str) -> None:
        """`changed`: variables of the environment that differ from the file, because the machine is a small one."""
        self.root, self.changed = root, changed
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.commands: dict[str, list[str]] = {}
        self.restarts: dict[str, int] = {}
        self.supervised = False  # True: what ends is started again, as the file's restart policy does
        self.seconds: dict[str, float] = {}
        self.ports = {
            str(port): str(free_port()) for port in (5432, 7077, 8080, 8090, 8091, 8092, 8974, 5000, 15002, 9808)
        }
        for name in ("airflow", "data/homes", "data/landing", "data/keys", "mlflow", "scratch", "logs"):
            (root / name).mkdir(parents=True)
        (root / "airflow" / "users.json").write_text(json.dumps(PASSWORDS))
        subprocess.run(
            ["sh", str(ROOT / "deploy" / "secrets.sh"), str(root / "secrets")], check=True, capture_output=True
        )
        for secret in ("airflow_database", "mlflow_database"):
            path = root / "secrets" / secret
            path.chmod(0o600)
            path.write_text(self.native(path.read_text()))

    def native(self, text: str) -> str:
        """A word of the file with this machine's hosts, ports and folders."""
        text = (
            text.replace("$$", "$")
            .replace("0.0.0.0", "127.0.0.1")
            .replace("https://localhost/airflow", "http://airflow-api-server:8080/airflow")
        )
        for host in HOSTS:
            text = re.sub(rf"(@|//){host}:(?=\d{{4}}\b)", r"\g<1>127.0.0.1:", text)  # a role before a password stays
            text = "127.0.0.1" if text == "spark-master" else text
        text = re.sub(
            r"(^|:|--port |\.port=)(\d{4,5})\b", lambda found: found[1] + self.ports.get(found[2], found[2]), text
        )
        places = {
            "/run/secrets": "secrets",
            "/var/lib/airflow": "airflow",
            "/var/lib/mlflow": "mlflow",
            "/data/": "data/",
        }
        for place, mine in {**places, "/scratch": "scratch"}.items():
            text = text.replace(place, f"{self.root}/{mine}")
        return text.replace("/opt/fundwatch", str(ROOT))

    def environment(self, name: str) -> dict[str, str]:
        given = COMPOSE["services"][name].get("environment") or {}
        own = {key: "" if value.startswith("${") else self.native(value) for key, value in given.items()}
        ports = {
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": self.ports["8974"],
            "SPARK_LOCAL_IP": "127.0.0.1",
        }
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("AIRFLOW", "FUNDWATCH", "PYTEST"))
        }
        return {**kept, **ports, **own, **self.changed, "PATH": path, "PYSPARK_PYTHON": sys.executable}

    def command(self, name: str) -> list[str]:
        return [self.native(word) for word in COMPOSE["services"][name]["command"]]

    def start(self, name: str, command: list[str] | None = None) -> None:
        log = (self.root / "logs" / f"{name}.log").open("a")
        self.commands[name] = command or self.commands.get(name) or self.command(name)
        self.running[name] = subprocess.Popen(
            self.commands[name], env=self.environment(name), cwd=self.root, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip

    def finish(self, name: str) -> None:
        began = time.monotonic()
        log = self.root / "logs" / f"{name}.log"
        with log.open("w") as out:
            done = subprocess.run(self.command(name), env=self.environment(name), stdout=out, stderr=out, cwd=self.root)
        assert done.returncode == 0, log.read_text()[-4000:]
        self.seconds[name] = round(time.monotonic() - began, 1)

    def postgres(self) -> None:
        """Debian's PostgreSQL with the command of the file, then the script that makes the databases."""
        assert POSTGRES_BIN, "PostgreSQL is missing: apt-get install postgresql"
        data, port = self.root / "postgres", self.ports["5432"]
        data.mkdir(mode=0o700)
        prefix: list[str] = []
        if os.geteuid() == 0:  # it refuses to be root
            shutil.chown(data, "postgres", "postgres")
            prefix = ["runuser", "-u", "postgres", "--"]
            for folder in (data, *data.parents):
                if folder.stat().st_uid == 0 and not folder.stat().st_mode & 0o001:
                    folder.chmod(folder.stat().st_mode | 0o011)
        subprocess.run(
            [*prefix, str(POSTGRES_BIN / "initdb"), "-D", str(data), "-U", "postgres"], check=True, capture_output=True
        )
        command = self.command("postgres")
        self.start(
            "postgres",
            [*prefix, str(POSTGRES_BIN / command[0]), *command[1:], "-D", str(data), "-p", port, "-k", str(data)],
        )
        self.until("postgres", lambda: answers(int(port)))
        script = self.root / "databases.sh"
        script.write_text(self.native((ROOT / "deploy" / "postgres" / "databases.sh").read_text()))
        where = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": port}
        subprocess.run(["sh", str(script)], check=True, env=where, capture_output=True)

    def until(self, name: str, ready: Callable[[], Any], seconds: int = 300) -> Any:
        """What `ready` gives once it gives something; a service that ends meanwhile fails at once, with its log."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            self.revive()
            process = self.running.get(name)
            assert process is None or process.poll() is None, self.tail(name)
            try:
                if found := ready():
                    self.seconds[name] = round(time.monotonic() - began, 1)
                    return found
            except (OSError, URLError, HTTPError):
                pass
            time.sleep(1)
        raise AssertionError(f"{name} is not ready after {seconds} s\n{self.tail(name)}")

    def revive(self) -> None:
        """Starts again what has ended by itself."""
        for name, process in list(self.running.items()):
            if self.supervised and process.poll() is not None:
                self.restarts[name] = self.restarts.get(name, 0) + 1
                self.start(name)

    def healthy(self, name: str, seconds: int = 300) -> None:
        """Waits for the file's own health check, when it is one that asks a page."""
        address = self.native(COMPOSE["services"][name]["healthcheck"]["test"][-1])
        self.until(name, lambda: urlopen(address, timeout=5).status == 200, seconds)

    def tail(self, name: str) -> str:
        log = self.root / "logs" / f"{name}.log"
        return f"--- {name}\n{log.read_text(errors='replace')[-3000:]}" if log.exists() else f"{name}: no log"

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """One call of Airflow's API as it stands behind the proxy."""
        address = self.native(f"http://airflow-api-server:8080/airflow{path}")
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        request = Request(address, json.dumps(body).encode() if body is not None else None, headers, method=method)
        with urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "{}")

    def kill(self, name: str) -> None:
        """Ends a service at once, with everything it started, as when its machine goes down."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)

    def close(self) -> None:
        """Ends all services, the databases after those that use them, and steps that outlived their scheduler."""
        self.supervised = False
        for name in [one for one in self.running if one != "postgres"] + ["postgres"] * ("postgres" in self.running):
            # PostgreSQL waits for its clients when it is asked politely; its word for "now" is SIGINT.
            self.signal(name, signal.SIGINT if name == "postgres" else signal.SIGTERM)
        until = time.monotonic() + 10
        for name, process in self.running.items():
            try:
                process.wait(timeout=max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.signal(name, signal.SIGKILL)
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace")
                if f"{self.root}/" in words and int(entry.name) != os.getpid():
                    os.kill(int(entry.name), signal.SIGKILL)
            except OSError:  # it ended by itself
                continue

    def signal(self, name: str, sign: signal.Signals) -> None:
        """Sends a signal to a service and all it started, when it still runs."""
        if self.running[name].poll() is None:
            os.killpg(self.running[name].pid, sign)


def may_start() -> bool:
    """True where PostgreSQL is installed and may be run."""
    try:
        return POSTGRES_BIN is not None and (os.geteuid() != 0 or bool(pwd.getpwnam("postgres")))
    except KeyError:
        return False
