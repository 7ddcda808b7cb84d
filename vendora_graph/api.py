"""The library's front door: `Vendora.demo().ask("What were my sales this month?")`."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from vendora_graph.context import Context
from vendora_graph.errors import ConversationBusyError, InternalError, NotAllowedError, QuestionError
from vendora_graph.events import AnswerEvent, StepEvent, run
from vendora_graph.identity import TICKET
from vendora_graph.own_loop import OwnLoop
from vendora_graph.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph

    from vendora_graph.contracts import Answer, Principal
    from vendora_graph.opening import Opened
    from vendora_graph.semantic.catalog import Catalog

T = TypeVar("T")


class Vendora:
    """Answers questions over one warehouse. Opens when first used; close it, or use it as a context manager.

    `ask` is for scripts and notebooks; `aask` and `astream` for asynchronous programs. One object serves one event loop.

    Example:
        >>> with Vendora.demo() as vendora:  # doctest: +SKIP
        ...     print(vendora.ask("What were my sales this month?").summary)
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        warehouse: str | None = None,
        model_dir: Path | None = None,
        models: Mapping[str, BaseChatModel] | None = None,
    ) -> None:
        """Remember what to open; nothing is opened yet.

        Args:
            settings: What to open; the environment's by default.
            warehouse: A warehouse URL instead of the settings'.
            model_dir: A semantic model instead of the settings'.
            models: Chat models by role (`orchestrator`, `data_analyst`, `senior_analyst`) instead of the settings'.
        """
        chosen = settings or Settings.load()
        updates: dict[str, Any] = {}
        if warehouse is not None:
            updates["warehouse"] = warehouse
        if model_dir is not None:
            updates["semantic_model"] = Path(model_dir)
        self.settings = chosen.model_copy(update=updates) if updates else chosen
        self._models = dict(models or {})
        self._stack = AsyncExitStack()
        self._opened: Opened | None = None
        self._lock = asyncio.Lock()
        self._asking: set[str] = set()
        self._loop: OwnLoop | None = None

    @classmethod
    def demo(cls) -> Self:
        """Return a Vendora over the demo dealership, built on first use; no key, no server, no network."""
        return cls(Settings(model="offline", warehouse="demo"))

    @classmethod
    def open(
        cls, settings: Settings | None = None, *, warehouse: str | None = None, model_dir: Path | None = None
    ) -> Self:
        """Return a Vendora over the settings of the environment, or those given."""
        return cls(settings, warehouse=warehouse, model_dir=model_dir)

    # -------------------------------------------------------------------------------------------------- asking

    def ask(self, question: str, **wishes: Any) -> Answer:  # noqa: ANN401 - the keywords of `aask`
        """Return the answer; takes what `aask` takes. Safe in a notebook: it runs on a loop of its own."""
        return self._runner().run(self.aask(question, **wishes))

    async def aask(
        self,
        question: str = "",
        *,
        dealership: str | None = None,
        role: str | None = None,
        person: str | None = None,
        as_of: date | None = None,
        thread: str | None = None,
        resume: bool = False,
        principal: Principal | None = None,
        model: str | None = None,
    ) -> Answer:
        """Return the answer to a question.

        Args:
            question: In plain English; ignored with `resume`.
            dealership: The home store, by id.
            role: The asker's role; a general manager by default.
            person: The asker's employee id, for "my".
            as_of: The day to answer for.
            thread: A conversation to continue; follow-ups carry over within one.
            resume: Continue a question of `thread` that was cut off.
            principal: Who asks, for doors that have established it themselves.
            model: Another model, one of the settings' `allowed_models`.

        Raises:
            VendoraError: A technical failure; there is then no answer.
        """
        answer: Answer | None = None
        async for event in self.astream(
            question,
            dealership=dealership,
            role=role,
            person=person,
            as_of=as_of,
            thread=thread,
            resume=resume,
            principal=principal,
            model=model,
        ):
            if isinstance(event, AnswerEvent):
                answer = event.answer
        if answer is not None:
            return answer
        raise InternalError("The graph ended without an answer.")

    async def astream(
        self,
        question: str = "",
        *,
        dealership: str | None = None,
        role: str | None = None,
        person: str | None = None,
        as_of: date | None = None,
        thread: str | None = None,
        resume: bool = False,
        principal: Principal | None = None,
        model: str | None = None,
    ) -> AsyncIterator[StepEvent | AnswerEvent]:
        """Yield each agent's step as it begins, then the answer; takes what `aask` takes."""
        opened = await self.aopen()
        who = principal or opened.identities.principal(dealership=dealership, role=role, person=person)
        ticket = opened.identities.issue(who, as_of)
        async for event in self.astream_ticket(question, ticket, thread=thread, resume=resume, model=model):
            yield event

    async def ticket(
        self, *, dealership: str | None = None, role: str | None = None, person: str | None = None, as_of: date | None = None
    ) -> str:
        """Return a ticket for a principal this door has established; good for one question."""
        opened = await self.aopen()
        return opened.identities.issue(opened.identities.principal(dealership=dealership, role=role, person=person), as_of)

    async def astream_ticket(
        self, question: str, ticket: str | None, *, thread: str | None = None, resume: bool = False, model: str | None = None
    ) -> AsyncIterator[StepEvent | AnswerEvent]:
        """Yield the steps and the answer for whoever a ticket stands for; the ticket is withdrawn afterwards.

        Raises:
            ConversationBusyError: This object is still answering a question of the same conversation.
        """
        opened = await self.aopen()
        if ticket is None:
            raise NotAllowedError("Nobody has established who asks. Sign in and try again.")
        config: RunnableConfig = {"configurable": {TICKET: ticket, "thread_id": thread or uuid.uuid4().hex}, "recursion_limit": 100}
        try:
            with self._alone(thread):
                graph = await opened.kept() if thread else opened.unkept
                given = await self._input(graph, question, config, resume=resume)
                async for event in run(graph, given, config, self.settings, Context(model=model) if model else None):
                    yield event
        finally:
            opened.identities.withdraw(ticket)

    @contextmanager
    def _alone(self, thread: str | None) -> Iterator[None]:
        """Let one question at a time into a conversation: two would write each other's turn."""
        if thread is None:
            yield
            return
        if thread in self._asking:
            raise ConversationBusyError("This conversation is still working on a question. Wait for its answer, or begin another.")
        self._asking.add(thread)
        try:
            yield
        finally:
            self._asking.discard(thread)

    async def _input(
        self, graph: CompiledStateGraph[Any, Any, Any, Any], question: str, config: RunnableConfig, *, resume: bool
    ) -> dict[str, str] | None:
        if not resume:
            return {"question": question}
        snapshot = await graph.aget_state(config)
        if not snapshot.tasks:  # `next` leaves out a step whose writes were kept before the process was killed
            raise QuestionError("There is nothing to resume in this conversation: its last question was answered, or it has none.")
        asker = snapshot.values.get("principal")
        now = (await (await self.aopen()).identities.identify(config, {})).principal
        if asker is not None and (asker.role, asker.dealership_ids) != (now.role, now.dealership_ids):
            raise NotAllowedError("The question was asked by somebody else. Resume it with the role and the dealership it was asked with.")
        return None

    async def aforget(self, thread: str) -> None:
        """Delete a conversation and everything that is kept of it."""
        await (await self.aopen()).forget(thread)

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine over this object gives, from code that is not asynchronous."""
        return self._runner().run(work)

    # -------------------------------------------------------------------------------------------------- opening

    async def aopen(self) -> Opened:
        """Return everything live, opening it on the first call."""
        async with self._lock:
            if self._opened is None:
                from vendora_graph.opening import open_all

                self._opened = await open_all(self.settings, self._stack, models=self._models)
            return self._opened

    @property
    def catalog(self) -> Catalog:
        """What can be asked."""
        return self._opened.services.catalog if self._opened else self._runner().run(self.aopen()).services.catalog

    async def sql_for(self, metric: str) -> str:
        """Return the SQL that computes a metric's components, before tenants are scoped.

        Raises:
            UnknownMetricError: No such metric; with the nearest names.
        """
        from vendora_graph.tools.explain_sql import sql_of

        opened = await self.aopen()
        return sql_of(metric, opened.services)

    async def aclose(self) -> None:
        """Close connections; the object may be used again."""
        self._opened = None
        stack, self._stack = self._stack, AsyncExitStack()
        await stack.aclose()

    def close(self) -> None:
        """Close what `ask` opened."""
        if self._loop is not None:
            self._loop.run(self.aclose())
            self._loop.stop()
            self._loop = None

    def _runner(self) -> OwnLoop:
        if self._loop is None:
            self._loop = OwnLoop()
        return self._loop

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        await self.aopen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
