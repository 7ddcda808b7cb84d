"""`calculate`: derived figures from facts of this turn, as facts with a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Ledger, ResultTable
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.arithmetic import calculate
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.runner import table_id

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services


class Calculate(Contract):
    """Derive a figure from facts of this turn: difference, change, share, per_unit, ratio, sum, product or mean.

    `of` are fact references such as "1f3", in the order of the formula (difference: first minus second; change: first against
    second; share and ratio: first over second; mean: whole months, weeks or quarters in a row). Never compute yourself.
    """

    operation: Literal["difference", "change", "share", "per_unit", "ratio", "sum", "product", "mean"]
    of: tuple[str, ...] = Field(min_length=1, max_length=120)
    label: str = Field(default="", max_length=120)


def _lookup(reference: str, ledger: Ledger) -> Fact:
    fact_id = ledger.numbers.get(reference.strip("{} "))
    if fact_id is None:
        known = ", ".join(sorted(ledger.numbers)[:20])
        raise QuestionError(f"There is no fact {reference!r} in this turn. Known: {known or 'none yet'}.")
    return ledger.facts[fact_id]


async def _run(arguments: BaseModel, services: Services, scope: Scope, ledger: Ledger) -> ToolResult:
    asked = Calculate.model_validate(arguments)
    fact = calculate(asked.operation, [_lookup(ref, ledger) for ref in asked.of], label=asked.label)
    request = asked.model_dump_json()
    table = ResultTable(
        id=table_id("calculate", fact.id),
        tool="calculate",
        request=request,
        columns=(fact.label,),
        keys=(fact.slice,),
        cells=((fact.id,),),
        period=fact.period,
    )
    return ToolResult(Ledger(turn=scope.turn, facts={fact.id: fact}, tables={table.id: table}))


TOOL = Tool("calculate", Calculate.__doc__ or "", Calculate, _run)
