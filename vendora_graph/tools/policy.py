"""The validator's policy for one draft: everything its pure checks may depend on, gathered by code."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from vendora_graph.contracts import Ledger, MetricRules, Principal, Reading, ValidationPolicy
from vendora_graph.evidence.checks.periods import SERVICE
from vendora_graph.semantic.catalog import MetricInfo
from vendora_graph.tools.access_gate import access_class

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from vendora_graph.services import Services


def rules_of(info: MetricInfo, services: Services) -> MetricRules:
    """Return what the checks need to know of a metric."""
    return MetricRules(
        label=info.label,
        unit=info.unit,
        good=info.good,
        additivity=info.additivity,
        min_n=info.min_n,
        low=info.low,
        high=info.high,
        access=access_class(info.access, services, by_person=False),
        family=info.family,
        ledger_month=info.ledger_month,
        basis=info.basis,
        synonyms=info.synonyms,
    )


_RULES: WeakKeyDictionary[Services, dict[int, dict[str, MetricRules]]] = WeakKeyDictionary()
SUMMED = ("additive", "distinct", "semi_additive")


def _all_rules(services: Services, stores: int) -> dict[str, MetricRules]:
    """Return the rules of every metric: a wrong label is seen only beside the label it belongs to. Built once."""
    kept = _RULES.setdefault(services, {})
    if stores not in kept:
        kept[stores] = {info.name: _for_stores(rules_of(info, services), stores) for info in services.catalog.metrics.values()}
    return kept[stores]


def _for_stores(rules: MetricRules, stores: int) -> MetricRules:
    """Plausible bounds are a store's: what adds up over several may be that many times as large."""
    if stores < 2 or rules.additivity not in SUMMED:  # noqa: PLR2004 - more than one
        return rules
    low = None if rules.low is None else min(rules.low, rules.low * stores)
    high = None if rules.high is None else rules.high * stores
    return rules.model_copy(update={"low": low, "high": high})


def policy_of(
    ledger: Ledger,
    reading: Reading,
    *,
    as_of: date,
    data_through: date,
    principal: Principal,
    offline: bool,
    services: Services,
    history: Mapping[str, tuple[Decimal, Decimal]] | None = None,
) -> ValidationPolicy:
    """Return the policy for validating a draft over this ledger; `history` is what `own_past` found."""
    catalog = services.catalog
    return ValidationPolicy(
        threshold=services.settings.quality_threshold,
        as_of=as_of,
        data_through=data_through,
        independent=not offline,
        analyst_is_offline=offline,
        unused=reading.unused,
        stated_assumptions=reading.assumptions,
        metric_info=_all_rules(services, len(principal.dealership_ids)),
        history=dict(history or {}),
        dimension_labels={d.name: d.label for d in catalog.dimensions.values()},
        open_months=services.profile.open_months(principal.dealership_ids),
        allowed_classes=services.access.classes(principal),
        selling_days=_selling_days(ledger, principal, services),
    )


def _selling_days(ledger: Ledger, principal: Principal, services: Services) -> dict[str, int]:
    """Return the days the asker's stores were open in each period of the ledger, by first and last day; of the service drive marked so."""
    spans = {(f.period.start, f.period.end) for f in ledger.facts.values() if f.period is not None}
    found = {}
    for (start, end), mark in product(sorted(spans), ("", SERVICE)):
        days = services.profile.selling_days(start, end, principal.dealership_ids, service=bool(mark))
        if days is not None:
            found[f"{mark}{start.isoformat()}/{end.isoformat()}"] = days
    return found
