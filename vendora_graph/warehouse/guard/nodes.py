"""Every node of the tree against the allow-lists: kinds, parts, functions, types, sizes."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from vendora_graph.warehouse.guard.rules import Rules
from vendora_graph.warehouse.guard.series import check_series
from vendora_graph.warehouse.guard.types import RefusalError

MAX_TREE_DEPTH = 150
MAX_JOINS = 40

_NONE: frozenset[str] = frozenset()
_ODD_NAME = re.compile(r"[\\\n]|.{129}")

_HELP = {
    "Lock": "reading for update takes locks; leave the clause out",
    "Into": "a query may not write; leave INTO out",
    "Pivot": "write the pivot as SUM(CASE ...) columns",
    "TableSample": "samples give figures that are not the data's; leave the clause out",
    "Command": "only SELECT is run",
    "HistoricalData": "time travel is not offered; filter on a date column",
    "Version": "time travel is not offered; filter on a date column",
    "ObjectIdentifier": "catalogue types are not offered",
}


def check_root(tree: exp.Expr, rules: Rules) -> None:
    """Refuse anything but a query.

    Raises:
        RefusalError: The statement is not a SELECT.
    """
    inner = tree
    while isinstance(inner, exp.Subquery):
        inner = inner.this
    if not isinstance(tree, rules.roots) or not isinstance(inner, rules.roots):
        raise RefusalError("root", "Only queries are run: write one SELECT (or WITH ... SELECT).")


def check_nodes(tree: exp.Expr, rules: Rules, parameters: tuple[str, ...]) -> None:
    """Check every node of the tree.

    Raises:
        RefusalError: Some node is not on the lists.
    """
    stack: list[tuple[exp.Expr, int]] = [(tree, 0)]
    joins = 0
    while stack:
        node, depth = stack.pop()
        if depth > MAX_TREE_DEPTH:
            raise RefusalError("depth", "The statement nests too deeply; write it flatter, with WITH clauses.")
        _check_node(node, rules, parameters)
        joins += isinstance(node, exp.Join)
        stack.extend((child, depth + (type(child) is not type(node))) for child in node.iter_expressions())
    if joins > MAX_JOINS:
        raise RefusalError("joins", f"The statement joins {joins} relations; at most {MAX_JOINS} are read.")


def _check_node(node: exp.Expr, rules: Rules, parameters: tuple[str, ...]) -> None:
    kind = type(node)
    if isinstance(node, (exp.Anonymous, exp.AnonymousAggFunc)):
        _check_named(node, rules)
    elif kind in rules.functions:
        _check_known(node, rules)
    elif kind not in rules.nodes:
        _refuse_kind(node)
    allowed = rules.parts.get(kind)
    if allowed is not None:
        for name, value in node.args.items():
            if name not in allowed and value not in (None, False, [], ""):
                raise RefusalError("clause", f"{kind.__name__} may not carry {name.strip('_').upper()}; {_help(value)}")
    special = _SPECIAL.get(kind)
    if special is not None:
        special(node, rules, parameters)


def unlisted(name: str) -> RefusalError:
    """Return the refusal of a function that is not on the lists."""
    return RefusalError("function", f"The function {name} is not on the list of functions; use a plain aggregate, date or text function.")


def _refuse_kind(node: exp.Expr) -> None:
    if isinstance(node, exp.Func):
        name = node.sql_name() if type(node) is not exp.Anonymous else str(node.this)
        raise unlisted(name)
    what = type(node).__name__
    raise RefusalError("node", f"{what} is not allowed in a query; {_HELP.get(what, 'use plain SELECT clauses')}.")


def _help(value: object) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return _HELP.get(type(first).__name__, "leave it out") + "."


def _check_named(node: exp.Expr, rules: Rules) -> None:
    target = node.this
    quoted = isinstance(target, exp.Identifier) and bool(target.args.get("quoted"))
    name = target.name if isinstance(target, exp.Expr) else str(target)
    plain = name.lower() if quoted else name
    if plain.upper() not in _names_at(node, rules) or (quoted and plain != name):
        raise unlisted(name)
    if plain.upper() in ("PRINTF", "FORMAT"):
        _check_template(node.expressions[0] if node.expressions else None, rules)
    if quoted:
        node.set("this", plain)  # else it would be written in quotes and upper case: another function


def _names_at(node: exp.Expr, rules: Rules) -> frozenset[str]:
    """Return the function names a place allows: behind a prefix those of the prefix alone."""
    parent = node.parent
    if isinstance(parent, exp.NetFunc):
        return rules.namespaces["NET"]
    if isinstance(parent, exp.Dot) and parent.expression is node:
        return rules.namespaces.get(parent.this.name.upper(), _NONE) if isinstance(parent.this, exp.Identifier) else _NONE
    return rules.named


def _check_known(node: exp.Expr, rules: Rules) -> None:
    bound = rules.bounded.get(type(node))
    if bound is not None:
        size = node.args.get(bound[0])
        if not (isinstance(size, exp.Literal) and not size.is_string and size.name.isdigit() and int(size.name) <= bound[1]):
            raise RefusalError("size", f"{rules.functions[type(node)]} needs a written length of at most {bound[1]}.")
    if isinstance(node, exp.Format):
        _check_template(node.this, rules)


def _check_template(template: object, rules: Rules) -> None:
    wide = rf"\d{{{rules.format_width + 1},}}|\*|{{[^}}]*{{"  # a number, or a width taken from an argument: printf's `*`, `{{:{{}}}}`
    if not isinstance(template, exp.Literal) or re.search(wide, template.name.replace("{{", "").replace("}}", "")):
        raise RefusalError("size", "FORMAT needs a written template with small widths.")


def _check_parameter(node: exp.Expr, _: Rules, parameters: tuple[str, ...]) -> None:
    if (name := parameter_name(node)) not in parameters:
        raise RefusalError("parameter", f"The statement holds a parameter ({name or '?'}) that nobody binds; write the value itself.")


def _check_dot(node: exp.Expr, _: Rules, __: tuple[str, ...]) -> None:
    if not isinstance(node.expression, (exp.Identifier, exp.Anonymous)):
        raise RefusalError("whole_row", "(...).* expands a whole row; name the columns.")


def _check_length(node: exp.Expr, rules: Rules, _: tuple[str, ...]) -> None:
    if isinstance(node, exp.GenerateSeries):
        check_series(node, bounded=not rules.tables)  # BigQuery makes an array of at most about a million itself


def _check_identifier(node: exp.Expr, _: Rules, __: tuple[str, ...]) -> None:
    if _ODD_NAME.search(node.name):
        raise RefusalError("identifier", "A name in the statement is too long or holds a line break or a backslash.")
    if node.name.startswith(("$", "@", ":", "?")) and not node.args.get("quoted"):
        raise RefusalError("parameter", f"The statement holds a parameter ({node.name}) that nobody binds; write the value itself.")


def _check_join(node: exp.Expr, rules: Rules, _: tuple[str, ...]) -> None:
    for part in ("side", "kind", "method"):
        if str(node.args.get(part) or "").upper() not in rules.words["Join", part]:
            raise RefusalError("join", f"The join word {node.args[part]} is not offered; use JOIN or LEFT JOIN with ON.")


def _check_type(node: exp.Expr, rules: Rules, _: tuple[str, ...]) -> None:
    kind = node.this
    name = kind.name if isinstance(kind, exp.DType) else str(kind)
    if name == "USERDEFINED" and not node.expressions:
        given = node.args.get("kind")
        name = given.name.lower() if isinstance(given, exp.Identifier) else str(given)
    if name not in rules.types and name not in rules.named_types:
        raise RefusalError("type", f"The type {name} is not on the list of types; cast to a number, text, date or timestamp.")


_SPECIAL: dict[type[exp.Expr], Callable[[exp.Expr, Rules, tuple[str, ...]], None]] = {
    exp.DataType: _check_type,
    exp.Join: _check_join,
    exp.Placeholder: _check_parameter,
    exp.Parameter: _check_parameter,
    exp.Dot: _check_dot,
    exp.Identifier: _check_identifier,
    exp.GenerateSeries: _check_length,
    exp.ExplodingGenerateSeries: _check_length,
}


def canonical(tree: exp.Expr, dialect: str) -> exp.Expr:
    """Write what the generator would misspell in another way that means the same."""
    for quantified in list(tree.find_all(exp.Any)):
        if isinstance(quantified.this, (exp.Select, exp.SetOperation)):  # = SOME(SELECT ...) is read without its parentheses
            quantified.set("this", exp.Subquery(this=quantified.this))
    if dialect == "postgres":
        for node in list(tree.find_all(exp.CurrentTime)):
            if node.this is None:  # CURRENT_TIME() is no Postgres
                node.replace(exp.Cast(this=exp.CurrentTimestamp(), to=exp.DataType(this=exp.DType.TIMETZ)))
    return tree


def parameter_name(node: exp.Expr) -> str:
    """Return the name (or number) of a placeholder; empty when it has none."""
    inner = node.this
    return inner.name if isinstance(inner, exp.Expr) else str(inner or "")
