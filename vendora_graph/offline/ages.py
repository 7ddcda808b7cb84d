"""Ages: `units over 120 days` and `used cars past 60 days` are of what stands in stock, unless the question says that it moved."""

from __future__ import annotations

from vendora_graph.contracts import Filter, Plan
from vendora_graph.offline.frame import LIMITS, Framer, can_cut
from vendora_graph.offline.variants import at_sale, base_of, filters_of, said_moved

_LOOK = 4
_THOUSANDS = 1000


def still_here(framer: Framer) -> None:
    """`units over 120 days`: an age is of what stands in stock, unless the question says it was sold, or when."""
    frame, entry = framer.frame, framer.lexicon.section("aged_stock")
    if frame.periods or framer.inherits() or said_moved(framer):
        return
    if len(frame.metrics) != 1 or (frame.groups and frame.metrics[0] not in (entry.get("grouped") or ())):
        return
    item = framer.lexicon.section("named_slices").get(frame.metrics[0])
    base = str(item["base"]) if item else frame.metrics[0]
    if entry.get(base) in framer.catalog.metrics:
        frame.metrics = [str(entry[base])]
        frame.filters.extend(filters_of(item) if item else ())


def things_limited(framer: Framer) -> None:
    """`used trucks under 30k`: things named by their values alone and limited by a number are counted as things of their kind are."""
    frame, usual = framer.frame, next(iter(framer.lexicon.section("aged_stock")), "")
    limited = frame.has(*LIMITS, "between") and any(t.number is not None and t.number >= _THOUSANDS for t in frame.tokens)
    if not limited or frame.metrics or frame.rules or frame.groups or frame.record or framer.inherits():
        return
    things = set(framer.lexicon.vocabulary.get("unit_columns") or ())
    if usual in framer.catalog.metrics and any(f.dimension in things for f in frame.filters):
        frame.metrics, frame.from_hint = [usual], True


def have_here(framer: Framer) -> None:
    """`how many Camrys do we have`: what we have stands in stock, where no measure is named and nothing says that it moved."""
    frame, entry = framer.frame, framer.lexicon.section("aged_stock")
    said = " ".join(t.text for t in frame.tokens)
    then = bool(frame.periods) and all(spec.op in framer.raw["moment_ops"] for _, spec in frame.periods)
    phrases = framer.raw["had_phrases"] if then else framer.raw["have_phrases"]
    had = any(f" {phrase} " in f" {said} " for phrase in phrases)
    guessed = not frame.metrics or (frame.from_hint and len(frame.metrics) == 1)
    if (
        not entry
        or not had
        or not guessed
        or (frame.periods and not then)
        or framer.inherits()
        or frame.rules
        or said_moved(framer)
    ):
        return
    base = base_of(framer.lexicon, frame.metrics[0]) if frame.metrics else next(iter(entry))
    stock, sliced = str(entry.get(base)), framer.lexicon.section("named_slices").get(frame.metrics[0]) if frame.metrics else None
    worth = framer.lexicon.section("amounts").get(str(entry[next(iter(entry))]))
    many = bool({t.text for t in frame.tokens} & set(framer.raw["count_words"]))
    if frame.metrics == [worth] and many and frame.filters:  # `... and what are they worth`
        frame.metrics = [str(entry[next(iter(entry))]), str(worth)]
        frame.bound.update({i: "amount" for i, t in enumerate(frame.tokens) if t.text in framer.raw["worth_words"]})
        return
    items = (*frame.filters, *(filters_of(sliced) if sliced else ()))
    if items and stock in framer.catalog.metrics and all(can_cut(framer.lexicon, stock, f.dimension) for f in items):
        much = framer.raw["much_word"] in said.split() and not many
        frame.metrics, frame.filters, frame.from_hint = [str(worth) if much else stock], list(dict.fromkeys(items)), True


def take_state(framer: Framer) -> None:
    """`used vehicles in recon`: a state of what stands (`stock_states`) is counted by its own measure, and never of what was sold."""
    frame, states, named = framer.frame, framer.lexicon.section("stock_states"), framer.lexicon.section("named_slices")
    for item in [f for f in frame.filters if f.op == "in" and f.dimension in states and len(f.values) == 1]:
        metric = str(states[item.dimension].get(item.values[0]))
        counted = [m for m in frame.metrics if base_of(framer.lexicon, m) in list(framer.lexicon.section("aged_stock"))[:1]]
        if metric not in framer.catalog.metrics or len(counted) != 1 or len(frame.metrics) != 1:
            continue
        frame.filters = [f for f in frame.filters if f is not item]
        frame.filters.extend(f for m in counted if m in named for f in filters_of(named[m]) if f not in frame.filters)
        frame.metrics = [metric]


