"""A pooling area's next model: trained, measured beside every baseline, promoted only when a person says so.

Started when a home is due (see `watch_models`: the world has moved, or a quarter has passed) or by hand with a
partition key `320300|2026-11` or the parameters `area` and `month` (which quarter's turn it is; training uses all
there is). Training registers the challenger, which scores in the champion's shadow and decides nothing. The question
shows the table; approving promotes exactly the version that was shown. The gate still refuses a model below random,
money, rules or the last champion (exit code 10, for good) unless whoever approves writes a reason: then it is promoted
in that person's name, and the reason is kept. A rejection or silence leaves the champion as it is.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Asset, Param, PartitionedAssetTimetable

from jobs.orchestration.alerts import alert, deadline, waiting
from jobs.orchestration.learning import ModelOperator, PromoteOperator
from jobs.orchestration.tasks import PATIENT, area_and_month

VERSION = "{{ ti.xcom_pull(task_ids='trained')['version'] }}"

with DAG(
    "retrain",
    schedule=PartitionedAssetTimetable(assets=Asset("fundwatch_due")),
    max_active_runs=1,
    catchup=False,
    default_args={**PATIENT, "on_failure_callback": alert, "execution_timeout": timedelta(hours=6)},
    deadline=deadline("retrain"),
    params=area_and_month(),
    doc_md=__doc__,
    tags=["fundwatch"],
) as dag:
    trained = ModelOperator(task_id="trained", arguments=["train"])
    report = ModelOperator(task_id="report", arguments=["models", "report", "--version", VERSION])
    approve = ApprovalOperator(
        task_id="approve",
        subject=f"Let model version {VERSION} decide in {{{{ partition_key or params.area }}}}?",
        body="{{ ti.xcom_pull(task_ids='trained')['lines'] | join('\n') }}",
        params={
            "reason": Param("", type="string", description="only against the gate: why it may decide all the same")
        },
        on_execute_callback=waiting,
        execution_timeout=None,
        retries=0,
    )
    promoted = PromoteOperator(
        task_id="promoted", trained="trained", asked="approve", outlets=[Asset("fundwatch_champion")]
    )
    trained >> report >> approve >> promoted
