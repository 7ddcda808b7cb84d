"""Who asks, computed below the model from what code handed over; a client's own words about it count for nothing.

A door (library, HTTP, MCP) issues a *ticket* for a principal it has established and puts it into the run's configuration. A ticket
is random, known to this process only, and the only thing `identify` accepts besides the LangGraph server's authenticated user.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from vendora_graph.access import AccessRules
from vendora_graph.contracts import Principal
from vendora_graph.errors import NotAllowedError, QuestionError
from vendora_graph.services import Identity
from vendora_graph.settings import Settings
from vendora_graph.warehouse.profile import DataProfile, Person, Store

TICKET = "vendora_ticket"
DEFAULT_ROLE = "general_manager"
MAX_TICKETS = 4096
ONE_DAY = timedelta(days=1)
FOREIGN = Store("", "", date.min, "")
"""The one store of a database that knows no stores."""


class Identities:
    """Makes principals and recognises them again."""

    def __init__(self, profile: DataProfile, access: AccessRules, settings: Settings, *, embedded: bool = True) -> None:
        """Remember what principals are made of.

        Args:
            profile: The stores and people there are.
            access: The roles there are.
            settings: For the day to answer for.
            embedded: Without a ticket, answer as the demo's general manager (only the demo warehouse opens this way).
        """
        self._profile, self._access, self._settings, self._embedded = profile, access, settings, embedded
        self._tickets: OrderedDict[str, tuple[Principal, date | None]] = OrderedDict()

    def principal(
        self, *, dealership: str | None = None, role: str | None = None, person: str | None = None, user_id: str = "local"
    ) -> Principal:
        """Return the principal of a trusted caller's choice of store, role and person.

        Raises:
            QuestionError: No such store, role or person; the message names the ones there are.
        """
        name = self._access.role_name(role or DEFAULT_ROLE)
        someone = self._person(person) if person else None
        store = self._store(dealership or (someone.store if someone else None))
        tenants: tuple[str, ...] = (store.id,)
        if store is not FOREIGN and self._access.spans_group(name):
            tenants = tuple(sorted(s.id for s in self._profile.stores if s.group == store.group))
        return Principal(
            user_id=user_id,
            role=name,
            dealership_ids=tenants,
            home_dealership_id=store.id,
            group_id=store.group or None,
            person_id=someone.id if someone else None,
            person_name=someone.name if someone else None,
            department=someone.department if someone else self._access.department_of(name),
        )

    def _store(self, wanted: str | None) -> Store:
        stores = self._profile.stores
        if not stores and wanted is None:
            return FOREIGN
        if not stores:
            raise QuestionError(f"This data knows no dealerships, so {wanted!r} is none of them. Ask without one.")
        if wanted is None:
            return stores[0]
        found = self._profile.store(wanted)
        if found is None:
            known = ", ".join(f"{s.id} ({s.name})" for s in stores)
            raise QuestionError(f"There is no dealership {wanted!r}. There are: {known}.")
        return found

    def _person(self, wanted: str) -> Person:
        found = self._profile.person(wanted)
        if not self._profile.people:
            raise QuestionError(f"This data knows no employees, so {wanted!r} is none of them. Ask without one.")
        if found is None:
            raise QuestionError(f"There is no employee {wanted!r}. Give an employee id as the data has it, for example one of "
                                f"{', '.join(p.id for p in self._profile.people[:5])}.")  # fmt: skip
        return found

    def issue(self, principal: Principal, as_of: date | None = None) -> str:
        """Return a ticket for a principal; old tickets are forgotten.

        Raises:
            QuestionError: There is no such role, store or person.
            NotAllowedError: The principal holds stores that its role does not.
        """
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = (self._verified(principal), as_of)
        while len(self._tickets) > MAX_TICKETS:
            self._tickets.popitem(last=False)
        return ticket

    def _verified(self, principal: Principal) -> Principal:
        """Hold a principal made elsewhere to what the data and the rules know: an unknown store would read as "nothing sold"."""
        role = self._access.role_name(principal.role)
        if principal.person_id:
            self._person(principal.person_id)
        if self._profile.stores:
            self._verify_stores(principal, role)
        return principal.model_copy(update={"role": role})

    def _verify_stores(self, principal: Principal, role: str) -> None:
        stores = [self._store(store) for store in principal.dealership_ids]
        if principal.home_dealership_id not in principal.dealership_ids:
            home = principal.home_dealership_id
            raise NotAllowedError(f"The home store {home!r} is not among the stores of who asks. Add it to dealership_ids.")
        if len(stores) > 1 and not self._access.spans_group(role):
            who = role.replace("_", " ")
            raise NotAllowedError(f"A {who} sees one store, not {len(stores)}. Choose one, or a role over the group.")
        if len({store.group for store in stores}) > 1:
            raise NotAllowedError("The stores of who asks belong to different groups. Nobody sees more than one group.")

    def withdraw(self, ticket: str) -> None:
        """Forget a ticket when its question has ended."""
        self._tickets.pop(ticket, None)

    async def identify(self, config: Mapping[str, Any], context: Mapping[str, Any]) -> Identity:
        """Return who asks and the day the answer is for.

        Raises:
            NotAllowedError: No ticket, or one this process did not issue.
            QuestionError: The day wished for lies outside the data.
        """
        configurable = config.get("configurable") or {}
        ticket = configurable.get(TICKET)
        if isinstance(ticket, str) and ticket in self._tickets:
            principal, as_of = self._tickets[ticket]
        elif ticket is None and self._embedded:
            principal, as_of = self.principal(), None
        else:
            raise NotAllowedError("Nobody has established who asks. Sign in and try again.")
        wished = context.get("as_of")
        return self._for_day(narrowed(principal, context.get("dealership_id")), as_of or _day(wished))

    def _for_day(self, principal: Principal, wished: date | None) -> Identity:
        as_of = wished or self._settings.as_of or self._profile.as_of
        first, last = self._profile.data_start, self._profile.data_through
        if not first < as_of <= last + 31 * ONE_DAY:
            raise QuestionError(
                f"There is no data for {as_of.isoformat()}: the data goes from {first.isoformat()} to {last.isoformat()}. "
                "Choose a day between."
            )
        return Identity(principal=principal, as_of=as_of, data_through=min(last, as_of - ONE_DAY))


def narrowed(principal: Principal, dealership: object) -> Principal:
    """Return the principal with only the store wished for; a wish never widens.

    Raises:
        NotAllowedError: The store is not one of the principal's.
    """
    if not isinstance(dealership, str) or not dealership:
        return principal
    if dealership not in principal.dealership_ids:
        raise NotAllowedError(f"You may not see the dealership {dealership!r}.")
    return principal.model_copy(update={"dealership_ids": (dealership,), "home_dealership_id": dealership})


def _day(text: object) -> date | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise QuestionError(f"{text!r} is not a day. Write it as 2026-11-13.") from error
