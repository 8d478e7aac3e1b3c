"""The commands of operations as an office calls them: words in, files and exit codes out."""

from __future__ import annotations

import json

import pytest

from fundwatch.main import cli, guarded
from tests.jobs.operations.world import AREA, SALT, journal, run, write

LATEST = "2023-01_2023-01-20230210T080000"


@pytest.fixture
def homes(tmp_path):
    home = tmp_path / "homes" / AREA
    run(home, LATEST, "2023-01..2023-01", "2023-02-10T08:00:00", [("pharmacy", "clue")] * 6)
    write(home / "raw" / "fee_list_d" / "month=2023-01" / "a.parquet", "january")
    write(home / "pseudonym.salt", SALT).chmod(0o600)
    journal(home, raw=(12.5, "done", 0))
    return home.parent


def call(*words):
    """Exit code of a command."""
    return guarded(lambda: cli.main(args=[str(word) for word in words], standalone_mode=False), "--json" in words)


def test_an_office_goes_to_its_backups_and_comes_back(homes, tmp_path, capsys):
    assert call("backup", "--to", tmp_path / "b", "--homes", homes, "--json") == 0
    place = json.loads(capsys.readouterr().out)["backup"]
    assert call("backup", "--keys-to", tmp_path / "safe", "--homes", homes) == 0
    safe = next((tmp_path / "safe").iterdir())
    goal = tmp_path / "new"
    assert call("restore", "--from", place, "--homes", goal) == 10
    assert "--keys-from" in capsys.readouterr().err
    assert call("restore", "--from", tmp_path / "b", "--homes", goal, "--keys-from", safe) == 0
    assert "finished" in capsys.readouterr().out
    assert (goal / AREA / "raw" / "fee_list_d" / "month=2023-01" / "a.parquet").read_text() == "january"
    assert (goal / AREA / "runs" / "latest").readlink().name == LATEST
    assert call("restore", "--from", tmp_path / "b", "--homes", goal, "--keys-from", safe, "--json") == 10
    assert json.loads(capsys.readouterr().out)["error"] == "ContractError"


def test_one_home_comes_back_alone_and_a_home_the_backup_lacks_is_named(homes, tmp_path, capsys):
    assert call("backup", "--to", tmp_path / "b", "--homes", homes) == 0
    assert call("restore", "--from", tmp_path / "b", "--home", tmp_path / "one" / AREA, "--without-key") == 0
    assert (tmp_path / "one" / AREA / "runs" / "latest" / "run.json").is_file()
    assert call("restore", "--from", tmp_path / "b", "--home", tmp_path / "one" / "320400") == 12
    assert "320400" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(["backup", "--homes", "{homes}"], 2, id="no place to back up to"),
        pytest.param(["backup", "--to", "{tmp}/b", "--homes", "{tmp}/none"], 12, id="nothing to back up"),
        pytest.param(["backup", "--to", "{tmp}/b", "--homes", "{homes}", "--database", "airflow"], 2, id="no address"),
        pytest.param(["restore", "--from", "{tmp}/none", "--homes", "{tmp}/new"], 12, id="no backup"),
        pytest.param(
            ["backup", "--to", "{tmp}/b", "--keys-to", "{tmp}/b/k", "--homes", "{homes}"], 2, id="keys beside"
        ),
    ],
)
def test_what_cannot_be_done_says_so_with_its_exit_code(homes, tmp_path, words, code):
    assert call(*(word.format(homes=homes, tmp=tmp_path) for word in words)) == code


def test_backups_are_kept_by_number(homes, tmp_path, monkeypatch):
    for second in ("00", "01", "02"):
        monkeypatch.setattr("fundwatch.options.now", lambda second=second: f"2026-01-05T08:00:{second}")
        assert call("backup", "--to", tmp_path / "b", "--homes", homes, "--keep", "2") == 0
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == ["20260105T080001Z", "20260105T080002Z"]


def test_the_page_and_the_metrics_can_be_had_once_without_a_server(homes, tmp_path, capsys):
    pytest.importorskip("prometheus_client")
    assert call("monitor", "--homes", homes, "--page", tmp_path / "page.html", "--metrics") == 0
    assert f'fundwatch_step_seconds{{area="{AREA}",step="raw"}} 12.5' in capsys.readouterr().out
    assert AREA in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_port_that_is_taken_is_a_temporary_fault(homes, capsys):
    import socket

    pytest.importorskip("prometheus_client")
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        assert call("monitor", "--homes", homes, "--port", held.getsockname()[1]) == 20
    assert "--port" in capsys.readouterr().err


def test_an_upgrade_says_beforehand_what_it_would_compute_again(homes, capsys):
    home = homes / AREA
    (home / "validated" / "fee_list_d" / "month=2023-01").mkdir(parents=True)
    assert call("upgrade", "--home", home, "--dry-run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"done": False, "steps": [{"step": "validated", "period": "2023-01..2023-01"}]}
    assert call("upgrade", "--home", home, "--dry-run") == 0
    assert "1 steps to be done" in capsys.readouterr().out


def test_a_home_of_this_version_needs_no_upgrade_and_opens_no_engine(homes, capsys):
    assert call("upgrade", "--home", homes / AREA) == 0
    assert "is in this version's layout" in capsys.readouterr().out
