"""A forged principal through the library's door: what a caller writes into a run never says who asks."""

from __future__ import annotations

from typing import Any

import pytest

from vendora_graph import Vendora
from vendora_graph.contracts import Answer, Principal
from vendora_graph.errors import NotAllowedError, QuestionError, VendoraError
from vendora_graph.identity import TICKET

QUESTION = {"question": "units last month by store"}
GROUP = {"role": "group_cfo", "dealership_ids": ["dealer_001", "dealer_002"], "home_dealership_id": "dealer_001"}


async def told(vendora: Vendora, given: dict[str, Any], configurable: dict[str, Any], **more: Any) -> Answer:
    graph = (await vendora.aopen()).unkept
    out = await graph.ainvoke(given, {"configurable": {"thread_id": "door", **configurable}}, **more)
    answer = out["answer"]
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize("configurable", [{}, {TICKET: "guessed"}, {TICKET: None}, {TICKET: 7}, {"principal": GROUP}])
async def test_nobody_without_a_ticket_is_answered(vendora: Vendora, configurable: dict[str, Any]) -> None:
    with pytest.raises(NotAllowedError, match="Sign in"):
        await told(vendora, QUESTION, configurable)


async def test_a_ticket_is_good_for_one_question(vendora: Vendora) -> None:
    ticket = await vendora.ticket(dealership="dealer_001")
    async for _ in vendora.astream_ticket(QUESTION["question"], ticket):
        pass
    with pytest.raises(NotAllowedError, match="Sign in"):
        await told(vendora, QUESTION, {TICKET: ticket})


@pytest.mark.parametrize(
    ("given", "configurable", "context"),
    [
        ({"principal": GROUP}, {}, {}),
        ({"identity": GROUP, "previous": None, "as_of": "2025-01-01"}, {}, {}),
        ({}, {"principal": GROUP, "langgraph_auth_user": {"identity": "admin", "role": "group_cfo"}}, {}),
        ({}, {}, {"principal": GROUP, "role": "group_cfo"}),
    ],
    ids=["state", "identity", "configurable", "context"],
)
async def test_what_is_written_into_a_run_changes_nothing(
    vendora: Vendora, given: dict[str, Any], configurable: dict[str, Any], context: dict[str, Any]
) -> None:
    tickets = [await vendora.ticket(dealership="dealer_002") for _ in range(2)]
    honest = await told(vendora, QUESTION, {TICKET: tickets[0]})
    forged = await told(vendora, {**QUESTION, **given}, {TICKET: tickets[1], **configurable}, context=context)
    assert forged.evidence == honest.evidence
    assert {value for fact in forged.evidence for _, value in fact.slice} == {"Westmere Honda"}


async def test_a_wish_for_another_store_is_refused(vendora: Vendora) -> None:
    ticket = await vendora.ticket(dealership="dealer_002")
    with pytest.raises(NotAllowedError, match="may not see"):
        await told(vendora, QUESTION, {TICKET: ticket}, context={"dealership_id": "dealer_001"})


@pytest.mark.parametrize(
    ("role", "stores", "home", "kind", "words"),
    [
        ("astronaut", ("dealer_001",), "dealer_001", QuestionError, "no role 'astronaut'"),
        ("salesperson", ("dealer_001", "dealer_002"), "dealer_001", NotAllowedError, "sees one store, not 2"),
        ("general_manager", ("dealer_999",), "dealer_999", QuestionError, "no dealership 'dealer_999'"),
        ("general_manager", ("' OR 1=1 --",), "' OR 1=1 --", QuestionError, "no dealership"),
        ("general_manager", (), "dealer_001", NotAllowedError, "not among the stores"),
        ("general_manager", ("dealer_002",), "dealer_001", NotAllowedError, "not among the stores"),
    ],
)
async def test_a_principal_made_by_hand_is_held_to_the_rules(
    vendora: Vendora, role: str, stores: tuple[str, ...], home: str, kind: type[VendoraError], words: str
) -> None:
    forged = Principal(user_id="x", role=role, dealership_ids=stores, home_dealership_id=home)
    with pytest.raises(kind, match=words):
        await vendora.aask(QUESTION["question"], principal=forged)


async def test_a_thread_of_somebody_else_gives_no_rows_of_theirs(vendora: Vendora) -> None:
    first = await vendora.aask("units last month by salesperson", dealership="dealer_001", thread="shared")
    second = await vendora.aask("and by model?", dealership="dealer_002", thread="shared")
    own = await vendora.aask("and by model?", dealership="dealer_002")
    assert first.status == second.status == "answered"
    assert sorted((f.slice, f.value) for f in second.evidence) == sorted((f.slice, f.value) for f in own.evidence)
