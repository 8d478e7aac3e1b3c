"""Generated documents: stale pages are told, fresh ones pass."""

from __future__ import annotations

from tools import docs


def test_a_stale_page_fails_the_check_and_writing_mends_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(docs, "FOLDER", tmp_path)
    assert docs.main(["--check"]) == 1
    assert "make docs" in capsys.readouterr().out
    assert docs.main([]) == 0
    assert docs.main(["--check"]) == 0


def test_the_dictionary_names_every_table_and_marks_personal_columns():
    page = docs.data_dictionary()
    assert "contract.fee_list_d" in page and "scores.finding" in page
    assert "| certno | string | personal, dropped at load |" in page


def test_a_page_nothing_writes_any_more_is_told_and_removed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(docs, "FOLDER", tmp_path)
    monkeypatch.setattr(docs, "PAGES", {"steps.md": docs.steps})
    docs.main([])
    (tmp_path / "astrology.md").write_text("old", encoding="utf-8")
    assert docs.main(["--check"]) == 1
    assert "astrology.md" in capsys.readouterr().out
    assert docs.main([]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["steps.md"]
