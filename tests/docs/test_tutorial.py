"""The retraining tutorial runs from top to bottom on a small home."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from tests.jobs.training import world

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "tutorials" / "retrain.py"


def test_every_step_of_the_tutorial_says_what_it_did(tmp_path, capsys):
    spec = importlib.util.spec_from_file_location("retrain", SCRIPT)
    assert spec is not None and spec.loader is not None
    tutorial = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tutorial)
    home = world.build(tmp_path)
    tutorial.main(home.root, "2025-03-01T00:00:00")
    said = capsys.readouterr().out
    assert [line[0] for line in said.splitlines() if line[:1].isdigit()] == list("1234567")
    assert "rules alone" in said
    assert "version 1" in said
    assert (home.root / "models" / "report-1.html").exists()
