"""Fixtures for every test: real servers, started when first asked for."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.servers", "tests.demo_files"]

settings.register_profile("shared machine", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("shared machine")
