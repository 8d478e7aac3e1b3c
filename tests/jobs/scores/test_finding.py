"""scores/finding: four outcomes, sentences with their numbers, and nothing judged that could not be judged."""

from __future__ import annotations

import json

import pytest

from jobs.catalogue import derived
from jobs.scores import finding
from models.rules.kind import Card
from tests.models.detectors import world
from tests.support.tables import frame, rows

MONTHS = ("2023-01", "2023-02")
HOUSES = [f"h{index:02d}" for index in range(12)]
CARD = Card("IMG-01-split", "duplicate_pair", "imaging", "全腹CT拆分", "Abdomen CT split", "1.0")
DEATH = Card("INP-11-after-death", "after_death", "inpatient", "死亡后收费", "Charged after death", "1.0")
SHOP = Card("PHA-12-no-rx", "rx_without_prescription", "pharmacy", "无处方售药", "Sold without prescription", "1.0")
EVIDENCE_TYPES = "violation_amount decimal(16,2), fund_loss decimal(16,2)"


def _evidence(spark, counted, detector="IMG-01-split", area="imaging"):
    """`counted`: house -> (lines, persons); lines of 100 yuan, half of it paid by the fund, alternating over months."""
    made = [
        (detector, area, "v", house, f"p{line % persons}", MONTHS[line % 2], 100.0, 50.0)
        for house, (lines, persons) in counted.items()
        for line in range(lines)
    ]
    ddl = (
        "detector_id string, area string, detector_version string, fixmedins_code string, psn_no string,"
        " stat_month string, violation_amount double, fund_loss double"
    )
    return spark.createDataFrame(made, ddl)


def _exposure(spark, chances, detector="IMG-01-split"):
    made = [(detector, house, month, n / 2) for house, n in chances.items() for month in MONTHS]
    return spark.createDataFrame(made, "detector_id string, fixmedins_code string, stat_month string, exposure double")


def _gaps(spark, *made):
    return spark.createDataFrame(list(made), "detector_id string, fixmedins_code string, reason_code string")


def _build(spark, evidence, exposure, *, gaps=None, houses=HOUSES, cards=(CARD,), shops=(), **more):
    wide = world.months(
        spark,
        {house: {"visits": 100.0, "inscp": 5e5, "imaging_inscp": 1e5, "inpatient_inscp": 1e5} for house in houses},
        MONTHS,
    )
    wide = wide.withColumns({f"{area}_inscp": wide["imaging_inscp"] for area in ("pharmacy",)})
    institutions = world.register(spark, list(houses))
    if shops:
        institutions = institutions.unionByName(
            world.register(spark, list(shops), fixmedins_type="2", medins_type=None, hosp_lv=None)
        )
    return finding.build(
        finding.FindingInputs(
            evidence=evidence, exposure=exposure, gaps=gaps if gaps is not None else _gaps(spark), cards=cards,
            institutions=institutions, provider_month=wide, months=MONTHS, knowledge_version="2026.11", keep=world.kept,
            **more,
        )
    )  # fmt: skip


def _honest(spark):
    """Everybody has 2 mistakes in 100; one house has 30."""
    counted = {house: (20, 15) for house in HOUSES} | {"h11": (300, 90)}
    return _evidence(spark, counted), _exposure(spark, dict.fromkeys(HOUSES, 1000))


def test_only_the_house_above_its_peers_is_a_hit_and_the_others_keep_their_amounts(spark):
    found = _build(spark, *_honest(spark))
    assert tuple(found.columns) == derived("scores", "finding").names
    assert rows(found.where("outcome = 'hit'"), "fixmedins_code", "hits", "suspected_amount", "fund_loss") == [
        ("h11", 300.0, 30000.0, 15000.0)
    ]
    quiet = found.where("outcome = 'no_hit'")
    assert rows(quiet.select("strength", "suspected_amount").distinct(), "strength", "suspected_amount") == [
        (0, 2000.0)
    ]


