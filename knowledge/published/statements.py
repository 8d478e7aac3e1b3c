"""Rows of a published table → what they state of an item, or the reason why they are refused.

Grain: one row gives one or more statements (columns of a Point without id, region and source), or one refusal.
Why: seven shapes of rows cover all batches; which table has which shape, and which word means which limit, is data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from knowledge.published import notes
from knowledge.published.codes import Refused, code_list, codes
from knowledge.published.layouts import Layouts, Subject, squeezed
from knowledge.published.sheets import Row

Fields = dict[str, Any]
WHEN = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")


class NeedsName(Exception):
    """The row lists a code only; what holds for its name stands in another table of the `subject`."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject.name)
        self.subject = subject


@dataclass(frozen=True)
class View:
    """A row seen through the meanings of its columns."""

    row: Row
    columns: Mapping[str, int]

    def has(self, meaning: str) -> bool:
        """The table has such a column."""
        return meaning in self.columns

    def text(self, meaning: str) -> str:
        """The cell, empty when there is none."""
        place = self.columns.get(meaning, -1)
        return self.row.cells[place] if 0 <= place < len(self.row.cells) else ""

    def required(self, meaning: str, told: str) -> str:
        """The cell; Refused when it is empty."""
        found = self.text(meaning)
        if not found:
            raise Refused(f"{told} is empty")
        return found


def state(view: View, subject: Subject, layouts: Layouts) -> list[Fields]:
    """What a row states. Raises Refused with the reason, NeedsName for a row of a code list."""
    if view.row.fault:
        raise Refused(view.row.fault)
    missing = [name for name in subject.needs if not view.has(name)]
    if missing:
        raise Refused(f"the table has no column for {', '.join(missing)}")
    stated = SHAPES[subject.shape](view, subject, layouts)
    dates = _dates(view)
    return [
        {"kind": subject.kind, **subject.defaults, **item, **one, **dates}
        for item in _items(view, subject)
        for one in stated
    ]


def _items(view: View, subject: Subject) -> list[Fields]:
    """The items (or pairs) a row speaks of."""
    if subject.shape == "pair":
        mains = codes(view.text("main_code"), "the main item's code")
        subs = codes(view.text("sub_code"), "the sub item's code")
        if set(mains) & set(subs):
            raise Refused("the main item and the sub item are the same")
        names = {"item_name": view.text("main_name"), "other_name": view.text("sub_name")}
        return [{**names, "item_code": main, "other_code": sub} for main in mains for sub in subs]
    name = view.text("item_name")
    group = {"group_id": f"{subject.kind}:{squeezed(name)}"} if subject.together and name else {}
    if view.has("item_code"):
        return [{"item_code": code, "item_name": name, **group} for code in codes(view.text("item_code"))]
    return [{"item_name": view.required("item_name", "the name"), **group}]


def _value(view: View, subject: Subject, layouts: Layouts) -> list[Fields]:
    if not view.has("value"):
        if subject.or_note and view.has("note"):
            return _by_note(view, subject, layouts)
        raise NeedsName(subject)
    word = squeezed(view.required("value", "the restriction"))
    if word not in subject.values:
        raise Refused(f"{word!r} is no known value of {subject.words[0]}")
    return _heeded(dict(subject.values[word]), notes.heed(view.text("note")), subject)


def _heeded(limits: Fields, said: notes.Reading, subject: Subject) -> list[Fields]:
    """The limits of a value with what the remark beside it adds or takes away."""
    if "adults_too" in subject.heed and said.first("adults_too"):
        raise Refused("contradicts its remark: the label covers adults too")
    if "first_prescription" in subject.heed and said.first("first_prescription"):
        raise Refused("its remark asks for the level at the first prescription only, which claims do not show")
    special = said.first("specialised") if "specialised" in subject.heed else None
    if special and special.value is not None:
        return [limits | {"limit_value": min(limits["limit_value"], special.value)}]
    below = said.first("age_below") if "age_range" in subject.heed else None
    since = said.first("age_from") if below else None
    if below is None or since is None or below.value is None or below.value > limits["limit_value"] + 1:
        return [limits]
    upper = limits | {"limit_value": min(below.value, limits["limit_value"])}
    return [upper, limits | {"limit_value": since.value, "limit_unit": "years_from"}]