def aged_sold(framer: Framer) -> None:
    """`aged units sold last month`: of what moved an age is the one at its sale, and what stands is not counted."""
    frame, forms, named = framer.frame, framer.lexicon.section("moved_forms"), framer.lexicon.section("named_slices")
    said = {t.text for t in frame.tokens}
    moved = said & set(map(str, forms.get("words") or ()))
    asked = said & set(framer.raw["done_question"]["verbs"]) and said & set(map(str, forms.get("verbs") or ()))  # `did we sell`
    stock = {str(v): str(k) for k, v in framer.lexicon.section("aged_stock").items() if isinstance(v, str)}
    if len(frame.metrics) != 1 or not frame.periods or not (moved or asked) or said & set(framer.raw["negations"]):
        return
    metric, found = frame.metrics[0], list[Filter]()
    while metric in named and metric not in stock:
        found.extend(filters_of(named[metric]))
        metric = str(named[metric]["base"])
    if metric in stock and any(f.dimension in forms for f in found):
        frame.metrics = [stock[metric]]
        frame.filters.extend(at_sale(framer.lexicon, f) for f in found)


def sold_only(framer: Framer, plan: Plan) -> str:
    """`how many of our used cars have over 100k miles`: a column kept of what was sold, where what stands in stock may be meant."""
    frame, entry, known = framer.frame, framer.lexicon.section("aged_stock"), framer.catalog.dimensions
    if frame.periods or frame.groups or framer.inherits() or len(plan.metrics) != 1 or said_moved(framer):
        return ""
    base = (framer.lexicon.section("named_slices").get(plan.metrics[0]) or {}).get("base", plan.metrics[0])
    stock = str(entry.get(base))
    if not {t.text for t in frame.tokens} & set(framer.raw["have_words"]):
        return ""
    counted = set(framer.lexicon.section("noun_columns").values())
    limits = [f.dimension for f in plan.filters if f.dimension in set(known) - counted and known[f.dimension].kind == "numeric"]
    apart = (known[d].label.lower() for d in limits if stock in framer.catalog.metrics and not can_cut(framer.lexicon, stock, d))
    return next(apart, "")


def age_at_sale(framer: Framer) -> None:
    """`days in stock of the F-150s we sold`: the age of what moved is the one at its sale (`moved_forms`)."""
    frame, forms = framer.frame, framer.lexicon.section("moved_forms")
    moved = {str(word) for word in forms.get("words") or ()}
    if any(t.text in moved for t in frame.tokens) and not framer.inherits():
        frame.metrics = [str(forms.get(m, m)) for m in frame.metrics]


def free_number(framer: Framer, index: int) -> bool:
    """Whether a number is one no slot took; of `past 60 days` the period gives way where an age is meant."""
    what = framer.frame.bound.get(index, "")
    if not what:
        return True
    if what != "period" or index == 0 or framer.frame.tokens[index - 1].text != framer.raw["past_word"] or not _aged(framer, index - 1):
        return False
    framer.frame.bound = {at: told for at, told in framer.frame.bound.items() if not (told == "period" and abs(at - index) <= 1)}
    framer.frame.periods = [(at, spec) for at, spec in framer.frame.periods if not at <= index <= at + _LOOK]
    return True


def _aged(framer: Framer, at: int) -> bool:
    """Whether `past 60 days` at a place is an age: of a position, or of things nothing says moved (`in the past 60 days` is a period)."""
    frame, entry, metrics = framer.frame, framer.lexicon.section("aged_stock"), framer.measures()
    if metrics and all(framer.catalog.metrics[m].snapshot for m in metrics):
        return True
    named = framer.lexicon.section("named_slices")
    bases = {str((named.get(m) or {}).get("base", m)) for m in metrics}
    before = frame.tokens[at - 1].text if at else ""
    aged = bool(bases) and bases <= set(entry) and before not in framer.raw["stretch_openers"]
    return aged and not frame.has("compare") and not said_moved(framer)
