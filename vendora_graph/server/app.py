"""The HTTP service: plain routes and the LangServe mount over one Vendora."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from vendora_graph import __version__
from vendora_graph.api import Vendora
from vendora_graph.errors import ConfigError, VendoraError
from vendora_graph.server import langserve_mount, problems
from vendora_graph.server.contracts import Ask
from vendora_graph.server.gate import Gate
from vendora_graph.server.langserve_mount import as_json
from vendora_graph.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service over the settings. It answers without sign-in, so only the demo opens and only on loopback.

    Raises:
        ConfigError: Another warehouse, or an address others can reach.
    """
    chosen = settings or Settings.load()
    if chosen.warehouse != "demo":
        raise ConfigError("The server has no sign-in yet, so it serves the demo only. Unset VENDORA_WAREHOUSE, or use the library.")
    if chosen.server_host not in LOOPBACK:
        raise ConfigError("The server has no sign-in yet, so it listens on this machine only. Set VENDORA_SERVER_HOST=127.0.0.1.")
    vendora = Vendora(chosen)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await vendora.aopen()
        app.state.ready = True
        yield
        app.state.ready = False
        await vendora.aclose()

    app = FastAPI(title="VENDORA", version=__version__, lifespan=lifespan)
    app.state.ready = False
    app.add_middleware(Gate)
    problems.install(app)
    langserve_mount.mount(app, vendora)
    _routes(app, vendora)
    return app


def _routes(app: FastAPI, vendora: Vendora) -> None:
    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @app.get("/health/ready")
    async def ready() -> JSONResponse:
        """The data can be asked."""
        try:
            opened = await vendora.aopen()
        except VendoraError:
            return JSONResponse({"status": "not ready"}, status_code=503)
        through = opened.services.profile.data_through.isoformat()
        return JSONResponse({"status": "ready", "warehouse": opened.services.warehouse.dialect, "data_through": through})

    @app.post("/api/v1/query")
    async def query(ask: Ask) -> dict[str, Any]:
        """Answer a question; the body is the Answer in JSON form."""
        answer = await vendora.aask(
            ask.question,
            dealership=ask.dealership_id,
            role=ask.role,
            person=ask.person_id,
            as_of=ask.as_of,
            thread=ask.thread_id,
        )
        return as_json(answer)


def serve(settings: Settings) -> None:
    """Run the service until it is stopped."""
    import uvicorn

    uvicorn.run(create_app(settings), host=settings.server_host, port=settings.server_port, log_level="warning")