def _duration(view: View, subject: Subject, _: Layouts) -> list[Fields]:
    if not view.has("value"):
        raise NeedsName(subject)
    text = view.required("value", "the number of days")
    days = notes.duration(text)
    if days is None:
        raise Refused(f"{text!r} is no duration")
    said = notes.heed(view.text("note")).first("course") if "course" in subject.heed else None
    if said is None:
        return [{"limit_value": days}]
    if said.value != days:
        raise Refused(f"contradicts its remark: {days:g} days in the column, {said.value:g} days in the remark")
    return [{"limit_value": days, "limit_unit": said.unit, "window": said.window}]


def _group(view: View, subject: Subject, _: Layouts) -> list[Fields]:
    return [{"group_id": f"{subject.kind}:{squeezed(view.required('value', 'the group of operations'))}"}]


def _codes(view: View, subject: Subject, _: Layouts) -> list[Fields]:
    return [{"params": code_list(view.required("value", "the list of codes"), subject.code)}]


def _pair(view: View, subject: Subject, _: Layouts) -> list[Fields]:
    word = squeezed(view.required("window", "the window"))
    if word not in subject.values:
        raise Refused(f"unknown window {word!r}")
    return [dict(subject.values[word])]


def _frequency(view: View, subject: Subject, _: Layouts) -> list[Fields]:
    unit = squeezed(view.required("unit", "the unit"))
    if unit not in subject.values:
        raise Refused(f"unknown unit {unit!r}")
    return [{"limit_value": _positive(view, "limit", "the limit"), **subject.values[unit]}]


def _period(view: View, subject: Subject, _: Layouts) -> list[Fields]:
    text = view.required("period", "the period")
    days = notes.duration(text) or _positive(view, "period", "the period")
    events = _positive(view, "limit", "the number of times")
    if events != 1:
        raise Refused(f"{events:g} times in {days:g} days: only once in a period can be judged")
    said = notes.heed(view.text("note")).first("interval") if "interval" in subject.heed else None
    if said and said.value != days:
        raise Refused(f"contradicts its remark: {days:g} days in the column, {said.value:g} days in the remark")
    return [{"limit_value": days}]


def _by_note(view: View, _: Subject, layouts: Layouts) -> list[Fields]:
    """The remark is the rule: all of it is understood, or the row is refused with the clause that is not."""
    note = view.required("note", "the remark")
    reading = notes.understand(note)
    if reading.unread:
        raise Refused(f"its remark is not understood: {'; '.join(reading.unread)}")
    if not reading.said:
        raise Refused(f"its remark states no limit: {note}")
    return [one for said in reading.said for one in _from_said(said, layouts)]


def _from_said(said: notes.Said, layouts: Layouts) -> list[Fields]:
    limit: Fields = {"limit_value": said.value, "limit_unit": said.unit, "window": said.window}
    if said.what == "working_age":
        return [{"kind": "restricted_age", **dict(ages)} for ages in layouts.working_age]
    kinds = {"interval": "interval_per_person", "per_day": "frequency_cap", "course": "course_days"}
    return [{"kind": kinds[said.what], **limit}]


def _positive(view: View, meaning: str, told: str) -> float:
    text = view.required(meaning, told)
    try:
        value = float(text)
    except ValueError:
        raise Refused(f"{told} {text!r} is no number") from None
    if not 0 < value < 100_000:
        raise Refused(f"{told} {text} is out of range")
    return value


def _dates(view: View) -> Fields:
    """Dates of the row's own, where the table has such columns."""
    return {name: _date(view.text(name)).isoformat() for name in ("effective_from", "effective_to") if view.text(name)}


def _date(text: str) -> date:
    for form in WHEN:
        try:
            return datetime.strptime(squeezed(text), form).date()  # noqa: DTZ007 – a day has no time zone
        except ValueError:
            continue
    raise Refused(f"{text!r} is no date")


SHAPES: Mapping[str, Callable[[View, Subject, Layouts], list[Fields]]] = {
    "value": _value,
    "duration": _duration,
    "group": _group,
    "codes": _codes,
    "pair": _pair,
    "frequency": _frequency,
    "period": _period,
    "note": _by_note,
}
