"""Cases in a terminal: score bars, distributions and months drawn with characters; amounts in units of 10,000 yuan.

Why: whoever works over a remote shell sees the same facts as the report, in one screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from rich import box
from rich.table import Table
from rich.text import Text

from jobs.cases.report.view import split
from jobs.cases.words import AREAS, LEVELS, SELECTED_BY, TYPES, Name, name_of, wan

Row = Mapping[str, Any]
MIN_WIDTHS = (3, 20, 12, 4, 6, 8, 12)
SPARKS = "▁▂▃▄▅▆▇█"
SHADES = " ·∙•●"
HEADS = {
    "zh": ("#", "机构", "领域", "评分", "疑点", "预计追回", "首要理由"),
    "en": ("#", "institution", "area", "score", "suspected", "expected", "strongest reason"),
}


class Speaker:
    """Chooses a language and keeps colours in one place."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, zh: str, en: str) -> str:
        """One of two texts."""
        return zh if self.lang == "zh" else en

    def name(self, name: Name) -> str:
        """Name of a thing in the language chosen."""
        return self(name.zh, name.en)

    def first_reason(self, case: Row) -> str:
        """The strongest reason without its number."""
        return next(iter(split(case[f"reasons_{self.lang}"], self.lang)), "")


def bar(score: float, width: int = 10) -> Text:
    """A score 0..100 as coloured blanks: a blank has the same width in every terminal, a block letter has not."""
    filled = min(width, round(score / 100 * width))
    return Text.assemble((" " * filled, "on cyan"), (" " * (width - filled), "on grey23"))


def sparkline(values: Mapping[str, float], months: Sequence[str]) -> str:
    """One character per month; a month without a value is a dot."""
    largest = max([*values.values(), 0.0])
    steps = len(SPARKS) - 1
    return "".join(
        SPARKS[round(max(values[month], 0.0) / largest * steps)] if month in values and largest > 0 else "·"
        for month in months
    )


def strip(finding: Row, peers: Sequence[float], width: int = 44) -> Text:
    """Peers as dots (the more, the fuller), their median │, their limit ┊ and the institution ◆ on one line."""
    observed, median, limit = finding["observed"], finding["peer_median"], finding["peer_limit"]
    largest = max([observed, *peers, limit or 0.0]) or 1.0
    counts = [0] * width
    for value in peers:
        counts[_place(value, largest, width)] += 1
    fullest = max(counts) or 1
    marks = [SHADES[-(-count * (len(SHADES) - 1) // fullest)] for count in counts]
    line = Text("".join(marks), style="cyan")
    for value, mark, style in ((limit, "┊", "white"), (median, "│", "bold white"), (observed, "◆", "bold red")):
        if value is not None:
            at = _place(value, largest, width)
            line = line[:at] + Text(mark, style=style) + line[at + 1 :]
    return line


def _place(value: float, largest: float, width: int) -> int:
    return min(width - 1, max(0, int(value / largest * (width - 1))))


def list_table(cases: Sequence[Row], say: Speaker, width: int) -> Table:
    """The ranked list, one line a case; a narrow terminal first loses the bars, then the reasons."""
    bars, reasons = width >= 130, width >= 100
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", padding=(0, 1), expand=reasons)
    heads = HEADS[say.lang] if reasons else HEADS[say.lang][:-1]
    for position, head in enumerate(heads):
        side: Literal["left", "right"] = "right" if position in (0, 3, 4, 5) else "left"
        share = {1: 4, 6: 4}.get(position) if reasons else None
        table.add_column(head, justify=side, no_wrap=True, ratio=share, min_width=MIN_WIDTHS[position])
    for case in cases:
        held = case["verdict_hint"] == "data_quality"
        score = f"{case['score']:3.0f}"
        place = "  " + say.name(name_of(LEVELS, case["hosp_lv"])) if bars and case["hosp_lv"] else ""
        name = Text.assemble((str(case["fixmedins_name"]), "" if held else "bold"), (place, "dim"))
        cells: list[str | Text] = [
            str(case["rank"]),
            name,
            Text.assemble(say.name(AREAS[case["area"]]), (_mark(case, say), "yellow")),
            Text.assemble(bar(case["score"]), f" {score}") if bars else score,
            money(case["suspected_amount"]),
            Text(money(case["expected_recovery"]), style="bold"),
            say.first_reason(case),
        ]
        table.add_row(*cells[: len(heads)], style="dim" if held else "")
    return table


def kind(case: Row, say: Speaker) -> str:
    """Level or type, and area, of an institution."""
    name = name_of(LEVELS, case["hosp_lv"]) if case["hosp_lv"] else name_of(TYPES, case["fixmedins_type"])
    return f"{say.name(name)} {case['fix_blng_admdvs'] or ''}".strip()


def _mark(case: Row, say: Speaker) -> str:
    if case["verdict_hint"] == "data_quality":
        return " " + say("数据?", "data?")
    return "" if case["selected_by"] == "model" else " " + say.name(name_of(SELECTED_BY, case["selected_by"]))


def money(yuan: float) -> str:
    """Yuan in units of ten thousand; a dash for none."""
    return wan(yuan) if yuan else "—"


def plain_list(cases: Sequence[Row], say: Speaker) -> str:
    """The list for a pipe: tab-separated, amounts in yuan."""
    names = ("rank", "case_id", "fixmedins_code", "fixmedins_name", "area", "verdict_hint", "score")
    amounts = ("suspected_amount", "expected_recovery")
    lines = ["\t".join([*names, *amounts, "reason"])]
    for case in cases:
        money = [f"{case[name]:.2f}" for name in amounts]
        lines.append("\t".join([*(str(case[name]) for name in names), *money, say.first_reason(case)]))
    return "\n".join(lines)


def group_table(view: Row, say: Speaker) -> Table:
    """Members of a group with their persons, days and yuan; people are pseudonyms."""
    facts = say(
        f"{view['persons']} 人 · {view['institutions']} 家机构 · {view['first_day']} — {view['last_day']}",
        f"{view['persons']} persons · {view['institutions']} institutions · {view['first_day']} — {view['last_day']}",
    )
    title = f"{say(view['text'].title_zh, view['text'].title_en)}  {view['cohort_id']}  {facts}"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", title=title, title_justify="left")
    for head in (say("成员", "member"), say("类别", "kind")):
        table.add_column(head, no_wrap=True)
    for head in (say("行", "rows"), say("人", "persons"), say("天", "days"), say("疑点 元", "suspected")):
        table.add_column(head, justify="right", no_wrap=True)
    for row in view["rows"]:
        numbers = [f"{row[name]:,.0f}" for name in ("lines", "persons", "days")]
        table.add_row(row["name"], say.name(row["kind"]), *numbers, f"{row['amount']:,.2f}")
    return table
