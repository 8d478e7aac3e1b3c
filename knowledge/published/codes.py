"""The codes of a cell: one or several, with what spreadsheets and typists did to them undone or refused.

Why: a code that lost its digits still looks like a code; it must be refused by name and never be guessed.
"""

from __future__ import annotations

import re

CODE = re.compile(r"[0-9A-Z]{4,40}")
SHORTENED = re.compile(r"[1-4]\d{12}")  # 003101… saved as a number: fifteen digits less the two leading noughts
FULL = re.compile(r"\d{15}|[XZTC][0-9A-Z]{14,}")  # a national code in full
SEPARATORS = re.compile(r"[、,;/|]+")


class Refused(ValueError):
    """The row cannot become a point; the message is the reason."""


def codes(text: str, told: str = "the code") -> list[str]:
    """The codes of a cell (several are allowed, separated); Refused names what is no code."""
    found = []
    for part in _parts(text.upper()):
        if re.fullmatch(r"\d(\.\d+)?E\+?\d+", part):
            raise Refused(f"{told} {part} lost its digits in a spreadsheet")
        code = f"00{part}" if SHORTENED.fullmatch(part) else part
        if not CODE.fullmatch(code):
            raise Refused(f"{told} {part!r} is no item code")
        found.append(code)
    if not found:
        raise Refused(f"{told} is empty")
    return found


def _parts(text: str) -> list[str]:
    """The codes of a cell; a blank separates codes only between two codes in full, else it was typed into one."""
    parts: list[str] = []
    for part in filter(str.strip, SEPARATORS.split(text)):
        words = part.split()
        parts += words if all(map(FULL.fullmatch, words)) else ["".join(words)]
    return parts


def code_list(text: str, form: str) -> str:
    """Codes of the form (a pattern), separated by `|`; a range `I60-I64` stands for all between. Refused otherwise."""
    found: list[str] = []
    for part in _parts(text.upper()):
        first, dash, last = part.partition("-")
        whole = re.fullmatch(form, first) and (not dash or re.fullmatch(r"[A-Z]\d\d", last))
        if not whole or (dash and not (first[0] == last[0] and first[1:] < last[1:] and len(first) == 3)):
            raise Refused(f"{part!r} is no code or range of codes")
        found += [f"{first[0]}{number:02d}" for number in range(int(first[1:]), int(last[1:]) + 1)] if dash else [first]
    return "|".join(found)
