"""Load a semantic model. The result is cached as JSON by content, so that a warm start reads neither YAML nor MetricFlow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from vendora_graph.errors import SemanticModelError
from vendora_graph.semantic.catalog import Catalog, DimensionInfo, MetricInfo, Ways
from vendora_graph.semantic.sources import Source, find_source
from vendora_graph.semantic.store import read_json, write_json

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """A declared primary or unique key: one row for each value of `expr` in `table`, or every join over it multiplies."""

    model: str
    entity: str
    type: str
    table: str
    expr: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a model reads of a table, and where it says so: an entity, a dimension or a measure (`table` alone for the model itself)."""

    what: str
    table: str
    expr: str
    place: str


@dataclass(frozen=True)
class LoadedModel:
    """A semantic model ready to use.

    Attributes:
        catalog: What can be asked.
        vocabulary: `vocabulary.yaml` as read: words of the business that are neither metrics nor dimensions.
        notes: Lint warnings of a loaded model, with file and line.
        keys: The declared keys, for `check_keys`.
        reads: What it reads of its tables, for `check_reads`.
        schemas: The schemas its tables are named with (empty: the connection's own).
    """

    catalog: Catalog
    vocabulary: Mapping[str, Any]
    notes: tuple[str, ...]
    keys: tuple[Key, ...]
    reads: tuple[Read, ...]
    schemas: tuple[str, ...]
    _manifest: Callable[[], Json] = field(repr=False, compare=False)

    def manifest(self) -> Json:
        """Return MetricFlow's manifest; read or built when first needed."""
        return self._manifest()

    def check_file_stem(self, stem: str) -> None:
        """Refuse a DuckDB file named like one of the model's schemas: `schema.table` would then name two things.

        Raises:
            SemanticModelError: The stem is the name of a schema.
        """
        if stem.lower() in {schema.lower() for schema in self.schemas}:
            raise SemanticModelError(
                f"The database file {stem!r} has the name of the schema {stem!r}, so that {stem}.table is ambiguous; rename the file."
            )


def load_catalog(source: Path | None = None, cache_dir: Path | None = None) -> LoadedModel:
    """Load a semantic model.

    Args:
        source: A directory of YAML, a dbt project, or `semantic_manifest.json`; None is the shipped dealership.
        cache_dir: Where the result is kept by content hash; None keeps nothing.

    Raises:
        SemanticModelError: The model is wrong, with file and line.
    """
    found = find_source(source)
    path = cache_dir / f"model-{found.digest}.json" if cache_dir else None
    cached = _revive(read_json(path), found, path) if path else None
    if cached is not None:
        return cached
    content = _build(found)
    if path:
        write_json(_manifest_path(path), content["manifest"])
        write_json(path, {key: value for key, value in content.items() if key != "manifest"})
    manifest = content["manifest"]
    return _loaded(content, lambda: manifest)


def _manifest_path(path: Path) -> Path:
    return path.with_name(path.name.replace("model-", "manifest-", 1))


def _build(source: Source) -> Json:
    from vendora_graph.semantic.assemble import assemble

    return assemble(source)


def _revive(content: object, source: Source, path: Path) -> LoadedModel | None:
    if not isinstance(content, dict):
        return None

    def manifest() -> Json:
        kept = read_json(_manifest_path(path))
        return kept if isinstance(kept, dict) else dict(_build(source)["manifest"])

    try:
        return _loaded(content, manifest)
    except (KeyError, TypeError, ValidationError):
        return None


def _loaded(content: Mapping[str, Any], manifest: Callable[[], Json]) -> LoadedModel:
    return LoadedModel(
        catalog=catalog_from_json(content["catalog"]),
        vocabulary=content["vocabulary"],
        notes=tuple(content["notes"]),
        keys=tuple(Key(**item) for item in content["keys"]),
        reads=tuple(Read(**item) for item in content["reads"]),
        schemas=tuple(content["schemas"]),
        _manifest=manifest,
    )


@lru_cache(maxsize=1)
def _adapters() -> tuple[TypeAdapter[list[MetricInfo]], TypeAdapter[list[DimensionInfo]]]:
    return TypeAdapter(list[MetricInfo]), TypeAdapter(list[DimensionInfo])


def catalog_to_json(catalog: Catalog) -> Json:
    """Return a catalog as JSON-safe data."""
    metrics, dimensions = _adapters()
    paths: dict[str, dict[str, str]] = {}
    for (metric, concept), path in catalog.metric_paths.items():
        paths.setdefault(metric, {})[concept] = path
    ways = list({tuple(item.items()): item for item in paths.values()}.values())
    return {
        "name": catalog.name,
        "version": catalog.version,
        "metrics": metrics.dump_python(list(catalog.metrics.values()), mode="json", exclude_defaults=True),
        "dimensions": dimensions.dump_python(list(catalog.dimensions.values()), mode="json", exclude_defaults=True),
        "ways": ways,
        "way_of": {metric: ways.index(item) for metric, item in paths.items()},
        "clarifying": dict(catalog.clarifying),
    }


def catalog_from_json(content: Mapping[str, Any]) -> Catalog:
    """Rebuild a catalog from `catalog_to_json`."""
    metrics, dimensions = _adapters()
    return Catalog(
        name=content["name"],
        version=content["version"],
        metrics={info.name: info for info in metrics.validate_python(content["metrics"])},
        dimensions={info.name: info for info in dimensions.validate_python(content["dimensions"])},
        metric_paths=Ways({metric: content["ways"][index] for metric, index in content["way_of"].items()}),
        clarifying=content["clarifying"],
    )


def key_to_json(key: Key | Read) -> Json:
    """Return a key, or what is read, as JSON-safe data."""
    return asdict(key)
