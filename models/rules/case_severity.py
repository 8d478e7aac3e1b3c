"""Cases grouped as severe (CC, MCC) that took no more than a plain case of the same ADRG: severity on paper.

Reads: drg_setl_d, setl_d, fixmedins_b.
Grain: one grouped settlement.
Why: how many severe cases a house has says whom it treats: sicker, older patients and intensive care make more of
them, and they cost more and stay longer. A co-diagnosis written for the group (upcoding) leaves no trace in cost or
days. So only severe cases no dearer and no longer than the middle plain case of the same ADRG at houses of the level
are counted. How many of them are usual differs by ADRG: the exposure is the cases of a house, each weighed by how often
such a case occurs in its ADRG at the other houses of the level, against the level's rate over all ADRG (indirect
standardisation); few cases of an ADRG lean on the level's rate.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.peers import levels
from models.rules.amounts import mean, of_line
from models.rules.grouped_cases import cases
from models.rules.kind import Card, RuleInputs, sentence

LEVEL, CELL = ["paymtd", "_level"], ["paymtd", "_level", "adrg_code"]


def severe(inputs: RuleInputs, card: Card) -> DataFrame:
    """The cases in question, with the money of the weight above the mean weight of plain cases (net_inscp x share)."""
    weight = F.col("rw").cast("double")
    money = {"y": F.round("cost", 2), "m": F.round("_plain_cost", 2)}
    words = {"c": F.upper("cc_level"), "a": F.col("adrg_code"), **money}
    found = _rated(inputs, card).where(F.col("_light") == 1)
    return found.withColumns(
        {
            "violation_amount": of_line(1.0 - F.col("_plain_weight") / weight),
            "note_zh": sentence("{a}按{c}分组, 费用{y}元不高于无并发症病例的中位数{m}元, 住院日也不长", **words),
            "note_en": sentence(
                "{a} grouped with {c}: cost {y}, no higher than the {m} of the middle plain case, nor the stay longer",
                **words,
            ),
        }
    )


def standardised(inputs: RuleInputs, card: Card) -> DataFrame:
    """Cases that can be judged, with `chance`: what each counts in the exposure (1 where its ADRG is as the level)."""
    rated = _rated(inputs, card)
    own = rated.groupBy(*CELL, "fixmedins_code").agg(*_counted("own"))
    cell, level = rated.groupBy(*CELL).agg(*_counted("cell")), rated.groupBy(*LEVEL).agg(*_counted("level"))
    usual = F.col("level_k") / F.col("level_n")
    lean = float(card.params["lean_on_level"])
    elsewhere = (F.col("cell_k") - F.col("own_k") + lean * usual) / (F.col("cell_n") - F.col("own_n") + lean)
    told = own.join(F.broadcast(cell), CELL).join(F.broadcast(level), LEVEL)
    chance = F.when(usual > 0, elsewhere / usual).otherwise(F.lit(1.0))
    chance = F.round(chance, 6).cast("decimal(18,6)")  # added exactly, whatever the order
    weighed = told.select(*CELL, "fixmedins_code", chance.alias("chance"))
    return rated.join(F.broadcast(weighed), [*CELL, "fixmedins_code"])


def _counted(name: str) -> list[Column]:
    return [F.sum("_light").cast("double").alias(f"{name}_k"), F.count(F.lit(1)).cast("double").alias(f"{name}_n")]


def _rated(inputs: RuleInputs, card: Card) -> DataFrame:
    return inputs.kept(f"case-severity-{card.detector_id}", lambda: _compared(inputs, card))


def _compared(inputs: RuleInputs, card: Card) -> DataFrame:
    """Cases of an ADRG with enough plain cases at the level; `_light` = 1: grouped as severe, treated as plain."""
    told = cases(inputs).where(F.col("adrg_code").isNotNull() & F.col("cc_level").isNotNull() & (F.col("rw") > 0))
    placed = told.join(F.broadcast(levels(inputs.tables["fixmedins_b"])), "fixmedins_code")
    known = placed.withColumns({"_days": F.datediff("enddate", "begndate"), "_grade": F.lower("cc_level")})
    plain = known.where(F.col("_grade") == "none").groupBy(*CELL).agg(
        F.median("cost").alias("_plain_cost"),
        F.median("_days").alias("_plain_days"),
        mean("rw").alias("_plain_weight"),
        F.count(F.lit(1)).alias("_plain_cases"),
    )  # fmt: skip
    enough = plain.where(F.col("_plain_cases") >= int(card.params["min_plain"]))
    light = (
        F.col("_grade").isin("cc", "mcc")
        & (F.col("rw").cast("double") > F.col("_plain_weight"))
        & (F.col("cost") <= F.col("_plain_cost"))
        & (F.col("_days") <= F.col("_plain_days"))
    )
    return known.join(F.broadcast(enough), CELL).withColumn("_light", F.coalesce(light, F.lit(False)).cast("int"))
