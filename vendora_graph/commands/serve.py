"""`vendora serve`: the HTTP service, on this machine only."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from vendora_graph.commands.options import make_app

app = make_app()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on; without sign-in only this machine's own.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="The port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Answer over HTTP: plain routes, and LangServe at /vendora. Stop it with ctrl-C."""
    from vendora_graph.commands.session import prepare_demo, started
    from vendora_graph.server.app import serve as run
    from vendora_graph.settings import Settings

    settings = Settings.load(server_host=host, server_port=port)
    prepare_demo(settings)
    started()
    sys.stderr.write(f"Listening on http://{settings.server_host}:{settings.server_port} (ctrl-C stops it).\n")
    run(settings)
