"""What analysts and inspectors concluded, from the sheets of a batch to labels that models learn from.

A batch lies in `<landing>/<area>/outcomes/<batch>/` and is complete once it is sealed (`fundwatch landing seal`).
Sheets of verdicts carry `case_id`, sheets of inspections the columns of `inspection_result_d`. Every row is taken or
refused with its reason, which stands in the task's result; nothing is filled in. A corrected batch is entered again:
entering twice changes nothing, a later word replaces an earlier one. A run is started by the arrival of a batch (see
`watch_landing`) or by hand with a partition key `320300|2023-q1` or the parameters `area` and `batch`.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Asset, Param, PartitionedAssetTimetable

from jobs.orchestration.alerts import alert, deadline
from jobs.orchestration.learning import OutcomesSensor, RecordOperator
from jobs.orchestration.tasks import PATIENT

with DAG(
    "record_outcomes",
    schedule=PartitionedAssetTimetable(assets=Asset("fundwatch_outcomes")),
    max_active_runs=1,
    catchup=False,
    default_args={**PATIENT, "on_failure_callback": alert, "execution_timeout": timedelta(hours=1)},
    deadline=deadline("record_outcomes"),
    params={
        "area": Param(None, type=["null", "string"], pattern=r"^\d{6}$", description="pooling area, six digits"),
        "batch": Param(None, type=["null", "string"], pattern=r"^[\w-]+$", description="folder of the batch"),
    },
    doc_md=__doc__,
    tags=["fundwatch"],
) as dag:
    complete = OutcomesSensor(task_id="complete", mode="reschedule", poke_interval=300, timeout=timedelta(days=1))
    complete >> RecordOperator(task_id="recorded", outlets=[Asset("fundwatch_labels")])
