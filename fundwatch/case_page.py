"""One case on one screen: reasons, how its score is made, its peers, its months, benign checks, evidence.

Why: a clue is only worth a visit when its reasons can be checked; all of them stand together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fundwatch.case_model import model_lines
from fundwatch.case_text import Speaker, bar, group_table, kind, money, sparkline, strip
from jobs.cases.reading import Run
from jobs.cases.report.groups import group_views
from jobs.cases.report.modelled import model_views
from jobs.cases.report.view import benign_of, months_of, records, split
from jobs.cases.words import AREAS, FAMILIES, GAPS, HINTS, measured, name_of, number, unit_of

Row = Mapping[str, Any]


class CasePage:
    """Lays out one case of a run. `months` are those of its period, YYYY-MM; `top` = evidence rows shown."""

    def __init__(self, run: Run, case: Row, months: Sequence[str], say: Speaker, top: int) -> None:
        self.run, self.case, self.months, self.say, self.top = run, case, months, say, top
        self.findings = {row["detector_id"]: row for row in records(run.findings(case["fixmedins_code"], case["area"]))}
        self.levels = records(run.levels(case["case_id"]))
        self.evidence = run.evidence(case["case_id"])
        self.texts = run.texts()

    def render(self) -> RenderableType:
        """The whole page."""
        say = self.say
        parts: list[RenderableType] = [self._head(), self._reasons()]
        parts += [self._detector(level) for level in self.levels]
        parts += self._section(say("模型怎么看", "What the model says"), self._model())
        parts += self._section(say("背后的群体", "The group behind it"), self._groups())
        parts += self._section(say("已检验的合理解释", "Benign explanations tested"), self._benign())
        parts += self._section(say("本机构未能判断", "Not judged for this institution"), self._gaps())
        rows = len(self.evidence)
        title = say(
            f"证据 {rows:,} 行，金额最大的 {min(self.top, rows)} 行", f"{rows:,} evidence rows, the largest first"
        )
        parts += self._section(title, [self._lines()] if rows else [])
        note = say("疑点须经现场核查，不是违规认定。", "A clue is not a finding; only an inspection decides.")
        return Group(*parts, Text(f"\n{note}", style="dim"))

    def _head(self) -> RenderableType:
        case, say = self.case, self.say
        who = Text.assemble(
            (f"{case['rank']}  ", "dim"),
            (case["fixmedins_name"], "bold"),
            (f"  {say.name(AREAS[case['area']])}", "cyan"),
            (
                f"  {say.name(name_of(HINTS, case['verdict_hint']))}",
                "yellow" if case["verdict_hint"] != "clue" else "dim",
            ),
        )
        where = Text(f"   {kind(case, say)} · {case['fixmedins_code']} · {case['case_id']}", style="dim")
        return Group(Text(""), who, where, Padding(self._money(), (1, 0, 0, 3)))

    def _money(self) -> Table:
        case, say = self.case, self.say
        grid = Table.grid(padding=(0, 4))
        heads = (
            say("评分", "score"),
            say("疑点金额", "suspected"),
            say("其中基金", "of it, funds"),
            say("超额估计（不相加）", "excess estimate (apart)"),
            say("预计追回", "expected recovery"),
        )
        unit = say(" 万元", " ×10k yuan")
        amounts = [case[name] for name in ("suspected_amount", "fund_loss", "excess_amount", "expected_recovery")]
        grid.add_row(*(Text(head, style="dim") for head in heads))
        values = [Text(money(amount) + (unit if amount else ""), style="bold") for amount in amounts]
        grid.add_row(Text.assemble(bar(case["score"]), (f" {case['score']:.0f}", "bold")), *values)
        return grid

    def _reasons(self) -> RenderableType:
        told = split(self.case[f"reasons_{self.say.lang}"], self.say.lang)
        lines = [Text.assemble((f"{index} ", "dim"), reason) for index, reason in enumerate(told, start=1)]
        return Padding(Group(*lines), (1, 0, 0, 3))

    def _title(self, detector: str) -> str:
        text = self.texts.get(detector)
        return self.say(text.title_zh, text.title_en) if text else detector

    def _detector(self, level: Row) -> RenderableType:
        """One level: its points, the institution among its peers, its months, its evidence."""
        say, finding = self.say, self.findings.get(level["detector_id"])
        head = Text.assemble(
            (f"+{level['points']:4.1f}  ", "bold cyan"),
            (self._title(level["detector_id"]), "bold"),
            f"  {say.name(name_of(FAMILIES, level['family']))} · {say(level['label_zh'], level['label_en'])}",
            (f"  {level['detector_id']}@{level['detector_version']}", "dim"),
        )
        lines = [head, *self._drawings(finding)] if finding else [head]
        own = self.evidence[self.evidence["detector_id"] == level["detector_id"]]
        if len(own):
            persons, amount = own["psn_no"].nunique(), own["violation_amount"].sum()
            fact = say(
                f"{len(own):,} 行 · {persons:,} 人 · {amount:,.2f} 元",
                f"{len(own):,} rows · {persons:,} persons · {amount:,.2f} yuan",
            )
            lines.append(Text(f"       {fact}", style="dim"))
        return Padding(Group(*lines), (1, 0, 0, 3))

    def _drawings(self, finding: Row) -> list[Text]:
        found = []
        if finding["observed"] is not None and finding["peer_group"]:
            drawn = strip(finding, self.run.peers(finding["detector_id"], finding["peer_group"]))
            facts = self._facts(finding)
            found.append(Text.assemble("       ", drawn, f"  {'  '.join(facts)}"))
        by_month = months_of(finding)
        if by_month:
            period = f"{self.months[0]} — {self.months[-1]}"
            found.append(Text.assemble("       ", (sparkline(by_month, self.months), "cyan"), (f"  {period}", "dim")))
        return found

    def _facts(self, finding: Row) -> list[str]:
        """The numbers behind a strip: own value with its unit, peers' median and limit, how many they are."""
        say, unit = self.say, finding["unit"]
        own = f"◆ {measured(finding['observed'], unit)} {say.name(unit_of(unit))}".strip()
        peers = [
            f"{mark} {say(zh, en)} {measured(finding[name], unit)}"
            for mark, zh, en, name in (("│", "中位", "median", "peer_median"), ("┊", "上限", "limit", "peer_limit"))
            if finding[name] is not None
        ]
        size = finding["peer_size"]
        return [own, *peers, *([say(f"{size:.0f} 家", f"{size:.0f} peers")] if size is not None else [])]

    def _benign(self) -> list[RenderableType]:
        found: list[RenderableType] = []
        for level in self.levels:
            for check in benign_of(self.findings.get(level["detector_id"], {})):
                told = check.get(f"detail_{self.say.lang}") or check.get("check") or ""
                style = {"explains": "yellow", "not_testable": "dim"}.get(check["result"], "")
                found.append(Text.assemble((f"{self.say.name(check['name'])}  ", style or "bold"), (told, style)))
        return list({str(line): line for line in found}.values())

    def _groups(self) -> list[RenderableType]:
        """One table per group: its institutions and what lies between, and how many persons."""
        case, own = self.case, {self.case["case_id"]: self.case}
        found = group_views(self.run.groups(case["case_id"]), list(own.values()), self.texts).get(case["case_id"])
        return [] if found is None else [group_table(view, self.say) for view in found["shown"]]

    def _model(self) -> list[RenderableType]:
        own = self.case["case_id"]
        said = model_views(self.run.model(own), {own}).get(own)
        return [] if said is None else [*model_lines(said, self.say)]

    def _gaps(self) -> list[RenderableType]:
        rows = [row for row in self.findings.values() if row["outcome"] in ("not_evaluable", "error")]
        names = [self.say.name(name_of(GAPS, row["reason_code"] or row["outcome"])) for row in rows]
        return [
            Text.assemble(self._title(row["detector_id"]), (f"  {name}", "dim"))
            for row, name in zip(rows, names, strict=True)
        ]

    def _lines(self) -> RenderableType:
        say = self.say
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim")
        for head in (say("时间", "time"), say("项目", "item"), say("人员", "person")):
            table.add_column(head, no_wrap=True)
        for head in (say("数量", "qty"), say("范围内 元", "in scope"), say("疑点 元", "suspected")):
            table.add_column(head, justify="right", no_wrap=True)
        table.add_column(say("说明", "note"))
        for row in records(self.evidence.head(self.top)):
            table.add_row(
                f"{pd.Timestamp(row['fee_ocur_time']):%Y-%m-%d %H:%M}" if row["fee_ocur_time"] is not None else "—",
                row["hilist_name"] or row["table"],
                Text((row["psn_no"] or "—")[:8], style="dim"),
                number(row["cnt"]) if row["cnt"] is not None else "—",
                f"{row['inscp_amt']:,.2f}" if row["inscp_amt"] is not None else "—",
                Text(f"{row['violation_amount']:,.2f}", style="bold"),
                row[f"note_{say.lang}"] or "",
            )
        return table

    @staticmethod
    def _section(title: str, content: Sequence[RenderableType]) -> list[RenderableType]:
        return [Padding(Group(Text(title, style="bold underline"), *content), (1, 0, 0, 3))] if content else []
