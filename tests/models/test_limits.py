"""Limits of a question, what it cost, a dealership's budget of the day, and replies that are kept."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from tests.models.conftest import QUESTION, OpenWire, right
from tests.models.wire import Reply, Seen, Turn, Wire
from vendora_graph.api import Vendora
from vendora_graph.errors import ConfigError
from vendora_graph.models.cache import CallCache
from vendora_graph.models.money import Purse, cost, price_of
from vendora_graph.models.names import answered_name, canonical
from vendora_graph.settings import Settings

MODEL = "openai:gpt-x"
PRICES = {"openai:gpt-x": ("2.00", "8.00")}
ONE_CALL = Decimal("0.0028")  # 1000 in at 2 dollars a million, 100 out at 8


def endless(seen: Seen, number: int) -> Reply:
    if "RouteChoice" in seen.tools:
        return right(seen, number)
    return Turn(calls=(("find_metrics", {"words": f"visits {number}"}),))


LIMITS: list[tuple[dict[str, Any], int]] = [
    ({"limit_model_calls": 3}, 3),
    ({"limit_tokens": 4000}, 4),
    ({"limit_cost_usd": "0.008", "model_prices": PRICES}, 3),
    ({"limit_cost_usd": "0", "model_prices": PRICES}, 1),
]


@pytest.mark.parametrize(("limit", "calls"), LIMITS, ids=lambda v: str(v))
async def test_a_limit_ends_the_model_and_not_the_question(open_wire: OpenWire, limit: dict[str, Any], calls: int) -> None:
    async with Wire(endless) as wire, open_wire(wire, MODEL, **limit) as vendora:
        answer = await vendora.aask(QUESTION)
        assert answer.status == "answered"
        assert answer.summary == "176 visits in May 2026."
        assert answer.metadata.agent_path[-1] == "L2_offline_analyst"
        assert wire.asked == calls


async def test_tool_calls_are_limited_and_the_model_is_told(open_wire: OpenWire) -> None:
    told: list[Any] = []

    def behave(seen: Seen, number: int) -> Reply:
        told.extend(result for result in seen.results if isinstance(result, dict) and "error" in result)
        return endless(seen, number)

    async with Wire(behave) as wire, open_wire(wire, MODEL, limit_tool_calls=2, limit_model_calls=6) as vendora:
        answer = await vendora.aask(QUESTION)
        assert answer.status == "answered"
        assert "tool calls" in told[0]["error"]


async def test_a_question_leaves_time_for_the_offline_analyst(open_wire: OpenWire) -> None:
    def behave(seen: Seen, number: int) -> Reply:
        return right(seen, number) if number == 1 else "hang"

    async with Wire(behave) as wire, open_wire(wire, MODEL, limit_seconds=5, model_timeout_seconds=60) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, wire.asked) == ("answered", 2)
        assert answer.metadata.processing_time_ms < 5000


async def test_tokens_and_money_are_in_the_answer(open_wire: OpenWire) -> None:
    async with Wire(right) as wire, open_wire(wire, MODEL, model_prices=PRICES) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.metadata.tokens, answer.metadata.cost_usd) == (3300, 3 * ONE_CALL)
        free = await vendora.aask("delete everything")
        assert free.status == "refused"


USELESS = [(Turn("half", finish="length"), 1), (Turn("", finish="content_filter"), 1), (Turn("You had 9,999 visits."), 2)]


@pytest.mark.parametrize(("reply", "times"), USELESS, ids=repr)
@pytest.mark.parametrize("role", ["orchestrator", "data_analyst"])
async def test_a_reply_nobody_can_use_is_paid_all_the_same(
    open_wire: OpenWire, tmp_path: Path, role: str, reply: Turn, times: int
) -> None:
    """Cut off, filtered, or prose and its repair: the provider bills it, so the answer and the day's budget say so."""

    def behave(seen: Seen, number: int) -> Reply:
        return reply if ("RouteChoice" in seen.tools) == (role == "orchestrator") else right(seen, number)

    more: dict[str, Any] = {"model_prices": PRICES, "budget_usd_per_day": "1", "cache_dir": tmp_path}
    async with Wire(behave) as wire, open_wire(wire, MODEL, **more) as vendora:
        answer = await vendora.aask(QUESTION)
        good = 2 if role == "orchestrator" else 1
        assert (answer.status, wire.asked) == ("answered", times + good)
        assert answer.metadata.tokens == 1100 * wire.asked
        assert answer.metadata.cost_usd == ONE_CALL * wire.asked
    with closing(sqlite3.connect(tmp_path / "model_spending.sqlite")) as db:
        assert db.execute("SELECT SUM(microdollars) FROM spent").fetchone() == (int(ONE_CALL * wire.asked * 1_000_000),)


