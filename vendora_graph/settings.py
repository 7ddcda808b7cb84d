"""Every setting there is: environment variables (`VENDORA_...`) over `config/*.yaml`, read once into one frozen object.

The presence of a key or a project selects nothing: `model` and `warehouse` alone select.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field, JsonValue, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from vendora_graph.config_files import by_field_name, explain, read_config, refuse_unknown_variables
from vendora_graph.errors import ConfigError

PREFIX = "VENDORA_"


def _blank_is_unset(value: object) -> object:
    """Treat `VENDORA_AS_OF=` as not given, the way shells and compose files mean it."""
    return None if isinstance(value, str) and not value.strip() else value


def _listed(value: object) -> object:
    """Read `a, b` as two names."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _decoded(value: object) -> object:
    """Read text as JSON; the environment has nothing but text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else {}
    except json.JSONDecodeError as error:
        raise ValueError("must be a JSON object") from error


OptionalDate = Annotated[date | None, BeforeValidator(_blank_is_unset)]
OptionalText = Annotated[str | None, BeforeValidator(_blank_is_unset)]
OptionalSecret = Annotated[SecretStr | None, BeforeValidator(_blank_is_unset)]
OptionalPath = Annotated[Path | None, BeforeValidator(_blank_is_unset)]
OptionalMoney = Annotated[Decimal | None, BeforeValidator(_blank_is_unset)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
JsonTable = Annotated[dict[str, JsonValue], NoDecode, BeforeValidator(_decoded)]
PriceTable = Annotated[dict[str, tuple[Decimal, Decimal]], NoDecode, BeforeValidator(_decoded)]
Home = Annotated[Path, BeforeValidator(lambda value: Path(value).expanduser())]


class Settings(BaseSettings):
    """One installation's choices. Build it with `Settings.load()`; every field is explained in `docs/settings.md`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True)

    # what answers, over what
    model: str = Field(
        "offline",
        description="The language model: `offline`, `google_genai:NAME` (or `gemini:NAME`), `openai:NAME` or `openrouter:VENDOR/NAME`."
    )
    orchestrator_model: OptionalText = Field(None, description="Another model for the orchestrator (L1).")
    data_analyst_model: OptionalText = Field(None, description="Another model for the data analyst (L2).")
    senior_analyst_model: OptionalText = Field(None, description="Another model for the senior analyst (L2).")
    master_validator_model: OptionalText = Field(
        None, description="A live model that reads approved drafts once more and may only lower their score; empty: no second opinion."
    )
    fallback_models: Names = Field(
        (), description="Models to try in turn when one cannot be reached, separated by commas; the offline analyst is always the last."
    )
    allowed_models: Names = Field((), description="Models a caller may ask for in one request, separated by commas; empty: none.")
    warehouse: str = Field(
        "demo",
        repr=False,
        description="The data: `demo`, `duckdb:///FILE`, `postgresql://USER@HOST/DATABASE` or `bigquery://PROJECT/DATASET`.",
    )
    semantic_model: OptionalPath = Field(
        None, description="A directory of semantic models (ours or a dbt project's) or a `semantic_manifest.json`; empty: the dealership's."
    )
    as_of: OptionalDate = Field(None, description="The day questions are asked on (ISO date); empty: the demo's own day, else today.")
    checkpoint_url: OptionalSecret = Field(
        None,
        validation_alias=AliasChoices("VENDORA_CHECKPOINT_URL", "VENDORA_POSTGRES_URL"),
        description="Postgres URL where conversations are kept, another database than the warehouse; empty: a SQLite file in `cache_dir`.",
    )
    cache_dir: Home = Field(
        Path("~/.cache/vendora"), validate_default=True, description="Where the demo, compiled queries and conversations are kept."
    )

    # how good, how long, how much
    quality_threshold: Decimal = Field(Decimal("0.85"), ge=0, le=1, description="The score from which the master validator approves.")
    question_max_chars: int = Field(4000, ge=1, le=100_000, description="The longest question that is read, in characters.")
    limit_seconds: float = Field(120.0, gt=0, description="The longest one question may take.")
    limit_model_calls: int = Field(24, ge=1, description="The most model calls one question may make.")
    limit_tool_calls: int = Field(40, ge=1, description="The most tool calls one question may make.")
    limit_tokens: int = Field(200_000, ge=1, description="The most tokens, in and out together, one question may use.")
    limit_cost_usd: Decimal = Field(Decimal("0.50"), ge=0, description="The most one question may cost, in US dollars.")
    budget_usd_per_day: OptionalMoney = Field(
        None, ge=0, description="The most one dealership may spend on models a day (UTC), in US dollars; empty: no such limit."
    )
    model_prices: PriceTable = Field(
        {},
        description="US dollars for a million tokens in and out, by model: `openai:NAME: [IN, OUT]` (JSON in the environment).",
    )
    model_cache_hours: float = Field(0.0, ge=0, description="How long a model's reply is given again for the same call; 0 keeps none.")
    model_streaming: bool = Field(False, description="Read models' replies as streams (for gateways that cut silent connections).")
    query_timeout_seconds: float = Field(30.0, gt=0, description="After which a statement is cancelled.")
    query_max_rows: int = Field(10_000, ge=1, description="The most rows a statement of `run_sql` may return; a compiled one 50,000.")
    query_max_bytes: int = Field(2_000_000_000, ge=1, description="The most bytes one BigQuery statement may read.")
    connect_timeout_seconds: float = Field(10.0, gt=0, description="After which a connection attempt is given up.")
    model_timeout_seconds: float = Field(60.0, gt=0, description="After which one model call is given up.")
    model_max_retries: int = Field(2, ge=0, le=10, description="How often a model call that failed in transport is tried again.")

    # keys and addresses: they configure, they never select
    gemini_api_key: OptionalSecret = Field(
        None,
        validation_alias=AliasChoices("VENDORA_GEMINI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"),
        description="The key for `google_genai:` models.",
    )
    gemini_base_url: OptionalText = Field(None, description="Another address for `google_genai:` models (a proxy).")
    openai_api_key: OptionalSecret = Field(
        None, validation_alias=AliasChoices("VENDORA_OPENAI_API_KEY", "OPENAI_API_KEY"), description="The key for `openai:` models."
    )
    openai_base_url: OptionalText = Field(None, description="Another address for `openai:` models (any server of the same interface).")
    openrouter_api_key: OptionalSecret = Field(
        None,
        validation_alias=AliasChoices("VENDORA_OPENROUTER_API_KEY", "OPENROUTER_API_KEY"),
        description="The key for `openrouter:` models.",
    )
    openrouter_base_url: str = Field("https://openrouter.ai/api/v1", description="The address for `openrouter:` models.")
    openrouter_body: JsonTable = Field(
        {}, description="More of the request body for `openrouter:` models, for example `provider` (JSON in the environment)."
    )
    bigquery_project: OptionalText = Field(
        None, description="The project that pays for BigQuery queries; empty: the one in the warehouse URL."
    )
    bigquery_location: OptionalText = Field(None, description="The BigQuery location of the dataset, for example `US`.")
    bigquery_base_url: OptionalText = Field(None, description="Another address for BigQuery (an emulator).")

    # `vendora serve`
    server_host: str = Field("127.0.0.1", description="The address `vendora serve` listens on.")
    server_port: int = Field(8000, ge=0, le=65_535, description="The port `vendora serve` listens on; 0 takes a free one.")

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let `Settings(...)` read nothing but its arguments: a test or a library user gets what they wrote."""
        return (init_settings,)

    @classmethod
    def load(cls, config_dir: Path | None = None, **overrides: object) -> Settings:
        """Read the environment and `config/*.yaml` (of the working directory, unless `config_dir` is given).

        Args:
            config_dir: Where the YAML files are; a missing directory is no error.
            overrides: Fields set by the caller, above everything else; None means "not given".

        Raises:
            ConfigError: A file or a variable is wrong; the message names it and never shows a value.
        """
        environment = EnvSettingsSource(cls)
        variables = environment.env_vars
        refuse_unknown_variables(variables, cls.model_fields, PREFIX)
        files = read_config(config_dir or Path("config"), cls.model_fields, variables)
        given = {name: value for name, value in overrides.items() if value is not None}
        try:
            return cls.model_validate({**files, **by_field_name(environment(), cls.model_fields), **given})
        except ValidationError as error:
            raise ConfigError(explain(error, cls.model_fields, PREFIX)) from error


def redact_url(url: str) -> str:
    """Return the URL as it may be shown: without password and query."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return url
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    shown_user = f"{user.partition(':')[0]}@" if at else ""
    return f"{scheme}://{shown_user}{host}{slash}{path.partition('?')[0]}"
