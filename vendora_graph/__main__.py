"""`python -m vendora_graph` is `vendora`."""

from vendora_graph.cli import run

run()
