"""The page and the metrics over HTTP: what Prometheus reads, what people read, and what neither may see."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

pytest.importorskip("prometheus_client")
from prometheus_client.parser import text_string_to_metric_families

from jobs.operations import services
from jobs.operations.serve import Office, server
from jobs.operations.status import Watched
from tests.jobs.operations.world import AREA, findings, journal, run, sealed, write

LATEST = "2023-01_2023-01-20230210T080000"


@contextmanager
def listening(application):
    served = server(application, "127.0.0.1", 0)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{served.server_port}"
    finally:
        served.shutdown()
        served.server_close()
        thread.join()


@pytest.fixture
def office(tmp_path):
    home = tmp_path / "homes" / AREA
    run(home, LATEST, "2023-01..2023-01", "2023-02-10T08:00:00", [("pharmacy", "clue")] * 6 + [("dialysis", "clue")])
    findings(home, "2023-01_2023-01", [("A", "not_evaluable", "missing_input"), ("B", "hit", None)])
    journal(home, raw=(12.5, "done", 0), validated=(3.0, "ContractError", 10))
    sealed(tmp_path / "landing" / AREA, "2023-02", 1_680_000_000)
    write(home / "validated" / "psn_info_b" / "month=all" / "x.parquet", "person-pseudonym")
    return Office(Watched(tmp_path / "homes", tmp_path / "landing", tmp_path / "backups"))


@pytest.fixture
def address(office):
    with listening(office) as found:
        yield found


def samples(address):
    with urlopen(f"{address}/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        text = answer.read().decode()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert sample.name.startswith("fundwatch_")
            found[sample.name.removeprefix("fundwatch_"), *sorted(sample.labels.items())] = sample.value
    return found


def test_prometheus_reads_what_an_office_needs(address):
    found, area = samples(address), ("area", AREA)
    assert found["last_run_timestamp_seconds", area] == 1_676_016_000
    assert found["last_run_age_seconds", area] > 0
    assert found["cases", area, ("clinical_area", "pharmacy"), ("verdict_hint", "clue")] == 6
    assert found["cases", area, ("clinical_area", "other"), ("verdict_hint", "clue")] == 1
    assert found["rows_in", area] == 24
    assert found["rows_quarantined", area, ("reason", "bad_date")] == 4
    assert found["detectors_not_evaluable", area, ("reason", "missing_input")] == 1
    assert found["step_seconds", area, ("step", "raw")] == 12.5
    assert found["step_failed", area, ("step", "validated")] == 1
    assert found["months_waiting", area] == 1 and found["drafts_waiting", area] == 0
    assert found["notices", area, ("level", "act")] == 2  # the failed step; the scores of before layouts
    assert found["disk_free_bytes", ("place", "homes")] > 0


def test_no_label_names_anything_finer_than_a_clinical_area(address):
    labels = {name for key in samples(address) for name, _ in key[1:]}
    assert labels == {
        "area", "clinical_area", "verdict_hint", "reason", "step", "level", "place",
        "run_id", "period", "engine", "code_version", "knowledge_version",
    }  # fmt: skip


def test_the_page_says_in_both_languages_what_is_the_matter_and_needs_no_network(address):
    with urlopen(f"{address}/") as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        text = answer.read().decode()
    assert "2023-02 已报送完毕" in text and "is not scored after two days" in text
    assert "configuration or contract error" in text and "person-pseudonym" not in text
    assert "http://" not in text and "https://" not in text and "<script" not in text


def test_an_office_without_anything_says_that_everything_is_fine(tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.operations.judge.DISK_LEAST", 0)  # the disk of whoever tests may be full
    monkeypatch.setattr("jobs.operations.judge.DISK_SHARE", 0)
    with listening(Office(Watched(tmp_path))) as address, urlopen(f"{address}/operations/") as answer:
        assert "Everything is fine" in answer.read().decode()


def test_names_from_files_are_text_and_never_markup(tmp_path):
    home = tmp_path / AREA
    journal(home, **{"<b>raw</b>": (1.0, "done", 0)})
    with listening(Office(Watched(tmp_path))) as address, urlopen(f"{address}/") as answer:
        text = answer.read().decode()
    assert "&lt;b&gt;raw&lt;/b&gt;" in text and "<b>raw</b>" not in text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/healthy", 200), ("GET", "/operations/metrics", 200), ("GET", "/raw", 404), ("POST", "/", 405)],
)
def test_there_is_a_page_and_metrics_and_nothing_else(address, method, path, status):
    try:
        with urlopen(Request(f"{address}{path}", method=method)) as answer:
            assert answer.status == status
    except HTTPError as refused:
        assert refused.code == status


def test_what_was_gathered_is_kept_for_a_while(office):
    assert office.facts() is office.facts()
    again = Office(Watched(office._watched.homes), kept=0)
    assert again.facts() is not again.facts()


def test_services_are_asked_and_silence_is_an_answer():
    aliases = [{"alias": "challenger", "version": "8"}, {"alias": "champion", "version": "7"}]
    models = [
        {"name": "fundwatch", "aliases": aliases},
        {"name": "other", "aliases": aliases},
        {"name": "fundwatch-new"},
    ]

    def answers(environ, respond):
        bodies = {
            "/spark": b'{"aliveworkers": 2, "workers": []}',
            "/airflow": b'{"scheduler": {"status": "healthy"}, "triggerer": {"status": null}, "dag_processor": {"status": "unhealthy"}}',
            "/api/2.0/mlflow/registered-models/search": json.dumps({"registered_models": models}).encode(),
        }
        body = bodies.get(environ["PATH_INFO"])
        respond("200 OK" if body else "500 Down", [])
        return [body or b""]

    with listening(answers) as address:
        told = f"spark {address}/spark; airflow {address}/airflow; mlflow {address}/down"
        up, workers = services.ask({"FUNDWATCH_SERVICES": told})
        assert services.champions({"FUNDWATCH_REGISTRY": address}) == {"fundwatch": 7}
    assert up == {
        "spark": True,
        "airflow": True,
        "airflow/scheduler": True,
        "airflow/dag_processor": False,
        "mlflow": False,
    }
    assert workers == 2 and services.ask({}) == ({}, None) and services.champions({}) == {}
    assert services.champions({"FUNDWATCH_REGISTRY": address}) == {}
