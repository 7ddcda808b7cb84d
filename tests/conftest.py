"""Fixtures for every test: real servers, started when first asked for."""

pytest_plugins = ["tests.servers", "tests.demo_files"]
