"""A test was billed by the name of one method and reported with another.

Reads: fee_list_d (hilist_name), clnc_test_rpot_d (exam_mtd).
Grain: the fee line; every report that answers for it names another method.
Why: the same analyte costs several times more by luminescence or chromatography than by a strip. The method billed is
the one in the item's name, or the one nearly all laboratories report for its code (see usual_method); a line of which
neither tells is not judged, and a laboratory whose reports all carry one and the same method has a default in its
software, not a practice.
Formula: the difference to the institution's own price for the reported method when it bills that one too, nothing when
that one is dearer, else the whole in-scope amount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.amounts import mean, of_line
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.records import LINE, each_card, each_exposure, each_gap, ratio
from models.rules.report_days import billed, reports, told, without_reports
from models.rules.usual_method import CODE, usual_methods

NAME, VERSION = "method_mismatch", "1.0"


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines reported with another method; params: reports, domains, methods (name -> pattern), min_price_gap
    (yuan), and those of usual_methods.
    """
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines whose name and whose report both tell a method."""
    return each_exposure(inputs, cards, _comparable)


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """`no_reports`, and `method_field_constant` where all reports of an institution carry one method."""
    return each_gap(inputs, cards, _silent)


def _silent(inputs: RuleInputs, card: Card) -> DataFrame:
    silent = without_reports(inputs, card).select("fixmedins_code", "reason_code")
    return silent.unionByName(_one_method(inputs).withColumn("reason_code", F.lit("method_field_constant")))


def _one_method(inputs: RuleInputs) -> DataFrame:
    houses = (
        inputs.tables["clnc_test_rpot_d"]
        .groupBy("fixmedins_code")
        .agg(*[how(name).alias(f"_{how.__name__}_{name}") for name in ("exam_mtd", CODE) for how in (F.min, F.max)])
    )
    one_method = F.col("_min_exam_mtd") == F.col("_max_exam_mtd")
    return houses.where(one_method & (F.col(f"_min_{CODE}") != F.col(f"_max_{CODE}"))).select("fixmedins_code")


def _method(column: str, methods: Mapping[str, str]) -> Column:
    """The first method whose words stand in the text; null when none does."""
    (first, pattern), *rest = methods.items()
    chosen = F.when(F.col(column).rlike(pattern), F.lit(first))
    for name, words in rest:
        chosen = chosen.when(F.col(column).rlike(words), F.lit(name))
    return chosen


def _comparable(inputs: RuleInputs, card: Card) -> DataFrame:
    """Lines with `billed_method`, the words of their reports (`_told`), the method these name (`done_method`) and
    whether one of them names the method billed (`_as_billed`).
    """
    return inputs.kept(f"methods-{card.detector_id}", lambda: _compared(inputs, card))


def _compared(inputs: RuleInputs, card: Card) -> DataFrame:
    methods: Mapping[str, str] = card.params["methods"]
    usual = usual_methods(inputs, card, _method("exam_mtd", methods))
    lines = _with_item_methods(inputs, card).join(usual, ["fixmedins_code", "med_list_codg"], "left")
    lines = lines.withColumn("billed_method", F.coalesce("item_method", "usual_method"))
    useful = reports(inputs, card, "fixmedins_code", "exam_mtd", "rpotc_no")
    useful = useful.join(F.broadcast(_one_method(inputs)), "fixmedins_code", "left_anti").drop("fixmedins_code")
    useful = useful.join(F.broadcast(_named_by_words(inputs, card)), "exam_mtd", "left")
    named = [f"_names_{place}" for place in range(len(methods))]
    says = [
        F.min("exam_mtd").alias("_told"),
        F.max("exam_mtd").alias("_told_last"),
        *[F.max(name).alias(name) for name in named],
        F.min("rpotc_no").alias("paired_bkkp_sn"),
    ]
    joined = told(lines.where(F.col("billed_method").isNotNull()), useful, says)
    pairs = [(F.col(name) == 1, method) for name, method in zip(named, methods, strict=True)]
    done = F.coalesce(*[F.when(holds, F.lit(method)) for holds, method in pairs])
    as_billed = reduce(or_, [(F.col("billed_method") == method) & holds for holds, method in pairs])
    kept = joined.withColumns({"done_method": done, "_as_billed": F.coalesce(as_billed, F.lit(False))}).drop(*named)
    return kept.where(F.col("done_method").isNotNull())


def _named_by_words(inputs: RuleInputs, card: Card) -> DataFrame:
    """What each wording of a report's method names: exam_mtd, `_names_0` … 1 for the card's methods in their order."""
    words = inputs.tables["clnc_test_rpot_d"].select("exam_mtd").distinct().where(F.col("exam_mtd").isNotNull())
    named = [F.col("exam_mtd").rlike(pattern).cast("int") for pattern in card.params["methods"].values()]
    told_by = words.select("exam_mtd", *[value.alias(f"_names_{place}") for place, value in enumerate(named)])
    return inputs.kept(f"method-words-{card.detector_id}", lambda: told_by)


def _with_item_methods(inputs: RuleInputs, card: Card) -> DataFrame:
    """Billed lines with the method (`item_method`) and the analyte their item's name tells, read once per item."""
    lines = billed(inputs, card)
    items = lines.select("hilist_name").distinct().where(F.col("hilist_name").isNotNull())
    methods: Mapping[str, str] = card.params["methods"]
    told_by_name = items.withColumns({"item_method": _method("hilist_name", methods), "analyte": _analyte(methods)})
    known = inputs.kept(f"item-methods-{card.detector_id}", lambda: told_by_name)
    return lines.select(*LINE, "pric").join(F.broadcast(known), "hilist_name", "left")


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    several = F.when(F.col("_told") != F.col("_told_last"), F.concat_ws(" ", "_told", "_told_last"))
    other = _comparable(inputs, card).where(~F.col("_as_billed")).withColumn("_told", F.coalesce(several, "_told"))
    keys = ["fixmedins_code", "analyte", "done_method"]
    priced = other.join(_own_prices(inputs, card), keys, "left")
    dearer_by = F.col("pric").cast("double") - F.col("_own_price")
    share = F.when(F.col("_own_price").isNull(), 1.0).otherwise(
        F.greatest(ratio(dearer_by, F.col("pric").cast("double")), F.lit(0.0))
    )
    amount = of_line(share)
    material = F.col("_own_price").isNull() | (dearer_by >= float(card.params["min_price_gap"]))
    return priced.where(material).withColumns(
        {
            "violation_cnt": F.col("net_cnt"),
            "violation_amount": amount,
            "note_zh": sentence("收费方法“{a}”,报告方法“{b}”{c}", a="billed_method", b="_told", c=_price_note("zh")),
            "note_en": sentence(
                "billed as {a}, reported as “{b}”{c}", a="billed_method", b="_told", c=_price_note("en")
            ),
        }
    )


def _price_note(language: str) -> Column:
    words = {"zh": ",本机构该方法价格{p}元", "en": "; own price of that method {p} yuan"}[language]
    known = sentence(words, p=F.col("_own_price").cast("decimal(16,2)"))
    return F.when(F.col("_own_price").isNotNull(), known).otherwise(F.lit(""))


def _analyte(methods: Mapping[str, str]) -> Column:
    """The item's name without brackets and method words: what two prices must share to be compared."""
    bare = F.regexp_replace("hilist_name", "[（(\\[【].*?[)）\\]】]", "")
    for words in methods.values():
        bare = F.regexp_replace(bare, words, "")
    return F.regexp_replace(bare, "[-—·\\s]|测定|检测|检查|定量|法", "")


def _own_prices(inputs: RuleInputs, card: Card) -> DataFrame:
    """Mean unit price in yuan an institution charges for an analyte by each method."""
    lines = _with_item_methods(inputs, card).withColumnRenamed("item_method", "done_method")
    known = lines.where(F.col("done_method").isNotNull() & (F.length("analyte") > 0))
    return known.groupBy("fixmedins_code", "analyte", "done_method").agg(mean("pric").alias("_own_price"))
