"""More out-patients in one day under one doctor's name than a day has minutes for (单日接诊量超过可能).

Reads: fee_list_d (bilg_dr_code of consultation charges), fixmedins_b (dr_psncnt).
Grain: fee lines of the out-patient visits of such a day.
Why: a visit that never took place still needs a doctor's name. Persons are counted by the consultation charged, so a
laboratory or a shop that many people pass through under one code is none. A code is taken for a person only where the
house does not put everybody under it: a house with several registered doctors and one code for nearly all is not
judged. Chronic-disease days and clinics with a queue reach eighty or a hundred; `persons` is beyond that, and one such
day is a slip of the date, so `min_days` are asked for. Every line of the day's visits carries the share of persons
above the limit: (persons - limit) / persons x net_inscp (handbook §3.4, formula 2).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines import visit_type_in
from models.rules.records import LINE, each_card, each_exposure, each_gap, of_domains, ratio

NAME, VERSION = "doctors_day", "1.0"
DAY = ["fixmedins_code", "doctor", "fee_date"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such days; params: domains, visit_types, persons, min_days, shared_share, shared_doctors."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Consultations under a doctor's name, at houses where names stand for persons."""
    return each_exposure(inputs, cards, _judged)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`doctor_unknown` where no consultation names a doctor, `doctor_codes_shared` where one code stands for all."""
    return each_gap(inputs, cards, _silent)


def _consultations(inputs: RuleInputs, card: Card) -> DataFrame:
    """Out-patient consultations with `doctor` (empty where none is named)."""
    lines = of_domains(inputs.lines, card).where(visit_type_in(card.params["visit_types"]))
    return lines.withColumn("doctor", F.nullif(F.trim("bilg_dr_code"), F.lit("")))


def _houses(inputs: RuleInputs, card: Card) -> DataFrame:
    """fixmedins_code with `_named` (consultations with a doctor) and `_shared`: one code for nearly all of several."""
    each = _consultations(inputs, card).groupBy("fixmedins_code", "doctor").agg(F.count(F.lit(1)).alias("_n"))
    named = F.when(F.col("doctor").isNotNull(), F.col("_n")).otherwise(0)
    codes = each.groupBy("fixmedins_code").agg(
        F.sum(named).alias("_named"), F.max(named).alias("_most"), F.sum("_n").alias("_all")
    )
    staff = inputs.tables["fixmedins_b"].groupBy("fixmedins_code").agg(F.max("dr_psncnt").alias("_staff"))
    one_code = ratio(F.col("_most"), F.col("_all")) >= float(card.params["shared_share"])
    several = F.coalesce(F.col("_staff") >= int(card.params["shared_doctors"]), F.lit(False))
    return codes.join(staff, "fixmedins_code", "left").withColumn("_shared", one_code & several)


def _judged(inputs: RuleInputs, card: Card) -> DataFrame:
    fit = _houses(inputs, card).where(~F.col("_shared")).select("fixmedins_code")
    lines = _consultations(inputs, card).where(F.col("doctor").isNotNull())
    return lines.join(F.broadcast(fit), "fixmedins_code", "left_semi")


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    reason = F.when(F.col("_named") == 0, "doctor_unknown").when(F.col("_shared"), "doctor_codes_shared")
    return _houses(inputs, card).withColumn("reason_code", reason).where(F.col("reason_code").isNotNull())


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    days = inputs.kept(f"days-{card.detector_id}", lambda: _crowded(inputs, card))
    seen = _judged(inputs, card).join(F.broadcast(days), DAY).select("mdtrt_id", "fee_date", "persons", "days")
    visits = seen.groupBy("mdtrt_id", "fee_date").agg(F.max("persons").alias("persons"), F.max("days").alias("days"))
    lines = inputs.every_line().select(*LINE).join(visits, ["mdtrt_id", "fee_date"])
    part = ratio(F.col("persons") - int(card.params["persons"]), F.col("persons"))
    words = {"n": F.col("persons"), "d": F.col("days")}
    return lines.withColumns(
        {
            "violation_cnt": F.col("net_cnt").cast("double") * part,
            "violation_amount": excess_share(F.col("net_cnt") * part),
            "note_zh": sentence("同一医师当日接诊{n}人; 此类日子共{d}天", **words),
            "note_en": sentence("{n} persons under this doctor's name that day; {d} such days", **words),
        }
    )


def _crowded(inputs: RuleInputs, card: Card) -> DataFrame:
    """DAY with `persons` and `days`: doctors with enough days of more persons than possible."""
    days = _judged(inputs, card).groupBy(*DAY).agg(F.countDistinct("psn_no").alias("persons"))
    full = days.where(F.col("persons") > int(card.params["persons"]))
    often = full.groupBy("fixmedins_code", "doctor").agg(F.count(F.lit(1)).alias("days"))
    return full.join(often.where(F.col("days") >= int(card.params["min_days"])), ["fixmedins_code", "doctor"])
