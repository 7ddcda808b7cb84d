"""What if: which figure would change, and by how much or to where. A scenario changes one figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.scenarios import ENDS, LEVEL, RATE, SHARE, of_rate, scenario_of, sets_apart
from vendora_graph.offline.spans import Span

_NOUN_WITHIN = 3
"""Words between a number and what it counts."""
_ENDS_WITHIN = 3
"""Words between the two ends of a change."""
_AMOUNT = "amount"
Doubts = Sequence[tuple[str, Callable[[Framer, Plan], object]]]
"""Names of the texts that ask back, with what finds the words they are about."""


def take_ends(framer: Framer) -> None:
    """`PVR up from 150 to 160`, `if penetration hits 50%`: where the figure would start and end are no limits."""
    tokens, verbs = framer.frame.tokens, framer.raw["what_if_levels"]["always"]
    _worth(framer)
    if framer.frame.has("what_if"):
        levels = [at for at in _numbers(framer) if at and tokens[at - 1].text in verbs]
        framer.frame.bound.update(dict.fromkeys((*_ends(framer), *levels), _AMOUNT))


def _worth(framer: Framer) -> None:
    """`what are 5 points of VSC worth`: points that are worth something are a scenario."""
    tokens, points = framer.frame.tokens, set(framer.raw["threshold_words"]["points"])
    sized = any(t.number is not None and {b.text, b.stem} & points for t, b in pairwise(tokens))
    if sized and any(t.text in framer.raw["worth_words"] for t in tokens):
        framer.frame.cues.setdefault("what_if", [])


def _ends(framer: Framer) -> tuple[int, ...]:
    """The places of the two numbers a change is said to go from and to, nothing where it is not said so."""
    tokens, raw = framer.frame.tokens, framer.raw["what_if_levels"]
    for first, last in pairwise(_numbers(framer)):
        near = last - first <= _ENDS_WITHIN and first > 0
        if near and tokens[first - 1].text in raw["starts"] and tokens[last - 1].text in raw["always"]:
            return first, last
    return ()


def stands_to_change(framer: Framer, span: Span) -> bool:
    """`what happens to gross if closing goes up 3 points`: the word in the number's own clause is the figure that changes."""
    tokens, parting = framer.frame.tokens, set(framer.raw["what_if_clauses"])
    at = next((i for i in _numbers(framer) if i >= span.end), 0) if framer.frame.has("what_if") else 0
    return bool(at) and not any(t.text in parting for t in tokens[span.end : at])


def changes(framer: Framer, span: Span) -> bool:
    """Whether a figure is the one a scenario changes: it stands in the clause of the number, before or behind it."""
    tokens, parting = framer.frame.tokens, set(framer.raw["what_if_clauses"])
    for at in _numbers(framer)[:1] if framer.frame.has("what_if") else ():
        return not any(t.text in parting for t in tokens[min(span.end, at) : max(span.start, at)])
    return False


def _only_advice(framer: Framer) -> None:
    """`what would you fix first`: advice is asked for, and no change is named that a scenario could be of."""
    frame = framer.frame
    apart = any(sets_apart(m) for m in frame.metrics[:1])
    if frame.has("what_if") and frame.has("recommend") and not _numbers(framer) and not apart:
        del frame.cues["what_if"]


def _keep_or_sell(framer: Framer) -> None:
    """`which used units should we wholesale`: of units the scenario that sets one course against the other (`kept_or_sold`)."""
    frame, entry = framer.frame, framer.lexicon.section("kept_or_sold")
    if frame.has("what_if") and not _numbers(framer) and {t.text for t in frame.tokens} & set(entry.get("words") or ()):
        frame.metrics = list(dict.fromkeys(str((entry.get("metrics") or {}).get(m, m)) for m in frame.metrics))


def take_changed(framer: Framer) -> None:
    """Put the figure that changes first: one the number can be a change of (`$50` of dollars, points of a rate) and that has a scenario.

    Of several the noun right behind the number is meant (`10 more used units`), else what stands before it (`PVR goes down $100`).
    """
    frame, numbers = framer.frame, _numbers(framer)
    _only_advice(framer)
    _keep_or_sell(framer)
    if not frame.has("what_if") or not numbers:
        return
    at = numbers[0]
    _drop_unit(framer, at)
    spans = {name: frame.metric_spans[name] for name in frame.metrics if name in frame.metric_spans}

    def order(name: str) -> tuple[bool, bool, bool, bool, int]:
        span = spans.get(name)
        if span is None:
            return True, True, True, True, len(frame.tokens)
        away = max(span.start - at, at - span.end + 1, 0)
        return not _can_be(framer, at, name), not scenario_of(name), not _counts(framer, at, span), span.start > at, away

    frame.metrics.sort(key=order)


def _can_be(framer: Framer, at: int, metric: str) -> bool:
    """Whether a number with its unit can be a change of a measure."""
    words, after = framer.raw["threshold_words"], {t.text for t in framer.frame.tokens[at + 1 : at + 2]}
    unit, kind = framer.catalog.metrics[metric].unit, scenario_of(metric)
    if framer.frame.tokens[at].unit == "usd" or after & set(words["usd"]):
        return kind == "usd" if kind else unit.startswith("usd")
    if after & set(words["points"]):
        return kind == RATE if kind else unit == "rate"
    return True


def _counts(framer: Framer, at: int, span: Span) -> bool:
    """Whether a number counts the measure behind it (`20 more used units`)."""
    small = {*framer.raw["what_if_levels"]["changes"], framer.raw["of_word"], *framer.raw["articles"]}
    return at < span.start and all(t.text in small for t in framer.frame.tokens[at + 1 : span.start])


