"""What a reading may depend on besides the words: the clock, who asks, and the answer before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from vendora_graph.contracts import Plan
from vendora_graph.offline.calendar import SellingCalendar


@dataclass(frozen=True, slots=True)
class Person:
    """Who "my" is: the stored name (or id) in a person dimension such as `salesperson`."""

    id: str
    name: str
    dimension: str


@dataclass(frozen=True, slots=True)
class ReadContext:
    """The surroundings of a question.

    `stores` are (id, name) of the asker's tenant, in order; `home_store` an id; `open_months` (`2026-10`) the months of the ledger that one
    of them has not closed; `ends` the day a measure's records end on, where they end before the data.
    """

    as_of: date
    data_start: date
    data_through: date
    role: str = ""
    department: str = ""
    person: Person | None = None
    stores: tuple[tuple[str, str], ...] = ()
    home_store: str = ""
    previous: Plan | None = None
    calendar: SellingCalendar = field(default_factory=SellingCalendar)
    open_months: tuple[str, ...] = ()
    ends: Mapping[str, date] = field(default_factory=dict)
