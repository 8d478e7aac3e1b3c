"""The detector manual: every detector once per language, nothing empty, the same text every time, sums that add up."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from models.detectors.model import load_detectors
from models.rules import KINDS
from models.rules.cards import AREA_PREFIX, load_cards
from tests.models.rules.test_examples import worth
from tools.manual import LANGUAGES, all_pages, pages
from tools.manual.needs import reasons
from tools.manual.words import Words, document

PAGES = {name: page() for name, page in all_pages().items()}
IDS = [card.detector_id for card in load_cards()] + [detector.detector_id for detector in load_detectors()]
SUM = re.compile(r"[0-9(][0-9.+×÷()− ]*[×÷+−][0-9.+×÷()− ]* = [0-9.]+")
SECTION = re.compile(r"^### ([A-Z]{2,3}-\d{2}-[a-z0-9-]+) ", re.MULTILINE)
ALWAYS = ("looks_for", "judged", "needs", "amount", "basis", "honest", "blind", "on_site", "examples")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_detector_has_one_section_per_language(language):
    told = Counter(
        name for page, text in PAGES.items() if page.endswith(f".{language}.md") for name in SECTION.findall(text)
    )
    assert told == Counter(IDS)
    assert len(told) > 200


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("area", AREA_PREFIX)
def test_no_section_leaves_a_field_empty(area, language):
    words = Words(language)
    for section in PAGES[f"detectors/{area}.{language}.md"].split("\n### ")[1:]:
        if not SECTION.match("### " + section):
            continue  # a worked example
        for field in ALWAYS:
            head = f"- **{words.say(field)}**{words.say('colon').rstrip()}"
            told = section.split(head, 1)[1].split("\n- **", 1)[0]
            assert told.strip(" 。.\n"), (section.splitlines()[0], field)
        assert "None" not in section.replace("`None`", "")


def test_a_page_written_again_is_the_same_to_the_byte():
    for name in ("detectors/index.zh.md", "detectors/pharmacy.zh.md", "detectors/drg_dip.en.md"):
        assert all_pages()[name]() == PAGES[name]


def test_every_sum_in_the_manual_comes_to_what_it_says():
    sums = {found.group().strip() for text in PAGES.values() for found in SUM.finditer(text)}
    assert len(sums) > 15
    for text in sorted(sums):
        worth(text)


def test_every_kind_has_words_in_both_languages():
    assert set(document("kinds")) - {"helpers"} == set(KINDS)
    assert all(entry["looks"] and entry["left_out"] for kind, entry in document("kinds").items() if kind != "helpers")


def test_a_kind_says_with_which_words_it_gives_no_verdict():
    assert reasons("staff_capacity") == ("no_staff_register", "performer_codes_shared")
    assert "no_reports" in reasons("report_missing")
    assert reasons("quantity_per_line") == ()


def test_links_lead_somewhere():
    for name, text in PAGES.items():
        for target in re.findall(r"\]\((?!\.\./)([a-z_]+\.(?:zh|en)\.md)\)", text):
            assert f"detectors/{target}" in PAGES, name
        for anchor in re.findall(r"\]\(#([a-z_-]+)\)", text):
            assert f'<a id="{anchor}"></a>' in text, (name, anchor)


def test_a_reason_without_chinese_is_shown_in_english_rather_than_not_at_all():
    assert Words("zh").reason("a reason nobody has written down yet") == "a reason nobody has written down yet"


def test_nearly_all_reasons_have_chinese_and_the_rest_are_named():
    given = pages.reasons()
    missing = [hint for hint in pages.hints() if hint.startswith("no Chinese")]
    assert len(given) > 300
    assert len(missing) < len(given) / 20  # a card may come before its Chinese, never a whole area of them
