"""A small pooling area as the steps before leave it: findings, evidence lines, register and tips of some institutions.

Why: the list and its report can be tested and looked at without running the chain. Values are invented and seeded.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.cases.context import DetectorText, RunContext
from jobs.catalogue import Column, derived
from jobs.runtime.period import Period, parse_period
from jobs.runtime.storage import Home

PERIOD = parse_period("2023-01..2023-12")
FIRST = datetime.combine(date(2023, 1, 1), datetime.min.time())
CITY = ("明河", "青石", "临江", "东垣", "柳林")
DISTRICTS = ("990102", "990104", "990181", "990122", "990123")
# id, area, family, zh, en, unit zh, unit en, typical value of the peers, items (code, name, price in yuan)
DETECTORS = (
    ("IMG-02-split-exam", "imaging", "rule", "同日同部位拆分收费", "One exam billed in parts", "每百次检查", 2.1,
     (("002103000010000-210300001", "X线计算机体层平扫", 185.0), ("002103000020000-210300002", "X线计算机体层增强扫描", 260.0))),
    ("IMG-04-film-over-count", "imaging", "rule", "胶片数量超过检查次数", "More films than exams", "每百次检查", 4.0,
     (("C0312401000", "医用干式胶片 14×17", 22.0),)),
    ("IMG-51-exams-per-visit", "imaging", "indicator", "人次检查强度偏高", "Exams per visit", "次/人次", 0.42, ()),
    ("LAB-01-panel-members", "laboratory", "rule", "套餐内项目另行收费", "Members billed beside their panel", "每千项", 6.5,
     (("002503050010000-250305001", "血清总蛋白测定", 6.0), ("002503050100000-250305010", "血清总胆汁酸测定", 15.0))),
    ("REH-03-over-daily-cap", "rehabilitation", "rule", "超日限次收费", "Above the daily limit", "每百治疗日", 1.2,
     (("003402000200000-340200020", "运动疗法", 45.0), ("003401000230000-340100023", "中频脉冲电治疗", 24.0))),
    ("REH-07-therapist-hours", "rehabilitation", "indicator", "治疗师人均工时不可能", "Impossible hours per therapist", "小时/人日", 5.4, ()),
    ("PHA-03-swipe-group", "pharmacy", "cohort", "短时集中刷卡群体", "Cards swiped in a burst", "每千人次", 0.8,
     (("ZA01BAA0012010100123", "阿胶补血口服液", 86.0), ("XN02BAA011A001010100", "阿司匹林肠溶片", 15.4))),
    ("PHA-05-trace-reuse", "pharmacy", "rule", "追溯码重复销售", "One box sold twice", "每万盒", 0.3,
     (("XC10AAA012A001010200", "阿托伐他汀钙片", 38.6), ("XA10BAB008A001010300", "达格列净片", 44.9))),
    ("INP-02-low-acuity-stay", "inpatient", "indicator", "低标准住院占比", "Share of low-acuity stays", "%", 8.0, ()),
    ("INP-06-bed-days-capacity", "inpatient", "rule", "床位费超过可用床日", "More bed days than beds", "每百床日", 0.5,
     (("001109000010000-110900001", "普通病房床位费", 36.0),)),
)  # fmt: skip
UNITS_EN = {
    "每百次检查": "per 100 exams",
    "次/人次": "per visit",
    "每千项": "per 1,000 items",
    "每百治疗日": "per 100 days",
}


def texts() -> dict[str, DetectorText]:
    """What a person reads of the detectors of this area."""
    return {
        name: DetectorText(
            zh, en, "医疗保障基金使用监督管理条例 第十五条", "no order or report is seen",
            "看不到医嘱与报告", "抽查 30 份病历，核对医嘱、报告与收费清单。", "Draw 30 records; compare orders, reports and bills.",
        )
        for name, _, _, zh, en, *_ in DETECTORS
    }  # fmt: skip


def context(run_id: str = "r1", **changes: Any) -> RunContext:
    """A run of this area."""
    months = {m: {"rows_in": 100_000 + 997 * i, "rows_accepted": 99_400 + 990 * i,
                  "rows_quarantined": {"duplicate_key": 400 + 5 * i, "bad_number": 200 + 2 * i}}
              for i, m in enumerate(PERIOD.months)}  # fmt: skip
    whole = {"all": {"rows_in": 63, "rows_accepted": 60, "rows_quarantined": {"missing_required": 3}}}
    given = {
        "run_id": run_id,
        "code_version": "0.1.0+1a2b3c4d5e6f",
        "knowledge_version": "2026.11",
        "engine": "local[2]",
        "started": "2026-11-22T08:30:00",
        "tables": {"fee_list_d": months, "setl_d": months, "fixmedins_b": whole},
        "warnings": {"fee_list_d": {"unknown_optional_code": 4210, "amount_identity": 37}},
        "texts": texts(),
    }
    return RunContext(**{**given, **changes})


def write_world(root: Path, institutions: int = 20, lines: int = 12, seed: int = 7, clues: bool = True) -> Home:
    """Writes the area under `root`; `lines` = evidence lines of an institution that stands out, per detector and level.

    `clues` False leaves an area where nobody stands out and no tip was received.
    """
    rng, home = random.Random(seed), Home(root)
    register = [_institution(rng, index) for index in range(institutions)]
    findings, evidence = [], []
    for detector in DETECTORS:
        made = [_finding(rng, detector, row, index if clues else None) for index, row in enumerate(register)]
        _against_peers(made)
        for finding in made:
            found = _evidence(rng, detector, finding, lines)
            finding["suspected_amount"] = float(sum(line["violation_amount"] for line in found))
            finding["fund_loss"] = float(sum(line["fund_loss"] for line in found))
            _say(finding, detector)
            evidence += found
        findings += made
    tips = (
        [_tip(1, register[3], "pharmacy", "confirmed"), _tip(2, register[2], "imaging", "unfounded")] if clues else []
    )
    write(home, "validated", "fixmedins_b", "all", register)
    write(home, "validated", "tip_d", "all", tips)
    write(home, "scores", "finding", PERIOD.folder, findings)
    groups = [_group(row) for row in findings if row["family"] == "cohort" and row["suspected_amount"] > 0]
    write(home, "scores", "cohort_node", PERIOD.folder, [node for nodes, _ in groups for node in nodes])
    write(home, "scores", "cohort_edge", PERIOD.folder, [edge for _, edges in groups for edge in edges])
    for month in PERIOD.months:
        write(home, "scores", "evidence", month, [line for line in evidence if line["stat_month"] == month])
    return home


def write(home: Home, layer: str, name: str, month: str, rows: Sequence[dict[str, Any]]) -> None:
    """One month of a table, typed as declared where it is a derived table."""
    folder = home.table(layer, name) / f"month={month}"
    folder.mkdir(parents=True, exist_ok=True)
    if not rows:
        return
    schema = pa.schema([_field(column) for column in derived(layer, name).columns]) if layer == "scores" else None
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), folder / "part-0.parquet")


def _field(column: Column) -> pa.Field:
    if column.type.startswith("decimal"):
        return pa.field(column.name, pa.decimal128(16, int(column.type[-2])))
    kinds = {"string": pa.string(), "double": pa.float64(), "int": pa.int32(), "timestamp": pa.timestamp("us")}
    kinds |= {"bigint": pa.int64(), "date": pa.date32()}
    return pa.field(column.name, kinds[column.type])


def _institution(rng: random.Random, index: int) -> dict[str, Any]:
    pharmacy = index % 4 == 3
    place = CITY[index % 5]
    kind = "大药房" if pharmacy else rng.choice(["人民医院", "中医院", "康复医院", "社区卫生服务中心", "骨科医院"])
    return {
        "fixmedins_code": f"{'P' if pharmacy else 'H'}9901{index:07d}",
        "fixmedins_name": f"{place}{'县区市'[index % 3]}{'第' + '一二三四五六七八九'[index % 9] if index > 4 else ''}{kind}",
        "fixmedins_type": "2" if pharmacy else "1",
        "hosp_lv": None if pharmacy else rng.choice(["02", "05", "06", "08", "11"]),
        "fix_blng_admdvs": DISTRICTS[index % 5],
        "uscc": "9199",
    }


def _finding(rng: random.Random, detector: tuple[Any, ...], row: dict[str, Any], index: int | None) -> dict[str, Any]:
    name, area, family, _, _, unit, typical, _ = detector
    fits = (area == "pharmacy") == (row["fixmedins_type"] == "2")
    stands_out = fits and index is not None and ((index * 7 + len(name)) % 11 == 0 or (index + len(area)) % 13 == 0)
    outcome = "hit" if stands_out else "no_hit" if fits else "not_evaluable"
    if fits and not stands_out and rng.random() < 0.12:
        outcome = "not_evaluable"
    observed = typical * rng.lognormvariate(0, 0.35) * (rng.uniform(2.2, 7) if stands_out else 1)
    exposure = float(rng.randint(300, 30_000))
    return {
        **dict.fromkeys(derived("scores", "finding").names),
        **{"fixmedins_code": row["fixmedins_code"], "area": area, "detector_id": name, "family": family},
        **{"detector_version": "1.0+k2026.11", "outcome": outcome, "unit": unit, "strength": 0},
        "reason_code": _why(outcome, fits, rng),
        "exposure": exposure if outcome != "not_evaluable" else None,
        "hits": round(exposure * observed / 100) if outcome != "not_evaluable" else None,
        "observed": observed if outcome != "not_evaluable" else None,
        "peer_group": f"{'药店' if area == 'pharmacy' else '二级及以上'}·城区",
        "excess_amount": rng.uniform(2e4, 4e5) if stands_out and family == "indicator" else 0.0,
        "data_fault": "blank_doctor_code" if stands_out and (index or 0) % 8 == 2 else None,
        "benign_checks": json.dumps(_benign(rng), ensure_ascii=False) if stands_out else None,
        "months": json.dumps(
            {m: round(rng.uniform(0.3, 1.6) * observed, 2) for m in PERIOD.months if rng.random() > 0.05}
        ),
    }


def _why(outcome: str, fits: bool, rng: random.Random) -> str | None:
    if outcome == "no_hit":
        return "area_wide" if rng.random() < 0.05 else None
    return None if outcome == "hit" else "low_volume" if fits else "missing_table:sel_d"


def _benign(rng: random.Random) -> list[dict[str, str]]:
    checks = [
        (
            "case_mix",
            "does_not_explain",
            "按病种重排后仍为同组 2.9 倍",
            "still 2.9 times its peers after matching diagnoses",
        ),
        (
            "sole_provider",
            rng.choice(["does_not_explain", "not_testable"]),
            "同区还有 6 家同类机构",
            "six others serve the district",
        ),
        ("new_equipment", "not_testable", "未移交设备台账", "no register of machines was handed over"),
    ]
    return [dict(zip(("check", "result", "detail_zh", "detail_en"), check, strict=True)) for check in checks]


def _against_peers(findings: list[dict[str, Any]]) -> None:
    values = [row["observed"] for row in findings if row["observed"] is not None]
    middle, size = median(values), len(values)
    spread = 1.4826 * median(abs(value - middle) for value in values)
    for row in findings:
        row.update(peer_median=middle, peer_limit=middle + 3 * spread, peer_size=size)
        if row["outcome"] == "hit":
            row["z"] = (row["observed"] - middle) / spread
            row["strength"] = 1 + sum(row["observed"] / middle > limit for limit in (2.5, 4, 6))


def _evidence(
    rng: random.Random, detector: tuple[Any, ...], finding: dict[str, Any], lines: int
) -> list[dict[str, Any]]:
    if not detector[7] or finding["outcome"] == "not_evaluable":
        return []
    count = lines * finding["strength"] if finding["outcome"] == "hit" else rng.choice([0, 0, 2])
    return [_line(rng, detector, finding, number) for number in range(count)]


def _group(finding: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Six persons around the institution of a cohort finding."""
    whole = {"cohort_id": f"G-{finding['fixmedins_code'][-6:]}", "detector_id": finding["detector_id"]}
    whole |= {"area": finding["area"], "lines": 4, "persons": 1, "days": 4, "amount": Decimal("86.00")}
    whole |= {"first_day": date(2023, 3, 1), "last_day": date(2023, 9, 1)}
    shop, code = f"institution:{finding['fixmedins_code']}", finding["fixmedins_code"]
    people = [f"{number:08x}{'a' * 24}" for number in range(6)]
    nodes = [{**whole, "node_id": f"person:{who}", "node_kind": "person", "label": who, "held": 0} for who in people]
    nodes.append({**whole, "node_id": shop, "node_kind": "institution", "label": code, "held": 1})
    ends = [{"source": f"person:{who}", "target": shop, "edge_kind": "bought_at"} for who in people]
    return nodes, [{**whole, **end} for end in ends]


