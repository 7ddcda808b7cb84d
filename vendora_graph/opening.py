"""Open everything live from settings: warehouse, semantic model, reader, models, graph."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from vendora_graph.checkpoint import open_checkpointer
from vendora_graph.errors import ConfigError, WarehouseError, WarehouseUnavailableError
from vendora_graph.graph import build_graph
from vendora_graph.identity import Identities
from vendora_graph.models.build import ModelShelf
from vendora_graph.offline.lexicon import Lexicon, ValueEntry
from vendora_graph.offline.model import OfflineChatModel
from vendora_graph.offline.reader import Reader
from vendora_graph.profiling import measured, profile_of
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import LoadedModel, load_catalog
from vendora_graph.services import Services
from vendora_graph.shown import ShownGroups
from vendora_graph.tools.briefing import typed_request
from vendora_graph.tools.catalogue import tools_for
from vendora_graph.understanding import Understanding
from vendora_graph.validator import MasterValidator
from vendora_graph.warehouse.demo_file import DEMO
from vendora_graph.warehouse.guard_memory import DemoShapes, Shapes
from vendora_graph.warehouse.opening import open_warehouse
from vendora_graph.warehouse.profile import DataProfile
from vendora_graph.warehouse.tenancy import Tenancy

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langgraph.graph.state import CompiledStateGraph

    from vendora_graph.settings import Settings
    from vendora_graph.warehouse.port import Warehouse

Graph = "CompiledStateGraph[Any, Any, Any, Any]"


@dataclass
class Opened:
    """What is live: the services, who may ask, and the graph with and without a memory."""

    services: Services
    identities: Identities
    unkept: CompiledStateGraph[Any, Any, Any, Any]
    stack: AsyncExitStack = field(repr=False)
    _kept: CompiledStateGraph[Any, Any, Any, Any] | None = None
    _keeping: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def kept(self) -> CompiledStateGraph[Any, Any, Any, Any]:
        """Return the graph that remembers threads; its store is opened on first use."""
        async with self._keeping:
            if self._kept is None:
                saver = await open_checkpointer(self.services.settings, self.stack)
                self._kept = build_graph(self.services, checkpointer=saver)
            return self._kept

    async def forget(self, thread: str) -> None:
        """Delete a conversation and everything that is kept of it."""
        saver = (await self.kept()).checkpointer
        if isinstance(saver, BaseCheckpointSaver):
            await saver.adelete_thread(thread)


async def open_all(settings: Settings, stack: AsyncExitStack, *, models: Mapping[str, BaseChatModel] | None = None) -> Opened:
    """Open everything the settings name; closing the stack closes it.

    Args:
        settings: What to open.
        stack: Closes what was opened.
        models: Chat models by role instead of the settings'.

    Raises:
        ConfigError: A setting is wrong.
        SemanticModelError: The semantic model is wrong, with file and line.
        WarehouseError: The data cannot be opened.
    """
    warehouse = await open_warehouse(settings)
    stack.push_async_callback(warehouse.close)
    await warehouse.probe()
    loaded = await asyncio.to_thread(load_catalog, settings.semantic_model, settings.cache_dir)
    shipped = settings.semantic_model is None
    tenancy = Tenancy.dealership() if shipped else Tenancy.single()
    shapes = await asyncio.to_thread(_shapes, settings)
    try:
        profile = await profile_of(loaded, warehouse, tenancy, settings, shipped=shipped)
    except WarehouseUnavailableError:
        raise
    except WarehouseError as error:
        if not shipped or settings.warehouse == DEMO:
            raise
        words = f"The dealership model does not fit this database ({error}). Name its semantic model with --model DIR."
        raise ConfigError(words) from error
    loaded = measured(loaded, profile.numbers)
    lexicon = await asyncio.to_thread(Lexicon.cached, loaded.catalog, loaded.vocabulary, value_entries(profile), settings.cache_dir)
    services = _services(settings, warehouse, loaded, tenancy, profile, shapes, models or {}, stack, lexicon)
    identities: Identities = services.identities
    return Opened(services, identities, build_graph(services), stack)


def _shapes(settings: Settings) -> Shapes:
    """Return what guards compiled statements; only the demo's decisions are kept on disk."""
    if settings.warehouse == DEMO:
        return DemoShapes(settings.cache_dir)
    from vendora_graph.warehouse.guard import GuardedShapes

    return GuardedShapes()


def _services(
    settings: Settings, warehouse: Warehouse, loaded: LoadedModel, tenancy: Tenancy, profile: DataProfile, shapes: Shapes,
    given: Mapping[str, BaseChatModel], stack: AsyncExitStack, lexicon: Lexicon,
) -> Services:
    from vendora_graph.access import AccessRules

    access = AccessRules.load()
    identities = Identities(profile, access, settings, embedded=settings.warehouse == "demo")
    understanding = Understanding(Reader(lexicon), loaded.catalog, loaded.vocabulary, profile, access)
    offline = OfflineChatModel(understand=understanding.asked, request_of=partial(_request, understanding))
    tools = {role: tools_for(role, warehouse.dialect) for role in ("data_analyst", "senior_analyst")}
    shelf = ModelShelf(settings, offline, tools, given)
    stack.push_async_callback(shelf.close)
    return Services(
        settings=settings,
        warehouse=warehouse,
        tenancy=tenancy,
        access=access,
        catalog=loaded.catalog,
        vocabulary=loaded.vocabulary,
        engine=SemanticEngine(loaded, settings.cache_dir),
        profile=profile,
        understanding=understanding,
        shapes=shapes,
        models=shelf.all(),
        rescue_models=shelf.rescue(),
        choose=shelf.choose,
        shown=ShownGroups(settings),
        identities=identities,
        validator=MasterValidator(),
        opinion=shelf.opinion(),
    )


def _request(understanding: Understanding, messages: list[Any]) -> dict[str, Any]:
    """Return the typed question of a conversation; plain text is asked as the default principal would."""
    found = typed_request(messages)
    return found if found is not None else understanding.default_request(messages)


def value_entries(profile: DataProfile) -> dict[str, list[ValueEntry]]:
    """Return the profile's values as the lexicon wants them."""
    return {
        dimension: [ValueEntry(v.value, v.count, v.stores, v.aliases) for v in values]
        for dimension, values in profile.values.items()
    }
