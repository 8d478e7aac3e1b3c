"""More sessions in a week than the treatment has (透析次数过多): the sessions outside the person's own days.

Points: the procedures that are a session; `limit_value` = sessions of an ordinary week.
Reads: fee_list_d.
Grain: the lines of the session (procedure and kit of that person, day and institution).
Why: sessions are counted in days, over all providers, in weeks from Monday. Honest weeks with more are left out: a
session made up for one missed the week before or brought forward from the week after, a person whose usual week has
one more (prescribed), weeks with a day in bed (acute illness), the first weeks of a person (induction), and a house
where such weeks are rare or one patient's. The sessions disputed are those on the weekdays the person comes least.
Formula: whole in-scope amount of the session (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.window import WindowSpec

from models.rules.amounts import whole
from models.rules.kind import Card, RuleInputs, per_card, sentence
from models.rules.kind import hits as as_hits
from models.rules.lines import line_exposure, matched_lines
from models.rules.records import is_inpatient, with_domain

NAME, VERSION = "sessions_a_week", "1.0"
READS_POINTS = True
PARAMS = ("domains", "most_prescribed", "min_sessions", "min_persons", "min_share", "induction_weeks")
PERSON = ["detector_id", "psn_no"]
WEEK = [*PERSON, "_week"]
DAY = [*PERSON, "fixmedins_code", "fee_date"]
MONDAY = "2001-01-01"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of sessions beyond the week's; params: domains (of a session's lines), most_prescribed (sessions a week),
    min_sessions, min_persons, min_share (of the house's person-weeks), induction_weeks.
    """
    days = inputs.kept("session-days", lambda: _days(inputs, cards))
    beyond = inputs.kept("sessions-beyond", lambda: _extra(days, _allowed(days, cards)))
    extra = _habitual(beyond, days, cards)
    goods = with_domain(inputs.lines).where(F.col("domain").isin(*_domains(cards)) & ~is_inpatient())
    found = goods.join(extra, ["psn_no", "fixmedins_code", "fee_date"])
    words = {"n": F.col("_n").cast("int"), "k": F.col("_allowed").cast("int")}
    noted = found.withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": whole(),
            "note_zh": sentence("本周透析{n}次, 按常规与本人以往为{k}次", **words),
            "note_en": sentence("{n} sessions that week; {k} by rule and by the person's own weeks", **words),
        }
    )
    return as_hits(noted)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of out-patient sessions."""
    return line_exposure(matched_lines(inputs, cards).where(~is_inpatient()))


def _domains(cards: Sequence[Card]) -> list[str]:
    return sorted({str(domain) for card in cards for domain in card.params["domains"]})


def _days(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Days with a session: DAY, `_week`, `_weekday`, `_limit`, `_bed` (1 when the person lay in bed)."""
    week = F.datediff("fee_date", F.lit(MONDAY).cast("date"))
    known = matched_lines(inputs, cards).where(F.col("psn_no").isNotNull() & (F.col("net_cnt") > 0))
    each = known.groupBy("area", *DAY).agg(
        F.max("limit_value").cast("double").alias("_limit"), F.max(is_inpatient().cast("int")).alias("_bed")
    )
    return each.withColumns({"_week": F.floor(week / 7).cast("int"), "_weekday": F.pmod(week, F.lit(7)).cast("int")})


def _allowed(days: DataFrame, cards: Sequence[Card]) -> DataFrame:
    """Weeks with more sessions than that person may have: WEEK, `_n`, `_allowed`."""
    weeks = days.groupBy(*WEEK).agg(
        F.countDistinct("fee_date").cast("double").alias("_n"),
        F.max("_limit").alias("_limit"),
        F.max("_bed").alias("_bed"),
    )
    weeks = weeks.join(weeks.groupBy(*PERSON).agg(F.expr("percentile(_n, 0.5)").alias("_usual"), _first()), PERSON)
    order = Window.partitionBy(*PERSON).orderBy("_week")
    beside = [_beside(order, step) for step in (-1, 1)]
    usual = F.least(F.greatest(F.floor("_usual"), F.col("_limit")), per_card(cards, "most_prescribed"))
    missed = F.greatest(F.least("_usual", usual) - F.least(*beside), F.lit(0.0))
    told = weeks.withColumn("_allowed", usual + missed)
    induction = F.col("_week") < F.col("_first") + per_card(cards, "induction_weeks")
    over = (F.col("_n") > F.col("_allowed")) & (F.col("_bed") == 0) & ~induction
    return told.where(over).select(*WEEK, "_n", "_allowed")


def _first() -> Column:
    return F.min("_week").alias("_first")


def _beside(order: WindowSpec, step: int) -> Column:
    """Sessions of the week before (-1) or after (1); none where the person was not there."""
    near = F.lag("_week", -step).over(order) == F.col("_week") + step
    return F.when(near, F.lag("_n", -step).over(order)).otherwise(F.lit(0.0))


def _extra(days: DataFrame, over: DataFrame) -> DataFrame:
    """Sessions of those weeks beyond the allowed, the person's rarest weekdays first: DAY, `_n`, `_allowed`."""
    habit = days.groupBy(*PERSON, "_weekday").agg(F.countDistinct("_week").alias("_often"))
    each = days.join(over, WEEK).join(habit, [*PERSON, "_weekday"])
    order = Window.partitionBy(*WEEK).orderBy("_often", F.desc("fee_date"), "fixmedins_code")
    ranked = each.withColumn("_rank", F.dense_rank().over(order))
    return ranked.where(F.col("_rank") <= F.col("_n") - F.col("_allowed")).select("area", *DAY, "_n", "_allowed")


def _habitual(extra: DataFrame, days: DataFrame, cards: Sequence[Card]) -> DataFrame:
    """Those of houses where such sessions are many, of several persons and in a good share of the weeks."""
    house = ["detector_id", "fixmedins_code"]
    seen = days.where(F.col("_bed") == 0).select(*house, "psn_no", "_week").distinct()
    base = seen.groupBy(*house).agg(F.count(F.lit(1)).alias("_weeks"))
    own = extra.groupBy(*house).agg(F.count(F.lit(1)).alias("_more"), F.countDistinct("psn_no").alias("_people"))
    many = (F.col("_more") >= per_card(cards, "min_sessions")) & (F.col("_people") >= per_card(cards, "min_persons"))
    often = F.col("_more") >= per_card(cards, "min_share") * F.col("_weeks")
    chosen = own.join(base, house).where(many & often).select(*house)
    return extra.join(chosen, house, "left_semi")
