"""Check what a model reads against the data: a table or column that is not there is named with the line that asks for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from vendora_graph.errors import QueryRefusedError, SemanticModelError, WarehouseError, WarehouseUnavailableError
from vendora_graph.semantic.loader import LoadedModel, Read

Fetch = Callable[[str], Awaitable[Sequence[Any]]]


async def check_reads(loaded: LoadedModel, fetch: Fetch) -> None:
    """Run every expression of a model over its table, without a row: one statement a table while all is well.

    Raises:
        SemanticModelError: A table or an expression cannot be read, with file and line.
    """
    for table in dict.fromkeys(read.table for read in loaded.reads):
        reads = [read for read in loaded.reads if read.table == table]
        if await _fails(reads, fetch) is None:
            continue
        for read in reads:
            error = await _fails([read], fetch)
            if error is not None:
                what = table if read.expr == "1" else f"{read.expr} of {table}"
                raise SemanticModelError(f"{read.place}: {read.what} reads {what}, which the data does not give: {error}") from error


async def _fails(reads: Sequence[Read], fetch: Fetch) -> WarehouseError | None:
    """Return why the expressions cannot be read; what the guard refuses is judged when it is asked for."""
    try:
        await fetch(f"SELECT {', '.join(read.expr for read in reads)} FROM {reads[0].table} LIMIT 0")  # noqa: S608 - of the model
    except (WarehouseUnavailableError, QueryRefusedError):
        return None
    except WarehouseError as error:
        return error
    return None
