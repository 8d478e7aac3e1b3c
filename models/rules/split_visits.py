"""One day's care cut into several visits (分解门诊、分解挂号): registered again within the hour, charged again.

Reads: mdtrt_d (begin, department, diagnosis), fee_list_d.
Grain: lines of the later visit whose item an earlier visit of that hour had charged already.
Why: each new visit brings a new consultation fee and stays below what a visit or a prescription may cost. Honest people
are seen twice on a day: by two departments, for two illnesses, in the emergency room, with the afternoon's results. So
only visits of one person, house, day, department and illness count that begin at most `max_minutes` after the one
before; only what was charged before is disputed; and a slip at the desk is not a habit of `min_persons` persons. A
house whose visits carry no time of day or no department cannot be judged. Formula: whole in-scope amount of the
repeated line (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines import only_groups, visit_type_in
from models.rules.records import LINE, each_card, each_exposure, each_gap, of_domains, seconds

NAME, VERSION = "split_visits", "1.0"
DAY = ["fixmedins_code", "psn_no", "_day", "_dept", "_diag"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Repeated lines; params: visit_types (kinds of visit), domains, max_minutes, diagnosis_chars, min_persons,
    skip_diagnoses (pattern).
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the card's domains in visits of its kinds."""
    return each_exposure(inputs, cards, _lines)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Houses most of whose visits begin at midnight (`no_time_of_day`) or name no department (`no_department`)."""
    return each_gap(inputs, cards, _blind)


def _lines(inputs: RuleInputs, card: Card) -> DataFrame:
    meant = F.coalesce(visit_type_in(card.params["visit_types"]), F.lit(False))
    return of_domains(inputs.lines.where(meant), card)


def _visits(inputs: RuleInputs, card: Card) -> DataFrame:
    """Visits of the card's kinds with the columns of DAY."""
    meant = F.coalesce(visit_type_in(card.params["visit_types"]), F.lit(False))
    category = F.substring("dscg_maindiag_code", 1, int(card.params["diagnosis_chars"]))
    named = {"_day": F.to_date("begntime"), "_dept": F.col("adm_dept_codg"), "_diag": category}
    return inputs.tables["mdtrt_d"].where(meant).withColumns(named).select(*DAY, "mdtrt_id", "begntime")


def _blind(inputs: RuleInputs, card: Card) -> DataFrame:
    timed = F.avg((seconds("begntime") % 86400 != 0).cast("double")).alias("_timed")
    named = F.avg(F.col("_dept").isNotNull().cast("double")).alias("_named")
    told = _visits(inputs, card).groupBy("fixmedins_code").agg(timed, named)
    reason = F.when(F.col("_timed") < 0.5, "no_time_of_day").when(F.col("_named") < 0.5, "no_department")
    return told.withColumn("reason_code", reason).where(F.col("reason_code").isNotNull())


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    chain = inputs.kept(f"chains-{card.detector_id}", lambda: _chains(inputs, card))
    lines = _lines(inputs, card).where(F.length("med_list_codg") > 0).join(chain, "mdtrt_id")
    # The first visit of a chain that charged an item is the one it belongs to; what later visits charge is repeated.
    item = Window.partitionBy("_chain", "med_list_codg").orderBy("_turn", "bkkp_sn")
    first = {"_first": F.first("_turn").over(item), "paired_bkkp_sn": F.first("bkkp_sn").over(item)}
    again = lines.withColumns(first).where(F.col("_turn") > F.col("_first"))
    persons = again.groupBy("fixmedins_code").agg(F.countDistinct("psn_no").alias("_persons"))
    many = persons.where(F.col("_persons") >= int(card.params["min_persons"])).select("fixmedins_code")
    words = {"n": F.col("_turns"), "m": F.col("_minutes")}
    return (
        again.join(F.broadcast(many), "fixmedins_code", "left_semi")
        .select(*LINE, "paired_bkkp_sn", "_turns", "_minutes")
        .withColumns(
            {
                "violation_cnt": F.col("net_cnt"),
                "violation_amount": whole(),
                "note_zh": sentence("同一科室同一疾病当日连挂{n}次号, 与前一次相隔{m}分钟, 此项前次已收", **words),
                "note_en": sentence(
                    "registered {n} times in a row by one department for one illness, {m} minutes after the visit"
                    " before, which had charged this item",
                    **words,
                ),
            }
        )
    )


def _chains(inputs: RuleInputs, card: Card) -> DataFrame:
    """mdtrt_id of visits in a row: `_chain`, `_turn` (0 = the first), `_turns`, `_minutes` since the one before."""
    planned = F.coalesce(F.col("_diag").rlike(str(card.params["skip_diagnoses"])), F.lit(True))
    known = _visits(inputs, card).where(~planned & F.col("_dept").isNotNull() & F.col("psn_no").isNotNull())
    several = only_groups(known, DAY, F.count(F.lit(1)) > 1)
    timed = several.where(seconds("begntime") % 86400 != 0)
    order = Window.partitionBy(*DAY).orderBy("begntime", "mdtrt_id")
    gap = (seconds("begntime") - F.lag(seconds("begntime")).over(order)) / 60
    starts = F.when(gap <= float(card.params["max_minutes"]), 0).otherwise(1)
    numbered = timed.withColumns({"_minutes": F.round(gap).cast("int"), "_start": starts}).withColumn(
        "_part", F.sum("_start").over(order.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    )
    part = Window.partitionBy(*DAY, "_part")
    made = numbered.withColumns(
        {
            "_chain": F.min("mdtrt_id").over(part),
            "_turn": F.row_number().over(part.orderBy("begntime", "mdtrt_id")) - 1,
            "_turns": F.count(F.lit(1)).over(part),
        }
    )
    return made.where(F.col("_turns") > 1).select("mdtrt_id", "_chain", "_turn", "_turns", "_minutes")
