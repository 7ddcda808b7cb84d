"""The same code on another business: a veterinary practice in three tables, without any vocabulary of its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from tests.offline.plans import shown
from vendora_graph.offline.lexicon import Lexicon, ValueEntry
from vendora_graph.offline.reader import ReadContext, Reader
from vendora_graph.semantic.loader import load_catalog

HERE = Path(__file__).parent
MODEL = HERE.parent / "fixtures" / "second_model"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory) -> Reader:
    catalog = load_catalog(MODEL, tmp_path_factory.mktemp("clinic")).catalog
    species = next(name for name in catalog.dimensions if "species" in name)
    vet = next(name for name in catalog.dimensions if "vet" in name and "name" in name)
    values = {
        species: [ValueEntry(v) for v in ("dog", "cat", "rabbit", "parrot")],
        vet: [ValueEntry(v) for v in ("Ines Falk", "Jun Okada")],
        "insured": [ValueEntry(v) for v in ("no", "yes")],
        "emergency": [ValueEntry(v) for v in ("no", "yes")],
    }
    return Reader(Lexicon.build(catalog, {}, values))


def ask(clinic: Reader, question: str, previous=None):
    return clinic.read(question, ReadContext(date(2026, 7, 1), date(2025, 1, 1), date(2026, 6, 30), previous=previous))


CASES = [
    ("how many visits last month", "[value] visits; 2026-06-01/2026-06-30"),
    ("takings by reason in May", "[breakdown] revenue; by reason; 2026-05-01/2026-05-31"),
    ("no show rate trend last 6 months", "[trend] no_show_rate; each month; 2026-01-01/2026-06-30"),
    ("avrage bill for jabs this year", "[value] average_bill; where reason in vaccination; 2026-01-01/2026-06-30"),
    ("revenue without surgery in Q2", "[value] revenue; where reason not_in surgery; 2026-04-01/2026-06-30"),
    ("revenue June vs May", "[compare] revenue; 2026-06-01/2026-06-30; vs explicit 2026-05-01/2026-05-31"),
    ("visits over $300 last month", "[value] visits; where bill_amount gt 300; 2026-06-01/2026-06-30"),
    ("waiting time by reason, worst first, in June", "[ranking] waiting_time; by reason; 2026-06-01/2026-06-30; rank waiting_time desc"),
    ("visits and revenue last week", "[value] visits, revenue; 2026-06-22/2026-06-28"),
    (
        "which vet had the most emergencies in June",
        "[ranking] emergency_visits; by vet_name; 2026-06-01/2026-06-30; rank emergency_visits desc",
    ),
    ("visits for insured animals in June", "[value] visits; where insured in yes; 2026-06-01/2026-06-30"),
    ("visits of animals that are insured in June", "[value] visits; where insured in yes; 2026-06-01/2026-06-30"),
    ("visits for uninsured animals in June", "[value] visits; where insured in no; 2026-06-01/2026-06-30"),
    ("insured vs uninsured revenue in June", "[compare] revenue; by insured; where insured in yes|no; 2026-06-01/2026-06-30; vs values"),
    (
        "revenue of insured dogs by vet in May",
        "[breakdown] revenue; by vet_name; where insured in yes; where species in dog; 2026-05-01/2026-05-31",
    ),
    ("visits by emergency in June", "[breakdown] visits; by emergency; 2026-06-01/2026-06-30"),
    ("visits by insured in June", "[breakdown] visits; by insured; 2026-06-01/2026-06-30"),
    ("non-emergency visits in May", "[value] visits; where emergency in no; 2026-05-01/2026-05-31"),
    ("waiting time", "[value] waiting_time; 2026-06-01/2026-06-30"),
    ("what does waiting time mean", "[definition] waiting_time; 2026-06-01/2026-06-30"),
]


@pytest.mark.parametrize(("question", "plan"), CASES)
def test_the_clinic_is_read_by_the_same_code(clinic, question, plan):
    reading = ask(clinic, question)
    assert shown(reading) == plan
    assert reading.unused == ()


def test_a_follow_up_and_a_foreign_topic_at_the_clinic(clinic):
    first = ask(clinic, "revenue by reason in June")
    second = ask(clinic, "and in May?", first.plan)
    assert shown(second) == "[breakdown] revenue; by reason; 2026-05-01/2026-05-31"
    assert ask(clinic, "front gross per copy on used Accords").status in {"unread", "refused"}


def test_no_question_of_another_business_breaks_the_reader(clinic):
    files = [*(HERE / "cases").glob("*.yaml"), *(HERE.parent / "golden").glob("*.yaml")]
    texts = {text for file in files for text in _texts(yaml.safe_load(file.read_text())) if " " in text}
    previous = ask(clinic, "revenue by reason in June").plan
    for text in sorted(texts):
        for reading in (ask(clinic, text), ask(clinic, text, previous)):
            said = " ".join((reading.reason, reading.restated, *reading.assumptions, *reading.alternatives)).lower()
            assert "dealer" not in said or "dealer" in text.lower(), text
            assert reading.status == "plan" or reading.reason or reading.clarification, text


def _texts(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for key, value in node.items() for text in (*_texts(key), *_texts(value))]
    return [text for item in node for text in _texts(item)] if isinstance(node, list) else [node] if isinstance(node, str) else []


def test_a_state_the_clinic_does_not_hold_is_asked_back(clinic):
    reading = ask(clinic, "visits ready in June")
    assert reading.status == "clarify"
    assert "ready" in reading.reason
