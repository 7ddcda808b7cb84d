"""Small JSON files that many processes share: written beside and renamed, so a reader never sees half of one."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import threading
from contextlib import suppress
from pathlib import Path


def read_json(path: Path) -> object | None:
    """Return the content of a cache file, or None when there is none or it is damaged (it is then made anew)."""
    try:
        content: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content


def write_json(path: Path, content: object) -> None:
    """Write a cache file in one step. A cache that cannot be written (read-only, full disk) is no error.

    Called on an event loop, the file is written by a thread that nobody waits for.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        _write(path, content)
    else:
        threading.Thread(target=_write, args=(path, content), name="vendora-cache").start()


def _write(path: Path, content: object) -> None:
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file, separators=(",", ":"), ensure_ascii=False)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
