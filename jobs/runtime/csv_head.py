"""What the first bytes of a CSV file say of the rest: encoding, quote, header, width, columns that only number rows.

Why: extracts differ by the tool that wrote them. What the head leaves open (no character beyond ASCII, no quote yet)
stays None and is decided by the first block that shows it. Standard library only.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

HEAD = 1 << 18  # bytes looked at; a few hundred rows settle width and quoting
SAMPLE_ROWS = 200
BOM = b"\xef\xbb\xbf"
NAMELESS = re.compile(
    r"^(unnamed: ?\d+|_c0|#|no\.?|rn|__?rn_*|row_?(num|no|number|id|index)|index|序号|行号)?$", re.IGNORECASE
)
PARTITION = re.compile(r"^(pt|ds|dt|bizdate|partition_?\w*)$", re.IGNORECASE)
PARTITION_VALUE = re.compile(r"^(\d{4}-?\d{2}(-?\d{2})?)$")
QUOTED = {
    quote: re.compile(rb"(?:^|,)Q(?:[^Q\n]|QQ)*Q(?=,|\r?$)".replace(b"Q", quote), re.MULTILINE)
    for quote in (b'"', b"'")
}


class NoHeader(ValueError):
    """There is nothing in the file that could be a header."""


@dataclass(frozen=True)
class Layout:
    """How to read the rows: `fields` = name at each position (None = no column), `offset` = first byte of data."""

    fields: tuple[str | None, ...]
    header: tuple[str, ...]
    offset: int
    encoding: str | None
    quote: str | None


def inspect(head: bytes, encoding: str | None = None, quote: str | None = None) -> Layout:
    """Layout of a file from its first bytes; a given encoding or quote is believed.

    Raises NoHeader for a file without text, ValueError for a character set or line end the contract does not allow.
    """
    start = len(BOM) if head.startswith(BOM) else 0
    _refuse_foreign(head)
    body = head[start:]
    encoding = encoding or ("utf-8" if start else guess_encoding(body))
    quote = quote or guess_quote(body)
    header, used = _header(body, encoding, quote or '"')
    rows = _sample(body[used:], encoding, quote or '"')
    return Layout(_fields(header, rows), tuple(name for name in header if name), start + used, encoding, quote)


def _refuse_foreign(head: bytes) -> None:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError("UTF-16 text; save it as UTF-8 or GB18030")
    if not head.strip(BOM + b" \t\r\n"):
        raise NoHeader("empty, not even a header")
    if b"\n" not in head and b"\r" in head:
        raise ValueError("lines end with a bare carriage return; save it with LF or CRLF")


def guess_encoding(data: bytes) -> str | None:
    """utf-8 or gb18030, None while every byte is ASCII. A few broken lines do not change the verdict."""
    if data.isascii():
        return None
    whole = data[: data.rfind(b"\n") + 1] or data
    foreign = [line for line in whole.split(b"\n") if not line.isascii()]
    readable = sum(map(_is_utf8, foreign))
    # Lines of GB18030 text are hardly ever valid UTF-8 by chance, so the majority of lines decides.
    return "utf-8" if readable * 2 > len(foreign) or not foreign else "gb18030"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def guess_quote(data: bytes) -> str | None:
    """The quote character that closes fields in these lines, None while there is none."""
    found = {quote: len(QUOTED[quote].findall(data)) if quote in data else 0 for quote in QUOTED}
    best = max(found, key=lambda quote: found[quote])
    return best.decode() if found[best] else None


def _header(body: bytes, encoding: str | None, quote: str) -> tuple[list[str], int]:
    used = len(body) - len(body.lstrip(b"\r\n"))
    mark = quote.encode()
    end = body.find(b"\n", used)
    while end != -1 and body.count(mark, used, end) % 2:  # a heading broken over lines inside its quotes
        end = body.find(b"\n", end + 1)
    end = len(body) if end == -1 else end + 1
    names = _rows(body[used:end], encoding, quote)
    return [" ".join(name.split()) for name in names[0]], end


def _sample(body: bytes, encoding: str | None, quote: str) -> list[list[str]]:
    whole = body[: body.rfind(b"\n") + 1] or body
    lines = whole.split(b"\n", SAMPLE_ROWS)[:SAMPLE_ROWS]
    return [row for row in _rows(b"\n".join(lines), encoding, quote) if row]


def _rows(data: bytes, encoding: str | None, quote: str) -> list[list[str]]:
    text = data.decode(encoding or "utf-8", errors="replace").replace("\0", "")
    reader = csv.reader(io.StringIO(text, newline=""), quotechar=quote, doublequote=True)
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # a field beyond the reader's limit: what came before is sample enough
        rows.extend(reader)
    return rows or [[]]


def _fields(header: list[str], rows: list[list[str]]) -> tuple[str | None, ...]:
    named: list[str | None] = [name or None for name in header]
    if not rows:
        return tuple(named)
    width = Counter(map(len, rows)).most_common(1)[0][0]
    rows = [row for row in rows if len(row) == width]
    surplus = width - len(named)
    if surplus == -1 and named[-1] is None:
        return tuple(named[:-1])
    if surplus == -1 and NAMELESS.match(header[0]):
        return tuple(named[1:])
    before, after = _surplus(rows, surplus)
    return (
        (*[None] * before, *named, *[None] * after) if surplus in (1, 2) and before + after == surplus else tuple(named)
    )


def _surplus(rows: list[list[str]], surplus: int) -> tuple[int, int]:
    """How many unnamed fields stand before and after the named ones."""
    last = [row[-1].strip() for row in rows]
    numbered = _counts_up([row[0].strip() for row in rows])
    if surplus == 1 and numbered and any(last):
        # A partition value and a row number can look alike; numbers that count up are row numbers.
        return 1, 0
    trailing = not any(last) or all(map(PARTITION_VALUE.match, last))
    return (int(numbered) if surplus == 2 else 0), int(trailing)


def _counts_up(values: list[str]) -> bool:
    if not all(value.isdigit() for value in values):
        return False
    numbers = [int(value) for value in values]
    return all(later > earlier for earlier, later in zip(numbers, numbers[1:], strict=False))


def is_housekeeping(name: str) -> bool:
    """Whether a column only numbers rows or names a partition of the exporting tool."""
    return bool(NAMELESS.match(name) or PARTITION.match(name))
