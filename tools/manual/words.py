"""Words of the manual in two languages, and what a reader sees where a word is missing.

Reads: words/*.yaml, and the names the report uses (jobs.cases.words), so that one thing has one name everywhere.
Why: a reason is written once on its card, in English; its Chinese stands in reasons.zh.yaml under that very sentence.
When the card changes its reason, the Chinese no longer matches and the page shows the new English, not an old Chinese.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from jobs.cases import words as names

FOLDER = Path(__file__).parent / "words"
BOTH = ("zh", "en")


@cache
def document(name: str) -> dict[str, Any]:
    """One of words/*.yaml."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


@dataclass(frozen=True)
class Words:
    """Everything the manual says, in one language."""

    language: str

    @property
    def chinese(self) -> bool:
        """The pages for supervisors in China."""
        return self.language == "zh"

    def pick(self, pair: Any) -> str:
        """Of a pair [Chinese, English] the one to show."""
        return str(pair[BOTH.index(self.language)])

    def say(self, key: str, **values: object) -> str:
        """A phrase of headings.yaml; KeyError on an unknown one."""
        return self.pick(document("headings")[key]).format(**values)

    def of(self, thing: Any, field: str) -> str:
        """The field of a card in this language: `title` is title_zh or title_en; Chinese with Chinese stops."""
        text = str(getattr(thing, f"{field}_{self.language}"))
        return text.replace("; ", "；").replace(", ", "，") if self.chinese else text

    def reason(self, text: str) -> str:
        """A reason of a threshold."""
        return str(document("reasons.zh").get(text, text)) if self.chinese else text

    def term(self, group: str, code: str) -> str:
        """A scope, time window, scene, stage or result; the code itself where it has no name."""
        return self.pick(document("terms")[group].get(code, [code, code]))

    def law(self, text: str) -> str:
        """Legal basis: the Chinese wording, with English beside it on the English page."""
        parts = [part.strip() for part in text.split(";")]
        if self.chinese:
            return "；".join(parts)
        english = document("laws.en")
        return "; ".join(f"{english[part]} ({part})" if part in english else part for part in parts)

    def name(self, known: dict[str, names.Name], code: str) -> str:
        """What the report calls a code."""
        found = names.name_of(known, code)
        return found.zh if self.chinese else found.en

    def sentence(self, *parts: str) -> str:
        """Sentences after each other: Chinese ones touch, English ones have a space; each ends with a stop."""
        stop, gap = ("。", "") if self.chinese else (".", " ")
        ended = [part if part.endswith((".", "。", "?", "？", "!", "；")) else part + stop for part in parts if part]
        return gap.join(ended)

    def listed(self, parts: Any) -> str:
        """A list inside a sentence."""
        return ("、" if self.chinese else ", ").join(parts)


def untranslated(reasons: set[str]) -> tuple[list[str], list[str]]:
    """Reasons that have no Chinese yet, and Chinese whose English nobody gives any more."""
    known = set(document("reasons.zh"))
    return sorted(reasons - known), sorted(known - reasons)


def cell(text: object) -> str:
    """Text that may stand in a Markdown table."""
    return str(text).replace("|", "\\|").replace("\n", " ")


def table(header: list[str], rows: list[list[str]]) -> list[str]:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *[[cell(value) for value in row] for row in rows]]
    return ["| " + " | ".join(line) + " |" for line in lines]
