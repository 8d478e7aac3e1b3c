"""features/item and features/provider_item_month: items by their commonest name, exact persons and visits."""

from __future__ import annotations

from jobs.catalogue import derived
from jobs.features import item, provider_item_month
from tests.support import validated
from tests.support.tables import rows

LINES = """
    mdtrt_id | psn_no | med_list_codg   | hilist_name  | med_chrgitm_type | line_kind | net_cnt | fixmedins_code
    v1       | p1     | 002501010150000 | 血细胞分析   | 04               | charge    | 1       | h1
    v1       | p1     | 002501010150000 | 血细胞分析   | 04               | charge    | 1       | h1
    v2       | p1     | 002501010150000 | 血常规       | 04               | charge    | 2       | h1
    v3       | p2     | 002501010150000 | 血细胞分析   | 04               | charge    | 1       | h2
    v3       | p2     |                 | 自制穴位贴敷 | 05               | charge    | 1       | h2
    v3       | p2     |                 | 自制康复训练 | 05               | charge    | 1       | h2
    v3       | p2     | 002501010150000 | 血细胞分析   | 04               | refund    | 0       | h2
    v4       | p3     | 002501010150000 | 血细胞分析   | 04               | charge    | 0       | h2
"""


def test_an_item_has_its_commonest_name_and_self_made_ones_stay_apart(spark):
    found = item.build(validated.lines(spark, LINES))
    assert tuple(found.columns) == derived("features", "item").names
    assert rows(found, "med_list_codg", "hilist_name", "domain", "area", "lines") == [
        ("", "自制康复训练", "rehab", "rehabilitation", 1),
        ("", "自制穴位贴敷", "tcm", "rehabilitation", 1),
        ("002501010150000", "血细胞分析", "lab", "laboratory", 4),
    ]


def test_visits_and_persons_of_an_item_are_exact(spark):
    institutions = validated.institutions(spark, "fixmedins_code\nh1\nh2")
    found = provider_item_month.build(validated.lines(spark, LINES), institutions)
    assert tuple(found.columns) == derived("features", "provider_item_month").names
    kept = found.where("med_list_codg <> ''")
    assert rows(kept, "fixmedins_code", "lines", "cnt", "inscp", "visits", "persons") == [
        ("h1", 3, 4.0, 30.0, 2, 1),
        ("h2", 1, 1.0, 10.0, 1, 1),
    ]
