"""What is fine, what is late and what must be done, said of the facts in plain words.

Grain: one Notice per thing to do; no notice means that everything is as it should be.
Why: a figure alone asks a person to know what is normal; the limits and their reasons stand here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.operations.facts import AreaFacts, Facts
from jobs.operations.words import CODES, NOTICES
from jobs.runtime.errors import TemporaryFault

ACT, LATE = "act", "late"
# A month has at most 31 days; its extract, the run and the approval together get two weeks.
NO_RUN_FOR = timedelta(days=45)
# The timetable looks every quarter of an hour and a run takes hours: a sealed month is scored within two days.
WAITING_FOR = timedelta(days=2)
# A transfer that has not moved for a day has stopped.
COPYING_FOR = timedelta(days=1)
# Somebody looks at the approvals twice a week.
DRAFT_FOR = timedelta(days=4)
# Backups are nightly; one may fail.
BACKUP_FOR = timedelta(days=2)
# Every step writes beside what it replaces: a tenth of a disk is less than a month takes twice.
DISK_SHARE, DISK_LEAST = 0.1, 5 << 30


@dataclass(frozen=True)
class Notice:
    """One thing to see to. `level`: act (now) or late (soon); `area` empty = the whole office; `kind` names the rule.

    `zh`, `en` say what is the matter, `then_zh`, `then_en` what to do.
    """

    level: str
    kind: str
    area: str
    zh: str
    en: str
    then_zh: str
    then_en: str


def notices(facts: Facts) -> list[Notice]:
    """Everything to see to, the urgent first."""
    found = [*_office(facts), *(one for area in facts.areas for one in _area(area, facts.now))]
    return sorted(found, key=lambda one: (one.level != ACT, one.area, one.kind))


def _office(facts: Facts) -> Iterator[Notice]:
    for name, up in sorted(facts.services.items()):
        if not up:
            yield _notice(ACT, "service", "", name=name)
    if facts.workers == 0:
        yield _notice(ACT, "workers", "")
    for disk in facts.disks:
        if disk.free < max(DISK_LEAST, DISK_SHARE * disk.total):
            yield _notice(ACT, "disk", "", place=disk.place, free=f"{disk.free / (1 << 30):.1f}")
    if facts.backups_watched and (facts.backup is None or facts.now - facts.backup > BACKUP_FOR):
        yield _notice(LATE, "backup", "", when=_day(facts.backup))


def _area(area: AreaFacts, now: datetime) -> Iterator[Notice]:
    if area.outdated:
        yield _notice(ACT, "outdated", area.area, layers=", ".join(area.outdated))
    for fault in area.faults:
        yield _notice(ACT, "unreadable", area.area, file=fault)
    for name, step in sorted(area.steps.items()):
        if step.outcome != "done":
            code = step.exit_code
            zh, en = CODES.get(code, CODES[1])
            told = {"step": name, "period": short(step.period), "code": code, "code_zh": zh, "code_en": en}
            yield _notice(LATE if code == TemporaryFault.exit_code else ACT, "step", area.area, **told)
    yield from _timetable(area, now)


def _timetable(area: AreaFacts, now: datetime) -> Iterator[Notice]:
    waiting = sorted(month for month, when in area.waiting.items() if now - when > WAITING_FOR)
    if waiting:
        yield _notice(LATE, "waiting", area.area, months=", ".join(waiting))
    copying = sorted(month for month, when in area.incomplete.items() if now - when > COPYING_FOR)
    if copying:
        yield _notice(LATE, "incomplete", area.area, months=", ".join(copying))
    drafts = [short(run.period) for run in area.drafts if now - run.finished > DRAFT_FOR]
    if drafts:
        yield _notice(LATE, "draft", area.area, periods=", ".join(drafts))
    if area.latest and now - area.latest.finished > NO_RUN_FOR:
        yield _notice(LATE, "no_run", area.area, when=_day(area.latest.finished), period=short(area.latest.period))


def _notice(level: str, kind: str, area: str, **told: object) -> Notice:
    return Notice(level, kind, area, *(text.format(area=area, **told) for text in NOTICES[kind]))


def _day(when: datetime | None) -> str:
    return when.strftime("%Y-%m-%d") if when else "–"


def short(period: str) -> str:
    """`2023-01..2023-01` as `2023-01`: most periods are one month."""
    begin, _, end = period.partition("..")
    return begin if begin == end else period
