"""People insured in one other area who reach one hospital in waves: one diagnosis, one length of stay, many unfiled.

Reads: mdtrt_d, setl_d (insu_admdvs), out_appy_d (filings), fee_list_d.
Grain: the fee lines of the stays of the waves.
Why: recruited patients come by the bus. A referral centre draws people from many areas, on all days, with what they
have; so only waves count (admissions of one area and diagnosis within `wave_days`, with quiet days around), only where
most of that area's patients here come in waves and stay equally long, and a good part filed nothing. Two waves of
`persons` are told, or as many people in `small_waves` or more smaller ones who, all waves together, stay equally long.
A stream that never stops is no wave. Stays with an operation (a bus for cataracts) and the diagnoses of accidents and
epidemics are left out. Without filings nobody can tell a referred patient: not evaluable. Formula: whole in-scope
amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from models.cohorts import form
from models.cohorts.picture import WHERE, WHO, End, Groups, Link, cohort_id
from models.cohorts.stays import lines_of, not_operated, paid_stays, stay_exposure
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import day_number, ratio

NAME, VERSION, FAMILY = "inbound_flow", "1.2", "cohort"
ORIGIN, WAVE = End("origin", "origin"), End("wave", "wave", "wave_label")
FLOW = ["fixmedins_code", "origin", "diag"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of waves; params: persons (k of a wave), wave_days, waves, same_nights, min_in_waves, min_unfiled (shares),
    min_nights, skip_diagnoses; small_wave (persons), small_waves, same_nights_all (share).
    """
    return form.evidence(inputs, cards, _found)


