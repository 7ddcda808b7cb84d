"""Model calls and tokens per question: our graph beside the SQL agent of `langchain-community`, both driven by one rule.

The rule: call the first offered tool that answers, then stop. `RuleModel` holds to it for both: it makes every call once that its key
names, when the tool is offered and its turn has come. Our key is what the offline analyst would call; the SQL agent's is what its own
prompt tells it to do (list the tables, read their schema, check the statement, run it) with the hand-written statement of the golden
question, so it is never wrong, never repairs and never looks at a table it does not need: the shortest way it has. It reads tables twice:
as `langchain-community` describes them (types, and three rows of each), and as our guarded adapter does (names of columns only).

A token is three characters here, on both sides. Counted is what is sent at every call: rendered prompts, earlier calls and tool results,
and apart from that with the descriptions of the offered tools. Run: `python -m bench.agents` (a part of `make bench`).
"""

from __future__ import annotations

import json
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

import sqlglot
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from pydantic import ConfigDict, Field
from sqlglot import exp
from typing_extensions import override

from vendora_graph import Vendora
from vendora_graph.community import GuardedSQLDatabase
from vendora_graph.evaluation.cases import Case, load_cases
from vendora_graph.settings import Settings
from vendora_graph.tools.briefing import tokens_of

ROOT = Path(__file__).parents[1]
EVERY = 60
ROLES = ("orchestrator", "data_analyst", "senior_analyst")
COMPLEX: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Why did total gross drop last month?", ("var-total-gross", "var-front-gross", "var-units-new-last-month")),
    ("How does our F&I per unit compare with the industry?", ("fi-pvr-net", "var-total-pvr")),
    ("Will we hit last November's units this month?", ("var-units-mtd", "var-units-new-last-month")),
    (
        "Analyze our Q3 performance across all departments, compare with industry benchmarks, and recommend what to do",
        ("var-total-gross", "var-front-pvr", "fi-pvr-net", "crm-leads-no-walkins", "svc-elr", "gl-absorption"),
    ),
)
"""Complex questions, and the golden questions whose statements a SQL agent would at the least have to run for them."""
CALLS_AIM, TOKENS_AIM = 1 / 2, 1 / 3

Pairs = dict[str, list[tuple["Spent", "Spent", "Spent"]]]
Answers = Callable[[Sequence[BaseMessage], Sequence[str]], AIMessage]


@dataclass
class Spent:
    """What one question took."""

    calls: int = 0
    messages: int = 0
    tools: int = 0

    def reset(self) -> None:
        """Begin another question."""
        self.calls = self.messages = self.tools = 0

    def add(self, messages: Iterable[BaseMessage], tools: str) -> None:
        """Count one call."""
        self.calls += 1
        self.messages += sum(tokens_of(_text(message)) for message in messages)
        self.tools += tokens_of(tools)


class RuleModel(BaseChatModel):
    """Calls the first offered tool that answers, then stops; counts what it is sent."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    answers: Answers = Field(exclude=True)
    spent: Spent = Field(exclude=True)
    offered: tuple[str, ...] = ()
    described: str = ""

    @property
    @override
    def _llm_type(self) -> str:
        return "rule"

    @override
    def bind_tools(self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """Remember which tools are offered, and how they are described."""
        from langchain_core.utils.function_calling import convert_to_openai_tool

        plain = [convert_to_openai_tool(tool) for tool in tools]
        names = tuple(tool["function"]["name"] for tool in plain)
        return RuleModel(answers=self.answers, spent=self.spent, offered=names, described=json.dumps(plain))

    @override
    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.spent.add(messages, self.described)
        return ChatResult(generations=[ChatGeneration(message=self.answers(messages, self.offered))])


def _text(message: BaseMessage) -> str:
    calls = [[call["name"], call["args"]] for call in message.tool_calls] if isinstance(message, AIMessage) else []
    return f"{message.content}{json.dumps(calls, default=str) if calls else ''}"


def sql_key(statements: Sequence[str]) -> list[list[tuple[str, dict[str, Any]]]]:
    """Return the rounds of calls of the SQL agent, as its prompt orders them; a round's calls are made side by side."""
    tables = {table.name for sql in statements for table in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Table)}
    local = {cte.alias for sql in statements for cte in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.CTE)}
    return [
        [("sql_db_list_tables", {"tool_input": ""})],
        [("sql_db_schema", {"table_names": ", ".join(sorted(tables - local))})],
        [("sql_db_query_checker", {"query": sql}) for sql in statements],
        [("sql_db_query", {"query": sql}) for sql in statements],
    ]


def by_key(rounds: Sequence[Sequence[tuple[str, dict[str, Any]]]]) -> Answers:
    """Return the rule over a key: the first round not yet made whose tools are offered, then a closing word."""

    def answers(messages: Sequence[BaseMessage], offered: Sequence[str]) -> AIMessage:
        made = {call["name"] for message in messages if isinstance(message, AIMessage) for call in message.tool_calls}
        for calls in rounds:
            if calls[0][0] in offered and calls[0][0] not in made:
                return AIMessage("", tool_calls=[ToolCall(name=n, args=a, id=f"{n}{i}") for i, (n, a) in enumerate(calls)])
        return AIMessage("These are the figures.")

    return answers


@contextmanager
def driven(offline: Vendora, settings: Settings, spent: Spent) -> Iterator[Vendora]:
    """Give our graph with every role driven by the rule; the key is what the offline analyst of another instance calls."""
    known = offline.wait_for(offline.aopen()).services.rescue_models
    models = {role: RuleModel(answers=partial(_offline, known[role].runnable), spent=spent) for role in ROLES}
    with Vendora(settings, models=models) as vendora:
        yield vendora


