"""Which groups of people sums were shown for: remembered where conversations are kept, for every worker and across restarts."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from vendora_graph.disclosure import DifferencingGuard
from vendora_graph.errors import CheckpointError

if TYPE_CHECKING:
    from vendora_graph.settings import Settings

FILE = "shown_groups.sqlite"
BUSY_S = 10.0
_SCHEMA = "CREATE TABLE IF NOT EXISTS vendora_shown_groups (asker TEXT NOT NULL, people TEXT NOT NULL, PRIMARY KEY (asker, people))"
_READ = "SELECT people FROM vendora_shown_groups WHERE asker = {}"
_WRITE = "INSERT INTO vendora_shown_groups (asker, people) VALUES ({}, {}) ON CONFLICT DO NOTHING"

Groups = Sequence[frozenset[str]]


class ShownGroups:
    """Remembers, by asker, metric and month, which groups of people sums were shown for.

    Kept in the database of `checkpoint_url`, else in a SQLite file in `cache_dir`; names are kept as hashes. One transaction reads
    what was shown, judges and writes: two workers asked at once are asked one after the other.
    """

    def __init__(self, settings: Settings) -> None:
        """Remember where it is written down, and of which warehouse."""
        url = settings.checkpoint_url
        self._url = None if url is None else url.get_secret_value().replace("postgresql+psycopg://", "postgresql://")
        self._path, self._warehouse = settings.cache_dir / FILE, settings.warehouse
        self._timeout = settings.connect_timeout_seconds

    async def show(self, key: tuple[str, ...], groups: Groups, k: int) -> bool:
        """Return whether all these groups may be shown beside those shown before, and remember them if so.

        Raises:
            CheckpointError: The memory cannot be read or written; then nothing is shown.
        """
        asker = _hashed(self._warehouse, *key)
        hashed = [frozenset(_hashed(asker, person) for person in group) for group in groups]
        return await asyncio.to_thread(self._in_postgres if self._url else self._in_file, asker, hashed, k)

    def _in_file(self, asker: str, groups: Groups, k: int) -> bool:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None)) as db:
                db.execute("BEGIN IMMEDIATE")
                db.execute(_SCHEMA)
                shown = _judge(lambda sql, values: db.execute(sql, values).fetchall(), "?", asker, groups, k)
                db.execute("COMMIT")
                return shown
        except (OSError, sqlite3.Error) as error:
            raise CheckpointError(f"What was shown before cannot be read in {self._path}; nothing is shown.") from error

    def _in_postgres(self, asker: str, groups: Groups, k: int) -> bool:
        import psycopg

        assert self._url is not None  # noqa: S101 - the caller looked
        try:
            with psycopg.connect(self._url, connect_timeout=max(1, round(self._timeout))) as db:
                db.execute("SELECT pg_advisory_xact_lock(hashtext('vendora_shown_groups'))")
                db.execute(_SCHEMA)

                def run(sql: str, values: tuple[str, ...]) -> Iterable[tuple[Any, ...]]:
                    found = db.execute(sql.encode(), values)
                    return found.fetchall() if found.description else ()

                return _judge(run, "%s", asker, groups, k)
        except psycopg.Error as error:
            raise CheckpointError("What was shown before cannot be read. Check VENDORA_CHECKPOINT_URL; nothing is shown.") from error


def _judge(
    run: Callable[[str, tuple[str, ...]], Iterable[tuple[Any, ...]]], mark: str, asker: str, groups: Groups, k: int
) -> bool:
    """Judge all groups against those shown before, and write them down where all may be shown."""
    guard = DifferencingGuard(k)
    for (people,) in run(_READ.format(mark), (asker,)):
        guard.show(frozenset(json.loads(people)))
    if not all(guard.show(group) for group in groups):
        return False
    for group in groups:
        run(_WRITE.format(mark, mark), (asker, json.dumps(sorted(group))))
    return True


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
