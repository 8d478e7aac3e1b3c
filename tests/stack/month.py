"""An office at work: a landed month, the timetables switched on, a lead who answers; what every test of a stack does.

Why: the short proof, the whole one and the faults must see the same month go the same way.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import pandas as pd

from tests.stack.native import PASSWORDS, Stack

AREA, MONTH = "320300", "2023-01"
STABLE = ["case_id", "rank", "fixmedins_code", "area", "verdict_hint", "detectors", "reasons_zh"]
MONEY = ["score", "suspected_amount", "fund_loss", "excess_amount", "expected_recovery"]
FINDING = ["fixmedins_code", "area", "detector_id"]
JUDGED = ["outcome", "reason_code", "exposure", "hits", "observed", "peer_median", "z", "strength", "suspected_amount"]
LINE = ["case_id", "detector_id", "bkkp_sn", "paired_bkkp_sn", "violation_amount"]
WATCHES = ("score_month", "record_outcomes", "watch_landing")


def land(root: Path, lines: int = 3_000, area: str = AREA) -> Path:
    """A generated month in the landing folder of an area, sealed."""
    from jobs.landing.generate import generate
    from jobs.orchestration.arrival import seal

    folder = root / "data" / "landing" / area / MONTH
    generate(folder, lines=lines, period=(MONTH, MONTH), seed=11, fmt="parquet", workers=1)
    seal(folder)
    return folder


def same_list(here: Path, there: Path) -> str:
    """Cases, evidence lines and everything judged behind them are equal in two published runs; how many there are."""
    lists = [pd.read_parquet(place / "case_list.parquet") for place in (here, there)]
    pd.testing.assert_frame_equal(lists[0][STABLE], lists[1][STABLE])
    pd.testing.assert_frame_equal(lists[0][MONEY], lists[1][MONEY], rtol=1e-6)
    lines = [pd.read_parquet(place / "evidence.parquet")[LINE] for place in (here, there)]
    pd.testing.assert_frame_equal(*(one.sort_values(LINE, ignore_index=True) for one in lines))
    homes = [place.parent.parent / "scores" / "finding" / f"month={MONTH}_{MONTH}" for place in (here, there)]
    judged = [pd.read_parquet(home)[FINDING + JUDGED].sort_values(FINDING, ignore_index=True) for home in homes]
    pd.testing.assert_frame_equal(judged[0], judged[1], rtol=1e-6)
    return f"{len(lists[0])} cases, {len(lines[0])} evidence lines, {len(judged[0])} findings equal"


def run_month(stack: Stack, engine: str, home: str) -> tuple[Path, int]:
    """The landed month in one command, in a home of its own; the published run and how many seconds it took."""
    place, landing = stack.root / "data" / "homes" / home, stack.root / "data" / "landing" / AREA / MONTH
    command = ["run", "--landing", landing, "--home", place, "--period", f"{MONTH}..{MONTH}"]
    command += ["--engine", engine, "--salt-file", stack.root / "data" / "keys" / "pseudonym.salt", "--json"]
    environment = {**stack.environment("airflow-scheduler"), "FUNDWATCH_REGISTRY": ""}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "fundwatch.main", *map(str, command)],
        capture_output=True, text=True, check=False, env=environment, cwd=stack.root,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return place / "runs" / "latest", round(time.monotonic() - began)


class Ear:
    """Listens where alerts are posted to."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802 – the library's name
                ear.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"


class Office:
    """Somebody at Airflow's API."""

    def __init__(self, stack: Stack, who: str = "lead") -> None:
        self.stack, self.who, self.token = stack, who, ""

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Any:
        if not self.token:
            login = {"username": self.who, "password": PASSWORDS[self.who]}
            self.token = self.stack.call("POST", "/auth/token", login)["access_token"]
        return self.stack.call(method, f"/api/v2{path}", body, self.token)

    def status(self, path: str, method: str, body: Any) -> int:
        """The HTTP status a request gets."""
        try:
            self.ask(path, method, body)
        except HTTPError as refused:
            return refused.code
        return 200

    def open(self, *dags: str) -> None:
        """Waits until the timetables are read, then switches them on."""
        self.stack.until("dags", lambda: {one["dag_id"] for one in self.ask("/dags")["dags"]} >= set(dags))
        for dag in dags:
            self.ask(f"/dags/{dag}?update_mask=is_paused", "PATCH", {"is_paused": False})

    def runs(self, dag: str) -> list[dict[str, Any]]:
        """Runs of a timetable, oldest first."""
        return sorted(self.ask(f"/dags/{dag}/dagRuns")["dag_runs"], key=lambda run: run["run_after"])

    def start(self, dag: str, **body: Any) -> str:
        """Starts a run by hand; its id."""
        return str(self.ask(f"/dags/{dag}/dagRuns", "POST", {"logical_date": None, **body})["dag_run_id"])

    def tasks(self, dag: str, run: str) -> dict[str, dict[str, Any]]:
        found = self.ask(f"/dags/{dag}/dagRuns/{run}/taskInstances")["task_instances"]
        return {one["task_id"]: one for one in found}

    def until_task(self, dag: str, run: str, task: str, *states: str, seconds: int = 600) -> dict[str, dict[str, Any]]:
        """Waits until the task is in one of the states; a task that failed for good ends the wait."""

        def there() -> Any:
            try:
                found = self.tasks(dag, run)
            except (OSError, URLError):  # a part of the stack may be down just now
                return None
            failed = [name for name, one in found.items() if one["state"] == "failed" and "failed" not in states]
            assert not failed, f"{failed}\n{self.log(dag, run, failed[0])}\n{self.stack.tail('airflow-scheduler')}"
            return found if found[task]["state"] in states else None

        return self.stack.until(f"{dag}.{task}", there, seconds)

    def answer(self, dag: str, run: str, choice: str = "Approve", **given: str) -> None:
        """Answers as a person does, who reads first: not before the scheduler noticed that the asking process is gone.

        An answer within that second resumes the task, and Airflow takes the old end for that of the resumed task: failed.
        """
        gone = f"Received executor event with state success for task instance TaskInstanceKey(dag_id='{dag}', task_id='approve', run_id='{run}'"
        for _ in range(20):
            if gone in (self.stack.root / "logs" / "airflow-scheduler.log").read_text(errors="replace"):
                break
            time.sleep(1)
        body = {"chosen_options": [choice], "params_input": given}
        self.ask(f"/dags/{dag}/dagRuns/{run}/taskInstances/approve/-1/hitlDetails", "PATCH", body)

    def log(self, dag: str, run: str, task: str) -> str:
        """End of the last try's log."""
        found = sorted((self.stack.root / "airflow" / "logs").glob(f"dag_id={dag}/run_id={run}/task_id={task}/*.log"))
        return found[-1].read_text(errors="replace")[-3000:] if found else f"{task}: no log"
