from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from vendora_graph.contracts import Plan, Reading
from vendora_graph.offline.calendar import SellingCalendar
from vendora_graph.offline.lexicon import Lexicon, ValueEntry
from vendora_graph.offline.reader import Person, ReadContext, Reader
from vendora_graph.semantic import loader

HERE = Path(__file__).parent
AS_OF = date(2026, 11, 13)
GROUP_ROLES = {"dealer_principal", "group_cfo"}
SUNDAY = 6
_DAYS = [date(2023, 1, 1) + timedelta(days=n) for n in range(365 * 5)]
CALENDAR = SellingCalendar.from_rows((day, day.weekday() != SUNDAY, day.weekday() != SUNDAY) for day in _DAYS)


def stored_values() -> dict[str, list[ValueEntry]]:
    raw = yaml.safe_load((HERE / "values.yaml").read_text())
    values = {"store": [ValueEntry(name, 1, (store,)) for store, name in raw["stores"].items()]}
    for dimension, names in raw["people"].items():
        values[dimension] = [ValueEntry(name, 5, ("dealer_001",)) for name in names]
    for dimension, names in raw["shared"].items():
        values[dimension] = [ValueEntry(name, 3) for name in names]
    return values


@pytest.fixture(scope="session")
def loaded(tmp_path_factory):
    return loader.load_catalog(None, tmp_path_factory.mktemp("catalog"))


@pytest.fixture(scope="session")
def catalog(loaded):
    return loaded.catalog


@pytest.fixture(scope="session")
def lexicon(loaded) -> Lexicon:
    return Lexicon.build(loaded.catalog, loaded.vocabulary, stored_values())


@pytest.fixture(scope="session")
def reader(lexicon) -> Reader:
    return Reader(lexicon)


def context(
    lexicon: Lexicon, role: str = "general_manager", previous: Plan | None = None, as_of: date = AS_OF, person: str = ""
) -> ReadContext:
    stores = list(yaml.safe_load((HERE / "values.yaml").read_text())["stores"].items())
    seen = stores if role in GROUP_ROLES else stores[:1]
    department = (lexicon.section("roles").get(role) or {}).get("department", "")
    who = Person("e1", person.split(":")[1], person.split(":")[0]) if person else None
    return ReadContext(
        as_of=as_of,
        data_start=date(2023, 11, 1),
        data_through=as_of - timedelta(days=1),
        role=role,
        department=department,
        person=who,
        stores=tuple(seen),
        home_store="dealer_001",
        previous=previous,
        calendar=CALENDAR,
    )


@pytest.fixture
def read(reader):
    def ask(question: str, **wishes) -> Reading:
        return reader.read(question, context(reader.lexicon, **wishes))

    return ask