def _drop_unit(framer: Framer, at: int) -> None:
    """`cut recon by $200 a car`, `closing reached 30`: what it is for each of, and a verb of a level, are no measures besides."""
    frame = framer.frame
    per, reached = framer.raw["per_words"], framer.raw["what_if_levels"]["always"]
    units = [m for m, span in frame.metric_spans.items() if span.start == at + 1 and frame.tokens[at + 1].text in per]
    units += [m for m, span in frame.metric_spans.items() if span.start == at - 1 and frame.tokens[at - 1].text in reached]
    if set(frame.metrics) - set(units):
        frame.metrics = [m for m in frame.metrics if m not in units]


def change_of(framer: Framer) -> str | None:
    """Return the change asked about: `+0.3`, `-200`, `+0.01 rate` (points), `+0.1 share` (percent of an amount or a count), `=1.8`."""
    frame, numbers = framer.frame, _numbers(framer)
    rated = any(of_rate(name) for name in frame.metrics[:1])
    for index, token in enumerate(frame.tokens):
        sized = numbers and token.text in framer.raw["basis_words"]
        if token.text in framer.raw["what_if_words"] or sized or (token.stem in framer.raw["what_if_rates"] and rated):
            frame.bound.setdefault(index, "change")
    if not numbers:
        return None
    ends = _ends(framer)
    if ends:
        return _between(framer, *ends)
    at = numbers[0]
    frame.bound[at] = _AMOUNT
    kind = _kind(framer, at)
    value = (frame.tokens[at].number or 0) / (100 if kind else 1)
    if _is_level(framer, at):
        return f"{value - 1:+f} {SHARE}" if kind == SHARE else f"{LEVEL}{value:f}{f' {RATE}' if kind else ''}"
    if kind == RATE and frame.tokens[at].unit == "pct":
        frame.notes.append(("as_points", {"said": frame.tokens[at].raw}))
    return f"{'-' if _down(framer, at) else '+'}{value:f}{f' {kind}' if kind else ''}"


def size_words(topic: str) -> str:
    """Return the size of a scenario in words (`+3 points`, `to 1.8`)."""
    number, *kinds = topic.split()
    part = "points" if RATE in kinds else "percent" if SHARE in kinds else ""
    value = Decimal(number.removeprefix(LEVEL)) * (100 if part else 1)
    size = f"to {value:f}" if number.startswith(LEVEL) else f"{value:+f}"
    return f"{size} {part}".strip()


def _between(framer: Framer, first: int, last: int) -> str:
    """The change from one end to the other; ends in percent are points apart."""
    tokens, kind = framer.frame.tokens, _kind(framer, last) and RATE
    moved = (tokens[last].number or 0) - (tokens[first].number or 0)
    return " ".join(part for part in (f"{moved / (100 if kind else 1):+f}", kind, ENDS) if part)


def _down(framer: Framer, at: int) -> bool:
    """Whether the clause of the number says that the figure falls (`cut prices and sell 20 more` sells more)."""
    tokens, parting = framer.frame.tokens, set(framer.raw["what_if_clauses"])
    start = max((i + 1 for i in range(at) if tokens[i].text in parting), default=0)
    end = next((i for i in range(at, len(tokens)) if tokens[i].text in parting), len(tokens))
    return any(t.text in framer.raw["what_if_down"] for t in tokens[start:end])


def _numbers(framer: Framer) -> list[int]:
    frame = framer.frame
    return [at for at, t in enumerate(frame.tokens) if t.number is not None and frame.bound.get(at, _AMOUNT) == _AMOUNT]


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
    others = [at for at in _numbers(framer)[1:] if at not in _ends(framer)]
    return framer.frame.tokens[others[0]].raw if others else ""


def _points_of_amount(framer: Framer, plan: Plan) -> str:
    """Return the points an amount or a count is to change by."""
    number, _, kinds = (plan.topic or "").partition(" ")
    rated = of_rate(plan.metrics[0]) or framer.catalog.metrics[plan.metrics[0]].unit == "rate"
    return f"{float(number) * 100:g}" if RATE in kinds.split() and not rated and not number.startswith(LEVEL) else ""


def _counted_amount(framer: Framer, plan: Plan) -> str:
    """Return the things the number counts, where dollars a unit would change by them (`front PVR if we sold 10 more used units`)."""
    tokens = framer.frame.tokens
    at = next((i for i, t in enumerate(tokens) if t.number is not None and framer.frame.bound.get(i) == _AMOUNT), len(tokens))
    after = tokens[at + 1 : at + 1 + _NOUN_WITHIN]
    things = [t.raw for t in after if t.text in framer.raw["threshold_words"]["units"]]
    dollars = at < len(tokens) and tokens[at].unit in {"usd", "pct"}
    if not things or dollars or {t.text for t in after} & set(framer.raw["per_words"]) or scenario_of(plan.metrics[0]) != "usd":
        return ""
    return f"{tokens[at].raw} {things[0]}"


def _nothing_named(framer: Framer, plan: Plan) -> bool:
    """`what if rates go up`: what is shown by default is no figure that the question would change."""
    guessed, first = framer.frame.from_department or framer.frame.from_hint, plan.metrics[0]
    return guessed and not sets_apart(first) and not (scenario_of(first) and plan.topic)


CHANGES: Doubts = (
    ("nothing_named", _nothing_named),
    ("two_changes", _two_changes),
    ("points", _points_of_amount),
    ("counted", _counted_amount),
)
"""What is asked back of a scenario."""
