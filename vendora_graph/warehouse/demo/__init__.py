"""The demo dealership: an invented group of four stores, generated from a seed.

`generate()` yields every table as Arrow for any engine; `build()` writes them into a DuckDB file.
What is planted, and where, stands in `docs/demo.md`.
"""

from vendora_graph.warehouse.demo.build import BuildReport, build, checksums
from vendora_graph.warehouse.demo.config import story_names
from vendora_graph.warehouse.demo.generate import generate

__all__ = ["BuildReport", "build", "checksums", "generate", "story_names"]
