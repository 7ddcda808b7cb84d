"""Restating: the reading in one sentence, and the assumptions in full. Sentences are data (`english.yaml`, `texts`)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from vendora_graph.contracts import Filter, Plan, Unit
from vendora_graph.offline.frame import Framer

_MAX_NAMES = 6


def restate(framer: Framer, plan: Plan) -> str:
    """Return one sentence that says how the question was read."""
    texts = framer.raw["texts"]
    snapshot = all(framer.catalog.metrics[m].snapshot for m in plan.metrics) and plan.grain is None
    pattern = texts["restated_snapshot" if snapshot else "restated"]
    if plan.intent == "definition":
        pattern = texts["restated_definition"]
    pattern = texts["restated_intent"].get(plan.intent, texts["restated_averaged"] if plan.averaged else pattern)
    return (
        _capital(
            pattern.format(
                metrics=metric_names(framer, plan),
                filters="".join(filter_text(framer, f) for f in plan.filters),
                groups=_groups(framer, plan),
                comparison=_comparison(framer, plan),
                ranking=_ranking(framer, plan),
                period=plan.period.label if plan.period else "",
                topic=_topic(framer, plan),
            )
        )
        + "."
    )


def metric_names(framer: Framer, plan: Plan) -> str:
    """Return the labels of a plan's metrics as a list in words."""
    labels = [framer.catalog.metrics[m].label for m in plan.metrics]
    shown = labels if len(labels) <= _MAX_NAMES else [*labels[: _MAX_NAMES - 1], f"{len(labels) - _MAX_NAMES + 1} more"]
    return in_words(shown)


def in_words(items: list[str]) -> str:
    """Return `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def filter_text(framer: Framer, item: Filter) -> str:
    """Return a filter in words."""
    dimension = framer.catalog.dimensions.get(item.dimension)
    metric = framer.catalog.metrics.get(item.dimension)
    label = dimension.label if dimension else metric.label if metric else item.dimension
    unit = dimension.unit if dimension else metric.unit if metric else None
    numeric = item.op not in {"in", "not_in"}
    values = [amount(v, unit) for v in item.values] if numeric else list(item.values)
    return str(framer.raw["texts"][f"filter_{item.op}"]).format(
        label=label.lower() if label[:2].istitle() else label, values=in_words(values)
    )


def amount(value: str, unit: Unit | None) -> str:
    """Return a threshold with its unit."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if unit is not None and unit.startswith("usd"):
        return f"{'-' if number < 0 else ''}${abs(number):,}"
    if unit == "rate":
        return f"{(number * 100).normalize():f}%"
    return f"{number:,} {unit}" if unit in {"days", "hours", "minutes", "months"} else f"{number:,}"


def _groups(framer: Framer, plan: Plan) -> str:
    texts = framer.raw["texts"]
    parts = ""
    named = metric_names(framer, plan).lower()
    labels = [framer.catalog.dimensions[g].label.lower() for g in plan.group_by]
    unsaid = [label for label in labels if not named.endswith(f" {label}")]
    if unsaid:
        parts = texts["groups"].format(labels=in_words(unsaid))
    return parts + (texts["grain"].format(grain=plan.grain) if plan.grain else "")


def _comparison(framer: Framer, plan: Plan) -> str:
    if plan.comparison is None:
        return ""
    label = plan.comparison.period.label if plan.comparison.period else ""
    return str(framer.raw["texts"]["compared"][plan.comparison.kind]).format(label=label)


def _ranking(framer: Framer, plan: Plan) -> str:
    texts, ranking = framer.raw["texts"], plan.ranking
    if ranking is None:
        return ""
    limit = texts["limit"].format(limit=ranking.limit) if ranking.limit else ""
    if ranking.change:
        return str(texts["ranked_change"]).format(order=texts[f"change_{ranking.direction}"], limit=limit)
    return str(texts["ranked"]).format(order=texts[ranking.direction], limit=limit)


def _topic(framer: Framer, plan: Plan) -> str:
    entry = framer.lexicon.section("reports").get(plan.topic or "") or {}
    return str(entry.get("label", plan.topic or ""))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def note_text(framer: Framer, name: str, values: dict[str, str]) -> str:
    """Return the sentence of a note taken while reading."""
    assume = framer.raw["texts"]["assume"]
    if name == "rule":
        entry = framer.lexicon.section("rules").get(values["rule"]) or {}
        named = in_words([framer.catalog.metrics[m].label.lower() for m in framer.frame.metrics])
        return str(entry.get("assume", "")).replace("{labels}", named)
    if name == "distributed":
        return str(assume[name]).format(label=framer.catalog.metrics[values["metric"]].label)
    if name == "stood_in":
        labels = {k: framer.catalog.dimensions[v].label for k, v in values.items()}
        return str(assume["stood_in"]).format(asked=labels["asked"], label=labels["dimension"].lower())
    if name in {"dropped_slot", "who", "cannot_split", "left_out"}:
        dimension = framer.catalog.dimensions.get(values["dimension"])
        metric = values.get("metric") or (framer.frame.metrics[0] if framer.frame.metrics else "")
        label = framer.catalog.metrics[metric].label if metric else ""
        shown = dimension.label.lower() if dimension else values["dimension"]
        if name == "who":
            return str(assume["who"]).format(label=shown)
        return str(assume["left_out" if name == "left_out" else "dropped_slot"]).format(label=label, dimension=shown)
    return str(assume[name]).format(**values)
