"""Tenant scoping: each physical table becomes a subquery that holds the tenant's rows and the allowed columns."""

from __future__ import annotations

from sqlglot import exp

from vendora_graph.warehouse.guard.names import folded
from vendora_graph.warehouse.guard.scopes import Scope, Source
from vendora_graph.warehouse.guard.types import AccessPolicy, TableRule


class Scoper:
    """Rewrites the relations of one statement for one policy."""

    def __init__(self, policy: AccessPolicy, dialect: str, names: set[str]) -> None:
        self._policy = policy
        self._dialect = dialect
        self._names = names
        self.used = False
        self._looked_at: set[str] = set()
        first = 1 + max((int(name) for name in policy.parameters if name.isdigit()), default=0)
        self.params = tuple(
            (str(first + place) if dialect == "postgres" else f"tenant_{place + 1}", value) for place, value in enumerate(policy.tenants)
        )

    def rewrite(self, scopes: list[Scope]) -> tuple[str, ...]:
        """Replace every physical table of the scopes in place; return all that is read, also to see what is visible, sorted."""
        found: set[str] = set()
        proven = {id(source) for scope in scopes for source in _proven(scope, self._dialect)}
        for scope in scopes:
            for name, source in scope.sources.items():
                if source.rule is not None:
                    found.add(source.rule.name)
                    self._replace(name, source, source.rule, proved=id(source) in proven)
        return tuple(sorted(found | self._looked_at))

    def _replace(self, name: str, source: Source, rule: TableRule, *, proved: bool) -> None:
        inner = exp.Select(
            expressions=[self._column(rule, column) for column in self._needed(source, rule)],
            from_=exp.From(this=self._table(rule.name)),
        )
        predicate = None if proved else self._predicate(rule)
        if predicate is not None:
            inner.set("where", exp.Where(this=predicate))
        alias = source.node.args.get("alias") or exp.TableAlias(this=exp.Identifier(this=name, quoted=False))
        source.node.replace(exp.Subquery(this=inner, alias=alias))

    def _needed(self, source: Source, rule: TableRule) -> list[str]:
        if source.starred:
            return list(rule.columns)
        return [column for column in rule.columns if column in self._names] or [rule.columns[0]]

    def _column(self, rule: TableRule, column: str) -> exp.Expr:
        if column in rule.masked:
            return exp.Alias(this=exp.Literal.string("***"), alias=_identifier(column))
        return exp.Column(this=_identifier(column), table=_identifier(rule.name))

    def _table(self, name: str, alias: str = "") -> exp.Table:
        parts = {"this": _identifier(name)}
        if self._policy.schema:
            parts["db"] = _identifier(self._policy.schema)
        if self._policy.catalog:
            parts["catalog"] = _identifier(self._policy.catalog)
        table = exp.Table(**parts)
        if alias:
            table.set("alias", exp.TableAlias(this=_identifier(alias)))
        return table

    def _predicate(self, rule: TableRule, alias: str = "", depth: int = 1) -> exp.Expr | None:
        name = alias or rule.name
        if rule.kind == "shared":
            return None
        if rule.kind == "own":
            return self._is_tenant(name, rule.tenant_column)
        tests = [self._seen_by(rule, name, fact, column, depth) for fact, column in rule.facts]
        combined = tests[0]
        for test in tests[1:]:
            combined = exp.Or(this=combined, expression=test)
        return combined

    def _seen_by(self, rule: TableRule, name: str, fact: str, column: str, depth: int) -> exp.Expr:
        """The key stands among the fact's references. IN and not a correlated EXISTS: one scan and a hash in every engine."""
        owner, alias = self._policy.tables[fact], f"f{depth}"
        self._looked_at.add(fact)
        visible = self._is_tenant(alias, owner.tenant_column) if fact == rule.name else self._predicate(owner, alias, depth + 1)
        facts = exp.Select(
            expressions=[exp.Column(this=_identifier(column), table=_identifier(alias))],
            from_=exp.From(this=self._table(fact, alias)),
            where=exp.Where(this=visible),
        )
        key = exp.Column(this=_identifier(rule.key), table=_identifier(name))
        return exp.In(this=key, query=exp.Subquery(this=facts))

    def _is_tenant(self, table: str, column: str) -> exp.Expr:
        self.used = True
        left = exp.Column(this=_identifier(column), table=_identifier(table))
        values = [self._parameter(name) for name, _ in self.params]
        if len(values) == 1:
            return exp.EQ(this=left, expression=values[0])
        return exp.In(this=left, expressions=values)

    def _parameter(self, name: str) -> exp.Expr:
        if self._dialect == "postgres":
            return exp.Parameter(this=exp.Literal.number(name))
        if self._dialect == "bigquery":
            return exp.Parameter(this=exp.Var(this=name))
        return exp.Placeholder(this=name)


