"""The life of a model, in order: trained, refused or promoted, scoring beside the list, rolled back; nothing unsaid.

One home is trained once; the tests below follow its life, so their order is part of them.
"""

from __future__ import annotations

import json

import pandas as pd
import pytest

from jobs.runtime.errors import ContractError, InputError, UsageError
from jobs.runtime.storage import Home
from jobs.training import examples, lifecycle, overview, registered, report, scoring
from jobs.training.train import train
from models import promotion
from models.artefact import BrokenArtefact, digest, load
from tests.jobs.training import world

VERSIONS = {"code_version": "c1", "knowledge_version": "k1"}
WHEN = "2025-01-01T00:00:00"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    home = world.build(tmp_path_factory.mktemp("home"))
    return home, lifecycle.train_and_register(home, WHEN, VERSIONS)


def test_training_registers_a_challenger_that_was_measured_beside_every_baseline(trained):
    home, told = trained
    registry = registered.the_registry(home)
    assert registry.version("challenger") == told["version"] == 1
    assert registry.version("champion") is None
    assert {*promotion.BASELINES} - {"last champion"} <= set(told["evaluation"]["rankings"])
    assert told["evaluation"]["split"].startswith("later inspections")
    assert told["evaluation"]["rankings"]["ranking"]["pr_auc"]["value"] > 0.5
    assert told["evaluation"]["calibration"]["error"] < 0.15


def test_without_a_champion_nothing_is_written_for_the_ranking(trained):
    home, _ = trained
    facts = scoring.apply(home, world.PERIOD)
    assert "champion" not in facts["versions"]
    assert not list(home.month("scores", "probability", world.PERIOD.folder).glob("*"))
    assert list(home.month("scores", "probability_shadow", world.PERIOD.folder).glob("*.parquet"))


def test_a_home_in_which_nothing_was_trained_opens_no_registry(tmp_path):
    home = world.build(tmp_path, n=20)
    assert scoring.apply(home, world.PERIOD) == {}
    assert not (tmp_path / "mlflow").exists()
    with pytest.raises(InputError, match="train"):
        overview.overview(home)


def test_a_model_below_a_baseline_is_refused_and_only_a_name_with_a_reason_lets_it_pass(trained, monkeypatch):
    home, told = trained
    monkeypatch.setattr(promotion, "refusals", lambda evaluation: ["pr_auc 0.100 is below sort by money (0.300)"])
    with pytest.raises(lifecycle.PromotionRefused, match="sort by money") as refused:
        lifecycle.promote(home, WHEN, None, None, None)
    assert refused.value.exit_code == 10
    with pytest.raises(UsageError):
        lifecycle.promote(home, WHEN, None, "Li Na", None)
    assert lifecycle.promote(home, WHEN, None, "Li Na", "pilot in one district")["override"]
    decisions = registered.the_registry(home).decisions()
    assert [one["what"] for one in decisions][-2:] == ["refused", "promoted"]
    assert (decisions[-1]["by"], decisions[-1]["reason"]) == ("Li Na", "pilot in one district")
    assert lifecycle.rollback(home, WHEN, "Li Na", "pilot over")["champion"] is None


def test_promoted_models_score_each_stands_in_for_the_one_before_and_back(trained):
    home, told = trained
    assert lifecycle.promote(home, WHEN, told["version"], None, None)["champion"] == 1
    facts = scoring.apply(home, world.PERIOD)
    scored = pd.read_parquet(home.month("scores", "probability", world.PERIOD.folder))
    assert facts["versions"] == {"champion": 1}
    assert facts["retrain"] == []
    assert scored["probability"].between(0, 1).all()
    assert (scored["recovery_low"] <= scored["recovery_high"]).all()
    assert set(json.loads(scored["contributions"].iloc[0])) >= {"belief", "anomaly", "base"}

    second = lifecycle.train_and_register(home, "2025-02-01T00:00:00", VERSIONS)
    assert "last champion" in second["evaluation"]["rankings"]
    assert scoring.apply(home, world.PERIOD)["shadow"]["rank_correlation"] > 0.9
    lifecycle.promote(home, WHEN, second["version"], "Li Na", "newer labels")
    assert registered.the_registry(home).version("champion") == 2
    assert lifecycle.rollback(home, WHEN, None, None)["champion"] == 1
    told = overview.overview(home)
    assert told["versions"][0]["version"] == 2
    assert any("rolled back" in line for line in told["lines"])


def test_an_artefact_that_was_changed_after_training_is_not_loaded(trained):
    home, _ = trained
    registry = registered.the_registry(home)
    path = next((home.root / "mlflow" / "artefacts").glob("*/artifacts/model/model.json"))
    kept = path.read_text()
    path.write_text(kept.replace('"slope": ', '"slope": 1'))
    with pytest.raises(ContractError, match="digest"):
        for version in (1, 2):
            registered.checked(registry, version)
    path.write_text(kept)
    with pytest.raises(BrokenArtefact, match="format"):
        load('{"format": 0}', digest('{"format": 0}'))


def test_the_report_shows_the_table_the_gate_the_pictures_and_the_decisions(trained, tmp_path):
    home, _ = trained
    page = report.write_report(home, 1, tmp_path / "report.html").read_text(encoding="utf-8")
    for expected in (
        "sort by money",
        "within size decile",
        "<svg",
        "Calibration",
        "ownership",
        "pilot in one district",
    ):
        assert expected in page
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    )


def test_too_few_labels_train_an_anomaly_model_and_say_so(tmp_path):
    made = train(world.build(tmp_path, n=60, labelled=False), VERSIONS, None, None)
    assert made.bundle.outcome is None
    assert "0 confirmed" in made.bundle.why_not
    assert "0 confirmed" in promotion.refusals(made.evaluation)[0]
    assert any("no outcome model" in line for line in lifecycle.lines(1, made))


def test_a_snapshot_after_the_inspected_days_is_never_joined(tmp_path):
    home = world.build(tmp_path, n=60)
    early = examples.results(home).assign(period_end=pd.Timestamp("2023-01-31"))
    assert (examples.snapshot_of(early, [world.PERIOD]) == -1).all()
    late = pd.DataFrame({examples.LAST_DAY: [pd.Timestamp("2023-02-28")], "period_end": [pd.Timestamp("2023-01-31")]})
    with pytest.raises(examples.FutureKnowledge):
        examples.check_time(late)


def test_results_concluded_later_than_the_as_of_day_are_not_known(tmp_path):
    home = world.build(tmp_path, n=60)
    day = pd.Timestamp("2023-09-01")
    assert examples.results(home, day.date())["concluded_on"].max() <= day


def test_training_without_a_scored_period_says_what_to_run(tmp_path):
    with pytest.raises(InputError, match="fundwatch run"):
        train(Home(tmp_path), VERSIONS, None, None)
