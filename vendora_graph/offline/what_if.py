"""What if: which figure would change, and by how much or to where. A scenario changes one figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.scenarios import LEVEL, RATE, SHARE, of_rate

Doubts = Sequence[tuple[str, Callable[[Framer, Plan], object]]]
"""Names of the texts that ask back, with what finds the words they are about."""


def take_changed(framer: Framer) -> None:
    """Put the figure that changes first: the one its number stands nearest to (`what happens to gross if PVR goes up $50`)."""
    frame, numbers = framer.frame, _numbers(framer)
    if not frame.has("what_if") or not numbers:
        return
    _drop_unit(framer, numbers[0])
    spans = {name: frame.metric_spans[name] for name in frame.metrics if name in frame.metric_spans}
    away = {name: max(span.start - numbers[0], numbers[0] - span.end + 1, 0) for name, span in spans.items()}
    frame.metrics.sort(key=lambda name: away.get(name, len(frame.tokens)))


def _drop_unit(framer: Framer, at: int) -> None:
    """`cut recon by $200 a car`: behind the number `a car` is what it is for each of, and no measure beside another one."""
    frame = framer.frame
    units = [m for m, span in frame.metric_spans.items() if span.start == at + 1 and frame.tokens[at + 1].text in framer.raw["per_words"]]
    if set(frame.metrics) - set(units):
        frame.metrics = [m for m in frame.metrics if m not in units]


def change_of(framer: Framer) -> str | None:
    """Return the change asked about: `+0.3`, `-200`, `+0.01 rate` (points), `+0.1 share` (percent of an amount or a count), `=1.8`."""
    frame, numbers = framer.frame, _numbers(framer)
    rated = any(of_rate(name) for name in frame.metrics[:1])
    for index, token in enumerate(frame.tokens):
        if token.text in framer.raw["what_if_words"] or (token.stem in framer.raw["what_if_rates"] and rated):
            frame.bound.setdefault(index, "change")
    if not numbers:
        return None
    at = numbers[0]
    frame.bound[at] = "amount"
    kind = _kind(framer, at)
    value = (frame.tokens[at].number or 0) / (100 if kind else 1)
    if _is_level(framer, at):
        return f"{value - 1:+f} {SHARE}" if kind == SHARE else f"{LEVEL}{value:f}{f' {RATE}' if kind else ''}"
    if kind == RATE and frame.tokens[at].unit == "pct":
        frame.notes.append(("as_points", {"said": frame.tokens[at].raw}))
    down = any(t.text in framer.raw["what_if_down"] for t in frame.tokens)
    return f"{'-' if down else '+'}{value:f}{f' {kind}' if kind else ''}"


def _numbers(framer: Framer) -> list[int]:
    frame = framer.frame
    return [at for at, t in enumerate(frame.tokens) if t.number is not None and frame.bound.get(at, "amount") == "amount"]


def _kind(framer: Framer, at: int) -> str:
    """Points of a rate, a percentage of the figure itself, or neither."""
    frame, words = framer.frame, framer.raw["threshold_words"]
    after = {t.stem for t in frame.tokens[at + 1 : at + 2]} | {t.text for t in frame.tokens[at + 1 : at + 2]}
    if after & set(words["points"]):
        return RATE
    if frame.tokens[at].unit != "pct" and not after & set(words["rate"]):
        return ""
    changed = frame.metrics[0] if frame.metrics else ""
    rated = changed in framer.catalog.metrics and framer.catalog.metrics[changed].unit == "rate"
    named = of_rate(changed) and bool({t.stem for t in frame.tokens} & set(framer.raw["what_if_rates"]))
    return RATE if rated or named else SHARE


def _is_level(framer: Framer, at: int) -> bool:
    """`went to 1.8`, `was $150`: where the figure would stand, not by how much it would change."""
    raw, tokens = framer.raw["what_if_levels"], framer.frame.tokens
    before = next((t.text for t in reversed(tokens[:at]) if t.text not in raw["between"]), "")
    return before in raw["always"] or (before in raw["verbs"] and not {t.text for t in tokens} & set(raw["changes"]))


def _two_changes(framer: Framer, _plan: Plan) -> str:
    """Return the second change a question names (`PVR up $100 on 20 more units`)."""
    others = _numbers(framer)[1:]
    return framer.frame.tokens[others[0]].raw if others else ""


def _points_of_amount(framer: Framer, plan: Plan) -> str:
    """Return the points an amount or a count is to change by."""
    number, _, kind = (plan.topic or "").partition(" ")
    rated = of_rate(plan.metrics[0]) or framer.catalog.metrics[plan.metrics[0]].unit == "rate"
    return f"{float(number) * 100:g}" if kind == RATE and not rated and not number.startswith(LEVEL) else ""


CHANGES: Doubts = (("two_changes", _two_changes), ("points", _points_of_amount))
"""What is asked back of a scenario."""
