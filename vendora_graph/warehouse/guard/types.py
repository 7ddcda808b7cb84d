"""What goes into the guard and what comes out of it: frozen data, and one sealed statement."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from vendora_graph.errors import InternalError, QueryRefusedError

Dialect = Literal["duckdb", "postgres", "bigquery", "sqlite"]
TableKind = Literal["own", "via", "shared", "hidden"]
Verdict = Literal["accept", "refuse"]

_SEAL = object()


@dataclass(frozen=True, slots=True)
class TableRule:
    """One physical table and how a tenant sees it.

    Attributes:
        name: Physical name, as stored.
        kind: `own` (rows carry the tenant), `via` (visible when a visible fact refers to it), `shared`, `hidden`.
        columns: The columns this policy may read, in table order; masked ones are among them.
        blocked: Pairs (column, access class) that exist and may not be read.
        masked: Columns that are read as `***`.
        tenant_column: The column that names the tenant (`own`).
        key: The column facts refer to (`via`).
        facts: Pairs (fact table, column) that make a row visible (`via`).
        closed: The access class the caller lacks for this table; empty when it may be read.
        implied: Further pairs that refer to rows the facts already make visible (views over them).
    """

    name: str
    kind: TableKind
    columns: tuple[str, ...] = ()
    blocked: tuple[tuple[str, str], ...] = ()
    masked: tuple[str, ...] = ()
    tenant_column: str = "dealership_id"
    key: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    implied: tuple[tuple[str, str], ...] = ()
    closed: str = ""


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """What one caller may read. Built by code from the principal, never from a model's words.

    Attributes:
        tables: Rules by physical name.
        tenants: The tenant values that are bound into every statement.
        any_table: Lift the table list, the column lists and the rule on `*` (no scoping either): for single-tenant databases.
        parameters: Names (or numbers, on Postgres) of the parameters the caller will bind itself.
        catalog: Catalog of the tables; empty means the engine's current one.
        schema: Schema of the tables; empty means the engine's default one.
        rules_key: A digest of the rules; computed when it is not handed over.
        key: What decisions are remembered by: everything but the tenants' values.
    """

    tables: Mapping[str, TableRule] = field(default_factory=dict)
    tenants: tuple[str, ...] = ()
    any_table: bool = False
    parameters: tuple[str, ...] = ()
    catalog: str = ""
    schema: str = ""
    rules_key: str = ""
    key: str = field(init=False, default="")

    def __post_init__(self) -> None:
        if not self.rules_key:
            object.__setattr__(self, "rules_key", rules_digest(self.tables))
        shape = repr((self.rules_key, len(self.tenants), self.any_table, self.parameters, self.catalog, self.schema))
        object.__setattr__(self, "key", shape)

    def with_parameters(self, parameters: tuple[str, ...]) -> AccessPolicy:
        """Return this policy for a statement that carries the caller's own parameters."""
        return self if parameters == self.parameters else replace(self, parameters=parameters)

    def with_tenants(self, tenants: tuple[str, ...]) -> AccessPolicy:
        """Return this policy for other tenants."""
        return self if tenants == self.tenants else replace(self, tenants=tenants)


def rules_digest(tables: Mapping[str, TableRule]) -> str:
    """Return a digest of the rules; the same in every process."""
    text = repr(sorted((name, repr(rule)) for name, rule in tables.items()))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class GuardedStatement:
    """A statement the guard has accepted: the only thing a warehouse takes. Made by `GuardDecision.bind` alone."""

    sql: str
    dialect: Dialect
    params: Mapping[str, object]
    tables: tuple[str, ...]
    seal: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise InternalError("A GuardedStatement is made by GuardDecision.bind(); call guard() first.")


@dataclass(frozen=True, slots=True)
class GuardDecision:
    """The guard's answer.

    Attributes:
        verdict: `accept` or `refuse`.
        rule: The rule that refused, or `ok`.
        reason: What to change, in one sentence; empty when accepted.
        sql: The statement to run, generated from the validated tree; empty when refused.
        dialect: The dialect it was read in.
        params: Tenant values by parameter name (`tenant_1`; on Postgres the number).
        tables: Physical tables read, sorted.
        columns: Columns read, sorted (`table.column` where it is certain, else the bare name).
    """

    verdict: Verdict
    rule: str
    reason: str
    sql: str
    dialect: Dialect
    params: tuple[tuple[str, str], ...] = ()
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Say whether the statement may run."""
        return self.verdict == "accept"

    def bind(self, values: Mapping[str, object] | None = None) -> GuardedStatement:
        """Bind the caller's parameters beside the tenant's and seal the statement.

        Args:
            values: The caller's own parameters by name (numbers as strings on Postgres).

        Raises:
            QueryRefusedError: The guard refused the statement.
            InternalError: A value would overwrite a tenant parameter.
        """
        if not self.accepted:
            raise QueryRefusedError(f"The statement was refused ({self.rule}): {self.reason}")
        mine = dict(values or {})
        if any(name in mine for name, _ in self.params):
            raise InternalError("A caller's parameter has the name of a tenant parameter.")
        return GuardedStatement(self.sql, self.dialect, {**mine, **dict(self.params)}, self.tables, _SEAL)


class RefusalError(Exception):
    """Raised by a rule inside the guard; never leaves it."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason
