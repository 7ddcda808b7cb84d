"""The servers of this package as processes of their own, for tests that speak to them from outside."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def vendora_serve(cache: Path, folder: Path) -> Iterator[str]:
    """Run `vendora serve`; give its address when its data can be asked."""
    port = _free_port()
    environment = {"VENDORA_CACHE_DIR": str(cache), "VENDORA_SERVER_PORT": str(port), "PATH": os.defpath}
    with _running([sys.executable, "-m", "vendora_graph", "serve"], ROOT, environment, folder / "log", port, "/health/ready") as address:
        yield address


@contextmanager
def langgraph_dev(cache: Path, folder: Path, **more: str) -> Iterator[str]:
    """Run `langgraph dev` in a folder of its own (it keeps its state there) with the repository's `langgraph.json`."""
    port = _free_port()
    environment = {"PATH": os.defpath, "HOME": str(folder), "VENDORA_CACHE_DIR": str(cache), "LANGSMITH_TRACING": "false", **more}
    langgraph = str(Path(sys.executable).with_name("langgraph"))
    command = [langgraph, "dev", "--config", str(ROOT / "langgraph.json"), "--no-browser", "--no-reload", "--port", str(port)]
    with _running(command, folder, environment, folder / "log", port, "/ok") as address:
        yield address


@contextmanager
def _running(command: list[str], cwd: Path, environment: dict[str, str], log: Path, port: int, ready: str) -> Iterator[str]:
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=file, stderr=file, start_new_session=True)
        try:
            _wait(f"{address}{ready}", process, log)
            yield address
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(900):
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(address, timeout=30).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text())
