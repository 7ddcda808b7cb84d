"""The BigQuery emulator `bqemulator`: in an environment of its own (`make parity` makes it), for it needs another DuckDB than ours."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

PLACE = Path(sys.prefix) / "bqemulator"
SPATIAL = "lib/python*/site-packages/duckdb_extension_spatial/extensions/v*/spatial.duckdb_extension"
START_S = 60.0


@contextmanager
def emulator(home: Path) -> Iterator[str]:
    """Start the emulator with an empty store; give its address.

    Args:
        home: An empty directory: DuckDB looks for its extension under the home directory and would otherwise download it.
    """
    place = Path(os.environ.get("VENDORA_TEST_BQEMULATOR", PLACE))  # noqa: TID251 - the tests' own switch
    [extension] = place.glob(SPATIAL)
    beside = home / ".duckdb/extensions" / extension.parent.name / "linux_amd64"
    beside.mkdir(parents=True)
    (beside / extension.name).symlink_to(extension)
    rest, grpc = _free_port(), _free_port()
    command = [str(place / "bin/bqemulator"), "start", "--rest-port", str(rest), "--grpc-port", str(grpc), "--log-level", "error"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, env={"HOME": str(home), "PATH": "/usr/bin:/bin"}, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{rest}/bigquery/v2/projects/proj/datasets", process, home / "log")
            yield f"http://127.0.0.1:{rest}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            urlopen(url, timeout=2).close()  # noqa: S310 - the loopback
        except OSError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the emulator does not answer: {log.read_text()[-500:]}") from error
            time.sleep(0.2)
        else:
            return
