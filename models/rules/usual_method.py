"""Which method an item code stands for where its name does not say: the one nearly all laboratories report for it.

Reads: clnc_test_rpot_d (exam_mtd).
Grain: institution and item code.
Why: many price lists tell methods apart by the code alone. Each laboratory counts once, so that a large one sets no
norm. A laboratory that hardly ever uses the usual method works by a method of its own, at a price that may well not
depend on it: it is not held to the others' habit. One that reports both under one code and one price is.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.kind import Card, RuleInputs

CODE = "exam_item_code"


def usual_methods(inputs: RuleInputs, card: Card, method: Column) -> DataFrame:
    """fixmedins_code, med_list_codg, `usual_method` for codes whose method is plain and which the house does use.

    `method`: the method named by a report (empty = none). Params: usual_houses (laboratories that report the code),
    usual_share (their mean share of the method), own_use_share (the house's own share of it).
    """
    texts = (
        inputs.tables["clnc_test_rpot_d"].groupBy(CODE, "fixmedins_code", "exam_mtd").agg(F.count(F.lit(1)).alias("_t"))
    )
    told = texts.withColumn("method", method).where(F.col("method").isNotNull())
    counted = told.groupBy(CODE, "fixmedins_code", "method").agg(F.sum("_t").alias("_n"))
    house = Window.partitionBy(CODE, "fixmedins_code")
    shares = counted.withColumn("_share", F.col("_n") / F.sum("_n").over(house))
    houses = counted.groupBy(CODE).agg(F.countDistinct("fixmedins_code").alias("_houses"))
    sums = shares.groupBy(CODE, "method").agg(F.sum("_share").alias("_sum")).join(houses, CODE, "inner")
    plain = (F.col("_sum") >= F.col("_houses") * float(card.params["usual_share"])) & (
        F.col("_houses") >= int(card.params["usual_houses"])
    )
    # Above one half at most one method can be usual, so a code has one row.
    usual = sums.where(plain).select(CODE, "method")
    own = shares.join(usual, [CODE, "method"], "inner").where(F.col("_share") >= float(card.params["own_use_share"]))
    return own.select("fixmedins_code", F.col(CODE).alias("med_list_codg"), F.col("method").alias("usual_method"))
