"""features/item: every item that occurs in the period, with its most frequent name and what it is.

Reads: validated.fee_list_d.
Grain: one row per national code; a self-made item (empty code) one row per name.
Why: knowledge points are resolved against the items that really occur, not against a catalogue nobody keeps in step.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.catalogue import derived
from jobs.features.common import standing
from knowledge.domains import area_of, domain_of


def build(lines: DataFrame) -> DataFrame:
    """One row per item from the charged lines of the period. Ties between names go to the larger text: never random."""
    return _commonest(_variants(lines)).select(*derived("features", "item").names)


def _variants(lines: DataFrame) -> DataFrame:
    code = F.coalesce(F.trim("med_list_codg"), F.lit(""))
    name = F.coalesce(F.trim("hilist_name"), F.lit(""))
    return (
        standing(lines)
        .select(code.alias("med_list_codg"), name.alias("name"), "med_chrgitm_type", "list_type")
        .groupBy("med_list_codg", "name", "med_chrgitm_type", "list_type")
        .agg(F.count(F.lit(1)).alias("n"))
        .withColumn("own", F.when(F.col("med_list_codg") == "", F.col("name")).otherwise(""))
    )


def _commonest(variants: DataFrame) -> DataFrame:
    best = F.max(F.struct("n", "name", "med_chrgitm_type", "list_type")).alias("best")
    found = variants.groupBy("med_list_codg", "own").agg(best, F.sum("n").alias("lines"))
    named = found.select(
        "med_list_codg",
        F.col("best.name").alias("hilist_name"),
        F.col("best.med_chrgitm_type").alias("med_chrgitm_type"),
        F.col("best.list_type").alias("list_type"),
        F.col("lines").cast("bigint").alias("lines"),
    )
    told = named.withColumn("domain", domain_of("med_list_codg", "hilist_name", "med_chrgitm_type"))
    return told.withColumn("area", area_of("domain"))
