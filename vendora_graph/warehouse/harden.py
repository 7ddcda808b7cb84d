"""The Postgres account VENDORA should read with, as SQL: printed for whoever must agree, and applied.

Two levels. The *pool role* may read the data tables and nothing else; the guard scopes its statements. With `stores`, each store
gets a *role of its own* under row-level security, so that the database itself would refuse a foreign row: the policies look at
`current_user`, never at a setting that SQL could change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from string import Template

import psycopg
from psycopg import sql as compose

from vendora_graph.errors import ConfigError, WarehouseError, WarehouseUnavailableError
from vendora_graph.warehouse.guard.types import TableRule
from vendora_graph.warehouse.tenancy import Tenancy

POOL_ROLE = "vendora_reader"
_RELATIONS = "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace"


def harden(url: str, *, tenancy: Tenancy | None = None, role: str = POOL_ROLE, stores: Iterable[str] = (), apply: bool = True) -> list[str]:
    """Return the SQL that makes the reading accounts of a database, and run it.

    Running it twice is harmless. Roles are made without a password: set one with `ALTER ROLE ... PASSWORD`, or use peer or
    certificate authentication.

    Args:
        url: The database, with an account that may create roles (temp_file_limit needs a superuser).
        tenancy: Which tables are read; the dealership's schema when left out.
        role: The pool's role.
        stores: Stores that get a role of their own under row-level security (`<role>_<store>`).
        apply: Run it, in one transaction.

    Raises:
        WarehouseUnavailableError: The server cannot be reached.
        WarehouseError: The account may not do this.
    """
    rules = (tenancy or Tenancy.dealership()).tables
    try:
        with psycopg.connect(_plain(url)) as connection:
            held: dict[str, str] = dict(connection.execute(_RELATIONS).fetchall())
            roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
            database = connection.info.dbname
            statements = list(_statements(rules, held, roles, database=database, role=role, stores=sorted(set(stores))))
            if apply:
                for statement in statements:
                    connection.execute(compose.SQL(statement))
    except psycopg.OperationalError as error:
        raise WarehouseUnavailableError("Postgres cannot be reached; check that the server runs and the URL is right.") from error
    except psycopg.Error as error:
        raise WarehouseError(f"Postgres refused to set up the account: {error.diag.message_primary}. Use an account that may.") from error
    return statements


def _plain(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    if not mark or scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise ConfigError("The URL is not one of Postgres; write postgresql://USER:PASSWORD@HOST/DATABASE.")
    return f"postgresql://{rest}"


def _sections() -> dict[str, list[str]]:
    text = files("vendora_graph.warehouse").joinpath("harden.sql").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("-- section: "):
            name = line.removeprefix("-- section: ")
        elif name and line.strip():
            found.setdefault(name, []).append(line.rstrip(";"))
    return found


def _fill(lines: Iterable[str], **values: str) -> Iterator[str]:
    for line in lines:
        yield Template(line).substitute(values)


def _name(text: str) -> str:
    return compose.Identifier(text).as_string()


def _text(value: str) -> str:
    return compose.Literal(value).as_string()


def _statements(
    rules: Mapping[str, TableRule], held: dict[str, str], roles: set[str], *, database: str, role: str, stores: list[str]
) -> Iterator[str]:
    tables = [rule for rule in rules.values() if rule.name in held and rule.kind != "hidden"]
    parts = _sections()
    yield from _fill(parts["database"], database=_name(database))
    yield from _account(parts, tables, roles, database, role)
    if not stores:
        return
    for rule in tables:
        if held[rule.name] == "v":
            yield from _fill(parts["view"], table=_name(rule.name))
    yield from parts["stores"]
    for store in stores:
        own = f"{role}_{store}"
        yield from _account(parts, tables, roles, database, own)
        yield from _fill(parts["store_role"], role=_name(own), role_text=_text(own), store_text=_text(store))
    for rule in tables:
        if held[rule.name] in ("r", "p") and rule.kind != "shared":
            yield from _fill(parts["rls"], table=_name(rule.name), condition=_condition(rule, held), role=_name(role))


def _account(parts: dict[str, list[str]], tables: list[TableRule], roles: set[str], database: str, role: str) -> Iterator[str]:
    for line in _fill(parts["role"], role=_name(role), database=_name(database)):
        if not (line.startswith("CREATE ROLE") and role in roles):
            yield line
    for rule in tables:
        yield from _fill(parts["table"], table=_name(rule.name), role=_name(role))


def _condition(rule: TableRule, held: dict[str, str]) -> str:
    """Return a policy's condition: the role's stores, or a reference from a fact the role sees (facts are under policies too)."""
    if rule.kind == "own":
        return _own(rule)
    tests = []
    for fact, column in rule.facts:
        if fact == rule.name:
            tests.append(_own(rule))  # a policy that reads its own table would never end
        elif fact in held:
            tests.append(f"{_name(rule.key)} IN (SELECT f.{_name(column)} FROM public.{_name(fact)} AS f)")  # noqa: S608 - quoted names
    return " OR ".join(tests) or "false"


def _own(rule: TableRule) -> str:
    mine = "SELECT m.dealership_id FROM public.vendora_role_store AS m WHERE m.role_name = current_user"
    return f"{_name(rule.tenant_column)} IN ({mine})"
