"""One office for the tests that need all of it but a cluster: steps on the embedded engine, the registry a server."""

from __future__ import annotations

import pytest

from tests.stack.month import Office
from tests.stack.native import Stack

QUICK = {"FUNDWATCH_ENGINE": "sail", "FUNDWATCH_RETRY_SECONDS": "10", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2"}


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """PostgreSQL, MLflow and Airflow; what ends is started again, as the compose file says."""
    stack = Stack(tmp_path_factory.mktemp("office"), **QUICK)
    try:
        stack.postgres()
        stack.finish("airflow-migrate")
        for name in ("mlflow", "airflow-api-server", "airflow-scheduler", "airflow-dag-processor"):
            stack.start(name)
        for name in ("mlflow", "airflow-api-server", "airflow-scheduler"):
            stack.healthy(name)
        stack.supervised = True
        lead = Office(stack)
        lead.open("score_month", "retrain", "watch_models")
        yield lead
    finally:
        stack.close()
