"""The store's own past: between what a metric of the whole moved in its last complete months, for the validator.

Read for the metrics that need it only, one statement a fact table by month, and kept while the data stands still: a question asked
again reads nothing. Metrics of snapshots, windows and medians have no monthly past in one statement, and so none here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from vendora_graph.contracts import Draft, Fact, Ledger
from vendora_graph.errors import WarehouseError
from vendora_graph.evidence.asks import ask_of
from vendora_graph.evidence.calendar import is_whole_month
from vendora_graph.evidence.references import references
from vendora_graph.tools.cells import Cut
from vendora_graph.tools.evaluate import Leg, evaluate, plain
from vendora_graph.tools.requests import Span
from vendora_graph.tools.runner import as_period
from vendora_graph.tools.spans import ONE_DAY, bucket_label, bucket_start, buckets

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

MONTHS_BACK = 18
"""Complete months read: twelve and more are left when those asked for are taken out."""

LEAST = 8
"""Months below which nothing is called usual."""

LEVEL_SPREAD = Decimal("0.15")
"""A past that hardly moves is given this part of its middle as its spread, so that a hair is nothing unusual."""

COUNTED = ("count", "units")
FEW = 10
"""A count that usually stays below this has no usual range."""

Months = Mapping[str, Decimal]
Past = dict[str, tuple[Decimal, Decimal]]
"""The usual range of each metric, both ends included, in the metric's own unit."""


@dataclass(frozen=True, slots=True)
class _Window:
    """Whose past, and until when: what is kept is kept for this."""

    stores: tuple[str, ...]
    span: Span


_KEPT: WeakKeyDictionary[Services, dict[tuple[_Window, str], Months]] = WeakKeyDictionary()


async def own_past(draft: Draft, ledger: Ledger, services: Services, scope: Scope) -> Past:
    """Return the usual range of every metric the draft speaks of for a whole month of the whole, from the other complete months.

    The range is the lowest to the highest of those months, widened on both sides by the span between them. A metric whose past is too
    short, or cannot be read, is left out.
    """
    shown = _spoken(draft, ledger, services)
    window = _window(services, scope)
    if not shown or window is None:
        return {}
    kept = _KEPT.setdefault(services, {})
    if any((window, name) not in kept for name in shown):  # all of them: another set of metrics would be another statement to compile
        kept.update({(window, name): months for name, months in (await _read(sorted(shown), window, services, scope)).items()})
    unclosed = services.profile.open_months(scope.principal.dealership_ids)
    found: Past = {}
    for name, own in shown.items():
        closed = unclosed if services.catalog.metrics[name].ledger_month else ()
        others = [value for month, value in kept.get((window, name), {}).items() if month not in own and month not in closed]
        if len(others) >= LEAST and not _counts_few(name, others, services):
            found[name] = usual(others)
    return found


def _counts_few(metric: str, values: list[Decimal], services: Services) -> bool:
    """Tell whether a metric counts so few that one more or less is no news."""
    return services.catalog.metrics[metric].unit in COUNTED and median(values) < FEW


def usual(values: list[Decimal]) -> tuple[Decimal, Decimal]:
    """Return the range that values of the past leave room for."""
    low, high = min(values), max(values)
    room = max(high - low, abs(median(values)) * LEVEL_SPREAD)
    return low - room, high + room


def _spoken(draft: Draft, ledger: Ledger, services: Services) -> dict[str, set[str]]:
    """Return the metrics that headline and findings have for a whole month of the whole, each with those months."""
    texts = (draft.headline, *(finding.text for finding in draft.findings))
    said = {ledger.numbers[ref] for text in texts for ref in references(text) if ref in ledger.numbers}
    wanted = said | {part for identity in said for part in ledger.facts[identity].parts}
    found: dict[str, set[str]] = {}
    for table in ledger.tables.values():
        if table.tool == "query_metrics" and not ask_of(table).filters:
            for fact in (ledger.facts[cell] for row in table.cells for cell in row if cell in wanted):
                if _is_judged(fact, services):
                    found.setdefault(fact.metric, set()).add(_month(fact))
    return found


def _is_judged(fact: Fact, services: Services) -> bool:
    whole = fact.period is not None and is_whole_month(fact.period)
    return whole and not fact.slice and fact.grade == "metric" and fact.value is not None and plain(fact.metric, services)


def _month(fact: Fact) -> str:
    assert fact.period is not None  # noqa: S101 - only months come here
    return bucket_label(fact.period.start, "month")


def _window(services: Services, scope: Scope) -> _Window | None:
    """Return the last complete months the data covers, None where there are too few."""
    stores = scope.principal.dealership_ids
    first, _ = services.profile.covers(stores)
    last = bucket_start(scope.data_through + ONE_DAY, "month") - ONE_DAY
    months = [month for month in buckets(first, last, "month") if month.complete][-MONTHS_BACK:]
    return _Window(tuple(sorted(stores)), Span(start=months[0].start, end=last)) if len(months) >= LEAST else None


async def _read(metrics: list[str], window: _Window, services: Services, scope: Scope) -> dict[str, Months]:
    leg = Leg(window.span, as_period(window.span, scope))
    try:
        found = await evaluate(metrics, leg, Cut((), "month"), services, scope)
    except WarehouseError:
        return {}
    return {name: {key[-1]: value for key, value in found.values[name].items() if value is not None} for name in metrics}
