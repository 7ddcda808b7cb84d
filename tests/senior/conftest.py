"""One open Vendora over the demo for all tests of the senior analyst."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from vendora_graph import Vendora

settings.register_profile("shared machine", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("shared machine")


@pytest.fixture(scope="session")
def vendora() -> Iterator[Vendora]:
    """The demo dealership, offline."""
    with Vendora.demo() as opened:
        yield opened
