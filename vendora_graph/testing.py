"""For tests of your own: a model that says what you scripted, and one that misbehaves in every way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from pydantic import ConfigDict, Field
from typing_extensions import override

Reply = AIMessage | BaseException
"""One turn of a script: a message, or a failure to raise."""


def call(name: str, identity: str | None = None, /, **args: object) -> AIMessage:
    """Return a message that calls one tool."""
    chosen = identity or "call_" + hashlib.sha256(repr((name, sorted(args.items(), key=str))).encode()).hexdigest()[:12]
    return AIMessage(content="", tool_calls=[ToolCall(name=name, args=args, id=chosen)], response_metadata={"model_name": "scripted"})


class ScriptedModel(BaseChatModel):
    """Replies with the script, in order; fails on a call it was not told of.

    Example:
        >>> from vendora_graph.testing import ScriptedModel, call
        >>> october = {"start": "2026-10-01", "end": "2026-10-31"}
        >>> model = ScriptedModel(script=[call("query_metrics", metrics=["units_retail"], period=october)])
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    script: list[Any] = Field(default_factory=list)
    prompts: list[list[BaseMessage]] = Field(default_factory=list)
    tools: list[str] = Field(default_factory=list)

    @property
    @override
    def _llm_type(self) -> str:
        return "scripted"

    @override
    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Remember the names of the tools; the script decides what is called."""
        self.tools.extend(tool["function"]["name"] for tool in tools if isinstance(tool, dict))
        return self

    @override
    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.prompts.append(list(messages))
        if not self.script:
            raise AssertionError(f"The script has ended; call number {len(self.prompts)} was not expected.")
        reply = self.script.pop(0)
        if isinstance(reply, BaseException):
            raise reply
        return ChatResult(generations=[ChatGeneration(message=reply)])


class UnreliableModel(BaseChatModel):
    """A model driven by a function of the conversation: for garbage, loops, lies and silence.

    `behave` gets the messages and the number of the call and returns a message, or raises.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    behave: Callable[[list[BaseMessage], int], AIMessage] = Field(exclude=True)
    calls: int = 0

    @property
    @override
    def _llm_type(self) -> str:
        return "unreliable"

    @override
    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Take any tools."""
        return self

    @override
    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.calls += 1
        return ChatResult(generations=[ChatGeneration(message=self.behave(messages, self.calls))])

    @override
    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages)
