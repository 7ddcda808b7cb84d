"""Errors over HTTP: a clear sentence for the asker, never a statement, a path or a trace."""

from __future__ import annotations

import logging
import uuid

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from vendora_graph.errors import (
    LimitExceededError,
    ModelError,
    NotAllowedError,
    QuestionError,
    VendoraError,
    WarehouseUnavailableError,
)
from vendora_graph.server.contracts import Problem

LOG = logging.getLogger("vendora.server")

STATUS: tuple[tuple[type[VendoraError], int], ...] = (
    (NotAllowedError, 403),
    (QuestionError, 422),
    (LimitExceededError, 504),
    (ModelError, 502),
    (WarehouseUnavailableError, 503),
)
"""Whose fault it is, by class; anything else is ours."""

SPEAKABLE = (NotAllowedError, QuestionError, LimitExceededError)
"""Errors whose own words are for the asker; others may name files and addresses."""


def status_of(error: VendoraError) -> int:
    """Return the HTTP status of one of our errors."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def words_of(error: VendoraError) -> str:
    """Return what a client may read."""
    return str(error) if isinstance(error, SPEAKABLE) else "The question could not be answered for a technical reason. Try again later."


def problem(error: VendoraError) -> tuple[int, Problem]:
    """Return the status and the body of an error; the details go to the log under the same id."""
    request_id = uuid.uuid4().hex[:16]
    status = status_of(error)
    LOG.warning("request %s failed: %s: %s", request_id, type(error).__name__, error)
    return status, Problem(error=words_of(error), code=type(error).__name__.removesuffix("Error"), request_id=request_id)


def install(app: FastAPI) -> None:
    """Answer every error of ours with its status and a `Problem`."""

    @app.exception_handler(VendoraError)
    async def _answer(request: Request, error: VendoraError) -> JSONResponse:
        status, body = problem(error)
        return JSONResponse(body.model_dump(), status_code=status)
