"""`vendora metrics`: what can be asked, and what each word means."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from vendora_graph.commands.options import Json, Model, WarehouseUrl, load_settings, make_app

if TYPE_CHECKING:
    from vendora_graph.semantic.catalog import Catalog, MetricInfo
    from vendora_graph.settings import Settings
    from vendora_graph.terminal.blocks import Block

app = make_app()
NEAR = 5
NEAR_SCORE = 55


@app.command()
def metrics(
    search: Annotated[list[str] | None, typer.Argument(help="A name, a word or part of one.", show_default=False)] = None,
    model: Model = None,
    warehouse: WarehouseUrl = None,
    as_json: Json = False,
) -> None:
    """List the metrics; with one that fits, show its definition, formula, synonyms and SQL."""
    from vendora_graph.commands.output import show_blocks, write
    from vendora_graph.semantic.loader import load_catalog

    settings = load_settings(warehouse, model)
    catalog = load_catalog(settings.semantic_model, settings.cache_dir).catalog
    words = " ".join(search or ())
    found = find(catalog, words)
    if as_json:
        write(_as_json(found))
    elif len(found) == 1 or _is_exact(found[0], words):
        show_blocks([*_detail(found[0], catalog, _sql(settings, found[0].name)), *_others(found[1:])])
    else:
        show_blocks(_listing(found))


def find(catalog: Catalog, search: str) -> list[MetricInfo]:
    """Return the metrics whose name, label or synonyms hold every word of the search, exact ones first.

    Raises:
        UnknownMetricError: None fits; the message names the nearest ones.
    """
    from vendora_graph.errors import UnknownMetricError

    shown = [metric for metric in catalog.metrics.values() if not metric.hidden]
    words = search.casefold().split()
    found = [metric for metric in shown if all(word in " ".join(_words(metric)).casefold() for word in words)]
    if not found:
        near = ", ".join(_nearest(search.casefold(), shown))
        raise UnknownMetricError(f"No metric fits {search!r}.{f' The nearest: {near}.' if near else ''}")
    return sorted(found, key=lambda metric: (not _is_exact(metric, search), metric.department, metric.label))


def _is_exact(metric: MetricInfo, search: str) -> bool:
    return search.casefold() in {word.casefold() for word in _words(metric)}


def _words(metric: MetricInfo) -> tuple[str, ...]:
    return (metric.name, metric.label, *metric.synonyms)


def _nearest(wanted: str, metrics: Sequence[MetricInfo]) -> list[str]:
    from rapidfuzz import fuzz

    scored = [(max(fuzz.WRatio(wanted, word.casefold()) for word in _words(metric)), metric.label) for metric in metrics]
    best = sorted((pair for pair in scored if pair[0] >= NEAR_SCORE), key=lambda pair: (-pair[0], pair[1]))
    return [label for _, label in best[:NEAR]]


def _listing(found: Iterable[MetricInfo]) -> list[Block]:
    from vendora_graph.escape import for_terminal
    from vendora_graph.terminal.blocks import Grid

    cells = ((metric.name, metric.label, metric.department, ", ".join(metric.synonyms[:3])) for metric in found)
    rows = tuple(tuple(map(for_terminal, row)) for row in cells)
    return [Grid(f"{len(rows)} metrics", ("Name", "Metric", "Department", "Also called"), rows, (False,) * 4)]


def _detail(metric: MetricInfo, catalog: Catalog, sql: str) -> list[Block]:
    from vendora_graph.escape import for_terminal
    from vendora_graph.terminal.blocks import Code, Grid, Lead

    cuts = ", ".join(catalog.dimensions[name].label for name in metric.dimensions if name in catalog.dimensions)
    facts = {
        "Name": metric.name,
        "Also called": ", ".join(metric.synonyms),
        "Formula": metric.formula or metric.formula_expr or "",
        "Counts only": metric.filter_text,
        "Dated by": metric.basis or metric.time_dimension,
        "Unit": metric.unit.replace("_", " "),
        "Good is": {"up": "more", "down": "less", "band": "within a band", "none": ""}[metric.good],
        "Department": metric.department,
        "Can be cut by": cuts,
        "Benchmarks": ", ".join(metric.benchmarks),
    }
    rows = tuple((name, for_terminal(value)) for name, value in facts.items() if value)
    lead = Lead(for_terminal(f"{metric.label}: {metric.description}"), "", "good")
    blocks: list[Block] = [lead, Grid("", ("", ""), rows, (False, False))]
    return [*blocks, Code("SQL", for_terminal(sql.strip()))] if sql else blocks


def _others(found: Sequence[MetricInfo]) -> list[Block]:
    from vendora_graph.escape import for_terminal
    from vendora_graph.terminal.blocks import Lines

    return [Lines("These fit too", (for_terminal(", ".join(metric.label for metric in found)),), quiet=True)] if found else []


def _sql(settings: Settings, name: str) -> str:
    from vendora_graph import Vendora
    from vendora_graph.commands.session import prepare_demo

    async def compiled() -> str:
        async with Vendora.open(settings) as vendora:
            return str(await vendora.sql_for(name))

    prepare_demo(settings)
    return asyncio.run(compiled())


def _as_json(found: Iterable[MetricInfo]) -> str:
    import json
    from dataclasses import asdict

    return json.dumps([asdict(metric) for metric in found], indent=2, default=str, ensure_ascii=False) + "\n"
