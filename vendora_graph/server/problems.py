"""Errors over HTTP: a clear sentence for the asker, never a statement, a path or a trace."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from vendora_graph.errors import (
    ConversationBusyError,
    LimitExceededError,
    ModelError,
    NotAllowedError,
    QuestionError,
    VendoraError,
    WarehouseUnavailableError,
)
from vendora_graph.server.contracts import Problem
from vendora_graph.server.gate import request_id

LOG = logging.getLogger("vendora.server")

STATUS: tuple[tuple[type[VendoraError], int], ...] = (
    (NotAllowedError, 403),
    (ConversationBusyError, 409),
    (QuestionError, 422),
    (LimitExceededError, 504),
    (ModelError, 502),
    (WarehouseUnavailableError, 503),
)
"""Whose fault it is, by class; anything else is ours."""

TECHNICAL = "The question could not be answered for a technical reason. Try again later."

SPEAKABLE = (NotAllowedError, QuestionError, LimitExceededError)
"""Errors whose own words are for the asker; others may name files and addresses."""


def status_of(error: VendoraError) -> int:
    """Return the HTTP status of one of our errors."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def words_of(error: VendoraError) -> str:
    """Return what a client may read."""
    return str(error) if isinstance(error, SPEAKABLE) else TECHNICAL


def problem(error: VendoraError) -> tuple[int, Problem]:
    """Return the status and the body of an error; the details go to the log under the same id."""
    status, identity = status_of(error), request_id()
    LOG.warning("request %s failed: %s: %s", identity, type(error).__name__, error)
    return status, Problem(error=words_of(error), code=type(error).__name__.removesuffix("Error"), request_id=identity)


def install(app: FastAPI) -> None:
    """Answer every error with its status and a `Problem`, whoever raised it."""
    app.add_exception_handler(VendoraError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _unknown)


def _ours(_: Request, error: Exception) -> JSONResponse:
    status, body = problem(error if isinstance(error, VendoraError) else VendoraError())
    return JSONResponse(body.model_dump(), status_code=status, headers={"X-Request-Id": body.request_id})


def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Say where a request is wrong; never show it."""
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    first = found[0] if found else "The request cannot be read."
    return _said(f"{first.rstrip('.')}." if isinstance(first, str) else _sentence(first), "Request", 422)


def _sentence(found: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in found["loc"] if part != "body")
    return f"{place}: {found['msg']}." if place else f"{found['msg']}."


def _refused(_: Request, error: Exception) -> JSONResponse:
    """Answer what the frameworks refuse: no such path or method, or a problem that is one already."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    if isinstance(detail, dict):
        return JSONResponse(detail, status_code=status)
    return _said(HTTPStatus(status).phrase + ".", HTTPStatus(status).phrase.replace(" ", ""), status)


def _unknown(_: Request, error: Exception) -> JSONResponse:
    LOG.error("request %s failed: %s", request_id(), type(error).__name__, exc_info=error)
    return _said(TECHNICAL, "Internal", 500)


def _said(words: str, code: str, status: int) -> JSONResponse:
    body = Problem(error=words, code=code, request_id=request_id())
    return JSONResponse(body.model_dump(), status_code=status, headers={"X-Request-Id": body.request_id})
