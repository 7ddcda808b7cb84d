"""From a warehouse URL to its adapter. Drivers load when their engine is chosen."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from vendora_graph.errors import ConfigError
from vendora_graph.warehouse.demo_file import DEMO, ensure_demo

if TYPE_CHECKING:
    from vendora_graph.settings import Settings
    from vendora_graph.warehouse.port import Warehouse


async def open_warehouse(settings: Settings) -> Warehouse:
    """Return the open warehouse of the settings; the demo is built when it is not there.

    Raises:
        ConfigError: The URL names no engine there is.
        WarehouseError: It cannot be opened; says why.
    """
    url = settings.warehouse
    if url == DEMO:
        return await asyncio.to_thread(_duckdb, await asyncio.to_thread(ensure_demo, settings.cache_dir))
    scheme, mark, rest = url.partition("://")
    if mark and scheme == "duckdb":
        return await asyncio.to_thread(_duckdb, Path(rest.removeprefix("/") if not rest.startswith("//") else rest[1:]))
    if mark and scheme.partition("+")[0] in ("postgresql", "postgres"):
        from vendora_graph.warehouse.postgres import PostgresWarehouse

        return await PostgresWarehouse.open(url, settings)
    if mark and scheme == "bigquery":
        from vendora_graph.warehouse.bigquery import BigQueryWarehouse

        return await BigQueryWarehouse.open(url, settings)
    raise ConfigError(
        f"{scheme or url!r} is no warehouse. Write demo, duckdb:///FILE, postgresql://USER@HOST/DATABASE or bigquery://PROJECT/DATASET."
    )


def _duckdb(path: Path) -> Warehouse:
    from vendora_graph.warehouse.duckdb import DuckDBWarehouse

    return DuckDBWarehouse(path)
