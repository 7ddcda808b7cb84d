"""The outcome of an evaluation, for people (blocks) and for machines (a mapping)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from pydantic import JsonValue

from vendora_graph.escape import for_terminal
from vendora_graph.evaluation.gold import Gold
from vendora_graph.evaluation.run import Outcome
from vendora_graph.terminal.blocks import Block, Grid, Lead, Lines

PERCENTILES = (50, 90, 95, 99, 100)
SHOWN_ROWS = 8


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the nearest-rank percentile of values; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)] if ordered else 0.0


def report_blocks(outcomes: Sequence[Outcome]) -> list[Block]:
    """Return the report: the accuracy, a line per kind, every wrong one with both results, latency."""
    right = sum(outcome.verdict == "right" for outcome in outcomes)
    silent = sum(outcome.verdict == "silent" for outcome in outcomes)
    total = len(outcomes)
    lead = f"{right} of {total} right ({_share(right, total)}); wrong: {silent} silent, {total - right - silent} loud."
    blocks: list[Block] = [Lead(lead, "", "good" if right == total else "no"), _kinds(outcomes)]
    blocks += [_wrong(outcome) for outcome in outcomes if outcome.verdict != "right"]
    times = [ms for outcome in outcomes for ms in outcome.ms]
    blocks.append(Lines("Latency", (", ".join(f"{_name(one)} {percentile(times, one):.0f} ms" for one in PERCENTILES),), quiet=True))
    return blocks


def report_json(outcomes: Sequence[Outcome]) -> dict[str, JsonValue]:
    """Return the same for machines."""
    times = [ms for outcome in outcomes for ms in outcome.ms]
    return {
        "total": len(outcomes),
        "right": sum(outcome.verdict == "right" for outcome in outcomes),
        "silent": sum(outcome.verdict == "silent" for outcome in outcomes),
        "loud": sum(outcome.verdict == "loud" for outcome in outcomes),
        "kinds": {kind: {"right": right, "total": total} for kind, right, total, _ in _by_kind(outcomes)},
        "latency_ms": {_name(one): round(percentile(times, one), 3) for one in PERCENTILES},
        "outcomes": [_outcome_json(outcome) for outcome in outcomes],
    }


def _outcome_json(outcome: Outcome) -> JsonValue:
    return {
        "id": outcome.id,
        "kind": outcome.kind,
        "question": outcome.question,
        "verdict": outcome.verdict,
        "status": outcome.status,
        "said": outcome.said,
        "problems": list(outcome.problems),
        "gold": [[*row.labels, *(None if value is None else str(value) for _, value in row.figures)] for row in outcome.gold.rows]
        if outcome.gold
        else None,
        "ms": [round(ms, 3) for ms in outcome.ms],
    }


def _kinds(outcomes: Sequence[Outcome]) -> Grid:
    rows = tuple((kind, str(total), str(right), _share(right, total), str(silent)) for kind, right, total, silent in _by_kind(outcomes))
    return Grid("", ("Kind", "Questions", "Right", "Accuracy", "Silent errors"), rows, (False, True, True, True, True))


def _by_kind(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, int, int, int]]:
    for kind in dict.fromkeys(outcome.kind for outcome in outcomes):
        verdicts = [outcome.verdict for outcome in outcomes if outcome.kind == kind]
        yield kind, verdicts.count("right"), len(verdicts), verdicts.count("silent")


def _wrong(outcome: Outcome) -> Lines:
    lines = [f"{outcome.verdict}: {problem}" for problem in outcome.problems]
    if outcome.gold is not None:
        lines += ["gold: " + row for row in _gold_rows(outcome.gold)]
    lines.append(f"answer: {outcome.said}")
    if outcome.answer is not None:
        lines += [f"answer: {' | '.join(row)}" for table in outcome.answer.analysis.tables for row in table.rows[:SHOWN_ROWS]]
    return Lines(for_terminal(f"{outcome.id} ({outcome.kind}): {outcome.question}"), tuple(for_terminal(line) for line in lines))


def _gold_rows(gold: Gold) -> Iterator[str]:
    for row in gold.rows[:SHOWN_ROWS]:
        yield " | ".join([*row.labels, *(f"{name} {value}" for name, value in row.figures)])
    if len(gold.rows) > SHOWN_ROWS:
        yield f"... {len(gold.rows)} rows"


def _name(percent: int) -> str:
    return f"p{percent}" if percent < PERCENTILES[-1] else "max"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%"
