"""`HierarchicalFlowManager`: the interface of the platform's roadmap over the same graph."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vendora_graph.api import Vendora
from vendora_graph.errors import ConfigError, InternalError
from vendora_graph.opening import Opened
from vendora_graph.settings import Settings
from vendora_graph.validator import MasterValidator

KNOWN = {"gemini_api_key", "bigquery_project", "quality_threshold", "timeout_seconds"}


class HierarchicalFlowManager:
    """Runs questions through L1 -> L2 -> L3 -> L1.

    `gemini_api_key` and `bigquery_project` of the configuration configure and select nothing: the model and the warehouse are chosen
    by settings. `l3_validator.validate_analysis` is the one place where the graph asks for a verdict.
    """

    def __init__(self, config: Mapping[str, Any] | None = None, *, settings: Settings | None = None) -> None:
        """Read the configuration.

        Raises:
            ConfigError: A key is unknown or a value is wrong.
        """
        given = dict(config or {})
        unknown = sorted(set(given) - KNOWN)
        if unknown:
            raise ConfigError(f"Unknown configuration: {', '.join(unknown)}. Known: {', '.join(sorted(KNOWN))}.")
        names = {"timeout_seconds": "limit_seconds"}
        overrides = {names.get(key, key): value for key, value in given.items()}
        self._vendora = Vendora(settings or Settings.load(**overrides))
        self._initialized = False
        self._asked = 0
        self._failed = 0

    async def initialize(self) -> None:
        """Open the warehouse, the models and the conversation store."""
        await self._vendora.aopen()
        self._initialized = True

    @property
    def l3_validator(self) -> MasterValidator:
        """The validator the graph asks; replace or patch its `validate_analysis`.

        Raises:
            InternalError: The manager is not initialized.
        """
        validator: MasterValidator = self._live().services.validator
        return validator

    def _live(self) -> Opened:
        opened = self._vendora._opened  # noqa: SLF001 - one object in two files
        if opened is None:
            raise InternalError("Call initialize() first.")
        return opened

    async def process_user_query(
        self, user_query: str, dealership_id: str, user_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the answer as a plain dictionary (its JSON form).

        Args:
            user_query: The question.
            dealership_id: The asker's store.
            user_context: `user_role`, `user_id`, `person_id`; all optional.

        Raises:
            VendoraError: A technical failure; there is no answer then.
        """
        live = self._live()
        context = dict(user_context or {})
        unknown = sorted(set(context) - {"user_role", "user_id", "person_id"})
        if unknown:
            raise ConfigError(f"Unknown user_context: {', '.join(unknown)}. Known: person_id, user_id, user_role.")
        principal = live.identities.principal(
            dealership=dealership_id,
            role=context.get("user_role"),
            person=context.get("person_id"),
            user_id=str(context.get("user_id") or "local"),
        )
        self._asked += 1
        try:
            answer = await self._vendora.aask(user_query, principal=principal)
        except BaseException:
            self._failed += 1
            raise
        body: dict[str, Any] = json.loads(answer.model_dump_json())
        return body

    async def get_flow_status(self) -> dict[str, Any]:
        """Return whether the manager is ready, what drives it, and how many questions it has seen."""
        opened = self._vendora._opened  # noqa: SLF001 - one object in two files
        return {
            "initialized": opened is not None,
            "models": {role: model.name for role, model in opened.services.models.items()} if opened else {},
            "warehouse": opened.services.warehouse.dialect if opened else None,
            "questions": self._asked,
            "failed": self._failed,
        }

    async def shutdown(self) -> None:
        """Close everything; the manager may be initialized again."""
        await self._vendora.aclose()
        self._initialized = False