def _line(rng: random.Random, detector: tuple[Any, ...], finding: dict[str, Any], number: int) -> dict[str, Any]:
    code, item, price = rng.choice(detector[7])
    when = FIRST + timedelta(minutes=rng.randint(0, 365 * 24 * 60 - 1))
    cnt = rng.randint(1, 4)
    inscp = Decimal(str(round(price * cnt, 2)))
    disputed = (inscp * Decimal(rng.choice(["1", "0.5", "0.3"]))).quantize(Decimal("0.01"))
    return {
        **dict.fromkeys(derived("scores", "evidence").names),
        **{name: finding[name] for name in ("fixmedins_code", "area", "detector_id", "detector_version")},
        # a third of an institution's lines of one area are shared by its detectors, so that amounts must be counted once
        "bkkp_sn": f"{finding['fixmedins_code']}-{finding['area']}-{number if number % 3 == 0 else detector[0] + str(number)}",
        "table": "fee_list_d",
        "stat_month": f"{when:%Y-%m}",
        "psn_no": f"{rng.getrandbits(128):032X}",
        "fee_ocur_time": when,
        "med_list_codg": code,
        "hilist_name": item,
        "cnt": Decimal(cnt),
        "inscp_amt": inscp,
        "violation_cnt": Decimal(cnt),
        "violation_amount": disputed,
        "fund_loss": (disputed * Decimal("0.7")).quantize(Decimal("0.01")),
        "note_zh": f"同日已收相同项目，第 {number % 3 + 2} 次",
        "note_en": f"same item already billed that day, time {number % 3 + 2}",
    }


