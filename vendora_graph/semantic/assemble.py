"""The slow way in: YAML to catalog and manifest, checked by MetricFlow. Runs once for each content of a model."""

from __future__ import annotations

from typing import Any

from vendora_graph.errors import SemanticModelError
from vendora_graph.semantic.build import build_catalog
from vendora_graph.semantic.expand import expand
from vendora_graph.semantic.lint import lint
from vendora_graph.semantic.loader import Key, Read, catalog_to_json, key_to_json
from vendora_graph.semantic.manifest import build_manifest
from vendora_graph.semantic.metricflow_adapter import MetricFlow
from vendora_graph.semantic.project import read_project
from vendora_graph.semantic.sources import Source
from vendora_graph.semantic.spec import Project
from vendora_graph.semantic.yaml_source import Place, fail


def assemble(source: Source) -> dict[str, Any]:
    """Return catalog, manifest, vocabulary, keys, schemas and notes as JSON-safe data.

    Raises:
        SemanticModelError: The model is wrong, with file and line.
    """
    project = read_project(source)
    if not project.texts:
        raise fail(Place(source.name), "the model has no metrics; add a `metrics:` list.")
    flat = expand(project)
    lint(project, flat)
    manifest = build_manifest(project)
    metricflow = MetricFlow(manifest)
    _check(project, metricflow)

    def group_bys(metric: str) -> list[tuple[str, str, str]]:
        return [(item.path, item.model, item.dimension) for item in metricflow.group_bys(metric)]

    catalog = build_catalog(project, flat, group_bys, source.digest)
    return {
        "catalog": catalog_to_json(catalog),
        "manifest": manifest,
        "vocabulary": _plain(project.vocabulary),
        "notes": project.notes,
        "keys": [key_to_json(key) for key in _keys(project)],
        "reads": [key_to_json(read) for read in _reads(project)],
        "schemas": sorted({model.relation.schema for model in project.models.values() if model.relation.schema}),
    }


def _check(project: Project, metricflow: MetricFlow) -> None:
    """Let MetricFlow validate the whole and resolve each kind of filter once."""
    problems = metricflow.problems()
    if problems:
        raise fail(_place(project, problems[0]), problems[0])
    seen: set[tuple[str, tuple[str, ...], str | None]] = set()
    for spec in project.simple.values():
        shape = (spec.model, spec.filters, spec.time_dimension)
        if shape in seen or spec.agg == "percentile":
            continue
        seen.add(shape)
        try:
            metricflow.check(spec.name)
        except SemanticModelError as error:
            raise fail(spec.place, str(error)) from error


def _place(project: Project, message: str) -> Place:
    """Find what a message is about: the longest name it quotes."""
    places = {name: model.place for name, model in project.models.items()}
    places |= {name: spec.place for name, spec in project.simple.items()}
    places |= {name: text.place for name, text in project.texts.items()}
    for model in project.models.values():
        places |= {dimension.name: dimension.place for dimension in model.dimensions}
        places |= {entity.name: entity.place for entity in model.entities}
    quoted = [name for name in places if f"'{name}'" in message or f"`{name}`" in message]
    return places[max(quoted, key=len)] if quoted else Place(project.name)


def _keys(project: Project) -> list[Key]:
    return [
        Key(model.name, entity.name, entity.type, str(model.relation), entity.expr)
        for model in project.models.values()
        for entity in model.entities
        if entity.type in {"primary", "unique"}
    ]


def _reads(project: Project) -> list[Read]:
    found: list[Read] = []
    for model in project.models.values():
        table = str(model.relation)
        found.append(Read(f"the semantic model {model.name!r}", table, "1", str(model.place)))
        kinds = (("entity", model.entities), ("dimension", model.dimensions), ("measure", model.measures))
        found += [Read(f"the {kind} {item.name!r}", table, item.expr, str(item.place)) for kind, items in kinds for item in items]
    return found


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
