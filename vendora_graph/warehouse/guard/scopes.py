"""Which relation every name stands for: WITH names, aliases, subqueries, laterals, outer references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from vendora_graph.warehouse.guard.names import folded
from vendora_graph.warehouse.guard.types import AccessPolicy, RefusalError, TableRule


@dataclass(slots=True)
class Source:
    """One relation of a FROM clause.

    Attributes:
        node: The tree's node (`Table`, `Subquery`, `Lateral`, `Unnest`, `Values`).
        rule: The rule of a physical table, else None.
        columns: The names it offers; None when they are not known.
        query: The scope of a derived table's SELECT, for following a column to its table.
        join: The join that brings it in; None for the first relation.
        starred: Whether a `*` reads all of it.
    """

    node: exp.Expr
    rule: TableRule | None = None
    columns: tuple[str, ...] | None = None
    query: Scope | None = None
    join: exp.Join | None = None
    starred: bool = False


@dataclass(slots=True)
class Scope:
    """One SELECT: its relations by name, its column references, the scope around it."""

    select: exp.Select
    outer: Scope | None
    sources: dict[str, Source] = field(default_factory=dict)
    columns: list[exp.Column] = field(default_factory=list)
    aliases: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Named:
    """A WITH name in force: what it offers, and its new name when it hides a table's name."""

    columns: tuple[str, ...] | None
    query: Scope | None
    rename: str = ""


Names = Mapping[str, Named]


@dataclass
class Resolver:
    """Walks a statement once and collects its scopes.

    `scopes` lists every SELECT in a fixed order; `names` are all column names written anywhere.
    """

    policy: AccessPolicy
    dialect: str
    scopes: list[Scope] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    _seen: set[int] = field(default_factory=set)

    def resolve(self, tree: exp.Expr) -> None:
        """Resolve the whole statement.

        Raises:
            RefusalError: A table is not on the list, or a construct hides what is read.
        """
        self._query(tree, {}, None)
        if any(id(table) not in self._seen for table in tree.find_all(exp.Table)):
            raise RefusalError("table", "A table stands where the guard does not look for one; read tables in FROM and JOIN alone.")

    def _query(self, node: exp.Expr, names: Names, outer: Scope | None) -> tuple[tuple[str, ...] | None, Scope | None]:
        names = self._with(node, names, outer)
        if isinstance(node, exp.Subquery):
            result = self._query(node.this, names, outer)
            self._expressions([node.args.get("order"), node.args.get("limit"), node.args.get("offset")], names, result[1], outer)
            return result
        if isinstance(node, exp.SetOperation):
            columns, _ = self._query(node.left, names, outer)
            self._query(node.right, names, outer)
            self._set_tail(node)
            return columns, None
        if isinstance(node, exp.Select):
            return self._select(node, names, outer)
        if isinstance(node, exp.Values):
            self._expressions(list(node.expressions), names, None, outer)
            return None, None
        raise RefusalError("clause", "A relation in parentheses must be a SELECT; write joins flat.")

    def _set_tail(self, node: exp.SetOperation) -> None:
        for part in ("order", "limit", "offset"):
            clause = node.args.get(part)
            if clause is not None and clause.find(exp.Query):
                raise RefusalError("clause", f"{part.upper()} of a set operation may not hold a subquery.")

    def _with(self, node: exp.Expr, names: Names, outer: Scope | None) -> Names:
        clause = node.args.get("with_")
        if clause is None:
            return names
        known = dict(names)
        if clause.args.get("recursive"):
            for cte in clause.expressions:
                known[folded(cte.args["alias"].this, self.dialect)] = Named(self._alias_columns(cte), None)
        for cte in clause.expressions:
            name = folded(cte.args["alias"].this, self.dialect)
            rename = self._shadow(cte, name, bool(clause.args.get("recursive")))
            columns, query = self._query(cte.this, known, outer)
            listed = self._alias_columns(cte)
            known[name] = Named(listed or columns, None if listed else query, rename)
        return known

    def _shadow(self, cte: exp.Expr, name: str, recursive: bool) -> str:
        """Rename a WITH name that hides a table's name, so that no engine can take one for the other."""
        if name not in self.policy.tables:
            return ""
        if recursive:
            raise RefusalError("cte_name", f"The WITH name {name} is also a table; give it another name.")
        alias = cte.args["alias"]
        rename = f"{name}__with_{len(self.scopes)}"
        alias.set("this", exp.to_identifier(rename))
        return rename

    def _alias_columns(self, node: exp.Expr) -> tuple[str, ...] | None:
        alias = node.args.get("alias")
        columns = alias.args.get("columns") if isinstance(alias, exp.TableAlias) else None
        return tuple(folded(column, self.dialect) for column in columns) if columns else None

    def _select(self, node: exp.Select, names: Names, outer: Scope | None) -> tuple[tuple[str, ...] | None, Scope]:
        scope = Scope(node, outer)
        self.scopes.append(scope)
        first = node.args.get("from_")
        if first is not None:
            self._source(first.this, scope, names, None)
        for join in node.args.get("joins") or ():
            self._source(join.this, scope, names, join)
        for lateral in node.args.get("laterals") or ():
            self._source(lateral, scope, names, None)
        scope.aliases = frozenset(folded(item.args["alias"], self.dialect) for item in node.expressions if isinstance(item, exp.Alias))
        rest = [value for part, value in node.args.items() if part not in ("from_", "with_", "laterals", "joins")]
        self._expressions(rest, names, scope, scope)
        for join in node.args.get("joins") or ():
            self._expressions([join.args.get("on")], names, scope, scope)
            self.names.update(folded(item, self.dialect) for item in join.args.get("using") or ())
        return self._outputs(scope), scope

    def _source(self, node: exp.Expr, scope: Scope, names: Names, join: exp.Join | None) -> None:
        source = self._relation(node, scope, names)
        source.join = join
        alias = node.args.get("alias")
        name = folded(alias.this if isinstance(alias, exp.TableAlias) else None, self.dialect)
        if not name:
            plain = isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier)
            name = folded(node.this, self.dialect) if plain else f"#{len(scope.sources)}"
        if name in scope.sources:
            raise RefusalError("alias", f"Two relations are called {name}; give each its own alias.")
        scope.sources[name] = source

    def _relation(self, node: exp.Expr, scope: Scope, names: Names) -> Source:
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            return self._table(node, names)
        listed = self._alias_columns(node)
        if isinstance(node, (exp.Table, exp.Lateral)) and not isinstance(node.this, exp.Subquery):
            self._seen.add(id(node))
            self._expressions([node.this], names, scope, scope)
            return Source(node, columns=listed)
        if isinstance(node, (exp.Subquery, exp.Lateral)):
            inner = node.this if isinstance(node, exp.Lateral) else node
            columns, query = self._query(inner, names, scope)
            return Source(node, columns=listed or columns, query=None if listed else query)
        if isinstance(node, exp.Values):
            self._query(node, names, scope)
            return Source(node, columns=listed)
        if isinstance(node, exp.Unnest):
            self._expressions(list(node.expressions), names, scope, scope)
            return Source(node, columns=None)
        raise RefusalError("clause", f"{type(node).__name__} cannot stand in FROM; name a table or a subquery.")

    def _table(self, node: exp.Table, names: Names) -> Source:
        self._seen.add(id(node))
        name = folded(node.this, self.dialect)
        if name in names and not node.args.get("db"):
            found = names[name]
            if found.rename:
                if node.args.get("alias") is None:
                    node.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
                node.set("this", exp.to_identifier(found.rename))
            listed = self._alias_columns(node)
            return Source(node, columns=listed or found.columns, query=None if listed else found.query)
        rule = find_table(node, self.policy, self.dialect)
        if self._alias_columns(node):
            raise RefusalError("alias", f"Column names behind the alias of {name} are not offered; rename columns with AS.")
        return Source(node, rule=rule, columns=rule.columns)

    def _expressions(self, parts: list[object], names: Names, scope: Scope | None, outer: Scope | None) -> None:
        stack: list[object] = list(reversed(parts))
        while stack:
            part = stack.pop()
            if isinstance(part, list):
                stack.extend(reversed(part))
            elif isinstance(part, exp.Query):
                self._query(part, names, outer)
            elif isinstance(part, exp.Column):
                self.names.add(folded(part.this, self.dialect))
                if scope is not None:
                    scope.columns.append(part)
            elif isinstance(part, exp.Expr):
                stack.extend(reversed(list(part.iter_expressions())))

    def _outputs(self, scope: Scope) -> tuple[str, ...] | None:
        found: list[str] = []
        for item in scope.select.expressions:
            if isinstance(item, exp.Star) or item.is_star:
                return None
            found.append(folded(item.args["alias"] if isinstance(item, exp.Alias) else item.output_name, self.dialect))
        return tuple(found)


