from __future__ import annotations

from pathlib import Path

import pytest

from vendora_graph.config_files import variable_names
from vendora_graph.errors import ConfigError
from vendora_graph.settings import PREFIX, Settings, redact_url

ROOT = Path(__file__).parents[2]


def test_every_setting_is_described_and_documented():
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description, name
        for variable in variable_names(name, field, PREFIX):
            assert f"`{variable}`" in page, variable
        assert field.description in page, name


def test_nothing_is_read_from_the_environment_unless_loaded(monkeypatch):
    monkeypatch.setenv("VENDORA_MODEL", "gemini:gemini-2.5-flash")
    assert Settings().model == "offline"
    assert Settings.load().model == "gemini:gemini-2.5-flash"


def test_a_key_selects_nothing(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setenv("GOOGLE_API_KEY", "g-1")
    settings = Settings.load()
    assert settings.model == "offline"
    assert settings.openai_api_key.get_secret_value() == "sk-1"
    assert settings.gemini_api_key.get_secret_value() == "g-1"
    assert "sk-1" not in repr(settings)


def test_the_environment_stands_above_files_and_arguments_above_both(tmp_path, monkeypatch):
    monkeypatch.setenv("VENDORA_QUERY_MAX_ROWS", "20")
    (tmp_path / "a.yaml").write_text("query_max_rows: 10\nserver_port: 9001\nlimit_tokens: 7\n")
    settings = Settings.load(tmp_path, limit_tokens=8, model=None)
    assert (settings.query_max_rows, settings.server_port, settings.limit_tokens, settings.model) == (20, 9001, 8, "offline")


def test_files_take_variables_and_defaults(tmp_path, monkeypatch):
    monkeypatch.setenv("DB_PASSWORD", "pw")
    (tmp_path / "a.yaml").write_text('checkpoint_url: "postgresql://u:${DB_PASSWORD}@${DB_HOST:-localhost}/db"\n')
    assert Settings.load(tmp_path).checkpoint_url.get_secret_value() == "postgresql://u:pw@localhost/db"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("modle: offline\n", "Did you mean model"),
        ("checkpoint_url: ${NOT_THERE}\n", "NOT_THERE"),
        ("model: [\n", "line 2"),
        ("- model\n", "mapping"),
        ("quality_threshold: 2\n", "VENDORA_QUALITY_THRESHOLD"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, text, said):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        Settings.load(tmp_path)


def test_a_setting_in_two_files_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_text("server_port: 1\n")
    (tmp_path / "b.yaml").write_text("server_port: 2\n")
    with pytest.raises(ConfigError, match=r"a\.yaml too"):
        Settings.load(tmp_path)


def test_a_misspelt_variable_is_refused(monkeypatch):
    monkeypatch.setenv("VENDORA_MODLE", "offline")
    with pytest.raises(ConfigError, match="VENDORA_MODEL"):
        Settings.load()


def test_the_owners_name_for_the_checkpoint_url_works(monkeypatch):
    monkeypatch.setenv("VENDORA_POSTGRES_URL", "postgresql://h/a")
    assert Settings.load().checkpoint_url.get_secret_value() == "postgresql://h/a"
    assert Settings.load(checkpoint_url="postgresql://h/b").checkpoint_url.get_secret_value() == "postgresql://h/b"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:pw@h:5/db?sslkey=x", "postgresql://u@h:5/db"),
        ("duckdb:////tmp/a.duckdb", "duckdb:////tmp/a.duckdb"),
        ("demo", "demo"),
    ],
)
def test_a_shown_url_has_no_secret(url, shown):
    assert redact_url(url) == shown


def test_the_example_file_loads(tmp_path, monkeypatch):
    monkeypatch.delenv("VENDORA_WAREHOUSE")
    text = (ROOT / "config/vendora.yaml.example").read_text()
    (tmp_path / "vendora.yaml").write_text(text.replace("# checkpoint_url", "checkpoint_url"))
    monkeypatch.setenv("DB_PASSWORD", "pw")
    settings = Settings.load(tmp_path)
    assert (settings.warehouse, settings.checkpoint_url.get_secret_value()) == ("demo", "postgresql://vendora:pw@localhost/vendora")
