"""Whose figures are asked for: what "my" means for a person, a manager's department, or a store."""

from __future__ import annotations

from vendora_graph.contracts import Filter
from vendora_graph.offline.context import Person
from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.others import show_among, starts_rest, the_rest
from vendora_graph.offline.spans import Span


def apply_my(framer: Framer) -> str:
    """Resolve "my": the person asked for, a manager's department, a general manager's store; returns a question when unknown."""
    frame, ctx = framer.frame, framer.ctx
    if not _of_asker(framer):
        return ""
    role = framer.lexicon.section("roles").get(ctx.role) or {}
    if ctx.person is not None:
        return _my_rows(framer, str(role.get("my", "person")))
    meaning = role.get("my", "store")
    if meaning == "person":
        return str(framer.raw["texts"]["ask"]["who_are_you"])
    if meaning == "department" and ctx.department:
        label = (framer.lexicon.section("departments").get(ctx.department) or {}).get("label", ctx.department)
        frame.notes.append(("my_department", {"department": str(label)}))
    else:
        frame.notes.append((_whole(framer), {}))
    return ""


def _of_asker(framer: Framer) -> bool:
    return framer.frame.has("self") or _me_beside(framer) or _i_did(framer) or _joined_me(framer, _people_named(framer))


def _people_named(framer: Framer) -> list[Span]:
    known, bound = framer.catalog.dimensions, framer.frame.bound
    names = ((span, bound.get(span.start, "").removeprefix("filter ")) for span in framer.frame.spans if framer.ctx.person is not None)
    return [span for span, name in names if name in known and known[name].kind == "person"]


def _i_did(framer: Framer) -> bool:
    """`biggest ticket I wrote`, `cars ive delivered`: the asker did it; `I need to see` and `can I get` only ask."""
    if framer.ctx.person is None:
        return False
    raw, said = framer.raw["asker"], [t.text for t in framer.frame.tokens if t.kind != "punct"]
    for at, word in enumerate(said):
        after = next((w for w in said[at + 1 :] if w not in raw["between"]), "")
        asked = at > 0 and said[at - 1] in raw["before"]
        if word in raw["words"] and after and after not in raw["asking"] and not asked:
            return True
    return False


def take_own(framer: Framer) -> None:
    """`how far am I from my goal`, `how do I rank on CSI`: a person's own target, a person's place among those of the same work."""
    frame, person = framer.frame, framer.ctx.person
    if person is None or not _of_asker(framer):
        return
    own = framer.lexicon.section("own_targets").get(person.dimension)
    _among(framer, person)
    _modified(framer, person)
    _usual(framer, person)
    if own in framer.catalog.metrics and frame.has("target") and not (frame.metrics or frame.rules):
        frame.metrics, frame.from_hint = [str(own)], True
    said = [i for i, token in enumerate(frame.tokens) if token.text in framer.raw["self_rank_words"]]
    asked = any(token.text in framer.raw["me_words"] for token in frame.tokens)  # `rank my guys` is of them
    if said and asked and not frame.groups and not frame.record:
        frame.groups.append(person.dimension)
        frame.bound.update(dict.fromkeys(said, f"group {person.dimension}"))


def _usual(framer: Framer, person: Person) -> None:
    """`my best day this month`, `gimme my last 3 months`: nothing but a time is said, so it is what such people are told by."""
    frame, known = framer.frame, framer.lexicon.section("dimension_metrics").get(person.dimension)
    named = ("metric", "rule", "hint", "dimension", "value", "topic", "report", "group", "modifier")
    if frame.metrics or frame.rules or framer.inherits() or known not in framer.catalog.metrics or not frame.periods:
        return
    units = framer.raw["calendar"]["units"]
    left = (t for i, t in enumerate(frame.tokens) if t.content and i not in frame.bound)
    things = (frame.tokens[span.start : span.end] for span in frame.spans if of_kind(span, *named))
    if any(t.stem not in units for tokens in things for t in tokens) or any(t.stem not in units and t.number is None for t in left):
        return
    if not frame.has(*framer.raw["complex_cues"]):
        frame.metrics, frame.from_hint = [str(known)], True
        frame.notes.append(("hint", {"label": framer.catalog.metrics[str(known)].label}))


def _modified(framer: Framer, person: Person) -> None:
    """`how fast am I getting back to people`: a word that only says how a measure is told, of a person whose measure it can be."""
    frame, known = framer.frame, framer.lexicon.section("modifiers")
    if frame.metrics or frame.rules or framer.inherits():
        return
    said = [span for span in frame.spans if of_kind(span, "modifier")]
    maps = [(span, (known.get(s.key) or {}).get("map") or {}) for span in said for s in of_kind(span, "modifier")]
    for span, words in maps:
        found = next((str(to) for of, to in words.items() if can_cut(framer.lexicon, of, person.dimension)), "")
        if found in framer.catalog.metrics and can_cut(framer.lexicon, found, person.dimension):
            frame.metrics, frame.metric_spans[found] = [found], span
            people = [s for s in frame.spans if any(framer.catalog.dimensions[x.key].kind == "person" for x in of_kind(s, "dimension"))]
            for other in (*said, *people):  # `getting back to people`: nobody it is told by
                frame.bind(other, f"metric {found}")
            frame.notes.append(("read_as", {"word": frame.said(span), "label": framer.catalog.metrics[found].label}))
            return