def _say(finding: dict[str, Any], detector: tuple[Any, ...]) -> None:
    name_zh, name_en, unit = detector[3], detector[4], detector[5]
    if finding["outcome"] != "hit":
        return
    times, size = finding["observed"] / finding["peer_median"], finding["peer_size"]
    money = finding["suspected_amount"] or finding["excess_amount"]
    kind = "疑点金额" if finding["suspected_amount"] else "超额估计"
    finding["reason_zh"] = (
        f"{name_zh}：{finding['observed']:.2f} {unit}，同组 {size} 家中位数 {finding['peer_median']:.2f}，"
        f"为其 {times:.1f} 倍，{kind} {money:,.0f} 元"
    )
    finding["reason_en"] = (
        f"{name_en}: {finding['observed']:.2f} {UNITS_EN.get(unit, unit)}, median of {size} peers {finding['peer_median']:.2f} "
        f"({times:.1f} times), {money:,.0f} yuan"
    )


def _tip(number: int, row: dict[str, Any], area: str, verified: str) -> dict[str, Any]:
    return {
        "tip_id": f"T{number}",
        "fixmedins_code": row["fixmedins_code"],
        "area": area,
        "tip_date": "2023-06-01",
        "source": "phone",
        "verified": verified,
    }


__all__ = ["PERIOD", "Period", "context", "texts", "write", "write_world"]
