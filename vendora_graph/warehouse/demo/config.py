"""What is built: the dealership as data (YAML), and the wishes of the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from vendora_graph.errors import DemoDataError

GENERATOR_VERSION = "1"
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
MAX_ROOFTOPS = 4
FUTURE_DAYS = 210  # sales simulated beyond the data: they own the units now in stock


@cache
def load(name: str) -> Any:  # noqa: ANN401  (parsed YAML)
    """A data file of this package, parsed."""
    path = resources.files("vendora_graph.warehouse.demo").joinpath("data", f"{name}.yaml")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def day_number(value: date | str) -> int:
    """Days since 1970 of a date."""
    return (date.fromisoformat(value) if isinstance(value, str) else value).toordinal() - EPOCH_ORDINAL


def as_date(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(int(number) + EPOCH_ORDINAL)


def month_start(value: date, back: int = 0) -> date:
    """The first of the month, some months earlier."""
    index = value.year * 12 + value.month - 1 - back
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True)
class Config:
    """One build.

    Attributes:
        seed: Seed of all randomness.
        as_of: The demo's today; data end the day before.
        start: First day of the history (day number).
        through: Last day with data (day number).
        months: Calendar months begun.
        stores: The rooftops built, as in `stores.yaml`.
        stories: Names of the active stories.
    """

    seed: int
    as_of: date
    start: int
    through: int
    months: int
    stores: tuple[dict[str, Any], ...]
    stories: frozenset[str]

    def store_no(self, dealership_id: str) -> int | None:
        """Position of a store in this build, or None when it is not built."""
        return next((i for i, s in enumerate(self.stores) if s["dealership_id"] == dealership_id), None)

    def story(self, name: str) -> dict[str, Any] | None:
        """The story's settings when it is switched on and its store is built."""
        if name not in self.stories:
            return None
        settings: dict[str, Any] = load("stories")[name]
        if "store" in settings and self.store_no(settings["store"]) is None:
            return None
        return settings

    @property
    def store_ids(self) -> list[str]:
        """Dealership ids in order."""
        return [str(s["dealership_id"]) for s in self.stores]


def story_names() -> tuple[str, ...]:
    """Every story of the demo, in order."""
    return tuple(load("stories"))


def make_config(seed: int, as_of: date, months: int | None, rooftops: int, without_stories: frozenset[str]) -> Config:
    """Check the wishes and settle what is built.

    Raises:
        DemoDataError: A wish cannot be met; the message says which values are possible.
    """
    world = load("stores")
    unknown = sorted(without_stories - set(story_names()))
    if unknown:
        raise DemoDataError(f"Unknown story {unknown[0]!r}. Stories: {', '.join(story_names())}.")
    if not 1 <= rooftops <= MAX_ROOFTOPS:
        raise DemoDataError(f"rooftops must be 1 to {MAX_ROOFTOPS}, not {rooftops}.")
    through = as_of.toordinal() - 1 - EPOCH_ORDINAL
    first: date = world["history_from"]
    last = as_date(through)
    full = (last.year - first.year) * 12 + last.month - first.month + 1
    if full < 1:
        raise DemoDataError(f"as_of must be after {first.isoformat()}, not {as_of.isoformat()}.")
    if months is not None and not 1 <= months <= full:
        raise DemoDataError(f"months must be 1 to {full} for as_of {as_of.isoformat()}, not {months}.")
    begun = months or full
    return Config(
        seed=seed,
        as_of=as_of,
        start=day_number(month_start(last, begun - 1)),
        through=through,
        months=begun,
        stores=tuple(world["stores"][:rooftops]),
        stories=frozenset(story_names()) - without_stories,
    )
