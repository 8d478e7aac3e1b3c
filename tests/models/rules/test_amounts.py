"""Half a cent goes up, on every engine: a list must not depend on who multiplied."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pyspark.sql import SparkSession

from models.rules.amounts import excess_share, mean, of_line

# In scope (yuan), share of it, what is disputed. Of 0.57 the half is 0.285, and 0.285 x 100 is 28.499999999999996.
HALVES = [
    ("0.57", 0.5, "0.29"),
    ("0.65", 0.7, "0.46"),
    ("52.65", 0.3, "15.80"),
    ("178.35", 0.5, "89.18"),
    ("22.95", 0.5, "11.48"),
    ("0.05", 0.3, "0.02"),
    ("100.00", 1.0, "100.00"),
    ("0.01", 0.25, "0.00"),
    ("99999999.99", 0.5, "50000000.00"),
]


def amounts(spark: SparkSession) -> list[str]:
    """What of_line makes of HALVES."""
    rows = spark.createDataFrame([(net, share) for net, share, _ in HALVES], "net_inscp string, share double")
    frame = rows.withColumn("net_inscp", rows.net_inscp.cast("decimal(16,2)"))
    return [str(row[0]) for row in frame.select(of_line(frame.share)).collect()]


def test_half_a_cent_goes_up(spark):
    assert amounts(spark) == [expected for *_, expected in HALVES]


def test_the_embedded_engine_rounds_alike():
    program = (
        "from jobs.runtime.engine import open_engine; from tests.models.rules.test_amounts import amounts\n"
        "engine = open_engine('sail', None); print(*amounts(engine.spark)); engine.close()"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.split() == [expected for *_, expected in HALVES]


@pytest.mark.parametrize(
    ("net_inscp", "excess", "cnt", "expected"),
    [
        pytest.param("30.00", 1, 3, "10.00", id="one unit of three too many"),
        pytest.param("30.00", 5, 3, "30.00", id="never more than the line has in scope"),
        pytest.param("30.00", -1, 3, "0.00", id="nothing below the limit"),
        pytest.param("30.00", 1, 0, "0.00", id="a line without units disputes nothing"),
    ],
)
def test_units_above_a_limit_cost_their_share_of_the_line(spark, net_inscp, excess, cnt, expected):
    rows = spark.createDataFrame([(net_inscp, excess, cnt)], "net_inscp string, excess int, net_cnt int")
    frame = rows.withColumn("net_inscp", rows.net_inscp.cast("decimal(16,2)"))
    assert str(frame.select(excess_share(frame.excess)).first()[0]) == expected


def test_the_mean_of_equal_amounts_is_that_amount(spark):
    rows = spark.createDataFrame([("0.10",), ("0.10",), ("0.10",), (None,)], "pric string")  # floating: 0.1000…02
    assert rows.select(rows.pric.cast("decimal(16,2)").alias("pric")).agg(mean("pric")).first()[0] == 0.1


def test_nothing_has_no_mean(spark):
    rows = spark.createDataFrame([(None,)], "pric string")
    assert rows.select(rows.pric.cast("decimal(16,2)").alias("pric")).agg(mean("pric")).first()[0] is None
