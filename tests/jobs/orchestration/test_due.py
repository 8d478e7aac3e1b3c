"""When a home is due for a new model: text table in, reasons out; nothing to learn from, nothing due."""

from __future__ import annotations

import json
from datetime import date

import pytest

from jobs.orchestration.arrival import Key, Places
from jobs.orchestration.due import homes_due, reasons

TODAY = date(2026, 11, 28)
TRAINED, LATER = "2026-09-30T04:00:00", "2026-11-05T08:00:00"


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "landing", tmp_path / "homes")


def home(places, area="320300", labels=True, **facts):
    folder = places.homes / area
    (folder / "state").mkdir(parents=True)
    if labels:
        (folder / "labels" / "verdict" / "month=all").mkdir(parents=True)
        (folder / "labels" / "verdict" / "month=all" / "part-0.parquet").touch()
    for name, told in facts.items():
        (folder / "state" / f"{name}.json").write_text(json.dumps(told))
    return folder


def told(**facts):
    return {"when": LATER, **facts}


@pytest.mark.parametrize(
    ("labels", "trained", "models", "why"),
    [
        (False, None, None, []),
        (False, "2020-01-01T00:00:00", told(retrain=["evidence shifted"]), []),
        (True, None, None, ["no model was trained yet"]),
        (True, TRAINED, None, []),
        (True, TRAINED, told(retrain=[]), []),
        (True, TRAINED, told(retrain=["evidence shifted"]), ["evidence shifted"]),
        (True, "2026-11-06T00:00:00", told(retrain=["evidence shifted"]), []),  # that was before the last training
        (True, "2026-08-30T00:00:00", None, ["trained on 2026-08-30, a quarter ago"]),
    ],
)
def test_due(places, labels, trained, models, why):
    facts = {**({"trained": {"when": trained}} if trained else {}), **({"models": models} if models else {})}
    assert reasons(home(places, labels=labels, **facts), TODAY) == why


def test_a_home_is_news_again_after_training_or_for_new_reasons(places):
    folder = home(places, trained={"when": TRAINED}, models=told(retrain=["evidence shifted"]))
    home(places, "320400", trained={"when": TRAINED})
    first = homes_due(places, TODAY)
    assert list(first) == [Key("320300", "2026-11")] and homes_due(places, TODAY) == first
    (folder / "state" / "models.json").write_text(json.dumps(told(retrain=["size shifted"])))
    assert homes_due(places, TODAY) != first
