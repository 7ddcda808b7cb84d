"""The test session's own servers answer."""

from __future__ import annotations

import psycopg
import redis


def test_postgres_is_real_and_empty(postgres_url: str):
    with psycopg.connect(postgres_url) as connection:
        [version] = connection.execute("SHOW server_version_num").fetchone() or ("0",)
        [tables] = connection.execute("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() or (1,)
    assert int(version) >= 150000
    assert tables == 0


def test_redis_keeps_and_forgets(redis_url: str):
    with redis.Redis.from_url(redis_url) as client:
        client.set("vendora:test", "1", px=60_000)
        assert client.get("vendora:test") == b"1"
        assert client.delete("vendora:test") == 1