def test_a_hit_tells_its_numbers_in_both_languages(spark):
    row = _build(spark, *_honest(spark)).where("outcome = 'hit'").collect()[0]
    assert row["reason_zh"].startswith("全腹CT拆分：300条，90人，为可比1,000的30.0%；同组（二级综合医院")
    assert "，11家）" in row["reason_zh"]
    assert "疑点金额30,000元" in row["reason_zh"]
    assert row["reason_en"].startswith(
        "Abdomen CT split: 300 lines, 90 persons, 30.0% of 1,000 chances; peers (11 institutions)"
    )
    assert json.loads(row["months"]) == {"2023-01": 150, "2023-02": 150}
    assert row["detector_version"].endswith("+k2026.11")
    assert row["observed"] == pytest.approx(0.3)
    assert 0 < row["peer_median"] < row["peer_limit"] < 0.3
    for word in ("骗", "欺诈", "fraud"):
        assert word not in row["reason_zh"] + row["reason_en"]


def test_what_could_not_be_judged_says_why(spark):
    evidence, exposure = _honest(spark)
    exposure = exposure.where("fixmedins_code not in ('h01', 'h02')").unionByName(_exposure(spark, {"h02": 6}))
    evidence = evidence.where("fixmedins_code not in ('h01', 'h02')")
    found = _build(spark, evidence, exposure, gaps=_gaps(spark, ("IMG-01-split", "h03", "missing:clnc_exam_rpot_d")))
    assert rows(found.where("outcome = 'not_evaluable'"), "fixmedins_code", "reason_code", "reason_zh") == [
        ("h01", "no_exposure", "全腹CT拆分：不可判定（本期无可比业务）。"),
        ("h02", "low_volume", "全腹CT拆分：不可判定（业务量太小）。"),
        ("h03", "missing:clnc_exam_rpot_d", "全腹CT拆分：不可判定（未提供所需数据）。"),
    ]


def test_a_detector_that_failed_is_an_error_everywhere(spark):
    gaps = _gaps(spark, ("IMG-01-split", None, "error:ValueError"))
    found = _build(
        spark, _evidence(spark, {"none": (1, 1)}).limit(0), _exposure(spark, {"none": 1}).limit(0), gaps=gaps
    )
    assert rows(found.groupBy("outcome", "reason_code").count(), "outcome", "reason_code", "count") == [
        ("error", "error:ValueError", 12)
    ]


def test_the_impossible_needs_no_peers_but_more_than_a_slip(spark):
    evidence = _evidence(spark, {"h00": (40, 12), "h01": (2, 2)}, "INP-11-after-death", "inpatient")
    exposure = _exposure(spark, {"h00": 5000, "h01": 5000}, "INP-11-after-death")
    found = _build(spark, evidence, exposure, houses=["h00", "h01"], cards=(DEATH,))
    assert rows(found, "fixmedins_code", "outcome", "strength", "peer_size") == [
        ("h00", "hit", 3, None),
        ("h01", "no_hit", 0, None),
    ]


def test_pharmacy_rules_are_asked_of_pharmacies(spark):
    evidence, exposure = _honest(spark)
    found = _build(spark, evidence, exposure, cards=(CARD, SHOP), shops=("s1",))
    asked = found.groupBy("detector_id").agg({"fixmedins_code": "count"})
    assert dict(rows(asked, "detector_id", "count(fixmedins_code)")) == {"IMG-01-split": 12, "PHA-12-no-rx": 1}


def test_without_any_pharmacy_they_are_not_evaluable_for_all(spark):
    evidence, exposure = _honest(spark)
    found = _build(spark, evidence, exposure, cards=(CARD, SHOP)).where("area = 'pharmacy'")
    assert rows(found.groupBy("outcome", "reason_code").count(), "outcome", "reason_code", "count") == [
        ("not_evaluable", "no_such_institution", 12)
    ]


