"""The grammar of remarks: what "总时间不超过90天,评定间隔时间不短于14天。" says, clause by clause.

Grain: a remark is clauses between commas, semicolons and stops; a clause is one production or it is not understood.

    duration  := number unit             number := 90 | 十四 | 两    unit := 天 | 日 | 周 | 个月 | 年
    interval  := [两次] [word] 间隔 [时间] 不 短|少|低 于 duration
    per       := 每 period 最多 [支付] number 次                      period := 日 | 天 | 周 | 月 | 年
    course    := [scope] [总时间|最多|累计] [支付] 不超过|最多支付 duration   scope := 一个疾病过程 | 单次住院 | 每年
    working   := [word] 超出法定就业年龄 [限制]
    ages      := 限 … number [岁] 至 number [周] 岁

Why: a remark is understood whole or refused with the clause named; guessing half of a sentence would accuse somebody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from knowledge.published.layouts import number_of, squeezed

DAYS = {"天": 1.0, "日": 1.0, "周": 7.0, "星期": 7.0, "月": 365 / 12, "个月": 365 / 12, "年": 365.0}
NUMBER = r"(\d+|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
UNIT = r"(天|日|周|星期|个月|月|年)"
DURATION = NUMBER + UNIT
CITATION = re.compile(r"\([^()]*(?:号|〕|\])[^()]*\)")
WINDOWS = {"单次住院": "visit", "每次住院": "visit", "单次就诊": "visit", "每年": "year", "每个年度": "year"}
ELAPSED = "elapsed days"  # the calendar runs from the first day of the course on, whether treated or not


@dataclass(frozen=True)
class Said:
    """One thing a remark says. `what`: interval, per_day, course, working_age, age_from, age_below, level…"""

    what: str
    value: float | None = None
    unit: str = ""
    window: str = ""


@dataclass(frozen=True)
class Reading:
    """What was understood, and the clauses that were not."""

    said: tuple[Said, ...]
    unread: tuple[str, ...]

    def first(self, what: str) -> Said | None:
        """The first thing said of that sort."""
        return next((one for one in self.said if one.what == what), None)


Build = Callable[[re.Match[str]], list[Said]]


def _interval(found: re.Match[str]) -> list[Said]:
    return [Said("interval", _days(found.group(1), found.group(2)), "days")]


def _per(found: re.Match[str]) -> list[Said]:
    period, times = DAYS[found.group(1)], _number(found.group(2))
    if period == 1:
        return [Said("per_day", times, "times", "day")]
    return [Said("interval", round(period), "days")] if times == 1 else []


def _course(found: re.Match[str]) -> list[Said]:
    scope, total, number, unit = found.group("scope", "total", "number", "unit")
    window = WINDOWS.get(scope or "", "course")
    long = unit in ("月", "个月", "年")
    counted = ELAPSED if window == "course" and (total or long) else "days"
    return [Said("course", _days(number, unit), counted, window)]


def _working(_: re.Match[str]) -> list[Said]:
    return [Said("working_age")]


def _ages(found: re.Match[str]) -> list[Said]:
    # 以下 includes the number itself in legal language, so the bound is read in favour of the institution.
    return [Said("age_from", _number(found.group(1))), Said("age_below", _number(found.group(2)) + 1)]


COURSE = (
    rf"(?P<scope>一个疾病过程|单次住院|每次住院|单次就诊|每年|每个年度)?(?P<total>总时间|累计时间)?"
    rf"(?:支付不超过|不超过|最多支付|支付最多|支付不得超过|限支付)(?P<number>{NUMBER[1:-1]})(?P<unit>天|日|周|星期|个月|月|年)"
)
PRODUCTIONS: tuple[tuple[re.Pattern[str], Build], ...] = (
    (re.compile(rf"(?:两次)?[^0-9]{{0,6}}间隔(?:时间)?不(?:得)?(?:短|少|低)于{DURATION}"), _interval),
    (re.compile(rf"每(日|天|周|月|年)最多(?:支付)?{NUMBER}次"), _per),
    (re.compile(COURSE), _course),
    (re.compile(r"[^0-9]{0,8}超出法定就业年龄(?:限制)?"), _working),
)
# Statements that stand anywhere in a longer text (payment limits of drugs), looked for and never required.
WITHIN: tuple[tuple[re.Pattern[str], Build], ...] = (
    (re.compile(r"限[^,;。]{0,8}?(\d+)(?:岁)?[至到~-](\d+)周?岁"), _ages),
    (re.compile(r"包[含括]成人用法"), lambda _: [Said("adults_too")]),
    (re.compile(r"首次处方[^。;]{0,6}[由需经]?[一二三]级"), lambda _: [Said("first_prescription")]),
    (re.compile(r"或([一二三])级及以上[^。;]{0,6}专科"), lambda found: [Said("specialised", _number(found.group(1)))]),
    (re.compile(COURSE), _course),
    (re.compile(rf"间隔(?:时间)?不(?:得)?(?:短|少|低)于{DURATION}"), _interval),
    (re.compile(rf"每(日|天|周|月|年)最多(?:支付)?{NUMBER}次"), _per),
)


@lru_cache(maxsize=20_000)
def understand(note: str) -> Reading:
    """A remark that is the rule itself: every clause must be understood, those that are not stand in `unread`."""
    said: list[Said] = []
    unread: list[str] = []
    for clause in filter(None, re.split(r"[,;。]", CITATION.sub("", squeezed(note)))):
        found = next(
            (built for pattern, build in PRODUCTIONS if (hit := pattern.fullmatch(clause)) and (built := build(hit))),
            None,
        )
        if found:
            said += found
        else:
            unread.append(clause)
    return Reading(tuple(said), tuple(unread))


@lru_cache(maxsize=20_000)
def heed(note: str) -> Reading:
    """What a free text says beside much else; nothing of it is required to be understood."""
    text = squeezed(note)
    return Reading(tuple(one for pattern, build in WITHIN if (hit := pattern.search(text)) for one in build(hit)), ())


def duration(text: str) -> float | None:
    """Days of "14天", "12个月"; None when it is no duration."""
    found = re.fullmatch(DURATION, squeezed(text))
    return _days(found.group(1), found.group(2)) if found else None


def _days(number: str, unit: str) -> float:
    return float(round(_number(number) * DAYS[unit]))


def _number(text: str) -> float:
    value = number_of(text)
    if value is None:
        raise ValueError(f"no number: {text}")  # the patterns let only numerals through
    return float(value)
