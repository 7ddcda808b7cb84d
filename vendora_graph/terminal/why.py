"""The evidence behind an answer (`--why`): facts with their second path, definitions, statements, checks, the way it took."""

from __future__ import annotations

from collections.abc import Iterator

from vendora_graph.contracts import Answer, Fact, QueryRecord
from vendora_graph.escape import for_terminal
from vendora_graph.terminal.blocks import Block, Code, Grid, Lines


def why_blocks(answer: Answer) -> list[Block]:
    """Return the evidence of an answer as blocks, in the order a doubter asks for it."""
    return [*_facts(answer), *_definitions(answer), *_statements(answer), *_checks(answer), *_journey(answer)]


def _facts(answer: Answer) -> Iterator[Block]:
    if not answer.evidence:
        return
    rows = tuple(_fact_row(fact) for fact in answer.evidence)
    columns = ("Fact", "Figure", "Of", "Period", "Value", "Second path")
    yield Grid("Facts", columns, rows, (False, False, False, False, True, False))


def _fact_row(fact: Fact) -> tuple[str, ...]:
    slices = ", ".join(value for _, value in fact.slice) or "all"
    period = fact.period.label if fact.period else ""
    return tuple(for_terminal(cell) for cell in (fact.id[:8], fact.label, slices, period, _value(fact), _second(fact)))


def _value(fact: Fact) -> str:
    from vendora_graph.evidence.formats import render_value

    return render_value(fact.value, fact.unit)


def _second(fact: Fact) -> str:
    if fact.second is None:
        return f"= {fact.formula}" if fact.formula else "none"
    agrees = "agrees" if fact.second.value == fact.value else f"gave {fact.second.value}"
    return f"{agrees}: {fact.second.method}"


def _definitions(answer: Answer) -> Iterator[Block]:
    if answer.definitions:
        items = tuple(
            for_terminal(f"{item.label}: {item.text}{f' Formula: {item.formula}' if item.formula else ''}") for item in answer.definitions
        )
        yield Lines("What the figures mean", items)
    if answer.data_sources:
        yield Lines("Data", (for_terminal(", ".join(answer.data_sources)),))


def _statements(answer: Answer) -> Iterator[Block]:
    for query in answer.queries:
        yield Code(_statement_title(query), for_terminal(_laid_out(query)))


def _laid_out(query: QueryRecord) -> str:
    """Return a statement in lines for reading; as it was run when it cannot be parsed."""
    import sqlglot

    try:
        return sqlglot.transpile(query.sql, read=query.dialect, write=query.dialect, pretty=True)[0]
    except (sqlglot.errors.SqlglotError, ValueError):
        return query.sql.strip()


def _statement_title(query: QueryRecord) -> str:
    purpose = "Computed by" if query.purpose == "primary" else "Checked by"
    return f"{purpose} query {query.id[:8]} ({query.dialect}, {query.rows} rows, {query.ms:.1f} ms)"


def _checks(answer: Answer) -> Iterator[Block]:
    """Return the checks that say something as a table, and the others by name."""
    speaking = [check for check in answer.checks if check.reason or not check.passed]
    if speaking:
        rows = tuple(
            (
                "passed" if check.passed else "FAILED", for_terminal(check.name),
                f"-{check.penalty}" if check.penalty else "", for_terminal(check.reason),
            )
            for check in speaking
        )  # fmt: skip
        yield Grid("Checks", ("", "Check", "Cost", "Why"), rows, (False, False, True, False))
    silent = ", ".join(check.name for check in answer.checks if check.passed and not check.reason)
    if silent:
        yield Lines("Checks passed", (for_terminal(silent),), quiet=True)


def _journey(answer: Answer) -> Iterator[Block]:
    if answer.metadata.trace:
        yield Lines("The way it took", (for_terminal(" > ".join(answer.metadata.trace)),))
    if answer.rejected:
        items = tuple(for_terminal(f"{draft.author}, score {draft.score}: {'; '.join(draft.reasons)}") for draft in answer.rejected)
        yield Lines("Drafts that were rejected", items)
