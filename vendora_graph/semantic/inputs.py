"""Read the inputs, filters and windows of dbt metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from vendora_graph.contracts import Grain
from vendora_graph.semantic.reader import Node, check_keys, model_format, text_of
from vendora_graph.semantic.spec import InputSpec
from vendora_graph.semantic.yaml_source import Place, fail, place_of


def filters_of(value: object, place: Place) -> tuple[str, ...]:
    """Read a `filter:`: a text, a list of texts, or the compiled manifest's mapping."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value.strip(),)
    if isinstance(value, list):
        return tuple(text for item in value for text in filters_of(item, place))
    if isinstance(value, Mapping) and "where_filters" in value:
        return filters_of(value["where_filters"], place)
    if isinstance(value, Mapping) and "where_sql_template" in value:
        return (str(value["where_sql_template"]).strip(),)
    raise fail(place, "`filter:` must be a text such as \"{{ Dimension('deal__type') }} = 'retail'\" or a list of them.")


def ratio_input(params: Node, key: str, place: Place) -> InputSpec:
    """Read the numerator or denominator of a ratio."""
    given = params.get(key)
    if given is None:
        raise fail(place, f"a ratio needs `type_params: {{{key}: ...}}`.")
    item = input_of(given, place)
    return replace(item, alias=key)


def input_of(given: object, place: Place) -> InputSpec:
    """Read an input metric: a name, or a mapping with name, alias, filter and offset."""
    if isinstance(given, str):
        return InputSpec(given.lower(), given.lower())
    if not isinstance(given, Mapping):
        raise fail(place, "an input metric must be a name or a mapping with `name:`.")
    here = place_of(given, place)
    name = text_of(given, "name", here).lower()
    shift = window_parts(given.get("offset_window"), here)
    return InputSpec(
        alias=str(given.get("alias") or name).lower(),
        metric=name,
        filters=filters_of(given.get("filter"), here),
        shift_count=shift[0] if shift else None,
        shift_grain=shift[1] if shift else None,
        shift_to=grain_of(given.get("offset_to_grain"), here),
    )


def compute_input(alias: str, given: object, place: Place) -> InputSpec:
    """Read an input of `config.meta.compute`: a name, or a mapping with metric, filter and window."""
    if isinstance(given, str):
        return InputSpec(alias, given.lower())
    if not isinstance(given, Mapping):
        raise fail(place, f"the input {alias!r} must be a metric's name or a mapping with `metric:`.")
    here = place_of(given, place)
    check_keys(given, "compute_input", here, strict=True)
    days, months = given.get("window_days"), given.get("window_months")
    return InputSpec(
        alias,
        text_of(given, "metric", here).lower(),
        filters_of(given.get("filter"), here),
        window_days=None if days is None else int(days),
        window_months=None if months is None else int(months),
        to_date=grain_of(given.get("to_date"), here),
        all_time=bool(given.get("all_time")),
    )


def window_sizes(window: tuple[int, Grain] | None) -> tuple[int | None, int | None]:
    """Return a window as (days, None) or (None, months)."""
    if window is None:
        return None, None
    count, grain = window
    if grain in {"day", "week"}:
        return count * (7 if grain == "week" else 1), None
    return None, count * {"month": 1, "quarter": 3, "year": 12}[grain]


def window_parts(value: object, place: Place) -> tuple[int, Grain] | None:
    """Read `28 days` (or the compiled manifest's mapping) as count and grain."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        value = f"{value.get('count')} {value.get('granularity')}"
    words = str(value).lower().split()
    match words:
        case [count, grain] if count.isdigit():
            return int(count), cast(Grain, grain_of(grain.removesuffix("s"), place))
    raise fail(place, f"the window {value!r} is not of the form `28 days`.")


def grain_of(value: object, place: Place) -> Grain | None:
    """Read a grain."""
    if value is None:
        return None
    word = str(value).lower()
    if word not in model_format()["grains"]:
        raise fail(place, f"{value!r} is not a grain; use one of {', '.join(model_format()['grains'])}.")
    return cast(Grain, word)
