"""Which honest institution a detector could hit, and how that is told apart before anybody knocks on a door.

Reads: `benign` of cards and indicators, the tests of models.benign.run with their thresholds (benign.yaml).
Why: an explanation that data can test is tested and its result stands in the case; one that it cannot is a question to
ask on site, and the manual says which is which.
"""

from __future__ import annotations

from collections.abc import Iterable

import yaml

from jobs.cases import words as names
from models.benign.model import SOURCE
from models.benign.run import ALSO, CHECKS
from tools.manual.words import Words, document, table

TESTED = {check.name: check for check in CHECKS}


def honest(words: Words, asked: Iterable[str]) -> list[str]:
    """One line per explanation: its name, and how it is tested or that it must be asked on site."""
    return [f"  - {_name(words, code)}{words.say('colon')}{_how(words, code)}" for code in asked]


def _name(words: Words, code: str) -> str:
    return f"**{words.name(names.FAULTS, code)}** (`{code}`)"


def _how(words: Words, code: str) -> str:
    check = TESTED.get(ALSO.get(code, code))
    if check is None:
        return words.say("ask_on_site")
    told = words.pick(document("checks").get(check.name, [check.test.__doc__, check.test.__doc__]))
    return words.sentence(told, words.say("fault" if check.fault else "explanation"))


def tests(words: Words) -> list[str]:
    """The table of all tests for the index page, each with its thresholds and their reasons."""
    header = [words.say(key) for key in ("check", "looks_at", "consequence", "thresholds")]
    rows = [
        [
            _name(words, check.name),
            words.pick(document("checks").get(check.name, [check.test.__doc__, check.test.__doc__])),
            words.say("fault" if check.fault else "explanation"),
            _limits(words, check.name),
        ]
        for check in CHECKS
    ]
    return table(header, rows)


def _limits(words: Words, name: str) -> str:
    declared = yaml.safe_load(SOURCE.read_text(encoding="utf-8")).get(document("terms")["limits"].get(name, name)) or {}
    told = [f"`{key}` = {entry['value']}: {words.reason(entry['why'])}" for key, entry in declared.items()]
    return "<br>".join(told) or words.say("no_thresholds")


def reasons() -> list[str]:
    """The reasons of all thresholds of the tests."""
    declared = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return [entry["why"] for limits in declared.values() if isinstance(limits, dict) for entry in limits.values()]
