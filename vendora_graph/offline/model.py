"""The offline analyst as a LangChain chat model: it needs no network, no key and no server.

It reads the typed question, never another model's tool calls, and answers with tool calls like any other model. Everything it
says follows from the question and the tool results: the same conversation gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.tools import BaseTool
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from vendora_graph.contracts import Draft, Reading
from vendora_graph.errors import ModelOutputError
from vendora_graph.offline.asked import Asked
from vendora_graph.offline.narrator import narrate
from vendora_graph.offline.planner import arguments, calls_for
from vendora_graph.offline.results import Done, read_results

SUBMIT = "submit_draft"
ROUTE = "RouteChoice"
_DECISIONS = {"plan": "answer", "clarify": "clarify", "not_held": "not_held"}


class OfflineChatModel(BaseChatModel):
    """A chat model over the grammar, the planner and the narrator.

    `understand` turns a typed request into what was asked; it is bound when services are opened.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    understand: Callable[[dict[str, Any]], Asked] = Field(exclude=True)
    request_of: Callable[[list[BaseMessage]], dict[str, Any]] = Field(exclude=True)
    wants: str = ""

    @property
    @override
    def _llm_type(self) -> str:
        return "offline"

    @override
    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the model; it knows the tools of its own plans by name and needs no schema."""
        return self

    @override
    def with_structured_output(
        self, schema: dict[str, Any] | type[BaseModel], *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """Return a runnable that gives the schema's fields: a routing choice or a draft.

        Raises:
            ModelOutputError: The schema is neither; the offline model knows no other.
        """
        name = schema["title"] if isinstance(schema, dict) else schema.__name__
        if name not in (ROUTE, Draft.__name__):
            raise ModelOutputError(f"The offline model gives {ROUTE} or {Draft.__name__}, not {name}.")

        def parse(reply: AIMessage) -> dict[str, Any] | BaseModel:
            args: dict[str, Any] = reply.tool_calls[0]["args"]
            return args if isinstance(schema, dict) else schema.model_validate(args)

        wanted = SUBMIT if name == Draft.__name__ else ROUTE
        return self.model_copy(update={"wants": wanted}) | RunnableLambda(parse)

    @override
    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.reply(messages))])

    @override
    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages)

    def reply(self, messages: list[BaseMessage]) -> AIMessage:
        """Return the next message: a routing choice, the calls still missing, or the draft."""
        request = self.request_of(messages)
        asked = self.understand(request)
        if request.get("task") == "route" or self.wants == ROUTE:
            return _calling([ToolCall(name=ROUTE, args=route(asked.reading), id="off_route")])
        if asked.reading.status != "plan":
            raise ModelOutputError(asked.reading.reason or "The offline analyst cannot read this question.")
        done = Done()
        while True:
            calls = calls_for(asked, done)
            found = read_results(messages, dict(arguments(calls)))
            if found.results.keys() == done.results.keys():
                break
            done = found
        missing = [call for call in calls if call.id not in done.results]
        if missing:
            return _calling([ToolCall(name=call.tool, args=call.args, id=call.id) for call in missing])
        draft = narrate(asked, done)
        return _calling([ToolCall(name=SUBMIT, args=draft.model_dump(mode="json"), id=f"off_draft_{asked.revision}")])


def _calling(calls: list[ToolCall]) -> AIMessage:
    return AIMessage(content="", tool_calls=calls, response_metadata={"model_name": "offline"})


def route(reading: Reading) -> dict[str, Any]:
    """Return the orchestrator's choice for a reading."""
    return {
        "decision": _DECISIONS.get(reading.status, "refuse"),
        "complexity": reading.complexity,
        "reason": reading.reason[:400],
        "clarification": reading.clarification,
        "options": list(reading.options[:6]),
    }
