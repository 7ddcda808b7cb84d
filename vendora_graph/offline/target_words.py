"""Which target a question means: the budget, or one its own words name (`target_sources` of the vocabulary)."""

from __future__ import annotations

from vendora_graph.contracts import Comparison, Plan
from vendora_graph.offline.frame import LIMITS, Framer
from vendora_graph.semantic.catalog import Catalog

TOPIC = "target:"
DIMENSION = "target_source"
PLAIN = ("value", "compare", "breakdown", "trend", "ranking")


def with_target(framer: Framer, plan: Plan) -> Plan:
    """Return the plan with its target as the comparison: a condition on a target's source says against which, not of what."""
    source = next((item for item in plan.filters if item.dimension == DIMENSION), None)
    if source is not None:
        kept = tuple(item for item in plan.filters if item is not source)
        plan = plan.model_copy(update={"filters": kept, "comparison": Comparison(kind="target")})
    if not compares(plan):
        return plan
    _bind_verbs(framer)
    if plan.group_by and framer.frame.has(*LIMITS, "furthest") and not any(item.dimension in plan.metrics for item in plan.filters):
        framer.frame.notes.append(("every_shown", {}))  # `which stores are below target`
    named = _named(framer) or (source.values[0] if source is not None else "")
    known = framer.lexicon.section("target_sources")
    return plan.model_copy(update={"topic": f"{TOPIC}{named}"}) if named in known else plan


def usual_targets(framer: Framer) -> bool:
    """Take the usual metrics of a question about targets that names none (`which numbers are behind budget`); tell whether it is one."""
    frame = framer.frame
    named = frame.has("target") or any(item.dimension == DIMENSION for item in frame.filters)
    metrics = [str(m) for m in framer.lexicon.vocabulary.get("target_metrics") or () if m in framer.catalog.metrics]
    if not named or not metrics or frame.groups or frame.has("who"):
        return False
    fitting = {dimension for name in metrics for dimension in framer.catalog.metrics[name].dimensions}
    missed = [item for item in frame.filters if item.dimension not in fitting and item.dimension != DIMENSION]
    known = framer.catalog.dimensions
    told = [item for item in frame.filters if item not in missed and item.dimension in known]
    if any(item.dimension != DIMENSION and known[item.dimension].kind != "store" for item in told):
        return False
    if missed and not any(token.text in framer.raw["target_words"] for token in frame.tokens):
        return False
    frame.filters = [item for item in frame.filters if item not in missed]
    frame.metrics.extend(metrics)
    return True


def own_targets(framer: Framer) -> None:
    """`who is ahead of their goal`: of the people whose own targets are held, by the measure they are of."""
    frame, found = framer.frame, framer.lexicon.section("own_targets")
    people = next((name for name, metric in found.items() if metric in framer.catalog.metrics), "")
    named = frame.metrics or frame.rules or frame.reports or frame.groups
    if people and not named and frame.has("target") and frame.has("who") and not framer.inherits():
        frame.metrics.append(str(found[people]))
        frame.groups.append(people)
        frame.notes.append(("hint", {"label": framer.catalog.metrics[str(found[people])].label}))


def compares(plan: Plan) -> bool:
    """Tell whether a plan is compared with a target."""
    return plan.comparison is not None and plan.comparison.kind == "target"


def source_of(plan: Plan) -> str | None:
    """Return the source of the target the question named; None is the budget."""
    return plan.topic.removeprefix(TOPIC) if plan.topic is not None and plan.topic.startswith(TOPIC) else None


def paced(plan: Plan, catalog: Catalog) -> bool:
    """Tell whether the target is one of a running month whose figure can be projected to its end."""
    period, infos = plan.period, [catalog.metrics[name] for name in plan.metrics]
    begun = period is not None and period.full_end is not None and period.end < period.full_end
    running = begun and period is not None and period.start.day == 1 and period.start.month == period.end.month
    alone = len(infos) == 1 and infos[0].additivity in ("additive", "ratio") and not infos[0].ledger_month
    return compares(plan) and running and alone and not (plan.group_by or plan.filters or plan.grain or source_of(plan))


def _bind_verbs(framer: Framer) -> None:
    """`how short were we`, `which metrics missed`: words of hitting or missing a target change no figure."""
    words = framer.raw["target_words"]
    for index, token in enumerate(framer.frame.tokens):
        if token.text in words or token.stem in words:
            framer.frame.bound.setdefault(index, "target")


def _named(framer: Framer) -> str:
    for source, words in framer.lexicon.section("target_sources").items():
        for index, token in enumerate(framer.frame.tokens):
            if token.text in words or token.stem in words:
                framer.frame.bound.setdefault(index, "target")
                return str(source)
    return ""