def _among(framer: Framer, person: Person) -> None:
    """`my gross per copy vs the store average`, `me vs the rest of the BDC`: one's own figure among those of the others there."""
    frame, said = framer.frame, the_rest(framer, own=True)
    compared = [frame.spans[i].end for i in starts_rest(framer)]
    if not said or frame.groups or not compared or said[0] < min(compared) or frame.target_at:
        return
    usual = framer.lexicon.section("dimension_metrics").get(person.dimension)
    if not (frame.metrics or frame.rules or framer.inherits()) and usual in framer.catalog.metrics:
        frame.metrics, frame.from_hint = [str(usual)], True
    if framer.fits(person.dimension) and not _other_people(framer, said[-1]):
        show_among(framer, said, person.dimension, person.name)


def _other_people(framer: Framer, after: int) -> bool:
    """`the other stores`: what follows the word for the others says of what they are."""
    noun = next((s for s in framer.frame.spans if s.start > after and of_kind(s, "dimension")), None)
    person = framer.ctx.person
    return noun is not None and person is not None and all(s.key != person.dimension for s in of_kind(noun, "dimension"))


def _my_rows(framer: Framer, meaning: str) -> str:
    person, frame = framer.ctx.person, framer.frame
    if person is None:
        return ""
    options = [person.dimension, *map(str, framer.lexicon.section("stand_ins").get(person.dimension, ()))]
    dimension = next((d for d in options if framer.fits(d) and (d == person.dimension or _is_one(framer, d, person.name))), None)
    if dimension is not None and dimension in frame.groups:  # `my hours per RO against the other advisors`: one among them
        return ""
    if dimension is not None and _set_beside(framer, dimension, person.name):
        return ""
    if dimension is not None and meaning in {"person", "person_if_named"} and not any(f.dimension == dimension for f in frame.filters):
        frame.filters.append(Filter(dimension=dimension, op="in", values=(person.name,)))
    elif dimension is None or meaning not in {"person", "person_if_named"}:
        frame.notes.append((_whole(framer), {}))
    return ""


def _is_one(framer: Framer, dimension: str, name: str) -> bool:
    """Whether a person is known in another work than their own: an advisor is no salesperson, and would have none of their figures."""
    key = compact(framer.lexicon.normaliser.tokens(name))
    return any(s.kind == "value" and s.key == dimension for s in framer.lexicon.senses(key))


def _me_beside(framer: Framer) -> bool:
    """`me vs Patricia`: the word for the asker is one side of a comparison."""
    frame = framer.frame
    compared = [frame.spans[i] for i in frame.cues.get("compare", ())]
    sides = [at for span in compared for at in (span.start - 1, span.end) if 0 <= at < len(frame.tokens)]
    return framer.ctx.person is not None and any(frame.tokens[at].text in framer.raw["me_words"] for at in sides)


def _set_beside(framer: Framer, dimension: str, name: str) -> bool:
    """`my units vs Jason Whitlock`: the asker and the person named, side by side."""
    frame = framer.frame
    index = next((i for i, f in enumerate(frame.filters) if f.dimension == dimension and f.op == "in" and name not in f.values), -1)
    named = [span for span in frame.spans if frame.bound.get(span.start) == f"filter {dimension}"]
    compared = [frame.spans[i] for i in frame.cues.get("compare", ())]
    linked = any(frame.tokens[span.start - 1].text in framer.raw["beside_links"] for span in named if span.start)
    pairs = [(cue, span) for cue in compared for span in named]
    than = any(frame.tokens[span.start - 1].text == framer.raw["than_word"] for span in named if span.start)  # `better than Jason`
    apart = any(cue.end == span.start or span.end == cue.start or (linked and cue.start < span.start) for cue, span in pairs)
    beside = than or apart or _joined_me(framer, named)
    if index < 0 or not beside:
        return False
    frame.filters[index] = frame.filters[index].model_copy(update={"values": (name, *frame.filters[index].values)})
    frame.groups = list(dict.fromkeys([*frame.groups, dimension]))
    frame.side_by_side = True
    return True


def _joined_me(framer: Framer, named: list[Span]) -> bool:
    """`me and Brent`, `Brent and I`: the asker is one of two that are named."""
    tokens, me, joiners = framer.frame.tokens, set(framer.raw["me_words"]), framer.raw["joiners"]
    for span in named:
        before = [t.text for t in tokens[max(span.start - 2, 0) : span.start]]
        after = [t.text for t in tokens[span.end : span.end + 2]]
        pairs = (pair for pair in (before, after[::-1]) if len(pair) > 1)
        if any(one in me and link in joiners for one, link in pairs):
            return True
    return False


def _whole(framer: Framer) -> str:
    """What "my" is without a person: the store of a dealership, the business of any other model."""
    return "my_store" if framer.lexicon.vocabulary else "my_business"
