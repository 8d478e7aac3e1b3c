"""The three strongest reasons of a case as sentences, in Chinese and English.

Why: no case without a reason a person can check: what was observed, what peers show, how many they are, which money.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from jobs.cases.words import measured, money_en, money_zh, number, unit_of
from models.anomaly.rungs import DETECTOR as ANOMALY_DETECTOR
from models.ranking import TIP_DETECTOR

STRONGEST = 3
LONGEST_ZH, LONGEST_EN = 160, 360  # letters of one sentence; the finding keeps the whole
_NUMBERS_ZH = "①②③④⑤⑥⑦⑧⑨"


def reasons(levels: pd.DataFrame, findings: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> tuple[str, str]:
    """Reasons of one case from its levels, strongest first; `findings` by institution, area and detector."""
    zh: list[str] = []
    en: list[str] = []
    for level in levels.head(STRONGEST).to_dict("records"):
        key = (level["fixmedins_code"], level["area"], level["detector_id"])
        told = {TIP_DETECTOR: tip_sentence, ANOMALY_DETECTOR: anomaly_sentence}.get(key[2])
        sentence_zh, sentence_en = told(level) if told else sentences(findings[key])
        if level["verdict_hint"] == "data_quality":
            sentence_zh = f"疑似数据问题，先核对数据：{sentence_zh}"
            sentence_en = f"Probably a data fault, check the data first: {sentence_en}"
        zh.append(f"{_NUMBERS_ZH[len(zh)]} {shorten(sentence_zh, LONGEST_ZH, '，；、 ')}")
        en.append(f"({len(en) + 1}) {shorten(sentence_en, LONGEST_EN, ' ')}")
    return " ".join(zh), " ".join(en)


def sentences(finding: Mapping[str, Any]) -> tuple[str, str]:
    """The finding's own sentences; one it lacks is made of its numbers, an amount it does not name is added."""
    zh = str(_given(finding, "reason_zh") or _plain_zh(finding)).strip().rstrip("。")
    en = str(_given(finding, "reason_en") or _plain_en(finding)).strip().rstrip(".")
    amount = float(finding["suspected_amount"] or 0.0)
    if amount > 0 and "元" not in zh:
        zh += f"，疑点金额 {money_zh(amount)}"
    if amount > 0 and "yuan" not in en.lower():
        en += f"; suspected {money_en(amount)}"
    return f"{zh}。", f"{en}."


def tip_sentence(level: Mapping[Any, Any]) -> tuple[str, str]:
    """A tip as a reason; never who gave it, nor when."""
    if level["level"] >= 3:
        return "收到举报线索，已初步核实。", "A tip was received and found plausible on first review."
    return "收到举报线索，尚待核实。", "A tip was received; it is not verified yet."


def anomaly_sentence(level: Mapping[Any, Any]) -> tuple[str, str]:
    """What the anomaly model adds: no line, no amount, only how rare the institution is among its like."""
    return f"各项指标合起来看{level['label_zh']}（模型）。", f"All indicators together: {level['label_en']} (model)."


def shorten(text: str, longest: int, breaks: str) -> str:
    """`text` cut at the last break before `longest` letters; whole when it fits."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    at = max(cut.rfind(mark) for mark in breaks)
    return (cut[:at] if at > longest // 2 else cut).rstrip("，；、 ,;") + "…"


def _plain_zh(finding: Mapping[str, Any]) -> str:
    unit = _given(finding, "unit")
    text = f"{finding['detector_id']}：观察值 {measured(finding['observed'], unit)} {unit_of(unit).zh}".rstrip()
    if not pd.isna(finding["peer_median"]):
        text += f"，同组中位数 {measured(finding['peer_median'], unit)}（{number(finding['peer_size'])} 家机构）"
    return text


def _plain_en(finding: Mapping[str, Any]) -> str:
    unit = _given(finding, "unit")
    text = f"{finding['detector_id']}: observed {measured(finding['observed'], unit)} {unit_of(unit).en}".rstrip()
    if not pd.isna(finding["peer_median"]):
        median, size = measured(finding["peer_median"], unit), number(finding["peer_size"])
        text += f", peers' median {median} ({size} institutions)"
    return text


def _given(finding: Mapping[str, Any], name: str) -> Any:
    value = finding.get(name)
    return None if value is None or pd.isna(value) else value
