"""Where conversations are kept: Postgres by URL, else a SQLite file. No pickle anywhere; only our own nouns are revived."""

from __future__ import annotations

import inspect
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from vendora_graph import contracts, state
from vendora_graph.checkpoint_codec import ContractSerializer
from vendora_graph.errors import CheckpointError

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from vendora_graph.settings import Settings


def serializer() -> ContractSerializer:
    """Return the serializer that revives the contracts of this package and nothing else."""
    nouns = {
        noun
        for module in (contracts, state)
        for _, noun in inspect.getmembers(module, inspect.isclass)
        if issubclass(noun, contracts.Contract)
    }
    return ContractSerializer((noun.__module__, noun.__name__) for noun in sorted(nouns, key=repr))


async def open_checkpointer(settings: Settings, stack: AsyncExitStack) -> BaseCheckpointSaver[str]:
    """Return the checkpointer of the settings; closing the stack closes it.

    Raises:
        CheckpointError: The database cannot be reached, or the file cannot be written.
    """
    if settings.checkpoint_url is not None:
        return await _postgres(settings, stack)
    return await _sqlite(settings, stack)


async def _postgres(settings: Settings, stack: AsyncExitStack) -> BaseCheckpointSaver[str]:
    import psycopg
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from psycopg.rows import dict_row
    from psycopg_pool import AsyncConnectionPool, PoolTimeout

    assert settings.checkpoint_url is not None  # noqa: S101 - the caller looked
    url = settings.checkpoint_url.get_secret_value().replace("postgresql+psycopg://", "postgresql://")
    arguments = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool: AsyncConnectionPool[psycopg.AsyncConnection[dict[str, object]]] = AsyncConnectionPool(
        url, kwargs=arguments, min_size=1, max_size=8, open=False, timeout=settings.connect_timeout_seconds
    )
    try:
        await pool.open(wait=True, timeout=settings.connect_timeout_seconds)
        stack.push_async_callback(pool.close)
        saver = AsyncPostgresSaver(pool, serde=serializer())
        await saver.setup()
    except (psycopg.Error, PoolTimeout) as error:
        await pool.close()
        raise CheckpointError("The conversation database cannot be reached. Check VENDORA_CHECKPOINT_URL.") from error
    return saver


async def _sqlite(settings: Settings, stack: AsyncExitStack) -> BaseCheckpointSaver[str]:
    import sqlite3

    import aiosqlite
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    path = settings.cache_dir / "conversations.sqlite"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = await stack.enter_async_context(aiosqlite.connect(path))
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=NORMAL")
        saver = AsyncSqliteSaver(connection, serde=serializer())
        await saver.setup()
    except (OSError, sqlite3.Error) as error:
        advice = "Set VENDORA_CACHE_DIR to a folder you may write."
        raise CheckpointError(f"Conversations cannot be kept in {path}: {error}. {advice}") from error
    return saver
