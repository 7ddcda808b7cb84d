"""Golden values of the dealership's metrics: hand-written SQL on one side, the semantic engine on the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import yaml

from vendora_graph.contracts import Filter
from vendora_graph.semantic import arithmetic
from vendora_graph.semantic.catalog import MetricInput
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.request import CompileRequest
from vendora_graph.semantic.windows import input_period

GOLDEN = Path(__file__).parent / "golden"
Key = tuple[str | None, ...]
Values = dict[Key, Decimal | None]
_TOKEN = re.compile(r"(\w+\.)?@(store|retail|inv|unique|closed|in|last|since)(?:\((\w+)\))?")


@dataclass(frozen=True)
class Slice:
    """One store and one period."""

    store: str
    start: date
    end: date


@dataclass(frozen=True)
class Case:
    """One golden: a metric, the concepts it is cut by, and the SQL that is right."""

    metric: str
    by: tuple[str, ...]
    sql: str

    def __str__(self) -> str:
        """Name the case in the test's id."""
        return "-".join((self.metric, *self.by))


@cache
def cases() -> tuple[Case, ...]:
    """Return every golden of the directory."""
    found: list[Case] = []
    for path in sorted(GOLDEN.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        found.extend(Case(metric, (), sql) for metric, sql in content["total"].items())
        found.extend(Case(metric, tuple(item["by"]), item["sql"]) for metric, item in (content.get("grouped") or {}).items())
    return tuple(found)


def expand(sql: str) -> str:
    """Write out the abbreviations of the golden files."""

    def swap(match: re.Match[str]) -> str:
        prefix, word, argument = match[1] or "", match[2], match[3]
        ago, own = f"$end - INTERVAL {argument} MONTH", "dealership_id = $store"
        return {
            "store": f"{prefix}dealership_id = $store",
            "retail": f"({prefix}deal_type IN ('retail', 'lease') AND {prefix}deal_status IN ('booked', 'finalized'))",
            "inv": f"({prefix}vehicle_class IN ('new', 'used', 'cpo') AND {prefix}unit_status <> 'in_transit')",
            "unique": f"(NOT {prefix}is_duplicate AND {prefix}lead_status <> 'bad')",
            "closed": "(r.dealership_id = $store AND r.ro_status = 'closed' AND r.closed_date BETWEEN $start AND $end)",
            "in": f"{prefix}{argument} BETWEEN $start AND $end",
            "last": f"{prefix}snapshot_date = (SELECT MAX(snapshot_date) FROM {argument} WHERE {own} AND snapshot_date <= $end)",
            "since": f"(CASE WHEN last_day($end) = $end THEN last_day({ago}) ELSE {ago} END)",
        }[word]

    return _TOKEN.sub(swap, sql)


def by_hand(connection: duckdb.DuckDBPyConnection, case: Case, piece: Slice) -> Values:
    """Run a golden's SQL."""
    sql = expand(case.sql)
    offered = {"store": piece.store, "start": piece.start, "end": piece.end}
    wanted = {name: value for name, value in offered.items() if f"${name}" in sql}
    rows = connection.execute(sql, wanted).fetchall()
    return {tuple(None if item is None else str(item) for item in row[:-1]): _decimal(row[-1]) for row in rows}


def by_engine(engine: SemanticEngine, connection: duckdb.DuckDBPyConnection, case: Case, piece: Slice) -> Values:
    """Compute the same through the semantic model: components fetched, then combined in Decimal."""
    info = engine.metric(case.metric)
    name = connection.execute("SELECT dealership_name FROM dealership WHERE dealership_id = $1", [piece.store]).fetchone()
    filters = (Filter(dimension="store", values=(str(name[0] if name else ""),)),)
    if info.value_dimension:
        return _medians(engine, connection, case, piece, filters)
    fetched = _fetch(engine, connection, engine.components(case.metric), case.by, piece, filters)
    parts = {item: fetched[item.alias] for item in engine.components(case.metric)}
    keys: set[Key] = {key for values in parts.values() for key in values} or ({()} if not case.by else set())
    return {key: engine.combine(case.metric, {item.alias: _value(engine, item, parts[item], key) for item in parts}) for key in keys}


def _value(engine: SemanticEngine, item: MetricInput, values: Values, key: Key) -> Decimal | None:
    fill = engine.metric(item.metric).fill
    return values.get(key, None if fill is None else Decimal(fill))


def _fetch(
    engine: SemanticEngine,
    connection: duckdb.DuckDBPyConnection,
    items: tuple[MetricInput, ...],
    by: tuple[str, ...],
    piece: Slice,
    filters: tuple[Filter, ...],
) -> dict[str, Values]:
    """Fetch the inputs, those of one period together, as the engine splits them; alias -> group -> value."""
    periods: dict[tuple[date | None, date], list[MetricInput]] = {}
    for item in items:
        periods.setdefault(_period(engine, connection, item, piece), []).append(item)
    found: dict[str, Values] = {item.alias: {} for item in items}
    for (start, end), together in periods.items():
        metrics = tuple(dict.fromkeys(item.metric for item in together))
        for request in engine.split(CompileRequest(metrics, by, None, filters, start, end)):
            query = engine.compile(request, "duckdb")
            for row in connection.execute(query.sql, query.params).fetchall():
                key = tuple(None if cell is None else str(cell) for cell in row[: len(by)])
                values = dict(zip(request.metrics, row[len(by) :], strict=True))
                for item in together:
                    if item.metric in values:
                        found[item.alias][key] = _decimal(values[item.metric])
    return found


def _period(engine: SemanticEngine, connection: duckdb.DuckDBPyConnection, item: MetricInput, piece: Slice) -> tuple[date | None, date]:
    start, end = input_period(item, piece.start, piece.end)
    info = engine.metric(item.metric)
    if not info.snapshot:
        return start, end
    last = connection.execute(
        f"SELECT MAX({info.time_dimension}) FROM {info.tables[0]} WHERE dealership_id = $store AND {info.time_dimension} <= $end",
        {"store": piece.store, "end": end},
    ).fetchone()
    day: date = last[0] if last and last[0] else end
    return day, day


def _medians(
    engine: SemanticEngine, connection: duckdb.DuckDBPyConnection, case: Case, piece: Slice, filters: tuple[Filter, ...]
) -> Values:
    info = engine.metric(case.metric)
    request = engine.values_request(case.metric, group_by=case.by, filters=filters, start=piece.start, end=piece.end)
    query = engine.compile(request, "duckdb")
    groups: dict[Key, list[tuple[Decimal | None, int]]] = {}
    for row in connection.execute(query.sql, query.params).fetchall():
        key = tuple(None if cell is None else str(cell) for cell in row[: len(case.by)])
        groups.setdefault(key, []).append((_decimal(row[-2]), int(row[-1])))
    return {key: arithmetic.median(values, info.percentile or Decimal("0.5")) for key, values in groups.items()}


def _decimal(value: object) -> Decimal | None:
    number = None if value is None else Decimal(str(value))
    return None if number is None or not number.is_finite() else number


def differences(expected: Mapping[Key, Decimal | None], found: Mapping[Key, Decimal | None]) -> list[str]:
    """Compare to a relative tolerance of 1e-6; a group with no value or zero may be absent on either side."""
    wrong: list[str] = []
    for key in sorted({*expected, *found}, key=str):
        left, right = expected.get(key), found.get(key)
        if (left or Decimal(0)) == 0 and (right or Decimal(0)) == 0 and (left is None or right is None):
            continue
        if left is None or right is None or abs(left - right) > Decimal("1e-6") * max(abs(left), abs(right), Decimal(1)):
            wrong.append(f"{key}: by hand {left}, by the model {right}")
    return wrong
