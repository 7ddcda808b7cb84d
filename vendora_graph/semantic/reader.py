"""Read dbt's `semantic_models:` lists (or the compiled manifest's) into `ModelSpec`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

from vendora_graph.semantic.spec import (
    DimensionSpec,
    EntitySpec,
    MeasureSpec,
    Meta,
    ModelSpec,
    NonAdditive,
    Relation,
)
from vendora_graph.semantic.yaml_source import Place, fail, parse_yaml, place_of

Node = Mapping[str, Any]
_REF = re.compile(
    r"""^\s*(?:\{\{)?\s*ref\(\s*(?:['"][^'"]+['"]\s*,\s*)?['"]([^'"]+)['"]\s*(?:,\s*v(?:ersion)?\s*=\s*\S+\s*)?\)\s*(?:\}\})?\s*$"""
)
_SOURCE = re.compile(r"""^\s*(?:\{\{)?\s*source\(\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]+)['"]\s*\)\s*(?:\}\})?\s*$""")
_TABLE = re.compile(r"^[A-Za-z_][\w$-]*(\.[A-Za-z_][\w$]*){0,2}$")


@cache
def model_format() -> dict[str, Any]:
    """Return the words a model may use (`format.yaml`)."""
    text = (resources.files("vendora_graph.semantic") / "format.yaml").read_text(encoding="utf-8")
    return dict(parse_yaml(text, "format.yaml")[0])


class ModelReader:
    """Reads semantic models; knows how `ref()` and `source()` resolve in one project."""

    def __init__(
        self, default: Place, *, strict: bool, relations: Mapping[str, Relation], sources: Mapping[tuple[str, str], Relation]
    ) -> None:
        self._default = default
        self._strict = strict
        self._relations = relations
        self._sources = sources

    def read(self, node: Node) -> ModelSpec:
        """Read one semantic model.

        Raises:
            SemanticModelError: A key is missing, unknown (in the shipped model) or has a wrong value.
        """
        place = place_of(node, self._default)
        name = text_of(node, "name", place).lower()
        check_keys(node, "semantic_model", place, strict=self._strict)
        defaults = node.get("defaults") or {}
        return ModelSpec(
            name=name,
            relation=self._relation(node, place),
            place=place,
            primary_entity=_lower(node.get("primary_entity")),
            time_dimension=_lower(defaults.get("agg_time_dimension")),
            description=str(node.get("description") or ""),
            entities=tuple(self._entity(item, place) for item in items_of(node, "entities", place)),
            dimensions=tuple(self._dimension(item, place) for item in items_of(node, "dimensions", place)),
            measures=tuple(self._measure(item, place) for item in items_of(node, "measures", place)),
            meta=meta_of(node),
        )

    def _relation(self, node: Node, place: Place) -> Relation:
        compiled = node.get("node_relation")
        if isinstance(compiled, Mapping):
            return Relation(str(compiled["alias"]), _text(compiled.get("schema_name")), _text(compiled.get("database")))
        written = str(node.get("model") or node.get("relation") or "")
        if match := _REF.match(written):
            return self._relations.get(match[1], Relation(match[1]))
        if match := _SOURCE.match(written):
            return self._sources.get((match[1], match[2]), Relation(match[2], match[1]))
        if _TABLE.match(written):
            database, schema, table = ([None, None, *written.split(".")])[-3:]
            return Relation(str(table), schema, database)
        raise fail(place, f"`model: {written}` is not a table; write ref('table'), source('schema', 'table') or schema.table.")

    def _entity(self, node: Node, parent: Place) -> EntitySpec:
        place = place_of(node, parent)
        name = text_of(node, "name", place).lower()
        if self._strict and "description" in node:
            raise fail(place, f"the entity {name!r} has a `description`, which MetricFlow refuses; write a comment instead.")
        check_keys(node, "entity", place, strict=self._strict)
        kind = choice(node.get("type"), "entity_types", f"the type of entity {name!r}", place)
        typed = cast(Literal["primary", "unique", "foreign", "natural"], kind)
        return EntitySpec(name, typed, str(node.get("expr") or name), place, _text(node.get("role")))

    def _dimension(self, node: Node, parent: Place) -> DimensionSpec:
        place = place_of(node, parent)
        name = text_of(node, "name", place).lower()
        check_keys(node, "dimension", place, strict=self._strict)
        kind = choice(node.get("type"), "dimension_types", f"the type of dimension {name!r}", place)
        params = node.get("type_params") or {}
        if kind == "time" and not params.get("time_granularity"):
            raise fail(place, f"the time dimension {name!r} has no granularity; add `type_params: {{time_granularity: day}}`.")
        meta = meta_of(node)
        check_meta(meta, "dimension_meta", f"dimension {name!r}", place, strict=self._strict)
        validity = params.get("validity_params")
        return DimensionSpec(
            name=name,
            type=cast(Literal["categorical", "time"], kind),
            expr=str(node.get("expr") or name),
            place=place,
            granularity=_lower(params.get("time_granularity")),
            label=str(node.get("label") or ""),
            description=str(node.get("description") or ""),
            meta=meta,
            is_partition=bool(node.get("is_partition")),
            validity={str(key): bool(value) for key, value in validity.items()} if isinstance(validity, Mapping) else None,
        )

    def _measure(self, node: Node, parent: Place) -> MeasureSpec:
        place = place_of(node, parent)
        name = text_of(node, "name", place).lower()
        check_keys(node, "measure", place, strict=self._strict)
        agg, percentile, discrete = aggregation(node.get("agg"), node.get("agg_params"), f"measure {name!r}", place)
        return MeasureSpec(
            name=name,
            agg=agg,
            expr=str(node.get("expr") if node.get("expr") is not None else name),
            place=place,
            percentile=percentile,
            discrete=discrete,
            time_dimension=_lower(node.get("agg_time_dimension")),
            non_additive=non_additive(node.get("non_additive_dimension"), place),
            label=str(node.get("label") or ""),
            description=str(node.get("description") or ""),
            meta=meta_of(node),
            create_metric=bool(node.get("create_metric")),
        )


def aggregation(agg: object, params: object, what: str, place: Place) -> tuple[str, str | None, bool]:
    """Read an aggregation: its name, the percentile (as text) if it is one, and whether that is discrete."""
    name = choice(agg, "aggregations", f"the aggregation of {what}", place)
    given = params if isinstance(params, Mapping) else {}
    if name == "median":
        return "percentile", "0.5", False
    if name != "percentile":
        return name, None, False
    if given.get("percentile") is None:
        raise fail(place, f"{what} is a percentile without `agg_params: {{percentile: 0.9}}`.")
    return name, str(given["percentile"]), bool(given.get("use_discrete_percentile"))


def non_additive(node: object, place: Place) -> NonAdditive | None:
    """Read `non_additive_dimension`."""
    if not isinstance(node, Mapping):
        return None
    return NonAdditive(
        text_of(node, "name", place).lower(),
        str(node.get("window_choice") or "min").lower(),
        tuple(str(item).lower() for item in node.get("window_groupings") or ()),
    )


def text_of(node: Node, key: str, place: Place) -> str:
    """Return a required text."""
    value = node.get(key)
    if not isinstance(value, str) or not value.strip():
        raise fail(place, f"`{key}:` is missing here or is not a text; add it.")
    return value.strip()


def items_of(node: Node, key: str, place: Place) -> Sequence[Node]:
    """Return a list of mappings, empty when absent."""
    value = node.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise fail(place, f"`{key}:` must be a list of mappings (each starting with `- name:`).")
    return value


def meta_of(node: Node) -> Meta:
    """Return `config.meta` (or dbt's older `meta`)."""
    config = node.get("config")
    meta = config.get("meta") if isinstance(config, Mapping) else None
    meta = meta if meta is not None else node.get("meta")
    return meta if isinstance(meta, Mapping) else {}


def choice(value: object, words: str, what: str, place: Place) -> str:
    """Return a word of a closed list in `format.yaml`, lower-cased."""
    allowed = model_format()[words]
    word = str(value).lower() if value is not None else ""
    if word not in allowed:
        shown = f"is {value!r}" if value is not None else "is missing"
        raise fail(place, f"{what} {shown}; use one of {', '.join(allowed)}.")
    return word


def check_keys(node: Node, kind: str, place: Place, *, strict: bool) -> None:
    """Refuse unknown keys in our own model (in a loaded one dbt may know more than we do)."""
    unknown = sorted(set(node) - set(model_format()["keys"][kind]))
    if strict and unknown:
        raise fail(place, f"unknown key {unknown[0]!r} in a {kind.replace('_', ' ')}; known are {', '.join(model_format()['keys'][kind])}.")


def check_meta(meta: Meta, words: str, what: str, place: Place, *, strict: bool) -> None:
    """Refuse unknown meta keys in our own model: a typing error there would be silent."""
    unknown = sorted(set(meta) - set(model_format()[words]))
    if strict and unknown:
        raise fail(place, f"unknown key {unknown[0]!r} in config.meta of {what}; known are {', '.join(model_format()[words])}.")


def _lower(value: object) -> str | None:
    return str(value).lower() if value else None


def _text(value: object) -> str | None:
    return str(value) if value else None
