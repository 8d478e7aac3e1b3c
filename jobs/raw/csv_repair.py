"""Cuts a block of CSV into records where line ends alone do not: quoted line ends, quotes never closed, stray returns.

Grain: one record per row of the file; a line that is no row is told apart with its reason.
Why: a quote that is never closed makes a CSV reader swallow the following lines into one field, silently. Here a record
may span lines only if it then has exactly its fields; otherwise only its first line is broken and reading goes on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_LINES = 200  # lines one quoted field may span before its quote counts as never closed
MOST_BYTES = 1 << 20


@dataclass
class Records:
    """`kept`: whole records; `numbers`: their 1-based places in the block; `broken`: (place, reason, line).

    `count`: places used; `carry`: bytes at the end of the block that may continue in the next one.
    """

    kept: list[bytes]
    numbers: list[int]
    broken: list[tuple[int, str, bytes]]
    count: int
    carry: bytes

    def records(self) -> list[bytes]:
        """The whole records, each without its line end."""
        return self.kept


def split_records(block: bytes, quote: str, width: int, final: bool, strict: bool = False) -> Records:
    """Records of a block of whole lines. `strict` examines every line, not only those with an odd number of quotes."""
    mark = quote.encode()
    whole = _record_pattern(mark, width)
    lines = block.split(b"\n")
    if not lines[-1]:
        lines.pop()
    found = Records([], [], [], 0, b"")
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.rstrip(b"\r"):
            at += 1
            continue
        odd = line.count(mark) % 2 or b"\r" in line[:-1]
        if (strict or odd) and not whole.fullmatch(line):
            end = _closing_line(lines, at, mark)
            if end is None and not final and len(lines) - at < MOST_LINES:
                found.carry = b"\n".join(lines[at:]) + b"\n"
                return found
            line = b"\n".join(lines[at : end + 1]) if end else line
            if end is None or not whole.fullmatch(line):
                line, end = lines[at], None
                _add_broken(found, line, width)
            else:
                _keep(found, line)
            at = (end or at) + 1
            continue
        _keep(found, line)
        at += 1
    return found


def _record_pattern(mark: bytes, width: int) -> re.Pattern[bytes]:
    """A record of exactly `width` well-formed fields."""
    one = rb"(?:Q[^Q]*+(?:QQ[^Q]*+)*+Q|[^Q,\r\n][^,\r\n]*+|)".replace(b"Q", mark)
    return re.compile(one + rb"(?:," + one + rb"){%d}\r?" % (width - 1))


def _closing_line(lines: list[bytes], first: int, mark: bytes) -> int | None:
    """The line on which every quote opened since `first` is closed again."""
    marks = size = 0
    for at in range(first, min(len(lines), first + MOST_LINES)):
        marks += lines[at].count(mark)
        size += len(lines[at])
        if at > first and marks % 2 == 0:
            return at
        if size > MOST_BYTES:
            return None
    return None


def _keep(found: Records, line: bytes) -> None:
    found.count += 1
    found.numbers.append(found.count)
    found.kept.append(line)


def _add_broken(found: Records, line: bytes, width: int) -> None:
    found.count += 1
    # A line with all its commas is whole but for a quote; one with fewer was cut off.
    reason = "truncated_row" if line.count(b",") < width - 1 else "unreadable_row"
    found.broken.append((found.count, reason, line))
