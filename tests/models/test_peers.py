"""Peers: who is compared with whom, and statistics that leave the judged institution out."""

from __future__ import annotations

import statistics

import pytest

from models import peers
from tests.support.tables import frame, rows

REGISTER = """
    fixmedins_code | fixmedins_name | fixmedins_type | medins_type | hosp_lv | biznat | fix_blng_admdvs
    h1             | 县人民医院     | 1              | general     | 05      | 1      | 320381
    h2             | 康泰医院       | 1              | general     | 11      | 2      | 320381
    c1             | 市儿童医院     | 1              | specialist  | 02      | 1      | 320301
    o1             | 华夏骨科医院   | 1              | specialist  | 02      | 2      | 320301
    p1             | 平安大药房     | 2              |             |         | 2      | 320301
    u1             | PRV51001       | 1              |             |         |        | 5
"""


def _ladder(spark, rungs=peers.INDICATOR_LADDER):
    volume = spark.createDataFrame([("h1", 10.0)], "fixmedins_code string, volume double")
    return peers.ladder(peers.attributes(frame(spark, REGISTER), volume), rungs)


def test_attributes_are_given_up_one_at_a_time_and_told_in_words(spark):
    texts = rows(_ladder(spark).where("fixmedins_code = 'h1'"), "rung", "group_text")
    assert texts == [
        (0, "二级综合医院·公立·小规模·区划320381"),
        (1, "二级综合医院·公立·小规模·全统筹区"),
        (2, "二级综合医院·各类性质·小规模·全统筹区"),
        (3, "二级综合医院·各类性质·各种规模·全统筹区"),
        (4, "综合医院·各类性质·小规模·全统筹区"),
        (5, "综合医院·各类性质·各种规模·全统筹区"),
    ]


def test_a_childrens_hospital_never_shares_a_group_with_an_orthopaedic_one(spark):
    shared = _ladder(spark).where("fixmedins_code in ('c1', 'o1')").groupBy("group_key").count()
    assert rows(shared.where("count > 1"), "group_key") == []


def test_an_unknown_house_still_has_a_group(spark):
    assert ("u1", 5, "医疗机构·各类性质·各种规模·全统筹区") in rows(
        _ladder(spark), "fixmedins_code", "rung", "group_text"
    )


VALUES = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6, 5.0, 3.5, 80.0]


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@pytest.mark.parametrize("count", [2, 3, 4, 8, 9])
def test_quantiles_leave_the_judged_institution_out(spark, count):
    values = VALUES[:count]
    made = spark.createDataFrame(
        [(f"h{index}", "g", value) for index, value in enumerate(values)], "fixmedins_code string, g string, x double"
    )
    found = peers.without_self(made, ["g"], "x", {"q1": 0.25, "median": 0.5, "q3": 0.75})
    for code, size, *quartiles in rows(found, "fixmedins_code", "peers", "q1", "median", "q3"):
        others = [value for index, value in enumerate(values) if f"h{index}" != code]
        assert size == len(others)
        assert quartiles == pytest.approx([_quantile(others, share) for share in (0.25, 0.5, 0.75)])


def test_one_extreme_peer_does_not_widen_the_spread(spark):
    made = spark.createDataFrame(
        [(f"h{index}", "g", value) for index, value in enumerate(VALUES)], "fixmedins_code string, g string, x double"
    )
    found = dict(rows(peers.spread_without_self(made, ["g"], "x"), "fixmedins_code", "mad"))
    centre = statistics.median(VALUES)
    others = [abs(value - centre) for value in VALUES[:-1]]
    assert found["h8"] == pytest.approx(statistics.median(others))


def test_the_closest_rung_with_enough_peers_is_taken(spark):
    rungs = frame(
        spark,
        """
        fixmedins_code | detector_id | rung | peers
        h1             | D1          | 0    | 3
        h1             | D1          | 1    | 8
        h1             | D1          | 2    | 40
        h2             | D1          | 5    | 7
        """,
        "rung int, peers int",
    )
    assert rows(peers.nearest(rungs, ["detector_id"]), "fixmedins_code", "rung") == [("h1", 1)]
