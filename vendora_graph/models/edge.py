"""The edge to a provider: one bound client, its failures in our words, its replies under a name that code has stamped.

Only `ModelUnreachableError` makes a fallback take over; what arrives and is no answer is `ModelOutputError`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig
from typing_extensions import override

from vendora_graph.errors import ModelError, ModelOutputError, ModelUnreachableError, VendoraError
from vendora_graph.models.names import OFFLINE, answered_name
from vendora_graph.models.streams import gathered

if TYPE_CHECKING:
    from vendora_graph.models.cache import CallCache

STAMP = "vendora_model"
CACHED = "vendora_cached"
_CUT = frozenset({"length", "max_tokens", "model_length"})
_FINE = frozenset({"stop", "tool_calls", "function_call", "end_turn", "eos"})
_TRANSPORT = (
    "TransportError", "ClientConnectionError", "ClientPayloadError", "APIConnectionError", "ConnectionError", "TimeoutError",
    "TimeoutException", "ServerError",
)  # fmt: skip
"""Names of the clients' own errors, so that no client is imported to know them."""
_TRY_ANOTHER = frozenset({401, 402, 403, 404, 408, 409, 425, 429})
"""Refusals that say nothing about the request itself: another provider may well answer it."""


class UnusableReplyError(ModelOutputError):
    """A reply came that is no whole answer: cut off, or ended early. It is paid for."""

    def __init__(self, message: str, reply: AIMessage) -> None:
        """Keep the reply, for its price alone."""
        super().__init__(message)
        self.reply = reply


class Breaker:
    """Remembers which models were just not reached, so that one question does not wait for a dead one at every step."""

    def __init__(self, seconds: float = 15.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Remember for how long a model is passed over."""
        self._seconds, self._clock = seconds, clock
        self._until: dict[str, float] = {}

    def trip(self, model: str) -> None:
        """Note that a model was not reached."""
        self._until[model] = self._clock() + self._seconds

    def is_open(self, model: str) -> bool:
        """Say whether a model is passed over now."""
        return self._clock() < self._until.get(model, 0.0)


class Edge(Runnable[list[BaseMessage], AIMessage]):
    """One model bound to one role's tools."""

    def __init__(
        self,
        inner: Runnable[Any, Any],
        name: str,
        *,
        seconds: float | None = None,
        streaming: bool = False,
        cache: CallCache | None = None,
        salt: str = "",
        breaker: Breaker | None = None,
    ) -> None:
        """Wrap a bound client.

        Args:
            inner: The client with its tools bound.
            name: `PROVIDER:MODEL`, or `offline`.
            seconds: After which a call with all its retries is given up.
            streaming: Whether the client reads a stream: a reply without an end is then a broken one.
            cache: Where replies are kept; None keeps none.
            salt: What else decides the reply: the tools' schemas, the client's version and options.
            breaker: Who was just not reached; such a model is passed over for a while.
        """
        self.inner, self.model, self.seconds, self.streaming = inner, name, seconds, streaming
        self.cache, self.salt, self.breaker = cache, salt, breaker

    @override
    def invoke(self, input: list[BaseMessage], config: RunnableConfig | None = None, **kwargs: Any) -> AIMessage:
        """Return the reply; see `ainvoke`. Nothing is cached on this way."""
        try:
            return self._checked(self.inner.invoke(input, config, **kwargs))
        except Exception as error:
            raise self._translated(error) from error

    @override
    async def ainvoke(self, input: list[BaseMessage], config: RunnableConfig | None = None, **kwargs: Any) -> AIMessage:
        """Return the reply, stamped with the model that gave it.

        Raises:
            ModelUnreachableError: The provider was not reached, or refused for reasons of its own.
            ModelOutputError: It gave something that is no whole answer.
            ModelError: It refused the request.
        """
        if self.cache is None:
            return await self._call(input, config, kwargs)
        key = self.cache.key(self.model, self.salt, input)
        kept = await self.cache.get(key)
        if kept is not None:
            kept.response_metadata[CACHED] = True
            return kept
        reply = await self._call(input, config, kwargs)
        await self.cache.put(key, reply)
        return reply

    async def _call(self, messages: list[BaseMessage], config: RunnableConfig | None, options: dict[str, Any]) -> AIMessage:
        if self.breaker is not None and self.breaker.is_open(self.model):
            raise ModelUnreachableError(f"The model {self.model} could not be reached a moment ago.")
        try:
            async with asyncio.timeout(self.seconds):
                if self.streaming:
                    return self._checked(await gathered(self.inner.astream(messages, config, **options)))
                return self._checked(await self.inner.ainvoke(messages, config, **options))
        except Exception as error:
            ours = self._translated(error)
            if self.breaker is not None and isinstance(ours, ModelUnreachableError):
                self.breaker.trip(self.model)
            raise ours from error

    def _checked(self, reply: object) -> AIMessage:
        if not isinstance(reply, AIMessage):
            raise ModelOutputError(f"The model {self.model} gave no message.")
        told = reply.response_metadata
        reason = str(told.get("finish_reason") or "").lower()
        name = self.model if self.model == OFFLINE else answered_name(self.model, told.get("model_name"))
        stamped = reply.model_copy(update={"response_metadata": {**told, STAMP: name, CACHED: False}})
        if not (reason or reply.content or reply.tool_calls or reply.invalid_tool_calls or self.streaming):
            raise UnusableReplyError(f"{self.model} gave an empty reply.", stamped)
        if reason in _CUT:
            raise UnusableReplyError(f"The reply of {self.model} was cut at its longest length.", stamped)
        if reason and reason not in _FINE and not reply.tool_calls:
            raise UnusableReplyError(f"{self.model} ended its reply early ({reason[:40]}).", stamped)
        if self.streaming and not reason and self.model != OFFLINE:
            raise ModelUnreachableError(f"The reply of {self.model} broke off.")
        return stamped

    def _translated(self, error: Exception) -> Exception:
        """Return ours for a provider's; its own text is never shown: it may hold keys or rows."""
        if isinstance(error, VendoraError) or self.model == OFFLINE:
            return error
        status = next((code for code in map(_status, _chain(error)) if code is not None), None)
        kinds = {base.__name__ for one in _chain(error) for base in type(one).__mro__}
        said = f"{type(error).__name__}{f', {status}' if status else ''}"
        if (status in _TRY_ANOTHER or (status is not None and status >= 500)) or (status is None and not kinds.isdisjoint(_TRANSPORT)):  # noqa: PLR2004 - HTTP
            return ModelUnreachableError(f"The model {self.model} could not be reached ({said}).")
        if status is not None:
            return ModelError(f"The model {self.model} refused the request ({said}).")
        return ModelOutputError(f"The model {self.model} gave a reply that cannot be read ({said}).")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it was raised from: clients wrap one another's."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__


def _status(error: BaseException) -> int | None:
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int) and 400 <= value < 600:  # noqa: PLR2004 - HTTP
            return value
    return None
