"""`vendora sql check`: what the guard says to statements, one JSON object a line in and out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from vendora_graph.access import AccessRules
from vendora_graph.warehouse.guard import AccessPolicy, Dialect, GuardDecision, examine
from vendora_graph.warehouse.guard.pipeline import DIALECTS
from vendora_graph.warehouse.tenancy import Tenancy

sql_app = typer.Typer(help="Check SQL against the guard.", no_args_is_help=True)


@sql_app.callback()
def _sql() -> None:
    """Keep `check` a command of its own while it is the only one."""


@sql_app.command()
def check(
    source: Annotated[Path | None, typer.Argument(help="JSON lines with a key `sql`; standard input when left out.", exists=True)] = None,
    dialect: Annotated[str, typer.Option(help="duckdb, postgres, bigquery or sqlite.")] = "duckdb",
    tenant: Annotated[list[str] | None, typer.Option(help="The store to scope to; may be repeated.")] = None,
    role: Annotated[str | None, typer.Option(help="Also apply the column rules of this role.")] = None,
    any_table: Annotated[bool, typer.Option("--any-table", help="Lift the table list, the column lists and the rule on *.")] = False,
) -> None:
    """Print one decision a line: verdict (accept or refuse), rule, reason, and the statement that would run."""
    if dialect not in DIALECTS:
        raise typer.BadParameter(f"{dialect!r} is none of {', '.join(DIALECTS)}.", param_hint="--dialect")
    if any_table and tenant:
        raise typer.BadParameter("Give --tenant or --any-table, not both.", param_hint="--tenant")
    policy = check_policy(tuple(tenant or ()), any_table=any_table, role=role)
    if source is None:
        _print(check_lines(sys.stdin, dialect, policy))
    else:
        with source.open(encoding="utf-8") as lines:
            _print(check_lines(lines, dialect, policy))


def check_policy(tenants: tuple[str, ...], *, any_table: bool, role: str | None = None) -> AccessPolicy:
    """Return the policy the options mean; without a tenant, the demo's first store."""
    if any_table:
        return Tenancy.single().policy(())
    access = AccessRules.load()
    name = access.role_name(role) if role else None
    return Tenancy.dealership().policy(
        tenants or ("dealer_001",),
        classes=access.sql_classes(name) if name else None,
        masked=access.masked_classes(name) if name else (),
    )


def check_lines(lines: Iterable[str], dialect: Dialect, policy: AccessPolicy) -> Iterator[dict[str, Any]]:
    """Decide each JSON line; a line that is no `{"sql": ...}` is refused too."""
    for line in lines:
        if line.strip():
            yield _check_line(line, dialect, policy)


def _check_line(line: str, dialect: Dialect, policy: AccessPolicy) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        return {"verdict": "refuse", "rule": "input", "reason": 'The line is not JSON; write {"sql": "SELECT ..."}.', "rewritten": None}
    if not isinstance(given, dict) or not isinstance(given.get("sql"), str):
        return {"verdict": "refuse", "rule": "input", "reason": "The line has no text under `sql`.", "rewritten": None}
    decision = _shown(examine(given["sql"], dialect, policy))
    return {"id": given["id"], **decision} if "id" in given else decision


def _shown(decision: GuardDecision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict,
        "rule": decision.rule,
        "reason": decision.reason,
        "rewritten": decision.sql or None,
        "params": dict(decision.params),
        "tables": list(decision.tables),
    }


def _print(decisions: Iterable[dict[str, Any]]) -> None:
    for decision in decisions:
        typer.echo(json.dumps(decision, ensure_ascii=False))