def find_table(node: exp.Table, policy: AccessPolicy, dialect: str) -> TableRule:
    """Find the rule of a physical table by catalog, schema and name.

    Raises:
        RefusalError: The table is not on the list, is hidden, or stands in another schema.
    """
    name = node.this.name if dialect == "bigquery" else folded(node.this, dialect)
    rule = policy.tables.get(name)
    catalog, schema = folded(node.args.get("catalog"), dialect), folded(node.args.get("db"), dialect)
    home = (policy.catalog, policy.schema or {"duckdb": "main", "postgres": "public", "sqlite": "main"}.get(dialect, ""))
    elsewhere = (schema and schema != fold_home(home[1])) or (catalog and catalog != fold_home(home[0]))
    if rule is not None and rule.closed and not elsewhere:
        raise RefusalError("table", f"The table {name} needs the access class {rule.closed}, which your role does not have; leave it out.")
    if rule is None or rule.kind == "hidden" or elsewhere:
        shown = ".".join(part for part in (catalog, schema, name) if part)
        raise RefusalError("table", f"The table {shown} is not among the tables that may be read{_near(name, policy)}.")
    return rule


def fold_home(name: str) -> str:
    """Fold a configured catalog or schema name like a written one."""
    return folded(name, "duckdb")


def _near(name: str, policy: AccessPolicy) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(key for key, rule in policy.tables.items() if rule.kind != "hidden"), n=1, cutoff=0.75)
    return f"; did you mean {near[0]}" if near else ""


def walk_outward(scope: Scope) -> Iterator[Scope]:
    """Yield the scope and those around it."""
    current: Scope | None = scope
    while current is not None:
        yield current
        current = current.outer
