"""People of one employer or village in hospital from one day to one day, at like cost, without a yuan in cash.

Reads: mdtrt_d, setl_d (cash_payamt), psn_info_b (emp_no, resd_admdvs), fee_list_d.
Grain: the fee lines of the stays of such a company.
Why: stays in name only are filled by the bus load: collected cards of one place, one record copied for all. Left out:
epidemics, poisonings, accidents and planned courses (`skip_diagnoses`), short observation (`min_nights`), stays with
an operation (a charity's week of cataracts), a works hospital whose own people come on every day of the year
(`min_in_waves`), and places as coarse as a county. Where hardly anybody pays cash, or the column is not filled, its
absence says nothing: not evaluable. Formula: whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.cohorts import form
from models.cohorts.components import components, sized
from models.cohorts.picture import WHERE, WHO, End, Groups, Link, cohort_id
from models.cohorts.stays import lines_of, not_operated, paid_stays, stay_exposure
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import each_gap

NAME, VERSION, FAMILY = "ghost_stays", "1.0", "cohort"
PLACE, WAVE = End("place", "place"), End("wave", "wave", "wave_label")
WAVE_KEY = ["fixmedins_code", "begin", "end", "place"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of the companies' stays; params: persons (k), alike (share of the median cost), min_nights, min_in_waves,
    place_digits, most_cashless (share of the area's stays), max_persons, skip_diagnoses.
    """
    return form.evidence(inputs, cards, _found)


def groups(inputs: RuleInputs, cards: Sequence[Card]) -> Groups:
    """Places, the days their people came, the people, the house."""
    came = (Link("came_on", PLACE, WAVE), Link("admitted", WAVE, WHO), Link("wave_of", WHERE, WAVE))
    return form.pictures(inputs, cards, _found, lambda _: came)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of settled stays."""
    return stay_exposure(inputs, cards)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Houses of an area in which most stays show no cash: `no_cash_recorded`; or nobody's employer or village is known:
    `no_employer_or_village`.
    """
    return each_gap(inputs, cards, lambda given, card: _cashless_area(given, card).unionByName(_placeless(given, card)))


def _placeless(inputs: RuleInputs, card: Card) -> DataFrame:
    none = _places(inputs, card).agg(F.count(F.lit(1)).alias("_share")).where(F.col("_share") == 0)
    known = paid_stays(inputs, card).select("fixmedins_code").distinct()
    found = known.crossJoin(none.withColumn("_share", F.lit(0.0)))
    return found.withColumn("reason_code", F.lit("no_employer_or_village"))


def _cashless_area(inputs: RuleInputs, card: Card) -> DataFrame:
    known = paid_stays(inputs, card).select("fixmedins_code", "cash")
    share = known.agg(F.avg((F.coalesce("cash", F.lit(0.0)) <= 0).cast("double")).alias("_share"))
    none = share.where(F.col("_share") > float(card.params["most_cashless"]))
    return (
        known.select("fixmedins_code").distinct().crossJoin(none).withColumn("reason_code", F.lit("no_cash_recorded"))
    )


def _found(inputs: RuleInputs, card: Card) -> DataFrame:
    keep = form.kept_for(inputs, card)
    silent = _cashless_area(inputs, card).select("fixmedins_code").distinct()
    placed = keep("placed", lambda: _placed(inputs, card).join(silent, "fixmedins_code", "left_anti"))
    waves = keep("waves", lambda: not_operated(inputs, _waves(placed, card)))
    company = keep("company", lambda: _company(_habitual(waves, placed, card), card))
    edges = company.select(_here("psn_no").alias("a"), _here("place").alias("b"))
    label = components(edges, keep)
    persons = sized(
        label.where(F.col("member").contains("|P|")), int(card.params["persons"]), int(card.params["max_persons"])
    )
    named = persons.select(F.col("member").alias("_member"), cohort_id(card, "label").alias("cohort_id"))
    members = company.withColumn("_member", _here("psn_no")).join(named, "_member").drop("_member")
    return _told(lines_of(inputs, _once(members)))


def _here(column: str) -> Column:
    """A member's name inside one house: companies of two houses never join."""
    mark = "P" if column == "psn_no" else "W"
    return F.concat_ws("|", "fixmedins_code", F.lit(mark), column)


def _placed(inputs: RuleInputs, card: Card) -> DataFrame:
    """Paid stays with the employer, and again with the village, of the person."""
    return paid_stays(inputs, card).join(_places(inputs, card), "psn_no")


def _places(inputs: RuleInputs, card: Card) -> DataFrame:
    """psn_no, place: employers, and residences fine enough to be a neighbourhood."""
    register = inputs.tables["psn_info_b"]
    fewest = {"emp_no": 1, "resd_admdvs": int(card.params["place_digits"])}
    named = [
        register.select("psn_no", F.trim(name).alias("place")).where(F.length("place") >= digits)
        for name, digits in fewest.items()
        if name in register.columns
    ]
    none = register.where(F.lit(False)).select("psn_no", F.lit(None).cast("string").alias("place"))
    return reduce(DataFrame.unionByName, named, none).distinct()


def _waves(placed: DataFrame, card: Card) -> DataFrame:
    """Stays without cash of one place from one day to one day, whose costs are alike."""
    free = placed.where(F.col("cash") <= 0)
    middle = free.groupBy(*WAVE_KEY).agg(F.median("fee").alias("_middle"), F.count(F.lit(1)).alias("_n"))
    several = middle.where(F.col("_n") >= int(card.params["persons"])).drop("_n")
    near = F.abs(F.col("fee") - F.col("_middle")) <= float(card.params["alike"]) * F.col("_middle")
    return free.join(several, WAVE_KEY).where(near).drop("_middle")


def _habitual(waves: DataFrame, placed: DataFrame, card: Card) -> DataFrame:
    """Waves still large enough, of places whose people hardly come here otherwise."""
    people = F.size(F.collect_set("psn_no").over(Window.partitionBy(*WAVE_KEY)))
    large = waves.withColumn("together", people).where(F.col("together") >= int(card.params["persons"]))
    pair = ["fixmedins_code", "place"]
    came = placed.groupBy(*pair).agg(F.countDistinct("mdtrt_id").alias("_all"))
    inside = large.groupBy(*pair).agg(F.countDistinct("mdtrt_id").alias("_waves"))
    mostly = F.col("_waves") >= float(card.params["min_in_waves"]) * F.col("_all")
    return large.join(inside.join(came, pair).where(mostly).select(*pair), pair, "left_semi")


def _company(waves: DataFrame, _: Card) -> DataFrame:
    label = F.concat_ws(" – ", F.col("begin").cast("string"), F.col("end").cast("string"))
    return waves.withColumns({"wave": F.concat_ws("|", *WAVE_KEY), "wave_label": label})


def _once(members: DataFrame) -> DataFrame:
    """A stay that fits an employer and a village stands with the larger company."""
    order = Window.partitionBy("mdtrt_id").orderBy(F.col("together").desc(), "place")
    return members.withColumn("_rank", F.row_number().over(order)).where(F.col("_rank") == 1).drop("_rank")


def _told(lines: DataFrame) -> DataFrame:
    words = {"n": F.col("together"), "b": F.col("begin").cast("string"), "e": F.col("end").cast("string")}
    return form.disputed(
        lines,
        sentence("同一单位或村居{n}人{b}同日入院、{e}同日出院,费用相近且均无现金支付", **words),
        sentence("{n} persons of one employer or village from {b} to {e}, at like cost, no cash paid", **words),
    )
