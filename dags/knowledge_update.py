"""A batch of published knowledge points (知识点), from its tables to being in force in one pooling area.

The batch's tables lie in `<landing>/<area>/knowledge/<batch>/`. They are read and tried on the months already validated
without keeping anything; a person sees how many points they became, which rows were refused and what they would have
hit, and only an approval keeps them and puts them in force. A rejection changes nothing, and so does silence.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Param

from jobs.orchestration.alerts import alert, deadline, waiting
from jobs.orchestration.tasks import PATIENT, KnowledgeOperator

with DAG(
    "knowledge_update",
    schedule=None,
    max_active_runs=1,
    default_args={**PATIENT, "on_failure_callback": alert, "execution_timeout": timedelta(hours=6)},
    deadline=deadline("knowledge_update"),
    params={
        "area": Param(type="string", pattern=r"^\d{6}$", description="pooling area, six digits"),
        "batch": Param(type="string", pattern=r"^[\w-]+$", description="folder of the batch"),
        "effective": Param(None, type=["null", "string"], format="date", description="first day they hold"),
    },
    doc_md=__doc__,
    tags=["fundwatch"],
) as dag:
    tried = KnowledgeOperator(task_id="tried", trial=True)
    approve = ApprovalOperator(
        task_id="approve",
        subject="Put batch {{ params.batch }} in force in {{ params.area }}?",
        body="{{ ti.xcom_pull(task_ids='tried') }}",
        on_execute_callback=waiting,
        execution_timeout=None,
        retries=0,
    )
    tried >> approve >> KnowledgeOperator(task_id="in_force", trial=False)
