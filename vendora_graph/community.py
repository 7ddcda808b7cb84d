"""Our warehouse as the `SQLDatabase` of `langchain-community`: a SQL agent somebody already has, behind our guard and tenant scoping.

The upstream package is frozen; nothing else leans on it. Its base class is taken for `isinstance` alone: no engine is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from langchain_community.utilities.sql_database import SQLDatabase, truncate_word
from typing_extensions import override

from vendora_graph.errors import VendoraError, WarehouseUnavailableError
from vendora_graph.services import Scope
from vendora_graph.tools.run_sql import readable, sql_policy
from vendora_graph.warehouse.port import Limits

if TYPE_CHECKING:
    from vendora_graph.api import Vendora
    from vendora_graph.contracts import Principal
    from vendora_graph.opening import Opened
    from vendora_graph.warehouse.port import ResultSet

MAX_ROWS = 200


class GuardedSQLDatabase(SQLDatabase):
    """What one principal may read, as LangChain's SQL tools expect it.

    Example:
        >>> db = GuardedSQLDatabase(vendora, role="sales_manager", dealership="dealer_001")  # doctest: +SKIP
        >>> SQLDatabaseToolkit(db=db, llm=model).get_tools()  # doctest: +SKIP
    """

    def __init__(
        self,
        vendora: Vendora,
        *,
        dealership: str | None = None,
        role: str | None = None,
        person: str | None = None,
        principal: Principal | None = None,
        max_string_length: int = 300,
    ) -> None:
        """Bind a principal; the base class' own constructor, which opens an engine, is not called.

        Raises:
            QuestionError: There is no such store, role or person.
        """
        self._vendora = vendora
        self._opened: Opened = vendora.wait_for(vendora.aopen())
        who = principal or self._opened.identities.principal(dealership=dealership, role=role, person=person)
        profile = self._opened.services.profile
        self._scope = Scope(who, profile.as_of, profile.data_through, 0)
        self._tables = readable(self._opened.services, self._scope)
        self._max_string_length = max_string_length

    @property
    @override
    def dialect(self) -> str:
        """The dialect to write."""
        return self._opened.services.warehouse.dialect

    @override
    def get_usable_table_names(self) -> Iterable[str]:
        """The tables the principal may read, sorted."""
        return sorted(self._tables)

    @override
    def get_table_info(self, table_names: list[str] | None = None, get_col_comments: bool = False) -> str:
        """Columns of the tables; never rows.

        Raises:
            ValueError: There is no such table for this principal (LangChain's tools expect this error).
        """
        wanted = sorted(self._tables) if table_names is None else table_names
        missing = [name for name in wanted if name not in self._tables]
        if missing:
            raise ValueError(f"table_names {missing} not found in database")
        return "\n\n".join(f"CREATE TABLE {name} ({', '.join(self._tables[name])})" for name in wanted)

    @override
    def run(
        self,
        command: Any,
        fetch: Literal["all", "one", "cursor"] = "all",
        include_columns: bool = False,
        *,
        parameters: dict[str, Any] | None = None,
        execution_options: dict[str, Any] | None = None,
    ) -> str:
        """Run one guarded SELECT and return its rows as text, as the base class writes them.

        Raises:
            VendoraError: The guard or the database refused it; the message says what to change.
        """
        rows = self._execute(str(command), "one" if fetch == "one" else "all", parameters=parameters)
        cut = [{name: truncate_word(value, length=self._max_string_length) for name, value in row.items()} for row in rows]
        shown: list[Any] = list(cut) if include_columns else [tuple(row.values()) for row in cut]
        return str(shown) if shown else ""

    @override
    def run_no_throw(
        self,
        command: str,
        fetch: Literal["all", "one"] = "all",
        include_columns: bool = False,
        *,
        parameters: dict[str, Any] | None = None,
        execution_options: dict[str, Any] | None = None,
    ) -> str:
        """As `run`, but a refusal is text the agent can read; an unreachable database still raises."""
        try:
            return self.run(command, fetch, include_columns, parameters=parameters)
        except WarehouseUnavailableError:
            raise
        except VendoraError as error:
            return f"Error: {error}"

    @override
    def _execute(
        self,
        command: Any,
        fetch: Literal["all", "one", "cursor"] = "all",
        *,
        parameters: dict[str, Any] | None = None,
        execution_options: dict[str, Any] | None = None,
    ) -> Sequence[dict[str, Any]]:
        result: ResultSet = self._vendora.wait_for(self._fetch(str(command), dict(parameters or {})))
        rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        return rows[:1] if fetch == "one" else rows

    async def _fetch(self, sql: str, parameters: dict[str, Any]) -> ResultSet:
        services = self._opened.services
        policy = sql_policy(services, self._scope).with_parameters(tuple(sorted(parameters)))
        statement = services.guard(sql, policy).bind(parameters)
        seconds = services.settings.query_timeout_seconds
        return await services.warehouse.fetch(statement, deadline_s=seconds, limits=Limits(rows=MAX_ROWS))
