"""scores/finding: what every detector says of every institution in the period, with one of four outcomes.

Reads: scores/evidence, scores/exposure, scores/gap; indicators (models.detectors) over features/provider_month;
findings of cohorts; validated/fixmedins_b; rows of benign explanations (models.benign).
Grain: institution, area, detector.
Why: hit | no_hit | not_evaluable | error, never two outcomes: what could not be judged is counted and shown, it is
neither innocence nor guilt. A handful of stray lines stays no_hit; its evidence is kept all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import derived
from jobs.runtime.storage import union
from jobs.scores import finding_words as words
from jobs.scores import rule_counts
from knowledge.frames import small_frame
from models.detectors import rates
from models.detectors.model import Detector, Keep, as_it_is, load_detectors
from models.rules.kind import Card

NO_CHECKS = "[]"


@dataclass(frozen=True)
class FindingInputs:
    """What a finding is made of. `indicators`: result of models.detectors.evaluate; None = no indicators asked for.

    `cohorts`: findings of other families, already in the columns of scores/finding. `benign`: given the findings, the
    rows fixmedins_code, detector_id, check, result, fault (boolean), detail_zh, detail_en of the explanations tested
    (models.benign.explain). `keep` may hold on to a frame that is used repeatedly (write it and read it back).
    """

    evidence: DataFrame
    exposure: DataFrame
    gaps: DataFrame
    institutions: DataFrame
    provider_month: DataFrame
    cards: Sequence[Card]
    months: Sequence[str]
    knowledge_version: str
    indicators: DataFrame | None = None
    detectors: Sequence[Detector] = field(default_factory=load_detectors)
    cohorts: DataFrame | None = None
    benign: Callable[[DataFrame], DataFrame] | None = None
    keep: Keep = as_it_is


def build(inputs: FindingInputs) -> DataFrame:
    """All findings of the period in the columns of scores/finding."""
    parts = [rule_findings(inputs)] if inputs.cards else []
    if inputs.indicators is not None:
        parts.append(indicator_findings(inputs))
    if inputs.cohorts is not None:
        parts.append(inputs.cohorts.select(*derived("scores", "finding").names))
    found = union(parts)
    if inputs.benign is None:
        return found
    judged = inputs.keep("findings", found)
    return explained(judged, inputs.keep("benign", inputs.benign(judged)))


def asked_explanations(cards: Sequence[Card], detectors: Sequence[Detector]) -> dict[str, tuple[str, ...]]:
    """Detector -> the benign explanations its declaration asks to be tested."""
    listed = {card.detector_id: card.benign for card in cards}
    return {**listed, **{detector.detector_id: detector.benign for detector in detectors}}


def rule_findings(inputs: FindingInputs) -> DataFrame:
    """Findings of the rule detectors: counts of evidence lines against exposure, judged against peers."""
    counts = inputs.keep("rule-counts", rule_counts.counts(inputs))
    measured = counts.where(F.col("gap").isNull() & (F.col("exposure") > 0))
    judged = rates.judge(measured.drop("gap"), inputs.institutions, keep=inputs.keep)
    kept = judged.select(
        "detector_id", "fixmedins_code", "rate", "usual", "limit", "z", "group_text", "peers", "strength", "hit",
        "unfit", "why_not",
    )  # fmt: skip
    return _rule_rows(counts.join(kept, ["detector_id", "fixmedins_code"], "left"))


def _rule_rows(joined: DataFrame) -> DataFrame:
    failed = F.col("gap").startswith("error")
    unfit = F.coalesce("gap", F.when(~(F.coalesce("exposure", F.lit(0.0)) > 0), "no_exposure"), "unfit")
    outcome = (
        F.when(F.coalesce(failed, F.lit(False)), "error")
        .when(unfit.isNotNull(), "not_evaluable")
        .when(F.col("hit"), "hit")
        .otherwise("no_hit")
    )
    told = joined.withColumns({"outcome": outcome, "_unfit": unfit})
    hit = F.col("outcome") == "hit"
    named = {
        "reason_code": F.coalesce("_unfit", F.when(~hit, F.col("why_not"))),
        "hits": F.col("lines").cast("double"),
        "observed": F.col("rate"),
        "peer_median": F.col("usual"),
        "peer_limit": F.col("limit"),
        "unit": F.lit("命中/可比数"),
        "strength": F.when(hit, F.coalesce("strength", F.lit(0))).otherwise(0),
        "suspected_amount": F.coalesce("amount", F.lit(0.0)),
        "excess_amount": F.lit(0.0),
        "format": F.lit("percent"),
        "fund_loss": F.coalesce("fund_loss", F.lit(0.0)),
    }
    return _shaped(told.withColumns(named), words.rule_zh(), words.rule_en())


def indicator_findings(inputs: FindingInputs) -> DataFrame:
    """Findings of the indicators, from the result of models.detectors.evaluate."""
    assert inputs.indicators is not None
    told = inputs.indicators.join(F.broadcast(_declared(inputs)), "detector_id")
    entries = F.map_from_entries(
        F.transform("series", lambda m: F.struct(m["stat_month"], F.round(m["month_value"], 4)))
    )
    named = {
        "family": F.lit("indicator"),
        "exposure": F.col("den"),
        "hits": F.col("num"),
        "observed": F.col("value"),
        "peer_median": F.col("median"),
        "peer_limit": F.col("limit"),
        "suspected_amount": F.lit(0.0),
        "fund_loss": F.lit(0.0),
        "months": F.when(F.col("series").isNotNull(), F.to_json(entries)),
        "lines": F.lit(None).cast("bigint"),
        "persons": F.lit(None).cast("bigint"),
        "unit": F.col("unit_zh"),
    }
    return _shaped(told.withColumns(named), words.indicator_zh(), words.indicator_en())


def _declared(inputs: FindingInputs) -> DataFrame:
    rows = [
        (
            *(entry.detector_id, entry.area, f"{entry.version}+k{inputs.knowledge_version}", entry.title_zh),
            *(entry.title_en, entry.format, _unit(entry, entry.unit_zh, "占比", "元"), entry.direction),
            _unit(entry, entry.unit_en, "share", "yuan"),
            *((entry.beside.title_zh, entry.beside.title_en) if entry.beside else ("", "")),
        )
        for entry in inputs.detectors
    ]
    ddl = "detector_id string, area string, detector_version string, title_zh string, title_en string, format string,"
    return small_frame(
        inputs.institutions.sparkSession,
        rows,
        f"{ddl} unit_zh string, direction string, unit_en string, beside_title_zh string, beside_title_en string",
    )


def _unit(detector: Detector, own: str, share: str, yuan: str) -> str:
    return {"percent": share, "yuan": yuan}.get(detector.format, own)


def _shaped(frame: DataFrame, zh: Column, en: Column) -> DataFrame:
    """The columns of scores/finding with their types; sentences are built last, from the rounded numbers shown."""
    rounded = {
        name: F.round(F.col(name).cast("double"), digits)
        for name, digits in (
            ("observed", 6), ("peer_median", 6), ("peer_limit", 6), ("z", 3), ("suspected_amount", 2), ("fund_loss", 2),
            ("excess_amount", 2), ("exposure", 2), ("hits", 2),
        )
    }  # fmt: skip
    full = frame.withColumns(
        {
            **rounded,
            "peer_group": F.col("group_text"),
            "peer_size": F.col("peers").cast("int"),
            "data_fault": F.lit(None).cast("string"),
            "benign_checks": F.lit(NO_CHECKS),
        }
    )
    said = full.withColumns({"reason_zh": zh, "reason_en": en})
    return said.select(*[F.col(c.name).cast(c.type).alias(c.name) for c in derived("scores", "finding").columns])


def explained(findings: DataFrame, benign: DataFrame) -> DataFrame:
    """Findings with the benign explanations tested on their hits; a data fault that explains the signal is named."""
    row = F.struct("check", "result", "detail_zh", "detail_en")
    holding = F.col("fault") & (F.col("result") == "explains")
    tested = benign.groupBy("fixmedins_code", "detector_id").agg(
        F.to_json(F.sort_array(F.collect_list(row))).alias("_checks"),
        F.min(F.when(holding, F.col("check"))).alias("_fault"),
    )
    joined = findings.join(tested, ["fixmedins_code", "detector_id"], "left")
    hit = F.col("outcome") == "hit"
    told = joined.withColumns(
        {
            "benign_checks": F.when(hit, F.coalesce("_checks", "benign_checks")).otherwise(F.col("benign_checks")),
            "data_fault": F.when(hit, F.coalesce("data_fault", "_fault")).otherwise(F.col("data_fault")),
        }
    )
    return told.select(*derived("scores", "finding").names)
