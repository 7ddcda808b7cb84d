"""Laws of composition: words put around a measure's name change what they say, and nothing else."""

from __future__ import annotations

import pytest

from tests.offline.conftest import context
from vendora_graph.contracts import Plan
from vendora_graph.offline.reader import Reader

FRAMES = ("what was {name}", "show me {name}", "give me the {name}", "what's our {name}", "i need {name}", "can you pull the {name}")
PERIODS = {
    "last month": ("2026-10-01", "2026-10-31"),
    "in September": ("2026-09-01", "2026-09-30"),
    "in q3": ("2026-07-01", "2026-09-30"),
    "last week": ("2026-11-02", "2026-11-08"),
}
STORE = "Westmere Honda"


def _plan(reader: Reader, question: str) -> Plan | None:
    return reader.read(question, context(reader.lexicon, role="dealer_principal")).plan


def _names(reader: Reader) -> list[str]:
    return [info.label.lower() for info in reader.lexicon.catalog.metrics.values() if not info.hidden]


def test_a_label_names_its_own_measure(reader):
    catalog = reader.lexicon.catalog.metrics
    labels = {info.label: name for name, info in catalog.items() if not info.hidden}
    read = {label: _plan(reader, label) for label in labels}
    wrong = {label: plan and plan.metrics for label, plan in read.items() if plan is None or labels[label] not in plan.metrics}
    assert wrong == {}


@pytest.mark.parametrize("frame", FRAMES)
def test_a_sentence_around_a_name_keeps_the_measure(reader, frame):
    for name in _names(reader):
        alone, asked = _plan(reader, name), _plan(reader, frame.format(name=name))
        assert asked is not None, frame.format(name=name)
        if asked.intent != "list":  # a list of deals shows their own figures
            assert set(alone.metrics) <= set(asked.metrics), frame.format(name=name)
        assert asked.period == alone.period, frame.format(name=name)


@pytest.mark.parametrize("words", PERIODS)
def test_a_period_behind_a_name_is_the_period(reader, words):
    start, end = PERIODS[words]
    read = 0
    for name in _names(reader):
        alone, asked = _plan(reader, name), _plan(reader, f"{name} {words}")
        if asked is None:  # a month of the ledger cannot be told by the week
            continue
        read += 1
        days = (str(asked.period.start), str(asked.period.end))
        assert asked.metrics == alone.metrics, f"{name} {words}"
        assert asked.filters == alone.filters, f"{name} {words}"
        assert days in {(start, end), (end, end)}, f"{name} {words}"
    assert read > len(_names(reader)) / 2


def test_a_store_behind_a_name_limits_it_to_that_store(reader):
    for name in _names(reader):
        alone, asked = _plan(reader, name), _plan(reader, f"{name} at {STORE} in September")
        assert asked is not None, name
        more = [f for f in asked.filters if f not in alone.filters]
        assert asked.metrics == alone.metrics, name
        assert [(f.dimension, f.op, f.values) for f in more] == [("store", "in", (STORE,))], name


def test_by_store_groups_by_store(reader):
    for name in _names(reader):
        asked = _plan(reader, f"{name} by store")
        assert asked is not None, name
        assert asked.group_by in {("store",), (*_plan(reader, name).group_by, "store")}, name


SHARED_NAMES = {"closer", "manager", "close status", "sign of the front gross"}
"""Names that two dimensions have, or that a report or a measure has as well."""
CUT = ("units_retail", "leads", "labor_sales", "parts_sales", "fi_gross", "total_expense", "appts", "inv_units")


def _ways_to_say(reader: Reader) -> list[tuple[str, str, str]]:
    """Every name of every dimension, with the label of a measure that can be shown by it."""
    catalog, lexicon = reader.lexicon.catalog, reader.lexicon
    names = {(s.key, s.phrase.lower()) for key in lexicon.phrases for s in lexicon.senses(key) if s.kind == "dimension" and s.phrase}
    found = []
    for dimension, phrase in sorted(names):
        measures = [m for m in CUT if dimension in catalog.metrics[m].dimensions]
        measures += [m for m, info in catalog.metrics.items() if not info.hidden and dimension in info.dimensions]
        if measures and catalog.dimensions[dimension].kind not in {"record", "numeric"} and phrase not in SHARED_NAMES:
            found.append((dimension, phrase, catalog.metrics[measures[0]].label))
    return found


@pytest.mark.parametrize("frame", ["{measure} by {name} in Q3", "{measure} last month broken down by {name}", "{measure} for each {name}"])
def test_by_any_name_of_a_dimension_groups_by_it(reader, frame):
    said = _ways_to_say(reader)
    asked = {frame.format(measure=measure, name=name): dimension for dimension, name, measure in said}
    plans = {question: _plan(reader, question) for question in asked}
    wrong = {q: plans[q] and plans[q].group_by for q, dimension in asked.items() if plans[q] is None or dimension not in plans[q].group_by}
    assert wrong == {}
    assert len(said) > 250