def _offline(runnable: Runnable[Any, AIMessage], messages: Sequence[BaseMessage], offered: Sequence[str]) -> AIMessage:
    reply = runnable.invoke(list(messages))
    return AIMessage("", tool_calls=[call for call in reply.tool_calls if call["name"] in offered])


class AsShipped(GuardedSQLDatabase):
    """The same rows behind the same guard, with tables described as the upstream class does."""

    @override
    def get_table_info(self, table_names: list[str] | None = None, get_col_comments: bool = False) -> str:
        """Types, and three rows of each table."""
        return "\n\n".join(self._described(name) for name in table_names or sorted(self._tables))

    def _described(self, name: str) -> str:
        columns = self._tables[name]
        rows = self._execute(f"SELECT {', '.join(columns)} FROM {name} LIMIT 3")  # noqa: S608 - names of our own tables
        types = ",".join(f" \n\t{column} {_TYPES.get(type(rows[0][column]), 'VARCHAR')}" for column in columns)
        shown = "\n".join("\t".join(str(value)[:100] for value in row.values()) for row in rows)
        header = "\t".join(columns)
        return f"\nCREATE TABLE {name} ({types}\n)\n\n/*\n{len(rows)} rows from {name} table:\n{header}\n{shown}\n*/"


_TYPES: dict[type, str] = {bool: "BOOLEAN", int: "BIGINT", Decimal: "NUMERIC(12, 2)", float: "FLOAT", date: "DATE", datetime: "TIMESTAMP"}


def peer(database: GuardedSQLDatabase, question: str, statements: Sequence[str]) -> Spent:
    """Return what the SQL agent spends on a question."""
    from langchain_community.agent_toolkits import create_sql_agent

    spent = Spent()
    agent = create_sql_agent(RuleModel(answers=by_key(sql_key(statements)), spent=spent), db=database, agent_type="tool-calling")
    agent.invoke({"input": question})
    return spent


def questions() -> list[tuple[str, tuple[str, ...], dict[str, Any]]]:
    """Return questions, their statements and their askers: an even sample of golden ones, then the complex ones."""
    cases = [case for case in load_cases(ROOT / "tests/golden") if case.gold_sql and not case.then and not case.person and not case.as_of]
    chosen = [(case.question, (case.gold_sql or "",), _asker(case)) for case in cases[::EVERY]]
    sql = {case.id: case.gold_sql or "" for case in cases}
    return [*chosen, *((text, tuple(sql[name] for name in names), {}) for text, names in COMPLEX)]


def _asker(case: Case) -> dict[str, Any]:
    return {name: value for name, value in (("dealership", case.dealership), ("role", case.role)) if value}


def measure(settings: Settings) -> tuple[Pairs, int]:
    """Ask every question of both; return what they spent by complexity, and how many questions were left out.

    Left out are questions whose statement the guard refuses the peer, and those our graph did not answer with the rule's own draft.
    """
    found: Pairs = defaultdict(list)
    left_out = 0
    spent = Spent()
    with Vendora(settings) as offline, driven(offline, settings, spent) as vendora:
        database, shipped = GuardedSQLDatabase(offline, role="dealer_principal"), AsShipped(offline, role="dealer_principal")
        for question, statements, asker in questions():
            spent.reset()
            answer = vendora.ask(question, **asker)
            ours = replace(spent)
            rescued = answer.metadata.agent_path[-1] == "L2_offline_analyst"
            if answer.status != "answered" or rescued or any(database.run_no_throw(sql).startswith("Error") for sql in statements):
                left_out += 1
                continue
            found[answer.metadata.complexity].append((ours, *(peer(one, question, statements) for one in (shipped, database))))
    return found, left_out


def table(found: Pairs) -> str:
    """Return the means as Markdown."""
    lines = [
        "| questions | n | model calls, ours / SQL agent | tokens, ours / SQL agent | with tool descriptions | on our adapter |",
        "|---|---|---|---|---|---|",
    ]
    for kind in ("simple", "standard", "complex"):
        pairs = found.get(kind, [])
        if pairs:
            shipped, lean = [(ours, other) for ours, other, _ in pairs], [(ours, other) for ours, _, other in pairs]
            parts = [_pair(shipped, of) for of in (lambda s: s.calls, lambda s: s.messages, lambda s: s.messages + s.tools)]
            parts.append(_pair(lean, lambda s: s.messages))
            lines.append(f"| {kind} | {len(pairs)} | {' | '.join(parts)} |")
    return "\n".join(lines) + "\n"


def _pair(pairs: Sequence[tuple[Spent, Spent]], of: Callable[[Spent], int]) -> str:
    mine, theirs = mean(of(one) for one, _ in pairs), mean(of(other) for _, other in pairs)
    return f"{mine:,.1f} / {theirs:,.1f} = {mine / theirs:.2f}"


def report(settings: Settings) -> str:
    """Measure and return the table with its aim."""
    found, left_out = measure(settings)
    aim = f"Aim: at most {CALLS_AIM:.2f} of the SQL agent's calls and {TOKENS_AIM:.2f} of its tokens."
    return f"{table(found)}\n{aim} {left_out} questions left out (see bench/agents.py).\n"


def main() -> int:
    """Print the table."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        sys.stdout.write(report(Settings.load(warehouse="demo", model="offline")))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
