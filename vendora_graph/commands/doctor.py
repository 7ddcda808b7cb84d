"""`vendora doctor`: is everything in its place, and what to do where it is not."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import typer

from vendora_graph.commands.options import Json, Model, WarehouseUrl, load_settings, make_app

if TYPE_CHECKING:
    from pathlib import Path

    from vendora_graph.settings import Settings

app = make_app()

Outcome = Literal["ok", "note", "wrong"]
FREE_BYTES = 500_000_000
SMOKE_QUESTION = "What were my sales this month?"
KEYS = {"gemini": "gemini_api_key", "openai": "openai_api_key", "openrouter": "openrouter_api_key"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found. `code` is the exit code when it is wrong."""

    name: str
    outcome: Outcome
    said: str
    code: int = 7


@app.command()
def doctor(model: Model = None, warehouse: WarehouseUrl = None, as_json: Json = False) -> None:
    """Look at Python, settings, cache, demo, warehouse, semantic model, language model and conversations."""
    from vendora_graph.commands.output import show_blocks, write
    from vendora_graph.escape import for_terminal
    from vendora_graph.terminal.blocks import Grid, Lead

    findings = list(examine(load_settings(warehouse, model)))
    wrong = [finding for finding in findings if finding.outcome == "wrong"]
    if as_json:
        import json
        from dataclasses import asdict

        write(json.dumps([asdict(finding) for finding in findings], indent=2) + "\n")
    else:
        rows = tuple((finding.outcome, finding.name, for_terminal(finding.said)) for finding in findings)
        lead = f"{len(wrong)} of {len(findings)} need you." if wrong else "All is well."
        show_blocks([Grid("", ("", "What", "Found"), rows, (False,) * 3), Lead(lead, "", "no" if wrong else "good")])
    raise typer.Exit(wrong[0].code if wrong else 0)


def examine(settings: Settings) -> Iterator[Finding]:
    """Return what was found, in the order in which things depend on each other."""
    from vendora_graph.settings import redact_url

    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", "ok", version)
    yield Finding("settings", "ok", f"model {settings.model}, warehouse {redact_url(settings.warehouse)}")
    yield _cache(settings.cache_dir)
    yield _language_model(settings)
    yield _look("demo", lambda: _demo(settings))
    yield _look("semantic model", lambda: _semantic_model(settings))
    yield _look("conversations", lambda: _conversations(settings))
    yield _look("first question", lambda: _question(settings))


def _look(name: str, look: Callable[[], str]) -> Finding:
    from vendora_graph.errors import VendoraError

    try:
        said = look()
    except VendoraError as error:
        return Finding(name, "wrong", str(error), error.exit_code)
    return Finding(name, "ok" if said else "note", said or "not needed here")


def _cache(directory: Path) -> Finding:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe = directory / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
        free = shutil.disk_usage(directory).free
    except OSError as error:
        return Finding("cache", "wrong", f"{directory} cannot be written ({error.strerror}). Set VENDORA_CACHE_DIR.", 2)
    if free < FREE_BYTES:
        return Finding("cache", "note", f"{directory}: only {free / 1e6:.0f} MB are free; the demo needs about {FREE_BYTES / 1e6:.0f} MB.")
    return Finding("cache", "ok", f"{directory}, {free / 1e9:.1f} GB free")


def _language_model(settings: Settings) -> Finding:
    provider = settings.model.partition(":")[0]
    if provider == "offline":
        return Finding("language model", "ok", "offline: no key and no network needed")
    if provider not in KEYS:
        return Finding("language model", "wrong", f"There is no provider {provider!r}. Use offline, {', '.join(KEYS)}.", 2)
    if getattr(settings, KEYS[provider]) is None:
        return Finding("language model", "wrong", f"{settings.model} needs VENDORA_{KEYS[provider].upper()}.", 2)
    return Finding("language model", "ok", f"{settings.model}, key given")


def _demo(settings: Settings) -> str:
    from vendora_graph.commands.session import prepare_demo
    from vendora_graph.warehouse.demo_file import DEMO, demo_path

    if settings.warehouse != DEMO:
        return ""
    prepare_demo(settings)
    path = demo_path(settings.cache_dir)
    return f"{path}, {path.stat().st_size / 1e6:.0f} MB"


def _semantic_model(settings: Settings) -> str:
    from vendora_graph.semantic.loader import load_catalog

    catalog = load_catalog(settings.semantic_model, settings.cache_dir).catalog
    shown = sum(not metric.hidden for metric in catalog.metrics.values())
    return f"{catalog.name}: {shown} metrics, {len(catalog.dimensions)} dimensions"


def _conversations(settings: Settings) -> str:
    if settings.checkpoint_url is None:
        return f"SQLite in {settings.cache_dir}"
    import psycopg

    from vendora_graph.errors import CheckpointError
    from vendora_graph.settings import redact_url

    url = settings.checkpoint_url.get_secret_value()
    try:
        with psycopg.connect(url, connect_timeout=int(settings.connect_timeout_seconds)):
            return redact_url(url)
    except psycopg.Error as error:
        raise CheckpointError(f"{redact_url(url)} cannot be reached ({type(error).__name__}). Check VENDORA_CHECKPOINT_URL.") from error


def _question(settings: Settings) -> str:
    from vendora_graph.commands.options import Wishes
    from vendora_graph.commands.session import ask_once
    from vendora_graph.warehouse.demo_file import DEMO

    if settings.warehouse != DEMO or settings.semantic_model is not None:
        return ""
    answer = asyncio.run(ask_once(settings, SMOKE_QUESTION, Wishes()))
    return f"{answer.status}: {answer.summary}"
