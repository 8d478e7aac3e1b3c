"""What the promoted model says of a case, in a terminal: probability, recovery with its interval, parts that add up.

Why: whoever works over a remote shell can take the probability apart just as in the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from fundwatch.case_text import Speaker

Row = Mapping[str, Any]
WIDTH = 24


def model_lines(said: Row, say: Speaker) -> list[Text | Table]:
    """The estimates in one line, then one table per part."""
    facts = [say(f"异常分 {said['anomaly']:.2f}（等级 {said['anomaly_level']}/2）",
                 f"anomaly {said['anomaly']:.2f} (level {said['anomaly_level']}/2)")]  # fmt: skip
    if said["chance"]:
        facts.insert(0, say(f"查实概率 {said['chance']}", f"probability {said['chance']}"))
    if said["recovery"] is not None:
        held = f"{said['recovery']:,.0f} [{said['recovery_low']:,.0f} – {said['recovery_high']:,.0f}]"
        facts.insert(
            1, say(f"查实后追回 {held} 元（80 % 区间）", f"recovered if confirmed {held} yuan (80 % interval)")
        )
    return [Text(" · ".join(facts)), *(_part(side, say) for side in said["sides"])]


def _part(side: Row, say: Speaker) -> Table:
    title = say(side["title_zh"], side["title_en"])
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left", show_header=False)
    table.add_column(max_width=60)
    table.add_column(width=WIDTH)
    table.add_column(justify="right", no_wrap=True)
    for part in side["parts"]:
        less, filled = part["value"] < 0, round(part["width"] / 100 * WIDTH)
        drawn = Text(("░" if less else "█") * filled, style="dim" if less else "cyan")  # told apart without colour too
        table.add_row(say(part["title_zh"], part["title_en"]), drawn, f"{part['value']:+.2f}")
    table.add_row(
        Text(say(side["sum_zh"], side["sum_en"]), style="bold"), "", Text(f"{side['sum']:+.2f}", style="bold")
    )
    return table
