"""The facts as one page for people, Chinese and English beside each other; it needs no network and no script.

Why: whoever keeps the machines running opens one page and sees what is fine, what is late and what to do.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, Template, select_autoescape

from jobs.catalogue import STEPS
from jobs.operations.facts import AreaFacts, Facts
from jobs.operations.judge import ACT, notices, short
from jobs.operations.words import HINTS

SHOWN_REASONS = 5
_ORDER = {step.name: place for place, step in enumerate(STEPS)}


def html(facts: Facts) -> str:
    """The page."""
    found = notices(facts)
    areas = [_area(facts, one, {notice.level for notice in found if notice.area == one.area}) for one in facts.areas]
    urgent = sum(notice.level == ACT for notice in found)
    return _template().render(facts=facts, notices=found, areas=areas, urgent=urgent, disks=_disks(facts))


@cache
def _template() -> Template:
    loader = PackageLoader("jobs.operations", ".")
    environment = Environment(loader=loader, autoescape=select_autoescape(default=True), trim_blocks=True)
    environment.filters |= {"age": age, "period": short, "moment": lambda when: when.strftime("%Y-%m-%d %H:%M UTC")}
    return environment.get_template("page.html.j2")


def _area(facts: Facts, one: AreaFacts, levels: set[str]) -> dict[str, Any]:
    refused = sorted(one.rows.quarantined.items(), key=lambda pair: (-pair[1], pair[0]))
    hints = {hint: sum(n for (_, held), n in one.cases.items() if held == hint) for hint in HINTS}
    return {
        "facts": one,
        "state": "act" if ACT in levels else "late" if levels else "fine",
        "age": facts.now - one.latest.finished if one.latest else None,
        "hints": [(*HINTS[hint], number) for hint, number in hints.items()],
        "refused": refused[:SHOWN_REASONS],
        "more_refused": sum(rows for _, rows in refused[SHOWN_REASONS:]),
        "blind": sum(one.unjudged.values()),
        "steps": sorted(one.steps.items(), key=lambda pair: _ORDER.get(pair[0], len(_ORDER))),
        "sealed": sorted(one.waiting),
        "copying": sorted(one.incomplete),
    }


def _disks(facts: Facts) -> list[tuple[str, str, int]]:
    """Place, free room in words, share used in percent."""
    return [
        (
            one.place,
            f"{one.free / (1 << 30):,.0f} / {one.total / (1 << 30):,.0f} GiB",
            100 - 100 * one.free // one.total,
        )
        for one in facts.disks
    ]


def age(span: timedelta) -> str:
    """A span of time in the largest unit that still tells: `3 天 d`, `5 小时 h`, `12 分 min`."""
    minutes = int(span.total_seconds() // 60)
    if minutes >= 2 * 24 * 60:
        return f"{minutes // (24 * 60)} 天 d"
    return f"{minutes // 60} 小时 h" if minutes >= 120 else f"{minutes} 分 min"
