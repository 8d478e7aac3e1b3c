"""The order and the partitions of the lines change nothing, and no dispute exceeds its line: all kinds at once."""

from __future__ import annotations

import random
from functools import reduce

import pytest
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules import load_kind
from models.rules.kind import HIT_SCHEMA, Card, RuleInputs
from tests.models.rules.sheet import lines, points
from tests.support.tables import frame, rows

POINTED = [
    "addon_over_main", "course_days", "days_over_stay", "discounted_repeat", "duplicate_pair", "edge_day",
    "frequency_cap", "interval_per_person", "panel_members", "quantity_per_line", "restricted_age",
    "restricted_institution_level", "restricted_insurance_type", "restricted_sex", "restricted_visit_type",
]  # fmt: skip
PARAMS = {
    "restricted_visit_type": {"visit_types": ["21"]},
    "restricted_institution_level": {"levels": {2: ["05"], 1: ["09"]}},
    "duplicate_pair": {"dispute": "cheaper"},
    "restricted_insurance_type": {"paid_by": {"gend": ["510"]}},
}
KNOWN = """
    item | other | limit | unit        | window | group_id | point_id
    A    | B     | 1     | years_below | day    | g        | p1
    B    | A     | 1     | gend        | day    | g        | p2
    C    | A     | 2     | level       | visit  | g        | p3
    A    | C     | 1     | level       | day    | h        | p4
"""


def charged(seed: int) -> list[str]:
    dice = random.Random(seed)  # noqa: S311 – a test needs the same dice every time
    made = []
    for number in range(90):
        day, hour, amount = dice.randint(1, 4), dice.choice((8, 8, 15)), dice.choice((10, 10, 25))
        made.append(
            f"b{number:03d} | {dice.choice('ABC')} | 2023-03-0{day} 0{hour % 10}:00:00 | p{dice.randint(1, 5)} |"
            f" m{dice.randint(1, 6)} | H{dice.randint(1, 2)} | {dice.choice('12')} | {dice.choice((1, 2, 3))} |"
            f" {amount}.05 | {dice.choice(('11', '21'))} | 310 | 2023-03-01 | 2023-03-04"
        )
    return made


HEADER = "bkkp_sn | item | at | psn | visit | inst | gend | cnt | inscp | med_type | insutype | visit_begin | visit_end"


def everything(spark, fees: DataFrame) -> DataFrame:
    houses = frame(spark, "fixmedins_code | fixmedins_type | hosp_lv\nH1 | 1 | 09\nH2 | 1 | 05")
    found = []
    for name in POINTED:
        card = Card("X-01", name, "imaging", "测试", "test", "1", params=PARAMS.get(name, {}))
        given = RuleInputs(fees, {"fixmedins_b": houses}, points(spark, KNOWN).withColumn("mutual", F.lit(False)))
        found.append(load_kind(name).evaluate(given, [card]).withColumn("detector_id", F.lit(name)))
    return reduce(DataFrame.unionByName, found)


@pytest.mark.parametrize("seed", [1])
def test_shuffled_lines_give_the_same_hits_and_no_hit_exceeds_its_line(spark, seed):
    body = charged(seed)
    straight = everything(spark, lines(spark, "\n".join([HEADER, *body]))).collect()
    random.Random(seed).shuffle(body)  # noqa: S311
    shuffled = everything(spark, lines(spark, "\n".join([HEADER, *body])).repartition(2))
    assert rows(shuffled, *HIT_SCHEMA) == rows(spark.createDataFrame(straight, shuffled.schema), *HIT_SCHEMA)
    assert {row["detector_id"] for row in straight} == set(POINTED)
    assert all(0 < row["violation_amount"] <= row["inscp_amt"] for row in straight)
    assert all(row["violation_cnt"] is None or 0 < row["violation_cnt"] <= row["cnt"] for row in straight)
    keys = [(row["detector_id"], row["bkkp_sn"]) for row in straight]
    assert len(keys) == len(set(keys))
