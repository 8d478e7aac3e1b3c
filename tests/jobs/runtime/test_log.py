"""Log lines: for people by default, one JSON object per event with stable keys when the environment asks for it."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs.runtime.log import KEYS, JsonLines, about, is_line

PERSON = "320311195001011234"


def record(text="3 rows in", level=logging.INFO, fault=None, **extra):
    made = logging.LogRecord(
        "fundwatch.raw", level, "load.py", 7, text, (), fault and (type(fault), fault, fault.__traceback__)
    )
    vars(made).update(extra)
    return made


def line(*given, **more):
    text = JsonLines().format(record(*given, **more))
    assert "\n" not in text
    return json.loads(text)


def test_a_line_has_its_keys_in_order_and_its_time_in_utc():
    told = line(seconds=1.5, stray="left out")
    assert list(told) == ["time", "level", "logger", "event", "seconds"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told["time"])
    assert (told["level"], told["logger"], told["event"], told["seconds"]) == (
        "INFO",
        "fundwatch.raw",
        "3 rows in",
        1.5,
    )
    assert is_line(told) and not is_line({"told": "5 cases", "run_id": "x"})


def test_what_a_line_is_about_holds_inside_in_every_thread_and_ends_with_it():
    with about(step="raw", month="2023-01", area="320300"):
        with about(run_id="r1"), ThreadPoolExecutor(1) as pool:
            told = pool.submit(line).result()
        assert (told["step"], told["month"], told["area"], told["run_id"]) == ("raw", "2023-01", "320300", "r1")
        assert "run_id" not in line()
    assert "step" not in line()


def test_the_words_of_an_exception_stay_out_because_they_may_be_a_person():
    try:
        raise ValueError(f"cannot cast {PERSON}")
    except ValueError as fault:
        told = line("unexpected", logging.ERROR, fault)
    assert told["exception"] == "ValueError" and PERSON not in json.dumps(told)
    assert re.fullmatch(r"test_log\.py:\d+ test_the_words_.*", told["where"][-1])


def test_chinese_stays_readable():
    assert "疑点" in JsonLines().format(record("疑点 3"))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({}, None, id="silent by default: the three lines for people are enough"),
        pytest.param({"FUNDWATCH_LOG": "INFO"}, "plain", id="for people when only a level is given"),
        pytest.param({"FUNDWATCH_LOG": "INFO", "FUNDWATCH_LOG_FORMAT": "json"}, "json", id="json when asked"),
    ],
)
def test_a_failing_command_logs_as_the_environment_asks(tmp_path, environment, expected):
    command = [sys.executable, "-m", "fundwatch.main", "landing", "check", str(tmp_path / "none"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", **environment})
    assert done.returncode == 12 and json.loads(done.stdout)["exit_code"] == 12
    if expected is None:
        assert done.stderr == ""
    elif expected == "plain":
        assert "INFO fundwatch.main" in done.stderr and not done.stderr.startswith("{")
    else:
        told = json.loads(done.stderr)
        assert set(told) <= set(KEYS) and (told["error"], told["exit_code"]) == ("InputError", 12)