def groups(inputs: RuleInputs, cards: Sequence[Card]) -> Groups:
    """The area they come from, the waves, the persons, the house."""
    flow = (Link("came_on", ORIGIN, WAVE), Link("admitted", WAVE, WHO), Link("wave_of", WHERE, WAVE))
    return form.pictures(inputs, cards, _found, lambda _: flow)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of settled stays."""
    return stay_exposure(inputs, cards)


def _found(inputs: RuleInputs, card: Card) -> DataFrame:
    keep = form.kept_for(inputs, card)
    came = keep("came", lambda: _from_elsewhere(inputs, card))
    waves = keep("waves", lambda: not_operated(inputs, _waves(came, card)))
    return _told(lines_of(inputs, _lasting(_alike(waves, card), came, card)), card)


def _from_elsewhere(inputs: RuleInputs, card: Card) -> DataFrame:
    """Stays of persons insured in another pooling area (first four digits), with `filed` 0 or 1."""
    home, origin = F.substring("home", 1, 4), F.substring("origin", 1, 4)
    away = paid_stays(inputs, card).withColumns({"home": home, "origin": origin}).where(home != origin)
    papers, open_end = inputs.tables["out_appy_d"], F.lit("9999-12-31").cast("date")
    until = F.coalesce("enddate", open_end) if "enddate" in papers.columns else open_end
    since = papers.select("psn_no", F.col("begndate").alias("_from"), until.alias("_to"))
    covered = (F.col("begin") >= F.col("_from")) & (F.col("begin") <= F.col("_to"))
    filed = away.join(since, "psn_no").where(covered).select("mdtrt_id").distinct().withColumn("filed", F.lit(1))
    return away.join(filed, "mdtrt_id", "left").withColumn("filed", F.coalesce("filed", F.lit(0)))


def _waves(came: DataFrame, card: Card) -> DataFrame:
    """Admissions of one area and diagnosis with no quiet day between them, over at most `wave_days` days, k persons."""
    order = Window.partitionBy(*FLOW).orderBy("begin", "mdtrt_id")
    day = day_number("begin")
    starts = F.when(day - F.lag(day).over(order) <= 1, 0).otherwise(1)
    numbered = came.withColumn("_start", starts).withColumn(
        "_wave", F.sum("_start").over(order.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    )
    wave = Window.partitionBy(*FLOW, "_wave")
    spanned = numbered.withColumns({"wave_begin": F.min("begin").over(wave), "wave_end": F.max("begin").over(wave)})
    short = F.datediff("wave_end", "wave_begin") < int(card.params["wave_days"])
    return _crowded(spanned.where(short).drop("_start"), card)


def _crowded(waves: DataFrame, card: Card) -> DataFrame:
    """Waves of at least `small_wave` persons, with `together` persons."""
    people = F.size(F.collect_set("psn_no").over(Window.partitionBy(*FLOW, "_wave")))
    return waves.withColumn("together", people).where(F.col("together") >= int(card.params["small_wave"]))


def _alike(waves: DataFrame, card: Card) -> DataFrame:
    """Waves whose stays mostly have one length; of large waves, to a night: who leaves when decides the bus."""
    key = [*FLOW, "_wave"]
    lengths = waves.groupBy(*key, "nights").agg(F.count(F.lit(1)).alias("n"))
    beside = lengths.withColumn("_next", F.col("nights") - 1).select(
        *key, F.col("_next").alias("nights"), F.col("n").alias("more")
    )
    told = (
        lengths.join(beside, [*key, "nights"], "left")
        .groupBy(*key)
        .agg(
            F.max("n").alias("usual"),
            F.max(F.col("n") + F.coalesce("more", F.lit(0))).alias("near"),
            F.sum("n").alias("all"),
        )
    )
    large = F.col("all") >= int(card.params["persons"])
    alike = F.when(large, F.col("near")).otherwise(F.col("usual"))
    same = ratio(alike, F.col("all")) >= float(card.params["same_nights"])
    return _crowded(waves.join(told.where(same).select(*key), key, "left_semi"), card)


def _lasting(waves: DataFrame, came: DataFrame, card: Card) -> DataFrame:
    """Waves of flows that come again: two of many persons, else as many persons in more and smaller ones."""
    large = waves.where(F.col("together") >= int(card.params["persons"]))
    told = _flows(large, came, card).where(F.col("waves") >= int(card.params["waves"]))
    enough = int(card.params["persons"]) * int(card.params["waves"])
    often = (F.col("waves") >= int(card.params["small_waves"])) & (F.col("all_persons") >= enough)
    spread = _flows(waves, came, card).where(often).join(told, FLOW, "left_anti").join(_one_length(waves, card), FLOW)
    facts = [*FLOW, "waves", "all_persons"]
    return large.join(told.select(*facts), FLOW).unionByName(waves.join(spread.select(*facts), FLOW))


def _one_length(waves: DataFrame, card: Card) -> DataFrame:
    """FLOW of those whose stays, all waves together, nearly all have one length."""
    lengths = waves.groupBy(*FLOW, "nights").agg(F.count(F.lit(1)).alias("n"))
    told = lengths.groupBy(*FLOW).agg(F.max("n").alias("usual"), F.sum("n").alias("all"))
    return told.where(ratio(F.col("usual"), F.col("all")) >= float(card.params["same_nights_all"])).select(*FLOW)


def _flows(waves: DataFrame, came: DataFrame, card: Card) -> DataFrame:
    """FLOW with `waves` and `all_persons`: a good part unfiled, and most of what comes from that area."""
    pair = ["fixmedins_code", "origin"]
    every = came.groupBy(*pair).agg(F.count(F.lit(1)).alias("_all"))
    flow = waves.groupBy(*FLOW).agg(
        F.countDistinct("_wave").alias("waves"),
        F.count(F.lit(1)).alias("_in"),
        F.sum(1 - F.col("filed")).alias("_unfiled"),
        F.countDistinct("psn_no").alias("all_persons"),
    )
    mostly = ratio(F.col("_in"), F.col("_all")) >= float(card.params["min_in_waves"])
    unfiled = ratio(F.col("_unfiled"), F.col("_in")) >= float(card.params["min_unfiled"])
    return flow.join(every, pair).where(mostly & unfiled)


def _told(lines: DataFrame, card: Card) -> DataFrame:
    named = lines.withColumns(
        {
            "cohort_id": cohort_id(card, *FLOW),
            "wave": F.concat_ws("|", *FLOW, F.col("wave_begin").cast("string")),
            "wave_label": F.col("wave_begin").cast("string"),
        }
    )
    words = {name: F.col(name) for name in ("origin", "diag", "together", "waves", "all_persons")}
    return form.disputed(
        named,
        sentence(
            "参保地{origin}的{together}人数日内先后入院,诊断均为{diag},住院天数相同且部分未备案;同样情形{waves}批共{all_persons}人",
            **words,
        ),
        sentence(
            "{together} persons insured in {origin} admitted within days, all {diag}, equally long, many unfiled;"
            " {waves} waves, {all_persons} persons",
            **words,
        ),
    )
