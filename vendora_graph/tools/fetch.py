"""One request to the warehouse: compile, guard, bind, run. Every figure comes through here."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from vendora_graph.contracts import QueryRecord
from vendora_graph.semantic.request import CompileRequest
from vendora_graph.warehouse.port import Limits

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services


COMPILED = Limits(rows=50_000)
"""A compiled statement returns few narrow columns: a ranking of every deal of some years is read whole, within the bytes allowed."""


async def fetch_rows(
    request: CompileRequest, services: Services, scope: Scope, *, purpose: str = "primary"
) -> tuple[Sequence[tuple[Any, ...]], QueryRecord]:
    """Return the rows of a compiled request over the asker's stores, and what was run.

    Raises:
        QueryRefusedError: The guard refused the compiled statement.
        WarehouseError: The database failed or took too long.
    """
    warehouse, engine = services.warehouse, services.engine
    if purpose == "second" and request.limit is None:  # the parts are put together by their keys: sorting them would cost a sixth
        request = replace(request, ordered=False)
    if engine.at_hand(request, warehouse.dialect):
        compiled = engine.compile(request, warehouse.dialect)
    else:  # tens of milliseconds that nobody else should wait for
        compiled = await asyncio.to_thread(engine.compile, request, warehouse.dialect)
    policy = services.policy(scope.principal).with_parameters(tuple(sorted(compiled.params)))
    statement = services.guard(compiled.sql, policy).bind(compiled.params)
    identity = query_id(statement.sql, statement.params)
    run = partial(warehouse.fetch, statement, deadline_s=services.settings.query_timeout_seconds, limits=COMPILED)
    result = await (services.once.run((scope.asked, purpose, identity), run) if scope.asked else run())
    record = QueryRecord(
        id=identity,
        sql=statement.sql,
        dialect=warehouse.dialect,
        rows=len(result.rows),
        ms=round(result.ms, 3),
        bytes=result.bytes,
        purpose="second" if purpose == "second" else "primary",
        request=", ".join((*request.metrics, *request.group_by)),
        truncated=result.truncated,
    )
    return result.rows, record


def query_id(sql: str, params: object) -> str:
    """The same statement with the same values has the same id, in every process."""
    return "q" + hashlib.sha256(f"{sql}|{sorted(dict(params).items(), key=str)}".encode()).hexdigest()[:12]  # type: ignore[call-overload]  # a mapping of bound values
