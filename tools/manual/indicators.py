"""The section of one indicator: what is divided by what, against whom, and how far is far.

Reads: the declaration, the columns of features/provider_month, the defaults every indicator shares.
"""

from __future__ import annotations

from jobs.catalogue import DERIVED
from models.detectors.model import Detector
from models.peers import MIN_PEERS
from tools.manual.benign import honest
from tools.manual.needs import needed, without
from tools.manual.rules import param_name, param_unit
from tools.manual.words import Words, table


def indicator_section(words: Words, detector: Detector) -> list[str]:
    """All a supervisor needs to know of one indicator."""
    return [
        f"### {detector.detector_id} {words.of(detector, 'title')}",
        "",
        words.say("family_line", family=words.say("indicator"), kind=words.say(f"statistic_{detector.statistic}"),
                  version=detector.version),
        "",
        f"- **{words.say('looks_for')}**{words.say('colon')}{_looks(words, detector)}",
        f"- **{words.say('measured')}**{words.say('colon')}{_measured(words, detector)}",
        f"- **{words.say('judged')}**{words.say('colon')}{_judged(words, detector)}",
        *_beside(words, detector),
        f"- **{words.say('needs')}**{words.say('colon')}{_columns(words, detector)}",
        *needed(words, detector.needs),
        f"  - {without(words, None)}{_too_little(words, detector)}",
        f"- **{words.say('amount')}**{words.say('colon')}{_amount(words, detector)}",
        f"- **{words.say('basis')}**{words.say('colon')}{words.say('indicator_basis')}",
        f"- **{words.say('honest')}**{words.say('colon')}",
        *honest(words, detector.benign),
        f"- **{words.say('blind')}**{words.say('colon')}{words.sentence(words.of(detector, 'blind_spots'))}",
        f"- **{words.say('on_site')}**{words.say('colon')}{words.sentence(words.of(detector, 'how_to_check'))}",
        f"- **{words.say('examples')}**{words.say('colon')}{words.say('indicator_example')}",
        "",
        *_thresholds(words, detector),
    ]  # fmt: skip


def _meanings(words: Words, columns: tuple[str, ...]) -> str:
    known = {column.name: words.of(column, "meaning") for column in DERIVED["features", "provider_month"].columns}
    return words.say("plus").join(words.say("named", name=name, meaning=known.get(name, name)) for name in columns)


def _looks(words: Words, detector: Detector) -> str:
    side = words.say("low_side" if detector.direction == "low" else "high_side")
    return words.say("indicator_looks", title=words.of(detector, "title"), side=side)


def _measured(words: Words, detector: Detector) -> str:
    values = {"num": _meanings(words, detector.num), "den": _meanings(words, detector.den)}
    told = words.say(f"measured_{detector.statistic}", **values, capacity=detector.capacity)
    unit = words.say(f"format_{detector.format}") if detector.format != "number" else words.of(detector, "unit")
    return words.sentence(told, words.say("in_unit", unit=unit) if unit else "")


def _judged(words: Words, detector: Detector) -> str:
    kinds = words.listed(words.term("institution", kind) for kind in detector.kinds)
    superfluous = words.listed(f"`{name}`" for name in detector.only_without)
    return words.sentence(
        words.say("indicator_judged", kinds=kinds, minimum=MIN_PEERS),
        words.say("only_without", names=superfluous) if superfluous else "",
        words.say("own_level") if detector.ladder == "level" else "",
        words.say("capped", strength=detector.max_strength) if detector.max_strength < 4 else "",
    )


def _beside(words: Words, detector: Detector) -> list[str]:
    """The second ratio that must stand out together with the indicator, where there is one."""
    second = detector.beside
    if second is None:
        return []
    told = words.say(
        f"indicator_beside_{second.direction}",
        title=words.of(second, "title"),
        num=_meanings(words, second.num),
        den=_meanings(words, second.den),
        ratio=f"{second.ratio:g}",
    )
    return [f"  - {words.sentence(told)}{words.sentence(words.reason(second.why))}"]


def _columns(words: Words, detector: Detector) -> str:
    used = tuple(dict.fromkeys((*detector.columns, *(detector.requires or ()))))
    told = words.listed(f"`{name}`" for name in used)
    return words.say("indicator_columns", columns=told)


def _too_little(words: Words, detector: Detector) -> str:
    return words.say("too_little", volume=f"{detector.thresholds['min_volume']:g}")


def _amount(words: Words, detector: Detector) -> str:
    if not detector.amount:
        return words.say("indicator_no_amount")
    amount = _meanings(words, detector.amount)
    return words.say("indicator_amount_low" if detector.direction == "low" else "indicator_amount", amount=amount)


def _thresholds(words: Words, detector: Detector) -> list[str]:
    header = [words.say(key) for key in ("threshold", "value", "unit", "reason")]
    rows = [
        [f"{param_name(words, name)} `{name}`", f"`{value:g}`", param_unit(words, name),
         words.reason(detector.why[name])]
        for name, value in detector.thresholds.items()
    ]  # fmt: skip
    return [*table(header, rows), ""]
