"""Laws over all detector cards, and what the reader refuses."""

import re

import pytest

from knowledge.points import load_points
from models.rules import KINDS, load_kind
from models.rules.cards import AREA_PREFIX, STAGES, by_kind, load_cards, read_card
from models.rules.lines import COMMON_PARAMS

CARDS = load_cards()
FORBIDDEN = re.compile(r"骗保|欺诈|诈骗|fraud", re.IGNORECASE)


def test_there_are_cards_for_the_clinical_areas():
    counted = {area: sum(card.area == area for card in CARDS) for area in AREA_PREFIX}
    assert all(counted[area] >= 5 for area in ("imaging", "laboratory", "rehabilitation"))


def test_ids_are_unique_and_named_alike():
    ids = [card.detector_id for card in CARDS]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Z]{2,3}-\d{2}-[a-z0-9-]+", name) for name in ids)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.detector_id)
def test_every_card_is_complete(card):
    assert card.kind in KINDS
    assert card.title_zh and card.title_en and card.legal_basis
    assert card.how_to_check_zh and card.how_to_check_en
    assert card.blind_spots_zh and card.blind_spots_en and card.benign
    assert card.needs and card.stage in STAGES
    assert set(card.why) == set(card.params) and all(card.why.values())
    texts = [card.title_zh, card.title_en, card.how_to_check_zh, card.how_to_check_en, *card.why.values()]
    assert not any(FORBIDDEN.search(text) for text in texts)


@pytest.mark.parametrize("card", [card for card in CARDS if hasattr(load_kind(card.kind), "READS_POINTS")],
                         ids=lambda card: card.detector_id)  # fmt: skip
def test_a_card_sets_only_what_its_kind_reads(card):
    assert set(card.params) <= {*load_kind(card.kind).PARAMS, *COMMON_PARAMS}


def test_every_starter_point_is_read_by_a_card():
    from jobs.scores.known_items import wanted

    readers = [wanted(card) for card in CARDS]
    lost = [point.point_id for point in load_points() if not any(reader.takes(point) for reader in readers)]
    assert lost == []


def test_cards_are_grouped_by_kind_in_one_order():
    grouped = by_kind(reversed(CARDS))
    assert list(grouped) == sorted(grouped)
    assert [card.detector_id for card in grouped["duplicate_pair"]] == sorted(
        card.detector_id for card in CARDS if card.kind == "duplicate_pair"
    )


RAW = {"id": "IMG-99-x", "kind": "duplicate_pair", "title_zh": "测试", "title_en": "test", "version": "1"}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"titel_en": "x"}, "unknown keys"),
        ({"params": {"k": 3}}, "must be"),
        ({"params": {"k": {"value": 3, "why": " "}}}, "must be"),
        ({"stage": "sometime"}, "stage"),
        ({"id": "LAB-99-x"}, "begins with IMG-"),
        ({"area": "astrology"}, "unknown area"),
    ],
)
def test_a_misspelt_or_unexplained_card_is_refused(change, wrong):
    with pytest.raises(ValueError, match=wrong):
        read_card(RAW | change, "imaging.yaml", "imaging" if "area" not in change else None)


def test_a_card_for_several_areas_becomes_one_detector_each():
    cards = read_card(RAW | {"id": "*-71-x", "areas": ["imaging", "dialysis"]}, "national.yaml")
    assert [(card.detector_id, card.area) for card in cards] == [("IMG-71-x", "imaging"), ("HD-71-x", "dialysis")]