async def test_a_dealership_stops_spending_for_the_day(open_wire: OpenWire, tmp_path: Path) -> None:
    more: dict[str, Any] = {"model_prices": PRICES, "budget_usd_per_day": "0.01", "cache_dir": tmp_path}
    async with Wire(right) as wire, open_wire(wire, MODEL, **more) as vendora:
        first, second, third = [await vendora.aask(QUESTION) for _ in range(3)]
        assert first.metadata.agent_path[-1] == "L2_data_analyst"
        assert [one.status for one in (first, second, third)] == ["answered"] * 3
        assert third.metadata.cost_usd == 0
        assert third.metadata.agent_path[-1] == "L2_offline_analyst"
        assert wire.asked == 4  # the fourth call passed the budget


async def test_the_purse_is_by_dealership_and_day(tmp_path: Path) -> None:
    now = [0.0]
    purse = Purse(tmp_path / "a.sqlite", Decimal(1), lambda: now[0])
    await purse.spend("one", Decimal("0.4"))
    await purse.spend("one", Decimal("0.0000001"))
    assert await purse.left("one") == Decimal("0.599999")
    assert await purse.left("two") == Decimal(1)
    await purse.spend("one", Decimal(2))
    assert await purse.left("one") == 0
    now[0] = 86_400.0
    assert await purse.left("one") == Decimal(1)


@pytest.mark.parametrize(
    ("answered", "asked", "price"),
    [
        ("openai:a", "openai:a", "1"),
        ("openai:a-mini-2026-01-01", "openai:a-mini", "2"),
        ("openai:a-2026-01-01", "openai:a", "1"),
        ("openai:alias-target", "openai:a", "1"),
        ("openai:b", "openai:b", None),
    ],
)
def test_prices_are_found_by_the_longest_name(answered: str, asked: str, price: str | None) -> None:
    table = {"openai:a": (Decimal(1), Decimal(0)), "openai:a-mini": (Decimal(2), Decimal(0))}
    found = price_of(answered, asked, table)
    assert found == (None if price is None else (Decimal(price), Decimal(0)))
    reply = AIMessage("", usage_metadata={"input_tokens": 1_000_000, "output_tokens": 5, "total_tokens": 1_000_005})
    assert cost(reply, found) == Decimal(price or 0)


async def test_a_kept_reply_is_not_asked_for_again(open_wire: OpenWire, tmp_path: Path) -> None:
    more: dict[str, Any] = {"model_cache_hours": 1, "cache_dir": tmp_path, "model_prices": PRICES}
    async with Wire(right) as wire:
        async with open_wire(wire, MODEL, **more) as vendora:
            first = await vendora.aask(QUESTION)
        async with open_wire(wire, MODEL, **more) as vendora:
            again = await vendora.aask(QUESTION)
        assert wire.asked == 3
        assert (first.metadata.cached, again.metadata.cached) == (False, True)
        assert (again.metadata.tokens, again.metadata.cost_usd) == (0, 0)
        assert first.canonical() == again.canonical()
        async with open_wire(wire, "openai:other", **more) as vendora:
            await vendora.aask(QUESTION)
        assert wire.asked == 6
    assert b"pickle" not in (tmp_path / "model_calls.sqlite").read_bytes()


def _messages(store: str, system: str = "s", text: str = "q") -> list[Any]:
    typed = {"vendora": {"principal": {"dealership_ids": [store], "role": "x"}}}
    return [SystemMessage(system), HumanMessage(text, additional_kwargs=typed)]


