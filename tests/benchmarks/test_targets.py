"""What is kept and what is missed stands above every table, and what nobody measured is neither."""

from __future__ import annotations

from benchmarks import report
from tests.benchmarks.records import race, run, used


def told(records: list[dict]) -> dict[tuple[str, str], str]:
    """Measured and verdict by the first words of a target and its engine, as the page tells them."""
    page = report.benchmarks(records).partition("## 目标")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| ")][1:]
    return {(row[0][:12], row[1]): f"{row[3]} {row[4]}".strip() for row in rows}


def test_a_target_is_kept_missed_or_not_measured() -> None:
    quick, slow = run("sail", 20_000_000, 160.0), run("spark", 20_000_000, 1000.0)
    month = run("sail", 20_000_000, 40.0) | {"what": "month", "before": {"whole": used(150.0)}}
    assert told([quick, slow, race(20_000_000, 150.0, 200.0, ["IMG-01"]), month]) == {
        ("lines a seco", "sail"): "125,000 kept",
        ("lines a seco", "spark"): "20,000 missed, 2.00 times too slow",
        ("the same det", "sail"): "0.75 kept",
        ("the same det", "spark"): "not measured",
        ("peak memory ", "sail"): "2.9 kept",
        ("peak memory ", "spark"): "2.9 kept",
        ("growth expon", "sail"): "not measured",
        ("one more mon", "sail"): "0.25 missed, 2.08 times too much",
    }


def test_races_of_one_size_are_added_up() -> None:
    lost, won = race(20_000_000, 220.0, 200.0, ["IMG-01"]), race(20_000_000, 170.0, 200.0, ["IMG-01"])
    assert told([lost, won])["the same det", "sail"] == "0.97 kept"  # 390 s against 400 s


def test_other_sizes_say_nothing_of_the_targets() -> None:
    assert set(told([run("sail", 2_000_000, 1.0), race(2_000_000, 1.0, 200.0, ["IMG-01"])]).values()) == {
        "not measured"
    }
