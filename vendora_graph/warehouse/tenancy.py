"""Tenancy as data: which tables a store sees, how, and which columns need which access class."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from vendora_graph import yaml_text
from vendora_graph.errors import ConfigError
from vendora_graph.warehouse.guard.data import read_text, read_yaml
from vendora_graph.warehouse.guard.types import AccessPolicy, TableKind, TableRule, rules_digest


@dataclass(frozen=True)
class Tenancy:
    """The tables of one warehouse and their rules.

    Attributes:
        tables: Rules by table name, every column readable.
        table_access: The access class a whole table needs, where it needs one.
        column_access: The access class of (table, column).
        maskable: Access classes whose columns are masked rather than refused.
        unrestricted: No rules at all: a single-tenant database that knows no stores.
    """

    tables: Mapping[str, TableRule] = field(default_factory=dict)
    table_access: Mapping[str, str] = field(default_factory=dict)
    column_access: Mapping[tuple[str, str], str] = field(default_factory=dict)
    maskable: frozenset[str] = frozenset()
    unrestricted: bool = False
    _kept: dict[tuple[frozenset[str] | None, frozenset[str]], tuple[Mapping[str, TableRule], str]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def dealership(cls) -> Tenancy:
        """Return the rules of the dealership's schema (`tenancy.yaml`), read once."""
        return _dealership()

    @classmethod
    def load(cls, path: Path, columns: Mapping[str, tuple[str, ...]]) -> Tenancy:
        """Read rules of another schema.

        Args:
            path: A file in the form of `tenancy.yaml`.
            columns: The columns of each table.

        Raises:
            ConfigError: The file contradicts itself or the columns.
        """
        return _build(yaml_text.load(path.read_text(encoding="utf-8")), columns, str(path))

    @classmethod
    def single(cls) -> Tenancy:
        """Return rules for a database that knows no stores: any data table may be read, nothing is scoped."""
        return cls(unrestricted=True)

    def policy(
        self,
        tenants: Iterable[str],
        *,
        classes: Collection[str] | None = None,
        masked: Collection[str] = (),
        catalog: str = "",
        schema: str = "",
    ) -> AccessPolicy:
        """Return what a caller may read.

        Args:
            tenants: The principal's stores.
            classes: The access classes the caller holds for SQL of its own; None for compiled metrics, which are checked one by one.
            masked: Access classes shown as `***`.
            catalog: Where the tables stand, if not in the engine's default catalog.
            schema: Where the tables stand, if not in the engine's default schema.
        """
        if self.unrestricted:
            return AccessPolicy(any_table=True, rules_key="any")
        rules, digest = self._rules(None if classes is None else frozenset(classes), frozenset(masked) & self.maskable)
        return AccessPolicy(rules, tuple(sorted(set(tenants))), catalog=catalog, schema=schema, rules_key=digest)

    def tenant_column(self, table: str) -> str | None:
        """Return the column that names the store of a table's rows; None where rows belong to no store by themselves."""
        rule = self.tables.get(table)
        return rule.tenant_column if rule is not None and rule.kind == "own" else None

    def implied_checks(self) -> tuple[tuple[str, str], ...]:
        """Return (reference, statement) pairs: each statement counts rows of an implied fact whose reference no fact makes visible.

        Every count must be 0; a row counted is hidden from a list of the dimension, though never from a join to it.
        """
        checks = []
        for rule in self.tables.values():
            seen = " UNION ALL ".join(self._references(rule))
            for table, column in rule.implied:
                store = self.tables[table].tenant_column
                sql = (
                    f"SELECT COUNT(*) AS hidden FROM {table} AS f LEFT JOIN (SELECT DISTINCT store, ref FROM ({seen}) AS u) AS v "  # noqa: S608
                    f"ON v.store = f.{store} AND v.ref = f.{column} WHERE f.{column} IS NOT NULL AND v.ref IS NULL"
                )
                checks.append((f"{table}.{column}", sql))
        return tuple(checks)

    def _references(self, rule: TableRule) -> list[str]:
        return [f"SELECT {self.tables[table].tenant_column} AS store, {column} AS ref FROM {table}" for table, column in rule.facts]  # noqa: S608

    def _rules(self, classes: frozenset[str] | None, masked: frozenset[str]) -> tuple[Mapping[str, TableRule], str]:
        key = (classes, masked)
        if key not in self._kept:
            rules = {name: self._limited(rule, classes, masked) for name, rule in self.tables.items()}
            self._kept[key] = (rules, rules_digest(rules))
        return self._kept[key]

    def _limited(self, rule: TableRule, classes: frozenset[str] | None, masked: frozenset[str]) -> TableRule:
        if classes is None:
            return rule
        needs = self.table_access.get(rule.name)
        if needs is not None and needs not in classes:
            return replace(rule, closed=needs)
        blocked: list[tuple[str, str]] = []
        hidden: list[tuple[str, str]] = []
        for column in rule.columns:
            access = self.column_access.get((rule.name, column))
            if access is not None and access not in classes:
                (hidden if access in masked else blocked).append((column, access))
        kept = tuple(column for column in rule.columns if column not in dict(blocked))
        return replace(rule, columns=kept, blocked=tuple(blocked), masked=tuple(column for column, _ in hidden))


