"""The allow-lists, read from the YAML files in `functions/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlglot import exp

from vendora_graph.warehouse.guard.data import read_yaml


@dataclass(frozen=True)
class Rules:
    """What one dialect's statements may be made of.

    `functions` maps a known function's class to its normalised name; `named` are further names, upper case; `tables` those that may stand
    for a table.
    """

    roots: tuple[type[exp.Expr], ...]
    nodes: frozenset[type[exp.Expr]]
    functions: Mapping[type[exp.Expr], str]
    named: frozenset[str]
    parts: Mapping[type[exp.Expr], frozenset[str]]
    words: Mapping[tuple[str, str], frozenset[str]]
    types: frozenset[str]
    bounded: Mapping[type[exp.Expr], tuple[str, int]]
    format_width: int
    namespaces: Mapping[str, frozenset[str]]
    tables: frozenset[str]
    named_types: frozenset[str]
    engine: frozenset[str]
    engine_types: frozenset[str]
    engine_nodes: frozenset[str]


@dataclass(frozen=True)
class Catalogues:
    """Names of relations that describe the database itself, by dialect."""

    schemas: frozenset[str]
    schema_prefixes: tuple[str, ...]
    anywhere: frozenset[str]
    prefixes: tuple[str, ...]
    suffixes: frozenset[str]
    verbs: frozenset[str]
    names: frozenset[str]


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml("functions", f"{name}.yaml")
    return loaded


def _words(data: Mapping[str, Any], key: str) -> frozenset[str]:
    return frozenset(str(data.get(key) or "").split())


def _subclasses(base: type[exp.Expr]) -> Iterator[type[exp.Expr]]:
    for child in base.__subclasses__():
        yield child
        yield from _subclasses(child)


@cache
def _function_classes() -> Mapping[str, type[exp.Expr]]:
    return {kind.sql_name(): kind for kind in _subclasses(exp.Func)}  # type: ignore[attr-defined]  # functions have it


def _kind(name: str) -> type[exp.Expr]:
    kind: type[exp.Expr] = getattr(exp, name)
    return kind


@cache
def rules_for(dialect: str) -> Rules:
    """Return the allow-lists of a dialect.

    Raises:
        KeyError: The dialect has no list or a list names a function the parser does not know.
    """
    shared, common, own = _load("nodes"), _load("common"), _load(dialect)
    by_name = _function_classes()
    known = {by_name[name]: name for name in sorted(_words(common, "known") | _words(own, "known"))}
    parts = {_kind(name) if hasattr(exp, name) else by_name[name]: set(allowed) for name, allowed in shared["parts"].items()}
    for name, extra in (own.get("parts") or {}).items():
        parts[_kind(name)] |= set(extra)
    return Rules(
        roots=tuple(_kind(name) for name in shared["roots"]),
        nodes=frozenset(_kind(name) for name in [*shared["nodes"], *(own.get("nodes") or [])]),
        functions=known,
        named=_words(own, "named"),
        parts={kind: frozenset(allowed) for kind, allowed in parts.items()},
        words={(kind, part): frozenset(allowed) for key, allowed in shared["words"].items() for kind, _, part in [key.partition(".")]},
        types=frozenset(shared["types"]),
        bounded={by_name[name]: (arg, limit) for name, (arg, limit) in shared["bounded"].items()},
        format_width=int(shared["format_width"]),
        namespaces={name: frozenset(words.split()) for name, words in (own.get("namespaces") or {}).items()},
        tables=_words(own, "tables"),
        named_types=frozenset(own.get("named_types") or ()),
        engine=_words(own, "engine"),
        engine_types=_words(own, "engine_types"),
        engine_nodes=_words(own, "engine_nodes"),
    )


@cache
def catalogues_for(dialect: str) -> Catalogues:
    """Return the names of the catalogue relations of a dialect."""
    data = _load("catalogues")
    return Catalogues(
        schemas=frozenset(data["schemas"]),
        schema_prefixes=tuple(data["schema_prefixes"]),
        anywhere=frozenset(data["anywhere"]),
        prefixes=tuple(data["prefixes"].get(dialect, ())),
        suffixes=frozenset(data["suffixes"].get(dialect, ())),
        verbs=frozenset(data["verbs"].get(dialect, ())),
        names=_words(data["names"], dialect),
    )
