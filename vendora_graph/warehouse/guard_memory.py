"""Guarded shapes on disk, for the demo only: a cold start then needs no SQL parser.

The demo's rows are invented, so a decision read from the cache directory protects nobody. For every other warehouse each process examines
each shape itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from vendora_graph.semantic.store import read_json, write_json
from vendora_graph.warehouse.guard.types import AccessPolicy, Dialect, GuardDecision


class Shapes(Protocol):
    """Decides on compiled statements; each shape is examined once."""

    def guard(self, sql: str, dialect: Dialect, policy: AccessPolicy) -> GuardDecision:
        """Return the decision on a statement."""
        ...


class DemoShapes:
    """Decisions kept in memory and on disk, keyed by text, dialect, policy and the guard's own sources."""

    def __init__(self, directory: Path) -> None:
        """Remember where decisions are kept."""
        self._directory = directory / "guarded" / _version()
        self._kept: dict[tuple[str, str, str, tuple[str, ...]], GuardDecision] = {}
        self._examiner: Shapes | None = None

    def guard(self, sql: str, dialect: Dialect, policy: AccessPolicy) -> GuardDecision:
        """Return the decision on a statement, from memory, from disk, or by examining it."""
        key = (sql, dialect, policy.key, policy.tenants)
        decision = self._kept.get(key)
        if decision is None:
            path = self._directory / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.json"
            decision = _read(read_json(path)) or self._examine(sql, dialect, policy, path)
            self._kept[key] = decision
        return decision

    def _examine(self, sql: str, dialect: Dialect, policy: AccessPolicy, path: Path) -> GuardDecision:
        if self._examiner is None:
            from vendora_graph.warehouse.guard.pipeline import GuardedShapes

            self._examiner = GuardedShapes()
        decision = self._examiner.guard(sql, dialect, policy)
        if decision.accepted:
            write_json(path, _written(decision))
        return decision


def _written(decision: GuardDecision) -> dict[str, object]:
    return {
        "sql": decision.sql,
        "dialect": decision.dialect,
        "params": [list(pair) for pair in decision.params],
        "tables": list(decision.tables),
        "columns": list(decision.columns),
    }


def _read(content: object) -> GuardDecision | None:
    """Return an accepted decision from its file; None when there is none or it is damaged."""
    if not isinstance(content, Mapping):
        return None
    try:
        params = tuple((str(name), str(value)) for name, value in content["params"])
        tables, columns = tuple(map(str, content["tables"])), tuple(map(str, content["columns"]))
        return GuardDecision("accept", "ok", "", str(content["sql"]), content["dialect"], params, tables, columns)
    except (KeyError, TypeError, ValueError):
        return None


def _version() -> str:
    """Return a stamp that changes with the guard's code and rules."""
    home = Path(__file__).parent
    sources = [*sorted((home / "guard").glob("*.py")), *sorted((home / "functions").glob("*")), home / "tenancy.yaml", home / "columns.txt"]
    stamps = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sources]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()[:16]
