"""One pooling area's month, from its landing folder to a released case list.

Waits until the month's extract is complete, runs every step of the chain as a process of its own, then asks a lead.
Only an approval releases the list; a rejection or silence leaves the last released list as it was. A run is started by
the arrival of a month (see `watch_landing`) or by hand with a partition key `320300|2023-01` or `area` and `month`.

| exit code of a step | what happens |
|---|---|
| 0 | the next step |
| 2, 10, 11, 12 | failed for good: usage, contract, expectation, input – trying again cannot help |
| 20 and anything else | tried again with growing pauses |

**Late or corrected files**: the folder gets a new `complete.json`, and exactly this month runs again. Months of all
areas run one after the other, approval included: a home has one writer, and the latest list is one.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Asset, PartitionedAssetTimetable

from jobs.catalogue.steps import STEPS
from jobs.orchestration.alerts import alert, deadline, waiting
from jobs.orchestration.tasks import PATIENT, LandingSensor, ReleaseOperator, StepOperator, area_and_month

with DAG(
    "score_month",
    schedule=PartitionedAssetTimetable(assets=Asset("fundwatch_landing")),
    max_active_runs=1,
    catchup=False,
    default_args={**PATIENT, "on_failure_callback": alert, "execution_timeout": timedelta(hours=12)},
    deadline=deadline("score_month"),
    params=area_and_month(),
    doc_md=__doc__,
    tags=["fundwatch"],
) as dag:
    complete = LandingSensor(task_id="complete", mode="reschedule", poke_interval=300, timeout=timedelta(days=10))
    steps = {one.name: StepOperator(task_id=one.name, step=one.name, doc_md=one.meaning_en) for one in STEPS}
    for one in STEPS:
        for before in one.after:
            steps[before] >> steps[one.name]
        if not one.after:
            complete >> steps[one.name]
    approve = ApprovalOperator(
        task_id="approve",
        subject="Release the case list of {{ partition_key or params.area ~ '|' ~ params.month }}?",
        body="{{ ti.xcom_pull(task_ids='cases') }}",
        on_execute_callback=waiting,
        execution_timeout=None,
        retries=0,
    )
    steps[STEPS[-1].name] >> approve
    approve >> ReleaseOperator(task_id="release", drafted=STEPS[-1].name, outlets=[Asset("fundwatch_case_list")])
