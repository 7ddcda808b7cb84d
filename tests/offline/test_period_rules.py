"""Every period rule of the grammar is read, whatever its words are filled with, and none raises."""

from __future__ import annotations

import itertools
import re

import pytest

from tests.offline.conftest import context

SAMPLES = {
    "<n>": ("6",), "<unit>": ("day", "month", "quarter"), "<month>": ("october",), "<months>": ("octobers",), "<q>": ("q3",),
    "<half>": ("first half",), "<year>": ("2025",), "<dow>": ("monday",), "<day>": ("15",), "<ord>": ("15th",), "<nth>": ("second",),
    "<date>": ("10/15/2026",), "<p>": ("q3",), "<holiday>": ("christmas",),
}  # fmt: skip
MOST = 12


def filled(pattern: str) -> list[str]:
    """Sentences of a rule: each alternative, with and without what may be left out, the names filled with samples."""
    parts = re.findall(r"\([^)]*\)|\[[^]]*\]|\S+", pattern)
    listed = {part: (*part[1:-1].split("|"), *([""] if part[0] == "[" else [])) for part in parts if part[0] in "(["}
    choices = [listed.get(part, SAMPLES.get(part, (part,))) for part in parts]
    return [" ".join(" ".join(words).split()) for words in itertools.islice(itertools.product(*choices), MOST)]


@pytest.fixture(scope="module")
def rules(lexicon):
    return [str(rule["p"]) for rule in lexicon.english.raw["periods"]]


def test_no_rule_raises(reader, rules):
    ctx = context(reader.lexicon)
    raised = {}
    for words in (w for rule in rules for w in filled(rule)):
        for question in (f"units {words}", f"{words} units by salesperson", f"units {words} vs last year"):
            try:
                reader.read(question, ctx)
            except Exception as error:  # noqa: BLE001
                raised[question] = repr(error)
    assert raised == {}


def test_nearly_every_rule_makes_a_period(reader, rules):
    ctx, unread = context(reader.lexicon), []
    for rule in rules:
        readings = [reader.read(f"units {words}", ctx) for words in filled(rule)[:3]]
        if not any(r.plan is not None and r.plan.period is not None for r in readings):
            unread.append(rule)
    assert len(unread) < len(rules) / 4, unread
