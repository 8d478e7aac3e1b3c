"""A prescription drug sold at a pharmacy with no prescription number, neither on the fee line nor in the sales record.

Reads: fee_list_d (rx_flag, rx_drord_no), sel_d (rxno) when handed over.
Grain: the fee line.
Why: the fund pays prescription drugs against a prescription. A month in which an institution hands over hardly any
number is a month its interface did not send them: such months are left out, and an institution that never sends one
is not judged.
Formula: the whole in-scope amount of the line (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence, stat_month
from models.rules.records import LINE, at_pharmacies, each_card, each_exposure, each_gap

NAME, VERSION = "rx_without_prescription", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Prescription drugs without a prescription; params: min_month_share (share of lines with a number)."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Prescription-drug lines of pharmacies, in months in which numbers were sent."""
    return each_exposure(inputs, cards, lambda given, card: _judged(_marked(given), card))


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Pharmacies that never send a prescription number: `no_prescription_numbers`."""
    return each_gap(inputs, cards, _silent)


def _silent(inputs: RuleInputs, _: Card) -> DataFrame:
    shops = _marked(inputs).groupBy("fixmedins_code").agg(F.max("_told").alias("_told"))
    return shops.where(F.col("_told") == 0).withColumn("reason_code", F.lit("no_prescription_numbers"))


def _marked(inputs: RuleInputs) -> DataFrame:
    """Prescription-drug lines of pharmacies with `_told` 1 when a number stands on the line or on its sales record."""
    return inputs.kept("sold-on-prescription", lambda: _with_numbers(inputs).select(*LINE, "_told"))


def _with_numbers(inputs: RuleInputs) -> DataFrame:
    lines = at_pharmacies(inputs).where(F.col("rx_flag") == 1)
    on_line = F.length(F.coalesce(F.col("rx_drord_no"), F.lit(""))) > 0
    sales = inputs.tables.get("sel_d")
    if sales is None:
        return lines.withColumn("_told", on_line.cast("int"))
    numbered = sales.where(F.col("rxno").isNotNull() & F.col("setl_id").isNotNull())
    numbered = numbered.groupBy("setl_id", "med_list_codg").agg(F.lit(True).alias("_sold_on_rx"))
    joined = lines.join(numbered, ["setl_id", "med_list_codg"], "left")
    return joined.withColumn("_told", (on_line | F.coalesce(F.col("_sold_on_rx"), F.lit(False))).cast("int"))


def _judged(marked: DataFrame, card: Card) -> DataFrame:
    months = marked.groupBy("fixmedins_code", stat_month().alias("_month")).agg(F.avg("_told").alias("_share"))
    sent = months.where(F.col("_share") >= float(card.params["min_month_share"])).select("fixmedins_code", "_month")
    return marked.withColumn("_month", stat_month()).join(sent, ["fixmedins_code", "_month"], "left_semi")


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    missing = _judged(_marked(inputs), card).where(F.col("_told") == 0)
    return missing.withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("处方药结算,无处方号,销售记录亦无处方号"),
            "note_en": sentence(
                "prescription drug settled with no prescription number on the line or the sales record"
            ),
        }
    )