def test_indicators_join_with_their_own_sentence(spark):
    houses = {
        house: {"visits": 100.0, "inscp": 5e5, "discharges": 100.0, "stay_inscp": 5e5 + 2e4 * i}
        for i, house in enumerate(HOUSES)
    }
    houses["dear"] = {"visits": 100.0, "inscp": 2e6, "discharges": 100.0, "stay_inscp": 2e6}
    wide = world.months(spark, houses, MONTHS)
    institutions = world.register(spark, list(houses))
    judged = world.judge_all(spark, ["INP-81-cost-per-stay"], wide, institutions, MONTHS)
    inputs = finding.FindingInputs(
        evidence=_evidence(spark, {"none": (1, 1)}), exposure=_exposure(spark, {"none": 1}), gaps=_gaps(spark), cards=(),
        institutions=institutions, provider_month=wide, months=MONTHS, knowledge_version="2026.11", indicators=judged,
    )  # fmt: skip
    row = finding.build(inputs).where("outcome = 'hit'").collect()[0]
    assert (row["fixmedins_code"], row["family"], row["unit"], row["suspected_amount"]) == (
        "dear",
        "indicator",
        "元",
        0.0,
    )
    assert row["excess_amount"] > 0
    assert row["reason_zh"].startswith("次均住院符合范围费用：20,000元；同组（二级综合医院")
    assert "yuan above the limit" in row["reason_en"]
    assert json.loads(row["months"]) == {"2023-01": 20000.0, "2023-02": 20000.0}


def test_a_data_fault_that_explains_a_hit_is_named_with_the_tests_made(spark):
    benign = frame(
        spark,
        """
        fixmedins_code | detector_id  | check        | result           | fault | detail_zh | detail_en
        h11            | IMG-01-split | code_swap    | explains         | true  | 编码互换  | codes swapped
        h11            | IMG-01-split | speciality   | does_not_explain | false | 综合医院  | general hospital
        h00            | IMG-01-split | code_swap    | explains         | true  | 编码互换  | codes swapped
        """,
        "fault boolean",
    )
    found = _build(spark, *_honest(spark), benign=lambda _: benign)
    row = found.where("fixmedins_code = 'h11'").collect()[0]
    assert row["data_fault"] == "code_swap"
    assert [check["result"] for check in json.loads(row["benign_checks"])] == ["explains", "does_not_explain"]
    assert rows(found.where("fixmedins_code = 'h00'"), "data_fault", "benign_checks") == [(None, "[]")]


def test_a_quadrant_tells_both_figures(spark):
    def house(weight: float, paid: float) -> dict[str, float]:
        cost = 60 * weight * 4000.0
        money = {"drg_cost": cost, "drg_standard": cost * paid, "drg_inscp": cost}
        return {"visits": 60.0, "inscp": cost, "drg_cases": 60.0, "drg_weight": 60 * weight, **money}

    houses = {code: house(0.95 + 0.01 * i, 0.94 + 0.01 * i) for i, code in enumerate(HOUSES)}
    houses["upcoding"] = house(1.25, 1.4)
    wide, institutions = world.months(spark, houses, MONTHS), world.register(spark, list(houses))
    asked = "DRG-81-drg-heavy-and-in-surplus"
    judged = world.judge_all(spark, [asked], wide, institutions, MONTHS)
    inputs = finding.FindingInputs(
        evidence=_evidence(spark, {"none": (1, 1)}), exposure=_exposure(spark, {"none": 1}), gaps=_gaps(spark), cards=(),
        institutions=institutions, provider_month=wide, months=MONTHS, knowledge_version="2026.11", indicators=judged,
    )  # fmt: skip
    (row,) = finding.build(inputs).where("outcome = 'hit'").collect()
    assert "DRG病例偏重且结余偏高（支付标准÷费用）：1.40倍" in row["reason_zh"]
    assert "病例组合指数（平均权重）1.25，同组1.0" in row["reason_zh"]
    assert "case-mix index (mean weight) 1.25, peers 1.0" in row["reason_en"]
