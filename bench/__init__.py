"""Measurements: `python -m bench` for whole questions, `python -m bench.semantic` for the compiler."""