def _identifier(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=not name.isidentifier())


def _proven(scope: Scope, dialect: str) -> list[Source]:
    """List the dimensions whose join to a scoped fact by its own key already is the rule of visibility.

    Only where a row of the dimension can reach the result through that match alone: the right side of a LEFT JOIN,
    or either side of an inner one.
    """
    found: list[Source] = []
    for name, source in scope.sources.items():
        join = source.join
        if join is None or not isinstance(join.args.get("on"), exp.Expr):
            continue
        side, kind = str(join.args.get("side") or "").upper(), str(join.args.get("kind") or "").upper()
        if side not in ("", "LEFT") or kind not in ("", "INNER", "OUTER") or join.args.get("method"):
            continue
        for left, right in _equalities(join.args["on"]):
            if _is_reference(left, right, name, scope, dialect) or _is_reference(right, left, name, scope, dialect):
                found.append(source)
                break
    return found


def _equalities(condition: exp.Expr) -> list[tuple[exp.Column, exp.Column]]:
    parts = condition.flatten() if isinstance(condition, exp.And) else [condition]
    return [
        (part.this, part.expression)
        for part in parts
        if isinstance(part, exp.EQ) and isinstance(part.this, exp.Column) and isinstance(part.expression, exp.Column)
    ]


def _is_reference(key: exp.Column, other: exp.Column, name: str, scope: Scope, dialect: str) -> bool:
    """Say whether `key` is the dimension's key and `other` a scoped fact's reference to it."""
    rule = scope.sources[name].rule
    if rule is None or rule.kind != "via" or folded(key.args.get("table"), dialect) != name or folded(key.this, dialect) != rule.key:
        return False
    place = folded(other.args.get("table"), dialect)
    if place == name or place not in scope.sources:
        return False
    return _origin(scope.sources[place], folded(other.this, dialect), dialect) in (*rule.facts, *rule.implied)


def _origin(source: Source, column: str, dialect: str) -> tuple[str, str] | None:
    """Follow a column through plain projections of derived tables to the fact it is read from."""
    if source.rule is not None:
        return (source.rule.name, column) if source.rule.kind in ("own", "via") and column in source.rule.columns else None
    if source.query is None:
        return None
    for item in source.query.select.expressions:
        inner = item.this if isinstance(item, exp.Alias) else item
        if folded(item.args["alias"] if isinstance(item, exp.Alias) else item.output_name, dialect) == column:
            return _origin_of(inner, source.query, dialect)
    return None


def _origin_of(item: exp.Expr, scope: Scope, dialect: str) -> tuple[str, str] | None:
    if not isinstance(item, exp.Column) or isinstance(item.this, exp.Star):
        return None
    name, table = folded(item.this, dialect), folded(item.args.get("table"), dialect)
    if not table:
        owners = [source for source in scope.sources.values() if source.columns is None or name in source.columns]
        return _origin(owners[0], name, dialect) if len(owners) == 1 else None
    return _origin(scope.sources[table], name, dialect) if table in scope.sources else None
