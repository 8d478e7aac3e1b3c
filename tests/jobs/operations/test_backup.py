"""Backup and restore without a database: whole months whatever a step does meanwhile, no key, nothing overwritten."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from jobs.operations import manifest, snapshot
from jobs.operations.backup import Office, backup, backup_keys, prune
from jobs.operations.database import Database
from jobs.operations.restore import areas, chosen, restore
from jobs.orchestration.guard import only_writer
from jobs.runtime.errors import ContractError, InputError, TemporaryFault, UsageError
from jobs.runtime.storage import Home
from tests.jobs.operations.world import AREA, SALT, run, write

LATEST = "2023-01_2023-01-20230210T080000"
WHEN, LATER = "2026-01-05T08:00:00", "2026-01-06T08:00:00"


@pytest.fixture
def home(tmp_path):
    """A home with a month, an empty month, a run, state, knowledge, work in progress and its key."""
    made = tmp_path / "homes" / AREA
    run(made, LATEST, "2023-01..2023-01", "2023-02-10T08:00:00", [("pharmacy", "clue")])
    write(made / "raw" / "fee_list_d" / "month=2023-01" / "a.parquet", "january")
    (made / "raw" / "fee_list_d" / "month=2023-02").mkdir()
    write(made / "raw" / "report.json", "{}")
    write(made / "state" / "raw.json", "{}")
    write(made / "knowledge" / "versions" / "0001" / "points.csv", "points")
    write(made / "raw" / "fee_list_d" / ".new-month=2023-03" / "a.parquet", "half")
    write(made / ".scratch" / "000-x" / "a.parquet", "scratch")
    write(made / "runs" / ".new-2023-02_2023-02-1" / "run.json", "half")
    write(made / ".lock", "")
    write(made / "pseudonym.salt", SALT).chmod(0o600)
    return made


@pytest.fixture
def office(home):
    return Office({AREA: home})


def content(folder):
    """Everything below a folder: files with their bytes, links with their targets, empty folders."""
    told: dict[str, str | bytes | None] = {}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if path.is_symlink():
            told[place] = f"-> {path.readlink()}"
        elif path.is_file():
            told[place] = path.read_bytes()
        elif not any(path.iterdir()):
            told[place] = None
    return told


def finished(home):
    """What of a home is not work in progress."""
    hidden = {p: v for p, v in content(home).items() if any(part.startswith(".") for part in Path(p).parts)}
    return {place: value for place, value in content(home).items() if place not in hidden}


def anew(tmp_path, key=None):
    return Office({AREA: tmp_path / "anew" / AREA}, key=key)


def keys_of(office, tmp_path):
    return backup_keys(office, (), tmp_path / "safe", WHEN, tmp_path / "backups")


def test_what_comes_back_is_what_was_there(office, home, tmp_path):
    place = backup(office, tmp_path / "backups", WHEN, "0.2.0+abc")
    told = restore(place, anew(tmp_path), keys_of(office, tmp_path))
    assert content(tmp_path / "anew" / AREA) == finished(home)
    assert told.finished == WHEN and told.busy == [] and areas(place) == [AREA]
    assert (tmp_path / "anew" / AREA / "runs" / "latest" / "run.json").is_file()


def test_a_backup_holds_no_key_and_no_work_in_progress_and_is_for_its_owner_only(office, tmp_path):
    place = backup(office, tmp_path / "backups", WHEN, "")
    assert all(SALT not in path.read_bytes() for path in place.rglob("*") if path.is_file())
    assert not [path for path in place.rglob("*") if path.name.startswith(".")]
    assert all(path.stat().st_mode & 0o077 == 0 for path in [place, *place.rglob("*")])


def test_a_key_with_another_name_inside_a_home_stays_out_too(home, tmp_path):
    key = write(home / "keys" / "mine.key", b"k" * 32)
    place = backup(Office({AREA: home}, key=key), tmp_path / "backups", WHEN, "")
    assert not list(place.rglob("mine.key")) and manifest.load(place).keys[AREA] == manifest.fingerprint(key)


def test_sha256sum_reads_the_list_and_finds_nothing_wrong(office, tmp_path):
    place = backup(office, tmp_path / "backups", WHEN, "")
    assert list(manifest.damage(place)) == []
    assert shutil.which("sha256sum") is None or os.system(f"cd {place} && sha256sum --quiet -c SHA256SUMS") == 0


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        pytest.param(lambda file: file.write_text("jxnuary"), "changed", id="a byte changed"),
        pytest.param(lambda file: file.unlink(), "missing", id="a file is gone"),
        pytest.param(lambda file: write(file.parent / "b.parquet", "x"), "not in SHA256SUMS", id="a file too many"),
    ],
)
def test_a_damaged_backup_is_refused_before_anything_is_written(office, tmp_path, harm, said):
    place = backup(office, tmp_path / "backups", WHEN, "")
    harm(place / "homes" / AREA / "raw" / "fee_list_d" / "month=2023-01" / "a.parquet")
    with pytest.raises(InputError, match=said):
        restore(place, anew(tmp_path), keys_of(office, tmp_path))
    assert not (tmp_path / "anew").exists()


def test_a_backup_that_was_killed_is_not_one(office, tmp_path):
    write(tmp_path / "backups" / ".new-20260104T080000Z" / "homes" / "x", "half")
    with pytest.raises(InputError, match="no complete backup"):
        chosen(tmp_path / "backups")
    place = backup(office, tmp_path / "backups", WHEN, "")
    assert chosen(tmp_path / "backups") == place == chosen(place)


def test_nothing_is_ever_overwritten(office, home, tmp_path):
    place = backup(office, tmp_path / "backups", WHEN, "")
    before = content(home)
    with pytest.raises(ContractError, match="nothing is overwritten"):
        restore(place, office)
    assert content(home) == before


def test_a_restore_that_fails_leaves_the_office_empty_for_the_next_try(office, tmp_path):
    class Broken(Database):
        def dump(self, file):
            file.write_text("dump")

        def is_empty(self):
            return True

        def restore(self, _file):
            raise TemporaryFault("restoring", "it is down.", "Try again.")

    place = backup(
        Office(office.homes, databases=[Broken("airflow", tmp_path / "address")]), tmp_path / "backups", WHEN, ""
    )
    goal = Office(anew(tmp_path).homes, databases=[Broken("airflow", tmp_path / "address")])
    for _ in range(2):
        with pytest.raises(TemporaryFault):
            restore(
                place, goal, keys_of(office, tmp_path) if not (tmp_path / "safe").exists() else chosen_keys(tmp_path)
            )
    assert content(tmp_path / "anew" / AREA) == {}


def chosen_keys(tmp_path):
    return next((tmp_path / "safe").iterdir())


def test_without_its_key_a_home_does_not_come_back_unless_somebody_says_so(office, home, tmp_path):
    place = backup(office, tmp_path / "backups", WHEN, "")
    with pytest.raises(ContractError, match="is not there"):
        restore(place, anew(tmp_path))
    other = write(tmp_path / "other.salt", b"x" * 32)
    with pytest.raises(ContractError, match="is another one"):
        restore(place, anew(tmp_path, key=other))
    restore(place, anew(tmp_path), without_key=True)
    assert not (tmp_path / "anew" / AREA / "pseudonym.salt").exists()


def test_the_office_s_one_key_is_put_back_where_it_is_looked_for(home, tmp_path):
    key = write(tmp_path / "keys" / "pseudonym.salt", SALT)
    office = Office({AREA: home}, key=key)
    place, kept = backup(office, tmp_path / "backups", WHEN, ""), keys_of(office, tmp_path)
    goal = tmp_path / "new-keys" / "pseudonym.salt"
    restore(place, anew(tmp_path, key=goal), kept)
    assert goal.read_bytes() == SALT and goal.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("apart", ["backups", "backups/keys", "."])
def test_keys_are_never_kept_together_with_the_data(office, tmp_path, apart):
    with pytest.raises(UsageError, match="together with the data"):
        backup_keys(office, (), tmp_path / apart, WHEN, tmp_path / "backups")


def test_the_stacks_secrets_go_with_the_keys(office, tmp_path):
    secret = write(tmp_path / "secrets" / "airflow_fernet_key", "f")
    place = backup_keys(office, (secret,), tmp_path / "safe", WHEN, tmp_path / "backups")
    assert content(place) == {f"homes/{AREA}/pseudonym.salt": SALT, "secrets/airflow_fernet_key": b"f"}


def test_the_next_backup_links_what_has_not_changed_and_is_whole_by_itself(office, home, tmp_path):
    first = backup(office, tmp_path / "backups", WHEN, "")
    write(home / "raw" / "fee_list_d" / "month=2023-02" / "b.parquet", "february")
    write(home / "state" / "raw.json", '{"more": 1}')
    second = backup(office, tmp_path / "backups", LATER, "")
    month = f"homes/{AREA}/raw/fee_list_d/month=2023-01/a.parquet"
    assert (first / month).samefile(second / month) and list(manifest.damage(second)) == []
    shutil.rmtree(first)
    restore(second, anew(tmp_path), keys_of(office, tmp_path))
    assert content(tmp_path / "anew" / AREA) == finished(home)
    third = backup(office, tmp_path / "backups", "2026-01-07T08:00:00", "", full=True)
    assert not (second / month).samefile(third / month)


def test_only_the_newest_are_kept_and_leftovers_go(office, tmp_path):
    for day in ("05", "06", "07"):
        backup(office, tmp_path / "backups", f"2026-01-{day}T08:00:00", "")
    (tmp_path / "backups" / ".new-20260101T080000Z").mkdir()
    prune(tmp_path / "backups", 2)
    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == ["20260106T080000Z", "20260107T080000Z"]


def test_a_month_standing_aside_between_two_moves_is_not_forgotten(office, home, tmp_path):
    table = home / "raw" / "fee_list_d"
    (table / "month=2023-01").rename(table / ".old-month=2023-01")
    place = backup(office, tmp_path / "backups", WHEN, "")
    assert (place / "homes" / AREA / "raw/fee_list_d/month=2023-01/a.parquet").read_text() == "january"


def test_a_month_replaced_while_it_is_copied_is_copied_again(home, tmp_path, monkeypatch):
    month = home / "raw" / "fee_list_d" / "month=2023-01"
    write(month / "b.parquet", "january b")
    real, replaced = snapshot.Copy._file, list[bool]()

    def replacing(self, source, place):
        real(self, source, place)
        if source.name == "a.parquet" and not replaced:
            replaced.append(True)
            month.rename(month.parent / ".old-month=2023-01")
            write(month / "c.parquet", "new january")
            shutil.rmtree(month.parent / ".old-month=2023-01")

    monkeypatch.setattr(snapshot.Copy, "_file", replacing)
    copy = snapshot.Copy(tmp_path / "copy")
    copy.home(home, "h")
    assert content(tmp_path / "copy" / "h" / "raw" / "fee_list_d" / "month=2023-01") == {"c.parquet": b"new january"}
    assert not [place for place in copy.sums if place.endswith(("month=2023-01/a.parquet", "month=2023-01/b.parquet"))]


def test_a_run_published_while_the_home_is_copied_is_there_when_latest_names_it(home, tmp_path, monkeypatch):
    newer = "2023-02_2023-02-20230310T080000"
    real, published = snapshot.Copy.folder, list[Path]()

    def publishing(self, source, place):
        real(self, source, place)
        if place == "h" and not published:
            published.append(run(home, newer, "2023-02..2023-02", "2023-03-10T08:00:00"))

    monkeypatch.setattr(snapshot.Copy, "folder", publishing)
    copy = snapshot.Copy(tmp_path / "copy")
    copy.home(home, "h")
    assert copy.links == {"h/runs/latest": newer} and (tmp_path / "copy/h/runs" / newer / "run.json").is_file()


def test_months_written_over_and_over_are_whole_in_every_backup(office, home, tmp_path):
    """A writer moves months in while backups run: every copied month holds both its files, of one writing."""
    table, stop = home / "validated" / "fee_list_d", threading.Event()

    def writing():
        number = 0
        while not stop.is_set():
            number += 1
            fresh = table / ".new-month=2023-01"
            write(fresh / "a.parquet", str(number))
            write(fresh / "b.parquet", str(number))
            place, aside = table / "month=2023-01", table / ".old-month=2023-01"
            if place.exists():
                place.rename(aside)
            fresh.rename(place)
            shutil.rmtree(aside, ignore_errors=True)
            stop.wait(0.002)

    writer = threading.Thread(target=writing)
    writer.start()
    while not (table / "month=2023-01").exists():
        stop.wait(0.001)
    try:
        places = [backup(office, tmp_path / "b", f"2026-01-05T08:00:{second:02d}", "") for second in range(8)]
    finally:
        stop.set()
        writer.join()
    for place in places:
        month = content(place / "homes" / AREA / "validated" / "fee_list_d" / "month=2023-01")
        assert sorted(month) == ["a.parquet", "b.parquet"] and len(set(month.values())) == 1, month


def test_a_step_that_was_writing_is_told(office, home, tmp_path):
    with only_writer(Home(home)):
        place = backup(office, tmp_path / "backups", WHEN, "")
    assert json.loads((place / "backup.json").read_text())["busy"] == [AREA]


def test_an_embedded_registry_is_copied_between_two_transactions(office, home, tmp_path):
    (home / "mlflow").mkdir()
    held = sqlite3.connect(home / "mlflow" / "mlflow.db")
    held.execute("create table versions (number int)")
    held.execute("insert into versions values (1)")
    held.commit()
    held.execute("insert into versions values (2)")  # not committed
    place = backup(office, tmp_path / "backups", WHEN, "")
    held.close()
    kept = sqlite3.connect(place / "homes" / AREA / "mlflow" / "mlflow.db")
    assert kept.execute("select number from versions").fetchall() == [(1,)]
    kept.close()


def test_artefacts_of_the_registry_come_back(home, tmp_path):
    write(tmp_path / "mlflow" / "1" / "run" / "model" / "model.json", "{}")
    office = Office({AREA: home}, artefacts=tmp_path / "mlflow")
    place = backup(office, tmp_path / "backups", WHEN, "")
    goal = Office(anew(tmp_path).homes, artefacts=tmp_path / "anew" / "mlflow")
    restore(place, goal, keys_of(office, tmp_path))
    assert content(tmp_path / "anew" / "mlflow") == content(tmp_path / "mlflow")


def test_with_nothing_to_back_up_it_says_so(tmp_path):
    with pytest.raises(InputError, match="no home and no database"):
        backup(Office({}), tmp_path, WHEN, "")