def test_the_key_is_everything_that_decides_a_reply(tmp_path: Path) -> None:
    cache = CallCache(tmp_path / "a", 1)
    base = cache.key("m", "salt", _messages("one"))
    assert base == cache.key("m", "salt", _messages("one"))
    others = [
        cache.key("m2", "salt", _messages("one")),
        cache.key("m", "salt2", _messages("one")),
        cache.key("m", "salt", _messages("two")),
        cache.key("m", "salt", _messages("one", "s2")),
        cache.key("m", "salt", _messages("one", "s", "q2")),
        cache.key("m", "salt", [*_messages("one"), AIMessage("", tool_calls=[{"name": "a", "args": {"b": 1}, "id": "1"}])]),
    ]
    assert len({base, *others}) == 1 + len(others)


async def test_kept_replies_grow_old_and_a_broken_file_is_an_empty_one(tmp_path: Path) -> None:
    now = [0.0]
    cache = CallCache(tmp_path / "a", 1, lambda: now[0])
    await cache.put("k", AIMessage("kept", tool_calls=[{"name": "a", "args": {"b": "1"}, "id": "c"}]))
    kept = await cache.get("k")
    assert kept is not None
    assert (kept.content, kept.tool_calls[0]["args"]) == ("kept", {"b": "1"})
    now[0] = 3601.0
    assert await cache.get("k") is None
    (tmp_path / "b").write_text("no database" * 100)
    broken = CallCache(tmp_path / "b", 1)
    await broken.put("k", AIMessage("x"))
    assert await broken.get("k") is None


@pytest.mark.parametrize(
    ("written", "name"),
    [("gemini:a", "google_genai:a"), ("openai:a", "openai:a"), ("openrouter:v/a:free", "openrouter:v/a:free"), ("offline", "offline")],
)
def test_names_have_one_spelling(written: str, name: str) -> None:
    assert canonical(written) == name


@pytest.mark.parametrize("wrong", ["", "gpt-4", "openai:", "anthropic:x", "OFFLINE", "offline:x"])
def test_wrong_names_are_refused(wrong: str) -> None:
    with pytest.raises(ConfigError):
        canonical(wrong)


@pytest.mark.parametrize("told", ["offline", "models/offline", None, 5, "a b", "<b>", ""])
def test_a_provider_cannot_name_itself_offline(told: object) -> None:
    assert answered_name("openai:x", told).startswith("openai:")


async def test_a_missing_key_is_said_when_opening(open_practice: Callable[..., Vendora]) -> None:
    for model, variable in (("openai:x", "OPENAI"), ("gemini:x", "GEMINI"), ("openrouter:v/x", "OPENROUTER")):
        with pytest.raises(ConfigError, match=variable):
            await open_practice(None, model=model).aopen()


def test_settings_read_lists_and_tables_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDORA_FALLBACK_MODELS", "openai:a, gemini:b")
    monkeypatch.setenv("VENDORA_MODEL_PRICES", json.dumps({"openai:a": ["0.1", "0.4"]}))
    settings = Settings.load()
    assert settings.fallback_models == ("openai:a", "gemini:b")
    assert settings.model_prices == {"openai:a": (Decimal("0.1"), Decimal("0.4"))}
    monkeypatch.setenv("VENDORA_MODEL_PRICES", "{")
    with pytest.raises(ConfigError, match="MODEL_PRICES"):
        Settings.load()


PROVIDERS_LOADED = """
import sys, asyncio
from pathlib import Path
from vendora_graph.api import Vendora
from vendora_graph.settings import Settings
settings = Settings(cache_dir=Path(sys.argv[1]), warehouse=f"duckdb:///{sys.argv[2]}", model=sys.argv[3], openai_api_key="o")
async def main():
    async with Vendora(settings, model_dir=Path(sys.argv[4])) as vendora:
        pass
asyncio.run(main())
known = ("openai", "langchain_openai", "google.genai", "langchain_google_genai", "google.cloud.bigquery", "psycopg")
print(*sorted(name for name in known if name in sys.modules))
"""


@pytest.mark.parametrize(("model", "loaded"), [("offline", ""), ("openai:x", "langchain_openai openai")])
def test_provider_packages_load_when_used(practice_file: Path, practice_cache: Path, model: str, loaded: str) -> None:
    fixture = Path(__file__).parents[1] / "fixtures" / "second_model"
    command = [sys.executable, "-c", PROVIDERS_LOADED, str(practice_cache), str(practice_file), model, str(fixture)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == loaded
