"""Reading questions in context: the grammar with the asker's stores, person, calendar and the answer before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from vendora_graph.access import AccessRules
from vendora_graph.asked_back import AskedBack, TakenUp
from vendora_graph.contracts import Plan, Principal, Reading
from vendora_graph.offline.asked import Asked
from vendora_graph.offline.calendar import SellingCalendar
from vendora_graph.offline.completing import take_up
from vendora_graph.offline.context import Person, ReadContext
from vendora_graph.offline.reader import Reader
from vendora_graph.semantic.catalog import Catalog
from vendora_graph.warehouse.profile import DataProfile

REMEMBERED = 256


class Understanding:
    """The reader bound to what surrounds a question. Readings are remembered: four nodes ask for the same one."""

    def __init__(
        self, reader: Reader, catalog: Catalog, vocabulary: Mapping[str, Any], profile: DataProfile, access: AccessRules
    ) -> None:
        self._reader, self._catalog, self._profile, self._access = reader, catalog, profile, access
        self._vocabulary = vocabulary
        self._readings: OrderedDict[tuple[object, ...], Reading] = OrderedDict()
        self._last_months = profile.last_months(catalog)
        self._ends = profile.record_ends(catalog)
        self._calendar = lru_cache(maxsize=32)(self._make_calendar)

    def read(self, question: str, principal: Principal, as_of: date, data_through: date, previous: Plan | None) -> Reading:
        """Return what a question asks for, by the grammar alone."""
        key = (question, principal, as_of, data_through, previous)
        if key in self._readings:
            self._readings.move_to_end(key)
            return self._readings[key]
        reading = self._reader.read(question, self.context(principal, as_of, data_through, previous))
        self._readings[key] = reading
        while len(self._readings) > REMEMBERED:
            self._readings.popitem(last=False)
        return reading

    def take_up(
        self, question: str, principal: Principal, days: tuple[date, date], previous: Plan | None, back: AskedBack | None
    ) -> TakenUp:
        """Return the question as it is answered where one was asked back before it."""
        lexicon = self._reader.lexicon

        def read(text: str, last: Plan | None) -> Reading:
            return self.read(text, principal, *days, last)

        return take_up(question, previous, back, read, lexicon.normaliser, lexicon.english)

    def context(self, principal: Principal, as_of: date, data_through: date, previous: Plan | None) -> ReadContext:
        """Return the surroundings of a question."""
        stores = tuple((s.id, s.name) for s in self._profile.stores if s.id in principal.dealership_ids)
        return ReadContext(
            as_of=as_of,
            data_start=self._profile.covers(principal.dealership_ids)[0],
            data_through=data_through,
            role=principal.role,
            department=self._department(principal),
            person=self._person(principal),
            stores=stores,
            home_store=principal.home_dealership_id,
            previous=previous,
            calendar=self._calendar(principal.dealership_ids),
            open_months=tuple(self._profile.open_months(principal.dealership_ids)),
            ends=self._ends,
        )

    def _department(self, principal: Principal) -> str:
        """Return a role's department by the vocabulary's name for it (`parts`), which is not the access matrix's code."""
        role = (self._vocabulary.get("roles") or {}).get(principal.role) or {}
        return str(role.get("department") or principal.department or "")

    def _person(self, principal: Principal) -> Person | None:
        if principal.person_id is None or principal.person_name is None:
            return None
        dimension = self._access.person_dimension(principal.role)
        if dimension is None or dimension not in self._catalog.dimensions:
            return None
        return Person(principal.person_id, principal.person_name, dimension)

    def _make_calendar(self, tenants: tuple[str, ...]) -> SellingCalendar:
        return SellingCalendar.from_rows((day, a, b) for store, day, a, b in self._profile.days if store in tenants)

    def asked(self, request: dict[str, Any]) -> Asked:
        """Return a typed request as the offline planner wants it."""
        principal = Principal.model_validate(request["principal"])
        as_of, through = date.fromisoformat(request["as_of"]), date.fromisoformat(request["data_through"])
        previous = Plan.model_validate(request["previous"]) if request.get("previous") else None
        question = str(request["question"])
        return Asked(
            question=question,
            reading=self.read(question, principal, as_of, through, previous),
            catalog=self._catalog,
            calendar=self._calendar(principal.dealership_ids),
            data_start=self._profile.covers(principal.dealership_ids)[0],
            revision=int(request.get("revision", 0)),
            data_through=through,
            open_months=self._profile.open_months(principal.dealership_ids),
            last_months=self._last_months,
        )

    def default_request(self, messages: list[Any]) -> dict[str, Any]:
        """Return plain text as a request of a general manager of the first store, for the model used on its own."""
        store = self._profile.stores[0] if self._profile.stores else None
        tenants = (store.id,) if store else ("",)
        principal = Principal(user_id="local", role="general_manager", dealership_ids=tenants, home_dealership_id=tenants[0])
        return {
            "task": "analyse",
            "question": str(messages[-1].content) if messages else "",
            "principal": principal.model_dump(mode="json"),
            "as_of": self._profile.as_of.isoformat(),
            "data_through": self._profile.data_through.isoformat(),
        }
