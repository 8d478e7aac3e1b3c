"""People insured in one other area who come to one hospital for short stays of one length and one price, and no other.

Reads: mdtrt_d, setl_d (insu_admdvs), fee_list_d.
Grain: the fee lines of the stays that are alike.
Why: cards of another area are filled with the cheapest stay that pays: it looks the same whoever is in the bed. It
needs no wave. Honest strangers come for what they have, so their stays differ like everybody's. Left out: a house whose
own people stay exactly as long for as much (a package price, a day ward), illnesses that are treated in that time
everywhere, stays with an operation, and the diagnoses of epidemics, accidents, births and planned courses. Formula:
whole in-scope amount (handbook §3.4, formula 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.cohorts import form
from models.cohorts.picture import WHERE, WHO, End, Groups, Link, cohort_id
from models.cohorts.stays import lines_of, not_operated, paid_stays, stay_exposure
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import ratio

NAME, VERSION, FAMILY = "inbound_alike", "1.0", "cohort"
ORIGIN = End("origin", "origin")
FLOW = ["fixmedins_code", "origin"]


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of such stays; params: persons, longest (nights), min_nights, same (share of the flow's stays), alike
    (share of the median cost), most_local (share of the house's own stays), min_local (stays), most_elsewhere (share of
    stays for the same illnesses), min_elsewhere (stays), skip_diagnoses.
    """
    return form.evidence(inputs, cards, _found)


def groups(inputs: RuleInputs, cards: Sequence[Card]) -> Groups:
    """The area they come from, the persons, the house."""
    flow = (Link("came_from", ORIGIN, WHO), Link("admitted", WHO, WHERE))
    return form.pictures(inputs, cards, _found, lambda _: flow)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines of settled stays."""
    return stay_exposure(inputs, cards)


def _found(inputs: RuleInputs, card: Card) -> DataFrame:
    keep = form.kept_for(inputs, card)
    known = keep("known", lambda: _placed(inputs, card))
    # Of the strangers alone the operations are looked up: of all stays that would be another pass over the lines.
    came = keep("came", lambda: not_operated(inputs, known.where(F.col("home") != F.col("origin"))))
    flows = keep("flows", lambda: _uniform(came, card))
    alike = came.join(flows, FLOW).where(_inside(card))
    return _told(lines_of(inputs, alike.join(_unlike_others(flows, alike, known, card), FLOW, "left_semi")), card)


def _placed(inputs: RuleInputs, card: Card) -> DataFrame:
    """Stays of the card's diagnoses with the pooling areas (first four digits) of house and person."""
    areas = {name: F.substring(name, 1, 4) for name in ("home", "origin")}
    return paid_stays(inputs, card).withColumns(areas)


def _inside(card: Card) -> Column:
    """A stay has the length and, nearly, the cost that is usual in the flow."""
    near = F.abs(F.col("fee") - F.col("_middle")) <= float(card.params["alike"]) * F.col("_middle")
    return (F.col("nights") == F.col("_usual")) & near


def _uniform(came: DataFrame, card: Card) -> DataFrame:
    """FLOW with `_usual` nights, `_middle` cost, `_people`: many persons, nearly all with one short stay."""
    lengths = came.groupBy(*FLOW, "nights").agg(F.count(F.lit(1)).alias("n"), F.median("fee").alias("_middle"))
    totals = came.groupBy(*FLOW).agg(F.count(F.lit(1)).alias("_all"), F.countDistinct("psn_no").alias("_people"))
    enough = totals.where(F.col("_people") >= int(card.params["persons"]))
    same = float(card.params["same"])
    often = lengths.join(enough, FLOW).where((F.col("n") >= same * F.col("_all")) & (F.col("nights") <= _longest(card)))
    usual = often.select(*FLOW, F.col("nights").alias("_usual"), "_middle", "_all", "_people")
    held = came.join(usual, FLOW).where(_inside(card)).groupBy(*FLOW).agg(F.countDistinct("mdtrt_id").alias("_in"))
    return usual.join(held, FLOW).where(F.col("_in") >= same * F.col("_all"))


def _longest(card: Card) -> int:
    return int(card.params["longest"])


def _unlike_others(flows: DataFrame, alike: DataFrame, known: DataFrame, card: Card) -> DataFrame:
    """FLOW of those whose house keeps its own people otherwise and whose illnesses take another time elsewhere."""
    return _unlike_locals(flows, known, card).join(_unlike_elsewhere(alike, known, card), FLOW, "left_semi")


def _unlike_locals(flows: DataFrame, known: DataFrame, card: Card) -> DataFrame:
    own = known.where(F.col("home") == F.col("origin")).drop("origin")
    counted = (
        flows.join(own, "fixmedins_code")
        .groupBy(*FLOW)
        .agg(F.count(F.lit(1)).alias("_n"), F.sum(_inside(card).cast("int")).alias("_alike"))
    )
    many = F.col("_n") >= int(card.params["min_local"])
    usual = counted.where(many & (ratio(F.col("_alike"), F.col("_n")) > float(card.params["most_local"])))
    return flows.select(*FLOW).join(usual, FLOW, "left_anti")


def _unlike_elsewhere(alike: DataFrame, known: DataFrame, card: Card) -> DataFrame:
    """Of stays for the same illnesses elsewhere, weighed as here, at most `most_elsewhere` are as short."""
    cells = alike.groupBy(*FLOW, "diag", "_usual").agg(F.count(F.lit(1)).alias("_here"))
    other = known.select(F.col("fixmedins_code").alias("_house"), "diag", "nights")
    seen = cells.join(other, "diag").where(F.col("_house") != F.col("fixmedins_code"))
    short = F.sum((F.col("nights") <= F.col("_usual")).cast("int"))
    each = seen.groupBy(*FLOW, "diag", "_here").agg(F.count(F.lit(1)).alias("_n"), short.alias("_short"))
    expected = F.sum(F.col("_here") * F.col("_short") / F.col("_n")) / F.sum("_here")
    judged = (
        each.where(F.col("_n") >= int(card.params["min_elsewhere"])).groupBy(*FLOW).agg(expected.alias("_expected"))
    )
    return judged.where(F.col("_expected") <= float(card.params["most_elsewhere"])).select(*FLOW)


def _told(lines: DataFrame, card: Card) -> DataFrame:
    named = lines.withColumn("cohort_id", cohort_id(card, *FLOW))
    words = {"o": F.col("origin"), "n": F.col("_people"), "d": F.col("_usual"), "y": F.round("_middle").cast("bigint")}
    return form.disputed(
        named,
        sentence("参保地{o}的{n}人几乎都住{d}天、费用约{y}元, 与本院其他病人和同病种不同", **words),
        sentence(
            "nearly all {n} persons insured in {o} stay {d} nights for about {y} yuan, unlike the house's own patients"
            " and the same illnesses elsewhere",
            **words,
        ),
    )
