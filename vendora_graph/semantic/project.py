"""Read a whole source into a `Project`: models, metrics, time spine, vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from vendora_graph.semantic.metric_reader import MetricReader
from vendora_graph.semantic.reader import ModelReader, Node, items_of, model_format
from vendora_graph.semantic.sources import Source
from vendora_graph.semantic.spec import Project, Relation, TimeSpine
from vendora_graph.semantic.yaml_source import Located, Place, fail, place_of

_VOCABULARY = "vocabulary"


def read_project(source: Source) -> Project:
    """Read all files of a source.

    Raises:
        SemanticModelError: With file and line.
    """
    project = Project(source.name, source.strict)
    if source.manifest is not None:
        _read_manifest(project, source)
        return project
    documents = [doc for doc in source.documents() if not _is_vocabulary(doc, project)]
    relations, sources = _relations(documents), _sources(documents)
    default = Place(source.name)
    reader = ModelReader(default, strict=source.strict, relations=relations, sources=sources)
    metrics: list[Node] = []
    for document in documents:
        _check_top(document)
        for node in items_of(document, "semantic_models", document.place):
            _add_model(project, reader, node)
        metrics.extend(items_of(document, "metrics", document.place))
        project.spines.extend(_spines(document, relations))
    MetricReader(project, default).read_all(metrics)
    return project


def _check_top(document: Located) -> None:
    wrong = [key for key in document if key in model_format()["misspelt"]]
    if wrong:
        raise fail(document.place, f"unknown key {wrong[0]!r} at the top of a file; write `semantic_models:` and `metrics:` lists.")


def _is_vocabulary(document: Located, project: Project) -> bool:
    if PurePath(document.place.file).stem == _VOCABULARY:
        _merge(project.vocabulary, document)
        return True
    if isinstance(document.get(_VOCABULARY), Mapping):
        _merge(project.vocabulary, document[_VOCABULARY])
    return False


def _merge(into: dict[str, Any], added: Mapping[str, Any]) -> None:
    """Several files may add to the same part of the vocabulary."""
    for key, value in added.items():
        known = into.get(key)
        if isinstance(known, dict) and isinstance(value, Mapping):
            known.update(value)
        elif isinstance(known, list) and isinstance(value, list):
            known.extend(value)
        else:
            into[key] = dict(value) if isinstance(value, Mapping) else value


def _add_model(project: Project, reader: ModelReader, node: Node) -> None:
    model = reader.read(node)
    if model.name in project.models:
        raise fail(model.place, f"the semantic model {model.name!r} is also defined at {project.models[model.name].place}.")
    project.models[model.name] = model


def _read_manifest(project: Project, source: Source) -> None:
    data = source.manifest_data()
    default = Place(str(source.manifest))
    reader = ModelReader(default, strict=False, relations={}, sources={})
    for node in data["semantic_models"]:
        _add_model(project, reader, node)
    configuration = data.get("project_configuration") or {}
    for spine in configuration.get("time_spines") or ():
        relation, column = spine["node_relation"], spine["primary_column"]
        project.spines.append(
            TimeSpine(
                Relation(relation["alias"], relation.get("schema_name"), relation.get("database")),
                str(column["name"]),
                str(column["time_granularity"]).lower(),
            )
        )
    MetricReader(project, default).read_all(list(data.get("metrics") or ()))


def _relations(documents: list[Located]) -> dict[str, Relation]:
    """Where a dbt model lives when its YAML says so (`config: {alias: ..., schema: ...}`)."""
    found: dict[str, Relation] = {}
    for document in documents:
        for node in items_of(document, "models", document.place):
            config = node.get("config") if isinstance(node.get("config"), Mapping) else {}
            name = str(node.get("name") or "")
            alias = (config or {}).get("alias")
            found[name] = Relation(str(alias or name))
    return found


def _sources(documents: list[Located]) -> dict[tuple[str, str], Relation]:
    found: dict[tuple[str, str], Relation] = {}
    for document in documents:
        for node in items_of(document, "sources", document.place):
            schema = str(node.get("schema") or node.get("name"))
            for table in items_of(node, "tables", place_of(node, document.place)):
                name = str(table.get("name"))
                found[str(node.get("name")), name] = Relation(str(table.get("identifier") or name), schema)
    return found


def _spines(document: Located, relations: Mapping[str, Relation]) -> list[TimeSpine]:
    spines: list[TimeSpine] = []
    for node in items_of(document, "models", document.place):
        spine: Any = node.get("time_spine")
        if not isinstance(spine, Mapping):
            continue
        place = place_of(node, document.place)
        column = str(spine.get("standard_granularity_column") or "")
        grains = {str(item.get("name")): str(item.get("granularity") or "day").lower() for item in items_of(node, "columns", place)}
        if not column:
            raise fail(place, "`time_spine:` needs `standard_granularity_column:`, the column with one row a day.")
        spines.append(TimeSpine(relations[str(node.get("name"))], column, grains.get(column, "day")))
    return spines
