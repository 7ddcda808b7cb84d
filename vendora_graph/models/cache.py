"""Replies of models kept in a SQLite file, keyed by everything that decides them: prompt, tools, model and its version, tenant.

Plain JSON, never pickle. A reply is given again only to the stores it was given to.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, message_to_dict, messages_from_dict

T = TypeVar("T")

_SCHEMA = "CREATE TABLE IF NOT EXISTS reply (key TEXT PRIMARY KEY, at REAL NOT NULL, body TEXT NOT NULL)"
_BUSY_MS = 2000


class CallCache:
    """Replies by key, each for a number of hours."""

    def __init__(self, path: Path, hours: float, clock: Callable[[], float] = time.time) -> None:
        """Remember where and for how long; the file is made when first written."""
        self._path, self._seconds, self._clock = path, hours * 3600, clock

    def key(self, model: str, salt: str, messages: Sequence[BaseMessage]) -> str:
        """Return the key of a call: a digest of the model, the salt, the tenant and every message."""
        body = [model, salt, _tenant(messages), [_plain(message) for message in messages]]
        return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()

    async def get(self, key: str) -> AIMessage | None:
        """Return the reply kept under a key, if it is fresh."""
        return await asyncio.to_thread(self._get, key)

    async def put(self, key: str, reply: AIMessage) -> None:
        """Keep a reply."""
        await asyncio.to_thread(self._put, key, json.dumps(message_to_dict(reply)))

    def _get(self, key: str) -> AIMessage | None:
        row = self._run(lambda db: db.execute("SELECT at, body FROM reply WHERE key = ?", (key,)).fetchone())
        if row is None or self._clock() - row[0] > self._seconds:
            return None
        [message] = messages_from_dict([json.loads(row[1])])
        return message if isinstance(message, AIMessage) else None

    def _put(self, key: str, body: str) -> None:
        now = self._clock()

        def write(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM reply WHERE at < ?", (now - self._seconds,))
            db.execute("INSERT OR REPLACE INTO reply VALUES (?, ?, ?)", (key, now, body))

        self._run(write)

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """A cache that cannot be read or written is an empty one."""
        try:
            return in_file(self._path, _SCHEMA, work)
        except (sqlite3.Error, OSError):
            return None


def in_file(path: Path, schema: str, work: Callable[[sqlite3.Connection], T]) -> T:
    """Return what `work` gives over a SQLite file that has the schema; one transaction."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=_BUSY_MS / 1000)) as db, db:
        db.execute(schema)
        return work(db)


def _tenant(messages: Sequence[BaseMessage]) -> object:
    """Return who the typed question is asked for: stores, role and person."""
    for message in reversed(messages):
        request = message.additional_kwargs.get("vendora")
        if isinstance(request, dict):
            return request.get("principal")
    return None


def _plain(message: BaseMessage) -> list[Any]:
    """Return what a provider sees of a message. Ids of calls are made up anew by every client: their order counts."""
    calls = [(call["name"], call["args"]) for call in message.tool_calls] if isinstance(message, AIMessage) else []
    return [message.type, message.content, calls, getattr(message, "name", None), getattr(message, "status", None)]
