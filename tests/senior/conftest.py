"""One open Vendora over the demo for all tests of the senior analyst."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vendora_graph import Vendora


@pytest.fixture(scope="session")
def vendora() -> Iterator[Vendora]:
    """The demo dealership, offline."""
    with Vendora.demo() as opened:
        yield opened
