"""Words around references: labels in running text, filters in words, directions. No figures."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from importlib.resources import files

from vendora_graph import yaml_text
from vendora_graph.contracts import Filter
from vendora_graph.offline.results import Cell, Table
from vendora_graph.semantic.catalog import Catalog

NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
COUNTED = ("units", "count")
"""Units whose figure stands before the label: 42 retail units."""


@cache
def patterns() -> dict[str, dict[str, str]]:
    """Return the narrator's sentences."""
    text = files("vendora_graph.offline").joinpath("patterns.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = yaml_text.load(text)
    return loaded


def say(group: str, name: str, /, **words: str) -> str:
    """Return one sentence filled with words and references."""
    return patterns()[group][name].format(**words)


def say_unit(unit: str) -> str:
    """Return the word a bare number of this unit needs; empty where the figure shows its unit."""
    return patterns()["units"].get(unit, "")


def spoken(cell: Cell) -> str:
    """Return a figure for a sentence: its reference, with the unit in words where a bare number would not say it."""
    word = say_unit(cell.unit)
    return f"{cell.ref} {word}" if word else cell.ref


def lowered(label: str) -> str:
    """Return a label for the middle of a sentence: abbreviations keep their capitals."""
    first, _, rest = label.partition(" ")
    plain = first[1:].islower() or len(first) == 1
    return f"{first.lower() if plain else first}{' ' + rest if rest else ''}"


def period_words(ref: str | None, *, on: bool = False, label: str = "") -> str:
    """Return `in {{p1}}`, or `on {{p1}}` for a figure of one day."""
    if ref is None:
        return ""
    first = label.lower().partition(" ")[0]
    known = patterns()["period_joiners"]
    joiner = known.get(first) if first in known else say("joiners", "at" if on else "within")
    if not joiner:
        return ref
    return f"{joiner} {ref}"


def filter_words(filters: tuple[Filter, ...], catalog: Catalog, names: dict[tuple[str, str], str], quoted: list[str]) -> str:
    """Return the filters in words: values as name references, numbers as references to the question's own.

    A number that the question did not type (a synonym stood for it) is said by the dimension alone.
    """
    named = filter_names(filters, catalog, names, quoted)
    return say("joiners", "where_in", filters=named) if named else ""


def filter_names(filters: tuple[Filter, ...], catalog: Catalog, names: dict[tuple[str, str], str], quoted: list[str]) -> str:
    """Return the filters in words without parentheses, empty where none can be said."""
    last = sorted(filters, key=lambda item: item.op == "not_in")  # behind `without`, what is in would read as left out
    parts = [_filter(item, catalog, names, quoted) for item in last]
    return say("joiners", "comma").join(part for part in parts if part)


def _filter(item: Filter, catalog: Catalog, names: dict[tuple[str, str], str], quoted: list[str]) -> str:
    known = catalog.dimensions.get(item.dimension) or catalog.metrics[item.dimension]
    dimension = lowered(known.label)
    values = [names.get((item.dimension, value), "") for value in item.values]
    if item.op in ("in", "not_in"):
        named = [value for value in values if value]
        return say("joiners", f"filter_{item.op}", value=say("joiners", "comma").join(named)) if named else ""
    numbers = [f"{{{{q{quoted.index(value) + 1}}}}}" for value in item.values if value in quoted]
    if len(numbers) != len(item.values):
        ratio = item.dimension in catalog.dimensions and known.unit == "rate"  # `10% under market` is a ratio under 90%, which nobody typed
        return say("joiners", "filter_by", dimension=dimension) if ratio else ""
    return say("joiners", f"filter_{item.op}", dimension=dimension, value=say("joiners", "and").join(numbers))


def direction(difference: Decimal, *, noun: bool = False) -> str:
    """Return up/down, or higher/lower."""
    if noun:
        return say("directions", "higher" if difference > 0 else "lower")
    return say("directions", "up" if difference > 0 else "down")


def name_refs(tables: tuple[Table, ...]) -> dict[tuple[str, str], str]:
    """Return references of the names in results, by (dimension, value)."""
    found = {}
    for table in tables:
        for row in table.rows:
            for dimension, (ref, value) in row.names.items():
                if ref:
                    found[dimension, value] = ref
    return found
