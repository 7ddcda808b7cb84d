"""Open everything live from settings: warehouse, semantic model, reader, models, graph."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from vendora_graph.checkpoint import open_checkpointer
from vendora_graph.errors import ConfigError, SemanticModelError, WarehouseError, WarehouseUnavailableError
from vendora_graph.graph import build_graph
from vendora_graph.identity import Identities
from vendora_graph.models.build import ModelShelf
from vendora_graph.offline.lexicon import Lexicon, ValueEntry
from vendora_graph.offline.model import OfflineChatModel
from vendora_graph.offline.reader import Reader
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import LoadedModel, load_catalog
from vendora_graph.services import Services
from vendora_graph.tools.briefing import typed_request
from vendora_graph.tools.catalogue import tools_for
from vendora_graph.understanding import Understanding
from vendora_graph.validator import MasterValidator
from vendora_graph.warehouse.demo_file import DEMO
from vendora_graph.warehouse.guard import AccessPolicy
from vendora_graph.warehouse.guard_memory import DemoShapes, Shapes
from vendora_graph.warehouse.opening import open_warehouse
from vendora_graph.warehouse.profile import DataProfile, read_profile
from vendora_graph.warehouse.tenancy import Tenancy

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langgraph.graph.state import CompiledStateGraph

    from vendora_graph.settings import Settings
    from vendora_graph.warehouse.port import Warehouse

Graph = "CompiledStateGraph[Any, Any, Any, Any]"
PROFILE_FORMAT = 3


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
        profile = await _profile(loaded, warehouse, tenancy, settings, shipped=shipped)
    except WarehouseUnavailableError:
        raise
    except WarehouseError as error:
        if not shipped or settings.warehouse == DEMO:
            raise
        raise ConfigError(f"The dealership model does not fit this database ({error}). Name its semantic model with --model DIR.") from error
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
        identities=identities,
        validator=MasterValidator(),
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


# ------------------------------------------------------------------------------------------------ the data's profile


async def _profile(
    loaded: LoadedModel, warehouse: Warehouse, tenancy: Tenancy, settings: Settings, *, shipped: bool
) -> DataProfile:
    statements = _statements() if shipped else {}
    path = _profile_path(loaded, warehouse, statements, settings)
    if path is not None and path.exists():
        return await asyncio.to_thread(_read, path)
    from vendora_graph.warehouse.guard import GuardedShapes

    policy = AccessPolicy(any_table=True)
    shapes = GuardedShapes()

    async def fetch(sql: str) -> Any:
        result = await warehouse.fetch(shapes.guard(sql, warehouse.dialect, policy).bind({}), deadline_s=settings.query_timeout_seconds)
        return result.rows

    await _check_model(loaded, warehouse, fetch)
    profile = await read_profile(loaded.catalog, statements, fetch, tenant_column=tenancy.tenant_column, as_of=settings.as_of)
    if path is not None:
        await asyncio.to_thread(_write, path, profile.dump())
    return profile


async def _check_model(loaded: LoadedModel, warehouse: Warehouse, fetch: Any) -> None:
    """Refuse a model that could be silently wrong on this data.

    Raises:
        SemanticModelError: A declared key repeats, so that joins over it would multiply; or two things share a name.
    """
    from vendora_graph.semantic.keys import check_keys  # an SQL parser: only when the data is seen for the first time

    path = getattr(warehouse, "path", None)
    if isinstance(path, Path):
        loaded.check_file_stem(path.stem)
    wrong = await check_keys(loaded, fetch, warehouse.dialect)
    if wrong:
        raise SemanticModelError(" ".join(str(item) for item in wrong[:3]))


def _statements() -> Mapping[str, Any]:
    text = files("vendora_graph.warehouse").joinpath("profile.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


def _profile_path(loaded: LoadedModel, warehouse: Warehouse, statements: Mapping[str, Any], settings: Settings) -> Path | None:
    """A profile is kept while the data stands still; None where the warehouse cannot tell."""
    version = data_version(warehouse)
    if version is None:
        return None
    body = repr((PROFILE_FORMAT, version, loaded.catalog.version, sorted(statements.items(), key=str), settings.as_of))
    return settings.cache_dir / f"profile-{hashlib.sha256(body.encode()).hexdigest()[:24]}.json"


def data_version(warehouse: Warehouse) -> str | None:
    """Return what changes when a database file does; None for a server, whose data may change at any time."""
    path = getattr(warehouse, "path", None)
    if not isinstance(path, Path):
        return None
    stat = path.stat()
    return f"{path.resolve()}:{stat.st_mtime_ns}:{stat.st_size}"


def _read(path: Path) -> DataProfile:
    return DataProfile.load(path.read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> None:
    beside = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
