"""The words of a process and the hash they are kept under are of one reading of the file."""

from __future__ import annotations

from vendora_graph.offline import english


def test_a_file_changed_beside_a_running_process_changes_neither_words_nor_hash(tmp_path, monkeypatch):
    words, kept_under = english.english_data(), english.english_hash()
    newer = tmp_path / "english.yaml"
    newer.write_text("limits: {}\n", encoding="utf-8")
    monkeypatch.setattr(english, "_FILE", newer)
    assert english.english_hash() == kept_under
    assert english.english_data() is words
