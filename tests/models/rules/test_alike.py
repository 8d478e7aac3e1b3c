"""Cards of several areas that ask the same are answered together, each for its own items."""

from __future__ import annotations

from models.rules.alike import asking_the_same, domains_of, for_each
from models.rules.kind import Card
from tests.support.tables import frame, rows


def card(detector_id: str, area: str, *domains: str, **params) -> Card:
    return Card(detector_id, "over_price", area, "测试", "test", "1", {"domains": list(domains), **params})


IMPLANTS = card("ORT-1", "orthopaedics", "implant", "bone_device", against="cap", tolerance=0.01)
REAGENTS = card("LAB-1", "laboratory", "reagent", tolerance=0.01, against="cap")
STRICT = card("CON-1", "consumables", "implant", against="cap", tolerance=0.0)


def test_cards_that_differ_in_their_items_alone_stand_together():
    groups = asking_the_same([IMPLANTS, STRICT, REAGENTS])
    assert [[one.detector_id for one in group] for group in groups] == [["ORT-1", "LAB-1"], ["CON-1"]]
    assert domains_of(groups[0]) == ["bone_device", "implant", "reagent"]


def test_a_row_stands_once_for_every_card_that_watches_its_item(spark):
    charged = frame(
        spark,
        """
        bkkp_sn | domain
        a       | implant
        b       | reagent
        c       | drug_west
        """,
    )
    told = rows(for_each(charged, [IMPLANTS, REAGENTS, STRICT]), "bkkp_sn", "detector_id", "area")
    assert sorted(told) == [
        ("a", "CON-1", "consumables"),
        ("a", "ORT-1", "orthopaedics"),
        ("b", "LAB-1", "laboratory"),
    ]
