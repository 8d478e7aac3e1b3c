"""Runs every test on the hits it could explain; what nobody can test from data is said to be so.

Reads: findings of the period and what models.benign.model.BenignInputs names.
Grain: one row per institution, detector and check.
"""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from knowledge.frames import small_frame
from models.benign import codes, district, house, identities, timing
from models.benign.model import COLUMNS, PAIR, BenignInputs, Check

CHECKS: tuple[Check, ...] = (
    Check("district_jump", district.district_jump, fault=True, everywhere=True),
    Check("code_swap", codes.code_swap, fault=True, everywhere=True, family="rule"),
    Check("sentinel_person", identities.sentinel_person, fault=True, everywhere=True, family="rule"),
    Check("sentinel_visits", identities.sentinel_visits, fault=True),
    Check("sentinel_doctor", identities.sentinel_doctor, fault=True),
    Check("blank_doctor", identities.blank_doctor, fault=True),
    Check("data_duplicated_upload", timing.duplicated_upload, fault=True),
    Check("upload_gap", timing.upload_gap, fault=True),
    Check("leaking_upload", timing.leaking_upload),
    Check("health_campaign", timing.health_campaign),
    Check("policy_date", timing.policy_date),
    Check("ramp_up", timing.ramp_up),
    Check("new_machine", timing.new_machine),
    Check("refund_transit", timing.refund_transit),
    Check("area_wide_habit", district.area_wide_habit),
    Check("speciality", house.speciality),
    Check("dialysis_centre", house.dialysis_centre),
    Check("referral_centre", house.referral_centre),
    Check("special_drug_shop", house.special_drug_shop),
    Check("hospital_neighbour", house.hospital_neighbour),
    Check("small_place", house.small_place),
    Check("border_or_station", house.border),
    Check("stale_register", house.stale_register),
)
# Other names under which declarations ask for the same test.
ALSO = {
    "price_reform": "policy_date", "code_mapping_swap": "code_swap", "near_hospital": "hospital_neighbour",
    "register_lags": "stale_register", "register_out_of_date": "stale_register", "kidney_ward": "dialysis_centre",
    "posting_in_batches": "data_duplicated_upload",
}  # fmt: skip
LIKE = {"rule": ("rule", "cohort")}  # cohorts point at lines as rules do
NOT_TESTABLE = ("数据无法检验，现场询问", "cannot be tested from data; ask on site")


def explain(inputs: BenignInputs) -> DataFrame:
    """Rows fixmedins_code, detector_id, check, result, fault, detail_zh, detail_en for every hit of the findings."""
    hits = inputs.keep("hits", inputs.findings.where(F.col("outcome") == "hit"))
    asked = _asked(inputs)
    answers = [_answered(check, inputs, hits, asked) for check in CHECKS]
    return reduce(DataFrame.unionByName, [*answers, _untestable(hits, inputs)])


def _asked(inputs: BenignInputs) -> dict[str, list[str]]:
    """Check -> detectors that list it, under its own or another name."""
    found: dict[str, list[str]] = {}
    for detector, names in sorted(inputs.asked.items()):
        for name in sorted({ALSO.get(name, name) for name in names}):
            found.setdefault(name, []).append(detector)
    return found


def _answered(check: Check, inputs: BenignInputs, hits: DataFrame, asked: dict[str, list[str]]) -> DataFrame:
    chosen = hits if check.everywhere else hits.where(F.col("detector_id").isin(*asked.get(check.name, [""])))
    if check.family:
        chosen = chosen.where(F.col("family").isin(*LIKE.get(check.family, (check.family,))))
    told = check.test(inputs, chosen)
    return told.withColumns({"check": F.lit(check.name), "fault": F.lit(check.fault)}).select(*COLUMNS)


def _untestable(hits: DataFrame, inputs: BenignInputs) -> DataFrame:
    known = {check.name for check in CHECKS}
    rows = [
        (detector, name)
        for detector, names in sorted(inputs.asked.items())
        for name in sorted({ALSO.get(name, name) for name in names} - known)
    ]
    listed = small_frame(hits.sparkSession, rows, "detector_id string, check string")
    joined = hits.select(*PAIR).join(F.broadcast(listed), "detector_id")
    zh, en = NOT_TESTABLE
    told = {"result": "not_testable", "detail_zh": zh, "detail_en": en}
    full = joined.withColumns({name: F.lit(text) for name, text in told.items()})
    return full.withColumn("fault", F.lit(False)).select(*COLUMNS)
