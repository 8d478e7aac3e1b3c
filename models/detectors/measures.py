"""What is told of every indicator and institution, judged or not: the columns of a judgement and their types.

Grain: one row per detector and institution.
Why: where no indicator could be measured the result still has the same columns, and findings are made of it alike.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def with_measures(asked: DataFrame) -> DataFrame:
    """`asked` with every measure; those nobody took are null, so a pair that was not judged has the same columns."""
    kinds = {
        "value": "double", "num": "double", "den": "double", "volume": "double", "median": "double", "limit": "double",
        "z": "double", "times": "double", "lasting": "double", "excess": "double", "amount": "double",
        "months": "bigint", "group_text": "string", "rung": "int", "peers": "bigint", "max_strength": "int",
        "unfit": "string", "why_not": "string", "hit": "boolean", "beside_value": "double", "beside_median": "double",
        "series": "array<struct<stat_month:string,month_value:double>>",
    }  # fmt: skip
    absent = {name: F.lit(None).cast(kind) for name, kind in kinds.items() if name not in asked.columns}
    full = asked.withColumns(absent) if absent else asked
    return full.select("detector_id", "fixmedins_code", "absent", *kinds)
