"""The evidence ledger: union of what tools found, whatever the order they ended in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from vendora_graph.contracts import Contract, Fact, Ledger, ResultTable
from vendora_graph.evidence.identity import fact_id, id_of, make_fact
from vendora_graph.evidence.natural import natural
from vendora_graph.evidence.numbering import number, quote_numbers

__all__ = ["add_facts", "fact_id", "id_of", "make_fact", "merge", "number", "quote_numbers", "with_seconds"]

T = TypeVar("T")


def merge(a: Ledger, b: Ledger) -> Ledger:
    """Return the union of two ledgers of one turn: commutative, associative and idempotent.

    Where both hold an entry under one key and differ, the same one wins in either order: for a fact the one that was
    checked, and of two checked ones the one whose check disagreed (doubt is never merged away).
    """
    if a is b:
        return a
    return Ledger(
        turn=max(a.turn, b.turn),
        facts=_union(a.facts, b.facts, _fact_rank),
        numbers=_union(a.numbers, b.numbers, str),
        periods=_union(a.periods, b.periods, _text_rank),
        names=_union(a.names, b.names, _text_rank),
        quoted=_union(a.quoted, b.quoted, str),
        tables=_union(a.tables, b.tables, _text_rank),
        queries=_union(a.queries, b.queries, _text_rank),
    )


def _union(a: Mapping[str, T], b: Mapping[str, T], rank: Callable[[T], object]) -> dict[str, T]:
    out = {**a, **b}
    for key in a.keys() & b.keys():
        if a[key] is not b[key] and a[key] != b[key]:
            out[key] = max(a[key], b[key], key=rank)  # type: ignore[arg-type]  # ranks of one call compare
    return {key: out[key] for key in sorted(out, key=natural)}


def _text_rank(entry: Contract) -> str:
    return entry.model_dump_json()


def _fact_rank(fact: Fact) -> tuple[bool, bool, str]:
    checked = fact.second is not None
    disagrees = fact.second is not None and fact.second.value != fact.value
    return (checked, disagrees, fact.model_dump_json())


def add_facts(ledger: Ledger, facts: tuple[Fact, ...], table: ResultTable | None = None) -> Ledger:
    """Return the ledger with more facts and, if given, the table that holds them (unnumbered: see `number`)."""
    tables = {} if table is None else {table.id: table}
    return merge(ledger, Ledger(turn=ledger.turn, facts={fact.id: fact for fact in facts}, tables=tables))


def with_seconds(ledger: Ledger, checked: Mapping[str, Fact]) -> Ledger:
    """Return the ledger in which each fact of `checked` (by id) replaces the one without a second path."""
    return ledger.model_copy(update={"facts": {**ledger.facts, **checked}})
