"""The section of one rule or cohort card.

Reads: the card, the words and the module of its kind, the shipped knowledge points it takes.
"""

from __future__ import annotations

import inspect
import re
from functools import cache

from jobs.scores.known_items import wanted
from knowledge.points import Point, load_points
from models.cohorts import COHORTS
from models.rules import load_kind
from models.rules.kind import Card
from tools.manual.benign import honest
from tools.manual.examples import kind_name, worked
from tools.manual.needs import needed, without
from tools.manual.words import Words, document, table

SHOWN_POINTS = 2
REFERENCE = re.compile(r"\s*\((?:handbook §[0-9.]+, )?formula \d(?: for both)?\)")
HEADINGS = re.compile(r"(?:^|(?<=\s))(Points|Card|Reads|Grain|Why|Formula|Left out on purpose)(?: \([^)]*\))?: ")


def rule_section(words: Words, card: Card) -> list[str]:
    """All a supervisor needs to know of one card."""
    family = words.say("cohort" if card.kind in COHORTS else "rule")
    return [
        f"### {card.detector_id} {words.of(card, 'title')}",
        "",
        words.say("family_line", family=family, kind=kind_name(words, card.kind), version=card.version),
        "",
        f"- **{words.say('looks_for')}**{words.say('colon')}{looks(words, card.kind)}",
        f"- **{words.say('judged')}**{words.say('colon')}{_judged(words, card)}",
        *_points(words, card),
        f"- **{words.say('needs')}**{words.say('colon')}",
        *needed(words, card.needs),
        f"  - {without(words, card.kind)}",
        f"- **{words.say('amount')}**{words.say('colon')}{_amount(words, card)}",
        f"- **{words.say('basis')}**{words.say('colon')}{words.law(card.legal_basis)}",
        f"- **{words.say('left_out')}**{words.say('colon')}{_left_out(words, card.kind)}",
        f"- **{words.say('honest')}**{words.say('colon')}",
        *honest(words, card.benign),
        f"- **{words.say('blind')}**{words.say('colon')}{words.sentence(words.of(card, 'blind_spots'))}",
        f"- **{words.say('on_site')}**{words.say('colon')}{words.sentence(words.of(card, 'how_to_check'))}",
        f"- **{words.say('examples')}**{words.say('colon')}{words.say('see_example', kind=card.kind)}",
        "",
        *_thresholds(words, card),
    ]


@cache
def _docstring(kind: str) -> dict[str, str]:
    """The parts of a kind's docstring: its summary under '', and `Why`, `Formula` … under their names."""
    text = inspect.getdoc(load_kind(kind)) or ""
    plain = REFERENCE.sub("", " ".join(text.split()))
    parts = HEADINGS.split(plain)
    found = {"": " ".join(text.split("\n\n")[0].split())}
    return found | {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def looks(words: Words, kind: str) -> str:
    """What the kind looks for: the English is its docstring, the Chinese stands in kinds.yaml."""
    entry = document("kinds").get(kind)
    if words.chinese and entry:
        return words.sentence(entry["looks"])
    return words.sentence(re.sub(r"\s*\([^()]*[一-鿿][^()]*\)", "", _docstring(kind)[""]))


def _left_out(words: Words, kind: str) -> str:
    entry = document("kinds").get(kind)
    if words.chinese and entry:
        return words.sentence(entry["left_out"])
    why, left_out = (_docstring(kind).get(name, "") for name in ("Why", "Left out on purpose"))
    return words.sentence(why[:1].upper() + why[1:], left_out and f"Left out: {left_out}")


def _judged(words: Words, card: Card) -> str:
    told = {
        "scope": words.term("scope", card.scope),
        "window": words.term("window", card.time_window),
        "scenes": words.listed(words.term("scene", name) for name in card.scenes),
        "stage": words.term("stage", card.stage),
        "result": words.term("result", card.result_kind),
    }
    return words.sentence(words.say("judged_line", **told), *_houses(words, card))


def _houses(words: Words, card: Card) -> list[str]:
    limited = [*card.hosp_lv, *card.medins_type]
    return [words.say("only_houses", houses=words.listed(f"`{code}`" for code in limited))] if limited else []


def _amount(words: Words, card: Card) -> str:
    entry = document("kinds").get(card.kind)
    formula = str(entry["formula"]) if entry else "own"
    own = words.pick(entry["amount"]) if entry and "amount" in entry else ""
    return words.sentence(words.say(f"formula_{formula}"), own, words.say("worked", sum=worked(words, card.kind)))


def _points(words: Words, card: Card) -> list[str]:
    if not hasattr(load_kind(card.kind), "READS_POINTS") and not card.points:
        return []
    taken = _taken(card)
    if not taken:
        return [f"- **{words.say('points')}**{words.say('colon')}{words.say('points_imported')}"]
    shown = words.listed(_point(point) for point in taken[:SHOWN_POINTS])
    told = words.say("points_line", count=len(taken), shown=shown)
    return [f"- **{words.say('points')}**{words.say('colon')}{told}"]


def _taken(card: Card) -> list[Point]:
    reader = wanted(card)
    return [point for point in load_points() if reader.takes(point)]


def _point(point: Point) -> str:
    sides = [name or code for name, code in ((point.item_name, point.item_code), (point.other_name, point.other_code))]
    limit = "" if point.limit_value is None else f" ({point.limit_value:g} {point.limit_unit})".replace(" )", ")")
    return f"`{point.point_id}` " + " + ".join(f"`{side}`" for side in sides if side) + limit


def _thresholds(words: Words, card: Card) -> list[str]:
    if not card.params:
        return [words.say("no_params"), ""]
    header = [words.say(key) for key in ("threshold", "value", "unit", "reason")]
    rows = [
        [f"{param_name(words, name)} `{name}`", _shown(value), param_unit(words, name), words.reason(card.why[name])]
        for name, value in card.params.items()
    ]
    return [*table(header, rows), ""]


def _shown(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"`{text}`"


def param_name(words: Words, name: str) -> str:
    """What a threshold is called."""
    return words.pick(document("params").get(name, [name, name, "", ""])[:2])


def param_unit(words: Words, name: str) -> str:
    """Its unit; a dash for one without."""
    return words.pick(document("params").get(name, [name, name, "", ""])[2:]) or "—"