@cache
def _dealership() -> Tenancy:
    columns = {}
    for line in read_text("columns.txt").splitlines():
        table, _, names = line.partition(":")
        columns[table] = tuple(names.split())
    return _build(read_yaml("tenancy.yaml"), columns, "tenancy.yaml")


def _build(data: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]], source: str) -> Tenancy:
    tenant = str(data["tenant_column"])
    tables: dict[str, TableRule] = {}
    plain: tuple[TableKind, ...] = ("own", "shared", "hidden")
    for kind in plain:
        for name in data.get(kind) or ():
            tables[name] = _rule(name, kind, columns, tenant, source)
    for name, via in (data.get("via") or {}).items():
        tables[name] = replace(
            _rule(name, "via", columns, tenant, source),
            key=str(via["key"]),
            facts=tuple(_pair(text, columns, source) for text in via["facts"]),
            implied=tuple(_pair(text, columns, source) for text in via.get("implied") or ()),
        )
    _check(tables, tenant, source)
    return Tenancy(
        tables=tables,
        table_access={table: access for access, names in (data.get("table_access") or {}).items() for table in names},
        column_access={
            _pair(text, columns, source): access for access, texts in (data.get("column_access") or {}).items() for text in texts
        },
        maskable=frozenset(data.get("maskable") or ()),
    )


def _rule(name: str, kind: TableKind, columns: Mapping[str, tuple[str, ...]], tenant: str, source: str) -> TableRule:
    if name not in columns:
        raise ConfigError(f"{source} names the table {name!r}, which the schema lacks. Take it out or run scripts/write_columns.py.")
    return TableRule(name, kind, columns[name], tenant_column=tenant)


def _pair(text: str, columns: Mapping[str, tuple[str, ...]], source: str) -> tuple[str, str]:
    table, _, column = text.partition(".")
    if column not in columns.get(table, ()):
        raise ConfigError(f"{source} names {text!r}, which the schema does not have. Correct the name.")
    return table, column


def _check(tables: Mapping[str, TableRule], tenant: str, source: str) -> None:
    for rule in tables.values():
        if rule.kind == "own" and tenant not in rule.columns:
            raise ConfigError(f"{source} calls {rule.name!r} own, but it has no column {tenant!r}.")
        if rule.kind == "via" and (rule.key not in rule.columns or not rule.facts):
            raise ConfigError(f"{source}: {rule.name!r} needs a key it has, and at least one fact.")
        for fact, _ in (*rule.facts, *rule.implied):
            if fact != rule.name and not _ends(fact, tables, (rule.name,)):
                raise ConfigError(f"{source}: {rule.name!r} is visible via {fact!r}, which leads to no store or back to itself.")


def _ends(name: str, tables: Mapping[str, TableRule], passed: tuple[str, ...]) -> bool:
    """Say whether every way from a fact ends at a table that carries the store."""
    rule = tables.get(name)
    if rule is None or name in passed or rule.kind not in ("own", "via"):
        return False
    return rule.kind == "own" or all(fact == name or _ends(fact, tables, (*passed, name)) for fact, _ in rule.facts)
