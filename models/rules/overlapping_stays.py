"""One person in two in-patient stays of different institutions on the same full days.

Reads: mdtrt_d, setl_d, fee_list_d.
Grain: the fee lines of the overlapping full days, of both stays.
Why: nobody lies in two beds, nor is examined, nursed and treated in two wards: everything charged on such a day for
being there is in doubt. Which of the two stays is empty is for the inspection to find, so both institutions are named
and how often is held against peers. A transfer ends one stay on the day the next begins and
may be booked a day late: full days lie strictly inside both stays, and `min_days` of them are needed. Two stays at
one institution are its own book-keeping (interim bills, wards) and left out. Formula: whole in-scope amount (formula
1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines_counted import charged_stays
from models.rules.records import LINE, each_card, each_stay_exposure, is_inpatient, stays

NAME, VERSION = "overlapping_stays", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines on overlapping days; params: min_days (full days inside both stays), longest_stay (days)."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """In-patient stays: one double stay is one event, however many lines it has."""
    return each_stay_exposure(inputs, cards, lambda given, _: charged_stays(given))


def _overlaps(inputs: RuleInputs, card: Card) -> DataFrame:
    """Per stay and stay elsewhere: mdtrt_id, `other_id`, `other_at` and the common full days `from_day` .. `to_day`."""
    known = stays(inputs).where(F.datediff("stay_end", "stay_begin") <= int(card.params["longest_stay"]))
    mine = known.select("psn_no", "mdtrt_id", "fixmedins_code", "stay_begin", "stay_end")
    other = known.select(
        "psn_no",
        F.col("mdtrt_id").alias("other_id"),
        F.col("fixmedins_code").alias("other_at"),
        F.col("stay_begin").alias("_other_begin"),
        F.col("stay_end").alias("_other_end"),
    )
    pairs = mine.join(other, "psn_no", "inner").where(F.col("fixmedins_code") != F.col("other_at"))
    common = pairs.withColumns(
        {
            "from_day": F.date_add(F.greatest("stay_begin", "_other_begin"), 1),
            "to_day": F.date_sub(F.least("stay_end", "_other_end"), 1),
        }
    )
    return common.where(F.datediff("to_day", "from_day") + 1 >= int(card.params["min_days"])).select(
        "mdtrt_id", "other_id", "other_at", "from_day", "to_day"
    )


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    double = inputs.kept(f"overlaps-{card.detector_id}", lambda: _overlaps(inputs, card))
    joined = inputs.lines.where(is_inpatient()).select(*LINE).join(F.broadcast(double), "mdtrt_id", "inner")
    inside = joined.where(F.col("fee_date").between(F.col("from_day"), F.col("to_day")))
    found = inside.groupBy(*LINE).agg(F.min(F.struct("other_id", "other_at", "from_day", "to_day")).alias("other"))
    words = {"h": F.col("other.other_at"), "b": F.col("other.from_day"), "e": F.col("other.to_day")}
    return found.withColumns(
        {
            "paired_bkkp_sn": F.col("other.other_id"),
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("{b}至{e}同时在机构{h}住院(整日重叠)", **words),
            "note_en": sentence("in bed at {h} as well from {b} to {e} (full days)", **words),
        }
    )
