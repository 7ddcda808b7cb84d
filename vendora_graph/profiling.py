"""Learn what a warehouse holds besides figures, once for each content of it, and refuse a model that does not fit it."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vendora_graph import yaml_text
from vendora_graph.errors import SemanticModelError
from vendora_graph.warehouse.guard import AccessPolicy
from vendora_graph.warehouse.profile import DataProfile, is_monthly, snapshot_key
from vendora_graph.warehouse.profile_reading import read_profile

if TYPE_CHECKING:
    from vendora_graph.semantic.loader import LoadedModel
    from vendora_graph.settings import Settings
    from vendora_graph.warehouse.guard_memory import Shapes
    from vendora_graph.warehouse.port import Row, Warehouse
    from vendora_graph.warehouse.tenancy import Tenancy

FORMAT = 7
"""Of the kept profile; a new one makes old files unread."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Runs our own statements over every store: they come from files of this package and the semantic model."""

    warehouse: Warehouse
    shapes: Shapes
    seconds: float

    async def rows(self, sql: str, params: Mapping[str, object] | None = None) -> Sequence[Row]:
        """Return the rows of one statement."""
        values = dict(params or {})
        policy = AccessPolicy(any_table=True).with_parameters(tuple(sorted(values)))
        statement = self.shapes.guard(sql, self.warehouse.dialect, policy).bind(values)
        return (await self.warehouse.fetch(statement, deadline_s=self.seconds)).rows


async def profile_of(loaded: LoadedModel, warehouse: Warehouse, tenancy: Tenancy, settings: Settings, *, shipped: bool) -> DataProfile:
    """Return the profile of a warehouse, from the cache where its data has not changed.

    Raises:
        SemanticModelError: The model could be silently wrong on this data.
        WarehouseError: The data cannot be read.
    """
    statements = _statements() if shipped else {}
    path = _path(loaded, warehouse, statements, settings)
    if path is not None and path.exists():
        return await asyncio.to_thread(_read, path)
    from vendora_graph.warehouse.guard import GuardedShapes

    source = _Source(warehouse, GuardedShapes(), settings.query_timeout_seconds)
    await _check_model(loaded, source, shipped=shipped)
    profile = await read_profile(loaded.catalog, statements, source.rows, tenant_column=tenancy.tenant_column, as_of=settings.as_of)
    snapshots, written = await _days(loaded, source, settings)
    profile = replace(profile, snapshots=snapshots, written=written)
    if path is not None:
        await asyncio.to_thread(_write, path, profile.dump())
    return profile


def measured(loaded: LoadedModel, numbers: Sequence[str]) -> LoadedModel:
    """Return a model with the dimensions its data shows to be measured as numeric ones: they can be limited, not only listed."""
    known = loaded.catalog.dimensions
    told = {name: replace(known[name], kind="numeric", cardinality="high", typed=True) for name in numbers if name in known}
    if not told:
        return loaded
    version = hashlib.sha256(repr((loaded.catalog.version, sorted(told))).encode()).hexdigest()[: len(loaded.catalog.version)]
    return replace(loaded, catalog=replace(loaded.catalog, version=version, dimensions={**known, **told}))


async def _check_model(loaded: LoadedModel, source: _Source, *, shipped: bool) -> None:
    """Refuse what the data does not give, a declared key that repeats, so that joins over it would multiply, and two things of one name."""
    from vendora_graph.semantic.keys import check_keys  # an SQL parser: only when the data is seen for the first time
    from vendora_graph.semantic.reads import check_reads

    path = getattr(source.warehouse, "path", None)
    if isinstance(path, Path):
        loaded.check_file_stem(path.stem)
    if not shipped:
        await check_reads(loaded, source.rows)
    wrong = await check_keys(loaded, source.rows, source.warehouse.dialect)
    if wrong:
        raise SemanticModelError(" ".join(str(item) for item in wrong[:3]))


async def _days(
    loaded: LoadedModel, source: _Source, settings: Settings
) -> tuple[dict[str, tuple[date, ...]], dict[str, date]]:
    """Return the days each snapshot was taken on (one without is unknown, never zero), and the last month of all books kept by month."""
    from vendora_graph.semantic.engine import SemanticEngine
    from vendora_graph.semantic.request import CompileRequest

    engine = SemanticEngine(loaded, settings.cache_dir)
    dated = [m for m in loaded.catalog.metrics.values() if (m.snapshot or is_monthly(m)) and not (m.inputs or m.value_dimension)]
    found: dict[str, tuple[date, ...]] = {}
    for info in sorted(dated, key=lambda m: m.name):
        if snapshot_key(info) not in found:
            compiled = engine.compile(CompileRequest((info.name,), grain=info.time_grain), source.warehouse.dialect)
            days = {_as_day(row[0]) for row in await source.rows(compiled.sql, compiled.params) if row[0] is not None}
            found[snapshot_key(info)] = tuple(sorted(days))
    snapshots = {snapshot_key(m): found[snapshot_key(m)] for m in dated if m.snapshot}
    books = {key: found[key] for key in (snapshot_key(m) for m in dated if is_monthly(m))}
    return snapshots, {key: days[-1] for key, days in books.items() if days and all(day.day == 1 for day in days)}


def _as_day(value: Any) -> date:  # noqa: ANN401 - what a driver gives for a date
    day: date = value.date() if isinstance(value, datetime) else value
    return day


# --------------------------------------------------------------------------------------------------------- keeping


def _statements() -> Mapping[str, Any]:
    text = files("vendora_graph.warehouse").joinpath("profile.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml_text.load(text)
    return loaded


def _path(loaded: LoadedModel, warehouse: Warehouse, statements: Mapping[str, Any], settings: Settings) -> Path | None:
    """A profile is kept while the data stands still; None where the warehouse cannot tell."""
    version = data_version(warehouse)
    if version is None:
        return None
    body = repr((FORMAT, version, loaded.catalog.version, sorted(statements.items(), key=str), settings.as_of))
    return settings.cache_dir / f"profile-{hashlib.sha256(body.encode()).hexdigest()[:24]}.json"


def data_version(warehouse: Warehouse) -> str | None:
    """Return what changes when a database file does; None for a server, whose data may change at any time."""
    path = getattr(warehouse, "path", None)
    if not isinstance(path, Path):
        return None
    stat = path.stat()
    return f"{path.resolve()}:{stat.st_mtime_ns}:{stat.st_size}"


def _read(path: Path) -> DataProfile:
    return DataProfile.load(path.read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> None:
    beside = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
